"""Reshaping, joining, cutting and rearranging: nothing is computed, elements move.

What NumPy can do without copying is a view here too.
"""

import math

import numpy as np

from ..tensor import broadcast_to, operation, primitive, shapes
from .common import deliver, shape_of

__all__ = [
    "broadcast_to",
    "expand_dims",
    "flip",
    "fliplr",
    "flipud",
    "moveaxis",
    "ravel",
    "reshape",
    "roll",
    "rot90",
    "squeeze",
    "swapaxes",
    "transpose",
]

# Reshaping --------------------------------------------------------------------------


def _reshaped(x, *, newshape, **metadata):
    """The shape with its one -1 worked out, as far as the dimensions are known."""
    dims = [newshape] if isinstance(newshape, int) else list(newshape)
    if dims.count(-1) > 1:
        raise ValueError(f"reshape: one length at most may be -1, got {newshape}.")
    known = math.prod([n for n in dims if n not in (-1, None)])
    total = None if None in x else math.prod(x)
    if total is not None and None not in dims:
        if total != known if -1 not in dims else total % max(known, 1):
            raise ValueError(
                f"reshape cannot turn shape {x} ({total} elements) into "
                f"{tuple(newshape)}."
            )
        return tuple(total // max(known, 1) if n == -1 else n for n in dims)
    return tuple(None if n == -1 else n for n in dims)


@primitive(shape=_reshaped, kind="view")
def reshape(x, *, newshape):
    """Gives the elements, in the same order, another shape.

    Args:
        x: Tensor.
        newshape: Tuple of ints; one of them may be -1: as many as are left.

    >>> reshape([1, 2, 3, 4], (2, -1)).tolist()
    [[1, 2], [3, 4]]
    """
    try:
        return x.reshape(newshape)
    except ValueError:
        return x.reshape(_reshaped(x.shape, newshape=newshape))


reshape.grad(x=lambda g, x_shape: reshape(g, newshape=x_shape))


@primitive(shape=lambda x: (None if None in x else math.prod(x),), kind="view")
def ravel(x):
    """Puts all elements in one row.

    >>> ravel([[1, 2], [3, 4]]).tolist()
    [1, 2, 3, 4]
    """
    return np.ravel(x)


ravel.grad(x=lambda g, x_shape: reshape(g, newshape=x_shape))


def _expanded(x, *, axis, **metadata):
    ndim = len(x) + (len(axis) if isinstance(axis, (tuple, list)) else 1)
    new = shapes.axes(axis, ndim)
    rest = iter(x)
    return tuple(1 if i in new else next(rest) for i in range(ndim))


@primitive(shape=_expanded, kind="view")
def expand_dims(x, *, axis):
    """Inserts axes of length 1 at these places of the result.

    >>> expand_dims([1, 2], axis=-1).shape
    (2, 1)
    """
    return np.expand_dims(x, axis)


expand_dims.grad(x=lambda g, x_shape: reshape(g, newshape=x_shape))


def _squeezed(x, *, axis=None, **metadata):
    if axis is None:
        return tuple(n for n in x if n != 1)
    gone = shapes.axes(axis, len(x))
    for i in gone:
        if x[i] not in (1, None):
            raise ValueError(
                f"squeeze drops axes of length 1 only, got axis={axis} for shape {x}."
            )
    return tuple(n for i, n in enumerate(x) if i not in gone)


@primitive(shape=_squeezed, kind="view")
def squeeze(x, *, axis=None):
    """Drops axes of length 1: these, or all of them.

    >>> squeeze([[1, 2]]).tolist()
    [1, 2]
    """
    return x.reshape(_squeezed(x.shape, axis=axis))


squeeze.grad(x=lambda g, x_shape: reshape(g, newshape=x_shape))

# Order of axes ----------------------------------------------------------------------


def _transposed(x, *, axes=None, **metadata):
    if axes is None:
        return x[::-1]
    if sorted(shapes.axes(axes, len(x))) != list(range(len(x))):
        raise ValueError(
            f"transpose: axes must name each of the {len(x)} axes once, got {axes}."
        )
    return tuple(x[i] for i in axes)


@primitive(shape=_transposed, kind="view")
def transpose(x, *, axes=None):
    """Puts the axes into this order; None reverses them.

    >>> transpose([[1, 2], [3, 4]]).tolist()
    [[1, 3], [2, 4]]
    """
    return np.transpose(x, axes)


def _inverse(order) -> tuple[int, ...] | None:
    """The order of axes that takes a transposition back."""
    if order is None:
        return None
    places = shapes.axes(order, len(order))
    return tuple(places.index(i) for i in range(len(places)))


transpose.grad(x=lambda g, axes: transpose(g, axes=_inverse(axes)))


@primitive(shape=lambda x: (*x[:-2], x[-1], x[-2]), kind="view")
def transpose_last(x):
    """Exchanges the last two axes."""
    return x.swapaxes(-1, -2)


transpose_last.grad(x=lambda g: transpose_last(g))


def _order_swapped(ndim: int, axis1: int, axis2: int) -> tuple[int, ...]:
    order = list(range(ndim))
    (axis1, axis2) = shapes.axes((axis1, axis2), ndim)
    order[axis1], order[axis2] = axis2, axis1
    return tuple(order)


def _order_moved(ndim: int, source, destination) -> tuple[int, ...]:
    source, destination = shapes.axes(source, ndim), shapes.axes(destination, ndim)
    order = [i for i in range(ndim) if i not in source]
    for place, axis in sorted(zip(destination, source, strict=True)):
        order.insert(place, axis)
    return tuple(order)


@primitive(
    shape=lambda x, axis1, axis2: tuple(
        x[i] for i in _order_swapped(len(x), axis1, axis2)
    ),
    kind="view",
)
def swapaxes(x, *, axis1, axis2):
    """Exchanges two axes.

    >>> swapaxes([[[1, 2, 3]]], 0, 2).shape
    (3, 1, 1)
    """
    return np.swapaxes(x, axis1, axis2)


swapaxes.grad(x=lambda g, axis1, axis2: swapaxes(g, axis1=axis1, axis2=axis2))


@primitive(
    shape=lambda x, source, destination: tuple(
        x[i] for i in _order_moved(len(x), source, destination)
    ),
    kind="view",
)
def moveaxis(x, *, source, destination):
    """Moves axes to other places; the others keep their order.

    >>> moveaxis([[[1, 2, 3]]], -1, 0).shape
    (3, 1, 1)
    """
    return np.moveaxis(x, source, destination)


moveaxis.grad(
    x=lambda g, source, destination: moveaxis(g, source=destination, destination=source)
)

# Turning and shifting ---------------------------------------------------------------


@primitive(shape=shapes.same, kind="view")
def flip(x, *, axis=None):
    """Reverses the order of elements along these axes; None: along all.

    >>> flip([1, 2, 3]).tolist()
    [3, 2, 1]
    """
    return np.flip(x, axis)


flip.grad(x=lambda g, axis: flip(g, axis=axis))


@operation
def fliplr(x):
    """Reverses the order along the second axis."""
    return flip(x, axis=1)


@operation
def flipud(x):
    """Reverses the order along the first axis."""
    return flip(x, axis=0)


@primitive(shape=shapes.same)
def roll(x, *, shift, axis=None, out=None):
    """Shifts elements along an axis; what falls off the end comes in at the start.

    >>> roll([1, 2, 3], 1).tolist()
    [3, 1, 2]
    """
    if axis is None:
        flat = _rolled(x.reshape(-1), int(np.sum(shift)), 0)
        return deliver(flat.reshape(x.shape), out)
    for n, along in np.broadcast(shift, axis):
        x = _rolled(x, int(n), int(along))
    return deliver(x, out)


def _rolled(x, shift: int, axis: int):
    """x shifted along one axis: two pieces that change places."""
    (axis,) = shapes.axes(axis, x.ndim)
    before = (slice(None),) * axis
    start = -shift % max(x.shape[axis], 1)
    pieces = x[(*before, slice(start, None))], x[(*before, slice(start))]
    return np.concatenate(pieces, axis)


def _opposite(shift):
    return tuple(-n for n in shift) if isinstance(shift, (tuple, list)) else -shift


roll.grad(x=lambda g, shift, axis: roll(g, shift=_opposite(shift), axis=axis))


@operation
def rot90(array, k=1, axes=(0, 1)):
    """Turns by k quarter turns, in the plane of two axes.

    >>> rot90([[1, 2], [3, 4]]).tolist()
    [[2, 4], [1, 3]]
    """
    turns, (first, second) = k % 4, shapes.axes(axes, len(shape_of(array)))
    if first == second:
        raise ValueError(f"rot90: axes must be two different ones, got {axes}.")
    if turns == 0:
        return reshape(array, newshape=shape_of(array))
    if turns == 2:
        return flip(array, axis=(first, second))
    if turns == 1:
        return swapaxes(flip(array, axis=second), axis1=first, axis2=second)
    return flip(swapaxes(array, axis1=first, axis2=second), axis=second)
