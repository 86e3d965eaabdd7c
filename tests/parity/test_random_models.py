"""Models drawn at random, trained here and by real Keras: the same history.

Sizes are small and alike, and batches as small as the layers are wide, so that a mean
taken over the wrong axis, or a shape taken for another, does not go unnoticed.
"""

import random

import numpy as np
import pytest

import minikeras

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore")  # what real Keras and JAX warn of

ACTIVATIONS = ["relu", "tanh", "sigmoid", "gelu", "selu", "softplus", "elu", "swish"]


def dense(K, draw, h):
    return K.layers.Dense(draw.randint(2, 8), activation=draw.choice(ACTIVATIONS))(h)


def penalised(K, draw, h):
    constraint = draw.choice([None, "non_neg", "unit_norm", "max_norm"])
    activity = K.regularizers.L2(0.01)
    return K.layers.Dense(
        5,
        kernel_regularizer="l2",
        activity_regularizer=activity,
        kernel_constraint=constraint,
    )(h)


def normalised(K, draw, h):
    names = ["BatchNormalization", "LayerNormalization", "RMSNormalization"]
    return getattr(K.layers, draw.choice(names))()(h)


def merged(K, draw, h):
    names = ["Add", "Multiply", "Average", "Maximum", "Subtract", "Concatenate"]
    other = K.layers.Dense(h.shape[-1])(h)
    return getattr(K.layers, draw.choice(names))()([h, other])


def rearranged(K, draw, h):
    layers = K.layers
    if draw.random() < 0.5:
        return layers.Flatten()(layers.RepeatVector(2)(h))
    return layers.Flatten()(layers.Permute((2, 1))(layers.Reshape((1, -1))(h)))


def bent(K, draw, h):
    layers = K.layers
    kinds = [layers.PReLU, layers.ELU, layers.Softmax, layers.LeakyReLU]
    return draw.choice(kinds)()(h)


def computed(K, draw, h):
    ops = K.ops
    formulas = [
        lambda t: ops.tanh(t) * 0.5 + t,
        lambda t: ops.square(t) - ops.mean(t, axis=-1, keepdims=True),
        lambda t: ops.concatenate([t, ops.exp(-t * t)], axis=-1),
        lambda t: t / (1 + ops.abs(t)),
    ]
    return draw.choice(formulas)(h)


def shared(K, draw, h):
    layer = K.layers.Dense(h.shape[-1], activation="tanh")
    return layer(layer(h))


PARTS = [dense, penalised, normalised, merged, rearranged, bent, computed, shared]


def build(K, seed):
    """The same model for every package K: drawn from the seed alone."""
    draw = random.Random(seed)
    x = h = K.Input((6,))
    for _ in range(draw.randint(2, 6)):
        h = draw.choice(PARTS)(K, draw, h)
    model = K.Model(x, K.layers.Dense(3, activation="softmax")(h))
    optimizer = draw.choice(
        [
            K.optimizers.SGD(0.05),
            K.optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=1.0),
            K.optimizers.RMSprop(0.001, epsilon=1e-2),
        ]
    )
    model.compile(optimizer, "categorical_crossentropy", metrics=["mae"])
    return model


@pytest.mark.parametrize("seed", range(20))
def test_the_same_history(seed, tmp_path):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(40, 6)).astype("float32")
    y = np.eye(3, dtype="float32")[rng.integers(0, 3, 40)]
    theirs, ours = build(keras, seed), build(minikeras, seed)
    ours.set_weights(theirs.get_weights())
    settings = dict(batch_size=int(rng.integers(3, 10)), epochs=2, shuffle=False)
    expected, history = (
        model.fit(x, y, validation_split=0.2, verbose=0, **settings).history
        for model in (theirs, ours)
    )
    assert history.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(history[name], values, rtol=1e-3, atol=1e-5)
    ours.save(tmp_path / "model.h5")
    twin = keras.models.load_model(tmp_path / "model.h5", compile=False)
    predicted = ours.predict(x, verbose=0)
    np.testing.assert_allclose(twin.predict(x, verbose=0), predicted, atol=1e-5)
