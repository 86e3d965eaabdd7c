"""Drawn calls of `keras.random`, for minikeras and for Keras on NumPy alike.

Run as a script, it prints what real Keras answers: NumPy's backend has a process of its
own, since the other tests run on JAX.

    python tests/parity/random_calls.py > answers.pickle
"""

import os
import pickle
import random as python_random
import sys

import numpy as np

SHAPES = [(), (0,), (5,), (2, 3), (3, 0, 2), [4, 2], (2, 1, 3), 6]
FLOATS = [None, "float16", "float32", "float64"]
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
ROWS = np.array([0.5, 1.0, 10.0])
LOGITS = np.array([[0.1, 2.0, -1.0, 0.4], [3.0, -np.inf, 2.9, 1.0]])

# Parameters of each distribution; arrays broadcast to shapes that end in 3.
PARAMETERS = {
    "normal": [{}, {"mean": 3, "stddev": 0.1}, {"mean": ROWS, "stddev": ROWS[::-1]}],
    "truncated_normal": [{}, {"mean": -2.0, "stddev": 3.0}, {"stddev": 0}],
    "uniform": [{}, {"minval": -3, "maxval": 2}, {"minval": -ROWS, "maxval": ROWS}],
    "gamma": [{"alpha": 0.3}, {"alpha": 7}, {"alpha": ROWS}, {"alpha": [0.1, 1, 9]}],
    "beta": [{"alpha": 0.5, "beta": 2}, {"alpha": ROWS, "beta": np.float32(ROWS)}],
    "binomial": [
        {"counts": 10, "probabilities": 0.3},
        {"counts": 1000.0, "probabilities": 0.8},
        {"counts": np.array([1, 10, 100]), "probabilities": ROWS / 10},
    ],
    "randint": [
        {"minval": 0, "maxval": 100},
        {"minval": 3, "maxval": 4},
        {"minval": np.array([0, 5, 9]), "maxval": np.array([1, 9, 120])},
    ],
}
WIDE = [
    ("int8", -128, 128),
    ("uint8", 0, 256),
    ("int16", -(2**15), 2**15),
    ("int32", -(2**31), 2**31),
    ("int64", -(2**40), 2**40),
    ("uint32", 0, 2**32),
    ("uint64", 0, 2**64),
]
MISTAKES = [
    ("normal", {"shape": (2,), "stddev": -1.0}),
    ("normal", {"shape": (2, 3), "mean": [0.0, 1.0]}),
    ("normal", {"shape": (-1,)}),
    ("normal", {"shape": (2,), "seed": 2.5}),
    ("uniform", {"shape": (2,), "minval": 3.0, "maxval": 1.0}),
    ("uniform", {"shape": (2,), "dtype": "int32"}),
    ("uniform", {"shape": (2,), "dtype": "bool"}),
    ("randint", {"shape": (2,), "minval": 3, "maxval": 3}),
    ("randint", {"shape": (2,), "minval": 0, "maxval": 300, "dtype": "int8"}),
    ("randint", {"shape": (2,), "minval": -3, "maxval": 3, "dtype": "uint8"}),
    ("randint", {"shape": (2,), "minval": 0, "maxval": 3, "dtype": "float32"}),
    ("gamma", {"shape": (2,), "alpha": -1.0}),
    ("beta", {"shape": (2,), "alpha": -1.0, "beta": 1.0}),
    ("binomial", {"shape": (2,), "counts": -1, "probabilities": 0.5}),
    ("binomial", {"shape": (2,), "counts": 3, "probabilities": 1.5}),
    ("categorical", {"logits": ROWS, "num_samples": 2}),
    ("categorical", {"logits": LOGITS[None], "num_samples": 2}),
    ("shuffle", {"x": ROWS, "axis": 2}),
    ("dropout", {"inputs": LOGITS, "rate": 0.5, "noise_shape": (3, 1)}),
]


def fits(parameters: dict, shape) -> bool:
    """Whether the parameters broadcast to the shape."""
    if not any(np.ndim(value) for value in parameters.values()):
        return True
    return isinstance(shape, tuple) and shape[-1:] == (3,)


def calls(count: int = 260) -> list[tuple[str, dict]]:
    """Names and arguments; the seed `(n,)` means a generator that starts at n."""
    draw = python_random.Random(5)
    return [*(one(draw) for _ in range(count)), *wide(), *of_arrays(draw)]


