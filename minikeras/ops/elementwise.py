"""Exponentials, logarithms, trigonometric and hyperbolic functions, the error function.

Each function has its derivative beside it. Integers become floats first.
"""

import math

import numpy as np

from ..tensor import dtypes, primitive, shapes
from .arithmetic import (
    add,
    divide,
    divide_no_nan,
    hypot,
    multiply,
    negative,
    rsqrt,
    square,
    subtract,
)
from .common import room

__all__ = [
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cos",
    "cosh",
    "deg2rad",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logaddexp2",
    "rad2deg",
    "sin",
    "sinc",
    "sinh",
    "tan",
    "tanh",
]

unary = primitive(shape=shapes.same, kind="ufunc", dtype=dtypes.floating)
unary_wide = primitive(shape=shapes.same, kind="ufunc", dtype=dtypes.widening)
binary = primitive(shape=shapes.broadcast, kind="ufunc", dtype=dtypes.strong_floats)

# Exponentials and logarithms --------------------------------------------------------


@unary
def exp(x, *, out=None):
    """Returns e ** x elementwise.

    >>> exp([0.0]).tolist()
    [1.0]
    """
    return np.exp(x, out=out)


exp.grad(x=lambda g, out: multiply(g, out))


@unary
def exp2(x, *, out=None):
    """Returns 2 ** x elementwise."""
    return np.exp2(x, out=out)


exp2.grad(x=lambda g, out: multiply(g, multiply(out, math.log(2))))


@unary
def expm1(x, *, out=None):
    """Returns e ** x - 1, precise near 0."""
    return np.expm1(x, out=out)


expm1.grad(x=lambda g, out: multiply(g, add(out, 1.0)))


@unary
def log(x, *, out=None):
    """Returns the natural logarithm elementwise.

    >>> log([1.0]).tolist()
    [0.0]
    """
    return np.log(x, out=out)


log.grad(x=lambda g, x: divide(g, x))


@unary
def log1p(x, *, out=None):
    """Returns log(1 + x), precise near 0."""
    return np.log1p(x, out=out)


log1p.grad(x=lambda g, x: divide(g, add(x, 1.0)))


@unary
def log2(x, *, out=None):
    """Returns the logarithm to base 2 elementwise."""
    return np.log2(x, out=out)


log2.grad(x=lambda g, x: divide(g, multiply(x, math.log(2))))


@unary
def log10(x, *, out=None):
    """Returns the logarithm to base 10 elementwise."""
    return np.log10(x, out=out)


log10.grad(x=lambda g, x: divide(g, multiply(x, math.log(10))))


@binary
def logaddexp(x1, x2, *, out=None):
    """Returns log(e ** x1 + e ** x2), without overflow."""
    return np.logaddexp(x1, x2, out=out)


logaddexp.grad(
    x1=lambda g, x1, out: multiply(g, exp(subtract(x1, out))),
    x2=lambda g, x2, out: multiply(g, exp(subtract(x2, out))),
)


@binary
def logaddexp2(x1, x2, *, out=None):
    """Returns log2(2 ** x1 + 2 ** x2), without overflow."""
    return np.logaddexp2(x1, x2, out=out)


logaddexp2.grad(
    x1=lambda g, x1, out: multiply(g, exp2(subtract(x1, out))),
    x2=lambda g, x2, out: multiply(g, exp2(subtract(x2, out))),
)

# Trigonometric functions ------------------------------------------------------------


@unary
def sin(x, *, out=None):
    """Returns the sine of x radians."""
    return np.sin(x, out=out)


@unary
def cos(x, *, out=None):
    """Returns the cosine of x radians."""
    return np.cos(x, out=out)


@unary
def tan(x, *, out=None):
    """Returns the tangent of x radians."""
    return np.tan(x, out=out)


@unary
def arcsin(x, *, out=None):
    """Returns the angle in [-pi/2, pi/2] that has the sine x."""
    return np.arcsin(x, out=out)


@unary
def arccos(x, *, out=None):
    """Returns the angle in [0, pi] that has the cosine x."""
    return np.arccos(x, out=out)


@unary
def arctan(x, *, out=None):
    """Returns the angle in [-pi/2, pi/2] that has the tangent x."""
    return np.arctan(x, out=out)


@binary
def arctan2(x1, x2, *, out=None):
    """Returns the angle in [-pi, pi] of the point with height x1 and width x2.

    >>> float(arctan2(0.0, 1.0))
    0.0
    """
    return np.arctan2(x1, x2, out=out)


@unary_wide
def deg2rad(x, *, out=None):
    """Turns degrees into radians."""
    return np.deg2rad(x, out=out)


