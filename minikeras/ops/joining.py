"""Joining tensors and cutting them in pieces."""

from collections.abc import Sequence

import numpy as np

from ..tensor import Tensor, operation, primitive, shapes
from .common import shape_of
from .movement import ravel, reshape, squeeze

__all__ = [
    "append",
    "array_split",
    "concatenate",
    "dsplit",
    "dstack",
    "hsplit",
    "hstack",
    "split",
    "stack",
    "unstack",
    "vsplit",
    "vstack",
]

# Joining and cutting ----------------------------------------------------------------


def _cut_points(pieces, axis: int) -> list[int]:
    """Where the pieces of a concatenation meet."""
    points, total = [], 0
    for shape in pieces[:-1]:
        total += shape[axis]
        points.append(total)
    return points


@primitive(shape=shapes.concatenate)
def join(*xs, axis: int = 0, out=None):
    """The kernel of `concatenate`."""
    return np.concatenate(xs, axis=axis, out=out)


def _join_slope(g, xs_shape, axis):
    return cut(g, points=tuple(_cut_points(xs_shape, axis)), axis=axis)


join.grad_all(_join_slope)


@operation
def concatenate(xs, axis=0):
    """Joins tensors along an axis that they all have.

    >>> concatenate([[1, 2], [3]]).tolist()
    [1, 2, 3]
    """
    return join(*xs, axis=axis)


def _stacked(*xs, axis, **metadata):
    dims = shapes.broadcast(*xs)
    if any(len(x) != len(dims) for x in xs):
        raise ValueError(f"stack needs tensors of one shape, got shapes {xs}.")
    return _expanded_to(dims, axis, len(xs))


def _expanded_to(dims: tuple, axis: int, length: int) -> tuple:
    (axis,) = shapes.axes(axis, len(dims) + 1)
    return (*dims[:axis], length, *dims[axis:])


@primitive(shape=_stacked)
def pile(*xs, axis: int = 0, out=None):
    """The kernel of `stack`."""
    return np.stack(xs, axis=axis, out=out)


pile.grad_all(lambda g, axis: unstack(g, axis=axis))


@operation
def stack(x, axis=0):
    """Joins tensors of one shape along a new axis.

    >>> stack([[1, 2], [3, 4]], axis=1).tolist()
    [[1, 3], [2, 4]]
    """
    return pile(*x, axis=axis)


def _pieces(length: int | None, points: tuple) -> list[int | None]:
    """Lengths of what a cut at these points leaves."""
    if length is None and (None in points or not points):
        return [None] * (len(points) + 1)
    if length is None:
        inner = zip((0, *points[:-1]), points, strict=True)
        return [end - start for start, end in inner] + [None]
    ends = [min(p if p >= 0 else p + length, length) for p in points] + [length]
    starts = [0, *ends[:-1]]
    return [max(end - start, 0) for start, end in zip(starts, ends, strict=True)]


def _cut_shapes(x, *, points, axis, **metadata):
    (axis,) = shapes.axes(axis, len(x))
    return [(*x[:axis], n, *x[axis + 1 :]) for n in _pieces(x[axis], points)]


@primitive(shape=_cut_shapes, kind="view")
def cut(x, *, points: tuple, axis: int):
    """Cuts a tensor in pieces before these positions: the kernel of `split`."""
    before = (slice(None),) * (axis % x.ndim)
    ends = zip((0, *points), (*points, x.shape[axis]), strict=True)
    return tuple(x[(*before, slice(start, end))] for start, end in ends)


def _cut_slope(g, x_shape, x_dtype, points, axis):
    dims = _cut_shapes(x_shape, points=points, axis=axis)
    pieces = [
        Tensor(np.zeros(shape, x_dtype)) if g[i] is None else g[i]
        for i, shape in enumerate(dims)
    ]
    return join(*pieces, axis=axis)


cut.grad(x=_cut_slope)


