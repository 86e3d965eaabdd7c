"""HDF5, as far as model files need it: text, name lists and checked arrays.

Keras keeps JSON and lists of names in attributes. An attribute is text or bytes,
depending on who wrote it; a long list is cut into `layer_names0`, `layer_names1`, ...
A dataset is read only after its shape has been compared with the one expected, so a
file cannot make us take more memory than the model has.
"""

import io
import json
import os
from contextlib import contextmanager

import numpy as np

from ..tensor import dtypes
from ..utils.lazy import LazyModule
from .errors import MissingFileError, SavingError
from .heaps import check_file, check_heaps

__all__ = [
    "check_array",
    "datasets",
    "groups",
    "is_legacy",
    "open_bytes",
    "open_to_read",
    "open_to_write",
    "parse_json",
    "read_array",
    "read_bounded",
    "read_for",
    "read_into",
    "read_json",
    "read_names",
    "read_text",
    "room",
    "write_array",
    "write_arrays",
    "write_names",
]

h5py = LazyModule("h5py")

MAX_DEPTH = 64
LISTS_OF_LAYERS = ("layer_names", "layer_names0", "nb_layers")
MOST_NUMBERS = 1 << 25  # that any layer of a file of another layout may have
MOST_TIMES, SPARE = 1000, 1 << 20  # how much smaller data may be in a file
_MAGIC = b"\x89HDF\r\n\x1a\n"
_MAX_NAMES = 4000  # an attribute holds 64 KB, a name in it takes 16 bytes


# --------------------------------------------------------------------- opening


@contextmanager
def open_to_read(path: str):
    """Opens a file; whatever is wrong with it becomes one SavingError."""
    _check_content(path)
    check_file(path)
    try:
        with h5py.File(path, "r") as file:
            yield file
    except SavingError:
        raise
    except (OSError, KeyError, RuntimeError) as error:
        raise SavingError(
            f"{path!r} is damaged or was cut off while it was written: {error}. Copy "
            "or save it again."
        ) from error


@contextmanager
def open_bytes(data: bytes, label: str):
    """Opens a file in memory; whatever is wrong with it becomes one SavingError."""
    check_heaps(data, label)
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            yield file
    except SavingError:
        raise
    except (OSError, KeyError, RuntimeError) as error:
        raise SavingError(f"{label} is damaged: {error}. Save it again.") from error


@contextmanager
def open_to_write(path):
    """Opens a new file, at a path or in memory."""
    with h5py.File(path, "w") as file:
        yield file


def _check_content(path: str) -> None:
    if os.path.isdir(path):
        raise SavingError(f"{path!r} is a folder without a model in it.")
    try:
        with open(path, "rb") as file:
            head = file.read(len(_MAGIC))
    except FileNotFoundError:
        raise MissingFileError(
            f"There is no file {path!r} (looked in {os.path.abspath(path)!r})."
        ) from None
    if not head:
        raise SavingError(f"{path!r} is empty; expected an HDF5 file (.h5).")
    if head != _MAGIC and not h5py.is_hdf5(path):
        raise SavingError(
            f"{path!r} is not an HDF5 file: it starts with {head!r}. Expected what "
            "model.save('model.h5') writes."
        )


# ------------------------------------------------------------------ attributes


def read_text(group, name: str) -> str | None:
    """Returns a text attribute, or None."""
    value = group.attrs.get(name)
    if value is None:
        return None
    if isinstance(value, np.ndarray):
        value = value.item()
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def read_json(group, name: str):
    """Returns a JSON attribute as a Python value, or None."""
    text = read_text(group, name)
    if text is None:
        return None
    return parse_json(text, f"{group.file.filename!r}: {name}")


