"""Norms of vectors and matrices, and dividing by them."""

import numpy as np

from .. import config
from ..tensor import cast, dtypes, operation, primitive, shapes
from ..utils import checks
from .arithmetic import abs, divide, multiply, power, rsqrt, sqrt, square
from .bounds import maximum
from .common import deliver, shape_of
from .logic import not_equal
from .movement import expand_dims, moveaxis
from .reductions import max, min, sum

__all__ = ["norm", "normalize"]


@primitive(
    shape=lambda x: (*x[:-2], None if None in x[-2:] else np.minimum(*x[-2:]).item()),
    dtype=dtypes.floating,
)
def singular_values(x, *, out=None):
    """The singular values of matrices, falling."""
    return deliver(np.linalg.svd(x, compute_uv=False), out)


@primitive(shape=lambda dy, x: x)
def singular_values_grad(dy, x, *, out=None):
    """U diag(dy) V^T, with x = U diag(y) V^T."""
    left, _, right = np.linalg.svd(x, full_matrices=False)
    return np.matmul(left * np.expand_dims(dy, -2), right, out=out)


singular_values.grad(x=lambda g, x: singular_values_grad(g, x))

_SINGULAR = {2: max, -2: min, "nuc": sum}


@operation
def norm(x, ord=None, axis=None, keepdims=False):
    """Returns the length of vectors or the size of matrices.

    Args:
        x: Tensor.
        ord: Vectors: a number p, for sum(|x| ** p) ** (1 / p); inf: the largest |x|;
            0: how many are not 0. Matrices: "fro", "nuc", 1, -1, 2, -2, inf, -inf.
            None: the square root of the sum of squares.
        axis: An int: of vectors along this axis. Two ints: of matrices. None: of the
            whole tensor.
        keepdims: Whether the axes stay, with length 1.

    >>> float(norm([3.0, 4.0]))
    5.0
    """
    ndim = len(shape_of(x))
    if axis is None and ord is None:
        return sqrt(sum(square(_as_float(x)), keepdims=keepdims))
    axes = shapes.axes(axis, ndim)
    x = _as_float(x)
    if len(axes) == 1:
        return _vector_norm(x, ord, axes[0], keepdims)
    if len(axes) == 2:
        return _matrix_norm(x, ord, axes, keepdims)
    raise ValueError(
        f"norm: axis must be one axis (vectors) or two (matrices), got {axis} for "
        f"{ndim} axes. Try axis=-1."
    )


def _as_float(x):
    """x, or x as floats: sums of squares of integers would overflow."""
    return divide(x, 1)


def _vector_norm(x, ord, axis: int, keepdims: bool):
    if ord is None or ord == 2:
        return sqrt(sum(square(x), axis=axis, keepdims=keepdims))
    if ord == np.inf:
        return max(abs(x), axis=axis, keepdims=keepdims)
    if ord == -np.inf:
        return min(abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        nonzero = cast(not_equal(x, 0), dtype=dtypes.standardize(x.dtype))
        return sum(nonzero, axis=axis, keepdims=keepdims)
    if ord == 1:
        return sum(abs(x), axis=axis, keepdims=keepdims)
    if isinstance(ord, str):
        raise ValueError(f"norm: ord of vectors must be a number, got {ord!r}.")
    return power(sum(power(abs(x), ord), axis=axis, keepdims=keepdims), 1 / ord)


def _matrix_norm(x, ord, axes: tuple[int, int], keepdims: bool):
    if ord in (None, "fro"):
        return sqrt(sum(square(x), axis=axes, keepdims=keepdims))
    if ord in _SINGULAR:
        values = singular_values(moveaxis(x, source=axes, destination=(-2, -1)))
        return _restored(_SINGULAR[ord](values, axis=-1), axes, keepdims)
    if ord not in (1, -1, np.inf, -np.inf):
        raise ValueError(
            "norm: ord of matrices must be None, 'fro', 'nuc', 1, -1, 2, -2, inf or "
            f"-inf, got {ord!r}."
        )
    inner, outer = axes if ord in (1, -1) else axes[::-1]
    sums = sum(abs(x), axis=inner, keepdims=True)
    extreme = (max if ord > 0 else min)(sums, axis=(inner, outer), keepdims=keepdims)
    return extreme


def _restored(x, axes: tuple, keepdims: bool):
    return expand_dims(x, axis=tuple(sorted(axes))) if keepdims else x


@operation
def normalize(x, axis=-1, order=2, epsilon=None):
    """Divides vectors by their norm.

    x / max(norm(x), epsilon)

    Args:
        x: Tensor.
        axis: Axis or axes along which the norm is taken.
        order: Order of the norm, a positive int.
        epsilon: Smallest divisor, `config.epsilon()` if None.

    >>> [round(v, 4) for v in normalize([3.0, 4.0]).tolist()]
    [0.6, 0.8]
    """
    checks.positive_int("normalize", order=order)
    epsilon = config.epsilon() if epsilon is None else epsilon
    if order == 2:
        squared = sum(square(x), axis=axis, keepdims=True)
        return multiply(x, rsqrt(maximum(squared, epsilon**2)))
    return divide(x, maximum(norm(x, order, axis, keepdims=True), epsilon))
