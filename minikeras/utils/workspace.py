"""Arrays to work with for a moment, in memory that is used again and again.

A fresh large array costs a page fault for each 4 KB. What kernels need in passing is
borrowed instead.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

__all__ = ["borrow"]

LINE = 64  # bytes of a cache line: where arrays begin
MOST_KEPT = 8  # arrays that wait to be used again; the smallest one goes first

_lock = threading.Lock()
_kept: list[np.ndarray] = []


@contextmanager
def borrow(shape: tuple[int, ...], dtype) -> Iterator[np.ndarray]:
    """Lends an array of a shape and dtype; what it contains is anything.

    It must not be used after the `with` block. Threads get different arrays.

    >>> with borrow((2, 3), "float32") as room:
    ...     room.shape
    (2, 3)
    """
    dtype = np.dtype(dtype)
    size = dtype.itemsize
    for n in shape:
        size *= n
    raw = _taken(size)
    start = -raw.ctypes.data % LINE
    try:
        yield raw[start : start + size].view(dtype).reshape(shape)
    finally:
        _give_back(raw)


def _taken(size: int) -> np.ndarray:
    """The smallest kept array that is large enough, or a new one."""
    with _lock:
        fitting = [i for i, raw in enumerate(_kept) if raw.size >= size + LINE]
        if fitting:
            return _kept.pop(min(fitting, key=lambda i: _kept[i].size))
    return np.empty(size + LINE, np.uint8)


def _give_back(raw: np.ndarray) -> None:
    with _lock:
        _kept.append(raw)
        if len(_kept) > MOST_KEPT:
            del _kept[min(range(len(_kept)), key=lambda i: _kept[i].size)]
