"""Rows of samples: differences, integrals, correlation, and windows to taper them."""

import numpy as np

from .. import config
from ..tensor import Tensor, dtypes, operation, primitive, shapes
from ..utils import checks
from .arithmetic import add, divide, multiply, subtract
from .common import deliver, shape_of
from .core import convert_to_tensor
from .indexing import get_item
from .logic import not_equal
from .movement import flip, moveaxis
from .reductions import sum

__all__ = [
    "bartlett",
    "blackman",
    "correlate",
    "diff",
    "hamming",
    "hanning",
    "i0",
    "kaiser",
    "ldexp",
    "trapezoid",
]

# Differences and integrals ----------------------------------------------------------

ALL_BUT_FIRST, ALL_BUT_LAST = (..., slice(1, None)), (..., slice(None, -1))


@operation
def diff(a, n=1, axis=-1):
    """Returns the differences of neighbours along an axis, n times over.

    y[i] = a[i + 1] - a[i]; of truth values, whether they differ.

    >>> diff([1, 2, 4, 7], n=2).tolist()
    [1, 1]
    """
    checks.non_negative_int("diff", n=n)
    (axis,) = shapes.axes(axis, len(shape_of(a)))
    a = moveaxis(a, axis, -1)
    minus = not_equal if a.dtype == "bool" else subtract
    for _ in range(n):
        a = minus(get_item(a, ALL_BUT_FIRST), get_item(a, ALL_BUT_LAST))
    return moveaxis(a, -1, axis)


@operation
def trapezoid(y, x=None, dx=1.0, axis=-1):
    """Integrates along an axis by the trapezoidal rule.

    sum over i of (y[i] + y[i + 1]) / 2 * (x[i + 1] - x[i])

    Args:
        y: Tensor of heights.
        x: Where they stand: a vector, or a tensor like y; None: `dx` apart.
        dx: Distance of neighbours.
        axis: Axis to integrate along.

    >>> float(trapezoid([1.0, 2.0, 4.0], x=[0.0, 1.0, 3.0]))
    7.5
    """
    (axis,) = shapes.axes(axis, len(shape_of(y)))
    y = moveaxis(y, axis, -1)
    if x is not None:
        dx = diff(x) if len(shape_of(x)) == 1 else diff(moveaxis(x, axis, -1))
    both = add(get_item(y, ALL_BUT_FIRST), get_item(y, ALL_BUT_LAST))
    return sum(multiply(multiply(both, 0.5), dx), axis=-1)


# Correlation ------------------------------------------------------------------------


def _overlapping(x1, x2):
    for name, dims in (("x1", x1), ("x2", x2)):
        if len(dims) != 1:
            raise ValueError(f"correlate: {name} must be a vector, got shape {dims}.")
    return (None if None in x1 + x2 else x1[0] + x2[0] - 1,)


@primitive(shape=_overlapping, dtype=dtypes.widening, is_whole=True)
def correlate_fully(x1, x2, *, out=None):
    """Correlates wherever two vectors overlap: full mode, see `correlate`."""
    _overlapping(x1.shape, x2.shape)
    return deliver(np.correlate(x1, x2, "full"), out)


def _correlated(x1, x2, start: int, length: int):
    return get_item(correlate_fully(x1, x2), slice(start, start + length))


correlate_fully.grad(
    x1=lambda g, x2, x1_shape: _correlated(g, flip(x2), x2.size - 1, x1_shape[0]),
    x2=lambda g, x1, x2_shape: flip(_correlated(g, x1, x1.size - 1, x2_shape[0])),
)


@operation
def correlate(x1, x2, mode="valid"):
    """Slides one vector along another and multiplies and adds where they overlap.

    y[k] = sum over n of x1[n + k] * x2[n]

    Args:
        x1: Vector of length m.
        x2: Vector of length n.
        mode: Which k: "full": with any overlap, m + n - 1. "same": max(m, n) in the
            middle. "valid": with full overlap, max(m, n) - min(m, n) + 1.

    >>> correlate([1.0, 2.0, 3.0], [0.0, 1.0], mode="valid").tolist()
    [2.0, 3.0]
    """
    checks.one_of("correlate", ("valid", "same", "full"), mode=mode)
    x1, x2 = convert_to_tensor(x1), convert_to_tensor(x2)
    y = correlate_fully(x1, x2)
    if mode == "full":
        return y
    (m,), (n,) = x1.shape, x2.shape
    if m is None or n is None:  # all that is known of the length is that it is one
        return get_item(y, slice(None))
    short, long = sorted((m, n))
    if mode == "valid":
        return get_item(y, slice(short - 1, long))
    start = (short - 1) // 2 if m >= n else short // 2
    return get_item(y, slice(start, start + long))


