"""Sums, means, extrema and the like along axes.

`axis` is None (all axes), an int or several ints; `keepdims` leaves reduced axes in
place, with length 1.
"""

import math

import numpy as np

from ..tensor import dtypes, operation, primitive, shapes
from .arithmetic import divide, multiply, power, sqrt, subtract
from .common import deliver, no_influence
from .elementwise import exp
from .logic import isclose, not_equal
from .movement import flip, reshape

__all__ = [
    "all",
    "allclose",
    "amax",
    "amin",
    "any",
    "argmax",
    "argmin",
    "average",
    "count_nonzero",
    "cumprod",
    "cumsum",
    "logsumexp",
    "max",
    "mean",
    "min",
    "prod",
    "ptp",
    "std",
    "sum",
    "var",
]

Axis = int | tuple[int, ...] | None

summing = primitive(shape=shapes.reduce, dtype=dtypes.summed)
averaging = primitive(shape=shapes.reduce, dtype=dtypes.floating)
picking = primitive(shape=shapes.reduce)
asking = primitive(shape=shapes.reduce, dtype=dtypes.fixed("bool"))

# Helpers ----------------------------------------------------------------------------


def _axes(axis):
    """An axis as NumPy's reductions take it: a tuple in place of a list."""
    return tuple(axis) if type(axis) is list else axis


def count(shape: tuple, axis: Axis) -> int:
    """How many elements are combined into one."""
    if axis is None:
        return math.prod(shape)
    if type(axis) is int:
        return shape[axis]
    return math.prod([shape[i] for i in shapes.axes(axis, len(shape))])


def _kept_shape(shape: tuple, axis: Axis) -> tuple:
    """The shape after a reduction that keeps its axes with length 1."""
    if axis is None:
        return (1,) * len(shape)
    dims = list(shape)
    for i in (axis,) if type(axis) is int else axis:
        dims[i] = 1
    return tuple(dims)


@primitive(shape=shapes.to, kind="view")
def spread(dy, *, shape: tuple, axis: Axis = None):
    """Repeats values over the axes that a reduction removed: the gradient of `sum`."""
    return np.broadcast_to(np.reshape(dy, _kept_shape(shape, axis)), shape)


def _collected(g, dy_shape, axis):
    return reshape(sum(g, axis=axis), dy_shape)


spread.grad(dy=_collected)


def _keep(y, x_shape: tuple, axis: Axis):
    """A reduced tensor with its axes of length 1 back in place."""
    return reshape(y, _kept_shape(x_shape, axis))


LONG = 2**12  # elements from which it pays to go axis by axis


def _reduced(ufunc, x, axis: Axis, keepdims: bool, out, **options):
    """Applies a ufunc along axes.

    Of several axes before the last, the first one goes by itself: NumPy then combines
    long rows, in a third of the time.
    """
    axis = _axes(axis)
    if type(axis) is tuple and len(axis) > 1 and x.size >= LONG:
        along = sorted(i % x.ndim for i in axis)
        if along[-1] < x.ndim - 1:
            x = ufunc.reduce(x, axis=along[0], keepdims=True, **options)
    return ufunc.reduce(x, axis=axis, keepdims=keepdims, out=out, **options)


# Sums and means ---------------------------------------------------------------------


@summing
def sum(x, *, axis: Axis = None, keepdims: bool = False, out=None):
    """Adds up the elements along axes.

    >>> sum([[1.0, 2.0], [3.0, 4.0]], axis=0).tolist()
    [4.0, 6.0]
    """
    return _reduced(np.add, x, axis, keepdims, out, dtype=x.dtype)


sum.grad(x=lambda g, x_shape, axis: spread(g, shape=x_shape, axis=axis))


@averaging
def mean(x, *, axis: Axis = None, keepdims: bool = False, out=None):
    """Returns the mean of the elements along axes.

    >>> mean([[1.0, 2.0], [3.0, 4.0]], axis=1).tolist()
    [1.5, 3.5]
    """
    total = _reduced(np.add, x, axis, keepdims, out)
    return np.divide(total, count(x.shape, axis), out=out)


