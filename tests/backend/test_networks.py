"""Networks, random numbers and settings of `K.`; no name of it is left untested."""

import pathlib
import re

import numpy as np
import pytest

import minikeras as keras
from minikeras import backend as K
from tests.cases import dialect_calls

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(2, 5, 6, 3)).astype("float32")
VOLUMES = RNG.normal(size=(2, 4, 5, 6, 2)).astype("float32")


def windows(x, sizes):
    """All windows of so many steps along each axis in space, behind these axes."""
    axes = tuple(range(1, len(sizes) + 1))
    return np.lib.stride_tricks.sliding_window_view(x, sizes, axes)


def test_conv3d():
    kernel = RNG.normal(size=(2, 3, 2, 2, 4)).astype("float32")
    expected = np.einsum("bxyzcijk,ijkcf->bxyzf", windows(VOLUMES, (2, 3, 2)), kernel)
    np.testing.assert_allclose(
        K.conv3d(VOLUMES, kernel), expected, rtol=1e-3, atol=1e-5
    )


def test_separable_and_depthwise_convolutions():
    deep = RNG.normal(size=(2, 3, 3, 2)).astype("float32")
    flat = RNG.normal(size=(1, 1, 6, 4)).astype("float32")
    parts = np.einsum("bxycij,ijcd->bxycd", windows(IMAGES, (2, 3)), deep)
    parts = parts.reshape(*parts.shape[:3], 6)
    found = K.depthwise_conv2d(IMAGES, deep)
    np.testing.assert_allclose(found, parts, rtol=1e-3, atol=1e-5)
    found = K.separable_conv2d(IMAGES, deep, flat)
    np.testing.assert_allclose(found, parts @ flat[0, 0], rtol=1e-3, atol=1e-5)


def test_separable_convolution_over_one_axis():
    x = IMAGES[:, 0]
    deep = RNG.normal(size=(3, 3, 1)).astype("float32")
    flat = RNG.normal(size=(1, 3, 4)).astype("float32")
    parts = np.einsum("bxci,icd->bxc", windows(x, (3,)), deep)
    found = K.separable_conv1d(x, deep, flat)
    np.testing.assert_allclose(found, parts @ flat[0], rtol=1e-3, atol=1e-5)


def test_pooling_over_three_axes():
    expected = windows(VOLUMES, (2, 2, 2)).max(axis=(-1, -2, -3))
    np.testing.assert_array_equal(K.pool3d(VOLUMES, (2, 2, 2)), expected)


def test_volumes_are_padded_and_enlarged():
    sides = ((1, 0), (0, 2), (1, 1))
    padded = np.pad(VOLUMES, [(0, 0), *sides, (0, 0)])
    np.testing.assert_array_equal(K.spatial_3d_padding(VOLUMES, sides), padded)
    larger = VOLUMES.repeat(2, 1).repeat(3, 2).repeat(1, 3)
    found = K.resize_volumes(VOLUMES, 2, 3, 1, data_format="channels_last")
    np.testing.assert_array_equal(found, larger)


def test_normalization():
    mean, var = IMAGES.mean((0, 1, 2)), IMAGES.var((0, 1, 2))
    gamma, beta = np.float32([1, 2, 3]), np.float32([0, 1, 2])
    expected = (IMAGES - mean) / np.sqrt(var + 1e-3) * gamma + beta
    found = K.batch_normalization(IMAGES, mean, var, beta, gamma)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    found = K.normalize_batch_in_training(IMAGES, gamma, beta, [0, 1, 2])
    for value, wanted in zip(found, (expected, mean, var), strict=True):
        np.testing.assert_allclose(value, wanted, rtol=1e-4, atol=1e-5)


def test_dropout():
    x = np.ones((50, 40), "float32")
    found = K.eval(K.dropout(x, 0.25, seed=1))
    assert set(np.unique(found)) == {0, np.float32(1 / 0.75)}
    assert abs((found == 0).mean() - 0.25) < 0.05
    rows = K.eval(K.dropout(x, 0.5, noise_shape=(50, 1), seed=1))
    assert (rows == rows[:, :1]).all() and len(np.unique(rows)) == 2


