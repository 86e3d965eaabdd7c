"""`.weights.h5`: the variables of each part of a model, in HDF5 groups.

    <path of the part>/vars     attrs: name; datasets "0", "1", ...: its own variables

It is a file of its own, the member `model.weights.h5` of a `.keras` archive, or several
files and a table that says what is where (shards.py). What a part stores is its own
business: `save_own_variables` fills a dict, `load_own_variables` reads it.
"""

import warnings
from contextlib import contextmanager

import numpy as np

from . import hdf5
from .errors import SavingError
from .parts import children, walk

__all__ = ["Store", "brought", "read", "stores", "write"]

SPARE = 1 << 24  # bytes that a part may store beside its variables
# Where tf.keras 2.12 to 2.14 put what is in "layers" now.
OLD_NAMES = ("layers/", "_layer_checkpoint_dependencies/")


def write(model, group_of) -> None:
    """Writes all parts of a model.

    Args:
        model: The model.
        group_of: Function from a path, and the bytes to come, to an HDF5 group.
    """
    for path, part in walk(model):
        arrays = _stored(part)
        group = group_of(f"{path}vars", sum(a.nbytes for a in arrays.values()))
        group.attrs["name"] = getattr(part, "name", "")
        for name, array in arrays.items():
            hdf5.write_array(group, name, array)


def _stored(part) -> dict:
    store: dict = {}
    part.save_own_variables(store)
    return {name: np.asarray(value) for name, value in store.items()}


def stores(model):
    """Yields, for each part, the path of its group and the arrays that it stores."""
    for path, part in walk(model):
        yield f"{path}vars/", _stored(part)


class Store(dict):
    """What a file holds for one part: name -> dataset, read when it is asked for.

    Args:
        datasets: The datasets by name.
        limit: How many bytes one may have.
    """

    def __init__(self, datasets: dict, limit: int):
        super().__init__(datasets)
        self.limit = limit

    def __getitem__(self, name: str) -> np.ndarray:
        dataset = super().__getitem__(name)
        size = dataset.size * dataset.dtype.itemsize
        if size > self.limit:
            raise ValueError(
                f"{dataset.name} claims {size:,} bytes, the layer has place for "
                f"{self.limit:,}."
            )
        return hdf5.read_array(dataset)


def brought(model, find) -> set[int]:
    """The ids of variables that surely get their values from a file.

    Of parts that read their own way nobody knows.
    """
    found = set()
    for path, part in _located(model, find):
        if find(f"{path}vars") and is_plain(part):
            found.update(map(id, _variables(part)))
    return found


def is_plain(part) -> bool:
    """Whether a part reads its variables in the usual way: all of them."""
    own = getattr(type(part), "_own_variables", None)
    loader = type(part).load_own_variables
    return own is not None and loader.__module__.endswith(".layers.weights")


def read(model, find, skip_mismatch: bool = False, is_fresh: bool = False) -> None:
    """Sets the variables of a model, all of them or, if they do not fit, none.

    Args:
        model: The model, built.
        find: Function from a path to the datasets of the group there, by name; None
            if there is no such group.
        skip_mismatch: Leave out, with a warning, parts that do not fit.
        is_fresh: Whether nobody has the model yet, so that its values need not be kept.

    Raises:
        SavingError: if a part does not fit.
    """
    parts = [(path, part, find(f"{path}vars")) for path, part in _located(model, find)]
    if all(datasets is None for _, _, datasets in parts):
        raise SavingError(
            "The file holds no weights in the layout of .weights.h5. Expected what "
            "model.save_weights('model.weights.h5') writes."
        )
    with _all_or_none() as keep:
        for path, part, datasets in parts:
            if not is_fresh:
                keep(part)
            try:
                _load(part, datasets or {}, model)
            except (ValueError, KeyError, TypeError) as error:
                message = f"{path.rstrip('/') or 'the model itself'}: {error}"
                if not skip_mismatch:
                    raise SavingError(
                        f"The weights in the file do not fit the model. {message} "
                        "Build the model as it was saved, or pass skip_mismatch=True "
                        "to leave such layers as they are."
                    ) from error
                warnings.warn(f"Skipped {message}", stacklevel=4)


def _variables(part) -> list:
    own = getattr(part, "_own_variables", None)
    return own() if own else list(part.variables)


@contextmanager
def _all_or_none():
    """Gives a function that keeps a part's values; if all fails, they come back."""
    before: list = []

    def keep(part) -> None:
        before.extend((v, v.numpy()) for v in _variables(part))

    try:
        yield keep
    except BaseException:
        for v, value in reversed(before):
            v.assign(value)
        raise


def _located(model, find):
    """Yields `(path, part)`: the path at which this file holds the part."""
    seen, stack = set(), [("", model)]
    while stack:
        path, part = stack.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield path, part
        ways: dict[int, list] = {}
        for name, child in children(part):
            old = name.replace(*OLD_NAMES, 1) if name.startswith("layers/") else name
            ways.setdefault(id(child), [child]).extend(dict.fromkeys((name, old)))
        for child, *names in reversed(ways.values()):
            known = (n for n in names if find(f"{path}{n}") is not None)
            stack.append((f"{path}{next(known, names[0])}/", child))


def _read(part, own: list, datasets: dict) -> None:
    """Reads variables of a part into their place, shapes compared first."""
    given = [datasets.get(str(i)) for i in range(len(datasets))]
    shapes = [getattr(dataset, "shape", None) for dataset in given]
    if shapes != [v.shape for v in own]:
        raise ValueError(
            f"{type(part).__name__} {part.name!r} has variables of shapes "
            f"{[v.shape for v in own]}, but the file has {shapes}."
        )
    for v, dataset in zip(own, given, strict=True):
        hdf5.read_into(dataset, v)


def _load_of_tf_keras(optimizer, datasets: dict) -> None:
    """Reads the state of an optimizer of tf.keras: only iterations and slots."""
    _, *derived = optimizer.at_step(0)
    missing = {id(v) for v, _ in derived}
    own = [v for v in optimizer.variables if id(v) not in missing]
    own = [v for v in own if v.name != "learning_rate"]
    _read(optimizer, own, datasets)
    for v, value in optimizer.at_step(int(optimizer.iterations.numpy())):
        v.assign(value)


def _load(part, datasets: dict, model) -> None:
    """Gives a part its stored variables."""
    if hasattr(part, "apply_gradients"):
        if not part.built and len(datasets) > len(part.variables):
            part.build(model.trainable_weights)
        if len(datasets) <= 2 < len(part.variables):  # of one that never took a step
            return
        if len(datasets) < len(part.variables) and "0" in datasets:
            _load_of_tf_keras(part, datasets)
            return
    if is_plain(part):
        _read(part, part._own_variables(), datasets)
        return
    size = sum(v.size * 8 for v in _variables(part))
    part.load_own_variables(Store(datasets, size + SPARE))
