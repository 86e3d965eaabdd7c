"""Warnings and errors about old spellings; layers that only Keras 1 had.

That the spellings do what the modern ones do: test_dialects.py.
"""

import warnings

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers as L

W = [np.arange(6.0).reshape(3, 2), np.ones(2)]


def test_the_warning_shows_the_call_of_today():
    with pytest.warns(DeprecationWarning) as told:
        L.Convolution2D(32, 3, 3, activation="relu", border_mode="same")
    assert str(told[0].message) == (
        "Old spelling of Conv2D. Write Conv2D(filters=32, activation='relu', "
        "padding='same', kernel_size=(3, 3))."
    )


def test_one_warning_for_each_line():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        for _ in range(3):
            L.Dropout(p=0.5)
        L.Dropout(p=0.5)
    assert len(told) == 2


def test_a_file_of_ones_own_shows_the_place(tmp_path):
    text = "from minikeras.layers import Dropout\n\nlayer = Dropout(p=0.5)\n"
    with pytest.warns(DeprecationWarning) as told:
        exec(compile(text, "lecture.py", "exec"), {"__name__": "lecture"})
    assert (told[0].filename, told[0].lineno) == ("lecture.py", 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: L.Dense(2, W_regularizer="l2", kernel_regularizer="l2"),
            "'W_regularizer' is the old name of 'kernel_regularizer', and both were",
        ),
        (lambda: L.Dense(2, W_regulariser="l2"), "unknown argument 'W_regulariser'"),
        (lambda: L.BatchNormalization(mode=1), "Try LayerNormalization"),
        (lambda: L.LSTM(2, input_length=3), "needs input_dim beside it"),
        (lambda: L.ZeroPadding2D({"top": 1}), "unknown sides .'top'"),
        (
            lambda: keras.optimizers.SGD(lr=0.1, learning_rate=0.2),
            "'lr' is the old name of 'learning_rate'",
        ),
        (
            lambda: keras.optimizers.SGD(0.1, decay=0.1),
            r"Write SGD\(learning_rate=0.1, decay=0.1\)",
        ),
        (lambda: L.Conv2D(8, nb_row=3), "nb_row, nb_col are the old form of"),
        (lambda: L.Convolution2D(8, 3, 3, nb_row=3), "'nb_row' came twice"),
        (lambda: L.Merge(mode="add"), "mode must be one of"),
    ],
)
def test_mistakes_are_told(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_weights_are_set_when_the_layer_is_built():
    layer = L.Dense(2, weights=W)
    layer(np.ones((1, 3)))
    assert np.array_equal(layer.get_weights()[0], W[0])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_aliases_can_be_derived_from():
    class Mine(L.Convolution2D):
        def __init__(self, **kwargs):
            super().__init__(4, 3, 5, border_mode="same", **kwargs)

    layer = Mine()
    assert layer.kernel_size == (3, 5) and layer.padding == "same"
    assert type(layer) is Mine and isinstance(layer, L.Conv2D)
    assert isinstance(L.Conv2D(1, 1), L.Convolution2D)
    assert not isinstance(L.Conv1D(1, 1), L.Convolution2D)
    assert isinstance(layer, Mine) and not isinstance(L.Conv2D(1, 1), Mine)


# Layers of Keras 1: the formulas, written out


def weights_of(layer, rng):
    values = [rng.normal(size=w.shape) for w in layer.weights]
    layer.set_weights(values)
    return [v.astype("float32") for v in values]


def test_highway_is_its_formula():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 3)).astype("float32")
    layer = L.Highway(activation="tanh")
    layer.build((None, 3))
    assert layer.get_weights()[3].tolist() == [-2, -2, -2]
    kernel, carry, bias, carry_bias = weights_of(layer, rng)
    gate = 1 / (1 + np.exp(-(x @ carry + carry_bias)))
    expected = gate * np.tanh(x @ kernel + bias) + (1 - gate) * x
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5)


def test_maxout_is_its_formula():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 3)).astype("float32")
    layer = L.MaxoutDense(2, 4)
    layer.build((None, 3))
    kernel, bias = weights_of(layer, rng)
    expected = np.max([x @ k + b for k, b in zip(kernel, bias, strict=True)], axis=0)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5)


def test_srelu_is_its_formula():
    rng = np.random.default_rng(0)
    x = 3 * rng.normal(size=(50, 3)).astype("float32")
    layer = L.SReLU()
    layer.build((None, 3))
    left, left_slope, right, right_slope = weights_of(layer, rng)
    right = left + np.abs(right)
    middle = np.where(x < left, left + left_slope * (x - left), x)
    expected = np.where(x > right, right + right_slope * (x - right), middle)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-4, atol=1e-5)


def test_parametric_softplus_is_its_formula():
    layer = L.ParametricSoftplus(alpha_initializer=0.5, beta_initializer=2.0)
    x = np.linspace(-2, 2, 6, dtype="float32").reshape(2, 3)
    np.testing.assert_allclose(layer(x), 0.5 * np.log1p(np.exp(2 * x)), rtol=1e-5)
