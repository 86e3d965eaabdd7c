"""`add_bias`: one number per channel, added in each position of an image."""

import numpy as np

from ..tensor import primitive, shapes, unbroadcast
from .movement import reshape

__all__ = ["add_bias"]

WIDE = 1024  # elements of a row from which NumPy's overhead per row is small
SMALL = 2**13  # elements of a tensor that is not worth the trouble


@primitive(shape=shapes.same, kind="ufunc", is_whole=True)
def add_bias(x, b, *, out=None):
    """Adds a vector along the last axis.

    NumPy adds short rows slowly. Many of them, laid side by side, are a long one: with
    8 channels that is three times as fast.

    >>> add_bias([[[1.0, 2.0]], [[3.0, 4.0]]], [0.5, 0.0]).tolist()
    [[[1.5, 2.0]], [[3.5, 4.0]]]
    """
    y = np.empty_like(x) if out is None else out
    count = WIDE // max(len(b), 1)
    is_plain = x.flags.c_contiguous and y.flags.c_contiguous
    if count < 4 or x.size < SMALL or not is_plain:
        return np.add(x, b, out=y)
    flat, result, row = x.reshape(-1), y.reshape(-1), np.tile(b, count)
    cut = x.size - x.size % row.size
    np.add(
        flat[:cut].reshape(-1, row.size), row, out=result[:cut].reshape(-1, row.size)
    )
    np.add(flat[cut:], row[: x.size - cut], out=result[cut:])
    return y


def _column_sums(g, b_shape):
    return unbroadcast(reshape(g, (-1, *b_shape)), shape=b_shape)


add_bias.grad(x=lambda g: g, b=_column_sums)
