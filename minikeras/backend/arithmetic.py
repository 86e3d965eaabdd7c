"""Elementwise functions, reductions, products, shapes, as Keras 1 and 2 named them."""

import builtins

import numpy as np

from .. import ops
from ..tensor import KerasTensor

__all__ = [
    "abs",
    "all",
    "any",
    "arange",
    "argmax",
    "argmin",
    "batch_dot",
    "batch_flatten",
    "clip",
    "concatenate",
    "cos",
    "cumprod",
    "cumsum",
    "dot",
    "equal",
    "exp",
    "expand_dims",
    "flatten",
    "gather",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "log",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "not_equal",
    "one_hot",
    "permute_dimensions",
    "pow",
    "prod",
    "repeat",
    "repeat_elements",
    "reshape",
    "reverse",
    "round",
    "sign",
    "sin",
    "slice",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "sum",
    "tile",
    "transpose",
    "var",
]

# The same as in `ops`
abs, clip, cos, exp, log, round, sign = (
    *(ops.abs, ops.clip, ops.cos, ops.exp, ops.log, ops.round),
    ops.sign,
)
equal, not_equal = ops.equal, ops.not_equal
greater, greater_equal, less, less_equal = (
    *(ops.greater, ops.greater_equal, ops.less),
    ops.less_equal,
)
maximum, minimum, sin, square = ops.maximum, ops.minimum, ops.sin, ops.square
cumprod, cumsum, logsumexp, pow = (
    *(ops.cumprod, ops.cumsum, ops.logsumexp),
    ops.power,
)


def sqrt(x):
    """Returns the square root, 0 for negative numbers."""
    return ops.sqrt(ops.maximum(x, 0.0))


# ------------------------------------------------------------------------- reductions


def _axes(axis):
    return tuple(axis) if isinstance(axis, (list, tuple)) else axis


def _floats(x):
    """Booleans and ints as floats, which means and deviations are made of."""
    return ops.cast(x, "float32") if "float" not in str(x.dtype) else x


def max(x, axis=None, keepdims=False):
    """Returns the largest elements along axes, of all if None."""
    return ops.max(x, axis=_axes(axis), keepdims=keepdims)


def min(x, axis=None, keepdims=False):
    """Returns the smallest elements along axes, of all if None."""
    return ops.min(x, axis=_axes(axis), keepdims=keepdims)


def sum(x, axis=None, keepdims=False):
    """Returns the sum along axes, of all if None."""
    return ops.sum(x, axis=_axes(axis), keepdims=keepdims)


def prod(x, axis=None, keepdims=False):
    """Returns the product along axes, of all if None."""
    return ops.prod(x, axis=_axes(axis), keepdims=keepdims)


def mean(x, axis=None, keepdims=False):
    """Returns the mean along axes, of all if None; of booleans their share."""
    return ops.mean(_floats(x), axis=_axes(axis), keepdims=keepdims)


def var(x, axis=None, keepdims=False):
    """Returns the variance along axes, of all if None."""
    return ops.var(_floats(x), axis=_axes(axis), keepdims=keepdims)


def std(x, axis=None, keepdims=False):
    """Returns the standard deviation along axes, of all if None."""
    return ops.std(_floats(x), axis=_axes(axis), keepdims=keepdims)


def any(x, axis=None, keepdims=False):
    """Tells along axes whether any element is not 0."""
    return ops.any(x, axis=_axes(axis), keepdims=keepdims)


def all(x, axis=None, keepdims=False):
    """Tells along axes whether all elements are not 0."""
    return ops.all(x, axis=_axes(axis), keepdims=keepdims)


def argmax(x, axis=-1):
    """Returns the place of the largest element along an axis."""
    return ops.argmax(x, axis=axis)


def argmin(x, axis=-1):
    """Returns the place of the smallest element along an axis."""
    return ops.argmin(x, axis=axis)


# --------------------------------------------------------------------------- products


def dot(x, y):
    """Returns the product over x's last axis and y's last but one.

    >>> dot(np.ones((2, 3, 4)), np.ones((4, 5))).shape
    (2, 3, 5)
    """
    return ops.dot(x, y)


