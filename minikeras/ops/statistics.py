"""Where values lie: quantiles, histograms, correlation."""

import math

import numpy as np

from ..tensor import cast, dtypes, operation, primitive, shapes
from ..utils import checks
from .arithmetic import add, divide, multiply, sqrt, square, subtract
from .bounds import ceil, clip, floor, maximum, round
from .common import deliver, no_influence, pullback, shape_of
from .core import convert_to_tensor
from .indexing import get_item, take_along_axis
from .logic import isnan, logical_not, where
from .movement import moveaxis, reshape, transpose, transpose_last
from .products import matmul
from .reductions import max, mean, min, sum
from .sorting import sort

__all__ = ["corrcoef", "histogram", "median", "percentile", "quantile"]


def as_float(x, rule=dtypes.floating):
    """A value as a tensor of floats; whole numbers become `floatx` ones."""
    x = convert_to_tensor(x)
    _, wanted = rule(x.dtype)
    return x if x.dtype == wanted else cast(x, dtype=wanted)


# Quantiles --------------------------------------------------------------------------

ROUNDINGS = {"lower": floor, "higher": ceil, "nearest": round}
METHODS = ("linear", "midpoint", *ROUNDINGS)


def quantiles(x, q, axis, method: str, keepdims: bool, skips_nan: bool):
    """Quantiles along axes: those of the numbers among NaNs, or NaN beside a NaN.

    Sorting puts NaNs last, so the numbers of a row are at 0 .. count - 1, and its
    quantile q is at q * (count - 1).
    """
    checks.one_of("quantile", METHODS, method=method)
    x = as_float(x)
    ranked = sort(_rows(x, axis))
    wide = dtypes.result_type(x.dtype, "float32")  # float16 cannot count to 2049
    are_numbers = cast(logical_not(isnan(ranked)), dtype=wide)
    count = sum(are_numbers, axis=-1, keepdims=True)
    q = cast(q, dtype=wide)
    y = _read(ranked, multiply(reshape(q, (-1,)), subtract(count, 1.0)), method)
    # a row holds numbers alone if its last element is one, and any if its first is
    decisive = get_item(ranked, (..., slice(1) if skips_nan else slice(-1, None)))
    y = where(isnan(decisive), np.nan, y)
    dims = shapes.reduce(shape_of(x), axis=axis, keepdims=keepdims)
    return cast(reshape(moveaxis(y, -1, 0), (*shape_of(q), *dims)), dtype=x.dtype)


def _rows(x, axis):
    """The axes to reduce as one, the last."""
    dims = shape_of(x)
    gone = shapes.axes(axis, len(dims))
    kept = tuple(i for i in range(len(dims)) if i not in gone)
    lengths = [dims[i] for i in gone]
    length = -1 if None in lengths else math.prod(lengths)
    if length == 0:
        raise IndexError(
            f"There is no quantile of no elements, got shape {dims} and axis={axis}."
        )
    return reshape(transpose(x, axes=kept + gone), (*[dims[i] for i in kept], length))


def _read(ranked, place, method: str):
    """Reads rows at places between their elements."""
    if method in ROUNDINGS:
        return _element(ranked, ROUNDINGS[method](place))
    below = floor(place)
    share = subtract(place, below) if method == "linear" else 0.5
    low, high = _element(ranked, below), _element(ranked, ceil(place))
    return add(multiply(low, 1.0 - share), multiply(high, share))


def _element(ranked, place):
    return take_along_axis(ranked, cast(maximum(place, 0.0), dtype="int32"), axis=-1)


def checked(owner: str, q, largest: int):
    """Probabilities or percentages, if they are none beyond 0 and the largest."""
    is_known = not hasattr(q, "numpy")  # tensors may have no value yet
    if is_known and not np.all([0 <= p <= largest for p in np.ravel(q)]):
        checks.fail(owner, "q", q, f"lie between 0 and {largest}")
    return q


@operation
def quantile(x, q, axis=None, method="linear", keepdims=False):
    """Returns the values below which these shares of the elements lie.

    A row of n elements in rising order is read at q * (n - 1).

    Args:
        x: Tensor; the quantile of what holds a NaN is NaN.
        q: Share or tensor of shares, between 0 and 1; its axes come first in the
            result.
        axis: Axis or axes; None: all.
        method: What to read between two elements: on the "linear" way, the "lower",
            the "higher", the "midpoint", the "nearest" (halfway: the even place).
        keepdims: Whether the axes stay, with length 1.

    >>> quantile([1.0, 3.0, 2.0, 4.0], [0.5, 1.0]).tolist()
    [2.5, 4.0]
    """
    return quantiles(
        x, checked("quantile", q, 1), axis, method, keepdims, skips_nan=False
    )


