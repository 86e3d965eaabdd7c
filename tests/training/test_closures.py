"""Losses that are made of tensors of the model's graph."""

import functools

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers as L
from minikeras import ops

X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def parts():
    keras.utils.set_random_seed(0)
    x = keras.Input((3,))
    hidden = L.Dense(4, "tanh")(x)
    return x, hidden, L.Dense(1)(hidden)


def expected_loss(model, hidden_of):
    hidden, y = hidden_of(X), model(X)
    return float(ops.mean(ops.square(Y - y)) + 0.5 * ops.mean(ops.square(hidden)))


def test_a_loss_that_sees_a_hidden_layer():
    x, hidden, y = parts()
    model = keras.Model(x, y)

    def loss(y_true, y_pred):
        penalty = ops.mean(ops.square(hidden), axis=-1)
        return ops.mean(ops.square(y_true - y_pred), axis=-1) + 0.5 * penalty

    model.compile("sgd", loss)
    expected = expected_loss(model, model.layers[1])
    assert np.isclose(model.evaluate(X, Y, verbose=0), expected, rtol=1e-5)
    losses = model.fit(X, Y, epochs=8, batch_size=12, verbose=0).history["loss"]
    assert np.isclose(losses[0], expected, rtol=1e-5) and losses[-1] < losses[0]
    assert len(model.train_function.plans()) == 1


def test_its_gradient_is_that_of_add_loss():
    weights = []
    for way in ("closure", "partial", "add_loss"):
        x, hidden, y = parts()
        model = keras.Model(x, y)

        def penalised(y_true, y_pred, inner):
            penalty = ops.mean(ops.square(inner))
            return ops.mean(ops.square(y_true - y_pred)) + 0.5 * penalty

        if way == "add_loss":
            model.add_loss(0.5 * ops.mean(ops.square(hidden)))
            model.compile("sgd", "mse")
        elif way == "partial":
            model.compile("sgd", functools.partial(penalised, inner=hidden))
        else:
            model.compile("sgd", lambda a, b, h=hidden: penalised(a, b, h))
        for _ in range(4):
            model.train_on_batch(X, Y)
        weights.append(model.get_weights())
    for other in weights[1:]:
        for a, b in zip(weights[0], other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def test_a_loss_alone_of_add_loss():
    x, _, y = parts()
    target = keras.Input((1,))
    model = keras.Model([x, target], y)
    model.add_loss(ops.mean(ops.square(target - y)))
    model.compile("sgd")
    losses = model.fit([X, Y], epochs=8, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert len(model.losses) == 1


def test_losses_and_metrics_of_several_outputs():
    x, hidden, y = parts()
    model = keras.Model(x, {"y": y, "h": hidden})

    def size(y_true, y_pred):
        return ops.mean(ops.abs(hidden), axis=-1)

    def loss(y_true, y_pred):
        return ops.square(y_true - y_pred) + 0 * ops.sum(y, axis=-1, keepdims=True)

    model.compile("sgd", {"y": loss, "h": "mse"}, metrics={"y": [size]})
    found = model.evaluate(
        X, {"y": Y, "h": np.zeros((12, 4))}, verbose=0, return_dict=True
    )
    assert np.isclose(found["y_size"], np.abs(model.predict(X, verbose=0)["h"]).mean())


def test_gradients_in_a_loss():
    x, _, y = parts()
    model = keras.Model(x, y)
    (slope,) = keras.backend.gradients(ops.sum(y), [x])

    def loss(y_true, y_pred):
        return ops.square(y_true - y_pred) + ops.mean(ops.square(slope), axis=-1)

    model.compile("sgd", loss)
    losses = model.fit(X, Y, epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_a_tensor_of_another_model_is_told():
    x, _, y = parts()
    _, other, _ = parts()
    model = keras.Model(x, y)
    with pytest.raises(ValueError, match="cannot be reached from the inputs"):
        model.compile("sgd", lambda a, b: ops.mean(a - b) + ops.mean(other))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_model_frozen_after_compile_trains_as_compiled():
    model = keras.Sequential([keras.Input((3,)), L.Dense(1)])
    model.compile("sgd", "mse")
    model.trainable = False
    before = model.get_weights()[0]
    model.train_on_batch(X, Y)
    assert not np.array_equal(before, model.get_weights()[0])
    model.compile("sgd", "mse")
    before = model.get_weights()[0]
    model.train_on_batch(X, Y)
    assert np.array_equal(before, model.get_weights()[0])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_metrics_in_third_place():
    model = keras.Sequential([keras.Input((3,)), L.Dense(1)])
    model.compile("sgd", "mse", ["mae"])
    assert len(model.evaluate(X, Y, verbose=0)) == 2
