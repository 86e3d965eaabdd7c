import numpy as np
import pytest

import minikeras as keras
from minikeras.layers import Input, InputLayer


def test_input_is_where_a_graph_begins():
    x = Input((None, 3), batch_size=2, dtype="int32", name="words")
    assert (x.shape, x.dtype, x.name) == ((2, None, 3), "int32", "words")
    layer, node, tensor = x._keras_history
    assert isinstance(layer, InputLayer)
    assert (layer.name, node, tensor) == ("words", 0, 0)


def test_shapes_come_in_any_form():
    assert Input([3]).shape == Input(np.array([3])).shape == (None, 3)
    assert Input(()).shape == (None,)
    assert Input(batch_shape=(4, 3)).shape == (4, 3)


def test_config_is_that_of_keras():
    layer = InputLayer((3,), batch_size=2, name="i")
    config = layer.get_config()
    assert config == {
        "batch_shape": (2, 3),
        "dtype": "float32",
        "sparse": False,
        "ragged": False,
        "name": "i",
        "optional": False,
    }
    assert InputLayer.from_config(config).get_config() == config


def test_begins_at_a_given_tensor():
    x = keras.KerasTensor((2, 3), name="q")
    assert Input(tensor=x) is x
    assert x._keras_history.operation.batch_shape == (2, 3)


@pytest.mark.parametrize(
    ("kwargs", "text"),
    [
        ({}, "give either shape or batch_shape, got shape=None"),
        ({"shape": (3,), "batch_shape": (2, 3)}, "give either shape or batch_shape"),
        (
            {"shape": 3},
            r"shape must be a tuple of ints .* Try InputLayer\(shape=\(3,\)\)",
        ),
        ({"shape": (-3,)}, "shape must be a tuple of ints"),
        ({"shape": (2.5,)}, "shape must be a tuple of ints"),
        ({"shape": "abc"}, "shape must be a tuple of ints"),
        ({"shape": (3,), "batch_size": 2.5}, "batch_size must be a positive int"),
        ({"batch_shape": (2, 3), "batch_size": 2}, "batch_size must be left out where"),
        ({"shape": (3,), "dtype": "foo"}, "dtype must be one of"),
        (
            {"shape": (3,), "sparse": True},
            "sparse must be False: NumPy has dense arrays",
        ),
        (
            {"shape": (3,), "ragged": True},
            "ragged must be False: NumPy has dense arrays",
        ),
        ({"shape": (3,), "name": "a/b"}, "name must be a string without '/'"),
        ({"tensor": 3}, "input_tensor must be a KerasTensor, got 3"),
    ],
)
def test_arguments_are_checked(kwargs, text):
    with pytest.raises(ValueError, match=text):
        Input(**kwargs)


def test_arguments_must_agree_with_the_tensor():
    x = keras.KerasTensor((2, 3))
    with pytest.raises(
        ValueError, match="batch_size must agree with input_tensor's, 2"
    ):
        Input(tensor=x, batch_size=4)
