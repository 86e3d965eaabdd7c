"""Comparisons, truth values, and choosing between two tensors.

Results of comparisons are bool and carry no gradient.
"""

import numpy as np

from ..tensor import (
    convert_to_tensor,
    dtypes,
    operation,
    primitive,
    shapes,
)
from .common import room

__all__ = [
    "equal",
    "greater",
    "greater_equal",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "nonzero",
    "not_equal",
    "signbit",
    "where",
]

comparison = primitive(shape=shapes.broadcast, dtype=dtypes.boolean)
connective = primitive(shape=shapes.broadcast, dtype=dtypes.fixed("bool"))
test = primitive(shape=shapes.same, dtype=dtypes.fixed("bool"))

# Comparisons ------------------------------------------------------------------------


@comparison
def equal(x1, x2, *, out=None):
    """Tells elementwise whether x1 = x2.

    >>> equal([1, 2], [1, 3]).tolist()
    [True, False]
    """
    return np.equal(x1, x2, out=out)


@comparison
def not_equal(x1, x2, *, out=None):
    """Tells elementwise whether x1 and x2 differ."""
    return np.not_equal(x1, x2, out=out)


@comparison
def less(x1, x2, *, out=None):
    """Tells elementwise whether x1 < x2."""
    return np.less(x1, x2, out=out)


@comparison
def less_equal(x1, x2, *, out=None):
    """Tells elementwise whether x1 <= x2."""
    return np.less_equal(x1, x2, out=out)


@comparison
def greater(x1, x2, *, out=None):
    """Tells elementwise whether x1 > x2."""
    return np.greater(x1, x2, out=out)


@comparison
def greater_equal(x1, x2, *, out=None):
    """Tells elementwise whether x1 >= x2."""
    return np.greater_equal(x1, x2, out=out)


@operation
def isclose(x1, x2, rtol=1e-5, atol=1e-8, equal_nan=False):
    """Tells elementwise whether |x1 - x2| <= atol + rtol * |x2|.

    >>> isclose([1.0, 2.0], [1.000001, 2.1]).tolist()
    [True, False]
    """
    return near(x1, x2, rtol=rtol, atol=atol, equal_nan=equal_nan)


@comparison
def near(x1, x2, *, rtol, atol, equal_nan, out=None):
    """The kernel of `isclose`."""
    x2 = np.multiply(x2, 1.0)  # the difference of truth values is none
    with np.errstate(invalid="ignore"):
        distance = np.absolute(np.subtract(x1, x2))
    limit = np.add(np.multiply(np.absolute(x2), rtol), atol)
    close = np.logical_and(np.less_equal(distance, limit), np.isfinite(x2))
    if equal_nan:
        close = np.logical_or(close, np.logical_and(np.isnan(x1), np.isnan(x2)))
    return np.logical_or(close, np.equal(x1, x2), out=out)


# Truth values -----------------------------------------------------------------------


@connective
def logical_and(x1, x2, *, out=None):
    """Tells elementwise whether both are true (not 0).

    >>> logical_and([True, True], [True, False]).tolist()
    [True, False]
    """
    return np.logical_and(x1, x2, out=out)


@connective
def logical_or(x1, x2, *, out=None):
    """Tells elementwise whether at least one is true (not 0)."""
    return np.logical_or(x1, x2, out=out)


@connective
def logical_xor(x1, x2, *, out=None):
    """Tells elementwise whether exactly one is true (not 0)."""
    return np.logical_xor(x1, x2, out=out)


@test
def logical_not(x, *, out=None):
    """Tells elementwise whether x is false (0)."""
    return np.logical_not(x, out=out)


@test
def isnan(x, *, out=None):
    """Tells elementwise whether x is "not a number"."""
    return np.isnan(x, out=out)


@test
def isfinite(x, *, out=None):
    """Tells elementwise whether x is neither infinite nor NaN."""
    return np.isfinite(x, out=out)


@test
def isinf(x, *, out=None):
    """Tells elementwise whether x is infinite."""
    return np.isinf(x, out=out)


@test
def isposinf(x, *, out=None):
    """Tells elementwise whether x is plus infinity."""
    return np.equal(x, np.inf, out=out)


@test
def isneginf(x, *, out=None):
    """Tells elementwise whether x is minus infinity."""
    return np.equal(x, -np.inf, out=out)


@test
def isreal(x, *, out=None):
    """Tells elementwise whether x has no imaginary part."""
    out = room(x, out, dtype=bool)
    out[...] = np.equal(x.imag, 0) if np.iscomplexobj(x) else True
    return out


@test
def signbit(x, *, out=None):
    """Tells elementwise whether the sign is minus, also that of -0.0."""
    return np.signbit(x, out=out)


# Choosing ---------------------------------------------------------------------------


def _chosen(condition, *choices):
    joined = dtypes.result_type(*choices)
    return (None, joined, joined), joined


@primitive(shape=shapes.broadcast, dtype=_chosen)
def choose(condition, x1, x2, *, out=None):
    """Takes from x1 where the condition holds, elsewhere from x2."""
    if out is None:
        return np.where(condition, x1, x2)
    np.copyto(out, x2)
    np.copyto(out, x1, where=np.not_equal(condition, 0))
    return out


choose.grad(
    x1=lambda g, condition: choose(condition, g, 0),
    x2=lambda g, condition: choose(condition, 0, g),
)


@operation
def where(condition, x1=None, x2=None):
    """Takes from x1 where the condition holds, elsewhere from x2.

    Args:
        condition: Bool tensor; the three broadcast together.
        x1: Values where it is true. With neither x1 nor x2 the result is the tuple of
            index tensors where the condition holds, as of `nonzero`.
        x2: Values where it is false.

    >>> where([True, False], [1, 2], 0).tolist()
    [1, 0]
    """
    if (x1 is None) != (x2 is None):
        raise ValueError(
            "where: x1 and x2 must be given together or not at all. "
            "Try where(condition, x1, 0)."
        )
    if x1 is None:
        return nonzero(condition)
    if not hasattr(x1, "dtype") and not hasattr(x2, "dtype"):
        x1 = convert_to_tensor(x1)  # of two numbers, one says what comes out
    return choose(condition, x1, x2)


@primitive(
    shape=lambda x: [(None,)] * len(x),
    dtype=dtypes.fixed("int32"),
    is_whole=True,
)
def nonzero(x, *, out=None):
    """Returns the positions of elements that are not 0: one index tensor per axis.

    >>> [i.tolist() for i in nonzero([[0, 5], [7, 0]])]
    [[0, 1], [1, 0]]
    """
    places = np.nonzero(x)
    out = out or tuple(np.empty(i.shape, np.int32) for i in places)
    for place, into in zip(places, out, strict=True):
        into[...] = place
    return out
