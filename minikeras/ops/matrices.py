"""Products and tables of vectors and matrices, and forward derivatives."""

import numpy as np

from ..tensor import (
    GradientTape,
    KerasTensor,
    any_symbolic,
    convert_to_tensor,
    dtypes,
    operation,
)
from ..utils import tree
from .arithmetic import add, multiply, power, sqrt, square, subtract
from .common import shape_of
from .creation import zeros_like
from .joining import stack
from .movement import expand_dims, moveaxis, reshape
from .reductions import sum
from .solving import matrix_shape

__all__ = ["cdist", "cross", "jvp", "kron", "vander"]


@operation
def cross(x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """Returns the cross product of vectors with two or three components.

    Args:
        x1: Vectors.
        x2: Vectors; the other axes broadcast.
        axisa: Axis of the components of x1.
        axisb: Axis of those of x2.
        axisc: Axis of those of the result; of no use where both have two.
        axis: One axis for all three.

    >>> cross([1, 0, 0], [0, 1, 0]).tolist()
    [0, 0, 1]
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = _components(x1, axisa), _components(x2, axisb)
    if len(a) == len(b) == 2:
        return _minor(a, b, 0, 1)
    a, b = ([*v, zeros_like(v[0])] if len(v) == 2 else v for v in (a, b))
    parts = [_minor(a, b, i, j) for i, j in ((1, 2), (2, 0), (0, 1))]
    return stack(parts, axis=axisc)


def _components(x, axis: int) -> list:
    shape = shape_of(x)
    count = shape[axis] if shape else None
    if count not in (2, 3):
        raise ValueError(
            "cross: vectors need two or three components, got shape "
            f"{shape} with components along axis {axis}."
        )
    x = moveaxis(x, source=axis, destination=0)
    return [x[i] for i in range(count)]


def _minor(a: list, b: list, i: int, j: int):
    return subtract(multiply(a[i], b[j]), multiply(a[j], b[i]))


@operation
def kron(x1, x2):
    """Returns a block matrix: for each number of x1 that number times x2.

    >>> kron([1, 10], [1, 2]).tolist()
    [1, 2, 10, 20]
    """
    shapes = [shape_of(x) for x in (x1, x2)]
    rank = max(map(len, shapes))
    a, b = ((1,) * (rank - len(shape)) + shape for shape in shapes)
    places = [
        expand_dims(x, axis=tuple(range(rank - len(shape))))
        for x, shape in zip((x1, x2), shapes, strict=True)
    ]
    left = expand_dims(places[0], axis=tuple(range(1, 2 * rank, 2)))
    right = expand_dims(places[1], axis=tuple(range(0, 2 * rank, 2)))
    lengths = [-1 if None in (m, n) else m * n for m, n in zip(a, b, strict=True)]
    return reshape(multiply(left, right), newshape=tuple(lengths))


@operation
def vander(x, N=None, increasing=False):
    """Returns a matrix with the powers of numbers in its rows.

    Args:
        x: Vector.
        N: Number of columns; None: as many as x has numbers.
        increasing: Whether the powers rise from left to right.

    >>> vander([2, 3], 3).tolist()
    [[4, 2, 1], [9, 3, 1]]
    """
    shape = shape_of(x)
    if len(shape) != 1 or (N is not None and N < 0):
        raise ValueError(
            "vander: x must be a vector and N None or not negative, got shape "
            f"{shape} and N={N}."
        )
    x = x if hasattr(x, "dtype") else convert_to_tensor(x)
    columns = shape[0] if N is None else N
    if columns is None:
        return KerasTensor((None, None), x.dtype)
    powers = np.arange(columns)
    powers = powers.astype(dtypes.standardize(x.dtype))
    return power(expand_dims(x, axis=-1), powers if increasing else powers[::-1])


@operation
def cdist(x, y):
    """Returns the distance of each row of x from each row of y.

    Args:
        x: (..., m, features).
        y: (..., n, features).

    Returns:
        (..., m, n).

    >>> cdist([[0.0, 0.0]], [[3.0, 4.0]]).tolist()
    [[5.0]]
    """
    for each in (x, y):
        matrix_shape("cdist", shape_of(each))
    gaps = subtract(expand_dims(x, axis=-2), expand_dims(y, axis=-3))
    return sqrt(sum(square(gaps), axis=-1))


@operation
def jvp(fun, primals, tangents, has_aux=False):
    """Returns a function's values and how fast they change in a direction.

    The gradient for given weights of the results is a linear function of these; its
    own gradient in the direction is the wanted derivative.

    Args:
        fun: Function of tensors.
        primals: Tuple or list of its arguments.
        tangents: The direction, one tensor per argument.
        has_aux: Whether it returns a pair, of which the second part is passed on.

    Returns:
        The values and their derivatives, and the second part if there is one.

    >>> y, slope = jvp(lambda x: x * x, (3.0,), (1.0,))
    >>> float(slope)
    6.0
    """
    both = (primals, tangents)
    if (
        not all(isinstance(x, (tuple, list)) for x in both)
        or len({*map(len, both)}) > 1
    ):
        raise TypeError(
            "jvp: primals and tangents must be tuples or lists with one entry per "
            f"argument of the function, got {primals!r} and {tangents!r}."
        )
    if any_symbolic(*both):
        y, *aux = fun(*primals) if has_aux else (fun(*primals),)
        like = tree.map_structure(lambda v: KerasTensor(v.shape, v.dtype), y)
        return (y, like, *aux)
    sources = tree.map_structure(convert_to_tensor, list(primals))
    directions = tree.flatten(tree.map_structure(convert_to_tensor, list(tangents)))
    flat = tree.flatten(sources)
    with GradientTape() as outer:
        with GradientTape() as inner:
            inner.watch(flat)
            result = fun(*sources)
            y, *aux = result if has_aux else (result,)
            values = tree.flatten(y)
            weights = [zeros_like(v) for v in values]
            outer.watch(weights)
            total = _paired(values, weights)
        slopes = inner.gradient(total, flat)
        known = [p for p in zip(slopes, directions, strict=True) if p[0] is not None]
        along = _paired(*zip(*known, strict=True)) if known else total
    rates = outer.gradient(along, weights) if known else weights
    rates = [w if r is None else r for r, w in zip(rates, weights, strict=True)]
    return (y, tree.pack_sequence_as(y, rates), *aux)


def _paired(first, second):
    """The sum of the products of several pairs of tensors."""
    total = None
    for a, b in zip(first, second, strict=True):
        part = sum(multiply(a, b))
        total = part if total is None else add(total, part)
    return total
