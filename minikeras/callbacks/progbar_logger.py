"""The progress bar of `fit`, `evaluate` and `predict`."""

from ..utils.progress import Progbar, print_message, resolve_verbose
from .callback import Callback

__all__ = ["ProgbarLogger"]

INTERVAL = 0.1  # seconds between two drawings: as often as eyes can follow figures


class ProgbarLogger(Callback):
    """Shows a bar an epoch. `fit` adds one by itself unless `verbose=0`.

    On a terminal or in a notebook the bar is live; into a file or pipe, and with
    `verbose=2`, one plain line an epoch is written.
    """

    def __init__(self):
        super().__init__()
        self.progbar = None
        self.target = None
        self.verbose = 1
        self.epochs = 1
        self.seen = 0
        self._is_fitting = False

    def set_params(self, params):
        super().set_params(params)
        self.verbose = resolve_verbose(params.get("verbose", 1))
        self.epochs = params.get("epochs", 1)
        self.target = params.get("steps")

    def wants(self, hook: str, batch: int) -> bool:
        """Counts a batch that has ended; tells whether it is time to draw the bar."""
        if self._is_fitting and hook == "on_test_batch_end":
            return False  # the validation of an epoch shows in its last line
        self.seen = batch + 1
        return self.progbar.is_due(self.seen)

    def on_train_begin(self, logs=None):
        self._is_fitting = True

    def on_train_end(self, logs=None):
        self._is_fitting = False

    def on_epoch_begin(self, epoch, logs=None):
        title = f"Epoch {epoch + 1}/{self.epochs}" if self.epochs > 1 else ""
        self._start(title)

    def on_train_batch_end(self, batch, logs=None):
        self._step("on_train_batch_end", batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._finish(logs)

    def on_test_begin(self, logs=None):
        if not self._is_fitting:
            self._start()

    def on_test_batch_end(self, batch, logs=None):
        self._step("on_test_batch_end", batch, logs)

    def on_test_end(self, logs=None):
        if not self._is_fitting:
            self._finish(logs)

    def on_predict_begin(self, logs=None):
        self._start()

    def on_predict_batch_end(self, batch, logs=None):
        self._step("on_predict_batch_end", batch, None)  # these logs are the outputs

    def on_predict_end(self, logs=None):
        self._finish(None)

    def _start(self, title: str = "") -> None:
        self.seen = 0
        self.progbar = Progbar(
            self.target, verbose=self.verbose, interval=INTERVAL, stateless_metrics=()
        )
        self.progbar.title = title
        if title and self.progbar.is_live:
            print_message(title)

    def _step(self, hook: str, batch: int, logs) -> None:
        if self.wants(hook, batch):
            values = logs.items() if logs else None
            self.progbar.update(self.seen, values, finalize=False)

    def _finish(self, logs) -> None:
        if self.target is None:
            self.target = self.progbar.target = self.seen
        values = logs.items() if logs else None
        self.progbar.update(self.seen, values, finalize=True)