@primitive(shape=shapes.to)
def mean_grad(dy, *, shape: tuple, axis: Axis = None, out=None):
    """Shares dy among the elements that a mean was taken of."""
    column = np.broadcast_to(dy.reshape(_kept_shape(shape, axis)), shape)
    return np.multiply(column, 1 / count(shape, axis), out=out, order="C")


def _mean_collected(g, dy_shape, axis):
    return reshape(mean(g, axis=axis), dy_shape)


mean.grad(x=lambda g, x_shape, axis: mean_grad(g, shape=x_shape, axis=axis))
mean_grad.grad(dy=_mean_collected)


@averaging
def var(x, *, axis: Axis = None, keepdims: bool = False, out=None):
    """Returns the variance, the mean of (x - mean(x)) ** 2.

    >>> float(var([1.0, 3.0]))
    1.0
    """
    centred = np.subtract(x, mean.kernel(x, axis=axis, keepdims=True))
    centred = np.square(centred)
    return mean.kernel(centred, axis=axis, keepdims=keepdims, out=out)


def _var_slope(g, x, axis):
    centred = subtract(x, mean(x, axis=axis, keepdims=True))
    return multiply(mean_grad(g, shape=x.shape, axis=axis), multiply(centred, 2.0))


var.grad(x=_var_slope)


@operation
def std(x, axis=None, keepdims=False):
    """Returns the standard deviation, the square root of the variance.

    >>> float(std([1.0, 3.0]))
    1.0
    """
    return sqrt(var(x, axis=axis, keepdims=keepdims))


@operation
def average(x, axis=None, weights=None):
    """Returns the weighted mean, sum(x * weights) / sum(weights).

    Args:
        x: Tensor.
        axis: Axis or axes, None for all.
        weights: Tensor that broadcasts to x, or a vector along `axis`; None: all 1.

    >>> float(average([1.0, 4.0], weights=[2.0, 1.0]))
    2.0
    """
    if weights is None:
        return mean(x, axis=axis)
    ndim, weights = len(np.shape(x)), weights
    if type(axis) is int and len(np.shape(weights)) == 1 and ndim > 1:
        dims = [1] * ndim
        dims[axis] = -1
        weights = reshape(weights, tuple(dims))
    weights = multiply(weights, power(x, 0))
    return divide(sum(multiply(x, weights), axis=axis), sum(weights, axis=axis))


@averaging
def logsumexp(x, *, axis: Axis = None, keepdims: bool = False, out=None):
    """Returns log(sum(exp(x))), without overflow.

    >>> round(float(logsumexp([1000.0, 1000.0])), 3)
    1000.693
    """
    axis = _axes(axis)
    peak = np.maximum.reduce(x, axis=axis, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0)
    total = np.add.reduce(np.exp(x - peak), axis=axis, keepdims=True)
    result = np.log(total) + peak
    if not keepdims:
        result = result.reshape(shapes.reduce(x.shape, axis=axis))
    return deliver(result, out)


def _logsumexp_slope(g, x, out, axis):
    shares = exp(subtract(x, _keep(out, x.shape, axis)))
    return multiply(_keep(g, x.shape, axis), shares)


logsumexp.grad(x=_logsumexp_slope)

# Products ---------------------------------------------------------------------------


def _product_dtype(*given, dtype=None, **metadata):
    wanted = dtypes.standardize(dtype) if dtype else dtypes.summed(*given)[1]
    return wanted, wanted


@primitive(shape=shapes.reduce, dtype=_product_dtype)
def prod(x, *, axis: Axis = None, keepdims: bool = False, dtype=None, out=None):
    """Multiplies the elements along axes.

    >>> float(prod([2.0, 3.0]))
    6.0
    """
    return np.multiply.reduce(x, _axes(axis), x.dtype, out, keepdims)


