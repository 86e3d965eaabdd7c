"""Seeds, draws and dropout. The numbers are those of Keras 3.15.1 on NumPy."""

import random as python_random

import numpy as np
import pytest

import minikeras as keras
from minikeras import random
from minikeras.tensor.random import draw_seed, global_seed_generator
from minikeras.tensor.random import drop as fast_dropout

DRAWS = [
    ("normal", {"mean": 1.0, "stddev": 2.0}, [1.0765364, 1.9478729, 0.72450817]),
    ("uniform", {"minval": -1.0, "maxval": 3.0}, [2.5124075, -0.25788817, 2.6836019]),
    ("truncated_normal", {}, [0.038268223, 0.47393644, -0.13774592]),
    ("randint", {"minval": 0, "maxval": 50}, [27, 43, 36]),
    ("gamma", {"alpha": 2.0}, [1.7165605, 1.4950871, 7.496297]),
    ("beta", {"alpha": 2.0, "beta": 3.0}, [0.41218346, 0.51735765, 0.19205487]),
    ("binomial", {"counts": 10, "probabilities": 0.3}, [5, 2, 5]),
]
every_draw = pytest.mark.parametrize(("name", "kwargs", "first"), DRAWS)


@every_draw
def test_numbers_are_those_of_keras(name, kwargs, first):
    drawn = getattr(random, name)((2, 3), **kwargs, seed=1337)
    assert drawn.shape == (2, 3)
    assert drawn.dtype == ("int32" if name == "randint" else "float32")
    np.testing.assert_array_equal(drawn.numpy().ravel()[:3], np.float32(first))


@every_draw
def test_dtype_of_draws(name, kwargs, first):
    dtype = "int64" if name == "randint" else "float64"
    assert getattr(random, name)((4,), **kwargs, dtype=dtype, seed=1).dtype == dtype


@every_draw
def test_a_shape_with_an_open_size_gives_a_symbolic_tensor(name, kwargs, first):
    drawn = getattr(random, name)((None, 3), **kwargs)
    assert isinstance(drawn, keras.KerasTensor)
    assert drawn.shape == (None, 3)


@every_draw
def test_seeds(name, kwargs, first):
    def draw(seed):
        return getattr(random, name)((40,), **kwargs, seed=seed).tolist()

    assert draw(3) == draw(3)
    assert draw(3) != draw(4)
    generator = random.SeedGenerator(3)
    assert draw(generator) == draw(3)
    assert draw(generator) != draw(3)
    assert draw(None) != draw(None)


def test_truncated_normal_stays_within_two_stddevs():
    drawn = random.truncated_normal((5000,), 1.0, 0.5, seed=2).numpy()
    assert abs(drawn - 1.0).max() <= 1.0
    assert abs(drawn.mean() - 1.0) < 0.03


def test_parameters_may_be_arrays():
    drawn = random.uniform((2, 3), np.array([0.0, 10.0, 20.0]), [1.0, 11.0, 21.0])
    assert (drawn.numpy() // 10).tolist() == [[0, 1, 2]] * 2


def test_categorical():
    logits = np.log(np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]], "float32"))
    drawn = random.categorical(logits, 6, seed=1337)
    assert drawn.dtype == "int32"
    assert drawn.tolist() == [[2, 1, 2, 2, 2, 1], [0, 1, 1, 2, 0, 0]]


def test_shuffle():
    assert random.shuffle(np.arange(6), seed=1337).tolist() == [3, 2, 4, 5, 0, 1]
    rows = random.shuffle(np.arange(6).reshape(2, 3), axis=1, seed=1337)
    assert rows.tolist() == [[2, 0, 1], [3, 5, 4]]


# Dropout ----------------------------------------------------------------------------


def test_a_seed_always_drops_the_same():
    dropped = random.dropout(np.ones(8, "float32"), 0.5, seed=1337)
    assert dropped.tolist() == [0, 2, 0, 0, 0, 2, 2, 2]  # those of Keras


@pytest.mark.parametrize("drop", [random.dropout, fast_dropout])
@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5, 0.9])
def test_dropout_drops_at_its_rate(rate, drop):
    dropped = drop(np.ones(200_001, "float32"), rate, seed=3).numpy()
    assert abs((dropped == 0).mean() - rate) < 4 * (rate * (1 - rate) / 200_000) ** 0.5


def test_masks_differ_from_step_to_step():
    generator = random.SeedGenerator(3)
    ones = np.ones((20, 5), "float32")
    first, second = (random.dropout(ones, 0.5, seed=generator) for _ in range(2))
    assert first.tolist() == random.dropout(ones, 0.5, seed=3).tolist()
    assert 10 < np.count_nonzero(first * second) < 40


def test_dropout_keeps_the_mean_and_the_dtype():
    for dtype in ("float16", "float32", "float64"):
        dropped = random.dropout(np.ones(10000, dtype), 0.2, seed=1)
        assert dropped.dtype == dtype
        assert sorted({round(float(x), 2) for x in dropped.numpy()}) == [0, 1.25]
        assert abs(dropped.numpy().astype("float64").mean() - 1) < 0.02


def test_dropout_of_nothing_and_of_everything():
    x = np.arange(4.0)
    assert random.dropout(x, 0).tolist() == [0, 1, 2, 3]
    assert random.dropout(x, 1.0).tolist() == [0, 0, 0, 0]


