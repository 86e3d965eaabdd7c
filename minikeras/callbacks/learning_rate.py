"""Callbacks that change the learning rate between epochs."""

from ..legacy import doors
from ..utils import checks
from ..utils.progress import print_message
from .callback import Callback
from .monitor import MonitorCallback

__all__ = ["LearningRateScheduler", "ReduceLROnPlateau"]


class LearningRateScheduler(Callback):
    """Sets the learning rate at the begin of every epoch to what a function says.

    The rate of each epoch is in the logs as `learning_rate`.

    Args:
        schedule: Function `(epoch, rate) -> rate`, epochs counted from 0; one that
            takes the epoch alone will do.
        verbose: 1 says so in every epoch, 0 is silent.

    >>> from types import SimpleNamespace
    >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2, verbose=1)
    >>> optimizer = SimpleNamespace(learning_rate=0.5)
    >>> halve.set_model(SimpleNamespace(optimizer=optimizer))
    >>> halve.on_epoch_begin(0)
    Epoch 1: the learning rate is 0.25.
    """

    def __init__(self, schedule, verbose=0):
        super().__init__()
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch, logs=None):
        rate = _as_rate(self._ask(epoch, _learning_rate(self)))
        self.model.optimizer.learning_rate = rate
        if self.verbose:
            print_message(f"Epoch {epoch + 1}: the learning rate is {rate:g}.")

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["learning_rate"] = _learning_rate(self)

    def _ask(self, epoch: int, rate: float):
        try:
            return self.schedule(epoch, rate)
        except TypeError:  # the short form, of the epoch alone
            return self.schedule(epoch)


@doors.open_constructor
class ReduceLROnPlateau(MonitorCallback):
    """Lowers the learning rate when a metric has stopped improving.

    new rate = max(rate * factor, min_lr). The rate of each epoch is in the logs as
    `learning_rate`.

    Args:
        monitor: Name of the metric in the logs.
        factor: What the rate is multiplied with, below 1.
        patience: Number of epochs without improvement after which it is lowered.
        verbose: 1 says so when it acts, 0 is silent.
        mode: "min", "max", or "auto": the way the metric itself says it improves.
        min_delta: Least change that counts as an improvement.
        cooldown: Number of epochs after a change in which patience does not run.
        min_lr: The rate is never lowered below this.
    """

    _memory = ("best", "wait", "cooldown_counter")

    def __init__(
        self,
        monitor="val_loss",
        factor=0.1,
        patience=10,
        verbose=0,
        mode="auto",
        min_delta=1e-4,
        cooldown=0,
        min_lr=0.0,
    ):
        super().__init__(monitor, mode, min_delta=min_delta)
        if not factor < 1:
            checks.fail(self, "factor", factor, "be below 1", 0.1)
        self.factor = factor
        self.min_lr = min_lr
        self.patience = checks.non_negative_int(self, patience=patience)
        self.verbose = verbose
        self.cooldown = checks.non_negative_int(self, cooldown=cooldown)
        self._forget()

    def _forget(self) -> None:
        self.best = None
        self.wait = 0
        self.cooldown_counter = 0

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._forget()

    def in_cooldown(self):
        """Tells whether a change is too recent for patience to run."""
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch, logs=None):
        value = self.get_monitor_value(logs)
        if logs is not None:
            logs["learning_rate"] = _learning_rate(self)
        if value is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(value, self.best):
            self.best = value
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        old = _learning_rate(self)
        if old <= self.min_lr:
            return
        rate = max(old * self.factor, self.min_lr)
        self.model.optimizer.learning_rate = rate
        if self.verbose:
            print_message(
                f"Epoch {epoch + 1}: {self.monitor} has stopped improving, the "
                f"learning rate goes from {old:g} to {rate:g}."
            )
        self.cooldown_counter = self.cooldown
        self.wait = 0


def _learning_rate(callback) -> float:
    optimizer = getattr(callback.model, "optimizer", None)
    if not hasattr(optimizer, "learning_rate"):
        raise ValueError(
            f"{type(callback).__name__}: the model's optimizer must have a "
            f"learning_rate, got {checks.show(optimizer)}. Try "
            "model.compile(optimizer=SGD(learning_rate=0.01), ...)."
        )
    return float(optimizer.learning_rate)


def _as_rate(value) -> float:
    try:
        if not isinstance(value, (str, bool)):
            return float(value)
    except (TypeError, ValueError):
        pass
    return checks.fail("LearningRateScheduler", "schedule", value, "return a float")
