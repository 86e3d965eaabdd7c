"""Losses that ask for a margin between right and wrong."""

from .. import ops
from .loss import LOSSES, FunctionLoss, loss_class
from .pairing import as_tensor, paired

__all__ = [
    "CategoricalHinge",
    "Circle",
    "Hinge",
    "SquaredHinge",
    "categorical_hinge",
    "circle",
    "hinge",
    "squared_hinge",
]


def _as_signs(y_true):
    """Turns labels 0 and 1 into -1 and 1; others stay as they are."""
    is_binary = ops.all(ops.equal(y_true, ops.square(y_true)))
    return ops.where(is_binary, 2.0 * y_true - 1.0, y_true)


@paired
def hinge(y_true, y_pred):
    """Asks for a score of the target's sign and at least 1 away from zero.

    loss = mean(max(1 - y_true * y_pred, 0)), with y_true -1 or 1 (or 0 or 1)

    >>> hinge([[-1.0, 1.0]], [[-2.0, 0.5]]).tolist()
    [0.25]
    """
    return ops.mean(ops.maximum(1.0 - _as_signs(y_true) * y_pred, 0.0), axis=-1)


Hinge = loss_class("Hinge", hinge)


@paired
def squared_hinge(y_true, y_pred):
    """Squares the hinge, so that small shortfalls count little.

    loss = mean(max(1 - y_true * y_pred, 0) ** 2), with y_true -1 or 1 (or 0 or 1)

    >>> squared_hinge([[-1.0, 1.0]], [[-2.0, 0.5]]).tolist()
    [0.125]
    """
    shortfall = ops.maximum(1.0 - _as_signs(y_true) * y_pred, 0.0)
    return ops.mean(ops.square(shortfall), axis=-1)


SquaredHinge = loss_class("SquaredHinge", squared_hinge)


@paired
def categorical_hinge(y_true, y_pred):
    """Asks the right class's score to be 1 above the best wrong one.

    loss = max(max((1 - y_true) * y_pred) - sum(y_true * y_pred) + 1, 0)

    >>> categorical_hinge([[0.0, 1.0]], [[0.25, 0.5]]).tolist()
    [0.75]
    """
    right = ops.sum(y_true * y_pred, axis=-1)
    wrong = ops.max((1.0 - y_true) * y_pred, axis=-1)
    return ops.maximum(wrong - right + 1.0, 0.0)


CategoricalHinge = loss_class("CategoricalHinge", categorical_hinge)


@LOSSES.register
def circle(
    y_true,
    y_pred,
    ref_labels=None,
    ref_embeddings=None,
    remove_diagonal=True,
    gamma=80,
    margin=0.4,
):
    """Draws samples of one class together and others apart. (Sun et al., 2020)

    s = similarity of two embeddings, m = margin
    attract = log(sum(exp(-gamma * max(1 + m - s, 0) * (s - 1 + m)))) over its class
    repel = log(sum(exp(gamma * max(s + m, 0) * (s - m)))) over the other classes
    loss = log(1 + exp(attract + repel))

    A sample without partners of both kinds does not count.

    Args:
        y_true: Class numbers, one per sample.
        y_pred: Embeddings of length 1, one row per sample.
        ref_labels: Class numbers of the samples to compare with; `y_true` if None.
        ref_embeddings: Their embeddings; `y_pred` if None.
        remove_diagonal: Whether sample i is not compared with reference i.
        gamma: Scale, above 0.
        margin: Margin m, usually in [0.25, 0.4].

    >>> losses = circle([0, 0, 1], [[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]], gamma=1)
    >>> losses.shape
    (3,)
    """
    if (ref_labels is None) != (ref_embeddings is None):
        raise ValueError(
            "circle: ref_labels and ref_embeddings must be given together, got only "
            f"{'ref_embeddings' if ref_labels is None else 'ref_labels'}."
        )
    embeddings = as_tensor(y_pred)
    labels = ops.reshape(as_tensor(y_true), (-1, 1))
    refs = embeddings if ref_embeddings is None else as_tensor(ref_embeddings)
    ref_labels = labels if ref_labels is None else ref_labels
    same = ops.equal(labels, ops.reshape(as_tensor(ref_labels), (1, -1)))
    other = ops.logical_not(same)
    if remove_diagonal:
        off_diagonal = ops.logical_not(ops.eye(*same.shape, dtype="bool"))
        same = ops.logical_and(same, off_diagonal)
    similarity = ops.minimum(ops.matmul(embeddings, ops.transpose(refs)), 1.0)
    attract = ops.maximum(1.0 + margin - similarity, 0.0)
    repel = ops.maximum(similarity + margin, 0.0)
    exponent = _log_sum_exp(-gamma * attract * (similarity - (1.0 - margin)), same)
    exponent = exponent + _log_sum_exp(gamma * repel * (similarity - margin), other)
    has_both = ops.logical_and(ops.any(same, axis=1), ops.any(other, axis=1))
    losses = ops.where(has_both, ops.softplus(exponent), 0.0)
    losses._keras_mask = has_both
    return losses


def _log_sum_exp(x, where):
    """log(sum(exp(x))) along rows over the places where a mask holds."""
    return ops.logsumexp(ops.where(where, x, -1e4), axis=1)


@LOSSES.register
class Circle(FunctionLoss):
    """Draws samples of one class together and others apart: see `circle`.

    Args:
        gamma: Scale, above 0.
        margin: Margin, usually in [0.25, 0.4].
        remove_diagonal: Whether a sample is not compared with itself.
        reduction: As in `Loss`.
        name: As in `Loss`.
        dtype: As in `Loss`.

    >>> float(Circle()([0, 1], [[1.0, 0.0], [0.0, 1.0]]))
    0.0
    """

    def __init__(
        self,
        gamma=80.0,
        margin=0.4,
        remove_diagonal=True,
        reduction="sum_over_batch_size",
        name="circle",
        dtype=None,
    ):
        super().__init__(
            circle,
            reduction,
            name,
            dtype,
            gamma=gamma,
            margin=margin,
            remove_diagonal=remove_diagonal,
        )
