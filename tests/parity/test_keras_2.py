"""The same Keras 2 code in tf_keras and here: same weights to begin with, same numbers.

Runs where tf_keras is installed.
"""

import os

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
tf_keras = pytest.importorskip("tf_keras")
import minikeras  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 6)).astype("float32")
Y = X[:, :1] - X[:, 1:2]
CLASSES = np.eye(3, dtype="float32")[RNG.integers(0, 3, 24)]
IMAGES = RNG.random((24, 8, 8, 2)).astype("float32")
WORDS = RNG.integers(1, 20, (24, 7))
STEPS = RNG.normal(size=(24, 5, 3)).astype("float32")


def mlp(keras):
    model = keras.models.Sequential()
    model.add(keras.layers.Dense(8, activation="relu", input_dim=6))
    model.add(keras.layers.Dense(3, activation="softmax", kernel_regularizer="l2"))
    sgd = keras.optimizers.legacy.SGD(learning_rate=0.1, momentum=0.9, nesterov=True)
    model.compile(loss="categorical_crossentropy", optimizer=sgd, metrics=["accuracy"])
    return model, X, CLASSES


def constraints(keras):
    limit = keras.constraints.MaxNorm(1.0)
    model = keras.models.Sequential()
    model.add(keras.layers.Dense(8, kernel_constraint=limit, input_shape=(6,)))
    model.add(keras.layers.LeakyReLU(alpha=0.2))
    model.add(keras.layers.PReLU())
    model.add(keras.layers.ELU())
    model.add(keras.layers.Dense(1, bias_constraint="non_neg"))
    model.compile(loss="mae", optimizer="rmsprop", metrics=["mse"])
    return model, X, Y


def cnn(keras):
    layers = keras.layers
    model = keras.models.Sequential()
    options = {"use_bias": False, "input_shape": (8, 8, 2)}  # it has no gradient
    model.add(layers.Conv2D(4, (3, 3), padding="same", **options))
    model.add(layers.BatchNormalization())
    model.add(layers.Activation("relu"))
    model.add(layers.MaxPooling2D((2, 2)))
    model.add(layers.SeparableConv2D(4, 3, depth_multiplier=2))
    model.add(layers.ZeroPadding2D((1, 2)))
    model.add(layers.AveragePooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(3, activation="softmax"))
    model.compile("adam", "categorical_crossentropy", metrics=["acc"])
    return model, IMAGES, CLASSES


def autoencoder(keras):
    layers = keras.layers
    x = layers.Input(shape=(8, 8, 2))
    h = layers.Conv2D(4, 3, strides=2, padding="same", activation="tanh")(x)
    h = layers.Conv2DTranspose(4, 3, strides=2, padding="same", activation="elu")(h)
    h = layers.UpSampling2D(2)(layers.MaxPooling2D(2)(h))
    model = keras.models.Model(x, layers.Conv2D(2, 3, padding="same")(h))
    model.compile(loss="mse", optimizer="adagrad")
    return model, IMAGES, IMAGES


def text(keras):
    layers = keras.layers
    model = keras.models.Sequential()
    model.add(layers.Embedding(20, 6, input_length=7))
    model.add(layers.Conv1D(5, 3, activation="relu"))
    model.add(layers.GlobalMaxPooling1D())
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model, WORDS, (WORDS[:, :1] > 10).astype("float32")


def lstm(keras):
    layers = keras.layers
    model = keras.models.Sequential()
    model.add(layers.Embedding(20, 6, mask_zero=True))
    model.add(layers.Bidirectional(layers.LSTM(4, return_sequences=True)))
    model.add(layers.TimeDistributed(layers.Dense(4, activation="tanh")))
    model.add(layers.GRU(4, reset_after=False))
    model.add(layers.Dense(1))
    model.compile("adam", "mse")
    return model, WORDS * (RNG.random((24, 7)) > 0.3), Y


def recurrent(keras):
    layers = keras.layers
    x = layers.Input((5, 3))
    h, state = layers.GRU(4, return_state=True, go_backwards=True)(x)
    r = layers.SimpleRNN(4)(layers.Masking(0.0)(x))
    model = keras.models.Model(x, layers.Dense(1)(layers.concatenate([h, state, r])))
    model.compile("adamax", "logcosh")
    return model, STEPS, Y


