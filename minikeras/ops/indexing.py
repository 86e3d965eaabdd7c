"""Reading and writing elements by position.

Each way to read (`x[key]`, `take`, `take_along_axis`) has a way to write as its
gradient, which adds up where an element was read more than once.
"""

import builtins
import math

import numpy as np

from ..tensor import (
    KerasTensor,
    Tensor,
    Variable,
    dtypes,
    primitive,
    shapes,
)
from ..utils import parallel
from .common import deliver, room
from .logic import nonzero

__all__ = ["get_item", "take", "take_along_axis"]

# x[key] with numbers, slices, None and Ellipsis: a view ------------------------------


def _spelled_out(key, ndim: int) -> list:
    """The key as a list with one entry per axis (and None for each new one)."""
    parts = list(key) if isinstance(key, tuple) else [key]
    missing = ndim - builtins.sum(1 for p in parts if p is not None and p is not ...)
    if missing < 0:
        raise IndexError(f"Too many indices for {ndim} axes: got [{key}].")
    places = [i for i, p in enumerate(parts) if p is ...]
    start = places[0] if places else len(parts)
    parts[start : start + 1] = [builtins.slice(None)] * missing
    return parts


def _sliced(x, *, key):
    dims, axis = [], 0
    for part in _spelled_out(key, len(x)):
        if part is None:
            dims.append(1)
            continue
        if isinstance(part, builtins.slice):
            dims.append(_slice_length(x[axis], part))
        axis += 1
    return tuple(dims)


def _slice_length(length: int | None, part: builtins.slice) -> int | None:
    return None if length is None else len(range(*part.indices(length)))


@primitive(shape=_sliced, kind="view")
def get_item_(x, *, key):
    """Reads elements by numbers, slices, `None` (a new axis) and `...`."""
    return x[key]


@primitive(shape=lambda dy, *, shape, **metadata: shape)
def get_item_grad(dy, *, key, shape: tuple, out=None):
    """Zeros, and dy at the key: the gradient of `x[key]`."""
    out = room(dy, out, shape)
    out[...] = 0
    out[key] = dy
    return out


get_item_.grad(x=lambda g, key, x_shape: get_item_grad(g, key=key, shape=x_shape))
get_item_grad.grad(dy=lambda g, key: get_item_(g, key=key))

# x[key] with arrays of positions: a copy ---------------------------------------------

HOLE = "?"  # stands in a key for an array, which is an argument of its own


def _filled(key: tuple, indices: tuple) -> tuple:
    """The key with its arrays back in place."""
    rest = iter(indices)
    return tuple(next(rest) if part is HOLE else part for part in key)


def _gathered(x, *indices, key):
    parts = _spelled_out(key, len(x))
    by_number = [p is not None and not isinstance(p, builtins.slice) for p in parts]
    first = by_number.index(True)
    count = builtins.sum(by_number)
    in_a_row = builtins.all(by_number[first : first + count])
    rest = [p for p, number in zip(parts, by_number, strict=True) if not number]
    dims = _sliced(_without(x, parts, by_number), key=tuple(rest))
    start = first if in_a_row else 0
    return (*dims[:start], *shapes.broadcast(*indices), *dims[start:])


def _without(x: tuple, parts: list, by_number: list) -> tuple:
    """The lengths of those axes that a key does not read by number."""
    kept = [number for p, number in zip(parts, by_number, strict=True) if p is not None]
    return tuple(n for n, number in zip(x, kept, strict=True) if not number)


@primitive(shape=_gathered, dtype=dtypes.first)
def get_items(x, *indices, key: tuple, out=None):
    """Reads elements by arrays of positions, which stand for the holes in the key."""
    return deliver(x[_filled(key, indices)], out)


@primitive(shape=lambda dy, *indices, shape, **metadata: shape, dtype=dtypes.first)
def get_items_grad(dy, *indices, key: tuple, shape: tuple, out=None):
    """Zeros, with dy added at each position read: the gradient of `get_items`."""
    if out is None:
        out = np.empty(shape, dy.dtype)
    out[...] = 0
    np.add.at(out, _filled(key, indices), dy)
    return out


def _items_slope(g, indices, key, x_shape):
    return get_items_grad(g, *indices, key=key, shape=x_shape), *(None for _ in indices)


def _items_grad_slope(g, indices, key):
    return get_items(g, *indices, key=key), *(None for _ in indices)


get_items.grad_all(_items_slope)
get_items_grad.grad_all(_items_grad_slope)

_BASIC = (int, np.integer, builtins.slice, type(None), type(...))


def get_item(x, key):
    """Returns `x[key]`: elements by position, as NumPy reads keys.

    Args:
        x: Tensor.
        key: Int, slice, None (a new axis), `...`, array or tensor of positions or of
            truth values, or a tuple of these.

    >>> get_item([[1, 2], [3, 4]], (slice(None), 1)).tolist()
    [2, 4]
    """
    parts = key if type(key) is tuple else (key,)
    for part in parts:
        if type(part) is bool or not isinstance(part, _BASIC):
            return _get_items(x, parts)
    return get_item_(x, key=key)


def _get_items(x, parts: tuple):
    key, indices = [], []
    for part in parts:
        if type(part) is not bool and isinstance(part, _BASIC):
            key.append(part)
            continue
        for index in _positions(part):
            key.append(HOLE)
            indices.append(index)
    return get_items(x, *indices, key=tuple(key))


