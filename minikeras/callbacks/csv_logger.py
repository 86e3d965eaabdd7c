"""Writes the numbers of every epoch to a table."""

import csv
import os

import numpy as np

from .callback import Callback

__all__ = ["CSVLogger"]


class CSVLogger(Callback):
    """Writes a row of metrics to a CSV file after every epoch.

    The columns are `epoch` and the metrics of the first epoch in sorted order; if it
    has no validation, `val_` columns follow that later epochs may fill. A value that
    is missing is written `NA`, an array as a quoted list.

    Args:
        filename: Path of the file.
        separator: What stands between two columns.
        append: Whether to go on with a file that exists, instead of writing it anew.
    """

    def __init__(self, filename, separator=",", append=False):
        super().__init__()
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys = None
        self.writer = None
        self.csv_file = None

    def on_train_begin(self, logs=None):
        self._has_header = self.append and _is_filled(self.filename)
        mode = "a" if self.append else "w"
        self.csv_file = open(self.filename, mode, newline="", encoding="utf-8")
        self.writer = None

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        if self.writer is None:
            self._open_table(logs)
        cells = {key: _cell(logs.get(key, "NA")) for key in self.keys}
        self.writer.writerow({"epoch": epoch, **cells})
        self.csv_file.flush()

    def on_train_end(self, logs=None):
        self.csv_file.close()
        self.writer = None

    def _open_table(self, logs) -> None:
        if self.keys is None:
            self.keys = sorted(logs)
            if not any(key.startswith("val_") for key in self.keys):
                self.keys += [f"val_{key}" for key in self.keys]
        self.writer = csv.DictWriter(
            self.csv_file,
            ["epoch", *self.keys],
            delimiter=self.sep,
            lineterminator="\n",
        )
        if not self._has_header:
            self.writer.writeheader()


def _is_filled(path: str) -> bool:
    return os.path.exists(path) and os.path.getsize(path) > 0


def _cell(value):
    """Returns what to write for a value: lists and arrays become one quoted text."""
    if isinstance(value, str) or np.ndim(value) == 0:
        return value
    return f'"[{", ".join(map(str, value))}]"'
