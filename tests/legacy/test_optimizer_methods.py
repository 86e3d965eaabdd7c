"""Steps of optimizers as Keras 1, Keras 2 and tf.keras wrote them."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import backend as K
from minikeras import layers as L
from minikeras import losses, optimizers

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
X = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
Y = X[:, :2] * X[:, 2:]


def net(**options):
    keras.utils.set_random_seed(0)
    layers = [L.Input((4,)), L.Dense(3, "tanh", **options), L.Dense(2)]
    return keras.Sequential(layers)


OPTIMIZERS = {
    "SGD": lambda: optimizers.SGD(lr=0.1, momentum=0.9),
    "SGD with decay": lambda: optimizers.SGD(lr=0.1, decay=0.1, clipnorm=0.1),
    "Adam": lambda: optimizers.Adam(lr=0.01),
}
SPELLINGS = {
    "Keras 1": lambda o, loss, weights: o.get_updates(weights, {}, loss),
    "Keras 1, no constraints": lambda o, loss, weights: o.get_updates(
        params=weights, constraints=[], loss=loss
    ),
    "Keras 2": lambda o, loss, weights: o.get_updates(loss, weights),
    "Keras 2, by name": lambda o, loss, weights: o.get_updates(
        loss=loss, params=weights
    ),
}


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_updates_train_as_fit_does(make, spelling):
    model, expected = net(), net()
    target = K.placeholder((None, 2))
    loss = K.mean(losses.mean_squared_error(target, model.output))
    updates = spelling(make(), loss, model.trainable_weights)
    train = K.function([model.input, target], [loss], updates=updates + model.updates)
    expected.compile(make(), "mse")
    for _ in range(4):
        assert train([X, Y])[0] == pytest.approx(expected.train_on_batch(X, Y))
    for a, b in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_constraints_hold_after_each_update():
    limit = keras.constraints.MaxNorm(0.1)
    model, expected = net(), net(kernel_constraint=limit)
    kernel, *others = model.trainable_weights
    loss = K.mean(K.square(model.output))
    updates = optimizers.SGD(0.1).get_updates([kernel, *others], {kernel: limit}, loss)
    train = K.function([model.input], [], updates=updates)
    expected.compile(optimizers.SGD(0.1), "mse")
    for _ in range(2):
        train([X])
        expected.train_on_batch(X, 0 * Y)
    for a, b in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)
    assert np.linalg.norm(kernel.numpy(), axis=0).max() < 0.1001


def test_a_penalty_on_gradients():
    """The critic of an improved Wasserstein GAN: its slope is drawn towards 1."""
    model = net()
    slope = K.gradients(K.sum(model.output), [model.input])[0]
    length = K.sqrt(K.sum(K.square(slope), axis=1))
    penalty = K.mean(K.square(length - 1))
    adam = optimizers.Adam(lr=0.01, beta_1=0.0, beta_2=0.9)
    updates = adam.get_updates(model.trainable_weights, [], penalty)
    train = K.function([model.input], [penalty, length], updates)
    results = [train([X]) for _ in range(100)]
    assert results[-1][0] < 0.1 * results[0][0]
    assert abs(results[-1][1].mean() - 1) < 0.1 < abs(results[0][1].mean() - 1)


def test_gradients_of_an_optimizer():
    model = net()
    loss = K.mean(K.square(model.output))
    weights = model.trainable_weights
    found = K.function([model.input], optimizers.SGD().get_gradients(loss, weights))
    expected = K.function([model.input], K.gradients(loss, weights))
    for a, b in zip(found([X]), expected([X]), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("has_tape", [False, True])
def test_minimize(has_tape):
    v = K.variable([3.0, -1.0])
    sgd = optimizers.SGD(0.25)
    for _ in range(2):
        if has_tape:
            with keras.GradientTape() as tape:
                loss = K.sum(K.square(v))
            sgd.minimize(loss, [v], tape=tape)
        else:
            sgd.minimize(lambda: K.sum(K.square(v)), lambda: [v])
    assert v.numpy().tolist() == [0.75, -0.25] and int(sgd.iterations) == 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda o: o.get_updates(), "takes loss and params.*got nothing"),
        (lambda o: o.get_updates(params=[]), "got params"),
        (lambda o: o.get_updates(1, [], loss=2), "got loss twice"),
        (lambda o: o.get_updates(1, 2, 3, 4), "got 4 arguments by position"),
        (lambda o: o.minimize(K.constant(1.0), []), "needs the tape"),
        (lambda o: o.get_update, "no attribute 'get_update'"),
    ],
)
def test_mistakes_are_told(call, message):
    with pytest.raises((TypeError, ValueError, AttributeError), match=message):
        call(optimizers.SGD())
