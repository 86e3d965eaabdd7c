"""Samples that are read when a batch needs them, so that all need not fit in memory."""

from collections.abc import Callable

import numpy as np

from .. import config

__all__ = ["Rows", "as_rows"]


class Rows:
    """Looks like an array of samples, as far as batches ask for it.

    Args:
        read: Function from a slice, or rising numbers of rows, to an array.
        shape: Shape of everything.
        dtype: Dtype of what is given out.
        first: Number of the first row that counts.
    """

    def __init__(self, read: Callable, shape: tuple, dtype, first: int = 0):
        self._read = read
        self.shape = tuple(shape)
        self.dtype = np.dtype(dtype)
        self.first = first

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, part: slice) -> np.ndarray:
        start, stop, _ = part.indices(len(self))
        rows = np.asarray(self._read(slice(self.first + start, self.first + stop)))
        return rows.astype(self.dtype, copy=False)

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return self[:].astype(dtype or self.dtype, copy=False)

    def part(self, chosen: slice) -> "Rows":
        """Returns the rows of a slice, which are not read yet."""
        start, stop, _ = chosen.indices(len(self))
        shape = (max(stop - start, 0), *self.shape[1:])
        return Rows(self._read, shape, self.dtype, self.first + start)

    def take(self, indices, axis=0, out=None, mode="raise") -> np.ndarray:
        """Reads rows, as `ndarray.take`; each from its place, in rising order."""
        order = np.argsort(indices, kind="stable")
        rows = self._read(self.first + np.asarray(indices)[order])
        if out is None:
            out = np.empty((len(indices), *self.shape[1:]), self.dtype)
        out[order] = rows
        return out


def as_rows(data) -> Rows | None:
    """Returns the rows of an HDF5 dataset, a sparse matrix, or a file of wide floats.

    Arrays that need no conversion are None: they are read where they lie, and so are
    memory-mapped ones of the right dtype.
    """
    if hasattr(data, "tocsr") and hasattr(data, "toarray"):  # SciPy
        sparse = data.tocsr()
        return Rows(lambda i: sparse[i].toarray(), data.shape, _wanted(data.dtype))
    if type(data).__module__.partition(".")[0] == "h5py" and hasattr(data, "chunks"):
        return Rows(data.__getitem__, data.shape, _wanted(data.dtype))
    if isinstance(data, np.memmap) and data.dtype != _wanted(data.dtype):
        return Rows(data.__getitem__, data.shape, _wanted(data.dtype))
    return None


def _wanted(dtype: np.dtype):
    return config.floatx() if dtype.kind == "f" else dtype
