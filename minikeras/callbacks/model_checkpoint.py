"""Saves the model while it trains."""

import os
import warnings

import numpy as np

from ..legacy import doors
from ..legacy.methods import Logs
from ..utils import checks
from ..utils.progress import print_message
from .monitor import MonitorCallback

__all__ = ["ModelCheckpoint"]

_MODEL_ENDINGS = (".keras", ".h5", ".hdf5")
_WEIGHTS_ENDINGS = (".weights.h5", ".h5", ".hdf5")


@doors.open_constructor
class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, after every epoch or every so many batches.

    Args:
        filepath: Path of the file. It may name `epoch` and `batch` (counted from 1)
            and any metric of the logs: `"{epoch:02d}-{val_loss:.2f}.h5"`. Without
            them the file is written over each time. Folders are made.
        monitor: Name of the metric that `save_best_only` compares.
        verbose: 1 says so when it saves, 0 is silent.
        save_best_only: Whether to save only when the metric beats its best value.
        save_weights_only: Whether to save only the weights.
        mode: "min", "max", or "auto": the way the metric itself says it improves.
        save_freq: "epoch", or a number of batches.
        initial_value_threshold: A value that the metric must beat to be saved.
    """

    _epochs_apart = 1
    _memory = ("best", "_batches_since_save", "_last_batch")

    def __init__(
        self,
        filepath,
        monitor="val_loss",
        verbose=0,
        save_best_only=False,
        save_weights_only=False,
        mode="auto",
        save_freq="epoch",
        initial_value_threshold=None,
    ):
        super().__init__(monitor, mode, best=initial_value_threshold)
        self.filepath = _check_ending(os.fspath(filepath), save_weights_only)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = _check_frequency(save_freq)
        self._epoch = 0
        self._batches_since_save = 0
        self._last_batch = -1

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        self._last_batch = -1

    def on_train_batch_end(self, batch, logs=None):
        if self.save_freq == "epoch":
            return
        self._batches_since_save += batch - self._last_batch
        self._last_batch = batch
        if self._batches_since_save >= self.save_freq:
            self._batches_since_save = 0
            self._save_if_due(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        if self.save_freq == "epoch" and (epoch + 1) % self._epochs_apart == 0:
            self._save_if_due(None, logs)

    def _save_if_due(self, batch: int | None, logs) -> None:
        is_better, story = self._compare(logs) if self.save_best_only else (True, "")
        if is_better:
            path = self._format_path(batch, logs or {})
            story += f"saving to {path}"
        if self.verbose:
            print_message(f"Epoch {self._epoch + 1}: {story}.")
        if is_better:
            self._save(path)

    def _compare(self, logs) -> tuple[bool, str]:
        """Tells whether the metric is better than ever (or cannot say), and why."""
        value, best = self.get_monitor_value(logs), self.best
        if value is None:
            return True, ""
        if np.ndim(value):
            warnings.warn(
                f"ModelCheckpoint: save_best_only needs a single number to compare, "
                f"but {self.monitor!r} is an array; it is saved as the best.",
                stacklevel=2,
            )
            return True, ""
        if not self._is_improvement(value, best):
            return False, f"{self.monitor} did not improve from {best:.5f}"
        self.best = value
        start = "is" if best is None else f"improved from {best:.5f} to"
        return True, f"{self.monitor} {start} {value:.5f}, "

    def _format_path(self, batch: int | None, logs) -> str:
        """Returns the path with the numbers of this moment filled in."""
        fields = Logs(logs, epoch=self._epoch + 1)
        if batch is not None:
            fields["batch"] = batch + 1
        try:
            return self.filepath.format_map(fields)
        except KeyError as error:
            raise KeyError(
                f"ModelCheckpoint: filepath {self.filepath!r} names {error}, which is "
                f"not there. Available names are: {', '.join(sorted(fields))}."
            ) from error

    def _save(self, path: str) -> None:
        if os.path.isdir(path):
            raise OSError(
                f"ModelCheckpoint: filepath must name a file, but {path!r} is a "
                f"folder. Try filepath={os.path.join(path, 'model.h5')!r}."
            )
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        save = self.model.save_weights if self.save_weights_only else self.model.save
        save(path, overwrite=True)


def _check_ending(path: str, is_weights: bool) -> str:
    endings = _WEIGHTS_ENDINGS if is_weights else _MODEL_ENDINGS
    if not path.endswith(endings):
        what = " with save_weights_only=True" if is_weights else ""
        raise ValueError(
            f"ModelCheckpoint: filepath{what} must end in {' or '.join(endings)}, got "
            f"{path!r}. Try filepath={path + endings[0]!r}."
        )
    return path


def _check_frequency(save_freq):
    if isinstance(save_freq, str) and save_freq == "epoch":
        return save_freq
    try:
        return checks.positive_int("ModelCheckpoint", save_freq=save_freq)
    except ValueError:
        checks.fail(
            "ModelCheckpoint",
            "save_freq",
            save_freq,
            "be 'epoch' or a positive number of batches",
            "epoch",
        )
