"""Activation functions that are exactly 0, and exactly 1 or x, in wide ranges."""

from ..tensor import operation
from .arithmetic import add, divide, multiply, square, subtract
from .bounds import clip, maximum
from .creation import ones_like
from .logic import choose, greater
from .movement import flip
from .reductions import cumsum, sum
from .sorting import sort

__all__ = ["sparse_plus", "sparse_sigmoid", "sparsemax"]


@operation
def sparse_plus(x):
    """Returns a smooth `relu` that is exactly 0 below -1 and x above 1.

    0 for x <= -1, (x + 1)^2 / 4 between, x for x >= 1
    """
    between = multiply(square(add(clip(x, -1.0, 1.0), 1.0)), 0.25)
    return choose(greater(x, 1.0), x, between)


@operation
def sparse_sigmoid(x):
    """Returns a sigmoid that reaches 0 at -1 and 1 at 1.

    0 for x <= -1, (x + 1) / 2 between, 1 for x >= 1  (Martins and Astudillo, 2016)
    """
    return clip(multiply(add(x, 1.0), 0.5), 0.0, 1.0)


@operation
def sparsemax(x, axis=-1):
    """Returns values with many zeros among them.

    max(x - t, 0), with t from the s largest elements of x that stand out:
    t = (c_1 + ... + c_s - 1) / s, where c_i is the sum of the i largest

    This is Keras's formula. In the paper (Martins and Astudillo, 2016) it is
    t = (c_s - 1) / s, so that the values add up to 1; the two agree where s is 1.

    >>> sparsemax([-1.0, 0.0, 1.0]).tolist()
    [0.0, 0.0, 1.0]
    """
    falling = flip(sort(x, axis=axis), axis=axis)
    sums = cumsum(falling, axis=axis)
    places = cumsum(ones_like(falling), axis=axis)
    support = greater(add(multiply(places, falling), 1.0), sums)
    size = sum(choose(support, ones_like(sums), 0.0), axis=axis, keepdims=True)
    total = sum(choose(support, sums, 0.0), axis=axis, keepdims=True)
    return maximum(subtract(x, divide(subtract(total, 1.0), size)), 0.0)
