"""Settings: limits on training, and those that Keras has for other backends."""

import os
import subprocess
import sys

import numpy as np
import pytest

import minikeras as keras
from minikeras import config


@pytest.fixture(autouse=True)
def no_limits_afterwards():
    yield
    config.set_max_epochs(None)
    config.set_max_steps_per_epoch(None)


@pytest.fixture
def model():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


X, Y = np.ones((20, 2), "float32"), np.ones((20, 1), "float32")


def test_max_epochs_bounds_fit(model):
    config.set_max_epochs(2)
    assert config.max_epochs() == 2
    with pytest.warns(UserWarning, match="fit: limited to 2 epochs"):
        assert model.fit(X, Y, epochs=5, verbose=0).epoch == [0, 1]
    assert model.fit(X, Y, epochs=2, verbose=0).epoch == [0, 1]


def test_max_steps_bound_an_epoch(model):
    config.set_max_steps_per_epoch(3)
    with pytest.warns(UserWarning, match="fit: limited to 3 steps"):
        model.fit(X, Y, batch_size=2, epochs=2, verbose=0)
    assert int(model.optimizer.iterations) == 6
    with pytest.warns(UserWarning, match="predict: limited to 3 steps"):
        assert model.predict(X, batch_size=4, verbose=0).shape == (12, 1)
    with pytest.warns(UserWarning, match="evaluate: limited to 3 steps"):
        model.evaluate(X, Y, batch_size=4, steps=5, verbose=0)
    assert len(model.predict(X, batch_size=10, verbose=0)) == 20


def test_max_steps_end_an_endless_generator(model):
    config.set_max_steps_per_epoch(2)
    endless = ((X, Y) for _ in iter(int, 1))
    with pytest.warns(UserWarning, match="limited to 2 steps"):
        model.fit(endless, epochs=3, verbose=0)
    assert int(model.optimizer.iterations) == 6


@pytest.mark.parametrize("value", [0, -1, 2.5, "3", True])
def test_limits_are_positive(value):
    with pytest.raises(ValueError, match="set_max_epochs: max_epochs must be"):
        config.set_max_epochs(value)
    with pytest.raises(ValueError, match="max_steps_per_epoch must be a positive"):
        config.set_max_steps_per_epoch(value)
    assert config.max_epochs() is config.max_steps_per_epoch() is None


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", f"from minikeras import config; {code}"],
        capture_output=True, text=True, env={**os.environ, **environment},
    )  # fmt: skip


def test_limits_from_the_environment():
    code = "print(config.max_epochs(), config.max_steps_per_epoch())"
    done = run(code, KERAS_MAX_EPOCHS="3", KERAS_MAX_STEPS_PER_EPOCH="")
    assert done.stdout == "3 None\n"
    done = run(code, KERAS_MAX_EPOCHS="many")
    assert "KERAS_MAX_EPOCHS must be a positive int, got 'many'" in done.stderr


def test_settings_of_other_backends():
    config.set_backend("numpy")
    assert config.backend() == "numpy"
    with pytest.raises(ValueError, match="backend must be one of 'numpy', got 'jax'"):
        config.set_backend("jax")
    assert config.is_nnx_enabled() is False
    config.disable_flash_attention()
    assert config.is_flash_attention_enabled() is False
    config.enable_flash_attention()
    assert config.is_flash_attention_enabled() is None
