"""Elementwise arithmetic, with NumPy's broadcasting and Keras's dtype promotion.

Kernels and gradient rules stand side by side; the rules are primitives again.
"""

import numpy as np

from ..tensor import add, dtypes, primitive, shapes
from .common import first_array, room
from .logic import choose, equal, greater

__all__ = [
    "abs",
    "absolute",
    "add",
    "cbrt",
    "conj",
    "conjugate",
    "divide",
    "divide_no_nan",
    "fabs",
    "floor_divide",
    "fmod",
    "heaviside",
    "hypot",
    "mod",
    "multiply",
    "negative",
    "power",
    "reciprocal",
    "rsqrt",
    "sign",
    "sqrt",
    "square",
    "subtract",
    "true_divide",
]

unary = primitive(shape=shapes.same, kind="ufunc")
unary_float = primitive(shape=shapes.same, kind="ufunc", dtype=dtypes.floating)
counted = primitive(shape=shapes.broadcast, dtype=dtypes.counting, kind="ufunc")
binary = primitive(shape=shapes.broadcast, kind="ufunc")
binary_float = primitive(shape=shapes.broadcast, kind="ufunc", dtype=dtypes.floating)
binary_wide = primitive(shape=shapes.broadcast, kind="ufunc", dtype=dtypes.widening)

# The four operations ----------------------------------------------------------------


@binary
def subtract(x1, x2, *, out=None):
    """Subtracts elementwise.

    >>> subtract([3.0, 4.0], 1.0).tolist()
    [2.0, 3.0]
    """
    return np.subtract(x1, x2, out=out)


subtract.grad(x1=lambda g: g, x2=lambda g: negative(g))


@binary
def multiply(x1, x2, *, out=None):
    """Multiplies elementwise.

    >>> multiply([3.0, 4.0], 2.0).tolist()
    [6.0, 8.0]
    """
    return np.multiply(x1, x2, out=out)


multiply.grad(x1=lambda g, x2: multiply(g, x2), x2=lambda g, x1: multiply(g, x1))


@binary_float
def divide(x1, x2, *, out=None):
    """Divides elementwise; integers give floats.

    >>> divide([3, 4], 2).tolist()
    [1.5, 2.0]
    """
    return np.true_divide(x1, x2, out=out)


divide.grad(
    x1=lambda g, x2: divide(g, x2),
    x2=lambda g, out, x2: negative(divide(multiply(g, out), x2)),
)


@binary_float
def true_divide(x1, x2, *, out=None):
    """Divides elementwise; integers give floats. The same as `divide`."""
    return np.true_divide(x1, x2, out=out)


true_divide.grad(
    x1=lambda g, x2: divide(g, x2),
    x2=lambda g, out, x2: negative(divide(multiply(g, out), x2)),
)


@binary_float
def divide_no_nan(x1, x2, *, out=None):
    """Divides elementwise; what would be divided by 0 gives 0.

    >>> divide_no_nan([3.0, 4.0], [2.0, 0.0]).tolist()
    [1.5, 0.0]
    """
    shape = np.broadcast_shapes(np.shape(x1), np.shape(x2))
    out = room(first_array(x1, x2), out, shape)
    zero = np.equal(x2, 0)
    np.true_divide(x1, np.add(x2, zero), out=out)  # by 1 in the place of 0
    np.copyto(out, 0, where=zero)
    return out


divide_no_nan.grad(
    x1=lambda g, x2: divide_no_nan(g, x2),
    x2=lambda g, out, x2: negative(divide_no_nan(multiply(g, out), x2)),
)


@counted
def floor_divide(x1, x2, *, out=None):
    """Divides elementwise and rounds down; the gradient is zero.

    >>> floor_divide([5, -5], 2).tolist()
    [2, -3]
    """
    return np.floor_divide(x1, x2, out=out)


floor_divide.grad(x1=lambda g: multiply(g, 0.0), x2=lambda g: multiply(g, 0.0))


@counted
def mod(x1, x2, *, out=None):
    """Returns the remainder x1 - floor(x1 / x2) * x2, which has the sign of x2.

    >>> mod([5, -5], 3).tolist()
    [2, 1]
    """
    return np.mod(x1, x2, out=out)


mod.grad(
    x1=lambda g: g,
    x2=lambda g, out, x1, x2: multiply(g, divide(subtract(out, x1), x2)),
)


@counted
def fmod(x1, x2, *, out=None):
    """Returns the remainder of C, which has the sign of x1."""
    return np.fmod(x1, x2, out=out)


fmod.grad(
    x1=lambda g: g,
    x2=lambda g, out, x1, x2: multiply(g, divide(subtract(out, x1), x2)),
)

# Powers -----------------------------------------------------------------------------

# np.power is slow: small exponents have kernels of their own, no less precise.
_FAST_POWERS = {1: np.positive, 2: np.square, 0.5: np.sqrt, -1: np.reciprocal}


