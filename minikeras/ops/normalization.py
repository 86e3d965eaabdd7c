"""Moments, and normalisation by them."""

import numpy as np

from .. import config
from ..tensor import cast, dtypes, operation, shapes
from .arithmetic import add, multiply, rsqrt, square, subtract
from .bounds import clip
from .common import shape_of
from .movement import reshape
from .reductions import mean, var

__all__ = [
    "batch_normalization",
    "layer_normalization",
    "moments",
    "rms_normalization",
]


@operation
def moments(x, axes, keepdims=False, synchronized=False):
    """Returns mean and variance along axes.

    Args:
        x: Tensor.
        axes: Axis or axes.
        keepdims: Whether they stay, with length 1.
        synchronized: Whether to take them over all replicas of a model; in this one
            process there is one, so both values mean the same.

    >>> [float(m) for m in moments([1.0, 3.0], axes=0)]
    [2.0, 1.0]
    """
    if dtypes.standardize(getattr(x, "dtype", None)) == "float16":
        return _half_moments(x, axes, keepdims)
    return mean(x, axis=axes, keepdims=keepdims), var(x, axis=axes, keepdims=keepdims)


def _half_moments(x, axes, keepdims):
    """Moments of float16, worked out in float32 and kept in range."""
    x = cast(x, dtype="float32")
    both = mean(x, axis=axes, keepdims=keepdims), var(x, axis=axes, keepdims=keepdims)
    limit = float(np.finfo("float16").max)
    return tuple(cast(clip(m, -limit, limit), dtype="float16") for m in both)


def _along(vector, ndim: int, axis: int):
    """A vector shaped to broadcast along one axis."""
    dims = [1] * ndim
    dims[axis] = -1
    return reshape(vector, newshape=tuple(dims))


@operation
def batch_normalization(x, mean, variance, axis, offset=None, scale=None, epsilon=1e-3):
    """Normalises by given means and variances along one axis.

    (x - mean) / sqrt(variance + epsilon) * scale + offset  (Ioffe and Szegedy, 2015)

    Args:
        x: Tensor.
        mean: Vector of means, one per position along `axis`.
        variance: Vector of variances.
        axis: The axis that keeps its own statistics.
        offset: Vector to add, or None.
        scale: Vector to multiply by, or None.
        epsilon: Small number that keeps the root away from 0.

    >>> batch_normalization([[2.0]], [1.0], [1.0], axis=-1, epsilon=0.0).tolist()
    [[1.0]]
    """
    expected = shape_of(x)[axis : axis + 1 or None]
    if shape_of(mean) != expected and None not in (*shape_of(mean), *expected):
        raise ValueError(
            f"batch_normalization: mean must have one value per position along axis "
            f"{axis}, got mean shape {shape_of(mean)} for x shape {shape_of(x)}."
        )
    factor = rsqrt(add(variance, epsilon))
    if scale is not None:
        factor = multiply(factor, scale)
    ndim = len(shape_of(x))
    if axis not in (-1, ndim - 1):
        mean, factor = _along(mean, ndim, axis), _along(factor, ndim, axis)
        offset = None if offset is None else _along(offset, ndim, axis)
    y = multiply(subtract(x, mean), factor)
    return y if offset is None else add(y, offset)


@operation
def layer_normalization(x, gamma=None, beta=None, axis=-1, epsilon=None, **kwargs):
    """Normalises each sample to mean 0 and variance 1 along axes.

    (x - mean(x)) / sqrt(var(x) + epsilon) * gamma + beta  (Ba et al., 2016)

    Args:
        x: Tensor.
        gamma: Scale, shaped like the normalised axes, or None.
        beta: Offset, shaped like the normalised axes, or None.
        axis: Axis or axes to normalise along.
        epsilon: Small number that keeps the root away from 0, `config.epsilon()` if
            None.
        **kwargs: `rms_scaling=True` divides by the root of the variance only.

    >>> layer_normalization([1.0, 3.0], epsilon=0.0).tolist()
    [-1.0, 1.0]
    """
    rms_scaling = kwargs.pop("rms_scaling", False)
    if kwargs:
        raise TypeError(f"layer_normalization got unknown arguments {sorted(kwargs)}.")
    epsilon = config.epsilon() if epsilon is None else epsilon
    axes = shapes.axes(axis, len(shape_of(x)))
    center = None if rms_scaling else mean(x, axis=axes, keepdims=True)
    factor = rsqrt(add(var(x, axis=axes, keepdims=True), epsilon))
    y = multiply(x if rms_scaling else subtract(x, center), factor)
    if gamma is not None:
        y = multiply(y, _over(gamma, shape_of(x), axes))
    return y if beta is None or rms_scaling else add(y, _over(beta, shape_of(x), axes))


def _over(weight, shape: tuple, axes: tuple[int, ...]):
    """A weight shaped to broadcast over the axes it belongs to."""
    if axes == tuple(range(len(shape) - len(axes), len(shape))):
        return weight
    dims = tuple(n if i in axes else 1 for i, n in enumerate(shape))
    return reshape(weight, newshape=dims)


@operation
def rms_normalization(x, scale=None, axis=-1, epsilon=None):
    """Divides by the root of the mean square along axes.

    x / sqrt(mean(x^2) + epsilon) * scale  (Zhang and Sennrich, 2019)

    Args:
        x: Tensor.
        scale: Tensor to multiply by, or None.
        axis: Axis or axes to normalise along.
        epsilon: Small number that keeps the root away from 0, `config.epsilon()` if
            None.

    >>> rms_normalization([2.0, 2.0], epsilon=0.0).tolist()
    [1.0, 1.0]
    """
    epsilon = config.epsilon() if epsilon is None else epsilon
    factor = rsqrt(add(mean(square(x), axis=axis, keepdims=True), epsilon))
    y = multiply(x, factor)
    return y if scale is None else multiply(y, scale)