@operation
def split(x, indices_or_sections, axis=0):
    """Cuts a tensor along an axis.

    Args:
        x: Tensor.
        indices_or_sections: Int: into so many equal pieces. Ints: before these
            positions.
        axis: Axis to cut along.

    Returns:
        List of tensors.

    >>> [piece.tolist() for piece in split([1, 2, 3, 4], 2)]
    [[1, 2], [3, 4]]
    """
    points = indices_or_sections
    shapes.axes(axis, len(shape_of(x)))
    if isinstance(points, int):
        points = _equal_points(shape_of(x)[axis], points, axis)
    else:
        points = [n if n is None else int(n) for n in points]
    return list(cut(x, points=tuple(points), axis=axis))


def _equal_points(length: int | None, sections: int, axis: int) -> Sequence:
    if length is None:
        return [None] * (sections - 1)
    if length % sections:
        raise ValueError(
            f"split: axis {axis} of length {length} cannot be cut into {sections} "
            "equal pieces. Try array_split."
        )
    step = length // sections
    return [step * i for i in range(1, sections)]


def _even_points(length: int | None, sections: int) -> list:
    if length is None:
        return [None] * (sections - 1)
    small, more = divmod(length, sections)
    return [i * small + min(i, more) for i in range(1, sections)]


@operation
def array_split(x, indices_or_sections, axis=0):
    """Cuts a tensor like `split`; pieces may differ in length by one.

    >>> [piece.tolist() for piece in array_split([1, 2, 3], 2)]
    [[1, 2], [3]]
    """
    points = indices_or_sections
    if isinstance(points, int):
        points = _even_points(shape_of(x)[axis], points)
    return split(x, points, axis=axis)


@operation
def unstack(x, num=None, axis=0):
    """Takes a tensor apart along an axis, which disappears.

    Args:
        x: Tensor.
        num: Length of the axis; needed only where it is unknown.
        axis: Axis to take apart.

    >>> [int(piece) for piece in unstack([1, 2, 3])]
    [1, 2, 3]
    """
    shapes.axes(axis, len(shape_of(x)))
    length = shape_of(x)[axis] if num is None else num
    if length is None:
        raise ValueError(
            f"unstack: axis {axis} has unknown length. Try unstack(x, num=...)."
        )
    if length == 0:
        return []
    pieces = cut(x, points=tuple(range(1, length)), axis=axis)
    return [squeeze(piece, axis=axis) for piece in pieces]


def _at_least(x, ndim: int):
    """x with axes of length 1 added where hstack, vstack and dstack add them."""
    dims = shape_of(x)
    if len(dims) >= ndim:
        return x
    row = dims or (1,)
    wanted = {1: row, 2: (1, *row), 3: (1, *row, 1)[-3:]}
    return reshape(x, newshape=wanted[ndim])


@operation
def hstack(xs):
    """Joins along the second axis; vectors along their only one."""
    first = shape_of(xs[0])
    return join(*(_at_least(x, 1) for x in xs), axis=int(len(first) > 1))


@operation
def vstack(xs):
    """Joins along the first axis; vectors are rows."""
    return join(*(_at_least(x, 2) for x in xs), axis=0)


@operation
def dstack(xs):
    """Joins along the third axis, which is added where missing."""
    return join(*(_at_least(x, 3) for x in xs), axis=2)


@operation
def hsplit(x, indices_or_sections):
    """Cuts along the second axis; a vector along its only one."""
    return split(x, indices_or_sections, axis=int(len(shape_of(x)) > 1))


@operation
def vsplit(x, indices_or_sections):
    """Cuts along the first axis."""
    return split(x, indices_or_sections, axis=0)


@operation
def dsplit(x, indices_or_sections):
    """Cuts along the third axis."""
    return split(x, indices_or_sections, axis=2)


@operation
def append(x1, x2, axis=None):
    """Joins two tensors along an axis; None: all elements in one row."""
    if axis is None:
        return join(ravel(x1), ravel(x2), axis=0)
    return join(x1, x2, axis=axis)
