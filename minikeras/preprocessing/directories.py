"""Files in folders, a folder for each class: what data sets of files begin with."""

import itertools
import os
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..utils import checks
from ..utils.files import path_of
from ..utils.progress import print_message
from .dataset import Dataset

__all__ = ["Files", "datasets", "find_files"]

LABEL_MODES = ("int", "categorical", "binary", None)
SUBSETS = ("training", "validation", "both", None)
FORMATS = ("tf", "grain")


class Files(NamedTuple):
    """Paths, their labels (None: there are none) and the names of the classes."""

    paths: list[str]
    labels: list[int] | None
    class_names: list[str] | None

    def picked(self, places) -> "Files":
        """These of the files."""
        labels = None if self.labels is None else [self.labels[i] for i in places]
        return Files([self.paths[i] for i in places], labels, self.class_names)


def find_files(
    owner: str, directory, labels, label_mode, class_names, follow_links, suffixes
) -> Files:
    """Finds the files with these suffixes, in the order of folders and names.

    Args:
        owner: Who asks, for error messages.
        directory: Folder; with labels="inferred" each folder in it is a class.
        labels: "inferred", a list of numbers in the files' order, or None.
        label_mode: "int", "categorical", "binary" or None.
        class_names: The folders to take, in the order of their numbers; all if None.
        follow_links: Whether links to folders are followed.
        suffixes: Endings of names, in lower case.
    """
    checks.one_of(owner, LABEL_MODES, label_mode=label_mode)
    directory = path_of(directory)
    if labels is not None and labels != "inferred":
        if not isinstance(labels, (list, tuple)):
            checks.fail(
                owner, "labels", labels, "be 'inferred', None or a list", "inferred"
            )
        if class_names is not None:
            must = "be None unless labels='inferred'"
            checks.fail(owner, "class_names", class_names, must)
    folders = sorted(
        entry.name
        for entry in os.scandir(directory)
        if entry.is_dir() and not entry.name.startswith(".")
    )
    if labels == "inferred":
        names = folders if class_names is None else list(class_names)
        if not set(names) <= set(folders):
            raise ValueError(
                f"{owner}: class_names must be folders in {directory!r}, which are "
                f"{folders}, got {class_names}."
            )
        found = [
            (path, i)
            for i, name in enumerate(names)
            for path in _walk(os.path.join(directory, name), follow_links, suffixes)
        ]
        files = Files([p for p, _ in found], [i for _, i in found], names)
    else:
        paths = list(_walk(directory, follow_links, suffixes))
        if labels is not None and len(labels) != len(paths):
            raise ValueError(
                f"{owner}: labels must have a number for each file, got {len(labels)} "
                f"for {len(paths)} files in {directory!r}."
            )
        names = None if labels is None else [str(i) for i in sorted(set(labels))]
        files = Files(paths, None if labels is None else list(labels), names)
    if not files.paths:
        raise ValueError(
            f"{owner}: there is no file in {directory!r} whose name ends in one of "
            f"{', '.join(suffixes)}."
        )
    if label_mode is None or files.labels is None:
        return files._replace(labels=None, class_names=None)
    if label_mode == "binary" and len(names) != 2:
        raise ValueError(
            f"{owner}: label_mode='binary' is for 2 classes, got {len(names)}: "
            f"{names}. Try label_mode='categorical'."
        )
    return files


def _walk(folder: str, follow_links: bool, suffixes: tuple):
    for root, _, names in sorted(os.walk(folder, followlinks=follow_links)):
        for name in sorted(names):
            if name.lower().endswith(suffixes):
                yield os.path.join(root, name)


def datasets(
    owner: str,
    files: Files,
    read: Callable,
    label_mode,
    batch_size,
    shuffle,
    seed,
    validation_split,
    subset,
    verbose,
    stacked: Callable = np.stack,
):
    """Makes the data set of files, or of a part of them, or one of each part.

    Args:
        owner: Who asks, for error messages.
        files: The files.
        read: Function from a path to an array.
        label_mode: As for `find_files`.
        batch_size: Files in a batch; None: one by one.
        shuffle: Whether files come in a random order, another in each epoch.
        seed: Seed of that order.
        validation_split: Share of the files, the last ones, for validation.
        subset: "training", "validation" or "both".
        verbose: Whether the numbers of files are printed.
        stacked: Function from a list of arrays to those of a batch; `np.stack`.
    """
    if batch_size is not None:
        checks.positive_int(owner, batch_size=batch_size)
    _check_split(owner, validation_split, subset, shuffle, seed)
    if verbose:
        count = len(files.paths)
        classes = f" belonging to {len(files.class_names or ())} classes"
        print_message(f"Found {count} files{classes if files.labels else ''}.")
    order = list(range(len(files.paths)))
    if shuffle:  # as Keras does
        seed = np.random.randint(int(1e6)) if seed is None else seed
        np.random.RandomState(seed).shuffle(order)
    held_back = int((validation_split or 0) * len(order))
    parts = {
        "training": order[: len(order) - held_back],
        "validation": order[len(order) - held_back :],
    }
    if subset is None:
        wanted = {None: order}
    else:
        wanted = parts if subset == "both" else {subset: parts[subset]}
    made = []
    for name, places in wanted.items():
        if name is not None and verbose:
            print_message(f"Using {len(places)} files for {name}.")
        part = files.picked(places)
        mix = seed if shuffle and name != "validation" else None
        made.append(_dataset(part, read, label_mode, batch_size, mix, stacked))
    return made if subset == "both" else made[0]


def _dataset(files: Files, read, label_mode, batch_size, seed, stacked) -> Dataset:
    def start():
        for i, path in enumerate(files.paths):
            x = read(path)
            yield x if files.labels is None else (x, _label(files, i, label_mode))

    made = Dataset(start, len(files.paths))
    if seed is not None:
        made = made.shuffle(8 * (batch_size or 32), seed)
    if batch_size is not None:
        made = _batched(made, batch_size, stacked)
    made.file_paths = files.paths
    if files.class_names is not None:
        made.class_names = files.class_names
    return made


def _batched(dataset: Dataset, size: int, stacked: Callable) -> Dataset:
    """Batches of elements whose first part is put together by a function."""

    def start():
        elements = iter(dataset)
        while rows := list(itertools.islice(elements, size)):
            if not isinstance(rows[0], tuple):
                yield stacked(rows)
                continue
            inputs, labels = zip(*rows, strict=True)
            yield stacked(inputs), np.stack(labels)

    return Dataset(start, -(-len(dataset) // size))


def _label(files: Files, i: int, label_mode):
    number = files.labels[i]
    if label_mode == "categorical":
        return np.eye(len(files.class_names), dtype="float32")[number]
    if label_mode == "binary":
        return np.array([number], "float32")
    return np.int32(number)


def _check_split(owner: str, share, subset, shuffle, seed) -> None:
    checks.one_of(owner, SUBSETS, subset=subset)
    if (share is None) != (subset is None):
        raise ValueError(
            f"{owner}: validation_split and subset go together, got "
            f"validation_split={share} and subset={subset!r}. Try "
            "validation_split=0.2, subset='both'."
        )
    if share is not None and not 0 < share < 1:
        checks.fail(owner, "validation_split", share, "be between 0 and 1", 0.2)
    if share is not None and shuffle and seed is None:
        raise ValueError(
            f"{owner}: with validation_split and shuffle=True a seed must be given, so "
            "that both parts are taken from one order. Try seed=1."
        )
