"""Cropping, padding, upsampling: values, open sizes and errors."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers

IMAGE = np.arange(24, dtype="float32").reshape(1, 4, 3, 2)


def test_cropping_takes_the_middle():
    out = layers.Cropping2D(((1, 2), (0, 1)))(IMAGE)
    np.testing.assert_array_equal(out, IMAGE[:, 1:2, :2])
    first = np.moveaxis(IMAGE, -1, 1)
    out = layers.Cropping2D((1, 0), data_format="channels_first")(first)
    np.testing.assert_array_equal(out, first[:, :, 1:3])


def test_zero_padding_adds_zeros_around():
    out = layers.ZeroPadding2D(((1, 0), (0, 2)))(IMAGE).numpy()
    np.testing.assert_array_equal(out[:, 1:, :3], IMAGE)
    assert out.sum() == IMAGE.sum()


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.Cropping2D(2), ((2, 2), (2, 2))),
        (layers.Cropping2D((1, 2)), ((1, 1), (2, 2))),
        (layers.Cropping2D([[1, 2], 3]), ((1, 2), (3, 3))),
        (layers.Cropping1D(2), (2, 2)),
        (layers.Cropping3D((0, (1, 2), 3)), ((0, 0), (1, 2), (3, 3))),
    ],
)
def test_cropping_is_spelled_out(layer, expected):
    assert layer.cropping == expected


def test_upsampling_repeats():
    out = layers.UpSampling2D((2, 3))(IMAGE)
    np.testing.assert_array_equal(out, IMAGE.repeat(2, 1).repeat(3, 2))


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos3", "lanczos5"])
def test_interpolation_keeps_what_is_flat(mode):
    flat = np.full((2, 3, 4, 2), 5.0, "float32")
    out = layers.UpSampling2D(3, interpolation=mode)(flat)
    np.testing.assert_allclose(out, 5.0, rtol=1e-6)


def test_bilinear_draws_a_line():
    out = layers.UpSampling2D((1, 2), interpolation="bilinear")(IMAGE[..., :1]).numpy()
    np.testing.assert_allclose(out[0, 0, :, 0], [0, 0.5, 1.5, 2.5, 3.5, 4])


def test_nearest_keeps_infinities_where_they_are():
    x = np.array([[[[np.inf], [1.0]]]], "float32")
    out = layers.UpSampling2D((1, 2))(x).numpy().ravel()
    assert out.tolist() == [np.inf, np.inf, 1, 1]


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (layers.Cropping1D((1, 2)), (None, 3), (None, None, 3)),
        (layers.Cropping2D(((0, 1), (2, 0))), (None, 6, None), (None, None, 4, None)),
        (layers.ZeroPadding2D((1, 2)), (None, 6, 3), (None, None, 10, 3)),
        (layers.UpSampling1D(3), (None, 3), (None, None, 3)),
        (
            layers.UpSampling2D(2, interpolation="bicubic"),
            (None, 5, 3),
            (None, None, 10, 3),
        ),
        (layers.UpSampling3D(2), (2, None, 2, None), (None, 4, None, 4, None)),
    ],
)
def test_open_sizes_stay_open(layer, shape, expected):
    assert layer(keras.Input(shape)).shape == expected


def test_a_model_with_open_sizes_takes_images_of_any_size():
    x = keras.Input((None, None, 1))
    y = layers.UpSampling2D(2, interpolation="bilinear")(layers.ZeroPadding2D()(x))
    model = keras.Model(x, layers.Cropping2D(2)(y))
    for size in (3, 5):
        out = model.predict(np.ones((2, size, size, 1), "float32"), verbose=0)
        assert out.shape == (2, 2 * size, 2 * size, 1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: layers.Cropping2D((2, 1), name="cut")(IMAGE),
            r"Cropping2D 'cut': cropping must leave something of an input of shape "
            r"\(1, 4, 3, 2\), got \(\(2, 2\), \(1, 1\)\)",
        ),
        (
            lambda: layers.Cropping1D(-1, name="cut"),
            r"Cropping1D 'cut': cropping must be an int or 2 ints, each at least 0",
        ),
        (
            lambda: layers.Cropping3D((1, 2), name="cut"),
            r"Cropping3D 'cut': cropping must be an int, 3 ints or 3 pairs of ints",
        ),
        (
            lambda: layers.ZeroPadding2D((1, -2), name="pad"),
            r"ZeroPadding2D 'pad': padding must be an int or 2 ints, each at least 0",
        ),
        (
            lambda: layers.UpSampling2D(0, name="up"),
            r"UpSampling2D 'up': size must be an int or 2 ints, each at least 1",
        ),
        (
            lambda: layers.UpSampling2D(interpolation="linear", name="up"),
            r"UpSampling2D 'up': interpolation must be one of .*Try .*'bilinear'",
        ),
        (
            lambda: layers.UpSampling2D(name="up")(IMAGE[0]),
            r"UpSampling2D 'up' expects 4 axes, got shape \(4, 3, 2\)",
        ),
    ],
)
def test_errors_say_what_came(make, message):
    with pytest.raises(ValueError, match=message):
        make()
