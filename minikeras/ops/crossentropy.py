"""Cross-entropies, fused: one primitive forward and one for the gradient.

From logits they work on differences to the largest logit and never overflow. From
probabilities they follow Keras: outputs are normalised (categorical) and kept between
epsilon and 1 - epsilon.
"""

import numpy as np

from .. import config
from ..tensor import dtypes, operation, primitive, shapes
from .activation import sigmoid, softplus
from .arithmetic import divide, multiply, negative, subtract
from .bounds import clip
from .common import pullback, shape_of, sum_along
from .distributions import log_softmax, softmax
from .elementwise import log
from .encoding import one_hot
from .logic import choose, equal, greater, less, logical_and
from .movement import expand_dims, squeeze
from .reductions import sum

__all__ = [
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
]

# Two classes ------------------------------------------------------------------------

elementwise = primitive(shape=shapes.broadcast, dtype=dtypes.floating)


@elementwise
def sigmoid_crossentropy(target, logits, *, out=None):
    """-target * log(p) - (1 - target) * log(1 - p), with p = sigmoid(logits).

    Written as softplus(logits) - logits * target.
    """
    return np.subtract(softplus.kernel(logits), np.multiply(logits, target), out=out)


@elementwise
def sigmoid_crossentropy_grad(dy, target, logits, *, out=None):
    """dy * (sigmoid(logits) - target)."""
    return np.multiply(dy, np.subtract(sigmoid.kernel(logits), target), out=out)


def _sigmoid_slope(dy, target, logits):
    return multiply(dy, subtract(sigmoid(logits), target))


sigmoid_crossentropy.grad(
    target=lambda g, logits: multiply(g, multiply(logits, -1.0)),
    logits=lambda g, target, logits: sigmoid_crossentropy_grad(g, target, logits),
)
sigmoid_crossentropy_grad.grad_all(
    lambda g, dy, target, logits: pullback(_sigmoid_slope, g, dy, target, logits)
)


@elementwise
def binary_likelihood(target, output, *, epsilon: float, out=None):
    """-target * log(p) - (1 - target) * log(1 - p), with p = output kept inside."""
    inside = np.minimum(np.maximum(output, epsilon), 1 - epsilon)
    rest = np.multiply(target - 1, np.log(1 - inside))
    return np.subtract(rest, np.multiply(target, np.log(inside)), out=out)


@elementwise
def binary_likelihood_grad(dy, target, output, *, epsilon: float, out=None):
    """dy * (p - target) / (p * (1 - p)), 0 where p was kept inside."""
    p = np.minimum(np.maximum(output, epsilon), 1 - epsilon)
    slope = (p - target) / (p * (1 - p))
    return np.multiply(dy, np.multiply(slope, np.equal(p, output)), out=out)


def _binary_slope(dy, target, output, epsilon):
    inside = equal(clip(output, epsilon, 1 - epsilon), output)
    output = choose(inside, output, 0.5)
    slope = divide(subtract(target, output), multiply(output, subtract(output, 1.0)))
    return multiply(dy, choose(inside, slope, 0.0))


def _binary_target_slope(g, output, epsilon):
    inside = clip(output, epsilon, 1 - epsilon)
    return multiply(g, subtract(log(subtract(1.0, inside)), log(inside)))


binary_likelihood.grad(
    target=_binary_target_slope,
    output=lambda g, target, output, epsilon: binary_likelihood_grad(
        g, target, output, epsilon=epsilon
    ),
)
binary_likelihood_grad.grad_all(
    lambda g, dy, target, output, epsilon: pullback(
        lambda *xs: _binary_slope(*xs, epsilon), g, dy, target, output
    )
)


@operation
def binary_crossentropy(target, output, from_logits=False):
    """Returns the cross-entropy of yes/no predictions, elementwise.

    -target * log(output) - (1 - target) * log(1 - output)

    Args:
        target: What should come out, between 0 and 1.
        output: Predicted probabilities, or logits; shaped like target.
        from_logits: Whether output are logits.

    >>> binary_crossentropy([1.0], [0.5]).tolist()
    [0.6931471824645996]
    """
    _check_same_shape("binary_crossentropy", target, output)
    if from_logits:
        return sigmoid_crossentropy(target, output)
    return binary_likelihood(target, output, epsilon=config.epsilon())