@counted
def power(x1, x2, *, out=None):
    """Raises x1 to the power x2, elementwise.

    >>> power([2.0, 3.0], 2).tolist()
    [4.0, 9.0]
    """
    if type(x2) in (int, float) and x2 in _FAST_POWERS and x1.dtype.kind == "f":
        return _FAST_POWERS[x2](x1, out=out)
    return np.power(x1, x2, out=out)


def _exponent_of_slope(x2):
    """x2 - 1, but anything where x2 is 0 and the slope is 0 * x1 ** anything."""
    if type(x2) in (int, float):
        return x2 - 1 if x2 else 1
    return choose(equal(x2, 0), 1, subtract(x2, 1))


@unary_float
def log_or_zero(x, *, out=None):
    """log(x) where x > 0, elsewhere 0."""
    return np.log(np.where(np.greater(x, 0), x, 1), out=out)


log_or_zero.grad(x=lambda g, x: choose(greater(x, 0), divide_no_nan(g, x), 0))

power.grad(
    x1=lambda g, x1, x2: multiply(g, multiply(x2, power(x1, _exponent_of_slope(x2)))),
    x2=lambda g, out, x1: multiply(g, multiply(out, log_or_zero(x1))),
)


@primitive(shape=shapes.same, dtype=dtypes.counting, kind="ufunc")
def square(x, *, out=None):
    """Squares elementwise.

    >>> square([1.0, -2.0]).tolist()
    [1.0, 4.0]
    """
    return np.square(x, out=out)


square.grad(x=lambda g, x: multiply(g, multiply(x, 2.0)))


@unary_float
def sqrt(x, *, out=None):
    """Returns the square root elementwise."""
    return np.sqrt(x, out=out)


sqrt.grad(x=lambda g, out: divide(g, multiply(out, 2.0)))


@unary_float
def rsqrt(x, *, out=None):
    """Returns 1 / sqrt(x) elementwise.

    >>> rsqrt([4.0]).tolist()
    [0.5]
    """
    return np.reciprocal(np.sqrt(x, out=out), out=out)


rsqrt.grad(x=lambda g, out, x: multiply(g, divide(multiply(out, -0.5), x)))


@primitive(shape=shapes.same, kind="ufunc", dtype=dtypes.widening)
def cbrt(x, *, out=None):
    """Returns the cube root elementwise."""
    return np.cbrt(x, out=out)


cbrt.grad(x=lambda g, out: divide(g, multiply(square(out), 3.0)))


@unary_float
def reciprocal(x, *, out=None):
    """Returns 1 / x elementwise."""
    return np.reciprocal(x, out=out)


reciprocal.grad(x=lambda g, out: negative(multiply(g, square(out))))


@binary_wide
def hypot(x1, x2, *, out=None):
    """Returns sqrt(x1 ** 2 + x2 ** 2), without overflow.

    >>> float(hypot(3.0, 4.0))
    5.0
    """
    return np.hypot(x1, x2, out=out)


hypot.grad(
    x1=lambda g, x1, out: divide_no_nan(multiply(g, x1), out),
    x2=lambda g, x2, out: divide_no_nan(multiply(g, x2), out),
)

# Signs ------------------------------------------------------------------------------


@unary
def negative(x, *, out=None):
    """Turns the sign over."""
    return np.negative(x, out=out)


negative.grad(x=lambda g: negative(g))


@unary
def absolute(x, *, out=None):
    """Returns the distance from 0.

    >>> absolute([-1.5, 2.0]).tolist()
    [1.5, 2.0]
    """
    return np.absolute(x, out=out)


abs = absolute


@unary_float
def fabs(x, *, out=None):
    """Returns the distance from 0, as a float."""
    return np.fabs(x, out=out)


@unary
def sign(x, *, out=None):
    """Returns -1, 0 or 1; the gradient is zero."""
    return np.sign(x, out=out)


@unary
def conjugate(x, *, out=None):
    """Turns over the sign of imaginary parts; real numbers stay as they are.

    >>> conjugate([1 + 2j]).tolist()
    [(1-2j)]
    """
    if x.dtype.kind == "c":
        return np.conjugate(x, out=out)
    out = room(x, out)
    np.copyto(out, x)
    return out


conj = conjugate
conjugate.grad(x=lambda g: conjugate(g))


def _absolute_slope(g, x):
    if x.dtype.kind == "c":
        return multiply(g, divide_no_nan(conjugate(x), absolute(x)))
    return multiply(g, sign(x))


absolute.grad(x=_absolute_slope)
fabs.grad(x=lambda g, x: multiply(g, sign(x)))
sign.grad(x=lambda g: multiply(g, 0.0))


@binary_wide
def heaviside(x1, x2, *, out=None):
    """Returns 0 where x1 < 0, 1 where x1 > 0, and x2 where x1 is 0."""
    return np.heaviside(x1, x2, out=out)


heaviside.grad(
    x1=lambda g: multiply(g, 0.0), x2=lambda g, x1: choose(equal(x1, 0), g, 0)
)
