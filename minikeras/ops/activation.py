"""Activation functions.

The ones that networks use most are primitives, with one primitive for their gradient
(`relu_grad`, `sigmoid_grad` ...). The rest is written in terms of others, as it stands
in the papers.
"""

import math

import numpy as np

from ..tensor import dtypes, operation, primitive, shapes
from .arithmetic import (
    abs,
    add,
    divide,
    multiply,
    negative,
    sqrt,
    square,
    subtract,
)
from .bounds import clip
from .common import no_influence, room
from .elementwise import erf, tanh
from .joining import split
from .logic import choose, greater, less

__all__ = [
    "celu",
    "elu",
    "gelu",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "log_sigmoid",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softplus",
    "softsign",
    "squareplus",
    "swish",
    "tanh_shrink",
    "threshold",
]

activation = primitive(shape=shapes.same, kind="ufunc", dtype=dtypes.floating)
slope = primitive(shape=shapes.same, kind="ufunc")


# Rectifiers -------------------------------------------------------------------------


@primitive(shape=shapes.same, dtype=dtypes.counting, kind="ufunc")
def relu(x, *, out=None):
    """Returns x where it is positive, elsewhere 0.

    max(x, 0)  (Nair and Hinton, 2010)

    >>> relu([-1.0, 2.0]).tolist()
    [0.0, 2.0]
    """
    return np.maximum(x, 0, out=out)


@slope
def relu_grad(dy, y, *, out=None):
    """dy where y = relu(x) is positive, elsewhere 0."""
    return np.multiply(dy, np.greater(y, 0), out=out)


relu.grad(x=lambda g, out: relu_grad(g, out))
relu_grad.grad(dy=lambda g, y: relu_grad(g, y), y=no_influence)


@primitive(shape=shapes.same, dtype=dtypes.floating, kind="ufunc")
def relu6(x, *, out=None):
    """Returns `relu`, but at most 6.

    min(max(x, 0), 6)  (Krizhevsky, 2010)

    >>> relu6([-1.0, 2.0, 9.0]).tolist()
    [0.0, 2.0, 6.0]
    """
    return np.minimum(np.maximum(x, 0, out=out), 6, out=out)


@slope
def relu6_grad(dy, y, *, out=None):
    """dy where y = relu6(x) is between 0 and 6, elsewhere 0."""
    return np.multiply(dy, np.logical_and(np.greater(y, 0), np.less(y, 6)), out=out)


relu6.grad(x=lambda g, out: relu6_grad(g, out))
relu6_grad.grad(dy=lambda g, y: relu6_grad(g, y), y=no_influence)


@primitive(shape=shapes.same, dtype=dtypes.floating)
def leaky_relu(x, *, negative_slope: float = 0.2, out=None):
    """Returns x where it is positive, elsewhere a fraction of x.

    x for x >= 0, negative_slope * x for x < 0  (Maas et al., 2013)

    Args:
        x: Tensor.
        negative_slope: The fraction, at least 0.

    >>> leaky_relu([-1.0, 2.0], 0.5).tolist()
    [-0.5, 2.0]
    """
    if 0 <= negative_slope <= 1:
        return np.maximum(x, np.multiply(x, negative_slope), out=out)
    below = np.multiply(np.minimum(x, 0), negative_slope)
    return np.add(np.maximum(x, 0), below, out=out)


@primitive(shape=shapes.same)
def leaky_relu_grad(dy, x, *, negative_slope: float, out=None):
    """dy where x is not negative, elsewhere a fraction of it."""
    out = np.multiply(np.greater_equal(x, 0), 1 - negative_slope, out=room(dy, out))
    np.add(out, negative_slope, out=out)
    return np.multiply(dy, out, out=out)


def _leaky_relu_slope(g, x, negative_slope):
    return leaky_relu_grad(g, x, negative_slope=negative_slope)


leaky_relu.grad(x=_leaky_relu_slope)
leaky_relu_grad.grad(dy=_leaky_relu_slope, x=no_influence)

# Exponential units ------------------------------------------------------------------


