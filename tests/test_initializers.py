"""Initializers: identifiers, shapes of weights, and what goes wrong."""

import numpy as np
import pytest

from minikeras import Variable, initializers
from minikeras.initializers import (
    STFT,
    Constant,
    GlorotUniform,
    Identity,
    Initializer,
    Orthogonal,
    RandomNormal,
    RandomUniform,
    VarianceScaling,
)
from minikeras.random import SeedGenerator


def test_get():
    same = Constant(3.0)
    assert initializers.get(same) is same
    assert initializers.get(None) is None
    assert type(initializers.get(Constant)) is Constant
    assert initializers.get({"class_name": "RandomNormal", "config": {}}).stddev == 0.05
    assert initializers.get(len) is len


def test_an_array_gives_itself_in_its_own_shape_only():
    initializer = initializers.get(np.arange(4.0).reshape(2, 2))
    assert initializer((2, 2), dtype="float32").tolist() == [[0, 1], [2, 3]]
    with pytest.raises(
        ValueError, match=r"must have the weight's shape \(3,\), got \(2"
    ):
        initializer((3,))


def test_an_int_seed_repeats_and_a_generator_goes_on():
    fixed = GlorotUniform(seed=3)
    assert fixed((4,)).tolist() == fixed((4,)).tolist()
    moving = GlorotUniform(seed=SeedGenerator(3))
    assert moving((4,)).tolist() == fixed((4,)).tolist()
    assert moving((4,)).tolist() != fixed((4,)).tolist()


def test_a_seed_generator_in_the_config():
    initializer = GlorotUniform(seed=SeedGenerator(3))
    form = initializers.serialize(initializer)
    assert form["config"]["seed"]["class_name"] == "SeedGenerator"
    twin = initializers.deserialize(form)
    assert twin((4,)).tolist() == initializer((4,)).tolist()


def test_without_a_seed_the_config_says_so():
    initializer = RandomNormal()
    assert initializer.get_config()["seed"] is None
    assert initializer((4,)).tolist() == initializer((4,)).tolist()
    assert initializer((4,)).tolist() != initializer.clone()((4,)).tolist()


def test_integer_dtypes():
    assert RandomUniform(0, 5, seed=2)((4,), dtype="int32").tolist() == [1, 1, 4, 0]
    assert Constant(3)((2,), dtype="int32").dtype == "int32"


def test_constant_broadcasts_arrays():
    assert Constant([1.0, 2.0])((2, 2)).tolist() == [[1, 2], [1, 2]]


def test_the_glorot_limit():
    drawn = GlorotUniform(seed=1)((3, 3, 10, 20)).numpy()
    limit = np.sqrt(6 / (9 * 10 + 9 * 20))
    assert 0.99 * limit < abs(drawn).max() <= limit


def test_orthogonal_rows_of_a_wide_matrix():
    q = Orthogonal(gain=2.0, seed=1)((2, 5)).numpy()
    np.testing.assert_allclose(q @ q.T, 4 * np.eye(2), atol=1e-5)


def test_stft_takes_its_own_window():
    ones = STFT(window=np.ones(4), scaling=None)((4, 1, 3))
    np.testing.assert_array_equal(ones, STFT(window=None)((4, 1, 3)))
    bartlett = STFT(window="bartlett", scaling="spectrum")((4, 1, 3)).numpy()
    np.testing.assert_allclose(bartlett[:, 0, 0], np.bartlett(4) / np.bartlett(4).sum())


def test_a_function_of_the_user_makes_weights():
    w = Variable(lambda shape, dtype: np.full(shape, 2.0, dtype), shape=(2,))
    assert w.numpy().tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: initializers.get("glorot"), "Unknown initializer 'glorot'"),
        (lambda: initializers.get("he_norml"), "Did you mean 'he_normal'"),
        (lambda: RandomNormal(stddev=-1.0), "stddev must be a number of 0 or more"),
        (lambda: RandomUniform(2.0, 1.0), "maxval must be at least minval=2.0"),
        (lambda: VarianceScaling(scale=0), "scale must be a number above 0"),
        (
            lambda: VarianceScaling(mode="fan"),
            "mode must be one of 'fan_in', 'fan_out'",
        ),
        (lambda: VarianceScaling(distribution="x"), "distribution must be one of"),
        (lambda: GlorotUniform(seed="a"), "GlorotUniform: seed must be an int or a S"),
        (
            lambda: GlorotUniform(input_axes=[0]),
            "input_axes and output_axes go together",
        ),
        (lambda: GlorotUniform()((3, -1)), "GlorotUniform: shape must be a tuple of"),
        (lambda: Orthogonal()((3,)), "shape must have at least two axes"),
        (lambda: Identity()((2, 2, 2)), "Identity: shape must have two axes"),
        (
            lambda: Constant([1.0, 2.0])((3,)),
            r"Constant: a value of shape \(2,\) does n",
        ),
        (lambda: STFT("left"), "side must be one of 'real', 'imag'"),
        (lambda: STFT(window="han")((4, 1, 3)), r"Try window='hann'"),
        (lambda: STFT(window=[1.0])((4, 1, 3)), "window must have frame_length = 4"),
        (lambda: STFT()((4, 3)), "shape must be"),
    ],
)
def test_mistakes(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_wrong_types():
    with pytest.raises(TypeError, match=r"Cannot read 3 \(int\) as an initializer"):
        initializers.get(3)
    with pytest.raises(TypeError, match="Initializer has no __call__ method"):
        Initializer()((2,))