@operation
def percentile(x, q, axis=None, method="linear", keepdims=False):
    """Returns quantiles, their shares given in percent: see `quantile`.

    >>> float(percentile([1.0, 2.0, 3.0, 4.0], 50))
    2.5
    """
    share = divide(checked("percentile", q, 100), 100.0)
    return quantiles(x, share, axis, method, keepdims, skips_nan=False)


@operation
def median(x, axis=None, keepdims=False):
    """Returns the element in the middle, or the mean of the two there.

    >>> float(median([5.0, 1.0, 2.0]))
    2.0
    """
    return quantiles(x, 0.5, axis, "midpoint", keepdims, skips_nan=False)


# Counting and comparing -------------------------------------------------------------


@primitive(shape=lambda x, *, bins, **metadata: (bins + 1,), is_whole=True)
def bin_edges(x, *, bins: int, range: tuple | None, out=None):
    """The edges of bins of equal width, from the least to the largest element."""
    return deliver(np.histogram_bin_edges(x, bins, range).astype(x.dtype), out)


def _edges_slope(g, x, bins, range):
    share = np.linspace(0, 1, bins + 1, dtype=x.dtype)

    def edges(x):
        return add(multiply(min(x), 1 - share), multiply(max(x), share))

    return None if range else pullback(edges, g, x)[0]


@primitive(
    shape=lambda x, edges: (None if edges[0] is None else edges[0] - 1,),
    dtype=dtypes.first,
    is_whole=True,
)
def bin_counts(x, edges, *, out=None):
    """Counts the elements in each bin; an element on an edge is in the bin above."""
    return deliver(np.histogram(x, edges)[0].astype(x.dtype), out)


bin_edges.grad(x=_edges_slope)
bin_counts.grad(x=no_influence, edges=no_influence)


@operation
def histogram(x, bins=10, range=None):
    """Counts elements in bins of equal width.

    Args:
        x: Vector.
        bins: How many bins.
        range: Tuple: the lowest and the highest edge; None: those of the elements.

    Returns:
        The counts (bins,), as floats, and the edges (bins + 1,).

    >>> [y.tolist() for y in histogram([0.0, 1.0, 1.5, 2.0], bins=2)]
    [[1.0, 3.0], [0.0, 1.0, 2.0]]
    """
    _check_bins(bins, range)
    x = as_float(x)
    if len(x.shape) > 1:
        raise ValueError(
            f"histogram: x must be a vector, got shape {x.shape}. Try ops.ravel(x)."
        )
    edges = bin_edges(x, bins=bins, range=range)
    return bin_counts(x, edges), edges


def _check_bins(bins, range) -> None:
    if not isinstance(bins, (int, np.integer)):
        raise TypeError(
            f"histogram: bins must be an int, got {bins!r}. Try bins=10; for the ends "
            "of the bins there is range=(low, high)."
        )
    checks.positive_int("histogram", bins=bins)
    is_pair = isinstance(range, tuple) and len(range) == 2
    if range is not None and not (is_pair and range[0] <= range[1]):
        checks.fail("histogram", "range", range, "be a tuple (low, high) or None")


@operation
def corrcoef(x):
    """Returns the correlation of each two rows: products of rows of length 1.

    r[i, j] = cov(i, j) / sqrt(var(i) * var(j))  (K. Pearson, 1895)

    Args:
        x: Matrix (variables, observations), or a vector: one variable.

    >>> corrcoef([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]).numpy().round(3).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    x = as_float(x, dtypes.widening)
    if len(x.shape) > 2:
        raise ValueError(
            f"corrcoef: x must be a matrix (variables, observations), got shape "
            f"{x.shape}. Try ops.reshape(x, (variables, -1))."
        )
    rows = x if len(x.shape) == 2 else reshape(x, (1, -1))
    centred = subtract(rows, mean(rows, axis=-1, keepdims=True))
    length = sqrt(sum(square(centred), axis=-1, keepdims=True))
    unit = divide(centred, length)
    result = clip(matmul(unit, transpose_last(unit)), -1.0, 1.0)
    return reshape(result, ()) if rows.shape[0] == 1 else result
