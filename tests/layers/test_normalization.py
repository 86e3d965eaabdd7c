import numpy as np
import pytest

import minikeras as keras
from minikeras import layers

X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 9.0]], "float32")
SEQUENCES = np.arange(12, dtype="float32").reshape(2, 3, 2)
MASK = np.array([[True, True, False], [True, False, False]])


def test_batch_statistics_in_training():
    layer = layers.BatchNormalization(momentum=0.9)
    out = layer(X, training=True).numpy()
    expected = [[-1.2245152, -1.0189905], [0, -0.3396635], [1.2245154, 1.3586539]]
    np.testing.assert_allclose(out, expected, rtol=1e-5, atol=1e-6)
    assert [w.name for w in layer.weights] == [
        "gamma",
        "beta",
        "moving_mean",
        "moving_variance",
    ]
    np.testing.assert_allclose(layer.moving_mean.numpy(), [0.3, 0.5], rtol=1e-6)
    np.testing.assert_allclose(
        layer.moving_variance.numpy(), [1.1666667, 1.7666668], rtol=1e-6
    )


def test_moving_averages_otherwise():
    layer = layers.BatchNormalization(epsilon=0.0)
    layer.build((None, 2))
    layer.set_weights([[2.0, 1.0], [0.0, 1.0], [1.0, 2.0], [4.0, 1.0]])
    expected = [[0.0, 1.0], [2.0, 3.0], [4.0, 8.0]]
    np.testing.assert_allclose(layer(X).numpy(), expected, rtol=1e-6)
    np.testing.assert_allclose(layer(X, training=False).numpy(), expected, rtol=1e-6)


def test_frozen_means_inference():
    layer = layers.BatchNormalization()
    layer.trainable = False
    out = layer(X, training=True)
    np.testing.assert_allclose(out.numpy(), X / np.sqrt(1.001), rtol=1e-5)
    np.testing.assert_array_equal(layer.moving_mean.numpy(), [0, 0])


def test_any_axis():
    x = np.random.default_rng(0).normal(size=(4, 3, 5)).astype("float32")
    first = layers.BatchNormalization(axis=1)(x, training=True).numpy()
    last = layers.BatchNormalization()(x.swapaxes(1, 2), training=True).numpy()
    np.testing.assert_allclose(first, last.swapaxes(1, 2), rtol=1e-5, atol=1e-6)


def test_masked_steps_do_not_count():
    layer = layers.BatchNormalization(momentum=0.9)
    out = layer(SEQUENCES, training=True, mask=MASK).numpy()
    expected = np.array(
        [-1.0689591, -0.2672398, 0.5344795, 1.336199, 2.137918, 2.939637]
    )
    np.testing.assert_allclose(out[..., 0].ravel(), expected, rtol=1e-5)
    np.testing.assert_allclose(
        layer.moving_mean.numpy(), [0.26666668, 0.36666667], rtol=1e-5
    )
    np.testing.assert_allclose(layer.moving_variance.numpy(), 1.5222223, rtol=1e-5)


def test_renorm_pulls_towards_the_slow_statistics():
    """The formulas of Ioffe (2017), step by step in NumPy."""
    layer = layers.BatchNormalization(
        momentum=0.8,
        renorm=True,
        renorm_momentum=0.9,
        renorm_clipping={"rmax": 1.2, "rmin": 0.8, "dmax": 0.3},
    )
    layer.build((None, 3))
    rng = np.random.default_rng(0)
    slow_mean, slow_stddev, moving_stddev = np.zeros(3), np.ones(3), np.ones(3)
    for _ in range(3):
        x = (rng.normal(size=(5, 3)) * 2 + 1).astype("float32")
        out = layer(x, training=True).numpy()
        mean, stddev = x.mean(0), np.sqrt(x.var(0) + 1e-3)
        r = np.clip(stddev / slow_stddev, 0.8, 1.2)
        d = np.clip((mean - slow_mean) / slow_stddev, -0.3, 0.3)
        np.testing.assert_allclose(
            out, (x - mean) / stddev * r + d, rtol=1e-4, atol=1e-5
        )
        slow_mean = slow_mean * 0.9 + mean * 0.1
        slow_stddev = slow_stddev * 0.9 + stddev * 0.1
        moving_stddev = moving_stddev * 0.8 + stddev * 0.2
    np.testing.assert_allclose(layer.renorm_mean.numpy(), slow_mean, rtol=1e-5)
    np.testing.assert_allclose(layer.renorm_stddev.numpy(), slow_stddev, rtol=1e-5)
    np.testing.assert_allclose(
        layer.moving_variance.numpy(), moving_stddev**2 - 1e-3, rtol=1e-4
    )


