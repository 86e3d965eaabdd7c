"""Optimizers around others: for half precision, and several for one model."""

import numpy as np
import pytest

import minikeras as keras
from minikeras.optimizers import (
    SGD,
    Adam,
    LossScaleOptimizer,
    MultiOptimizer,
    OptimizerMap,
)


def weights():
    names = ("kernel", "bias", "other")
    return [keras.Variable(np.ones(2, "float32"), name=name) for name in names]


# LossScaleOptimizer -------------------------------------------------------------------

STEPS = [  # gradient, then weights, scale, counter of Keras 3.15.1 on TensorFlow
    ([8.0, 16.0], [0.9, 1.8], 8.0, 1),
    ([8.0, 8.0], [0.71, 1.52], 16.0, 0),
    ([np.inf, 1.0], [0.71, 1.52], 8.0, 0),
    ([4.0, 4.0], [0.489, 1.218], 8.0, 1),
    ([np.nan, 1.0], [0.489, 1.218], 4.0, 0),
    ([1.0, 1.0], [0.2651, 0.9212], 4.0, 1),
]


def test_steps_are_those_of_keras():
    w = keras.Variable(np.array([1.0, 2.0], "float32"), name="w")
    optimizer = LossScaleOptimizer(
        SGD(0.1, momentum=0.9), initial_scale=8.0, dynamic_growth_steps=2
    )
    for gradient, wanted, scale, counter in STEPS:
        optimizer.apply([np.array(gradient, "float32")], [w])
        np.testing.assert_allclose(w, wanted, atol=1e-4)
        assert float(optimizer.dynamic_scale) == scale
        assert int(optimizer.step_counter) == counter
    assert int(optimizer.iterations) == 4
    names = [v.path for v in optimizer.variables]
    own = ["iteration", "learning_rate", "step_counter", "dynamic_scale"]
    assert names[:4] == [f"loss_scale_optimizer/{name}" for name in own]
    assert names[4:] == ["sgd/iteration", "sgd/learning_rate", "sgd/w_momentum"]


def test_state_is_saved_and_restored():
    def made():
        w = keras.Variable(np.ones(2, "float32"), name="w")
        optimizer = LossScaleOptimizer(Adam(0.1), initial_scale=8.0)
        optimizer.build([w])
        return w, optimizer

    (w, optimizer), (twin, other) = made(), made()
    optimizer.apply([np.array([1.0, 2.0], "float32")], [w])
    store = {}
    optimizer.save_own_variables(store)
    other.load_own_variables(store)
    twin.assign(w)
    for each, weight in ((optimizer, w), (other, twin)):
        each.apply([np.array([3.0, -1.0], "float32")], [weight])
    np.testing.assert_array_equal(w, twin)


def test_the_learning_rate_is_the_inner_one():
    optimizer = LossScaleOptimizer(SGD(0.1))
    optimizer.learning_rate = 0.5
    assert float(optimizer.inner_optimizer.learning_rate) == 0.5
    twin = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert twin.get_config() == optimizer.get_config()


@pytest.mark.parametrize(
    ("policy", "kind"),
    [("mixed_float16", LossScaleOptimizer), ("float16", Adam), ("float32", Adam)],
)
def test_compile_scales_the_loss_of_mixed_precision(policy, kind):
    keras.mixed_precision.set_global_policy(policy)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    assert type(model.optimizer) is kind
    model.compile("adam", "mse", auto_scale_loss=False)
    assert type(model.optimizer) is Adam


def test_a_network_learns_in_mixed_precision():
    keras.utils.set_random_seed(1)
    keras.mixed_precision.set_global_policy("mixed_float16")
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Reshape((9, 4)),
            layers.LSTM(8),
            layers.Dense(3),
            layers.Activation("softmax", dtype="float32"),
        ]
    )
    assert model.layers[0].compute_dtype == "float16"
    assert model.layers[0].kernel.dtype == "float32"
    rng = np.random.default_rng(0)
    x, y = rng.random((48, 8, 8, 1)), rng.integers(0, 3, 48)
    x[y == 1] *= 0.2
    x[y == 2] *= 3.0
    model.compile(Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=12, verbose=0).history
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    assert model.predict(x[:2], verbose=0).dtype == "float32"
    assert 2.0 <= float(model.optimizer.dynamic_scale) <= 32768.0


