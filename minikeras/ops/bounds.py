"""The larger and the smaller of two, limits, and rounding.

Where two arguments are equal, each gets half of the gradient, as in JAX.
"""

import numpy as np

from ..tensor import dtypes, primitive, shapes
from .arithmetic import multiply
from .common import no_influence, room
from .logic import choose, isfinite

unary = primitive(shape=shapes.same, kind="ufunc")
unary_float = primitive(shape=shapes.same, kind="ufunc", dtype=dtypes.floating)
binary = primitive(shape=shapes.broadcast, kind="ufunc")
counted = primitive(shape=shapes.broadcast, dtype=dtypes.counting)
binary_float = primitive(shape=shapes.broadcast, kind="ufunc", dtype=dtypes.floating)


__all__ = [
    "ceil",
    "clip",
    "floor",
    "fmax",
    "fmin",
    "maximum",
    "minimum",
    "nan_to_num",
    "nextafter",
    "round",
    "trunc",
]

# The larger, the smaller ------------------------------------------------------------


@binary
def maximum(x1, x2, *, out=None):
    """Returns the larger of two, elementwise; NaN where one is NaN.

    >>> maximum([1.0, 5.0], 3.0).tolist()
    [3.0, 5.0]
    """
    return np.maximum(x1, x2, out=out)


@binary
def minimum(x1, x2, *, out=None):
    """Returns the smaller of two, elementwise; NaN where one is NaN."""
    return np.minimum(x1, x2, out=out)


@binary
def fmax(x1, x2, *, out=None):
    """Returns the larger of two, elementwise; a NaN loses."""
    return np.fmax(x1, x2, out=out)


@binary
def fmin(x1, x2, *, out=None):
    """Returns the smaller of two, elementwise; a NaN loses."""
    return np.fmin(x1, x2, out=out)


@binary
def to_larger(dy, x1, x2, *, out=None):
    """Hands dy on where x1 > x2, and half of it where they are equal."""
    share = np.add(np.greater(x1, x2), np.greater_equal(x1, x2), dtype=dy.dtype)
    return np.multiply(dy, np.multiply(share, 0.5), out=out)


to_larger.grad(
    dy=lambda g, x1, x2: to_larger(g, x1, x2), x1=no_influence, x2=no_influence
)
maximum.grad(
    x1=lambda g, x1, x2: to_larger(g, x1, x2), x2=lambda g, x1, x2: to_larger(g, x2, x1)
)
minimum.grad(
    x1=lambda g, x1, x2: to_larger(g, x2, x1), x2=lambda g, x1, x2: to_larger(g, x1, x2)
)
fmax.grad(
    x1=lambda g, x1, x2: to_larger(g, x1, x2), x2=lambda g, x1, x2: to_larger(g, x2, x1)
)
fmin.grad(
    x1=lambda g, x1, x2: to_larger(g, x2, x1), x2=lambda g, x1, x2: to_larger(g, x1, x2)
)


@counted
def clip(x, x_min, x_max, *, out=None):
    """Moves values outside [x_min, x_max] to its nearer end.

    >>> clip([-1.0, 0.5, 2.0], 0.0, 1.0).tolist()
    [0.0, 0.5, 1.0]
    """
    return np.minimum(np.maximum(x, x_min, out=out), x_max, out=out)


@binary
def to_inside(dy, x, x_min, x_max, *, out=None):
    """Hands dy on where x_min < x < x_max, and half of it at the two ends."""
    inside = np.logical_and(np.greater_equal(x, x_min), np.less_equal(x, x_max))
    within = np.logical_and(np.greater(x, x_min), np.less(x, x_max))
    share = np.add(inside, within, dtype=dy.dtype)
    return np.multiply(dy, np.multiply(share, 0.5), out=out)


to_inside.grad(
    dy=lambda g, x, x_min, x_max: to_inside(g, x, x_min, x_max),
    x=no_influence,
    x_min=no_influence,
    x_max=no_influence,
)
clip.grad(
    x=lambda g, x, x_min, x_max: to_inside(g, x, x_min, x_max),
    x_min=lambda g, x, x_min: to_larger(g, x_min, x),
    x_max=lambda g, x, x_max: to_larger(g, x, x_max),
)

# Rounding (gradient zero) -----------------------------------------------------------


@unary_float
def floor(x, *, out=None):
    """Rounds down to a whole number."""
    return np.floor(x, out=out)


@unary_float
def ceil(x, *, out=None):
    """Rounds up to a whole number."""
    return np.ceil(x, out=out)


@unary
def trunc(x, *, out=None):
    """Rounds towards 0."""
    return np.trunc(x, out=out)


@primitive(shape=shapes.same, kind="ufunc", dtype=dtypes.counting)
def round(x, *, decimals: int = 0, out=None):
    """Rounds to the nearest value of so many decimals; halves go to the even one.

    >>> round([0.5, 1.5, 2.26]).tolist()
    [0.0, 2.0, 2.0]
    """
    return np.round(x, decimals, out=out)


floor.grad(x=lambda g: multiply(g, 0.0))
ceil.grad(x=lambda g: multiply(g, 0.0))
trunc.grad(x=lambda g: multiply(g, 0.0))
round.grad(x=lambda g: multiply(g, 0.0))


@binary_float
def nextafter(x1, x2, *, out=None):
    """Returns the next number after x1 that the dtype has, towards x2."""
    return np.nextafter(x1, x2, out=out)


@unary
def nan_to_num(x, *, nan=0.0, posinf=None, neginf=None, out=None):
    """Replaces NaN and infinities by numbers.

    Args:
        x: Tensor.
        nan: Replaces NaN.
        posinf: Replaces plus infinity; None: the largest finite number.
        neginf: Replaces minus infinity; None: the smallest finite number.
    """
    out = room(x, out)
    np.copyto(out, x)
    if x.dtype.kind == "f":
        limits = np.finfo(x.dtype)
        highest = limits.max.item() if posinf is None else posinf
        lowest = limits.min.item() if neginf is None else neginf
        np.copyto(out, nan, where=np.isnan(x))
        np.copyto(out, highest, where=np.equal(x, np.inf))
        np.copyto(out, lowest, where=np.equal(x, -np.inf))
    return out


nan_to_num.grad(x=lambda g, x: choose(isfinite(x), g, 0))
