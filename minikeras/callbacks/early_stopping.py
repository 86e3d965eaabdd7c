"""Ends training when it leads nowhere any more."""

from ..utils import checks
from ..utils.progress import print_message
from .monitor import MonitorCallback

__all__ = ["EarlyStopping"]


class EarlyStopping(MonitorCallback):
    """Stops training when a metric has stopped improving.

    Args:
        monitor: Name of the metric in the logs.
        min_delta: Least change that counts as an improvement.
        patience: Number of epochs without improvement after which training stops.
        verbose: 1 says so when it acts, 0 is silent.
        mode: "min", "max", or "auto": the way the metric itself says it improves.
        baseline: A value the metric must beat for the patience to start anew.
        restore_best_weights: Whether to put back the weights of the best epoch. If
            no epoch beats the baseline, the best of them counts all the same.
        start_from_epoch: Number of epochs to wait before watching, as a warm-up.

    Attributes:
        stopped_epoch: The epoch that was the last, 0 when training ran its course.
        best_epoch: The epoch with the best value.

    >>> from types import SimpleNamespace
    >>> stop = EarlyStopping(monitor="loss", patience=2, verbose=1)
    >>> stop.set_model(SimpleNamespace(stop_training=False))
    >>> stop.on_train_begin()
    >>> for epoch, loss in enumerate([0.9, 0.5, 0.6, 0.7]):
    ...     stop.on_epoch_end(epoch, {"loss": loss})
    >>> stop.model.stop_training, stop.best_epoch
    (True, 1)
    >>> stop.on_train_end()
    Epoch 4: early stopping, loss has not improved since epoch 2.
    """

    _memory = ("wait", "stopped_epoch", "best", "best_epoch", "best_weights")

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0,
        patience=0,
        verbose=0,
        mode="auto",
        baseline=None,
        restore_best_weights=False,
        start_from_epoch=0,
    ):
        super().__init__(monitor, mode, min_delta=min_delta)
        self.patience = checks.non_negative_int(self, patience=patience)
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = checks.non_negative_int(
            self, start_from_epoch=start_from_epoch
        )
        self._forget()

    def _forget(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best = None
        self.best_epoch = 0
        self.best_weights = None

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._forget()

    def on_epoch_end(self, epoch, logs=None):
        value = self.get_monitor_value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self._is_improvement(value, self.best):
            self._remember(epoch, value)
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _remember(self, epoch: int, value) -> None:
        self.best = value
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()
        if self.baseline is None or self._is_improvement(value, self.baseline):
            self.wait = 0

    def on_train_end(self, logs=None):
        if self.stopped_epoch and self.verbose:
            print_message(
                f"Epoch {self.stopped_epoch + 1}: early stopping, {self.monitor} "
                f"has not improved since epoch {self.best_epoch + 1}."
            )
        if self.best_weights is not None:
            if self.verbose:
                print_message(f"Restoring the weights of epoch {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)
