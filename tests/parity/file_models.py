"""Models for the tests of files: built on either package."""

import numpy as np


def sequential(keras):
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(6, activation="relu", kernel_regularizer="l2"),
            keras.layers.BatchNormalization(),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


def functional(keras):
    """A nested model, a shared layer, two branches and an input given twice."""
    inner_input = keras.Input((4,))
    inner = keras.Model(
        inner_input,
        keras.layers.LayerNormalization()(keras.layers.Dense(5)(inner_input)),
    )
    x = keras.Input((4,), name="x")
    shared = keras.layers.Dense(4, activation="tanh", name="shared")
    a, b = inner(shared(x)), inner(shared(shared(x)))
    merged = keras.layers.Concatenate()([a, b, keras.layers.LeakyReLU()(x)])
    return keras.Model(x, keras.layers.Dense(3, activation="softmax")(merged))


def data():
    rng = np.random.default_rng(11)
    return rng.normal(size=(20, 4)).astype("float32"), rng.integers(0, 3, 20)


def trained(keras, build, optimizer):
    model = build(keras)
    model.compile(
        getattr(keras.optimizers, optimizer[0])(**optimizer[1]),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(*data(), epochs=2, batch_size=8, shuffle=False, verbose=0)
    return model


OPTIMIZERS = [
    ("Adam", {"learning_rate": 0.01}),
    ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"learning_rate": 0.01, "centered": True, "momentum": 0.5}),
]