# Windows ----------------------------------------------------------------------------


def _length(x) -> int:
    """The length of a window, which a tensor may hold."""
    return int(np.asarray(x).item())


def _window(values: np.ndarray) -> Tensor:
    return Tensor(values.astype(config.floatx()))


def bartlett(x):
    """Returns a window that rises from 0 to 1 and falls again, in straight lines.

    Args:
        x: Its length.

    >>> bartlett(5).tolist()
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return _window(np.bartlett(_length(x)))


def blackman(x):
    """Returns a window 0.42 - 0.5 cos(t) + 0.08 cos(2 t), t from 0 to 2 pi.

    >>> [round(v, 2) + 0 for v in blackman(5).tolist()]
    [0.0, 0.34, 1.0, 0.34, 0.0]
    """
    return _window(np.blackman(_length(x)))


def hamming(x):
    """Returns a window 0.54 - 0.46 cos(t), t from 0 to 2 pi.

    >>> [round(v, 2) for v in hamming(5).tolist()]
    [0.08, 0.54, 1.0, 0.54, 0.08]
    """
    return _window(np.hamming(_length(x)))


def hanning(x):
    """Returns a window 0.5 - 0.5 cos(t), t from 0 to 2 pi (J. von Hann).

    >>> [round(v, 2) for v in hanning(5).tolist()]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return _window(np.hanning(_length(x)))


def kaiser(x, beta):
    """Returns a window I0(beta sqrt(1 - t^2)) / I0(beta), t from -1 to 1 (J. Kaiser).

    Args:
        x: Its length.
        beta: How narrow it is: 0 is no window, 14 a narrow one. May be a tensor.

    >>> [round(v, 4) for v in kaiser(3, 2.0).tolist()]
    [0.4387, 1.0, 0.4387]
    """
    length = _length(x)
    places = np.linspace(-1, 1, length) if length > 1 else np.zeros(max(length, 0))
    return divide(i0(multiply(beta, _window(np.sqrt(1 - places**2)))), i0(beta))


# Special functions ------------------------------------------------------------------

NODES = 64


@primitive(shape=shapes.same, dtype=dtypes.widening, is_whole=True)
def bessel(x, *, degree: int, out=None):
    """Modified Bessel function of the first kind, of a whole order.

    The mean of cosh(x cos t) cos(degree t), with sinh if the degree is odd, over a
    quarter turn (F. Bessel's integral). The function is periodic, so the mean of 64
    values in the middle of equal steps is exact to rounding, up to where it overflows.
    """
    if degree == 0:
        return deliver(np.i0(x).astype(x.dtype), out)
    angles = (np.arange(NODES) + 0.5) * (np.pi / 2 / NODES)
    waves = (np.sinh if degree % 2 else np.cosh)(np.multiply.outer(x, np.cos(angles)))
    mean = np.matmul(waves, np.cos(degree * angles) / NODES)
    return deliver(np.asarray(mean, x.dtype), out)


def _bessel_slope(g, x, degree):
    lower, higher = bessel(x, degree=abs(degree - 1)), bessel(x, degree=degree + 1)
    return multiply(g, multiply(add(lower, higher), 0.5))


bessel.grad(x=_bessel_slope)


@operation
def i0(x):
    """Returns the modified Bessel function of the first kind, order 0.

    I0(x) = sum over k of (x / 2)^(2 k) / (k!)^2

    >>> round(float(i0(1.0)), 4)
    1.2661
    """
    return bessel(x, degree=0)


def _scaled_dtypes(x1, x2):
    if not dtypes.is_int(x2):
        raise TypeError(
            f"ldexp: x2 must hold whole numbers, got dtype {dtypes.standardize(x2)}. "
            "Try ops.cast(x2, 'int32')."
        )
    _, floats = dtypes.floating(x1)
    return (floats, "int32"), floats


@primitive(shape=shapes.broadcast, kind="ufunc", dtype=_scaled_dtypes)
def scale_by_power(x1, x2, *, out=None):
    """Multiplies by 2 to the power of a whole number."""
    return np.ldexp(x1, x2, out=out)


scale_by_power.grad(x1=lambda g, x2: scale_by_power(g, x2))


@operation
def ldexp(x1, x2):
    """Returns x1 * 2 ** x2, exactly and without overflow on the way.

    Args:
        x1: Tensor.
        x2: Tensor of whole numbers.

    >>> ldexp([0.75, 1.5], [1, 2]).tolist()
    [1.5, 6.0]
    """
    return scale_by_power(convert_to_tensor(x1), convert_to_tensor(x2))
