"""The primitives that the tensor floor itself needs; `minikeras.ops` publishes them."""

import numpy as np

from . import dtypes, shapes
from .primitive import primitive
from .tensor import Tensor, engine

__all__ = ["add", "broadcast_to", "cast", "stop_gradient", "unbroadcast", "zeros_like"]


BLAS_DTYPES = (np.dtype("float32"), np.dtype("float64"))


@dtypes.never_casts
def _to_dtype(*given, dtype, **metadata):
    return None, dtypes.standardize(dtype)


@primitive(shape=shapes.same, dtype=_to_dtype)
def cast(x, *, dtype, out=None):
    """Converts to another dtype; floats lose their fraction on the way to integers.

    Complex numbers lose their imaginary part on the way to real ones.

    >>> cast([1.7], "int32").tolist()
    [1]
    """
    dtype = dtypes.standardize(dtype)
    x = x if hasattr(x, "astype") else np.asarray(x)
    if x.dtype.kind == "c" and "complex" not in dtype:
        x = x.real
    if out is None:
        return x.astype(dtype, copy=False)
    np.copyto(out, x, casting="unsafe")
    return out


cast.grad(x=lambda g, x_dtype: cast(g, dtype=x_dtype))


@primitive(shape=shapes.broadcast, kind="ufunc")
def add(x1, x2, *, out=None):
    """Adds elementwise, with broadcasting.

    >>> add([1.0, 2.0], 1.0).tolist()
    [2.0, 3.0]
    """
    return np.add(x1, x2, out=out)


add.grad(x1=lambda g: g, x2=lambda g: g)


@primitive(shape=shapes.to, kind="view", dtype=dtypes.first)
def broadcast_to(x, *, shape):
    """Repeats a tensor along new axes and axes of length 1.

    >>> broadcast_to([1.0, 2.0], (2, 2)).tolist()
    [[1.0, 2.0], [1.0, 2.0]]
    """
    return np.broadcast_to(x, shape)


broadcast_to.grad(x=lambda g, x_shape: unbroadcast(g, shape=x_shape))


@primitive(shape=shapes.to, dtype=dtypes.first)
def unbroadcast(x, *, shape, out=None):
    """Sums over what broadcasting repeated: the gradient of `broadcast_to`.

    >>> unbroadcast([[1.0, 2.0], [3.0, 4.0]], shape=(1, 2)).tolist()
    [[4.0, 6.0]]
    """
    extra = x.ndim - len(shape)
    lead = tuple(range(extra))
    is_row = extra > 0 and len(shape) == 1 and x.shape[-1:] == shape
    if is_row and x.dtype in BLAS_DTYPES:  # a product is twice as fast as a sum
        rows = x if extra == 1 else x.reshape(-1, *shape)
        return np.dot(np.ones(len(rows), x.dtype), rows, out=out)
    if x.shape[extra:] == shape:
        return np.add.reduce(x, axis=lead, out=out)
    repeated = tuple(i + extra for i, n in enumerate(shape) if n != x.shape[i + extra])
    summed = np.add.reduce(x, axis=lead + repeated, keepdims=True).reshape(shape)
    if out is None:
        return summed
    np.copyto(out, summed)
    return out


unbroadcast.grad(x=lambda g, x_shape: broadcast_to(g, shape=x_shape))


@primitive(shape=shapes.same, kind="view", dtype=dtypes.first)
def stop_gradient(x):
    """Passes a value on as a constant: no gradient flows back through it.

    >>> float(stop_gradient(2.0))
    2.0
    """
    return x if hasattr(x, "dtype") else np.asarray(x)


stop_gradient.grad(x=lambda g: None)

engine.update(add=add, cast=cast, unbroadcast=unbroadcast)


def zeros_like(x) -> Tensor:
    """Returns zeros in the shape and dtype of a Tensor or Variable."""
    return Tensor(np.zeros(x.shape, x.dtype))