@unary_wide
def rad2deg(x, *, out=None):
    """Turns radians into degrees."""
    return np.rad2deg(x, out=out)


def _rest(x):
    """1 - x ** 2."""
    return subtract(1.0, square(x))


def _squared_radius(x1, x2):
    return square(hypot(x1, x2))


sin.grad(x=lambda g, x: multiply(g, cos(x)))
cos.grad(x=lambda g, x: negative(multiply(g, sin(x))))
tan.grad(x=lambda g, out: multiply(g, add(square(out), 1.0)))
arcsin.grad(x=lambda g, x: multiply(g, rsqrt(_rest(x))))
arccos.grad(x=lambda g, x: negative(multiply(g, rsqrt(_rest(x)))))
arctan.grad(x=lambda g, x: divide(g, add(square(x), 1.0)))
arctan2.grad(
    x1=lambda g, x1, x2: divide(multiply(g, x2), _squared_radius(x1, x2)),
    x2=lambda g, x1, x2: negative(divide(multiply(g, x1), _squared_radius(x1, x2))),
)
deg2rad.grad(x=lambda g: multiply(g, math.pi / 180))
rad2deg.grad(x=lambda g: multiply(g, 180 / math.pi))


@primitive(shape=shapes.same, dtype=dtypes.floating)
def sinc(x, *, out=None):
    """Returns sin(pi x) / (pi x), which is 1 at 0."""
    turned = np.multiply(np.where(np.equal(x, 0), 1e-20, x), np.pi, dtype=x.dtype)
    return np.divide(np.sin(turned), turned, out=out)


sinc.grad(
    x=lambda g, x, out: multiply(
        g, divide_no_nan(subtract(cos(multiply(x, math.pi)), out), x)
    )
)

# Hyperbolic functions ---------------------------------------------------------------


@unary
def sinh(x, *, out=None):
    """Returns the hyperbolic sine elementwise."""
    return np.sinh(x, out=out)


@unary
def cosh(x, *, out=None):
    """Returns the hyperbolic cosine elementwise."""
    return np.cosh(x, out=out)


@unary
def tanh(x, *, out=None):
    """Returns the hyperbolic tangent elementwise, between -1 and 1.

    tanh(x) = (e^x - e^-x) / (e^x + e^-x)

    >>> tanh([0.0]).tolist()
    [0.0]
    """
    return np.tanh(x, out=out)


@unary
def arcsinh(x, *, out=None):
    """Returns the number that has the hyperbolic sine x."""
    return np.arcsinh(x, out=out)


@unary
def arccosh(x, *, out=None):
    """Returns the number from 0 up that has the hyperbolic cosine x."""
    return np.arccosh(x, out=out)


@unary
def arctanh(x, *, out=None):
    """Returns the number that has the hyperbolic tangent x."""
    return np.arctanh(x, out=out)


@primitive(shape=shapes.same)
def tanh_grad(dy, y, *, out=None):
    """dy * (1 - y ** 2), with y = tanh(x)."""
    slope = np.square(y, out=room(y, out))
    np.subtract(1, slope, out=slope)
    return np.multiply(dy, slope, out=slope)


sinh.grad(x=lambda g, x: multiply(g, cosh(x)))
cosh.grad(x=lambda g, x: multiply(g, sinh(x)))
tanh.grad(x=lambda g, out: tanh_grad(g, out))
tanh_grad.grad(
    dy=lambda g, y: tanh_grad(g, y),
    y=lambda g, dy, y: multiply(multiply(g, dy), multiply(y, -2.0)),
)
arcsinh.grad(x=lambda g, x: multiply(g, rsqrt(add(square(x), 1.0))))
arccosh.grad(x=lambda g, x: multiply(g, rsqrt(subtract(square(x), 1.0))))
arctanh.grad(x=lambda g, x: divide(g, _rest(x)))

# The error function -----------------------------------------------------------------

# W. J. Cody, "Rational Chebyshev approximation for the error function", Math. Comp. 23
# (1969): |x| below 0.47, up to 4, and above. Highest power first.
_SMALL = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2,
     3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
     2.84423683343917062e3),
)  # fmt: skip
_MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594,
     6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
     1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
     1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3,
     3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
_LARGE = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
     1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1,
     6.05183413124413191e-2, 2.33520497626869185e-3),
)  # fmt: skip


