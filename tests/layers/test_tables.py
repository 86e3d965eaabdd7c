"""Layers for tables: values and errors."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers

IDS = np.array([[0, 1], [2, 2]])


def test_rescaling_scales_then_shifts():
    out = layers.Rescaling([1.0, 2.0], np.array([0.0, 1.0]))(np.ones((1, 2), "uint8"))
    assert out.dtype == "float32"
    np.testing.assert_array_equal(out, [[1, 3]])


def test_categories_are_marked_counted_or_told_apart():
    def encode(mode, x=IDS, **options):
        return layers.CategoryEncoding(3, mode)(x, **options).numpy().tolist()

    assert encode("multi_hot") == [[1, 1, 0], [0, 0, 1]]
    assert encode("count") == [[1, 1, 0], [0, 0, 2]]
    assert encode("one_hot") == np.eye(3)[IDS].tolist()
    assert encode("one_hot", IDS[:, :1]) == np.eye(3)[IDS[:, 0]].tolist()
    assert encode("one_hot", np.array(1)) == [[0, 1, 0]]
    assert encode("multi_hot", IDS[1]) == [0, 0, 1]
    weights = np.array([[1.0, 0.5], [2.0, 3.0]])
    assert encode("count", count_weights=weights) == [[1, 0.5, 0], [0, 0, 5]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "num_tokens must be a positive int"),
        ({"num_tokens": 3, "output_mode": "hot"}, "output_mode must be one of"),
        ({"num_tokens": 3, "sparse": True}, "sparse must be one of False"),
    ],
)
def test_category_encoding_says_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=message):
        layers.CategoryEncoding(**arguments)
    with pytest.raises(ValueError, match="count_weights must be None"):
        layers.CategoryEncoding(3)(IDS, count_weights=np.ones((2, 2)))


def test_table_layers_in_a_compiled_model():
    model = keras.Sequential(
        [
            keras.Input((2,), dtype="int32"),
            layers.CategoryEncoding(3, "count"),
            layers.Rescaling(0.5),
            layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    model.fit(IDS, np.ones((2, 1)), verbose=0)
    hot = np.array([[1, 1, 0], [0, 0, 2]]) / 2
    kernel, bias = model.get_weights()
    expected = hot @ kernel + bias
    np.testing.assert_allclose(model.predict(IDS, verbose=0), expected, rtol=1e-5)


@pytest.mark.parametrize("axis", [-1, None, (1, 2), 1])
def test_normalization_learns_the_same_from_batches_and_at_once(axis):
    x = np.random.default_rng(0).normal(5.0, 3.0, (12, 3, 2)).astype("float32")
    whole, streamed = layers.Normalization(axis), layers.Normalization(axis)
    whole.adapt(x)
    streamed.adapt(x[i : i + 5] for i in range(0, 12, 5))
    kept = () if axis is None else tuple(np.atleast_1d(axis) % 3)
    summed = tuple(a for a in range(3) if a not in kept)
    expected = (x - x.mean(summed, keepdims=True)) / x.std(summed, keepdims=True)
    np.testing.assert_allclose(whole(x), expected, rtol=1e-4, atol=1e-5)
    for a, b in zip(whole.get_weights(), streamed.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    twin = layers.Normalization(axis, invert=True)
    twin.build(x.shape)
    twin.set_weights(whole.get_weights())
    np.testing.assert_allclose(twin(whole(x)), x, rtol=1e-5)


def test_normalization_says_what_is_wrong():
    with pytest.raises(ValueError, match="variance must be given together with mean"):
        layers.Normalization(mean=1.0)
    with pytest.raises(ValueError, match="mean must be given together with variance"):
        layers.Normalization(variance=1.0)
    with pytest.raises(ValueError, match="variance must have the shape of mean"):
        layers.Normalization(mean=[1.0, 2.0], variance=1.0)
    with pytest.raises(ValueError, match="was given what it could learn"):
        layers.Normalization(mean=1.0, variance=1.0).adapt(np.ones((2, 2)))
    with pytest.raises(ValueError, match="at least one batch"):
        layers.Normalization().adapt(iter(()))
    with pytest.raises(ValueError, match="axis must be axes of known size"):
        layers.Normalization()(keras.Input((None,)))


def test_the_dtype_of_discretization_is_not_that_of_its_input():
    layer = layers.Discretization([0.0, 0.5], dtype="int64")  # as tf.keras writes it
    assert layer(np.array([-0.2, 0.2, 0.7])).tolist() == [0, 1, 2]
