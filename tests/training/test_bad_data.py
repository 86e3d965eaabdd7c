"""Data that cannot be meant: one clear error, and the model as after its last step."""

import numpy as np
import pytest

import minikeras as keras

X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
Y = np.arange(12) % 3
WAYS = pytest.mark.parametrize("run_eagerly", [False, True])


def made(run_eagerly=False):
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(3, activation="softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=run_eagerly)
    model.fit(X, Y, batch_size=4, verbose=0)
    return model


def state(model):
    return [v.numpy().copy() for v in (*model.weights, *model.optimizer.variables)]


def pair(run_eagerly):
    """Two models with one state."""
    model, twin = made(run_eagerly), made(run_eagerly)
    twin.set_weights(model.get_weights())
    twin.optimizer.set_weights([v.numpy() for v in model.optimizer.variables])
    return model, twin


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@WAYS
@pytest.mark.parametrize(
    ("x", "y", "more", "message"),
    [
        ([[1, 2, 3], [1, 2]], [0, 1], {}, "Make the rows equally long"),
        (np.array([[1, 2, 3], None], object), Y[:2], {}, "Python objects"),
        (
            np.array([["a", "b", "c"]] * 12),
            Y,
            {},
            "the input must be numeric, got strings|must be of dtype float32, got s",
        ),
        (X, np.array(["cat"] * 12), {}, "y must be numeric, got an array of strings"),
        (X.astype("M8[D]"), Y, {}, "x must be numeric, got an array of datetime64"),
        (X[:0], Y[:0], {}, "x is empty"),
        (X, Y[:5], {}, "x has 12, y has 5"),
        (X, None, {}, "The loss needs targets, but y is None"),
        (X, Y, {"sample_weight": np.ones(5)}, "sample_weight has 5"),
        (X[:, :2], Y, {}, r"must have shape \(None, 3\)"),
        (X, Y + 1, {}, "labels must be class numbers from 0 to 2"),
        (X, Y - 1, {}, "labels must be class numbers from 0 to 2"),
    ],
)
def test_arrays(x, y, more, message, run_eagerly):
    model = made(run_eagerly)
    before = state(model)
    with pytest.raises(ValueError, match=message):
        model.fit(x, y, batch_size=12, verbose=0, **more)
    assert same(state(model), before)
    assert len(model.fit(X, Y, verbose=0).history["loss"]) == 1  # and it goes on


@WAYS
def test_the_steps_before_a_bad_batch_count(run_eagerly):
    model, twin = pair(run_eagerly)
    bad = Y.copy()
    bad[6] = 7  # in the second of three batches
    settings = {"batch_size": 4, "shuffle": False, "verbose": 0}
    twin.fit(X[:4], Y[:4], **settings)
    with pytest.raises(ValueError, match="labels must be class numbers"):
        model.fit(X, bad, **settings)
    assert same(state(model), state(twin))


@WAYS
def test_a_generator_that_raises(run_eagerly):
    def batches():
        yield X[:4], Y[:4]
        raise OSError("the disk is gone")

    model, twin = pair(run_eagerly)
    twin.fit(X[:4], Y[:4], shuffle=False, verbose=0)
    with pytest.raises(OSError, match="the disk is gone"):
        model.fit(batches(), verbose=0)
    assert same(state(model), state(twin))


def test_a_generator_that_ends_early():
    model = made()
    with pytest.warns(UserWarning, match="the data ran out after 1 of 3 batches"):
        model.fit(((x, Y[:4]) for x in [X[:4]]), steps_per_epoch=3, verbose=0)
    with pytest.raises(ValueError, match="the data gave no batch"):
        model.fit((x for x in ()), verbose=0)


@WAYS
@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (3, "must have an axis of samples"),
        ((X, Y, Y, Y), "A batch must be x"),
        ((X, Y[:5]), "x has 12, y has 5"),
    ],
)
def test_batches_that_are_none(batch, message, run_eagerly):
    model = made(run_eagerly)
    before = state(model)
    with pytest.raises(ValueError, match=message):
        model.fit((batch for _ in range(2)), verbose=0)
    assert same(state(model), before)


@WAYS
def test_targets_that_are_nan_are_refused(run_eagerly):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=run_eagerly)
    before = model.get_weights()
    y = X[:, :1].copy()
    y[[3, 7]] = np.nan
    message = "y must be numbers, got NaN in 2 of 12 samples, first in sample 3"
    for act in (
        lambda: model.fit(X, y, verbose=0),
        lambda: model.fit(X, X[:, :1], validation_data=(X, y), verbose=0),
        lambda: model.fit(((X, y) for _ in range(2)), verbose=0),
        lambda: model.evaluate(X, y, verbose=0),
        lambda: model.evaluate(iter([(X, y)]), verbose=0),
        lambda: model.train_on_batch(X, y),
        lambda: model.test_on_batch(X, y),
    ):
        with pytest.raises(ValueError, match=message):
            act()
    assert same(model.get_weights(), before)


@WAYS
def test_a_loss_of_ones_own_may_know_what_nan_means(run_eagerly):
    def of_known(y_true, y_pred):
        known = keras.ops.logical_not(keras.ops.isnan(y_true))
        error = keras.ops.where(known, keras.ops.nan_to_num(y_true) - y_pred, 0.0)
        return keras.ops.mean(keras.ops.square(error), axis=-1)

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", of_known, run_eagerly=run_eagerly)
    y = X[:, :1].copy()
    y[3] = np.nan
    assert np.isfinite(model.fit(X, y, verbose=0).history["loss"]).all()

    class Own(keras.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
            return keras.ops.mean(of_known(y, y_pred))

    own = Own([keras.Input((3,)), keras.layers.Dense(1)])
    own.compile("sgd", "mse", run_eagerly=run_eagerly)
    assert np.isfinite(own.fit(X, y, verbose=0).history["loss"]).all()


@WAYS
def test_weights_below_zero_push_away(run_eagerly):
    """As in Keras: policy gradients weigh actions by their advantage."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=run_eagerly)
    settings = {"sample_weight": -np.ones(12), "verbose": 0, "batch_size": 12}
    y = X.sum(axis=1, keepdims=True)
    first, second = model.fit(X, y, epochs=2, **settings).history["loss"]
    assert second < first < 0


@WAYS
def test_a_generator_gives_the_bits_of_arrays(run_eagerly):
    def batches():
        for i in range(0, 12, 5):
            yield X[i : i + 5], Y[i : i + 5]

    model, twin = pair(run_eagerly)
    twin.fit(X, Y, batch_size=5, shuffle=False, verbose=0)
    model.fit(batches(), verbose=0)
    assert same(state(model), state(twin))
