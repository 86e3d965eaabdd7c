"""EarlyStopping, ReduceLROnPlateau, ModelCheckpoint: the numbers are Keras 3.15's."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from minikeras.callbacks import (
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)


class Model:
    """As much of a model as callbacks know."""

    def __init__(self, rate=1.0, metrics=()):
        self.optimizer = SimpleNamespace(learning_rate=rate)
        self.metrics = metrics
        self.stop_training = False
        self.epoch = None
        self.saved = []

    def get_weights(self):
        return [self.epoch]

    def set_weights(self, weights):
        (self.restored,) = weights

    def save(self, path, overwrite):
        self.saved.append(("model", path))

    def save_weights(self, path, overwrite):
        self.saved.append(("weights", path))


def run(callback, values, monitor="val_loss", model=None):
    """Runs epochs whose metric has these values; returns the model."""
    model = model or Model()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.epoch = epoch
        logs = {monitor: value}
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, logs)
        model.logs = logs
        if model.stop_training:
            break
    callback.on_train_end()
    return model


@pytest.mark.parametrize(
    "options, values, last",
    [
        ({"patience": 2}, [3, 2, 2, 2, 2], 3),
        ({}, [3, 2, 1, 1, 0], 3),
        ({"patience": 1, "min_delta": 0.5}, [3, 2.9, 2.8], 1),
        ({"patience": 2, "baseline": 1.5}, [3, 2, 2, 2, 1, 1.2], 2),
        ({"patience": 1, "start_from_epoch": 2}, [3, 2, 5, 5, 5, 1.2], 3),
        ({"mode": "max"}, [1, 2, 1, 3], 2),
        ({"patience": 9}, [3, 2, 2], 2),
    ],
)
def test_early_stopping_stops_where_keras_does(options, values, last):
    assert run(EarlyStopping(**options), values).epoch == last


def test_early_stopping_restores_the_best_weights(capsys):
    stop = EarlyStopping(patience=2, restore_best_weights=True, verbose=1)
    assert run(stop, [3, 2, 2, 2, 2]).restored == 1
    assert stop.stopped_epoch == 3 and stop.best_epoch == 1 and stop.best == 2
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 4: early stopping, val_loss has not improved since epoch 2.",
        "Restoring the weights of epoch 2.",
    ]


def test_early_stopping_restores_also_when_nothing_beats_the_baseline():
    stop = EarlyStopping(patience=2, baseline=0.5, restore_best_weights=True)
    assert run(stop, [3, 2, 4, 4]).restored == 1


def test_early_stopping_starts_anew_in_a_second_fit():
    stop = EarlyStopping()
    run(stop, [1, 2])
    assert run(stop, [5, 4, 3]).epoch == 2


def metric(name, direction):
    return SimpleNamespace(name=name, _direction=direction)


@pytest.mark.parametrize(
    "monitor, metrics, is_rising",
    [
        ("val_loss", (), False),
        ("val_accuracy", (), True),
        ("mean_squared_error", (), False),
        ("output_1_loss", (), False),
        ("val_speed", (metric("speed", "up"),), True),
        ("speed", (SimpleNamespace(metrics=[metric("speed", "down")]),), False),
        ("accuracy", (metric("accuracy", "down"),), False),
    ],
)
def test_auto_mode_asks_the_metric(monitor, metrics, is_rising):
    stop = EarlyStopping(monitor=monitor)
    model = run(stop, [1, 2, 3], monitor, Model(metrics=metrics))
    assert model.stop_training == (not is_rising)


def test_auto_mode_that_cannot_tell():
    with pytest.raises(ValueError, match="larger or a smaller 'speed' is better"):
        run(EarlyStopping(monitor="speed"), [1, 2], "speed")


@pytest.mark.parametrize("kind", [EarlyStopping, ReduceLROnPlateau])
def test_missing_metric_warns_once_and_lists_what_is_there(kind):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run(kind(), [1, 2, 3], "loss")
    assert len(caught) == 1
    assert str(caught[0].message) == (
        f"{kind.__name__}: there is no 'val_loss' to monitor. Available metrics are: "
        "loss. Try fit(..., validation_split=0.2), or validation_data."
    )


@pytest.mark.parametrize(
    "make",
    [
        EarlyStopping,
        ReduceLROnPlateau,
        lambda **options: ModelCheckpoint("a.h5", **options),
    ],
)
def test_unknown_mode(make):
    with pytest.raises(ValueError, match="mode must be one of 'auto', 'min', 'max'"):
        make(mode="maximum")


def test_reduce_lr_goes_down_as_in_keras(capsys):
    callback = ReduceLROnPlateau(
        patience=2, factor=0.5, cooldown=1, min_lr=0.2, verbose=1
    )
    model, rates = Model(), []
    callback.set_model(model)
    callback.on_train_begin()
    for epoch in range(9):
        logs = {"val_loss": 1.0}
        callback.on_epoch_end(epoch, logs)
        rates.append((logs["learning_rate"], model.optimizer.learning_rate))
    assert rates == [
        *[(1.0, 1.0), (1.0, 1.0), (1.0, 0.5), (0.5, 0.5), (0.5, 0.25)],
        *[(0.25, 0.25), (0.25, 0.2), (0.2, 0.2), (0.2, 0.2)],
    ]
    assert capsys.readouterr().out.splitlines()[0] == (
        "Epoch 3: val_loss has stopped improving, the learning rate goes from 1 to 0.5."
    )


def test_reduce_lr_factor():
    with pytest.raises(ValueError, match="factor must be below 1, got 1.0"):
        ReduceLROnPlateau(factor=1.0)


@pytest.mark.parametrize("schedule", [lambda e, r: r / 2, lambda e: 0.5 ** (e + 1)])
def test_learning_rate_scheduler(schedule, capsys):
    model = run(LearningRateScheduler(schedule, verbose=1), [1, 1])
    assert model.optimizer.learning_rate == 0.25
    assert model.logs["learning_rate"] == 0.25
    assert capsys.readouterr().out.splitlines()[1] == (
        "Epoch 2: the learning rate is 0.25."
    )


def test_learning_rate_scheduler_that_returns_no_number():
    with pytest.raises(ValueError, match="schedule must return a float, got 'low'"):
        run(LearningRateScheduler(lambda epoch: "low"), [1])
    with pytest.raises(ValueError, match="optimizer must have a learning_rate"):
        model = SimpleNamespace(optimizer=None, stop_training=False)
        run(LearningRateScheduler(lambda epoch: 1.0), [1], model=model)


def test_checkpoint_after_every_epoch(tmp_path, capsys):
    path = f"{tmp_path}/runs/{{epoch:02d}}-{{val_loss:.2f}}.h5"
    model = run(ModelCheckpoint(path, verbose=1), [3, 2])
    assert model.saved == [
        ("model", f"{tmp_path}/runs/01-3.00.h5"),
        ("model", f"{tmp_path}/runs/02-2.00.h5"),
    ]
    assert (tmp_path / "runs").is_dir()
    out = capsys.readouterr().out.splitlines()
    assert out[0] == f"Epoch 1: saving to {tmp_path}/runs/01-3.00.h5."


def test_checkpoint_of_the_best(tmp_path, capsys):
    path = tmp_path / "best.h5"
    model = run(ModelCheckpoint(path, save_best_only=True, verbose=1), [3, 2, 2.5, 1])
    assert len(model.saved) == 3
    assert capsys.readouterr().out.splitlines() == [
        f"Epoch 1: val_loss is 3.00000, saving to {path}.",
        f"Epoch 2: val_loss improved from 3.00000 to 2.00000, saving to {path}.",
        "Epoch 3: val_loss did not improve from 2.00000.",
        f"Epoch 4: val_loss improved from 2.00000 to 1.00000, saving to {path}.",
    ]


def test_checkpoint_threshold_and_weights_only(tmp_path):
    checkpoint = ModelCheckpoint(
        tmp_path / "a.weights.h5",
        save_best_only=True,
        save_weights_only=True,
        initial_value_threshold=2.5,
    )
    assert run(checkpoint, [3, 2]).saved == [("weights", f"{tmp_path}/a.weights.h5")]


def test_checkpoint_every_three_batches(tmp_path):
    checkpoint = ModelCheckpoint(f"{tmp_path}/{{epoch}}-{{batch}}.h5", save_freq=3)
    model = Model()
    checkpoint.set_model(model)
    for epoch in range(2):
        checkpoint.on_epoch_begin(epoch)
        for batch in range(4):
            checkpoint.on_train_batch_end(batch, {"loss": 1.0})
        checkpoint.on_epoch_end(epoch, {"loss": 1.0})
    assert [path.split("/")[-1] for _, path in model.saved] == ["1-3.h5", "2-2.h5"]


def test_checkpoint_of_what_cannot_be_compared_is_saved(tmp_path):
    checkpoint = ModelCheckpoint(tmp_path / "a.h5", save_best_only=True)
    with pytest.warns(UserWarning, match="needs a single number to compare"):
        model = run(checkpoint, [np.ones(2)])
    assert len(model.saved) == 1


def test_checkpoint_file_names():
    with pytest.raises(ValueError, match="must end in .keras or .h5 or .hdf5, got 'a'"):
        ModelCheckpoint("a")
    with pytest.raises(ValueError, match="must end in .weights.h5 or .h5 or .hdf5"):
        ModelCheckpoint("a.keras", save_weights_only=True)
    with pytest.raises(ValueError, match="be 'epoch' or a positive number of batches"):
        ModelCheckpoint("a.h5", save_freq="batch")
    with pytest.raises(KeyError, match="names 'loss', which is not there. Available"):
        run(ModelCheckpoint("{loss}.h5"), [1])


def test_checkpoint_into_a_folder(tmp_path):
    (tmp_path / "a.h5").mkdir()
    with pytest.raises(OSError, match="filepath must name a file"):
        run(ModelCheckpoint(tmp_path / "a.h5"), [1])
