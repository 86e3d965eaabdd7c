"""Class numbers as vectors of zeros and ones."""

import numpy as np

from ..tensor import dtypes, operation, primitive, shapes
from .common import room

__all__ = ["multi_hot", "one_hot"]

# Classes ------------------------------------------------------------------------------


def _one_hot_shape(x, *, num_classes, axis=-1, **metadata):
    (axis,) = shapes.axes(axis, len(x) + 1)
    return (*x[:axis], num_classes, *x[axis:])


def _one_hot_dtype(*given, dtype=None, **metadata):
    return None, dtypes.standardize(dtype)


@primitive(shape=_one_hot_shape, dtype=_one_hot_dtype)
def one_hot(x, *, num_classes: int, axis: int = -1, dtype=None, sparse=False, out=None):
    """Returns 1 at the number of each class and 0 elsewhere.

    Args:
        x: Class numbers; those out of range give only zeros.
        num_classes: How many classes there are.
        axis: Where the axis of classes stands in the result.
        dtype: Dtype of the result, `floatx` if None.
        sparse: Must be False: there are no sparse tensors here.

    >>> one_hot([1, 0], 2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    _refuse_sparse("one_hot", sparse)
    dims = _one_hot_shape(np.shape(x), num_classes=num_classes, axis=axis)
    out = room(x, out, dims, dtypes.standardize(dtype))
    dims = [1] * out.ndim
    dims[axis] = num_classes
    classes = np.arange(num_classes).reshape(dims)
    if getattr(x, "dtype", classes.dtype).kind in "fV":
        x = np.trunc(x)
    return np.equal(np.expand_dims(x, axis), classes, out=out)


def _refuse_sparse(name: str, sparse: bool) -> None:
    if sparse:
        raise ValueError(
            f"{name}: sparse=True is not supported on NumPy, which has dense arrays "
            "only. Leave out sparse."
        )


@primitive(
    shape=lambda x, *, num_classes, axis, **metadata: _one_hot_shape(
        (*x[:1], *x[2:]) if len(x) > 1 else (), num_classes=num_classes, axis=axis
    ),
    dtype=_one_hot_dtype,
)
def many_hot(x, *, num_classes: int, axis: int = -1, dtype=None, out=None):
    """The kernel of `multi_hot`."""
    single = one_hot.kernel(x, num_classes=num_classes, axis=axis, dtype=dtype)
    return np.maximum.reduce(single, axis=1 if x.ndim > 1 else 0, out=out)


@operation
def multi_hot(inputs, num_classes=None, axis=-1, dtype=None, sparse=False, **kwargs):
    """Returns 1 at the numbers of several classes and 0 elsewhere.

    Args:
        inputs: Class numbers, shape (batch, n) or (n,).
        num_classes: How many classes there are.
        axis: Where the axis of classes stands in the result.
        dtype: Dtype of the result, `floatx` if None.
        sparse: Must be False: there are no sparse tensors here.

    >>> multi_hot([0, 2], 3).tolist()
    [1.0, 0.0, 1.0]
    """
    num_classes = kwargs.pop("num_tokens", num_classes)
    if kwargs or num_classes is None:
        raise TypeError(
            f"multi_hot takes inputs and num_classes, got num_classes={num_classes!r} "
            f"and {sorted(kwargs)}. Try multi_hot(inputs, num_classes=10)."
        )
    _refuse_sparse("multi_hot", sparse)
    return many_hot(inputs, num_classes=num_classes, axis=axis, dtype=dtype)
