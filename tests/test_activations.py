"""Activations by name, and values that are not plain functions of `ops`."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import activations, ops
from minikeras.activations import ACTIVATIONS

X = np.array([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 6.0, 7.0], "float32")
NOT_FUNCTIONS = {"get", "serialize", "deserialize"}
FUNCTIONS = sorted(set(activations.__all__) - NOT_FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_name_and_config_lead_back_to_the_function(name):
    function = getattr(activations, name)
    assert activations.get(name) is function
    assert activations.deserialize(activations.serialize(function)) is function
    assert activations.serialize(function) == function.__name__


def test_all_are_registered():
    extra = {"legacy_hard_sigmoid"}  # of old files; Keras does not publish it
    assert {name for name, _ in ACTIVATIONS.items()} - extra <= set(FUNCTIONS)
    assert set(FUNCTIONS) <= set(ACTIVATIONS.names())


def test_aliases_are_the_same_function():
    assert activations.swish is activations.silu
    assert activations.hard_swish is activations.hard_silu


def test_none_is_linear():
    assert activations.get(None) is activations.linear
    assert activations.linear(X) is X


def test_callables_and_layers_are_kept():
    layer = keras.layers.ReLU(negative_slope=0.1)
    assert activations.get(np.tanh) is np.tanh
    assert activations.get(layer) is layer


def test_layer_as_activation_comes_back_from_its_config():
    config = activations.serialize(keras.layers.ReLU(negative_slope=0.1))
    again = activations.get(config)
    assert config["class_name"] == "ReLU"
    np.testing.assert_allclose(again(X), np.where(X > 0, X, 0.1 * X), rtol=1e-6)


def test_custom_function_by_name():
    def twice(x):
        return x * 2

    with keras.utils.custom_object_scope({"twice": twice}):
        assert activations.get("twice") is twice
    with pytest.raises(ValueError, match="Unknown activation 'twice'"):
        activations.get("twice")


def test_unknown_name_gets_a_suggestion():
    with pytest.raises(ValueError, match=r"Unknown activation 'sofmax'\. Did you mean"):
        activations.get("sofmax")


def test_something_else_is_refused():
    with pytest.raises(TypeError, match="Cannot read 5 .* as an activation"):
        activations.get(5)


# Recorded from Keras 3.15.1.
RELU = {
    (0.0, 6.0, 0.0): [0, 0, 0, 0, 0.5, 1, 2, 6, 6],
    (0.2, None, 0.0): [-0.6, -0.2, -0.1, 0, 0.5, 1, 2, 6, 7],
    (0.0, None, 1.0): [0, 0, 0, 0, 0, 0, 2, 6, 7],
    (0.2, 6.0, 1.0): [-0.8, -0.4, -0.3, -0.2, -0.1, 0, 2, 6, 6],
    (0.0, 2.5, 0.0): [0, 0, 0, 0, 0.5, 1, 2, 2.5, 2.5],
    (0.5, None, -1.0): [-1, 0, -0.5, 0, 0.5, 1, 2, 6, 7],
}


@pytest.mark.parametrize("arguments", RELU)
def test_relu_variations(arguments):
    y = activations.relu(X, *arguments)
    np.testing.assert_allclose(y, RELU[arguments], rtol=1e-6, atol=1e-7)
    assert y.dtype == "float32"


def test_gelu_is_exact_unless_asked():
    exact = activations.gelu(X)
    np.testing.assert_array_equal(exact, ops.gelu(X, approximate=False))
    assert not np.array_equal(exact, activations.gelu(X, approximate=True))


def test_mish_and_exponential():
    x = X.astype("float64")
    expected = x * np.tanh(np.log1p(np.exp(x)))
    np.testing.assert_allclose(activations.mish(X), expected, rtol=1e-5)
    np.testing.assert_allclose(activations.exponential(X), np.exp(X), rtol=1e-6)


def test_softmax_over_one_unit_warns():
    with pytest.warns(UserWarning, match="this axis has length 1"):
        activations.softmax(np.ones((2, 1), "float32"))


def test_symbolic_activation_is_one_node():
    x = keras.KerasTensor((None, 4))
    for name in ("gelu", "selu", "softmax", "hard_silu"):
        y = getattr(activations, name)(x)
        assert y.shape == (None, 4)
        assert y._keras_history.operation.name.startswith(name)
