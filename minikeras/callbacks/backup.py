"""Going on where a training was interrupted, to the last bit."""

import contextlib
import json
import os
import random

import numpy as np

from ..saving.errors import SavingError
from ..tensor.random import global_seed_generator
from ..utils import checks
from ..utils.files import atomic_path, path_of
from ..utils.lazy import LazyModule
from .callback import Callback

__all__ = ["BackupAndRestore"]

hdf5 = LazyModule(f"{__package__.rpartition('.')[0]}.saving.hdf5")

NAME, BEFORE = "training.h5", "training_before.h5"
FORM = "minikeras backup 1"


class BackupAndRestore(Callback):
    """Writes down the state of a training, and goes on from there in the next run.

    A script that was killed and is started again ends with the very numbers of a run
    that was not: weights, optimizer, metrics, the order of the data, random generators
    and what other callbacks remember are those of the interrupted run.

    Args:
        backup_dir: Folder for the state; of this training only.
        save_freq: "epoch", or a number of batches: when the state is written.
        double_checkpoint: Whether the state before the last is kept too, and used if
            the last cannot be read.
        delete_checkpoint: Whether the state goes away when training has ended well.

    Raises:
        SavingError: in `fit`, if the state in the folder cannot be read, or belongs to
            another model.
    """

    _turn = 1  # others have done what they do at an epoch's end

    def __init__(
        self,
        backup_dir,
        save_freq="epoch",
        double_checkpoint=False,
        delete_checkpoint=True,
    ):
        super().__init__()
        if not backup_dir:
            checks.fail(self, "backup_dir", backup_dir, "be a path", "backup")
        if save_freq != "epoch":
            checks.positive_int(self, save_freq=save_freq)
        self.backup_dir = path_of(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._epoch = self._batches = 0
        self._at_epoch_start = self._begun = None
        self._last_batch = self._resumed_after = -1

    # Moments --------------------------------------------------------------------------

    def on_train_begin(self, logs=None):
        state = self._read()
        if state is not None:
            self._restore(*state)

    def on_train_end(self, logs=None):
        interrupts = getattr(self.model, "_interrupts", None)
        is_cut_short = interrupts is not None and interrupts.is_asked
        if self.delete_checkpoint and not is_cut_short:
            for path in self._paths():
                with contextlib.suppress(FileNotFoundError):
                    os.remove(path)
            with contextlib.suppress(OSError):  # not empty, or not there
                os.rmdir(self.backup_dir)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        self._last_batch, self._resumed_after = self._resumed_after, -1
        self._at_epoch_start = self._begun or _generators()
        self._begun = None

    def on_train_batch_end(self, batch, logs=None):
        if self.save_freq == "epoch":
            return
        self._batches += batch - self._last_batch
        self._last_batch = batch
        if self._batches >= self.save_freq:
            self._batches = 0
            self._write(self._epoch, batch + 1)

    def on_epoch_end(self, epoch, logs=None):
        if self.save_freq == "epoch":
            self._write(epoch + 1, 0)

    # State ----------------------------------------------------------------------------

    def _paths(self) -> list[str]:
        return [os.path.join(self.backup_dir, name) for name in (NAME, BEFORE)]

    def _variables(self) -> list:
        model = self.model
        seed = global_seed_generator().state
        return [*model.variables, *model.optimizer.variables, seed]

    def _counters(self) -> list:
        """The variables of metrics, which a new model has after its first batch."""
        return [v for metric in self.model.metrics for v in metric.variables]

    def _write(self, epoch: int, batch: int) -> None:
        arrays = [v.numpy() for v in self._variables()]
        counters = [v.numpy() for v in self._counters()] if batch else []
        arrays += counters
        facts = {
            "form": FORM,
            "epoch": epoch,
            "batch": batch,
            "batches": self._batches,
            "is_over": bool(self.model.stop_training),
            "variables": len(arrays) - len(counters),
            "counters": len(counters),
            "generators": _generators(),
            "at_epoch_start": self._at_epoch_start if batch else None,
            "peers": [_remembered(peer, arrays) for peer in self._others()],
        }
        path, before = self._paths()
        if self.double_checkpoint and os.path.exists(path):
            os.replace(path, before)
        with atomic_path(path) as temporary, hdf5.open_to_write(temporary) as file:
            text = np.frombuffer(json.dumps(facts).encode(), "uint8")
            file.create_dataset("facts", data=text)
            hdf5.write_arrays(
                file, [(f"array_{i}", array) for i, array in enumerate(arrays)]
            )

    def _read(self):
        """The facts and arrays of the last state that can be read; None without one."""
        known = [path for path in self._paths() if os.path.exists(path)]
        for path in known:
            try:
                return self._read_file(path)
            except SavingError:
                if path == known[-1]:
                    raise
        return None

    def _read_file(self, path: str):
        with hdf5.open_to_read(path) as file:
            text = hdf5.read_array(hdf5.check_array(file, "facts")).tobytes()
            try:
                facts = json.loads(text)
            except ValueError as error:
                raise SavingError(f"{path!r} is no backup: {error}.") from error
            if facts.get("form") != FORM:
                raise SavingError(f"{path!r} is no backup of minikeras.")
            names = hdf5.read_names(file, "weight_names")
            found = [hdf5.check_array(file, name) for name in names]
            wanted = [v.shape for v in self._variables()]
            given = [x.shape for x in found[: facts["variables"]]]
            if given != wanted:
                raise SavingError(
                    f"{path!r} is the backup of another model: it has {len(given)} "
                    f"variables of shapes {given[:4]}..., this has {len(wanted)} of "
                    f"shapes {wanted[:4]}.... Take another backup_dir, or delete it."
                )
            return facts, [hdf5.read_array(x) for x in found]

    def _restore(self, facts: dict, arrays: list) -> None:
        for peer, memory in zip(self._others(), facts["peers"], strict=False):
            _remind(peer, memory, arrays)
        end = facts["variables"] + facts["counters"]

        def restore():
            known = [*self._variables(), *(self._counters() if facts["batch"] else ())]
            for variable, array in zip(known, arrays[:end], strict=False):
                variable.assign(array)
            _set_generators(facts["generators"])

        def rewind():
            _set_generators(facts["at_epoch_start"])

        restore()
        self.model.stop_training = facts["is_over"]
        self._batches = facts["batches"]
        self._begun = facts["at_epoch_start"]
        self._resumed_after = facts["batch"] - 1
        self.model._resume = (facts["epoch"], facts["batch"], rewind, restore)

    def _others(self) -> list:
        return [peer for peer in self._peers if getattr(peer, "_memory", ())]


# What other callbacks remember --------------------------------------------------------


def _remembered(callback, arrays: list) -> dict:
    """What a callback keeps from epoch to epoch; its arrays are added to the list."""
    memory = {"kind": type(callback).__name__}
    for name in callback._memory:
        value = getattr(callback, name)
        if isinstance(value, list):  # of weights
            memory[name] = {"arrays": [len(arrays), len(value)]}
            arrays += map(np.asarray, value)
        else:
            memory[name] = None if value is None else float(value)
    return memory


def _remind(callback, memory: dict, arrays: list) -> None:
    if memory.get("kind") != type(callback).__name__:
        return  # the list of callbacks is another one now
    for name in callback._memory:
        value, now = memory.get(name), getattr(callback, name)
        if isinstance(value, dict):
            start, count = value["arrays"]
            value = arrays[start : start + count]
        elif isinstance(now, int) and value is not None:
            value = int(value)
        setattr(callback, name, value)


# Python's and NumPy's random generators -----------------------------------------------


def _generators() -> dict:
    """The state of both global generators, as JSON can hold it."""
    state = np.random.get_state(legacy=False)
    inner = {name: np.asarray(x).tolist() for name, x in state["state"].items()}
    version, numbers, spare = random.getstate()
    return {
        "numpy": {**state, "state": inner},
        "python": [version, list(numbers), spare],
    }


def _set_generators(states: dict) -> None:
    state = states["numpy"]
    key = np.array(state["state"]["key"], "uint32")
    np.random.set_state({**state, "state": {**state["state"], "key": key}})
    version, numbers, spare = states["python"]
    random.setstate((version, tuple(numbers), spare))