def _check_same_shape(name: str, target, output) -> None:
    expected, given = shape_of(output), shape_of(target)
    if given == expected:
        return
    pairs = list(zip(given, expected, strict=False))
    if len(given) != len(expected) or any(
        None not in p and p[0] != p[1] for p in pairs
    ):
        raise ValueError(
            f"{name}: target and output must have the same shape, got target shape "
            f"{given} and output shape {expected}."
        )


# Many classes -----------------------------------------------------------------------

# No array is written to twice here: the plan of a step then sees what both ways have
# in common, such as the exponentials, and computes it once.


def _class_shape(target, output, *, axis, **metadata):
    return shapes.reduce(output, axis=axis)


classwise = primitive(shape=_class_shape, dtype=dtypes.floating)
class_slope = primitive(shape=lambda dy, target, output, **metadata: output)


def _exponentials(logits, axis):
    """Logits less their maximum, the exponentials of these, and the latter's sum."""
    shifted = np.subtract(logits, np.maximum.reduce(logits, axis=axis, keepdims=True))
    powers = np.exp(shifted)
    return shifted, powers, sum_along(powers, axis)


def _share(output, axis):
    """Output made to add up to 1 along an axis, and the sum it had."""
    total = sum_along(output, axis)
    return np.divide(output, total), total


@classwise
def softmax_crossentropy(target, logits, *, axis: int = -1, out=None):
    """-sum(target * log_softmax(logits))."""
    shifted, _, total = _exponentials(logits, axis)
    loss = np.multiply(np.subtract(np.log(total), shifted), target)
    return sum_along(loss, axis, keepdims=False, out=out)


@class_slope
def softmax_crossentropy_grad(dy, target, logits, *, axis: int, out=None):
    """dy * (softmax(logits) * sum(target) - target)."""
    _, powers, total = _exponentials(logits, axis)
    weight = np.divide(sum_along(target, axis), total)
    error = np.subtract(np.multiply(powers, weight), target)
    return np.multiply(dy.reshape(total.shape), error, out=out)


def _softmax_slope(dy, target, logits, axis):
    weight = sum(target, axis=axis, keepdims=True)
    error = subtract(multiply(softmax(logits, axis=axis), weight), target)
    return multiply(expand_dims(dy, axis=axis), error)


def _log_share_slope(g, logits, axis):
    return negative(multiply(expand_dims(g, axis=axis), log_softmax(logits, axis=axis)))


softmax_crossentropy.grad(
    target=_log_share_slope,
    logits=lambda g, target, logits, axis: softmax_crossentropy_grad(
        g, target, logits, axis=axis
    ),
)
softmax_crossentropy_grad.grad_all(
    lambda g, dy, target, logits, axis: pullback(
        lambda *xs: _softmax_slope(*xs, axis), g, dy, target, logits
    )
)


@classwise
def likelihood(target, output, *, epsilon: float, axis: int = -1, out=None):
    """-sum(target * log(p)), with p = output made to add up to 1 and kept inside."""
    share, _ = _share(output, axis)
    inside = np.minimum(np.maximum(share, epsilon), 1 - epsilon)
    loss = np.multiply(np.log(inside), target)
    return np.negative(sum_along(loss, axis, keepdims=False, out=out), out=out)


@class_slope
def likelihood_grad(dy, target, output, *, epsilon: float, axis: int, out=None):
    """The gradient of `likelihood`: through logarithm, bounds and normalisation."""
    share, total = _share(output, axis)
    inside = np.logical_and(share > epsilon, share < 1 - epsilon)
    slope = np.multiply(np.divide(target, np.maximum(share, epsilon)), inside)
    common = sum_along(np.multiply(slope, share), axis)
    weight = np.divide(dy.reshape(total.shape), total)
    return np.multiply(weight, np.subtract(common, slope), out=out)