# For float32, fitted to erf(x) / x for |x| up to 3.92. It reaches 1 at 4.
_SINGLE = (
    (2.050085199249e-6, 2.848806170564e-4, 3.765560787867e-3, 5.274854524762e-2,
     1.904052820523e-1, 1.128379146167),
    (3.809158332668e-5, 1.162520345485e-3, 1.496910410941e-2, 1.141086036042e-1,
     5.020750289243e-1, 1.0),
)  # fmt: skip


def _rational(table, x):
    above, below = (_polynomial(row, x) for row in table)
    return np.divide(above, below, out=above)


def _polynomial(coefficients, x):
    first, *others, last = coefficients
    total = np.multiply(x, first, out=np.empty_like(x))
    for coefficient in others:
        np.add(total, coefficient, out=total)
        np.multiply(total, x, out=total)
    return np.add(total, last, out=total)


def _erf_single(x, out):
    inside = np.minimum(np.maximum(x, -4), 4)
    y = _rational(_SINGLE, np.square(inside))
    np.multiply(y, inside, out=y)
    return np.minimum(np.maximum(y, -1, out=y), 1, out=out)


def _erfc_scaled(x):
    """erfc(x) * exp(x ** 2) for x from 0.46875 up."""
    middle = _rational(_MIDDLE, np.minimum(x, 4))
    inverse = np.reciprocal(np.square(np.maximum(x, 4)))
    tail = 1 / math.sqrt(math.pi) - inverse * _rational(_LARGE, inverse)
    return np.where(np.less_equal(x, 4), middle, tail / np.maximum(x, 4))


def _erf_near_zero(x):
    return x * _rational(_SMALL, np.square(x))


def _erfc_of_size(size):
    """erfc of numbers from 0.46875 up; 0 where it underflows."""
    size = np.minimum(size, 26 if size.dtype == np.float64 else 9)
    # exp(-x^2) in two factors: the square of a rounded x is exact
    rounded = np.trunc(size * 16) / 16
    rest = (size - rounded) * (size + rounded)
    return np.exp(-np.square(rounded)) * np.exp(-rest) * _erfc_scaled(size)


@unary
def erf(x, *, out=None):
    """Returns the error function, 2 / sqrt(pi) * integral of exp(-t^2) from 0 to x.

    (Cody, 1969)

    >>> [round(v, 4) for v in erf([0.0, 1.0]).tolist()]
    [0.0, 0.8427]
    """
    if x.dtype == np.float32:
        return _erf_single(x, out)
    size = np.absolute(x)
    near = _erf_near_zero(np.minimum(size, 0.46875))
    far = 1 - _erfc_of_size(np.maximum(size, 0.46875))
    return np.copysign(np.where(np.less_equal(size, 0.46875), near, far), x, out=out)


@unary
def erfc(x, *, out=None):
    """Returns 1 - erf(x), precise for large x."""
    near = 1 - _erf_near_zero(np.clip(x, -0.46875, 0.46875))
    far = _erfc_of_size(np.maximum(np.absolute(x), 0.46875))
    far = np.where(np.less(x, 0), 2 - far, far)
    result = np.where(np.less_equal(np.absolute(x), 0.46875), near, far)
    return np.positive(result, out=out)


def _bell(x, height: float):
    """height * exp(-x ** 2)."""
    return multiply(exp(negative(square(x))), height)


erf.grad(x=lambda g, x: multiply(g, _bell(x, 2 / math.sqrt(math.pi))))
erfc.grad(x=lambda g, x: multiply(g, _bell(x, -2 / math.sqrt(math.pi))))


@primitive(shape=shapes.same, dtype=dtypes.floating)
def erfinv(x, *, out=None):
    """Returns the number whose error function is x, for x between -1 and 1.

    Winitzki's estimate, improved by Newton steps on erf.

    >>> round(float(erfinv(0.8427008)), 4)
    1.0
    """
    size = np.absolute(x, dtype="float64")
    inside = np.minimum(size, 1 - 1e-16)
    root = _winitzki(inside)
    for _ in range(3):
        slope = np.exp(-np.square(root)) * (2 / math.sqrt(math.pi))
        root = root + (erfc.kernel(root) - (1 - inside)) / slope
    root = np.where(size < 1, root, np.where(size == 1, np.inf, np.nan))
    return np.copysign(root, x, out=room(x, out), casting="unsafe")


def _winitzki(x):
    """S. Winitzki's closed form (2008), good to 2e-3."""
    log_rest = np.log1p(-np.square(x))
    a = 0.147
    half = 2 / (math.pi * a) + log_rest / 2
    return np.sqrt(np.sqrt(np.square(half) - log_rest / a) - half)


erfinv.grad(
    x=lambda g, out: multiply(g, multiply(exp(square(out)), math.sqrt(math.pi) / 2))
)
