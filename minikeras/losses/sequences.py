"""Connectionist temporal classification: labels without known places in time."""

from .. import ops
from .loss import loss_class
from .pairing import as_tensor

__all__ = ["CTC", "ctc"]


def ctc(y_true, y_pred):
    """Finds label sequences without being told when each label comes.

    -log(sum over all paths that read as y_true of their probability); see
    `ops.ctc_loss`. (Graves et al., 2006)

    Args:
        y_true: Labels (batch, labels), ints from 1 up; 0 is the blank and fills up
            shorter sequences.
        y_pred: Logits (batch, frames, classes), class 0 the blank. All frames count.

    Raises:
        ValueError: if one of them has another number of axes.

    >>> round(float(ctc([[1]], [[[0.0, 0.0], [0.0, 0.0]]])), 4)
    0.2877
    """
    y_true, y_pred = as_tensor(y_true), as_tensor(y_pred)
    if len(y_true.shape) != 2 or len(y_pred.shape) != 3:
        raise ValueError(
            "ctc: y_true must have the shape (batch, labels) and y_pred (batch, "
            f"frames, classes), got {y_true.shape} and {y_pred.shape}."
        )
    labels = ops.cast(ops.not_equal(y_true, 0), "int32")
    frames = ops.cast(ops.ones_like(y_pred[:, :, 0]), "int32")
    num_labels, num_frames = ops.sum(labels, axis=-1), ops.sum(frames, axis=-1)
    return ops.ctc_loss(y_true, y_pred, num_labels, num_frames)


CTC = loss_class("CTC", ctc)
