"""BackupAndRestore inside of one process; kills are in tests/stories/test_kills.py."""

import numpy as np
import pytest

import minikeras as keras
from minikeras.callbacks import BackupAndRestore
from minikeras.saving import SavingError

X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Interrupts(keras.callbacks.Callback):
    def __init__(self, epoch=None, batch=None):
        super().__init__()
        self.at = epoch, batch
        self.epochs = []

    def on_epoch_begin(self, epoch, logs=None):
        self.epochs.append(epoch)
        if self.at == (epoch, None):
            raise RuntimeError("interrupted")

    def on_train_batch_begin(self, batch, logs=None):
        if self.at == (self.epochs[-1], batch):
            raise RuntimeError("interrupted")


def made(units=1):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(units)])
    model.compile("sgd", "mse")
    return model


def fit(model, folder, *others, **settings):
    backup = BackupAndRestore(folder, **settings)
    callbacks = [backup, *others]
    return model.fit(X, Y, batch_size=4, epochs=6, verbose=0, callbacks=callbacks)


def interrupted(model, folder, *at, **settings):
    with pytest.raises(RuntimeError, match="interrupted"):
        fit(model, folder, Interrupts(*at), **settings)


def test_epochs_that_are_done_are_left_out(tmp_path):
    model = made()
    interrupted(model, tmp_path / "b", 4)
    watch = Interrupts()
    history = fit(model, tmp_path / "b", watch)
    assert watch.epochs == history.epoch == [4, 5]
    assert len(history.history["loss"]) == 2
    assert not (tmp_path / "b").exists()


def test_batches_that_are_done_are_left_out(tmp_path):
    model = made()
    interrupted(model, tmp_path, 2, 3, save_freq=1, delete_checkpoint=False)
    steps = int(model.optimizer.iterations)
    assert steps == 13
    watch = Interrupts()
    fit(model, tmp_path, watch, save_freq=1, delete_checkpoint=False)
    assert watch.epochs == [2, 3, 4, 5]
    assert int(model.optimizer.iterations) == 30
    assert [p.name for p in tmp_path.iterdir()] == ["training.h5"]


def test_batches_count_in_groups_too(tmp_path):
    model = made()
    model.compile("sgd", "mse", steps_per_execution=2)
    settings = {"save_freq": 4, "delete_checkpoint": False}
    interrupted(model, tmp_path, 0, 4, **settings)  # four batches are done
    watch = Interrupts()
    fit(model, tmp_path, watch, **settings)
    assert watch.epochs == [0, 1, 2, 3, 4, 5]
    assert int(model.optimizer.iterations) == 30


def test_weights_of_another_process_are_taken_over(tmp_path):
    first = made()
    interrupted(first, tmp_path, 3)
    second = made()
    interrupted(second, tmp_path, 3)  # before anything is learnt
    for ours, theirs in zip(second.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_training_that_had_stopped_stays_stopped(tmp_path):
    class Stops(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 2

    settings = {"delete_checkpoint": False}
    model = made()
    assert fit(model, tmp_path, Stops(), **settings).epoch == [0, 1, 2]
    assert fit(model, tmp_path, Stops(), **settings).epoch == []


def test_the_state_before_is_used_if_the_last_is_damaged(tmp_path):
    model = made()
    interrupted(model, tmp_path, 4, double_checkpoint=True)
    path = tmp_path / "training.h5"
    path.write_bytes(path.read_bytes()[:900])
    watch = Interrupts()
    fit(model, tmp_path, watch, double_checkpoint=True)
    assert watch.epochs == [3, 4, 5]


def test_errors(tmp_path):
    interrupted(made(), tmp_path, 2)
    with pytest.raises(SavingError, match="is the backup of another model"):
        fit(made(2), tmp_path)
    (tmp_path / "training.h5").write_bytes(b"no file of ours")
    model = made()
    before = model.get_weights()
    with pytest.raises(SavingError):
        fit(model, tmp_path)
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    with pytest.raises(ValueError, match="backup_dir must be a path"):
        BackupAndRestore("")
    with pytest.raises(ValueError, match="save_freq must be a positive int"):
        BackupAndRestore("x", save_freq=0)