def test_noise_shape_shares_the_mask():
    x = np.ones((6, 5), "float32")
    rows = random.dropout(x, 0.5, noise_shape=(None, 1), seed=3).numpy()
    assert set(rows[:, 0].tolist()) == {0.0, 2.0}
    assert (rows == rows[:, :1]).all()


def test_noise_shape_must_broadcast():
    with pytest.raises(ValueError, match="noise_shape must broadcast"):
        random.dropout(np.ones((2, 3)), 0.5, noise_shape=(2, 2))


def test_the_gradient_of_dropout_is_its_mask():
    x = keras.Variable(np.arange(1.0, 9.0))
    with keras.GradientTape() as tape:
        y = random.dropout(x, 0.5, seed=1337)
    assert tape.gradient(y, x).tolist() == [0, 2, 0, 0, 0, 2, 2, 2]


def test_dropout_on_a_symbolic_tensor():
    assert random.dropout(keras.KerasTensor((None, 3)), 0.5).shape == (None, 3)


# Seeds ------------------------------------------------------------------------------


def test_seed_generator():
    generator = random.SeedGenerator(42)
    assert generator.state.path == "seed_generator/seed_generator_state"
    assert (generator.state.dtype, generator.state.trainable) == ("uint32", False)
    assert generator.next().tolist() == [42, 0]
    assert generator.next(ordered=False).tolist() == [42, 1]
    assert generator.next().tolist() == [231641, 10774]
    assert generator.get_config() == {"seed": 42, "name": "seed_generator"}
    twin = random.SeedGenerator.from_config(generator.get_config())
    assert twin.next().tolist() == [42, 0]


def test_a_seed_generator_goes_on_from_its_state():
    generator = random.SeedGenerator(5)
    first, second = (random.uniform((3,), seed=generator) for _ in range(2))
    expected = np.float32([0.8050029, 0.8079408, 0.51532555])
    np.testing.assert_array_equal(first, expected)
    generator.state.assign([5, 1])
    assert random.uniform((3,), seed=generator).tolist() == second.tolist()


def test_seed_generators_in_configs():
    form = keras.utils.serialize_keras_object(random.SeedGenerator(3))
    assert (form["module"], form["class_name"]) == ("keras.random", "SeedGenerator")
    assert keras.utils.deserialize_keras_object(form).next().tolist() == [3, 0]


def test_set_random_seed_restarts_everything():
    def numbers():
        keras.utils.set_random_seed(7)
        return (
            random.uniform((2,)).tolist(),
            random.SeedGenerator().next().tolist(),
            keras.initializers.GlorotUniform()((2,)).tolist(),
            np.random.rand(),
            python_random.random(),
        )

    drawn, key, weights, *_ = numbers()
    assert np.float32(drawn).tolist() == np.float32([0.15733854, 0.9748515]).tolist()
    assert key == [161973070, 0]
    assert numbers() == numbers()
    assert weights != keras.initializers.GlorotUniform()((2,)).tolist()


def test_clear_session_takes_a_new_global_generator():
    before = global_seed_generator()
    keras.utils.clear_session()
    assert global_seed_generator() is not before


def test_draw_seed():
    assert draw_seed(9).tolist() == [9, 0]
    assert draw_seed(np.int64(9)).tolist() == [9, 0]
    assert draw_seed(random.SeedGenerator(8)).tolist() == [8, 0]


# Mistakes ---------------------------------------------------------------------------


def test_a_noise_shape_of_more_axes_is_refused():
    with pytest.raises(ValueError, match="noise_shape must broadcast"):
        random.dropout(np.ones(3), 0.5, noise_shape=(1, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: random.normal((2,), seed="a"), "seed must be an int or a SeedGener"),
        (lambda: random.normal((2,), seed=1.5), r"got 1.5 \(float\). Try seed=1337."),
        (
            lambda: random.normal((2,), seed=-1),
            r"seed must be in \[0, 2\*\*32\), got -1",
        ),
        (lambda: random.SeedGenerator([1]), "SeedGenerator: seed must be an int"),
        (lambda: random.SeedGenerator(1, nmae="a"), "takes seed and name, got also 'n"),
        (
            lambda: keras.utils.set_random_seed(2**40),
            "set_random_seed: seed must be in",
        ),
        (lambda: random.normal(2.5), r"shape must be a tuple of ints, got 2.5"),
        (lambda: random.uniform((2,), dtype="int32"), r"try random.randint\(shape"),
        (
            lambda: random.randint((2,), 0, 3, "float32"),
            "dtype must be an integer dtype",
        ),
        (
            lambda: random.categorical(np.ones(3), 2),
            r"shape \(batch, classes\), got \(3,",
        ),
        (
            lambda: random.categorical(np.ones((1, 3)), 2.5),
            "num_samples must be an int",
        ),
        (lambda: random.randint((2,), 3, 1), r"random_integers\(3, 1\): low >= high"),
        (lambda: random.normal((2,), 0.0, -1.0), "Try parameters that this distr"),
        (lambda: random.dropout(np.ones(3), 50), r"rate must be .* Try rate=0.5"),
    ],
)
def test_mistakes(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("seed", [7, None, "generator"])
def test_a_plan_draws_the_same(seed):
    def draws(compiled):
        keras.utils.set_random_seed(3)
        source = random.SeedGenerator(5) if seed == "generator" else seed

        def step(x):
            return random.dropout(x, 0.5, seed=source) + random.normal(4, seed=source)

        step = keras.function(step) if compiled else step
        return [np.array(step(keras.ops.ones(4))).tolist() for _ in range(4)]

    assert draws(compiled=True) == draws(compiled=False)