def _likelihood_slope(dy, target, output, epsilon, axis):
    total = sum(output, axis=axis, keepdims=True)
    share = divide(output, total)
    inside = logical_and(greater(share, epsilon), less(share, 1 - epsilon))
    slope = choose(inside, divide(target, choose(inside, share, 1.0)), 0.0)
    common = sum(multiply(slope, share), axis=axis, keepdims=True)
    return multiply(divide(expand_dims(dy, axis=axis), total), subtract(common, slope))


def _log_of_share(output, epsilon, axis):
    share = divide(output, sum(output, axis=axis, keepdims=True))
    return log(clip(share, epsilon, 1 - epsilon))


def _likelihood_target_slope(g, output, epsilon, axis):
    logarithm = _log_of_share(output, epsilon, axis)
    return negative(multiply(expand_dims(g, axis=axis), logarithm))


likelihood.grad(
    target=_likelihood_target_slope,
    output=lambda g, target, output, epsilon, axis: likelihood_grad(
        g, target, output, epsilon=epsilon, axis=axis
    ),
)
likelihood_grad.grad_all(
    lambda g, dy, target, output, epsilon, axis: pullback(
        lambda *xs: _likelihood_slope(*xs, epsilon, axis), g, dy, target, output
    )
)


@operation
def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """Returns the cross-entropy of predicted classes.

    -sum(target * log(output))

    Args:
        target: What should come out: one-hot, or another distribution.
        output: Predicted probabilities, or logits; shaped like target.
        from_logits: Whether output are logits.
        axis: Axis of the classes, which is summed over.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).tolist()
    [0.6931471824645996]
    """
    _check_same_shape("categorical_crossentropy", target, output)
    if from_logits:
        return softmax_crossentropy(target, output, axis=axis)
    return likelihood(target, output, epsilon=config.epsilon(), axis=axis)


# Class numbers ----------------------------------------------------------------------


def _label_dtypes(target, output):
    _, wanted = dtypes.floating(output)
    return (None, wanted), wanted


def _label_grad_dtypes(dy, target, output):
    joined, _ = dtypes.same(dy, output)
    return (joined, None, joined), joined


labelled = primitive(shape=_class_shape, dtype=_label_dtypes)
label_slope = primitive(
    shape=lambda dy, target, output, **metadata: output, dtype=_label_grad_dtypes
)


def _nearest(labels, count: int):
    """The class nearest to each label, and whether the label is a class at all."""
    labels = np.positive(labels, dtype=np.intp, casting="unsafe")
    nearest = np.minimum(np.maximum(labels, 0), count - 1)
    return nearest, np.equal(nearest, labels)


def _pick(values, labels, axis):
    """The value of each labelled class, and whether the label is a class at all."""
    rows = values if axis in (-1, values.ndim - 1) else np.moveaxis(values, axis, -1)
    count = rows.shape[-1]
    nearest, valid = _nearest(labels, count)
    starts = np.arange(0, rows.size, count).reshape(np.shape(labels))
    return np.take(rows.reshape(-1), np.add(nearest, starts), mode="clip"), valid


def _one_hot(labels, like, axis):
    """1 in each labelled class, else 0, in the shape of `like`."""
    dims = [1] * like.ndim
    dims[axis] = -1
    classes = np.arange(like.shape[axis]).reshape(dims)
    labels = np.positive(labels, dtype=np.intp, casting="unsafe")
    return np.equal(np.expand_dims(labels, axis), classes).astype(like.dtype)


@labelled
def sparse_softmax_crossentropy(target, logits, *, axis: int = -1, out=None):
    """-log_softmax(logits) of the labelled class; 0 where the label is no class."""
    shifted, _, total = _exponentials(logits, axis)
    chosen, valid = _pick(shifted, target, axis)
    loss = np.subtract(np.log(total.squeeze(axis)), chosen)
    return np.multiply(loss, valid, out=out)


