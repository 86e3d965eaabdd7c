"""Callbacks against real Keras: random courses of a metric, the same decisions."""

import inspect
from types import SimpleNamespace

import numpy as np
import pytest

from minikeras import callbacks as ours

keras = pytest.importorskip("keras")


class Model:
    """As much of a model as these callbacks know."""

    def __init__(self):
        self.optimizer = SimpleNamespace(learning_rate=1.0)
        self.stop_training = False
        self.epoch = 0
        self.restored = None

    def get_weights(self):
        return [self.epoch]

    def set_weights(self, weights):
        (self.restored,) = weights


def follow(callback, values):
    """Returns what a callback did over a course of values, epoch by epoch."""
    model, course = Model(), []
    callback.set_model(model)
    callback.set_params({"epochs": len(values)})
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.epoch = epoch
        logs = {"val_loss": value}
        callback.on_epoch_end(epoch, logs)
        course.append((logs, model.optimizer.learning_rate, callback.wait))
        if model.stop_training:
            break
    callback.on_train_end()
    return course, callback.best, model.restored


@pytest.mark.parametrize(
    "kind, options",
    [
        ("EarlyStopping", {"patience": 3}),
        ("EarlyStopping", {"patience": 2, "min_delta": 0.2, "start_from_epoch": 3}),
        ("EarlyStopping", {"patience": 3, "baseline": 0.3, "mode": "min"}),
        ("EarlyStopping", {"patience": 4, "mode": "max", "restore_best_weights": True}),
        ("ReduceLROnPlateau", {"patience": 2, "factor": 0.5, "min_lr": 0.1}),
        ("ReduceLROnPlateau", {"patience": 1, "cooldown": 2, "min_delta": 0.1}),
        ("ReduceLROnPlateau", {"patience": 0, "mode": "max"}),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_same_decisions(kind, options, seed):
    rng = np.random.default_rng(seed)
    values = (1 / (1 + 0.3 * np.arange(25)) + rng.normal(scale=0.2, size=25)).tolist()
    mine = follow(getattr(ours, kind)(**options), values)
    assert mine == follow(getattr(keras.callbacks, kind)(**options), values)


OURS = {"GradientFlow"}  # callbacks that Keras does not have


def test_same_signatures():
    """Names, order and defaults of every argument of every callback."""
    assert set(ours.__all__) - set(dir(keras.callbacks)) == OURS
    for name in set(ours.__all__) - OURS:
        theirs = inspect.signature(getattr(keras.callbacks, name)).parameters
        mine = inspect.signature(getattr(ours, name)).parameters
        expected = [(p.name, p.default) for p in theirs.values()]
        if name == "ReduceLROnPlateau":
            expected.pop()  # **kwargs, which Keras throws away in silence
        assert [(p.name, p.default) for p in mine.values()] == expected