def functional(keras):
    layers = keras.layers
    a, b = layers.Input((6,), name="a"), layers.Input((5, 3), name="b")
    shared = layers.Dense(4, activation="tanh")
    h = layers.add([shared(a), layers.LSTM(4)(b)])
    h = layers.multiply([h, layers.Dense(4)(a)])
    h = layers.concatenate([h, layers.dot([h, shared(a)], axes=1, normalize=True)])
    one = layers.Dense(1, name="one")(h)
    two = layers.Dense(3, activation="softmax", name="two")(h)
    model = keras.models.Model([a, b], [one, two])
    losses = {"one": "mse", "two": "categorical_crossentropy"}
    model.compile("sgd", losses, loss_weights={"one": 0.5, "two": 1.0})
    return model, [X, STEPS], [Y, CLASSES]


def siamese(keras):
    backend, layers = keras.backend, keras.layers
    base = keras.models.Sequential([layers.Dense(4, activation="relu", input_dim=6)])
    a, b = layers.Input((6,)), layers.Input((6,))

    def distance(pair):
        squares = backend.sum(backend.square(pair[0] - pair[1]), axis=1, keepdims=True)
        return backend.sqrt(backend.maximum(squares, backend.epsilon()))

    def contrastive(true, found):
        far = backend.square(backend.maximum(1.0 - found, 0.0))
        return backend.mean(true * backend.square(found) + (1 - true) * far)

    d = layers.Lambda(distance, output_shape=(1,))([base(a), base(b)])
    model = keras.models.Model([a, b], d)
    model.compile(loss=contrastive, optimizer="rmsprop")
    return model, [X, X[::-1].copy()], (Y > 0).astype("float32")


def own_layer(keras):
    backend = keras.backend

    class Scaled(keras.layers.Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight(
                name="kernel", shape=(input_shape[-1], 4), initializer="uniform"
            )
            super().build(input_shape)

        def call(self, x):
            return backend.l2_normalize(backend.dot(x, self.kernel), axis=-1)

        def compute_output_shape(self, input_shape):
            return (input_shape[0], 4)

    model = keras.models.Sequential([keras.layers.Input((6,)), Scaled()])
    model.add(keras.layers.Dense(1, activation="tanh"))
    model.compile("adadelta", "hinge")
    return model, X, np.sign(Y)


def penalised(keras):
    x = keras.layers.Input((6,))
    h = keras.layers.Dense(4, activation="softplus", activity_regularizer="l1")(x)
    model = keras.models.Model(x, keras.layers.Dense(1)(h))
    model.add_loss(0.1 * keras.backend.mean(keras.backend.square(h)))
    model.compile("ftrl", "mse")
    return model, X, Y


def decayed(keras):
    model = keras.models.Sequential([keras.layers.Dense(1, input_dim=6)])
    optimizers = keras.optimizers
    if keras is minikeras:
        optimizer = optimizers.SGD(lr=0.3, decay=0.1, momentum=0.5)
    else:
        optimizer = optimizers.legacy.SGD(0.3, decay=0.1, momentum=0.5)
    model.compile(optimizer, "mse")
    return model, X, Y


MODELS = (
    *(mlp, constraints, cnn, autoencoder, text, lstm, recurrent, functional),
    *(siamese, own_layer, penalised, decayed),
)


@pytest.mark.parametrize("make", MODELS, ids=lambda f: f.__name__)
def test_the_same_numbers(make):
    state = RNG.bit_generator.state
    theirs, x, y = make(tf_keras)
    RNG.bit_generator.state = state
    ours, x_again, _ = make(minikeras)
    x = x_again if isinstance(x_again, list) else np.asarray(x_again)
    theirs.predict(x, verbose=0), ours.predict(x, verbose=0)
    ours.set_weights(theirs.get_weights())
    options = {"batch_size": 8, "epochs": 3, "shuffle": False, "verbose": 0}
    expected = theirs.fit(x, y, **options).history
    found = ours.fit(x, y, **options).history
    assert set(found) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-4, atol=1e-4)
    predicted, wanted = ours.predict(x, verbose=0), theirs.predict(x, verbose=0)
    if not isinstance(wanted, list):
        predicted, wanted = [predicted], [wanted]
    for a, b in zip(predicted, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)