@primitive(shape=shapes.to)
def prod_grad(dy, x, *, shape: tuple, axis: Axis, out=None):
    """dy times the product of the other elements, right for zeros among them too."""
    gone = shapes.axes(axis, x.ndim)
    last = tuple(range(-len(gone), 0))
    moved = np.moveaxis(x, gone, last)
    flat = moved.reshape((*moved.shape[: x.ndim - len(gone)], -1))
    others = np.ones_like(flat)
    np.multiply.accumulate(flat[..., :-1], axis=-1, out=others[..., 1:])
    others[..., :-1] *= np.multiply.accumulate(flat[..., :0:-1], axis=-1)[..., ::-1]
    others = np.moveaxis(others.reshape(moved.shape), last, gone)
    return np.multiply(np.reshape(dy, _kept_shape(shape, axis)), others, out=out)


prod.grad(x=lambda g, x, x_shape, axis: prod_grad(g, x, shape=x_shape, axis=axis))


def _running_shape(x, *, axis=None, **metadata):
    if axis is not None:
        return x
    return (None if None in x else math.prod(x),)


def _running_dtype(*given, dtype=None, **metadata):
    wanted = dtypes.standardize(dtype) if dtype else dtypes.result_type(*given)
    wanted = "int32" if wanted == "bool" else wanted
    return wanted, wanted


running = primitive(shape=_running_shape, dtype=_running_dtype)


@running
def cumsum(x, *, axis: int | None = None, dtype=None, out=None):
    """Returns running sums along an axis; None: along all elements in a row.

    >>> cumsum([1.0, 2.0, 3.0]).tolist()
    [1.0, 3.0, 6.0]
    """
    return np.cumsum(x, axis=axis, dtype=x.dtype, out=out)


def _cumsum_slope(g, x_shape, axis):
    along = 0 if axis is None else axis
    return reshape(flip(cumsum(flip(g, axis=along), axis=along), axis=along), x_shape)


cumsum.grad(x=_cumsum_slope)


@running
def cumprod(x, *, axis: int | None = None, dtype=None, out=None):
    """Returns running products along an axis; None: along all elements in a row.

    >>> cumprod([1.0, 2.0, 3.0]).tolist()
    [1.0, 2.0, 6.0]
    """
    return np.cumprod(x, axis=axis, dtype=x.dtype, out=out)


@primitive(shape=lambda dy, x, y, **metadata: x)
def cumprod_grad(dy, x, y, *, axis: int | None, out=None):
    """The gradient of running products, right for zeros among the elements too.

    With tail_i = dy_i + x_(i+1) * tail_(i+1), element i gets y_(i-1) * tail_i.
    """
    result = np.empty_like(x) if out is None else out
    along = 0 if axis is None else axis
    rows = [np.moveaxis(a.reshape(dy.shape), along, 0) for a in (dy, x, y, result)]
    dy, x, y, slopes = rows
    tail = np.zeros_like(dy[0])
    for i in reversed(range(len(dy))):
        tail = dy[i] + (x[i + 1] * tail if i + 1 < len(dy) else 0)
        slopes[i] = tail * y[i - 1] if i else tail
    return result


cumprod.grad(x=lambda g, x, out, axis: cumprod_grad(g, x, out, axis=axis))

# Extrema ----------------------------------------------------------------------------


@picking
def max(x, *, axis: Axis = None, keepdims: bool = False, initial=None, out=None):
    """Returns the largest element along axes, at least `initial`.

    >>> max([[1.0, 5.0], [3.0, 4.0]], axis=1).tolist()
    [5.0, 4.0]
    """
    options = {} if initial is None else {"initial": initial}
    return _reduced(np.maximum, x, axis, keepdims, out, **options)


@picking
def min(x, *, axis: Axis = None, keepdims: bool = False, initial=None, out=None):
    """Returns the smallest element along axes, at most `initial`."""
    options = {} if initial is None else {"initial": initial}
    return _reduced(np.minimum, x, axis, keepdims, out, **options)


