"""Reductions over segments: rows with the same number are combined.

The rows of a segment may be anywhere. Rows with a negative number belong to none.
"""

import numpy as np

from ..tensor import cast, dtypes, primitive
from .arithmetic import divide, multiply
from .bounds import maximum
from .common import shape_of
from .indexing import take
from .logic import equal, greater_equal, where
from .movement import reshape

__all__ = ["segment_max", "segment_min", "segment_prod", "segment_sum"]


def _checked(data: tuple, segment_ids: tuple) -> None:
    agree = len(segment_ids) == 1 and data and len({data[0], *segment_ids, None}) < 3
    if not agree:  # an unknown length is no disagreement
        raise ValueError(
            "segment_ids must be a vector with one number for each row of data, got "
            f"shapes {segment_ids} and {data}. Try reshaping both to one row per "
            "number."
        )


def _segmented(data, segment_ids, *, num_segments=None, **metadata):
    _checked(data, segment_ids)
    return (num_segments, *data[1:])


segmental = primitive(shape=_segmented, dtype=dtypes.first, is_whole=True)


def combined(ufunc, empty, data, segment_ids, num_segments, out):
    """Combines the rows of each segment with a ufunc; a segment without is `empty`."""
    _checked(data.shape, segment_ids.shape)
    count = int(segment_ids.max()) + 1 if num_segments is None else num_segments
    if out is None:
        out = np.empty((count, *data.shape[1:]), data.dtype)
    out[...] = empty
    order = np.argsort(segment_ids, kind="stable")
    order = order[np.searchsorted(segment_ids[order], 0) :]
    ids = segment_ids[order]
    if not ids.size:
        return out
    if ids[-1] >= count:
        raise IndexError(
            f"segment_ids must be below num_segments={count}, got {ids[-1]}. Try "
            f"num_segments={ids[-1] + 1}."
        )
    starts = np.flatnonzero(np.diff(ids, prepend=-1))
    out[ids[starts]] = ufunc.reduceat(data[order], starts, axis=0)
    return out


def limit(dtype: np.dtype, end: str):
    """The "min" or the "max" that a dtype can hold."""
    if dtype.kind == "f":
        return np.inf if end == "max" else -np.inf
    return end == "max" if dtype.kind == "b" else getattr(np.iinfo(dtype), end)


@segmental
def segment_sum(
    data, segment_ids, *, num_segments: int | None = None, sorted=False, out=None
):
    """Adds up the rows of each segment.

    Args:
        data: Tensor (rows, ...).
        segment_ids: Integers (rows,): the segment of each row, none if negative.
        num_segments: How many segments the result has, more than the largest number;
            None: no more than that, and the function is not planned.
        sorted: A hint that the numbers rise; it is not needed here.

    >>> segment_sum([1, 2, 10, 20], [0, 0, 1, 1], num_segments=3).tolist()
    [3, 30, 0]
    """
    return combined(np.add, 0, data, segment_ids, num_segments, out)


@segmental
def segment_prod(
    data, segment_ids, *, num_segments: int | None = None, sorted=False, out=None
):
    """Multiplies the rows of each segment, 1 if there are none: see `segment_sum`."""
    return combined(np.multiply, 1, data, segment_ids, num_segments, out)


@segmental
def segment_max(
    data, segment_ids, *, num_segments: int | None = None, sorted=False, out=None
):
    """Returns the largest of each segment's rows, elementwise: see `segment_sum`.

    A segment without rows has the least value of the dtype.

    >>> segment_max([1.0, 2.0, 10.0], [0, 0, 1]).tolist()
    [2.0, 10.0]
    """
    empty = limit(data.dtype, "min")
    return combined(np.maximum, empty, data, segment_ids, num_segments, out)


@segmental
def segment_min(
    data, segment_ids, *, num_segments: int | None = None, sorted=False, out=None
):
    """Returns the smallest of each segment's rows, elementwise: see `segment_max`."""
    empty = limit(data.dtype, "max")
    return combined(np.minimum, empty, data, segment_ids, num_segments, out)


# The way back -----------------------------------------------------------------------


def _own(y, segment_ids):
    """For each row what y holds for its segment, 0 if it belongs to none."""
    rows = take(y, maximum(segment_ids, 0), axis=0)
    belongs = greater_equal(segment_ids, 0)
    column = (-1, *[1] * (len(shape_of(rows)) - 1))
    return where(reshape(belongs, column), rows, 0)


def _extreme_slope(g, data, segment_ids, out):
    """Shares g among the rows that hold the extreme value."""
    chosen = cast(equal(data, _own(out, segment_ids)), dtype=data.dtype)
    ties = segment_sum(chosen, segment_ids, num_segments=out.shape[0])
    return multiply(_own(divide(g, maximum(ties, 1)), segment_ids), chosen)


def _product_slope(g, data, segment_ids):
    """g times the product of the other rows, right for a zero among them too."""
    count = shape_of(g)[0]
    is_zero = equal(data, 0)
    rest = where(is_zero, 1, data)
    product = segment_prod(rest, segment_ids, num_segments=count)
    others = divide(_own(multiply(g, product), segment_ids), rest)
    zero = cast(is_zero, dtype=data.dtype)
    zeros = _own(segment_sum(zero, segment_ids, num_segments=count), segment_ids)
    return where(equal(zeros, zero), others, 0)


segment_sum.grad(data=lambda g, segment_ids: _own(g, segment_ids))
segment_prod.grad(data=_product_slope)
segment_max.grad(data=_extreme_slope)
segment_min.grad(data=_extreme_slope)
