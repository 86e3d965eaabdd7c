"""Making tensors from shapes, ranges and other tensors."""

import numpy as np

from ..tensor import (
    Tensor,
    cast,
    convert_to_tensor,
    dtypes,
    operation,
    primitive,
    shapes,
)
from . import core
from .arithmetic import add, divide, multiply, power, subtract
from .bounds import floor
from .common import deliver
from .elementwise import exp, log
from .movement import broadcast_to, expand_dims, reshape
from .reductions import sum

__all__ = [
    "arange",
    "array",
    "copy",
    "diag",
    "diagflat",
    "diagonal",
    "empty",
    "empty_like",
    "eye",
    "full",
    "full_like",
    "geomspace",
    "identity",
    "linspace",
    "logspace",
    "meshgrid",
    "ones",
    "ones_like",
    "trace",
    "tri",
    "tril",
    "triu",
    "zeros",
    "zeros_like",
]

# From a shape -----------------------------------------------------------------------


def _dims(shape) -> tuple[int, ...]:
    return (int(shape),) if np.ndim(shape) == 0 else tuple(int(n) for n in shape)


def zeros(shape, dtype=None) -> Tensor:
    """Returns zeros.

    >>> zeros((2,)).tolist()
    [0.0, 0.0]
    """
    return Tensor(np.zeros(_dims(shape), dtypes.standardize(dtype)))


def ones(shape, dtype=None) -> Tensor:
    """Returns ones.

    >>> ones((2,)).tolist()
    [1.0, 1.0]
    """
    return Tensor(np.ones(_dims(shape), dtypes.standardize(dtype)))


def empty(shape, dtype=None) -> Tensor:
    """Returns a tensor without setting its values."""
    return Tensor(np.empty(_dims(shape), dtypes.standardize(dtype)))


def full(shape, fill_value, dtype=None):
    """Returns a tensor that holds one value everywhere.

    >>> full((2,), 7.0).tolist()
    [7.0, 7.0]
    """
    value = convert_to_tensor(fill_value, dtypes.standardize(dtype))
    if value is fill_value:  # a tensor, whose value may change
        return broadcast_to(value, shape=_dims(shape))
    return Tensor(np.full(_dims(shape), value.array))


def eye(N, M=None, k=0, dtype=None) -> Tensor:
    """Returns a matrix with ones on its k-th diagonal and zeros elsewhere.

    >>> eye(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return Tensor(np.eye(N, M, k, dtypes.standardize(dtype)))


def identity(n, dtype=None) -> Tensor:
    """Returns the identity matrix with n rows."""
    return eye(n, dtype=dtype)


def tri(N, M=None, k=0, dtype=None) -> Tensor:
    """Returns a matrix with ones on and below its k-th diagonal and zeros above.

    >>> tri(2).tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    return Tensor(np.tri(N, M, k, dtypes.standardize(dtype)))


# From a range -----------------------------------------------------------------------


def arange(start, stop=None, step=None, dtype=None) -> Tensor:
    """Returns evenly spaced values from start up to, but without, stop.

    Args:
        start: First value; alone it is `stop`, and the first value is 0.
        stop: End of the range.
        step: Distance of neighbours, 1 if None.
        dtype: Dtype of the result; that of the arguments if None.

    >>> arange(3).tolist()
    [0, 1, 2]
    """
    start, stop, step = map(_number, (start, stop, step))
    if dtype is None:
        given = [x for x in (start, stop, step) if x is not None]
        dtype = dtypes.result_type(*(getattr(x, "dtype", type(x)) for x in given))
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    return Tensor(np.arange(start, stop, step, dtype=dtypes.standardize(dtype)))


def _number(x):
    """A Tensor of one value as its NumPy value; numbers and None as they are."""
    return x.numpy()[()] if type(x) is Tensor else x


def _ends(start, stop, dtype):
    """Both ends as tensors of one float dtype."""
    ends = [x if hasattr(x, "dtype") else convert_to_tensor(x) for x in (start, stop)]
    if dtype is None:
        _, dtype = dtypes.floating(*(dtypes.standardize(x.dtype) for x in ends))
    return [cast(x, dtype=dtype) for x in ends]


