"""Stops when the loss is no number any more."""

import math

from ..utils.progress import print_message
from .callback import Callback

__all__ = ["TerminateOnNaN"]


class TerminateOnNaN(Callback):
    """Stops training as soon as the loss of a batch is NaN or infinite.

    Args:
        raise_error: Whether to raise a RuntimeError at once instead of ending `fit`
            in good order. Then no `on_train_end` is called.

    >>> from types import SimpleNamespace
    >>> guard = TerminateOnNaN()
    >>> guard.set_model(SimpleNamespace(stop_training=False))
    >>> guard.on_batch_end(3, {"loss": float("nan")})
    Batch 3: the loss is nan, training stops. Try a smaller learning rate.
    >>> guard.model.stop_training
    True
    """

    def __init__(self, raise_error=False):
        super().__init__()
        self.raise_error = raise_error

    def on_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(loss):
            return
        message = f"Batch {batch}: the loss is {float(loss)}, training stops."
        message += " Try a smaller learning rate."
        if self.raise_error:
            raise RuntimeError(message)
        print_message(message)
        self.model.stop_training = True