# MultiOptimizer -----------------------------------------------------------------------


def chosen():
    return OptimizerMap(SGD(0.1), {"ker.*": Adam(0.1), "bias": SGD(1.0)})


def test_each_weight_has_its_optimizer():
    optimizer, variables = MultiOptimizer(chosen()), weights()
    for _ in range(2):
        optimizer.apply([np.array([1.0, 2.0], "float32")] * 3, variables)
    values = [v.numpy().round(3).tolist() for v in variables]
    expected = [[0.8, 0.8], [-1.0, -3.0], [0.8, 0.6]]
    np.testing.assert_allclose(values, expected, atol=1e-3)
    assert [type(each) for each in optimizer.optimizers] == [Adam, SGD, SGD]
    assert int(optimizer.iterations) == 2


def test_a_function_may_choose():
    optimizer = MultiOptimizer(lambda v: Adam(0.1) if "ker" in v.path else SGD(0.1))
    variables = weights()
    optimizer.apply([np.array([1.0, 2.0], "float32")] * 3, variables)
    np.testing.assert_allclose(variables[0], [0.9, 0.9], atol=1e-4)
    np.testing.assert_allclose(variables[1], [0.9, 0.8], atol=1e-6)


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_a_model_of_two_optimizers(run_eagerly):
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(2, name="encoder"),
            keras.layers.Dense(1, name="decoder"),
        ]
    )
    choice = OptimizerMap(SGD(0.1), {"encoder/.*": Adam(0.01)})
    model.compile(MultiOptimizer(choice), "mse", run_eagerly=run_eagerly)
    model.set_weights([np.full(w.shape, 0.1) for w in model.get_weights()])
    x = np.linspace(0, 1, 24).reshape(8, 3)
    losses = model.fit(x, x[:, :1], epochs=3, verbose=0, shuffle=False).history["loss"]
    # Keras 3.15.1 on JAX
    np.testing.assert_allclose(losses, [0.172878, 0.130068, 0.103738], rtol=1e-4)


def test_maps_and_configs():
    choice = chosen()
    assert list(choice) == ["ker.*", "bias"] and len(choice) == 2
    assert type(choice["kernel"]) is Adam
    assert choice["x/kernel"] is choice.default_optimizer
    del choice["bias"]
    assert choice["bias"] is choice.default_optimizer
    form = keras.optimizers.serialize(MultiOptimizer(chosen(), 2.0))
    twin = keras.optimizers.deserialize(form)
    assert twin.get_config() == form["config"]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: LossScaleOptimizer("sgd"), ValueError, "inner_optimizer must be an"),
        (
            lambda: LossScaleOptimizer(SGD(), clipnorm=1.0),
            ValueError,
            "'clipnorm' must be set on the inner optimizer",
        ),
        (
            lambda: LossScaleOptimizer(SGD(), initial_scale=0.0),
            ValueError,
            "initial_scale must be",
        ),
        (lambda: OptimizerMap("sgd"), TypeError, "default_optimizer must be an opt"),
        (
            lambda: chosen().update(bias=SGD()),
            ValueError,
            "'bias' has an optimizer already",
        ),
        (lambda: OptimizerMap(SGD(), {1: SGD()}), ValueError, "key must be a str"),
        (lambda: OptimizerMap(SGD(), {"a": "sgd"}), ValueError, "value must be an opt"),
        (lambda: MultiOptimizer({}), ValueError, "optimizer_map must be an Opt"),
        (
            lambda: MultiOptimizer(lambda v: "sgd").build(weights()),
            ValueError,
            "the function gave 'sgd'",
        ),
        (lambda: MultiOptimizer(chosen()).learning_rate, AttributeError, "no learning"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_old_addresses_lead_to_the_optimizers():
    assert keras.optimizers.legacy.Adam is keras.optimizers.Adam
    assert keras.optimizers.legacy.SGD is keras.optimizers.SGD