def _spaced(start, stop, num: int, endpoint: bool, axis: int):
    """Evenly spaced values along a new axis, and their distance."""
    step = divide(subtract(stop, start), max(num - bool(endpoint), 1))
    places = np.arange(num, dtype=step.dtype)
    dims = [1] * (len(step.shape) + 1)
    dims[axis] = num
    steps = multiply(expand_dims(step, axis=axis), places.reshape(dims))
    start = broadcast_to(start, shape=step.shape)
    return add(expand_dims(start, axis=axis), steps), step


@operation
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    """Returns so many evenly spaced values from start to stop.

    Args:
        start: First value; may be a tensor.
        stop: Last value; may be a tensor.
        num: How many values.
        endpoint: Whether stop is one of them.
        retstep: Whether to return their distance too.
        dtype: Dtype of the result, a float dtype if None.
        axis: Where their axis stands, if start or stop are tensors.

    >>> linspace(0, 1, 3).tolist()
    [0.0, 0.5, 1.0]
    """
    is_whole = dtype is not None and not dtypes.is_float(dtype)
    ends = _ends(start, stop, None if is_whole else dtype)
    values, step = _spaced(*ends, num, endpoint, axis)
    values = cast(floor(values), dtype=dtype) if is_whole else values
    return (values, step) if retstep else values


@operation
def logspace(start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0):
    """Returns values from base ** start to base ** stop, with evenly spaced logarithms.

    >>> logspace(0, 2, 3).tolist()
    [1.0, 10.0, 100.0]
    """
    exponents, _ = _spaced(*_ends(start, stop, dtype), num, endpoint, axis)
    return power(cast(convert_to_tensor(base), dtype=exponents.dtype), exponents)


@operation
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """Returns values from start to stop, each the same multiple of the one before.

    >>> geomspace(1, 8, 4).tolist()
    [1.0, 2.0, 4.0, 8.0]
    """
    start, stop = _ends(start, stop, dtype)
    ratio = log(divide(stop, start))
    exponents, _ = _spaced(zeros_like(ratio), ratio, num, endpoint, axis)
    return multiply(expand_dims(start, axis=axis), exp(exponents))


