"""Reductions that leave out NaNs: missing values.

A NaN is replaced by what changes nothing (0 in a sum), and is not counted. Where there
are only NaNs, the result is that of no elements: 0 for a sum, 1 for a product, else
NaN; for a position, -1.
"""

import numpy as np

from ..tensor import cast, dtypes, operation
from .arithmetic import divide, sqrt, square, subtract
from .core import convert_to_tensor
from .logic import equal, isnan, logical_not, where
from .reductions import all, argmax, argmin, cumprod, cumsum, max, min, prod, sum
from .statistics import as_float, checked, quantiles

__all__ = [
    "nanargmax",
    "nanargmin",
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmedian",
    "nanmin",
    "nanpercentile",
    "nanprod",
    "nanquantile",
    "nanstd",
    "nansum",
    "nanvar",
]


def _filled(x, value: float):
    """x with a number in place of each NaN; whole numbers have none."""
    x = convert_to_tensor(x)
    return where(isnan(x), value, x) if dtypes.is_float(x.dtype) else x


def _unless_missing(y, x, axis, keepdims: bool, otherwise: float):
    """A result, or something else where all elements are NaN."""
    x = convert_to_tensor(x)
    if not dtypes.is_float(x.dtype):
        return y
    return where(all(isnan(x), axis=axis, keepdims=keepdims), otherwise, y)


def _mean_of(y, x, axis, keepdims: bool):
    """The mean of y, which is 0 at the NaNs of x, over the numbers in x."""
    count = sum(cast(logical_not(isnan(x)), dtype=x.dtype), axis, keepdims)
    count = where(equal(count, 0), np.nan, count)  # 0 / 0 would be NaN with a warning
    return divide(sum(y, axis, keepdims), count)


@operation
def nansum(x, axis=None, keepdims=False):
    """Adds up the elements along axes that are not NaN.

    >>> float(nansum([1.0, float("nan"), 3.0]))
    4.0
    """
    return sum(_filled(x, 0.0), axis, keepdims)


@operation
def nanprod(x, axis=None, keepdims=False):
    """Multiplies the elements along axes that are not NaN."""
    return prod(_filled(x, 1.0), axis, keepdims)


@operation
def nancumsum(x, axis=None, dtype=None):
    """Returns running sums along an axis that pass over NaNs; None: of all elements.

    >>> nancumsum([1.0, float("nan"), 3.0]).tolist()
    [1.0, 1.0, 4.0]
    """
    return cumsum(_filled(x, 0.0), axis, dtype)


@operation
def nancumprod(x, axis=None, dtype=None):
    """Returns running products along an axis that pass over NaNs; None: of all."""
    return cumprod(_filled(x, 1.0), axis, dtype)


@operation
def nanmean(x, axis=None, keepdims=False):
    """Returns the mean of the elements along axes that are not NaN.

    >>> float(nanmean([1.0, float("nan"), 3.0]))
    2.0
    """
    x = as_float(x)
    return _mean_of(_filled(x, 0.0), x, axis, keepdims)


@operation
def nanvar(x, axis=None, keepdims=False):
    """Returns the variance of the elements along axes that are not NaN."""
    x = as_float(x)
    centred = subtract(x, nanmean(x, axis, keepdims=True))
    squares = square(where(isnan(x), 0.0, centred))
    return _mean_of(squares, x, axis, keepdims)


@operation
def nanstd(x, axis=None, keepdims=False):
    """Returns the standard deviation of the elements along axes that are not NaN."""
    return sqrt(nanvar(x, axis, keepdims))


@operation
def nanmax(x, axis=None, keepdims=False):
    """Returns the largest element along axes that is not NaN.

    >>> nanmax([[1.0, float("nan")], [float("nan"), float("nan")]], axis=1).tolist()
    [1.0, nan]
    """
    largest = max(_filled(x, -np.inf), axis=axis, keepdims=keepdims)
    return _unless_missing(largest, x, axis, keepdims, np.nan)


@operation
def nanmin(x, axis=None, keepdims=False):
    """Returns the smallest element along axes that is not NaN."""
    smallest = min(_filled(x, np.inf), axis=axis, keepdims=keepdims)
    return _unless_missing(smallest, x, axis, keepdims, np.nan)


@operation
def nanargmax(x, axis=None, keepdims=False):
    """Returns the position of the first largest element that is not NaN.

    >>> nanargmax([[1.0, float("nan")], [float("nan"), float("nan")]], axis=1).tolist()
    [0, -1]
    """
    places = argmax(_filled(x, -np.inf), axis=axis, keepdims=keepdims)
    return _unless_missing(places, x, axis, keepdims, -1)


@operation
def nanargmin(x, axis=None, keepdims=False):
    """Returns the position of the first smallest element that is not NaN."""
    places = argmin(_filled(x, np.inf), axis=axis, keepdims=keepdims)
    return _unless_missing(places, x, axis, keepdims, -1)


@operation
def nanquantile(x, q, axis=None, method="linear", keepdims=False):
    """Returns quantiles of the elements that are not NaN: see `quantile`.

    >>> float(nanquantile([1.0, float("nan"), 3.0, 5.0], 0.5))
    3.0
    """
    return quantiles(
        x, checked("nanquantile", q, 1), axis, method, keepdims, skips_nan=True
    )


@operation
def nanpercentile(x, q, axis=None, method="linear", keepdims=False):
    """Returns quantiles of what is not NaN, in percent: see `percentile`."""
    share = divide(checked("nanpercentile", q, 100), 100.0)
    return quantiles(x, share, axis, method, keepdims, skips_nan=True)


@operation
def nanmedian(x, axis=None, keepdims=False):
    """Returns the median of the elements along axes that are not NaN."""
    return quantiles(x, 0.5, axis, "midpoint", keepdims, skips_nan=True)