def test_renorm_starts_from_the_moving_variance():
    start = keras.initializers.Constant(4.0)
    layer = layers.BatchNormalization(renorm=True, moving_variance_initializer=start)
    layer.build((None, 1))
    assert layer.moving_stddev.numpy() == layer.renorm_stddev.numpy() == [2.0]


def test_training_on_symbols_touches_no_statistics():
    layer = layers.BatchNormalization()
    assert layer(keras.Input((2,)), training=True).shape == (None, 2)
    np.testing.assert_array_equal(layer.moving_mean.numpy(), [0, 0])


def test_half_precision_statistics_are_float32():
    layer = layers.BatchNormalization(dtype="mixed_float16")
    out = layer((X * 100).astype("float16"), training=True)
    assert out.dtype == "float16"
    assert layer.moving_mean.numpy().dtype == "float32"
    np.testing.assert_allclose(layer.moving_mean.numpy(), [3.0, 5.0], rtol=1e-3)


def test_layer_normalization_over_several_axes():
    out = layers.LayerNormalization(axis=(1, 2), epsilon=0.0)(SEQUENCES).numpy()
    np.testing.assert_allclose(out.mean((1, 2)), 0, atol=1e-6)
    np.testing.assert_allclose(out.std((1, 2)), 1, rtol=1e-5)


def test_layer_normalization_config_is_that_of_keras():
    layer = layers.LayerNormalization()
    assert layer.get_config()["axis"] == -1
    layer.build((None, 3))
    assert layer.get_config()["axis"] == [-1]
    assert layer.get_config()["rms_scaling"] is False


def test_rms_scaling_warns_and_works():
    with pytest.warns(DeprecationWarning, match=r"Try RMSNormalization\(\)"):
        layer = layers.LayerNormalization(axis=[1, 2], rms_scaling=True)
    out = layer(SEQUENCES).numpy()
    np.testing.assert_allclose(out[0, 0], [0.0, 0.5854397], rtol=1e-5)
    assert [w.name for w in layer.weights] == ["gamma"]


def test_rms_and_unit_normalization():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(
        layers.UnitNormalization()(x).numpy(), [[0.6, 0.8], [0, 0]], rtol=1e-6
    )
    rms = layers.RMSNormalization(epsilon=0.0)(x[:1]).numpy()
    np.testing.assert_allclose(rms, x[:1] / np.sqrt(12.5), rtol=1e-6)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: layers.BatchNormalization(axis=[1]), "axis must be an int, got"),
        (lambda: layers.BatchNormalization(axis=5)(X), r"axis must be in \[-2, 2\)"),
        (
            lambda: layers.BatchNormalization(momentum=2),
            r"momentum must be a number in",
        ),
        (
            lambda: layers.BatchNormalization(epsilon=-1),
            "epsilon must be a number of 0",
        ),
        (
            lambda: layers.BatchNormalization(renorm_clipping={"max": 1}),
            "renorm_clipping must be a dict with any of 'rmax', 'rmin', 'dmax'",
        ),
        (
            lambda: layers.BatchNormalization(renorm_clipping={"rmax": 1, "rmin": 2}),
            "renorm_clipping must have rmax above rmin",
        ),
        (lambda: layers.LayerNormalization(axis="a"), "axis must be an int or a tuple"),
        (lambda: layers.LayerNormalization(axis=5)(X), r"axis must be in \[-2, 2\)"),
        (lambda: layers.BatchNormalization()(keras.Input((None,))), "must be known"),
        (
            lambda: layers.BatchNormalization()(
                SEQUENCES, training=True, mask=np.ones((2, 4), bool)
            ),
            r"mask must have the inputs' first axes, got shape \(2, 4\) for inputs of "
            r"shape \(2, 3, 2\)",
        ),
    ],
)
def test_errors(make, text):
    with pytest.raises(ValueError, match=text):
        make()