def test_arrays_of_numbers():
    assert K.arange(5).numpy().tolist() == [0, 1, 2, 3, 4]
    assert K.arange(1, 7, 2, dtype="float32").numpy().tolist() == [1, 3, 5]
    assert K.ones((2,)).numpy().tolist() == K.ones_variable((2,)).numpy().tolist()
    assert K.zeros_variable((2,)).numpy().tolist() == [0, 0]
    drawn = K.eval(K.random_uniform_variable((900,), 2.0, 3.0, seed=1))
    assert 2 <= drawn.min() < 2.1 and 2.9 < drawn.max() < 3
    drawn = K.eval(K.random_normal_variable((900,), 5.0, 0.1, seed=1))
    assert abs(drawn.mean() - 5) < 0.02 and abs(drawn.std() - 0.1) < 0.02


def test_update_sets_a_variable():
    v = K.variable([1.0, 2.0])
    K.update(v, [3.0, 4.0])
    assert K.get_value(v).tolist() == [3, 4]
    x = K.placeholder((2,))
    f = K.function([x], [], updates=[K.update(v, x * 2)])
    assert f([[1.0, 2.0]]) == [] and K.get_value(v).tolist() == [2, 4]


def test_labels_without_their_padding():
    labels = np.array([[1, 2, 0], [3, 4, 5]])
    found = K.ctc_label_dense_to_sparse(labels, np.array([2, 3]))
    assert [np.asarray(row).tolist() for row in found] == [[1, 2], [3, 4, 5]]


def test_descriptions(capsys):
    x = K.constant([[1.0, 2.0]])
    assert K.shape(x) == K.get_variable_shape(x) == (1, 2)
    assert K.is_tensor(x) and not K.is_tensor(1.0)
    assert K.is_keras_tensor(K.placeholder((2,))) and not K.is_keras_tensor(x)
    assert K.is_float_dtype("float16") and K.is_int_dtype("uint8")
    assert K.result_type("int32", "float16") == "float16"
    assert K.standardize_dtype(np.float64) == "float64"
    assert K.cast_to_floatx(np.arange(2)).dtype == "float32"
    assert K.print_tensor(x, "x is") is x
    assert "x is" in capsys.readouterr().out


def test_settings():
    assert (K.floatx(), K.epsilon(), K.image_data_format()) == (
        *("float32", 1e-7, "channels_last"),
    )
    try:
        K.set_floatx("float64")
        K.set_epsilon(1e-3)
        K.set_image_data_format("channels_first")
        assert K.variable(1.0).dtype == "float64"
        assert K.epsilon() == keras.config.epsilon() == 1e-3
        assert keras.layers.Conv2D(1, 1).data_format == "channels_first"
    finally:
        K.set_floatx("float32")
        K.set_epsilon(1e-7)
        K.set_image_data_format("channels_last")


def test_sessions():
    assert (K.get_uid("x"), K.get_uid("x"), K.get_uid("y")) == (1, 2, 1)
    K.set_learning_phase(1)
    assert K.learning_phase() == 1
    K.clear_session()
    assert K.get_uid("x") == 1 and not isinstance(K.learning_phase(), int)
    K.manual_variable_initialization(True)
    assert K.get_value(K.variable(2.0)) == 2.0  # there is nothing to be initialized


def used_names():
    """The names that the files beside this one use as `K.name`."""
    folder = pathlib.Path(__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.py")]
    return set(re.findall(r"\bK\.(\w+)", "".join(texts)))


def test_no_name_is_missing():
    assert set(dialect_calls.BACKEND.split()) <= set(K.__all__)
    assert set(K.__all__) <= used_names()


def test_unknown_names_are_told():
    with pytest.raises(AttributeError, match="no attribute 'summ'"):
        K.summ  # noqa: B018
