"""Integers bit by bit, and their divisors."""

import numpy as np

from ..tensor import dtypes, primitive, shapes

__all__ = [
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "gcd",
    "lcm",
    "left_shift",
    "right_shift",
]

bitwise = primitive(shape=shapes.broadcast, kind="ufunc")
shifting = primitive(shape=shapes.broadcast, kind="ufunc", dtype=dtypes.counting)


@bitwise
def bitwise_and(x, y, *, out=None):
    """Combines integers bit by bit: both.

    >>> int(bitwise_and(6, 3)), int(bitwise_or(6, 3)), int(bitwise_xor(6, 3))
    (2, 7, 5)
    """
    return np.bitwise_and(x, y, out=out)


@bitwise
def bitwise_or(x, y, *, out=None):
    """Combines integers bit by bit: at least one."""
    return np.bitwise_or(x, y, out=out)


@bitwise
def bitwise_xor(x, y, *, out=None):
    """Combines integers bit by bit: exactly one."""
    return np.bitwise_xor(x, y, out=out)


@primitive(shape=shapes.same, kind="ufunc")
def bitwise_invert(x, *, out=None):
    """Turns every bit over."""
    return np.invert(x, out=out)


@shifting
def bitwise_left_shift(x, y, *, out=None):
    """Moves bits y places up: x * 2 ** y."""
    return np.left_shift(x, y, out=out)


@shifting
def bitwise_right_shift(x, y, *, out=None):
    """Moves bits y places down: floor(x / 2 ** y)."""
    return np.right_shift(x, y, out=out)


@bitwise
def gcd(x1, x2, *, out=None):
    """Returns the greatest common divisor of two integers."""
    return np.gcd(x1, x2, out=out)


@bitwise
def lcm(x1, x2, *, out=None):
    """Returns the least common multiple of two integers."""
    return np.lcm(x1, x2, out=out)


bitwise_not = bitwise_invert
left_shift = bitwise_left_shift
right_shift = bitwise_right_shift
