"""Errors in training show the user's code, not the way there."""

import traceback

import numpy as np
import pytest

import minikeras as keras


class Broken(keras.layers.Layer):
    def call(self, x):
        return own_mistake(x)


def own_mistake(x):
    raise KeyError("mine")


@pytest.fixture(params=[True, False])
def is_filtered(request):
    if not request.param:
        keras.config.disable_traceback_filtering()
    assert keras.config.is_traceback_filtering_enabled() == request.param
    yield request.param
    keras.config.enable_traceback_filtering()


@pytest.mark.parametrize(
    "run",
    [
        lambda model, x: model.fit(x, x, verbose=0),
        lambda model, x: model.predict(x, verbose=0),
        lambda model, x: model.train_on_batch(x, x),
    ],
)
def test_frames_between_fit_and_the_mistake(run, is_filtered):
    model = keras.Sequential([Broken(), Broken()])
    model.compile("sgd", "mse")
    with pytest.raises(KeyError, match="mine") as caught:
        run(model, np.ones((2, 3)))
    names = [frame.name for frame in traceback.extract_tb(caught.tb)]
    assert names[-2:] == ["call", "own_mistake"]
    assert ("__call__" in names) != is_filtered
    assert caught.value.__context__ is None


def test_the_frame_that_raises_is_kept():
    model = keras.Sequential([keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError) as caught:
        model.fit(np.ones((2, 3)), np.ones((2, 5)), verbose=0)
    frames = traceback.extract_tb(caught.tb)
    assert "minikeras" in frames[-1].filename