def batch_dot(x, y, axes=None):
    """Returns the products of the samples of two batches.

    Args:
        x, y: Tensors with at least two axes, the first one the samples.
        axes: The axis of each to sum over; an int for both. None: x's last one, and
            y's last but one, or its last if it has only two axes.

    >>> batch_dot(np.ones((8, 3, 4)), np.ones((8, 4, 5))).shape
    (8, 3, 5)
    """
    if axes is None:
        axes = (len(x.shape) - 1, 1 if len(y.shape) == 2 else len(y.shape) - 2)
    if not isinstance(axes, (list, tuple)):
        axes = (axes, axes)
    axes = [
        axis + len(t.shape) if axis < 0 else axis
        for axis, t in zip(axes, (x, y), strict=True)
    ]
    letters = "abcdefghijklmnopqrstuvwxyz"
    left = letters[: len(x.shape)]
    right = left[0] + letters[len(left) : len(left) + len(y.shape) - 1]
    right = right[: axes[1]] + left[axes[0]] + right[axes[1] + 1 :]
    result = left.replace(left[axes[0]], "") + right[1:].replace(left[axes[0]], "")
    products = ops.einsum(f"{left},{right}->{result}", x, y)
    return products if len(result) > 1 else ops.expand_dims(products, -1)


def transpose(x):
    """Returns the tensor with its axes in reverse order."""
    return ops.transpose(x)


# ----------------------------------------------------------------------------- shapes


def gather(reference, indices):
    """Returns the rows of some indices."""
    return ops.take(reference, ops.cast(indices, "int32"), axis=0)


def concatenate(tensors, axis=-1):
    """Joins tensors along an axis."""
    return ops.concatenate(tensors, axis=axis)


def stack(x, axis=0):
    """Joins tensors along a new axis."""
    return ops.stack(x, axis=axis)


def reshape(x, shape):
    """Returns the elements in another shape; -1 for one size that follows."""
    return ops.reshape(x, tuple(-1 if n is None else n for n in shape))


def permute_dimensions(x, pattern):
    """Returns the tensor with its axes in another order."""
    return ops.transpose(x, axes=tuple(pattern))


def flatten(x):
    """Returns all elements in a row."""
    return ops.reshape(x, (-1,))


def batch_flatten(x):
    """Returns the elements of each sample in a row."""
    size = None if None in x.shape[1:] else int(np.prod(x.shape[1:]))
    if size is not None:
        return ops.reshape(x, (-1, size))
    return ops.reshape(x, (x.shape[0], -1))


def expand_dims(x, axis=-1):
    """Returns the tensor with a new axis of size 1."""
    return ops.expand_dims(x, axis)


def squeeze(x, axis):
    """Returns the tensor without an axis of size 1."""
    return ops.squeeze(x, axis)


def repeat_elements(x, rep, axis):
    """Repeats each element along an axis, as `numpy.repeat` does."""
    return ops.repeat(x, rep, axis=axis)


def repeat(x, n):
    """Repeats rows: (samples, size) becomes (samples, n, size)."""
    return ops.repeat(ops.expand_dims(x, 1), n, axis=1)


def tile(x, n):
    """Repeats the whole along each axis."""
    return ops.tile(x, n)


def arange(start, stop=None, step=1, dtype="int32"):
    """Returns evenly spaced numbers."""
    if stop is None:
        start, stop = 0, start
    return ops.arange(start, stop, step, dtype=dtype)


def one_hot(indices, num_classes):
    """Returns rows of zeros with a one in the place of each index."""
    return ops.one_hot(ops.cast(indices, "int32"), num_classes)


def reverse(x, axes):
    """Returns the tensor in reverse order along axes."""
    return ops.flip(x, axis=_axes(axes))


def slice(x, start, size):
    """Returns a part of a tensor; a size of -1 is all that is left.

    Args:
        x: Tensor.
        start: Where the part begins, for each axis.
        size: How much of it to take, for each axis.
    """
    ends = [None if n == -1 else i + n for i, n in zip(start, size, strict=True)]
    index = tuple(map(builtins.slice, start, ends))
    return x[index] if isinstance(x, KerasTensor) else ops.convert_to_tensor(x)[index]
