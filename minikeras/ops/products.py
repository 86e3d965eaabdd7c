"""Products of vectors, matrices and tensors, norms, diagonals."""

from functools import partial

import numpy as np

from ..tensor import add, dtypes, one_call, operation, primitive, shapes, zeros_like
from ..utils import blas, parallel
from .arithmetic import multiply
from .common import deliver, shape_of
from .movement import expand_dims, ravel, reshape, transpose, transpose_last

__all__ = [
    "affine",
    "dot",
    "inner",
    "matmul",
    "outer",
    "parallel_matmul",
    "tensordot",
    "vdot",
]

# Matrix product ---------------------------------------------------------------------

LARGE = 2**24  # multiplications from which halves on two threads are faster


@one_call
def parallel_matmul(a, b, out=None):
    """Multiplies large matrices, or stacks of them, in two halves on two threads.

    The halves are the same and BLAS is held to one thread however many threads there
    are, so the result does not depend on their number.
    """
    stacked = a.ndim > 2
    if a.ndim != b.ndim or (stacked and a.shape[:-2] != b.shape[:-2]):
        return np.matmul(a, b, out=out)
    if out is None:
        out = np.empty((*a.shape[:-1], b.shape[-1]), np.result_type(a, b))
    if stacked or out.shape[0] >= out.shape[1]:
        i = len(out) // 2
        b1, b2 = (b[:i], b[i:]) if stacked else (b, b)
        halves = (a[:i], b1, out[:i]), (a[i:], b2, out[i:])
    else:  # BLAS repacks the shared operand for each half: let it be the smaller one
        i = out.shape[1] // 2
        halves = (a, b[:, :i], out[:, :i]), (a, b[:, i:], out[:, i:])
    with blas.single_threaded():
        parallel.run_all([partial(np.matmul, x, y, out=z) for x, y, z in halves])
    return out


@primitive(shape=shapes.matmul, dtype=dtypes.contracted)
def matmul(x1, x2, *, out=None):
    """Multiplies matrices, or stacks of them, or vectors.

    y[..., i, j] = sum over k of x1[..., i, k] * x2[..., k, j]

    >>> matmul([[1.0, 2.0]], [[3.0], [4.0]]).tolist()
    [[11.0]]
    """
    if x2.ndim == 2 and x1.ndim > 2:  # one large product is faster than many small
        rows = x1.reshape(-1, x1.shape[-1])
        flat = None if out is None else out.reshape(-1, out.shape[-1])
        y = matmul.kernel(rows, x2, out=flat)
        return y.reshape(*x1.shape[:-1], -1) if out is None else out
    if x2.ndim > 1 and x1.size * x2.shape[-1] >= LARGE and x1.ndim > 1:
        return parallel_matmul(x1, x2, out=out)
    if x1.ndim == x2.ndim == 2 and x1.dtype.char in "fd":
        return np.dot(x1, x2, out=out)  # the same, with less ado
    return np.matmul(x1, x2, out=out)


def _left_slope(g, x2, x1_shape):
    if len(x1_shape) > 1 and x2.ndim > 1:
        return matmul(g, transpose_last(x2))
    if x2.ndim == 1:
        return multiply(expand_dims(g, axis=-1), x2)
    return reshape(matmul(x2, expand_dims(g, axis=-1)), (*x2.shape[:-2], *x1_shape))


def _right_slope(g, x1, x2_shape):
    if len(x2_shape) == 2 and x1.ndim > 2:
        x1 = reshape(x1, (-1, x1.shape[-1]))
        g = reshape(g, (-1, g.shape[-1]))
    if len(x2_shape) > 1 and x1.ndim > 1:
        return matmul(transpose_last(x1), g)
    if x1.ndim == 1:
        column = multiply(expand_dims(g, axis=-1), x1)
        return column if len(x2_shape) == 1 else transpose_last(column)
    return multiply(expand_dims(g, axis=-1), x1)


matmul.grad(x1=_left_slope, x2=_right_slope)


def _affine_shape(x, w, b, **metadata):
    return shapes.broadcast_two(shapes.matmul(x, w), b)


@primitive(shape=_affine_shape)
def affine(x, w, b, *, out=None):
    """Multiplies by a matrix and adds a vector: the heart of a Dense layer.

    x @ w + b

    >>> affine([[1.0, 2.0]], [[3.0], [4.0]], [5.0]).tolist()
    [[16.0]]
    """
    y = matmul.kernel(x, w, out=out)
    return np.add(y, b, out=y)


@primitive(shape=lambda dy, x, w: [x, w], is_whole=True)
def affine_slopes(dy, x, w, *, out=None):
    """The gradients of x @ w for x and w, side by side: dy @ w.T and x.T @ dy."""
    dx, dw = (np.empty_like(x), np.empty_like(w)) if out is None else out
    with blas.single_threaded(), parallel.alongside([partial(np.dot, x.T, dy, out=dw)]):
        np.dot(dy, w.T, out=dx)
    return dx, dw


