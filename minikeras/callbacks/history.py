"""What `fit` returns: the numbers of every epoch."""

import contextlib

from ..legacy.methods import Logs
from ..utils.lazy import LazyModule
from .callback import Callback

__all__ = ["History"]

curves = LazyModule(f"{__name__.split('.')[0]}.explain.curves")


class History(Callback):
    """Keeps the logs of every epoch. `fit` adds one by itself and returns it.

    Attributes:
        history: Dict from the name of a metric to the list of its values, by epoch.
        epoch: List of the epochs that were run, counted from 0.

    >>> history = History()
    >>> history.on_train_begin()
    >>> history.on_epoch_end(0, {"loss": 0.7})
    >>> history.on_epoch_end(1, {"loss": 0.4})
    >>> history.history
    {'loss': [0.7, 0.4]}
    """

    def __init__(self):
        super().__init__()
        self.history = Logs()

    def on_train_begin(self, logs=None):
        self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def _repr_png_(self):
        """The curves, for notebooks; None, and so the text, without Matplotlib."""
        if not self.history:
            return None
        with contextlib.suppress(ImportError):
            return curves.plot_history(self)._repr_png_()