@primitive(shape=shapes.same, dtype=dtypes.floating)
def elu(x, *, alpha: float = 1.0, out=None):
    """Returns x where it is positive, elsewhere a curve that levels off at -alpha.

    x for x > 0, alpha * (e^x - 1) otherwise  (Clevert et al., 2016)

    >>> [round(v, 4) for v in elu([-1.0, 2.0]).tolist()]
    [-0.6321, 2.0]
    """
    # e^x - 1 = 2 t / (1 - t), t = tanh(x / 2): mostly 5 times faster than expm1
    out = np.minimum(x, 0, out=room(x, out))
    np.tanh(np.multiply(out, 0.5, out=out), out=out)
    np.divide(out, np.subtract(1, out), out=out)
    np.multiply(out, 2 * alpha, out=out)
    return np.add(out, np.maximum(x, 0), out=out)


@primitive(shape=shapes.same)
def elu_grad(dy, x, y, *, alpha: float, out=None):
    """dy where x is positive, elsewhere dy * alpha * e^x = dy * (y + alpha)."""
    bent = y if alpha == 1 else np.add(y, alpha - 1)
    slope = np.add(np.multiply(bent, np.less_equal(x, 0)), 1)
    return np.multiply(dy, slope, out=out)


elu.grad(x=lambda g, x, out, alpha: elu_grad(g, x, out, alpha=alpha))
elu_grad.grad(
    dy=lambda g, x, y, alpha: elu_grad(g, x, y, alpha=alpha),
    x=no_influence,
    y=lambda g, dy, x: choose(greater(x, 0), 0, multiply(g, dy)),
)

# Fixed point of mean 0 and variance 1 (Klambauer et al., 2017).
_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805


@operation
def selu(x):
    """Returns `elu` scaled so that layers keep mean 0 and variance 1.

    1.0507 * elu(x, alpha=1.6733)  (Klambauer et al., 2017)

    >>> round(float(selu(1.0)), 4)
    1.0507
    """
    return multiply(elu(x, alpha=_SELU_ALPHA), _SELU_SCALE)


@operation
def celu(x, alpha=1.0):
    """Returns `elu` with a continuous slope for every alpha.

    x for x >= 0, alpha * (e^(x / alpha) - 1) otherwise  (Barron, 2017)
    """
    return multiply(elu(divide(x, alpha)), alpha)


# Sigmoids ---------------------------------------------------------------------------

# The largest x for which e^x is finite, rounded down, by bytes of the dtype.
_EXP_LIMIT = {2: 11.0, 4: 88.0, 8: 709.0}


@activation
def sigmoid(x, *, out=None):
    """Returns a value between 0 and 1.

    1 / (1 + e^-x)

    >>> sigmoid([0.0]).tolist()
    [0.5]
    """
    y = np.negative(x, out=room(x, out))
    np.minimum(y, _EXP_LIMIT[x.dtype.itemsize], out=y)
    np.exp(y, out=y)
    np.add(y, 1, out=y)
    return np.reciprocal(y, out=y)


@primitive(shape=shapes.same)
def sigmoid_grad(dy, y, *, out=None):
    """dy * y * (1 - y), with y = sigmoid(x)."""
    slope = np.subtract(1, y, out=room(y, out))
    np.multiply(slope, y, out=slope)
    return np.multiply(dy, slope, out=slope)


sigmoid.grad(x=lambda g, out: sigmoid_grad(g, out))
sigmoid_grad.grad(
    dy=lambda g, y: sigmoid_grad(g, y),
    y=lambda g, dy, y: multiply(multiply(g, dy), subtract(1.0, multiply(y, 2.0))),
)


@primitive(shape=shapes.same, dtype=dtypes.floating)
def softplus(x, *, out=None):
    """Returns a smooth `relu`.

    log(1 + e^x)  (Glorot et al., 2011)

    >>> round(float(softplus(0.0)), 4)
    0.6931
    """
    y = np.absolute(x, out=room(x, out))
    np.exp(np.negative(y, out=y), out=y)
    # log(1 + y), and what 1 + y lost: mostly 3 times faster than log1p
    total = np.add(y, 1)
    np.subtract(y, np.subtract(total, 1), out=y)
    np.add(y, np.log(total), out=y)
    return np.add(np.maximum(x, 0), y, out=y)