@picking
def amax(x, *, axis: Axis = None, keepdims: bool = False, out=None):
    """Returns the largest element along axes."""
    return _reduced(np.maximum, x, axis, keepdims, out)


@picking
def amin(x, *, axis: Axis = None, keepdims: bool = False, out=None):
    """Returns the smallest element along axes."""
    return _reduced(np.minimum, x, axis, keepdims, out)


@primitive(shape=lambda dy, x, y, **metadata: x)
def to_extreme(dy, x, y, *, axis: Axis, out=None):
    """Shares dy among the elements of x that equal their extreme value y."""
    kept = _kept_shape(x.shape, axis)
    chosen = np.equal(x, y.reshape(kept))
    ties = _reduced(np.add, chosen, axis, True, None, dtype=x.dtype)
    share = np.reshape(dy, kept) / np.maximum(ties, 1)
    return np.multiply(share, chosen, out=out)


to_extreme.grad(
    dy=lambda g, x, y, dy_shape, axis: reshape(
        sum(to_extreme_back(g, x, y, axis=axis), axis=axis), dy_shape
    ),
    x=no_influence,
    y=no_influence,
)


@primitive(shape=shapes.same)
def to_extreme_back(dx, x, y, *, axis: Axis, out=None):
    """Elements of dx where x is extreme, divided by the number of ties."""
    ones = np.ones(_kept_shape(x.shape, axis), x.dtype)
    return np.multiply(dx, to_extreme.kernel(ones, x, y, axis=axis), out=out)


to_extreme_back.grad(
    dx=lambda g, x, y, axis: to_extreme_back(g, x, y, axis=axis),
    x=no_influence,
    y=no_influence,
)
for extreme in (max, min, amax, amin):
    extreme.grad(x=lambda g, x, out, axis: to_extreme(g, x, out, axis=axis))


@operation
def ptp(x, axis=None, keepdims=False):
    """Returns the largest minus the smallest element along axes."""
    largest = max(x, axis=axis, keepdims=keepdims)
    return subtract(largest, min(x, axis=axis, keepdims=keepdims))


def _position(x, *, axis=None, keepdims=False, **metadata):
    return shapes.reduce(x, axis=axis, keepdims=keepdims)


pointing = primitive(shape=_position, dtype=dtypes.index)


@pointing
def argmax(x, *, axis: int | None = None, keepdims: bool = False, out=None):
    """Returns the position of the first largest element along an axis.

    >>> argmax([[1.0, 5.0], [3.0, 2.0]], axis=1).tolist()
    [1, 0]
    """
    positions = np.argmax(x, axis=axis, keepdims=keepdims)
    return deliver(positions.astype(np.int32), out)


@pointing
def argmin(x, *, axis: int | None = None, keepdims: bool = False, out=None):
    """Returns the position of the first smallest element along an axis."""
    positions = np.argmin(x, axis=axis, keepdims=keepdims)
    return deliver(positions.astype(np.int32), out)


# Truth ------------------------------------------------------------------------------


@asking
def all(x, *, axis: Axis = None, keepdims: bool = False, out=None):
    """Tells whether all elements along axes are true (not 0).

    >>> all([[True, False], [True, True]], axis=1).tolist()
    [False, True]
    """
    return np.logical_and.reduce(x, axis=_axes(axis), keepdims=keepdims, out=out)


@asking
def any(x, *, axis: Axis = None, keepdims: bool = False, out=None):
    """Tells whether at least one element along axes is true (not 0)."""
    return np.logical_or.reduce(x, axis=_axes(axis), keepdims=keepdims, out=out)


@operation
def count_nonzero(x, axis=None):
    """Counts the elements along axes that are not 0.

    >>> int(count_nonzero([0, 3, 5]))
    2
    """
    return sum(not_equal(x, 0), axis=axis)


@operation
def allclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Tells whether all elements of two tensors are close: see `isclose`."""
    return all(isclose(x1, x2, rtol, atol, equal_nan))
