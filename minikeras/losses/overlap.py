"""Losses on the overlap of two soft sets, for segmentation."""

from .. import config, ops
from .loss import LOSSES, FunctionLoss
from .pairing import paired

__all__ = ["Dice", "Tversky", "dice", "tversky"]


@LOSSES.register
@paired
def dice(y_true, y_pred, axis=None):
    """Measures how far two sets are from the same. (Dice, 1945)

    loss = 1 - 2 * sum(y_true * y_pred) / (sum(y_true) + sum(y_pred))

    Args:
        y_true: Membership in the target set, in [0, 1].
        y_pred: Membership in the predicted set, in [0, 1].
        axis: Axes that make up one set; all if None.

    >>> round(float(dice([1.0, 1.0, 0.0], [1.0, 0.0, 0.0])), 4)
    0.3333
    """
    tiny = config.epsilon()
    overlap = 2.0 * ops.sum(y_true * y_pred, axis=axis)
    total = ops.sum(y_true, axis=axis) + ops.sum(y_pred, axis=axis)
    return 1.0 - (overlap + tiny) / (total + tiny)


@LOSSES.register
class Dice(FunctionLoss):
    """Measures how far two sets are from the same: see `dice`.

    Args:
        reduction: As in `Loss`.
        name: As in `Loss`.
        axis: Axes that make up one set; all if None.
        dtype: As in `Loss`.

    >>> round(float(Dice()([1.0, 1.0, 0.0], [1.0, 0.0, 0.0])), 4)
    0.3333
    """

    def __init__(
        self, reduction="sum_over_batch_size", name="dice", axis=None, dtype=None
    ):
        super().__init__(dice, reduction, name, dtype, axis=axis)


@LOSSES.register
@paired
def tversky(y_true, y_pred, alpha=0.5, beta=0.5, axis=None):
    """Measures overlap with own weights for the two errors. (Salehi et al., 2017)

    both = sum(y_true * y_pred)
    loss = 1 - both / (both + beta * false_positives + alpha * false_negatives)

    Args:
        y_true: Membership in the target set, in [0, 1].
        y_pred: Membership in the predicted set, in [0, 1].
        alpha: Weight of false negatives.
        beta: Weight of false positives.
        axis: Axes that make up one set; all if None.

    >>> round(float(tversky([1.0, 1.0, 0.0], [1.0, 0.0, 0.0], alpha=1.0)), 4)
    0.5
    """
    tiny = config.epsilon()
    both = ops.sum(y_true * y_pred, axis=axis)
    false_positives = ops.sum((1.0 - y_true) * y_pred, axis=axis)
    false_negatives = ops.sum(y_true * (1.0 - y_pred), axis=axis)
    total = both + beta * false_positives + alpha * false_negatives
    return 1.0 - (both + tiny) / (total + tiny)


@LOSSES.register
class Tversky(FunctionLoss):
    """Measures overlap with own weights for the two errors: see `tversky`.

    Args:
        alpha: Weight of false negatives.
        beta: Weight of false positives.
        reduction: As in `Loss`.
        name: As in `Loss`.
        axis: Axes that make up one set; all if None.
        dtype: As in `Loss`.

    >>> round(float(Tversky(alpha=1.0)([1.0, 1.0, 0.0], [1.0, 0.0, 0.0])), 4)
    0.5
    """

    def __init__(
        self,
        alpha=0.5,
        beta=0.5,
        reduction="sum_over_batch_size",
        name="tversky",
        axis=None,
        dtype=None,
    ):
        super().__init__(
            tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis
        )