softplus.grad(x=lambda g, x: multiply(g, sigmoid(x)))


@operation
def log_sigmoid(x):
    """Returns the logarithm of `sigmoid`, without underflow.

    -log(1 + e^-x)
    """
    return negative(softplus(negative(x)))


@operation
def softsign(x):
    """Returns a value between -1 and 1 that approaches them slowly.

    x / (1 + |x|)  (Glorot and Bengio, 2010)

    >>> softsign([1.0, -1.0]).tolist()
    [0.5, -0.5]
    """
    return divide(x, add(abs(x), 1.0))


@operation
def hard_sigmoid(x):
    """Returns a sigmoid made of straight lines.

    relu6(x + 3) / 6  (Howard et al., 2019)

    >>> hard_sigmoid([-3.0, 0.0, 3.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    return divide(relu6(add(x, 3.0)), 6.0)


@operation
def hard_tanh(x):
    """Returns x cut off at -1 and 1."""
    return clip(x, -1, 1)


# Gates: x times something between 0 and 1 -------------------------------------------


@operation
def silu(x):
    """Returns x weighted by its own sigmoid.

    x * sigmoid(x)  (Ramachandran et al., 2017); also called swish

    >>> round(float(silu(1.0)), 4)
    0.7311
    """
    return multiply(x, sigmoid(x))


@operation
def hard_silu(x):
    """Returns x weighted by `hard_sigmoid`.

    x * relu6(x + 3) / 6  (Howard et al., 2019)
    """
    return multiply(x, hard_sigmoid(x))


swish = silu
hard_swish = hard_silu


@operation
def gelu(x, approximate=True):
    """Returns x weighted by the normal distribution function.

    x * P(X <= x) for X ~ N(0, 1)  (Hendrycks and Gimpel, 2016)

    Args:
        x: Tensor.
        approximate: Whether to take the tanh formula instead of the exact one.

    >>> round(float(gelu(1.0, approximate=False)), 4)
    0.8413
    """
    if approximate:
        cubic = add(x, multiply(multiply(square(x), x), 0.044715))
        share = tanh(multiply(cubic, math.sqrt(2 / math.pi)))
    else:
        share = erf(multiply(x, math.sqrt(0.5)))
    return multiply(multiply(x, add(share, 1.0)), 0.5)


@operation
def glu(x, axis=-1):
    """Returns the first half of x weighted by the sigmoid of the second half.

    a * sigmoid(b)  (Dauphin et al., 2017)
    """
    value, gate = split(x, 2, axis=axis)
    return multiply(value, sigmoid(gate))


# Shrinkage and thresholds -----------------------------------------------------------


@operation
def threshold(x, threshold, default_value):
    """Returns x where it is above the threshold, elsewhere the default value.

    >>> threshold([1.0, 2.0], 1.0, 0.0).tolist()
    [0.0, 2.0]
    """
    return choose(greater(x, threshold), x, default_value)


@operation
def hard_shrink(x, threshold=0.5):
    """Returns x where |x| is above the threshold, elsewhere 0."""
    return choose(greater(abs(x), threshold), x, 0.0)


@operation
def soft_shrink(x, threshold=0.5):
    """Returns x moved towards 0 by the threshold, at most to 0.

    >>> soft_shrink([-2.0, 0.3, 1.0]).tolist()
    [-1.5, 0.0, 0.5]
    """
    lower = choose(less(x, -threshold), add(x, threshold), 0.0)
    return choose(greater(x, threshold), subtract(x, threshold), lower)


@operation
def tanh_shrink(x):
    """Returns x - tanh(x)."""
    return subtract(x, tanh(x))


@operation
def squareplus(x, b=4):
    """Returns a smooth `relu` without exponentials.

    (x + sqrt(x^2 + b)) / 2  (Barron, 2021)
    """
    return multiply(add(x, sqrt(add(square(x), b))), 0.5)
