"""A look at HDF5's heaps of text before the library reads them.

A damaged heap can make the HDF5 library run in circles for ever: an object of length 0
leads back to itself. Nothing can stop it then, so such files are refused first. A text
attribute that claims gigabytes gets them, even if the file is small. The layouts are
those of the "HDF5 File Format Specification", sections III.E (Global Heap), IV.A.2.b
(Dataspace) and IV.A.2.d (Datatype).
"""

import mmap

import numpy as np

from .errors import SavingError

__all__ = ["check_file", "check_heaps"]

_MAGIC = b"\x89HDF\r\n\x1a\n"
_SIGNATURE = int.from_bytes(b"GCOL", "little")
_BLOCK = 1 << 20
_SMALLEST = 4096
# A type: texts of any length, ASCII or UTF-8, referred to by 16 bytes.
_TEXTS = (b"\x01\0\0\x10\0\0\0", b"\x01\x01\0\x10\0\0\0")
_TYPE_SIZES = (20, 24)  # as it is, or filled up to a multiple of 8
_CHECKED = 1 << 24  # larger files take too long to search for texts


def check_file(path: str) -> None:
    """Raises SavingError if a file has a heap that has no end."""
    with (
        open(path, "rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        check_heaps(data, repr(path))


def check_heaps(data, label: str) -> None:
    """Raises SavingError if HDF5 data has a heap that has no end.

    Args:
        data: The bytes of a file, in memory or mapped.
        label: What it is, for messages.
    """
    size = _size_of_lengths(data)
    if any(_is_endless(data, start, size) for start in _places(data)):
        raise SavingError(f"{label} is damaged: a heap of texts in it has no end.")
    if len(data) <= _CHECKED and any(n > len(data) for n in _claimed_lengths(data)):
        raise SavingError(f"{label} is damaged: a text in it is longer than the file.")


def _places(data):
    """Yields where a heap may be: wherever its signature is.

    Four bytes are compared at once, which is three times as fast as `find`.
    """
    with memoryview(data) as view:
        for block in range(0, len(data), _BLOCK):
            for shift in range(4):
                words = view[block + shift : block + shift + _BLOCK]
                words = np.frombuffer(words[: len(words) // 4 * 4], "<u4")
                hits = words == _SIGNATURE
                if hits.any():
                    yield from (block + shift + 4 * np.flatnonzero(hits)).tolist()


def _claimed_lengths(data):
    """Yields the lengths of texts, as attributes that refer to a heap tell them."""
    for kind in _TEXTS:
        place = data.find(kind)
        while place >= 0:
            for size in _TYPE_SIZES:
                yield from _lengths_behind(data, place - 1 + size)
            place = data.find(kind, place + 1)


def _lengths_behind(data, space: int):
    """Yields the lengths in the values of an attribute, if its shape is at a place."""
    version, rank, flags = data[space : space + 3].ljust(3, b"\0")
    head = {1: 8, 2: 4}.get(version)
    if head and rank <= 1:
        count = _number(data, space + head, 8) if rank else 1
        first = space + head + 8 * rank * (1 + (flags & 1))
        for i in range(min(count, len(data) // 16)):
            yield _number(data, first + 16 * i, 4)


def _number(data, start: int, size: int) -> int:
    return int.from_bytes(data[start : start + size], "little")


def _size_of_lengths(data) -> int:
    """How many bytes a length takes, which the superblock says."""
    start = max(data.find(_MAGIC), 0)  # something else may stand before it
    head = data[start : start + 16].ljust(16, b"\0")
    return head[14] if head[8] < 2 else head[10]


def _is_endless(data, start: int, size: int) -> bool:
    """Walks over the objects of a heap: each must lead to a place behind it."""
    whole = _number(data, start + 8, size)
    end = start + whole
    if data[start + 4 : start + 5] != b"\1" or whole < _SMALLEST or end > len(data):
        return False  # no heap, or one that the library refuses itself
    header = (8 + size + 7) // 8 * 8
    place = start + header
    while place + header <= end:
        index = _number(data, place, 2)
        length = _number(data, place + 8, size)
        if length > whole or (index == 0 and length < header):
            return True
        place += length if index == 0 else header + (length + 7) // 8 * 8
    return False
