"""Steps that cannot be planned stay eager; wrong data is reported as by eager steps."""

import logging

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers, ops
from minikeras.tensor.state import state
from tests.cases.plans import (
    LABELS,
    X,
    Y,
    assert_planned,
    assert_same,
    both_ways,
    fit_both,
    net,
    train_both,
    variables_of,
)

# Fallback -----------------------------------------------------------------------------


@pytest.fixture
def debug(caplog):
    caplog.set_level(logging.DEBUG, "minikeras")
    return lambda: [
        r.getMessage() for r in caplog.records if "without" in r.getMessage()
    ]


def reading(model_reads):
    class Reads(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)
            self._count = 0

        def call(self, x):
            return model_reads(self, self.dense(x))

    def make():
        model = Reads()
        model.compile("adam", "mse")
        model(X[:1])
        return model

    return make


def count(self, y):
    self._count += 1
    return y * float(self._count)


def noise(self, y):
    return y + np.random.normal(size=y.shape).astype("float32")


def scaled(self, y):
    return y * float(ops.max(ops.abs(y)))


def branch(self, y):
    return y if ops.sum(y) > 0 else -y


def print_it(self, y):
    str(y)
    return y


@pytest.mark.parametrize("reads", [count, noise, scaled, branch, print_it])
def test_models_that_read_values_stay_eager(reads, debug):
    batches = [(X[i : i + 5], Y[i : i + 5]) for i in (0, 5, 10, 15, 0, 5)]
    model = train_both(reading(reads), batches, planned=False)
    model.evaluate(X[:5], Y[:5], verbose=0)
    lines = [line for line in debug() if line.startswith("train_step")]
    assert len(lines) == 1
    if reads not in (count, noise):
        assert f"{__file__}:" in lines[0]


def test_a_schedule_that_reads_the_step_stays_eager(debug):
    class Steps(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.1 / (1 + int(step))

    def make():
        return net(optimizer=keras.optimizers.SGD(Steps()))()

    fit_both(make, planned=False)
    assert len(debug()) == 1 and f"{__file__}:" in debug()[0]


# Errors -------------------------------------------------------------------------------


def classifier():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return net(lambda: layers.Dropout(0.5), loss=loss, metrics=["accuracy"])()


def words():
    model = keras.Sequential(
        [
            keras.Input((3,), dtype="int32"),
            layers.Embedding(5, 2),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
    model.compile("adam", "mse", metrics=["mae"])
    return model


def probabilities():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


INDEXES = np.random.default_rng(0).integers(0, 5, (20, 3))
BAD_LABELS = np.where(np.arange(20) == 7, 5, LABELS)
BAD_INDEXES = np.where(INDEXES == 3, 9, INDEXES)
FAULTS = {
    "labels": (classifier, (X, LABELS), (X, BAD_LABELS)),
    "negative labels": (classifier, (X, LABELS), (X, -BAD_LABELS)),
    "labels of chances": (probabilities, (X, LABELS), (X, BAD_LABELS)),
    "indexes": (words, (INDEXES, Y), (BAD_INDEXES, Y)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_bad_data_is_reported_as_by_eager_steps(name):
    make, good, bad = FAULTS[name]
    outcomes = []
    for model in (models := both_ways(make)):
        keras.utils.set_random_seed(1)
        seen = [model.train_on_batch(*good) for _ in range(4)]
        for step in (model.train_on_batch, model.test_on_batch, model.test_on_batch):
            with pytest.raises((ValueError, IndexError)) as caught:
                step(*bad)
            seen.append([str(caught.value), type(caught.value).__name__])
            seen.append(variables_of(model))
            assert state.recorder is None
        seen += [model.train_on_batch(*good) for _ in range(2)]
        outcomes.append([seen, variables_of(model)])
    assert_planned(models[0])
    first, second = outcomes
    assert str(first[0][4]) == str(second[0][4])
    assert_same(first, second)


@pytest.mark.parametrize("name", FAULTS)
def test_bad_data_in_the_first_steps_leaves_nothing_behind(name):
    make, good, bad = FAULTS[name]
    for model in (models := both_ways(make)):
        keras.utils.set_random_seed(1)
        for _ in range(2):
            with pytest.raises((ValueError, IndexError)):
                model.train_on_batch(*bad)
            assert state.recorder is None
            model.train_on_batch(*good)
        for _ in range(3):
            model.train_on_batch(*good)
    assert_same(*map(variables_of, models))
    assert_planned(models[0])


def test_an_interrupted_recording_leaves_nothing_behind():
    class Stop(BaseException):
        pass

    def stop(self, y):
        if self._count == 1:
            self._count = 2
            raise Stop
        return y

    model = reading(stop)()
    model.train_on_batch(X, Y)
    model._count = 1
    with pytest.raises(Stop):
        model.train_on_batch(X, Y)
    assert state.recorder is None
    for _ in range(4):
        model.train_on_batch(X, Y)
    assert_planned(model)
