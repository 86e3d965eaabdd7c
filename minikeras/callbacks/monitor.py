"""What EarlyStopping, ModelCheckpoint and ReduceLROnPlateau share: a watched metric."""

import operator
import warnings

from ..utils import checks
from .callback import Callback

__all__ = ["MonitorCallback"]

_FALLING = {
    *("loss", "error", "crossentropy", "divergence", "hinge", "poisson", "logcosh"),
    *("huber", "mse", "mae", "mape", "msle", "rmse", "negatives", "entropy"),
}
_RISING = {
    *("acc", "accuracy", "auc", "precision", "recall", "f1", "fbeta", "iou", "dice"),
    *("r2", "similarity", "sensitivity", "specificity", "score", "positives"),
}


class MonitorCallback(Callback):
    """Base class of callbacks that follow the best value of one metric.

    Args:
        monitor: Name of the metric in the logs.
        mode: "min", "max", or "auto": the way the metric itself says it improves.
        best: The value to beat, None for any.
        min_delta: Least change that counts as an improvement, 0 or more.
    """

    def __init__(self, monitor="val_loss", mode="auto", best=None, min_delta=0):
        super().__init__()
        self.monitor = monitor
        self.mode = checks.one_of(self, allowed=("auto", "min", "max"), mode=mode)
        self.best = best
        self.min_delta = abs(min_delta)
        self.monitor_op = None
        self._has_warned = False

    def on_train_begin(self, logs=None):
        self._has_warned = False

    def get_monitor_value(self, logs):
        """Returns the metric's value in the logs, or None after one warning."""
        value = (logs or {}).get(self.monitor)
        if value is None and not self._has_warned:
            self._has_warned = True
            warnings.warn(self._describe_missing(logs or {}), stacklevel=2)
        return value

    def _describe_missing(self, logs) -> str:
        message = (
            f"{type(self).__name__}: there is no {self.monitor!r} to monitor. "
            f"Available metrics are: {', '.join(sorted(logs)) or 'none'}."
        )
        if self.monitor.removeprefix("val_") in logs:
            message += " Try fit(..., validation_split=0.2), or validation_data."
        return message

    def _is_improvement(self, value, reference) -> bool:
        """Tells whether a value beats a reference by more than `min_delta`."""
        if reference is None:
            return True
        if self.monitor_op is None:
            self.monitor_op = self._find_direction()
        sign = 1 if self.monitor_op is operator.gt else -1
        return bool(self.monitor_op(value - sign * self.min_delta, reference))

    def _find_direction(self):
        if self.mode != "auto":
            return operator.gt if self.mode == "max" else operator.lt
        name = self.monitor.removeprefix("val_")
        words = set(name.split("_"))
        direction = _declared_direction(self.model, name)
        if direction == "down" or (direction is None and words & _FALLING):
            return operator.lt
        if direction == "up" or words & _RISING:
            return operator.gt
        raise ValueError(
            f"{type(self).__name__}: mode='auto' cannot tell whether a larger or a "
            f"smaller {self.monitor!r} is better. Try mode='max' or mode='min'."
        )


def _declared_direction(model, name: str) -> str | None:
    """Returns "up" or "down" as the model's metric of that name declares it."""
    for metric in getattr(model, "metrics", None) or ():
        parts = (metric, *(getattr(metric, "metrics", None) or ()))
        for part in parts:
            if getattr(part, "name", None) == name:
                direction = getattr(part, "_direction", None)
                if direction in ("up", "down"):
                    return direction
    return None
