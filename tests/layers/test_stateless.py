"""Calls without side effects, metrics that layers hold, the state as a tree."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers, ops

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


def test_a_call_with_other_values_changes_nothing():
    layer = layers.BatchNormalization()
    layer(X)
    before = layer.get_weights()
    gamma, beta = np.full(3, 2.0, "float32"), np.ones(3, "float32")
    mean, variance = np.zeros(3, "float32"), np.ones(3, "float32")
    out, after = layer.stateless_call([gamma, beta], [mean, variance], X, training=True)
    expected = (X - X.mean(0)) / np.sqrt(X.var(0) + 1e-3) * 2 + 1
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(after[0], X.mean(0) * 0.01, rtol=1e-4)
    np.testing.assert_allclose(after[1], 0.99 + 0.01 * X.var(0), rtol=1e-4)
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_gradients_flow_to_the_values_given():
    layer = layers.Dense(2, kernel_regularizer=keras.regularizers.L2(0.5))
    layer.build((None, 3))
    kernel = ops.convert_to_tensor(np.ones((3, 2), "float32"))
    bias = ops.convert_to_tensor(np.zeros(2, "float32"))
    with keras.GradientTape() as tape:
        tape.watch([kernel, bias])
        out, after, losses = layer.stateless_call(
            [kernel, bias], [], X, return_losses=True
        )
        total = ops.sum(out) + sum(losses)
    slopes = tape.gradient(total, [kernel, bias])
    np.testing.assert_allclose(out, X @ np.ones((3, 2)), rtol=1e-4, atol=1e-6)
    assert after == []
    expected = X.sum(0)[:, None] * np.ones(2) + np.ones((3, 2))
    np.testing.assert_allclose(slopes[0], expected, rtol=1e-5)
    np.testing.assert_allclose(slopes[1], [4, 4])
    np.testing.assert_array_equal(kernel, np.ones((3, 2)))


def test_a_training_loop_without_side_effects():
    """As lecturers write it for JAX: values go in, values come out."""
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4), layers.Dropout(0.5), layers.Dense(1)]
    )
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(model.trainable_variables)
    at_start = model.get_weights()
    trained = [v.value for v in model.trainable_variables]
    others = [v.value for v in model.non_trainable_variables]
    slots = [v.value for v in optimizer.variables]
    y, losses = X.sum(1, keepdims=True), []
    for _ in range(30):
        with keras.GradientTape() as tape:
            tape.watch(trained)
            out, others = model.stateless_call(trained, others, X, training=False)
            loss = ops.mean(ops.square(out - y))
        slopes = tape.gradient(loss, trained)
        trained, slots = optimizer.stateless_apply(slots, slopes, trained)
        losses.append(float(loss))
    assert losses[-1] < losses[0] / 10
    for old, new in zip(at_start, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    first, moved = model.stateless_call(trained, others, X, training=True)
    second, _ = model.stateless_call(trained, moved, X, training=True)
    again, _ = model.stateless_call(trained, others, X, training=True)
    np.testing.assert_array_equal(first, again)  # the random state went back
    assert np.abs(first.numpy() - second.numpy()).max() > 0


def test_what_a_stateless_call_needs():
    layer = layers.Dense(2)
    with pytest.raises(ValueError, match="stateless_call needs a built layer"):
        layer.stateless_call([], [], X)
    layer.build((None, 3))
    with pytest.raises(ValueError, match="trainable_variables must be a list of 2"):
        layer.stateless_call([], [], X)
    before = layer.get_weights()
    wrong = [np.ones((3, 2)), np.ones(5)]
    with pytest.raises(ValueError, match="assign needs shape"):
        layer.stateless_call(wrong, [], X)
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


# Metrics in layers --------------------------------------------------------------------


class Measured(layers.Layer):
    """Keeps metrics in a list, and adds one as in Keras 2."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.kept = [keras.metrics.Sum(name="total")]

    def call(self, inputs):
        self.kept[0].update_state(inputs)
        self.add_metric(ops.sum(inputs, axis=-1), name="row")
        return inputs


