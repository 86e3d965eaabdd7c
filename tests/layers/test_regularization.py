import numpy as np
import pytest

import minikeras as keras
from minikeras import layers

X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 9.0]], "float32")


# Values that Keras 3.15.1 draws on its NumPy backend with the same seeds.
@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (
            layers.GaussianDropout(0.3, seed=3),
            [[2.336095, -1.346151], [3.8211298, 2.51323], [3.5183573, 7.729727]],
        ),
        (
            layers.GaussianNoise(0.3, seed=3),
            [[1.6122757, 1.2333004], [3.1254296, 3.829669], [4.8642054, 8.935321]],
        ),
        (
            layers.AlphaDropout(0.3, seed=3),
            [[-1.0595481, -1.0595481], [3.0369499, 3.8979025], [-1.0595481, 8.202665]],
        ),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_same_noise_as_keras(layer, expected):
    twin = type(layer).from_config(layer.get_config())
    np.testing.assert_allclose(twin(X, training=True).numpy(), expected, rtol=1e-5)


def test_no_noise_outside_training():
    for layer in (layers.Dropout(0.5), layers.GaussianNoise(0.5)):
        np.testing.assert_array_equal(layer(X).numpy(), X)
        np.testing.assert_array_equal(layer(X, training=False).numpy(), X)


def test_each_call_draws_again():
    layer = layers.Dropout(0.5, seed=7)
    first, second = (layer(X, training=True).numpy() for _ in range(2))
    np.testing.assert_array_equal(first, [[2, 0], [6, 8], [0, 18]])
    np.testing.assert_array_equal(second, [[2, 4], [0, 8], [10, 0]])


def test_only_noise_draws_a_seed():
    assert len(layers.Dropout(0.5).variables) == 1
    assert layers.Dropout(0.0).variables == []
    assert layers.Dropout(0.5).weights == []


def test_everything_can_be_dropped():
    assert layers.Dropout(1.0)(X, training=True).numpy().sum() == 0


def test_noise_shape_and_spatial_dropout_drop_whole_features():
    ones = np.ones((2, 3, 4), "float32")
    expected = np.array([[2, 0, 2, 2], [0, 2, 0, 0]])[:, None] * ones
    for layer in (
        layers.Dropout(0.5, noise_shape=(None, 1, None), seed=7),
        layers.SpatialDropout1D(0.5, seed=7),
    ):
        np.testing.assert_array_equal(layer(ones, training=True).numpy(), expected)


def test_spatial_dropout_channels_first():
    layer = layers.SpatialDropout2D(0.5, data_format="channels_first", seed=1)
    out = layer(np.ones((2, 3, 4, 5)), training=True).numpy()
    assert (out == out[:, :, :1, :1]).all()


def test_spatial_dropout_config_is_its_arguments():
    config = layers.SpatialDropout2D(0.1, name="s").get_config()
    assert config == {
        "rate": 0.1,
        "data_format": "channels_last",
        "seed": None,
        "name": "s",
        "dtype": "float32",
    }


def test_dropout_on_symbols_in_training():
    assert layers.Dropout(0.5)(keras.Input((3,)), training=True).shape == (None, 3)
    assert layers.GaussianNoise(0.5)(keras.Input((3,)), training=True).shape == (
        None,
        3,
    )


def test_activity_regularization_adds_a_loss_per_sample():
    layer = layers.ActivityRegularization(l1=0.1, l2=0.2)
    np.testing.assert_array_equal(layer(X).numpy(), X)
    assert [float(loss) for loss in layer.losses] == pytest.approx([29.6 / 3])


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: layers.Dropout(1.5), r"rate must be a number in \[0, 1\], got 1.5"),
        (lambda: layers.Dropout(-1), r"rate must be a number in \[0, 1\], got -1"),
        (lambda: layers.Dropout(None), r"rate must be a number in \[0, 1\], got None"),
        (lambda: layers.Dropout(20), r"Try Dropout\(rate=0.2\)"),
        (lambda: layers.Dropout(0.5, noise_shape=3), "noise_shape must be a tuple of"),
        (lambda: layers.GaussianNoise(1.5), r"stddev must be a number in \[0, 1\]"),
        (lambda: layers.GaussianDropout(1.0), "rate must be below 1: nothing would"),
        (lambda: layers.AlphaDropout(1), "rate must be below 1: nothing would"),
        (lambda: layers.ActivityRegularization(l1=-1), "l1 must be a number of 0 or m"),
        (lambda: layers.SpatialDropout1D(0.1)(X), "expects 3 axes, got shape"),
    ],
)
def test_errors(make, text):
    with pytest.raises(ValueError, match=text):
        make()
