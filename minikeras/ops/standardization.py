"""`standardize`: the one long kernel behind batch and layer normalization.

Composed of small operations, taking mean and variance out costs some ten passes over
the data on the way back; written as one kernel each way it costs four.
"""

import math

import numpy as np

from ..tensor import dtypes, primitive, shapes
from .arithmetic import add, divide, multiply, negative, rsqrt, sqrt
from .reductions import mean, mean_grad, spread, sum

__all__ = ["standardize", "standardize_grad"]


def _mean(x, axis: tuple[int, ...], other=None):
    """The mean of x, or of x * other, along axes, which stay with length 1.

    Along the first or the last axes, as usual, it is a product of matrices: that is
    several times faster than a sum of NumPy's.
    """
    kept = shapes.reduce(x.shape, axis=axis, keepdims=True)
    count, groups = math.prod([x.shape[i] for i in axis]), math.prod(kept)
    ones = np.ones(count, x.dtype)
    if axis == tuple(range(len(axis))):
        rows = x.reshape(count, groups)
        if other is None:
            total = np.matmul(ones, rows)
        else:
            total = np.einsum("ij,ij->j", rows, other.reshape(rows.shape))
    elif axis == tuple(range(x.ndim - len(axis), x.ndim)):
        rows = x.reshape(groups, count)
        if other is None:
            total = np.matmul(rows, ones)
        else:
            total = np.einsum("ij,ij->i", rows, other.reshape(rows.shape))
    else:
        product = x if other is None else np.multiply(x, other)
        total = np.add.reduce(product, axis=axis, keepdims=True)
    return (total / max(count, 1)).reshape(kept)


def _with_statistics(x, *, axis, **metadata):
    reduced = shapes.reduce(x, axis=axis)
    return [x, reduced, reduced]


@primitive(shape=_with_statistics, dtype=dtypes.floating)
def standardize(x, *, axis, epsilon: float = 1e-3, out=None):
    """Brings the values along axes to mean 0 and variance 1.

    y = (x - mean) / sqrt(variance + epsilon)

    Args:
        x: Tensor.
        axis: Axis or axes of the mean and the variance.
        epsilon: Small number that keeps the root away from 0.

    Returns:
        y, mean and variance; the last two without the axes.

    >>> y, mean, variance = standardize([[1.0, 3.0]], axis=-1, epsilon=0.0)
    >>> y.tolist(), mean.tolist(), variance.tolist()
    ([[-1.0, 1.0]], [2.0], [1.0])
    """
    axis = shapes.axes(axis, x.ndim)
    center = _mean(x, axis)
    y = np.subtract(x, center, out=None if out is None else out[0])
    variance = _mean(y, axis, y).squeeze(axis)
    np.multiply(y, _inverse_deviation(variance, epsilon, axis), out=y)
    if out is None:
        return y, center.squeeze(axis), variance
    np.copyto(out[1], center.squeeze(axis))
    np.copyto(out[2], variance)
    return out


def _inverse_deviation(variance, epsilon: float, axis):
    return np.expand_dims(1 / np.sqrt(variance + epsilon), axis)


def _standardize_slope(g, out, x_shape, axis, epsilon):
    y, _, variance = out
    slope = None
    if g[0] is not None:
        slope = standardize_grad(g[0], y, variance, axis=axis, epsilon=epsilon)
    if g[1] is not None:
        slope = _plus(slope, mean_grad(g[1], shape=x_shape, axis=axis))
    if g[2] is not None:
        doubled = multiply(g[2], multiply(sqrt(add(variance, epsilon)), 2.0))
        pull = mean_grad(doubled, shape=x_shape, axis=axis)
        slope = _plus(slope, multiply(y, pull))
    return slope


def _plus(slope, more):
    return more if slope is None else add(slope, more)


standardize.grad(x=_standardize_slope)


@primitive(shape=shapes.same)
def standardize_grad(dy, y, variance, *, axis, epsilon: float, out=None):
    """Goes back through `standardize`, of which y is the result.

    dx = (dy - mean(dy) - y * mean(dy * y)) / sqrt(variance + epsilon)
    """
    axis = shapes.axes(axis, dy.ndim)
    dx = np.multiply(y, _mean(dy, axis, y), out=out)
    np.subtract(dy, dx, out=dx)
    np.subtract(dx, _mean(dy, axis), out=dx)
    return np.multiply(dx, _inverse_deviation(variance, epsilon, axis), out=dx)


def _slope_to_y(g, dy, y, variance, axis, epsilon):
    back = multiply(dy, mean(multiply(g, y), axis=axis, keepdims=True))
    forth = multiply(g, mean(multiply(dy, y), axis=axis, keepdims=True))
    scale = spread(rsqrt(add(variance, epsilon)), shape=y.shape, axis=axis)
    return negative(multiply(add(back, forth), scale))


def _slope_to_variance(g, out, variance, axis, epsilon):
    along = sum(multiply(g, out), axis=axis)
    return divide(along, multiply(add(variance, epsilon), -2.0))


standardize_grad.grad(
    dy=lambda g, y, variance, axis, epsilon: standardize_grad(
        g, y, variance, axis=axis, epsilon=epsilon
    ),
    y=_slope_to_y,
    variance=_slope_to_variance,
)