@operation
def meshgrid(*x, indexing="xy"):
    """Returns the coordinates of a grid, one tensor per axis.

    Args:
        *x: Vectors: the coordinates along each axis.
        indexing: "xy": the first vector runs along the second axis. "ij": along the
            first.

    >>> [c.tolist() for c in meshgrid([1, 2], [3, 4])]
    [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing must be 'xy' or 'ij', got {indexing!r}.")
    order = list(range(len(x)))
    if indexing == "xy" and len(x) > 1:
        order[:2] = 1, 0
    vectors = [reshape(v, (-1,)) for v in x]
    dims = tuple(vectors[i].shape[0] for i in order)
    return [_along_axis(v, order.index(i), dims) for i, v in enumerate(vectors)]


def _along_axis(vector, axis: int, dims: tuple):
    column = [1] * len(dims)
    column[axis] = -1
    return broadcast_to(reshape(vector, tuple(column)), dims)


# Like another tensor ----------------------------------------------------------------


def _like(x, *others, dtype=None, **metadata):
    wanted = dtypes.standardize(dtype) if dtype else dtypes.result_type(x)
    return None, wanted


like = primitive(shape=shapes.same, dtype=_like)


def _filled(x, value, dtype, out):
    if out is None:
        given = (
            np.asarray(x) if isinstance(x, np.ndarray) else convert_to_tensor(x).array
        )
        out = np.empty(given.shape, dtypes.standardize(dtype) if dtype else given.dtype)
    out[...] = value
    return out


@like
def zeros_like(x, *, dtype=None, out=None):
    """Returns zeros in the shape, and unless given the dtype, of another tensor.

    >>> zeros_like([1, 2]).tolist()
    [0, 0]
    """
    return _filled(x, 0, dtype, out)


@like
def ones_like(x, *, dtype=None, out=None):
    """Returns ones in the shape, and unless given the dtype, of another tensor."""
    return _filled(x, 1, dtype, out)


@like
def empty_like(x, *, dtype=None, out=None):
    """Returns a tensor in the shape of another without choosing its values."""
    return _filled(x, 0, dtype, out)


@like
def full_like(x, fill_value, *, dtype=None, out=None):
    """Returns one value everywhere, in the shape of another tensor.

    >>> full_like([1, 2], 7).tolist()
    [7, 7]
    """
    return _filled(x, fill_value, dtype, out)


for constant in (zeros_like, ones_like, empty_like):
    constant.grad(x=lambda g: multiply(g, 0.0))


@operation
def array(x, dtype=None):
    """Turns numbers into a tensor: see `convert_to_tensor`."""
    return core.convert_to_tensor(x, dtype)


@primitive(shape=shapes.same)
def copy(x, *, out=None):
    """Returns a copy that shares no memory."""
    return deliver(x.copy(), out)


copy.grad(x=lambda g: g)

# Triangles and diagonals ------------------------------------------------------------

triangle = primitive(shape=shapes.same)


def _triangle(x, keep, out):
    if out is None:
        out = np.empty_like(x)
    np.copyto(out, x)
    np.copyto(out, False, where=np.logical_not(keep))
    return out


@triangle
def tril(x, *, k: int = 0, out=None):
    """Returns the part of a matrix on and below its k-th diagonal, zeros above.

    >>> tril([[1, 2], [3, 4]]).tolist()
    [[1, 0], [3, 4]]
    """
    return _triangle(x, np.tri(*x.shape[-2:], k, bool), out)


@triangle
def triu(x, *, k: int = 0, out=None):
    """Returns the part of a matrix on and above its k-th diagonal, zeros below.

    >>> triu([[1, 2], [3, 4]]).tolist()
    [[1, 2], [0, 4]]
    """
    return _triangle(x, np.logical_not(np.tri(*x.shape[-2:], k - 1, bool)), out)


tril.grad(x=lambda g, k: tril(g, k=k))
triu.grad(x=lambda g, k: triu(g, k=k))


def _diagonal_length(rows, columns, offset):
    if rows is None or columns is None:
        return None
    return max(
        0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns)
    )


def _diagonal_shape(x, *, offset=0, axis1=0, axis2=1):
    first, second = shapes.axes((axis1, axis2), len(x))
    rest = tuple(n for i, n in enumerate(x) if i not in (first, second))
    return (*rest, _diagonal_length(x[first], x[second], offset))


@primitive(shape=_diagonal_shape, kind="view")
def diagonal(x, *, offset: int = 0, axis1: int = 0, axis2: int = 1):
    """Returns a diagonal of the matrices along two axes, as the last axis.

    >>> diagonal([[1, 2], [3, 4]]).tolist()
    [1, 4]
    """
    return np.diagonal(x, offset, axis1, axis2)


@primitive(shape=lambda dy, *, shape, **metadata: shape)
def diagonal_grad(dy, *, shape: tuple, offset: int, axis1: int, axis2: int, out=None):
    """Zeros, and dy on the diagonal: the gradient of `diagonal`."""
    if out is None:
        out = np.empty(shape, dy.dtype)
    out[...] = 0
    rows = np.moveaxis(out, (axis1, axis2), (-2, -1))
    places = np.arange(dy.shape[-1])
    rows[..., places + max(-offset, 0), places + max(offset, 0)] = dy
    return out


diagonal.grad(
    x=lambda g, x_shape, offset, axis1, axis2: diagonal_grad(
        g, shape=x_shape, offset=offset, axis1=axis1, axis2=axis2
    )
)
diagonal_grad.grad(
    dy=lambda g, offset, axis1, axis2: diagonal(
        g, offset=offset, axis1=axis1, axis2=axis2
    )
)


@operation
def diag(x, k=0):
    """Returns the k-th diagonal of a matrix, or the matrix with this diagonal.

    >>> diag([1, 2]).tolist()
    [[1, 0], [0, 2]]
    """
    x = x if hasattr(x, "shape") else convert_to_tensor(x)
    if len(x.shape) == 2:
        return diagonal(x, offset=k)
    side = None if x.shape[0] is None else x.shape[0] + abs(k)
    return diagonal_grad(x, shape=(side, side), offset=k, axis1=0, axis2=1)


@operation
def diagflat(x, k=0):
    """Returns the matrix that has all elements of x on its k-th diagonal."""
    return diag(reshape(x, (-1,)), k)


@operation
def trace(x, offset=0, axis1=0, axis2=1):
    """Returns the sum along a diagonal.

    >>> int(trace([[1, 2], [3, 4]]))
    5
    """
    return sum(diagonal(x, offset=offset, axis1=axis1, axis2=axis2), axis=-1)
