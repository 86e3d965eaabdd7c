"""Models for the contract (tests/contract/test_models.py) and for parity with Keras.

Each case builds the same model with whichever package it is given.
"""

from collections import namedtuple

import numpy as np

# build:  keras or minikeras -> model
# data:   shape of one sample per input, in the structure of the inputs
# below:  the inputs are ints in [0, below) instead of floats
Case = namedtuple("Case", "build data below", defaults=(None,))


def mlp(keras):
    return keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, activation="sigmoid"),
            keras.layers.Dropout(0.5, seed=1),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


def deferred(keras):
    model = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(2)])
    model.build((None, 3))
    return model


def sequential_of_models(keras):
    inner = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)], name="inner")
    return keras.Sequential([inner, keras.layers.Dense(1)])


def chain(keras):
    x = keras.Input((3,))
    return keras.Model(x, keras.layers.Dense(2)(keras.layers.Dense(4)(x)))


def several(keras):
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    x = keras.layers.Concatenate()([keras.layers.Dense(4)(a), b])
    return keras.Model([a, b], [keras.layers.Dense(2, name="out")(x), x])


def dicts(keras):
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    outputs = {"y": keras.layers.Dense(2)(b), "z": keras.layers.Dense(1)(a)}
    return keras.Model({"b": b, "a": a}, outputs)


def shared(keras):
    a, b = keras.Input((3,)), keras.Input((3,))
    twin = keras.layers.Dense(3, name="twin")
    x = keras.layers.Subtract()([twin(twin(a)), twin(b)])
    return keras.Model([a, b], x)


def nested(keras):
    x = keras.Input((3,), name="x")
    inner = keras.Sequential(
        [keras.layers.Dense(3), keras.layers.BatchNormalization()], name="inner"
    )
    y = keras.Input((3,))
    residual = keras.Model(y, keras.layers.Add()([y, inner(y)]), name="residual")
    return keras.Model(x, keras.layers.Dense(2)(residual(residual(x))))


def arithmetic(keras):
    x = keras.Input((4,))
    y = keras.layers.Dense(4)(x) * 2.0 + x
    return keras.Model(x, keras.ops.relu(1.0 - y[:, :2]) / 3.0)


def training_in_graph(keras):
    x = keras.Input((4,))
    y = keras.layers.Dropout(0.5, seed=1)(x)
    return keras.Model(x, keras.layers.BatchNormalization()(y))


def masked(keras):
    x = keras.Input((None,), name="words")
    y = keras.layers.Embedding(5, 3, mask_zero=True)(x)
    return keras.Model(x, keras.layers.Dense(2)(y))


def tail(keras):
    whole = chain(keras)
    return keras.Model(whole.input, whole.layers[1].output)


def subclass(keras):
    class Pair(keras.Model):
        def __init__(self):
            super().__init__(name="pair")
            self.first = keras.layers.Dense(4)
            self.rest = [keras.layers.Dense(3), keras.layers.Dense(2)]

        def call(self, inputs, training=None):
            x = self.first(inputs)
            for layer in self.rest:
                x = layer(x)
            return x

    return Pair()


CASES = {
    "Sequential": [
        Case(mlp, (3,)),
        Case(deferred, (3,)),
        Case(sequential_of_models, (3,)),
    ],
    "Functional": [
        Case(chain, (3,)),
        Case(several, [(3,), (2,)]),
        Case(dicts, {"a": (3,), "b": (2,)}),
        Case(shared, [(3,), (3,)]),
        Case(nested, (3,)),
        Case(arithmetic, (4,)),
        Case(training_in_graph, (4,)),
        Case(masked, (6,), 5),
        Case(tail, (3,)),
    ],
    "Model": [Case(subclass, (3,))],
}


def inputs(case, batch=4):
    """Returns arrays for a case, in the structure of its inputs."""
    rng = np.random.default_rng(0)

    def one(shape):
        if case.below is None:
            return rng.normal(size=(batch, *shape)).astype("float32")
        return rng.integers(0, case.below, (batch, *shape)).astype("float32")

    if isinstance(case.data, dict):
        return {key: one(shape) for key, shape in case.data.items()}
    if isinstance(case.data, list):
        return [one(shape) for shape in case.data]
    return one(case.data)
