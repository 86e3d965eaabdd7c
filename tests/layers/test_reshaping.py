import numpy as np
import pytest

import minikeras as keras
from minikeras import layers

X = np.arange(24.0).reshape(2, 3, 4)


def test_flatten_keeps_the_order_of_values():
    np.testing.assert_array_equal(layers.Flatten()(X).numpy(), X.reshape(2, 12))
    moved = layers.Flatten("channels_first")(X)
    np.testing.assert_array_equal(moved.numpy(), X.swapaxes(1, 2).reshape(2, 12))


def test_flatten_of_vectors_and_empty_batches():
    assert layers.Flatten()(np.ones(3)).shape == (3, 1)
    assert layers.Flatten()(np.ones((0, 3, 4))).shape == (0, 12)


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (layers.Flatten(), (None, 3), (None, None)),
        (layers.Flatten(), (), (None, 1)),
        (layers.Reshape((3, -1)), (None, 4), (None, 3, None)),
        (layers.Reshape((3, None)), (12,), (None, 3, 4)),
        (layers.Permute((2, 1)), (None, 4), (None, 4, None)),
        (layers.RepeatVector(2), (5,), (None, 2, 5)),
    ],
)
def test_shapes_with_open_sizes(layer, shape, expected):
    assert layer(keras.Input(shape)).shape == expected


def test_dtype_stays():
    ints = keras.Input((2, 6), dtype="int32")
    assert layers.Flatten()(ints).dtype == "int32"
    assert layers.Reshape((3, 4))(ints).dtype == "int32"
    assert layers.Reshape((3, 4))(np.ones((1, 12), "int32")).dtype == "int32"


def test_permute_and_repeat_values():
    np.testing.assert_array_equal(layers.Permute((2, 1))(X).numpy(), X.swapaxes(1, 2))
    repeated = layers.RepeatVector(2)(np.array([[1.0, 2.0]]))
    assert repeated.tolist() == [[[1.0, 2.0], [1.0, 2.0]]]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: layers.Flatten("last"), "data_format must be one of 'channels_last'"),
        (
            lambda: layers.Reshape((5,), name="r")(np.ones((2, 12))),
            r"Reshape 'r': an input of shape \(2, 12\) holds 12 values a sample, which "
            r"do not fit into target_shape=\(5,\) \(5 values\)",
        ),
        (lambda: layers.Reshape((5,))(keras.Input((12,))), "do not fit into target_sh"),
        (
            lambda: layers.Reshape((-1, 5))(np.ones((2, 12))),
            "do not fit into target_sh",
        ),
        (lambda: layers.Reshape((-1, -1)), "target_shape must have at most one -1"),
        (lambda: layers.Reshape((2.5,)), "target_shape must be a tuple of ints"),
        (lambda: layers.Reshape((-2,)), "target_shape must be a tuple of ints"),
        (lambda: layers.Reshape(3), "target_shape must be a tuple of ints"),
        (lambda: layers.Permute((0, 1)), "dims must hold each of 1 .. 2 once"),
        (lambda: layers.Permute((2, 1))(X[0]), "expects 3 axes, got shape"),
        (lambda: layers.RepeatVector(0), "n must be a positive int, got 0"),
        (lambda: layers.RepeatVector(3.0), "n must be a positive int, got 3.0"),
        (lambda: layers.RepeatVector(3)(X), "expects 2 axes, got shape"),
    ],
)
def test_errors(make, text):
    with pytest.raises(ValueError, match=text):
        make()
