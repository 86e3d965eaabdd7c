"""HDF5, as far as model files need it: text, name lists and checked arrays.

Keras keeps JSON and lists of names in attributes. An attribute is text or bytes,
depending on who wrote it; a long list is cut into `layer_names0`, `layer_names1`, ...
A dataset is read only after its shape has been compared with the one expected, so a
file cannot make us take more memory than the model has.
"""

import json
import os
from contextlib import contextmanager

import numpy as np

from ..utils.lazy import LazyModule
from .errors import MissingFileError, SavingError

__all__ = [
    "check_array",
    "open_to_read",
    "open_to_write",
    "read_array",
    "read_json",
    "read_names",
    "read_text",
    "write_arrays",
    "write_names",
]

h5py = LazyModule("h5py")

_MAGIC = b"\x89HDF\r\n\x1a\n"
_MAX_NAMES = 4000  # an attribute holds 64 KB, a name in it takes 16 bytes


# --------------------------------------------------------------------- opening


@contextmanager
def open_to_read(path: str):
    """Opens a file; whatever is wrong with it becomes one SavingError."""
    _check_content(path)
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
def open_to_write(path: str):
    """Opens a new file."""
    with h5py.File(path, "w") as file:
        yield file


def _check_content(path: str) -> None:
    if os.path.isdir(path):
        raise SavingError(f"{path!r} is a folder; expected an HDF5 file (.h5).")
    try:
        with open(path, "rb") as file:
            head = file.read(len(_MAGIC))
    except FileNotFoundError:
        raise MissingFileError(
            f"There is no file {path!r} (looked in {os.path.abspath(path)!r})."
        ) from None
    if not head:
        raise SavingError(f"{path!r} is empty; expected an HDF5 file (.h5).")
    if head.startswith(b"PK"):
        raise SavingError(
            f"{path!r} is a .keras archive (zip); supported here are HDF5 files (.h5, "
            ".hdf5). Where it was written, call model.save('model.h5')."
        )
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
    try:
        return None if text is None else json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise SavingError(
            f"{group.file.filename!r} is damaged: {name} is not valid JSON ({error})."
        ) from error


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
        if array.dtype.kind == "V":  # bfloat16, which HDF5 does not know
            array = array.astype("float32")
        group.create_dataset(names[-1], data=array)
    write_names(group, "weight_names", names)


def _unused(name: str, names: list[str]) -> str:
    count, candidate = 0, name
    while candidate in names:
        count += 1
        candidate = f"{name}_{count}"
    return candidate


def check_array(group, name: str):
    """Returns the dataset of a name, its data not read yet.

    Links to other files and data stored elsewhere are refused.
    """
    dataset = group.get(name)
    where = f"{group.file.filename!r}: {group.name}/{name}"
    if not isinstance(dataset, h5py.Dataset):
        raise SavingError(f"{where} is missing, although the file lists it.")
    elsewhere = dataset.external or dataset.is_virtual
    if elsewhere or dataset.file.filename != group.file.filename:
        raise SavingError(f"{where} is stored in another file, which is not allowed.")
    if dataset.shape is None or dataset.dtype.kind not in "iufb":
        raise SavingError(f"{where} holds {dataset.dtype}, expected numbers.")
    return dataset


def read_array(dataset) -> np.ndarray:
    """Reads a dataset whose shape has been checked."""
    return np.asarray(dataset[()])
