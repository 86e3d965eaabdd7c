import json

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers

X = np.random.default_rng(0).normal(size=(2, 4, 6)).astype("float32")


def largest(kernel):
    matrix = kernel.numpy().reshape(-1, kernel.shape[-1])
    return np.linalg.svd(matrix, compute_uv=False)[0]


@pytest.mark.parametrize("groups", [1, 2, 6, -1])
def test_each_group_has_mean_0_and_variance_1(groups):
    out = layers.GroupNormalization(groups, epsilon=0.0)(X * 3 + 1).numpy()
    cut = out.reshape(2, 4, 6 if groups == -1 else groups, -1)
    np.testing.assert_allclose(cut.mean((1, 3)), 0, atol=1e-6)
    np.testing.assert_allclose(cut.std((1, 3)), 1, rtol=1e-4)


def test_groups_of_any_axis():
    first = layers.GroupNormalization(2, axis=1)(X.swapaxes(1, 2)).numpy()
    last = layers.GroupNormalization(2)(X).numpy()
    np.testing.assert_allclose(first.swapaxes(1, 2), last, rtol=1e-4, atol=1e-6)


def test_group_normalization_of_open_sizes():
    layer = layers.GroupNormalization(2)
    out = layer(keras.Input((None, None, 6)))
    assert out.shape == (None, None, None, 6)
    model = keras.Sequential([keras.Input((None, 6)), layer.from_config({"groups": 2})])
    assert model(X).shape == X.shape


def test_half_precision_groups_are_worked_out_in_float32():
    layer = layers.GroupNormalization(2, dtype="float16")
    out = layer(X * 300)
    assert out.dtype == "float16"
    assert np.isfinite(out.numpy()).all()


def test_power_iteration_finds_the_largest_singular_value():
    layer = layers.SpectralNormalization(layers.Dense(5), power_iterations=30)
    layer.build((None, 6))
    before = layer.kernel.numpy() * 3
    layer.kernel.assign(before)
    layer(X[:, 0], training=True)
    wanted = before / np.linalg.svd(before, compute_uv=False)[0]
    np.testing.assert_allclose(layer.kernel.numpy(), wanted, rtol=1e-2, atol=1e-4)


def test_only_training_changes_weights():
    layer = layers.SpectralNormalization(layers.Dense(3))
    layer(X, training=False)
    layer(keras.Input((4, 6)), training=True)
    before = layer.get_weights()
    layer(X)
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    layer(X, training=True)
    changed = [
        not np.array_equal(old, new)
        for old, new in zip(before, layer.get_weights(), strict=True)
    ]
    assert changed == [True, True, False]


def test_weights_are_those_of_keras():
    layer = layers.SpectralNormalization(layers.Dense(3, name="d"), name="s")
    layer.build((None, 4))
    assert [(w.path, w.shape) for w in layer.weights] == [
        ("s/d/kernel", (4, 3)),
        ("s/vector_u", (1, 3)),
        ("s/d/bias", (3,)),
    ]
    assert [w.name for w in layer.trainable_weights] == ["kernel", "bias"]


def test_embeddings_are_normalized():
    layer = layers.SpectralNormalization(layers.Embedding(4, 3), power_iterations=30)
    assert layer(np.array([[1, 2]]), training=True).shape == (1, 2, 3)
    assert largest(layer.kernel) == pytest.approx(1, rel=1e-2)


def test_config_round_trip():
    layer = layers.SpectralNormalization(layers.Dense(3), 2, name="s")
    config = json.loads(json.dumps(keras.layers.serialize(layer)))
    twin = keras.layers.deserialize(config)
    assert twin.power_iterations == 2
    assert twin.layer.units == 3
    assert json.loads(json.dumps(keras.layers.serialize(twin))) == config


@pytest.mark.parametrize("run_eagerly", [True, False])
def test_training_holds_the_singular_value(run_eagerly):
    keras.utils.set_random_seed(0)
    hidden = layers.SpectralNormalization(layers.Dense(8, activation="relu"), 3)
    model = keras.Sequential([hidden, layers.Dense(1)])
    optimizer = keras.optimizers.Adam(0.02)
    model.compile(optimizer, "mse", run_eagerly=run_eagerly)
    x = X.reshape(8, 6)
    losses = model.fit(x, x[:, :1] * 2, epochs=60, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2
    assert largest(hidden.kernel) == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: layers.GroupNormalization(0), "groups must be a positive int, got 0"),
        (lambda: layers.GroupNormalization(2.5), "groups must be an int, got 2.5"),
        (lambda: layers.GroupNormalization(axis=[1]), "axis must be an int, got"),
        (
            lambda: layers.GroupNormalization(4, name="g")(X),
            r"GroupNormalization 'g': groups must divide the number of channels, 6, "
            r"got 4 \(int\). Try GroupNormalization\(groups=3\)",
        ),
        (lambda: layers.GroupNormalization(7)(X), r"Try .*\(groups=6\)"),
        (lambda: layers.GroupNormalization(axis=3)(X), r"axis must be in \[-3, 3\)"),
        (
            lambda: layers.GroupNormalization(2)(keras.Input((4, None))),
            r"length of axis -1 must be known, got inputs of shape \(None, 4, None\)",
        ),
        (lambda: layers.SpectralNormalization(3), "layer must be a layer, got 3"),
        (
            lambda: layers.SpectralNormalization(layers.Dense(2), 0),
            "power_iterations must be a positive int, got 0",
        ),
        (
            lambda: layers.SpectralNormalization(layers.ReLU(), name="s")(X),
            "SpectralNormalization 's': layer must have a kernel or embeddings, got "
            "ReLU",
        ),
    ],
)
def test_errors(make, text):
    with pytest.raises(ValueError, match=text):
        make()