def parse_json(text, label: str):
    """Returns the value of a JSON text.

    Args:
        text: The text, str or bytes.
        label: What it is, for messages.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SavingError(f"{label} is damaged: it is no valid JSON ({error}).") from (
            error
        )


def read_names(group, name: str) -> list[str]:
    """Returns a list of names, whole or in parts; empty when there is none."""
    if name in group.attrs:
        return _decode_names(group.attrs[name])
    names, part = [], 0
    while f"{name}{part}" in group.attrs:
        names += _decode_names(group.attrs[f"{name}{part}"])
        part += 1
    return names


def _decode_names(values) -> list[str]:
    return [v.decode("utf-8") if isinstance(v, bytes) else str(v) for v in values]


def write_names(group, name: str, names: list[str]) -> None:
    """Writes a list of names, in parts when it is too long for one attribute."""
    if len(names) <= _MAX_NAMES:
        group.attrs[name] = names
        return
    for part, start in enumerate(range(0, len(names), _MAX_NAMES)):
        group.attrs[f"{name}{part}"] = names[start : start + _MAX_NAMES]


# ---------------------------------------------------------------------- arrays


def write_arrays(group, named_arrays) -> None:
    """Writes (name, array) pairs and, in `weight_names`, their order.

    A name that comes twice gets `_1`, `_2`, ... as in Keras 2.
    """
    names: list[str] = []
    for name, array in named_arrays:
        names.append(_unused(name, names))
        if array.dtype.kind == "V":  # bfloat16, which old files do not know
            array = array.astype("float32")
        group.create_dataset(names[-1], data=array)
    write_names(group, "weight_names", names)


def _unused(name: str, names: list[str]) -> str:
    count, candidate = 0, name
    while candidate in names:
        count += 1
        candidate = f"{name}_{count}"
    return candidate


def write_array(group, name: str, array: np.ndarray) -> None:
    """Writes an array; bfloat16 as Keras does, as two bytes without a meaning."""
    if array.dtype.kind != "V":
        group.create_dataset(name, data=array)
        return
    dataset = group.create_dataset(name, data=array.view("V2"))
    dataset.attrs["dtype"] = "bfloat16"


def is_legacy(file) -> bool:
    """Tells a file in the layout of Keras 1 and 2, of weights or of a whole model."""
    return "model_weights" in file or any(n in file.attrs for n in LISTS_OF_LAYERS)


def datasets(file, path: str) -> dict | None:
    """Returns the datasets of a group by name, not read yet; None if it is missing.

    Links to other files and data stored elsewhere are refused.
    """
    group = file
    for name in path.split("/"):
        group = _inside(group, name)
        if not isinstance(group, h5py.Group):
            return None
    return {
        name: check_array(group, name)
        for name in group
        if isinstance(_inside(group, name), h5py.Dataset)
    }


def _inside(group, name: str):
    """What a group holds under a name, or None; it must be in this file."""
    link = group.get(name, getlink=True)
    if isinstance(link, h5py.ExternalLink):
        raise SavingError(
            f"{group.name}/{name} is a link to the file {link.filename!r}, which is "
            "not allowed."
        )
    return None if link is None else group.get(name)


def read_into(dataset, variable) -> None:
    """Reads a dataset into the place of a variable of its shape."""
    array = variable.array
    if dataset.dtype != array.dtype or not array.size or not array.flags.c_contiguous:
        variable.assign(read_array(dataset))
        return
    variable.part_from_reader()
    dataset.read_direct(array)


def room(size: int) -> int:
    """How many bytes the variables of a model may take whose file has this size.

    Its weights are in the file; an optimizer may have as many slots again, twice, that
    are not; a file may have been compressed.
    """
    return 16 * size + (1 << 26)


def groups(file):
    """Yields `(path, group)` for all groups of a file, parents first; no links."""
    stack = [("", file)]
    while stack:
        path, group = stack.pop()
        if path.count("/") > MAX_DEPTH:
            raise SavingError(f"{file.filename!r} nests groups without an end.")
        if path:
            yield path, group
        inner = [
            (f"{path}/{name}".lstrip("/"), group[name])
            for name in group
            if isinstance(group.get(name, getlink=True), h5py.HardLink)
        ]
        stack.extend(x for x in inner[::-1] if isinstance(x[1], h5py.Group))


def read_bounded(dataset) -> np.ndarray:
    """Reads a dataset of a shape that nobody knows, if the file is large enough."""
    claimed = dataset.size * dataset.dtype.itemsize
    if claimed > MOST_TIMES * dataset.id.get_storage_size() + SPARE:
        raise SavingError(
            f"{dataset.name} claims {claimed:,} bytes, but the file holds "
            f"{dataset.id.get_storage_size():,} of them."
        )
    return read_array(dataset)


def read_for(variables: list, datasets: list) -> list[np.ndarray] | None:
    """Reads what earlier Keras kept for variables, in another layout than today's.

    Returns:
        The arrays, or None if they hold far more than the variables could.
    """
    most = max(4 * sum(v.size for v in variables), MOST_NUMBERS)
    if sum(dataset.size for dataset in datasets) > most:
        return None
    return [read_bounded(dataset) for dataset in datasets]


def check_array(group, name: str):
    """Returns the dataset of a name, its data not read yet.

    Links to other files and data stored elsewhere are refused.
    """
    dataset = group.get(name)
    where = f"{group.name}/{name}"
    if not group.file.filename.startswith("<"):  # it is no file in memory
        where = f"{group.file.filename!r}: {where}"
    if not isinstance(dataset, h5py.Dataset):
        raise SavingError(f"{where} is missing, although the file lists it.")
    elsewhere = dataset.external or dataset.is_virtual
    if elsewhere or dataset.file.filename != group.file.filename:
        raise SavingError(f"{where} is stored in another file, which is not allowed.")
    is_half = dataset.dtype.kind == "V" and dataset.attrs.get("dtype") == "bfloat16"
    if dataset.shape is None or not (is_half or dataset.dtype.kind in "iufb"):
        raise SavingError(f"{where} holds {dataset.dtype}, expected numbers.")
    return dataset


def read_array(dataset) -> np.ndarray:
    """Reads a dataset whose shape or size has been checked."""
    array = np.asarray(dataset[()])
    if array.dtype.kind == "V":
        return array.view(dtypes.standardize("bfloat16"))
    return array