def one(draw) -> tuple[str, dict]:
    """A call of a distribution."""
    name = draw.choice(list(PARAMETERS))
    shape = draw.choice([s for s in SHAPES if name != "truncated_normal" or s != 6])
    fitting = [p for p in PARAMETERS[name] if fits(p, shape)]
    dtype = draw.choice(INTEGERS if name == "randint" else FLOATS)
    number = draw.choice([0, 1, 1337, 2**31, 2**32 - 1])
    seed = draw.choice([number, (number,)])
    return name, {**draw.choice(fitting), "shape": shape, "dtype": dtype, "seed": seed}


def wide() -> list[tuple[str, dict]]:
    """Integers from the whole range of a dtype."""
    return [
        ("randint", {"shape": (50,), **ends, "dtype": dtype, "seed": 3})
        for dtype, low, high in WIDE
        for ends in ({"minval": low, "maxval": high}, {"minval": 0, "maxval": 99})
    ]


def of_arrays(draw) -> list[tuple[str, dict]]:
    """Calls of `categorical`, `shuffle` and `dropout`."""
    found = []
    for seed in (1, 7, (7,), 2**32 - 1):
        for dtype in ("float16", "float32", "float64"):
            x = np.random.default_rng(2).normal(size=(3, 4, 5)).astype(dtype)
            logits = LOGITS.astype(dtype)
            rate = draw.choice([0, 0.1, 0.3, 0.5, 0.9, 1.0])
            noise = draw.choice([None, (3, 1, 5), (None, 1, None), (1, 5), (5,)])
            found += [
                ("categorical", {"logits": logits, "num_samples": 6, "seed": seed}),
                ("shuffle", {"x": x, "axis": draw.randrange(-3, 3), "seed": seed}),
                ("dropout", {"inputs": x, "rate": rate, "seed": seed}),
                (
                    "dropout",
                    {"inputs": x, "rate": 0.4, "noise_shape": noise, "seed": seed},
                ),
            ]
        for dtype in ("int32", "bool", "uint8"):
            x = np.arange(12).reshape(3, 4).astype(dtype)
            found += [
                ("shuffle", {"x": x, "seed": seed}),
                ("dropout", {"inputs": x, "rate": 0.3, "seed": seed}),
            ]
        for dtype in ("int64", "uint8", "float32"):
            arguments = {"logits": LOGITS, "num_samples": 40, "dtype": dtype}
            found.append(("categorical", {**arguments, "seed": seed}))
    return found


def answer(keras, name: str, arguments: dict):
    """What a package returns: two arrays, one after the other, or the error's name."""
    arguments = dict(arguments)
    if isinstance(arguments.get("seed"), tuple):
        arguments["seed"] = keras.random.SeedGenerator(*arguments["seed"])
    function = getattr(keras.random, name)
    try:
        return [np.asarray(function(**arguments)) for _ in range(2)]
    except Exception as error:
        return kind(error)


def kind(error: Exception) -> str:
    """`ValueError` or `TypeError` for any error that is one, else its own name."""
    for known in (ValueError, TypeError):
        if isinstance(error, known):
            return known.__name__
    return type(error).__name__


def without_seed(keras) -> list:
    """What follows from `set_random_seed`: draws without a seed, and new generators."""
    keras.utils.set_random_seed(11)
    draws = [keras.random.normal((2,)), keras.random.uniform((3,))]
    generator = keras.random.SeedGenerator()
    draws += [generator.next(), generator.next(ordered=False), generator.next()]
    draws += [keras.random.randint((4,), 0, 50), keras.random.gamma((2,), 1.5)]
    draws += [keras.random.dropout(np.ones(9, "float32"), 0.5)]
    draws += [keras.random.normal((2,), seed=generator)]
    return [np.asarray(x) for x in draws]


def answers(keras) -> dict:
    """All of it."""
    return {
        "calls": [answer(keras, *call) for call in calls()],
        "mistakes": [answer(keras, *call) for call in MISTAKES],
        "without seed": without_seed(keras),
        "config": keras.random.SeedGenerator(3, name="mine").get_config(),
    }


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "numpy"
    import keras

    pickle.dump(answers(keras), sys.stdout.buffer)