@pytest.mark.parametrize("eager", [True, False])
def test_metrics_of_layers_are_shown_and_start_afresh(eager):
    model = keras.Sequential([keras.Input((3,)), Measured(), layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=eager)
    history = model.fit(X, X[:, 0], batch_size=2, epochs=3, verbose=0).history
    np.testing.assert_allclose(history["total"], [X.sum()] * 3, rtol=1e-5)
    np.testing.assert_allclose(history["row"], [X.sum(1).mean()] * 3, rtol=1e-4)
    shown = model.evaluate(X, X[:, 0], verbose=0, return_dict=True)
    np.testing.assert_allclose(shown["row"], X.sum(1).mean(), rtol=1e-4)
    layer = model.layers[0]
    assert [m.name for m in layer.metrics] == ["total", "row"]
    paths = [v.path.split("/")[-1] for v in layer.metrics_variables]
    assert paths == ["total", "total", "count"]
    assert [m.name for m in model.metrics] == ["loss", "total", "row"]


def test_adding_metrics_says_what_is_wrong():
    layer = layers.Layer()
    with pytest.raises(ValueError, match="name must be a str"):
        layer.add_metric(1.0)
    with pytest.raises(ValueError, match="aggregation must be one of 'mean'"):
        layer.add_metric(1.0, "a", "sum")
    with pytest.raises(ValueError, match="Call add_metric inside of a layer's call"):
        layer.add_metric(keras.Input((3,)), "a")


# State trees --------------------------------------------------------------------------


def test_a_state_tree_holds_everything():
    def make():
        keras.utils.clear_session()
        keras.utils.set_random_seed(1)
        model = keras.Sequential(
            [keras.Input((3,)), layers.Dense(2), layers.BatchNormalization()]
        )
        model.compile("adam", "mse", metrics=["mae"])
        return model

    model = make()
    model.fit(X, X[:, :2], verbose=0)
    tree = model.get_state_tree("numpy_array")
    assert list(tree) == [
        "trainable_variables",
        "non_trainable_variables",
        "optimizer_variables",
        "metrics_variables",
    ]
    kernel = tree["trainable_variables"]["sequential"]["dense"]["kernel"]
    np.testing.assert_array_equal(kernel, model.get_weights()[0])
    assert int(tree["optimizer_variables"]["adam"]["iteration"]) == 1
    twin = make()
    twin.fit(X * 0, X[:, :2], verbose=0)
    twin.set_state_tree(model.get_state_tree())
    for one in (model, twin):
        one.fit(X, X[:, :2], verbose=0, shuffle=False)
    for a, b in zip(model.variables, twin.variables, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_a_wrong_tree_changes_nothing():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="d")], name="m")
    before = model.get_weights()
    good = {"kernel": np.ones((3, 2))}
    for inner, message in (
        ({**good, "bias": np.ones(3)}, r"must hold a value of shape \(2,\) for m/d"),
        ({**good, "slope": np.ones(2)}, "trainable_variables/m/d/slope is none"),
    ):
        with pytest.raises(ValueError, match=message):
            model.set_state_tree({"trainable_variables": {"m": {"d": inner}}})
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
    with pytest.raises(ValueError, match="value_format must be one of"):
        model.get_state_tree("list")


def test_metrics_given_to_compile_are_shown_once():
    """By the names that `compile` gives them, not as the model's own too."""
    x = keras.Input((3,))
    outputs = [layers.Dense(1, name="a")(x), layers.Dense(1, name="b")(x)]
    model = keras.Model(x, outputs)
    given = [keras.metrics.MeanAbsoluteError(name="m") for _ in outputs]
    model.compile("sgd", "mse", metrics=[[metric] for metric in given])
    history = model.fit(X, [X[:, :1]] * 2, verbose=0).history
    assert sorted(history) == ["a_loss", "a_m", "b_loss", "b_m", "loss"]
    outer = keras.Sequential([keras.Input((3,)), model, layers.Add()])
    outer.compile("sgd", "mse")
    assert sorted(outer.fit(X, X[:, :1], verbose=0).history) == ["loss"]