@label_slope
def sparse_softmax_crossentropy_grad(dy, target, logits, *, axis: int, out=None):
    """dy * (softmax(logits) - one_hot(target)) where the label is a class."""
    _, powers, total = _exponentials(logits, axis)
    _, valid = _nearest(target, logits.shape[axis])
    weight = np.divide(valid.reshape(total.shape), total)
    error = np.subtract(np.multiply(powers, weight), _one_hot(target, logits, axis))
    return np.multiply(dy.reshape(total.shape), error, out=out)


def _wanted(target, like, axis):
    return one_hot(target, like.shape[axis], axis=axis, dtype=like.dtype)


sparse_softmax_crossentropy.grad(
    logits=lambda g, target, logits, axis: sparse_softmax_crossentropy_grad(
        g, target, logits, axis=axis
    ),
)


def _sparse_softmax_back(g, dy, target, logits, axis):
    wanted = _wanted(target, logits, axis)
    slopes = pullback(
        lambda dy, logits: _softmax_slope(dy, wanted, logits, axis), g, dy, logits
    )
    return slopes[0], None, slopes[1]


sparse_softmax_crossentropy_grad.grad_all(_sparse_softmax_back)


@labelled
def sparse_likelihood(target, output, *, epsilon: float, axis: int = -1, out=None):
    """-log(p) of the labelled class, with p as in `likelihood`."""
    chosen, valid = _pick(output, target, axis)
    total = sum_along(output, axis)
    share = np.divide(chosen, total.squeeze(axis))
    loss = np.log(np.minimum(np.maximum(share, epsilon), 1 - epsilon))
    return np.multiply(np.negative(loss), valid, out=out)


@label_slope
def sparse_likelihood_grad(dy, target, output, *, epsilon: float, axis: int, out=None):
    """The gradient of `sparse_likelihood`."""
    wanted = _one_hot(target, output, axis)
    return likelihood_grad.kernel(
        dy, wanted, output, epsilon=epsilon, axis=axis, out=out
    )


sparse_likelihood.grad(
    output=lambda g, target, output, epsilon, axis: sparse_likelihood_grad(
        g, target, output, epsilon=epsilon, axis=axis
    ),
)


def _sparse_likelihood_back(g, dy, target, output, epsilon, axis):
    wanted = _wanted(target, output, axis)
    slopes = pullback(
        lambda dy, output: _likelihood_slope(dy, wanted, output, epsilon, axis),
        g, dy, output,
    )  # fmt: skip
    return slopes[0], None, slopes[1]


sparse_likelihood_grad.grad_all(_sparse_likelihood_back)


@operation
def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """Returns the cross-entropy of predicted classes, for class numbers.

    -log(output[target]); 0 where target is not one of the classes

    Args:
        target: Class numbers; shaped like output without its class axis, which may
            also be there with length 1.
        output: Predicted probabilities, or logits.
        from_logits: Whether output are logits.
        axis: Axis of the classes.

    >>> sparse_categorical_crossentropy([1], [[0.5, 0.5]]).tolist()
    [0.6931471824645996]
    """
    target = _labels(target, output, axis)
    if from_logits:
        return sparse_softmax_crossentropy(target, output, axis=axis)
    return sparse_likelihood(target, output, epsilon=config.epsilon(), axis=axis)


def _labels(target, output, axis: int):
    """Class numbers without a last axis of length 1, checked against the output."""
    given, expected = shape_of(target), shape_of(output)
    if len(given) == len(expected) and given[-1:] == (1,):
        target, given = squeeze(target, axis=-1), given[:-1]
    rest = shapes.reduce(expected, axis=axis)
    if given == rest:
        return target
    pairs = list(zip(given, rest, strict=False))
    if len(given) != len(rest) or any(None not in p and p[0] != p[1] for p in pairs):
        raise ValueError(
            "sparse_categorical_crossentropy: target must have output's shape without "
            f"its class axis, got target shape {given} and output shape {expected}. "
            "For one-hot targets use categorical_crossentropy."
        )
    return target
