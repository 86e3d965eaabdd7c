"""Resizing: axes grow by whole numbers, or values are interpolated to any length.

Interpolation treats one axis at a time, as a product with a matrix of weights: a row
for each new position, a column for each old one. The gradient is the product with the
transposed matrix.
"""

import functools
import math

import numpy as np

from ..tensor import dtypes, primitive
from .products import LARGE, parallel_matmul

__all__ = ["INTERPOLATIONS", "magnify", "resample"]

# Growth by whole numbers ------------------------------------------------------------

SHORT = 16  # runs of fewer elements are copied faster position by position


def _magnified(x, *, sizes, **metadata):
    pairs = zip(x, sizes, strict=True)
    return tuple(None if n is None else n * size for n, size in pairs)


@primitive(shape=_magnified)
def magnify(x, *, sizes: tuple, out=None):
    """Repeats each element `sizes[i]` times along axis i.

    >>> magnify([[1.0, 2.0]], sizes=(2, 2)).tolist()
    [[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0]]
    """
    if out is None:
        out = np.empty(_magnified(x.shape, sizes=sizes), x.dtype)
    last = max((i for i, size in enumerate(sizes) if size > 1), default=-1)
    if math.prod(x.shape[last + 1 :]) < SHORT:
        for place in np.ndindex(sizes):
            out[_every(place, sizes)] = x
        return out
    blocks = out.reshape([n for pair in zip(x.shape, sizes, strict=True) for n in pair])
    blocks[...] = x.reshape([n for size in x.shape for n in (size, 1)])
    return out


def _every(place: tuple, sizes: tuple) -> tuple:
    """The key of the elements at one place of each block."""
    return tuple(slice(i, None, step) for i, step in zip(place, sizes, strict=True))


@primitive(shape=lambda dy, *, shape, **metadata: shape)
def magnify_grad(dy, *, shape: tuple, sizes: tuple, out=None):
    """Sums each block that `magnify` made of one element."""
    grown = [i for i, size in enumerate(sizes) if size > 1]
    if not grown:
        return np.positive(dy, out=out)
    for axis in grown:
        dims = dy.shape
        blocks = dy.reshape(*dims[:axis], shape[axis], sizes[axis], *dims[axis + 1 :])
        parts = np.moveaxis(blocks, axis + 1, 0)
        dy = np.add(parts[0], parts[1], out=out if axis == grown[-1] else None)
        for i in range(2, sizes[axis]):
            np.add(dy, parts[i], out=dy)
    return dy


magnify.grad(
    x=lambda g, x_shape, sizes: magnify_grad(g, shape=x_shape, sizes=sizes),
)
magnify_grad.grad(dy=lambda g, sizes: magnify(g, sizes=sizes))

# Interpolation ----------------------------------------------------------------------


def _triangle(x):
    """Linear: the two nearest neighbours."""
    return np.maximum(0, 1 - x)


def _cubic(x):
    """Keys's cubic with a = -1/2 (1981): the four nearest neighbours."""
    near = (1.5 * x - 2.5) * x**2 + 1
    far = ((2.5 - 0.5 * x) * x - 4) * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def _lanczos(x, radius: int):
    """A sinc under a wider sinc as window (Lanczos): 2 * radius neighbours."""
    return np.where(x < radius, np.sinc(x) * np.sinc(x / radius), 0)


def _lanczos3(x):
    return _lanczos(x, 3)


def _lanczos5(x):
    return _lanczos(x, 5)


# The weight of an old position, by its distance from the new one
_WEIGHTS = {
    "bilinear": _triangle,
    "bicubic": _cubic,
    "lanczos3": _lanczos3,
    "lanczos5": _lanczos5,
}
INTERPOLATIONS = ("nearest", *_WEIGHTS)


@functools.lru_cache(maxsize=128)
def weights(old: int, new: int, interpolation: str, antialias: bool, dtype: str):
    """The matrix (new, old) that resizes an axis of length `old` to length `new`.

    Pixels are areas: the middle of pixel i is at i + 1/2. With antialias, an axis that
    shrinks is smoothed over all the pixels that fall together.
    """
    ratio = old / new
    centers = (np.arange(new) + 0.5) * ratio - 0.5
    if interpolation == "nearest":
        nearest = np.floor(centers + 0.5).astype(int)
        matrix = np.arange(old) == nearest[:, None]
    else:
        distance = np.abs(centers[:, None] - np.arange(old))
        spread = max(ratio, 1) if antialias else 1
        matrix = _WEIGHTS[interpolation](distance / spread)
        matrix = matrix / matrix.sum(axis=1, keepdims=True)
    matrix = matrix.astype(dtype)
    matrix.flags.writeable = False  # it is kept, and shared by all who ask
    return matrix


def _applied(matrix, x, axis: int, out):
    """The product of a matrix with all the columns of x along an axis."""
    lead, tail = math.prod(x.shape[:axis]), math.prod(x.shape[axis + 1 :])
    shape = (*x.shape[:axis], len(matrix), *x.shape[axis + 1 :])
    if out is None:
        out = np.empty(shape, x.dtype)
    if tail == 1:
        flat = out.reshape(lead, len(matrix))
        np.matmul(x.reshape(lead, x.shape[axis]), matrix.T, out=flat)
        return out
    columns, product = x.reshape(lead, -1, tail), out.reshape(lead, -1, tail)
    if out.size * x.shape[axis] < LARGE:
        np.matmul(matrix, columns, out=product)
    else:
        stack = np.broadcast_to(matrix, (lead, *matrix.shape))
        parallel_matmul(stack, columns, out=product)
    return out


def _resampled(x, *, size, axis, **metadata):
    return (*x[:axis], size, *x[axis + 1 :])


@primitive(shape=_resampled, dtype=dtypes.floating, is_whole=True)
def resample(
    x, *, size: int, axis: int, interpolation: str, antialias: bool = False, out=None
):
    """Resizes one axis by interpolation between its elements.

    y[i] = sum over j of weight(|(i + 1/2) * old / new - 1/2 - j|) * x[j], with weights
    that add up to 1; for "nearest", the element that lies nearest.

    Args:
        x: Tensor.
        size: New length of the axis, above 0.
        axis: The axis, 0 or more.
        interpolation: "nearest", "bilinear", "bicubic", "lanczos3" or "lanczos5".
        antialias: Whether an axis that shrinks is smoothed first.

    >>> resample([0.0, 4.0], size=4, axis=0, interpolation="bilinear").tolist()
    [0.0, 1.0, 3.0, 4.0]
    """
    matrix = weights(x.shape[axis], size, interpolation, antialias, x.dtype.name)
    if interpolation == "nearest":  # a product would let infinities spread as NaN
        return np.take(x, matrix.argmax(axis=1), axis, out=out, mode="clip")
    return _applied(matrix, x, axis, out)


@primitive(shape=_resampled, is_whole=True)
def resample_grad(
    dy, *, size: int, axis: int, interpolation: str, antialias: bool, out=None
):
    """Goes back through `resample`, to an axis of length `size`."""
    matrix = weights(size, dy.shape[axis], interpolation, antialias, dy.dtype.name)
    return _applied(matrix.T, dy, axis, out)


resample.grad(
    x=lambda g, x_shape, axis, interpolation, antialias: resample_grad(
        g,
        size=x_shape[axis],
        axis=axis,
        interpolation=interpolation,
        antialias=antialias,
    )
)
resample_grad.grad(
    dy=lambda g, dy_shape, axis, interpolation, antialias: resample(
        g,
        size=dy_shape[axis],
        axis=axis,
        interpolation=interpolation,
        antialias=antialias,
    )
)
