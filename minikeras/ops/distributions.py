"""Functions that turn scores into distributions."""

import warnings

import numpy as np

from ..tensor import dtypes, primitive, shapes
from .arithmetic import multiply, subtract
from .common import sum_along
from .elementwise import exp
from .reductions import sum

__all__ = ["log_softmax", "softmax"]

Axis = int | tuple[int, ...]


def _warn_of_single(shape: tuple, axis: Axis) -> None:
    if type(axis) is int and shape[axis] == 1:
        warnings.warn(
            f"softmax over axis {axis} of shape {shape}: this axis has length 1, so "
            "the result is always 1. Did you mean sigmoid?",
            stacklevel=4,
        )


def _softmax_shape(x, *, axis=-1, **metadata):
    _warn_of_single(x, axis)
    return x


@primitive(shape=_softmax_shape, dtype=dtypes.floating)
def softmax(x, *, axis: Axis = -1, out=None):
    """Returns positive values that add up to 1 along an axis.

    e^x / sum(e^x)

    Args:
        x: Tensor.
        axis: The axis, or several, along which they add up to 1.

    >>> softmax([0.0, 0.0]).tolist()
    [0.5, 0.5]
    """
    _warn_of_single(x.shape, axis)
    y = np.subtract(x, np.maximum.reduce(x, axis=axis, keepdims=True), out=out)
    np.exp(y, out=y)
    return np.divide(y, sum_along(y, axis), out=y)


@primitive(shape=shapes.same)
def softmax_grad(dy, y, *, axis: Axis, out=None):
    """y * (dy - sum(dy * y)), with y = softmax(x)."""
    common = sum_along(np.multiply(dy, y), axis)
    return np.multiply(np.subtract(dy, common), y, out=out)


def _softmax_grad_slope(g, dy, y, axis):
    along_y = sum(multiply(dy, y), axis=axis, keepdims=True)
    along_g = sum(multiply(g, y), axis=axis, keepdims=True)
    return subtract(multiply(g, subtract(dy, along_y)), multiply(dy, along_g))


softmax.grad(x=lambda g, out, axis: softmax_grad(g, out, axis=axis))
softmax_grad.grad(
    dy=lambda g, y, axis: softmax_grad(g, y, axis=axis), y=_softmax_grad_slope
)


@primitive(shape=shapes.same, dtype=dtypes.floating)
def log_softmax(x, *, axis: Axis = -1, out=None):
    """Returns the logarithm of `softmax`, without underflow.

    x - log(sum(e^x))

    >>> [round(v, 4) for v in log_softmax([0.0, 0.0]).tolist()]
    [-0.6931, -0.6931]
    """
    y = np.subtract(x, np.maximum.reduce(x, axis=axis, keepdims=True), out=out)
    total = sum_along(np.exp(y), axis)
    return np.subtract(y, np.log(total), out=y)


def _log_softmax_slope(g, out, axis):
    return subtract(g, multiply(exp(out), sum(g, axis=axis, keepdims=True)))


log_softmax.grad(x=_log_softmax_slope)
