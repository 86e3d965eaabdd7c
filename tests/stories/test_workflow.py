"""Build, compile, fit, evaluate, predict, save; load in a new process and go on."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers

ROOT = pathlib.Path(keras.__file__).parents[1]


def clouds(count: int = 90):
    """Three clouds of points, one per class: a task that a small network learns."""
    rng = np.random.default_rng(0)
    labels = np.arange(count) % 3
    centres = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]])
    return centres[labels] + rng.normal(scale=0.4, size=(count, 3)), labels


def sequential():
    return keras.Sequential(
        [
            layers.Input((3,)),
            layers.Dense(8, activation="sigmoid"),
            layers.Dropout(0.1),
            layers.Dense(3, activation="softmax", name="classes"),
        ]
    )


def functional():
    inputs = layers.Input((3,))
    hidden = layers.Dense(8, activation="tanh")(inputs)
    hidden = layers.BatchNormalization()(hidden)
    merged = layers.concatenate([inputs, hidden])
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(merged))


class Net(keras.Model):
    def __init__(self, units=8, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.hidden = layers.Dense(units, activation="relu")
        self.classes = layers.Dense(3, activation="softmax")

    def call(self, inputs):
        return self.classes(self.hidden(inputs))


def trained(model):
    x, labels = clouds()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 0.05
    history = model.fit(
        x, labels, epochs=15, batch_size=16, validation_split=0.2, verbose=0
    )
    return history.history


@pytest.mark.parametrize("make", [sequential, functional, Net])
def test_a_model_learns_the_clouds(make):
    model = make()
    history = trained(model)
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert history["val_accuracy"][-1] > 0.9
    x, labels = clouds()
    loss, accuracy = model.evaluate(x, labels, verbose=0)
    predicted = model.predict(x, verbose=0)
    assert predicted.shape == (90, 3) and predicted.dtype == np.float32
    assert np.mean(predicted.argmax(1) == labels) == pytest.approx(accuracy)
    assert loss == pytest.approx(-np.log(predicted[np.arange(90), labels]).mean(), 1e-4)


LOAD = """
import sys
import numpy as np
import minikeras as keras

x = np.load(sys.argv[1] + "/x.npy")
model = keras.models.load_model(sys.argv[1] + "/m.h5")
np.save(sys.argv[1] + "/predicted.npy", model.predict(x, verbose=0))
keras.utils.set_random_seed(5)
labels = np.arange(len(x)) % 3
history = model.fit(x, labels, epochs=2, shuffle=False, verbose=0)
np.save(sys.argv[1] + "/loss.npy", history.history["loss"])
"""


@pytest.mark.parametrize("make", [sequential, functional])
def test_a_new_process_loads_the_model_and_trains_on(make, tmp_path):
    model = make()
    trained(model)
    x, labels = clouds()
    model.save(tmp_path / "m.h5")
    np.save(tmp_path / "x.npy", x)
    command = [sys.executable, "-W", "error", "-c", LOAD, str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT, timeout=120)

    predicted = np.load(tmp_path / "predicted.npy")
    assert np.array_equal(predicted, model.predict(x, verbose=0))
    if make is functional:  # no dropout: going on gives the same losses
        keras.utils.set_random_seed(5)
        history = model.fit(x, labels, epochs=2, shuffle=False, verbose=0)
        assert np.array_equal(np.load(tmp_path / "loss.npy"), history.history["loss"])


def test_weights_of_a_subclassed_model_go_to_a_file_and_back(tmp_path):
    model = Net(name="net")
    trained(model)
    x, _ = clouds()
    model.save_weights(tmp_path / "net.h5")
    twin = Net(name="net")
    twin.build((None, 3))
    twin.load_weights(tmp_path / "net.h5")
    assert np.array_equal(twin.predict(x, verbose=0), model.predict(x, verbose=0))


def test_the_same_seed_trains_the_same_model():
    runs = []
    for _ in range(2):
        keras.utils.set_random_seed(11)
        model = sequential()
        history = trained(model)
        runs.append((history, model.get_weights()))
    (first, weights), (second, others) = runs
    assert first == second
    assert all(np.array_equal(a, b) for a, b in zip(weights, others, strict=True))


PIPED = """
import numpy as np
import minikeras as keras

model = keras.Sequential([keras.layers.Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
x = np.ones((64, 3))
model.fit(x, x[:, :1], epochs=3, validation_split=0.25)
model.evaluate(x, x[:, :1])
model.predict(x)
"""


def test_output_into_a_pipe_is_one_plain_line_an_epoch():
    done = subprocess.run(
        [sys.executable, "-c", PIPED], capture_output=True, text=True, cwd=ROOT
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert "\r" not in done.stdout and "\x1b" not in done.stdout
    assert len([line for line in lines if "val_loss" in line]) == 3
    assert len([line for line in lines if "mae" in line]) == 4
