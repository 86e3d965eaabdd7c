"""Shorter ways back: through a cross-entropy and the activation before it at once.

The gradient of a cross-entropy divides by the probability that the gradient of softmax
or sigmoid multiplies with again. Taken together, what is left is the textbook's
dL/dz = p - y: fewer operations, and less rounding.
"""

import numpy as np

from ..tensor import dtypes, primitive, shapes
from .activation import sigmoid
from .arithmetic import multiply, subtract
from .bounds import clip
from .common import pullback, sum_along
from .crossentropy import (
    _one_hot,
    _pick,
    _wanted,
    binary_likelihood,
    likelihood,
    sparse_likelihood,
)
from .distributions import softmax
from .logic import choose, equal, greater, less, logical_and
from .movement import expand_dims
from .reductions import sum

__all__ = [
    "logits_slope",
    "logits_slope_of_labels",
    "logits_slope_of_two",
]

elementwise = primitive(shape=shapes.broadcast, dtype=dtypes.floating)
classwise = primitive(shape=lambda dy, target, output, **metadata: output)


def _label_dtypes(dy, target, output):
    joined, _ = dtypes.same(dy, output)
    return (joined, None, joined), joined


labelled = primitive(
    shape=lambda dy, target, output, **metadata: output, dtype=_label_dtypes
)


def _inside(output, epsilon: float):
    """Where a probability is not kept inside its bounds, so that its slope counts."""
    return np.logical_and(
        np.greater(output, epsilon), np.less(output, 1 - epsilon)
    )  # fmt: skip


@classwise
def logits_slope(dy, target, output, *, epsilon: float, axis: int, out=None):
    """dy * (output * sum(target) - target), with output = softmax(logits)."""
    wanted = np.multiply(target, _inside(output, epsilon))
    total = sum_along(wanted, axis)
    slope = np.multiply(output, total, out=out)
    np.subtract(slope, wanted, out=slope)
    return np.multiply(slope, dy.reshape(total.shape), out=slope)


def _counted(target, output, epsilon):
    """The target, 0 where the output is out of bounds."""
    inside = logical_and(greater(output, epsilon), less(output, 1 - epsilon))
    return choose(inside, target, 0.0)


def _slope(dy, target, output, epsilon, axis):
    wanted = _counted(target, output, epsilon)
    total = sum(wanted, axis=axis, keepdims=True)
    error = subtract(multiply(output, total), wanted)
    return multiply(expand_dims(dy, axis=axis), error)


logits_slope.grad_all(
    lambda g, dy, target, output, epsilon, axis: pullback(
        lambda *xs: _slope(*xs, epsilon, axis), g, dy, target, output
    )
)


@labelled
def logits_slope_of_labels(dy, target, output, *, epsilon: float, axis: int, out=None):
    """dy * (output - one_hot(target)), with output = softmax(logits)."""
    chosen, valid = _pick(output, target, axis)
    weight = np.multiply(dy, np.logical_and(_inside(chosen, epsilon), valid))
    slope = np.subtract(output, _one_hot(target, output, axis), out=out)
    return np.multiply(slope, np.expand_dims(weight, axis), out=slope)


def _label_slope_back(g, dy, target, output, epsilon, axis):
    wanted = _wanted(target, output, axis)
    slopes = pullback(
        lambda dy, output: _slope(dy, wanted, output, epsilon, axis), g, dy, output
    )
    return slopes[0], None, slopes[1]


logits_slope_of_labels.grad_all(_label_slope_back)


@elementwise
def logits_slope_of_two(dy, target, output, *, epsilon: float, out=None):
    """dy * (output - target), with output = sigmoid(logits)."""
    slope = np.subtract(output, target, out=out)
    p = np.minimum(np.maximum(output, epsilon), 1 - epsilon)
    np.multiply(slope, np.equal(p, output), out=slope)
    return np.multiply(slope, dy, out=slope)


def _slope_of_two(dy, target, output, epsilon):
    inside = equal(clip(output, epsilon, 1 - epsilon), output)
    return multiply(dy, choose(inside, subtract(output, target), 0.0))


logits_slope_of_two.grad_all(
    lambda g, dy, target, output, epsilon: pullback(
        lambda *xs: _slope_of_two(*xs, epsilon), g, dy, target, output
    )
)


def _same_axis(node, before) -> bool:
    """Whether softmax ran along the axis of the classes."""
    ndim = len(node.values[1].shape)
    return node.metadata["axis"] % ndim == before.metadata["axis"] % ndim


likelihood.shortcut(
    "output", softmax, _same_axis,
    lambda g, target, output, epsilon, axis: logits_slope(
        g, target, output, epsilon=epsilon, axis=axis
    ),
)  # fmt: skip
sparse_likelihood.shortcut(
    "output", softmax, _same_axis,
    lambda g, target, output, epsilon, axis: logits_slope_of_labels(
        g, target, output, epsilon=epsilon, axis=axis
    ),
)  # fmt: skip
binary_likelihood.shortcut(
    "output", sigmoid, lambda node, before: True,
    lambda g, target, output, epsilon: logits_slope_of_two(
        g, target, output, epsilon=epsilon
    ),
)  # fmt: skip