def _positions(part) -> tuple:
    """An array of a key as arrays of ints; truth values become positions."""
    if isinstance(part, KerasTensor):
        return (part,)
    if isinstance(part, Variable):
        part = part.value
    array = part.array if type(part) is Tensor else np.asarray(part)
    if array.dtype == bool:
        return nonzero(part)
    if array.size == 0:
        array = array.astype(np.int32)
    return (part if type(part) is Tensor else array,)


# take ---------------------------------------------------------------------------------


def _taken(x, indices, *, axis=None, **metadata):
    if axis is None:
        return indices
    (axis,) = shapes.axes(axis, len(x))
    return (*x[:axis], *indices, *x[axis + 1 :])


@primitive(shape=_taken, dtype=dtypes.first, is_whole=True)
def take(x, indices, *, axis: int | None = None, out=None):
    """Returns elements, or rows along an axis, by number.

    Args:
        x: Tensor.
        indices: Integer tensor; negative ones count from the end.
        axis: Axis along which they count; None: of all elements in a row.

    >>> take([10, 20, 30], [2, 0]).tolist()
    [30, 10]
    """
    if out is None:
        return np.take(x, indices, axis)
    length = x.size if axis is None else x.shape[axis]
    known = np.asarray(indices)
    if known.size and (known.min() < -length or known.max() >= length):
        return np.take(x, indices, axis)  # which says what is wrong
    return np.take(x, indices, axis, out=out, mode="wrap")  # "raise" copies out first


@primitive(shape=lambda dy, indices, *, shape, **metadata: shape, dtype=dtypes.first)
def take_grad(dy, indices, *, shape: tuple, axis: int | None, out=None):
    """Zeros, with dy added where it was taken from: the gradient of `take`."""
    if out is None:
        out = np.empty(shape, dy.dtype)
    out[...] = 0
    indices = np.asarray(indices)
    axis, dims = (
        (0, (math.prod(shape),)) if axis is None else (axis % len(shape), shape)
    )
    rows = dy.reshape(*dims[:axis], indices.size, *dims[axis + 1 :])
    target = np.moveaxis(out.reshape(dims), axis, 0)
    _add_rows(target, indices.ravel(), np.moveaxis(rows, axis, 0))
    return out


MANY = 16  # repetitions of an index from which its rows are summed in one go


def _add_rows(target, indices, rows) -> None:
    """target[indices] += rows, right where an index comes up repeatedly.

    The target must be zero. Sorted indices show the first, second ... row of each; the
    rows of one such rank go to different places, so that a plain `+=` takes them all.
    """
    if indices.size < 100:
        return np.add.at(target, indices, rows)
    indices = np.where(indices < 0, indices + len(target), indices)
    order = np.argsort(indices, kind="stable")
    indices = indices[order]
    starts = np.flatnonzero(np.append(True, indices[1:] != indices[:-1]))
    counts = np.diff(np.append(starts, len(indices)))
    step = max(1, parallel.BLOCK * len(rows) // max(rows.size, 1))
    few = counts <= MANY
    for start, count in zip(starts[~few].tolist(), counts[~few].tolist(), strict=True):
        for i in range(start, start + count, step):
            block = rows[order[i : min(i + step, start + count)]]
            target[indices[start]] += np.add.reduce(block, axis=0)
    starts, counts = starts[few], counts[few]
    for rank in range(int(counts.max(initial=0))):
        starts = starts[counts > rank]
        counts = counts[counts > rank]
        for i in range(0, len(starts), step):
            block = starts[i : i + step]
            found = rows[order[block + rank]]
            if rank:
                target[indices[block]] += found
            else:
                target[indices[block]] = found
    return None


take.grad(
    x=lambda g, indices, x_shape, axis: take_grad(g, indices, shape=x_shape, axis=axis)
)
take_grad.grad(dy=lambda g, indices, axis: take(g, indices, axis=axis))


def _taken_along(x, indices, *, axis=None, **metadata):
    if axis is None:
        return indices
    (axis,) = shapes.axes(axis, len(x))
    dims = list(shapes.broadcast((*x[:axis], 1, *x[axis + 1 :]), indices))
    dims[axis] = indices[axis]
    return tuple(dims)


@primitive(shape=_taken_along, dtype=dtypes.first)
def take_along_axis(x, indices, *, axis: int | None = None, out=None):
    """Returns elements by their position along an axis, row by row.

    >>> take_along_axis([[1, 2], [3, 4]], [[1], [0]], axis=1).tolist()
    [[2], [3]]
    """
    return deliver(np.take_along_axis(x, indices, axis), out)


def _along(indices, shape: tuple, axis: int) -> tuple:
    """The full key that reads `indices` along an axis."""
    key = list(np.ogrid[tuple(builtins.slice(n) for n in shape)])
    key[axis] = indices
    return tuple(key)


@primitive(shape=lambda dy, indices, *, shape, **metadata: shape, dtype=dtypes.first)
def take_along_axis_grad(dy, indices, *, shape: tuple, axis: int | None, out=None):
    """Zeros, with dy added where it was taken from."""
    if out is None:
        out = np.empty(shape, dy.dtype)
    out[...] = 0
    if axis is None:
        np.add.at(out.reshape(-1), indices, dy)
    else:
        np.add.at(out, _along(indices, shape, axis), dy)
    return out


take_along_axis.grad(
    x=lambda g, indices, x_shape, axis: take_along_axis_grad(
        g, indices, shape=x_shape, axis=axis
    )
)
take_along_axis_grad.grad(
    dy=lambda g, indices, axis: take_along_axis(g, indices, axis=axis)
)