def _slopes_of_slopes(g, dy, x, w):
    """The gradient of `affine_slopes`, whose results are products too."""
    over_x, over_w = (
        zeros_like(like) if c is None else c for c, like in ((g[0], x), (g[1], w))
    )
    return (
        add(matmul(over_x, w), matmul(x, over_w)),
        matmul(dy, transpose_last(over_w)),
        matmul(transpose_last(over_x), dy),
    )


affine_slopes.grad_all(_slopes_of_slopes)


def _affine_slopes(g, x, w, needs):
    needs_x, needs_w, _ = needs
    is_large = x.ndim == 2 and w.ndim == 2 and x.size * w.shape[1] >= LARGE
    if is_large and needs_x and needs_w:
        return *affine_slopes(g, x, w), g
    return (
        _left_slope(g, w, x.shape) if needs_x else None,
        _right_slope(g, x, w.shape) if needs_w else None,
        g,
    )


affine.grad_all(_affine_slopes)

# Other products ---------------------------------------------------------------------


def _contracted(axes, ndim1: int, ndim2: int) -> tuple[tuple, tuple]:
    """The axes to sum over, of the first and of the second tensor."""
    if isinstance(axes, int):
        return tuple(range(ndim1 - axes, ndim1)), tuple(range(axes))
    return shapes.axes(axes[0], ndim1), shapes.axes(axes[1], ndim2)


def _free(ndim: int, contracted: tuple) -> tuple[int, ...]:
    return tuple(i for i in range(ndim) if i not in contracted)


def _tensordot_shape(x1, x2, *, axes, **metadata):
    gone1, gone2 = _contracted(axes, len(x1), len(x2))
    for i, j in zip(gone1, gone2, strict=True):
        if None not in (x1[i], x2[j]) and x1[i] != x2[j]:
            raise ValueError(
                f"tensordot: contracted axes must have equal lengths, got shapes {x1} "
                f"and {x2} with axes={axes}."
            )
    free1, free2 = _free(len(x1), gone1), _free(len(x2), gone2)
    return tuple(x1[i] for i in free1) + tuple(x2[i] for i in free2)


@primitive(shape=_tensordot_shape)
def tensordot(x1, x2, *, axes=2, out=None):
    """Multiplies two tensors and sums over pairs of axes.

    Args:
        x1: First tensor.
        x2: Second tensor.
        axes: Int n: the last n axes of x1 with the first n of x2. Two lists: these
            axes of x1 with those of x2.

    >>> float(tensordot([1.0, 2.0], [3.0, 4.0], axes=1))
    11.0
    """
    result = np.tensordot(x1, x2, axes)
    return deliver(result, out)


def _tensordot_slope1(g, x2, x1_shape, axes):
    gone1, gone2 = _contracted(axes, len(x1_shape), x2.ndim)
    free1, free2 = _free(len(x1_shape), gone1), _free(x2.ndim, gone2)
    product = tensordot(g, x2, axes=(tuple(range(len(free1), g.ndim)), free2))
    # the product has the free axes of x1, then the contracted ones in x2's order
    order = free1 + tuple(gone1[gone2.index(j)] for j in sorted(gone2))
    return transpose(product, axes=tuple(order.index(i) for i in range(len(order))))


def _tensordot_slope2(g, x1, x2_shape, axes):
    gone1, gone2 = _contracted(axes, x1.ndim, len(x2_shape))
    free1, free2 = _free(x1.ndim, gone1), _free(len(x2_shape), gone2)
    product = tensordot(x1, g, axes=(free1, tuple(range(len(free1)))))
    order = tuple(gone2[gone1.index(i)] for i in sorted(gone1)) + free2
    return transpose(product, axes=tuple(order.index(i) for i in range(len(order))))


tensordot.grad(x1=_tensordot_slope1, x2=_tensordot_slope2)


@operation
def dot(x1, x2):
    """Multiplies as NumPy's dot: the last axis of x1 with the second last of x2.

    >>> float(dot([1.0, 2.0], [3.0, 4.0]))
    11.0
    """
    ndim1, ndim2 = len(shape_of(x1)), len(shape_of(x2))
    if not ndim1 or not ndim2:
        return multiply(x1, x2)
    if ndim2 <= 2:
        return matmul(x1, x2)
    return tensordot(x1, x2, axes=((-1,), (-2,)))


@operation
def inner(x1, x2):
    """Multiplies and sums over the last axes of both tensors."""
    if not shape_of(x1) or not shape_of(x2):
        return multiply(x1, x2)
    return tensordot(x1, x2, axes=((-1,), (-1,)))


@operation
def outer(x1, x2):
    """Multiplies each element of x1 with each of x2: a matrix.

    >>> outer([1, 2], [3, 4]).tolist()
    [[3, 4], [6, 8]]
    """
    return multiply(reshape(x1, (-1, 1)), reshape(x2, (1, -1)))


@operation
def vdot(x1, x2):
    """Multiplies elementwise and sums everything."""
    return matmul(ravel(x1), ravel(x2))
