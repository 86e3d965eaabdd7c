"""Shorter ways back: the same gradients to 1e-6, and they can be switched off."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import losses, ops
from minikeras.tensor import PRIMITIVES, GradientTape, Tensor

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(8, 5)).astype("float32") * 3
ONE_HOT = np.eye(5, dtype="float32")[RNG.integers(0, 5, 8)]
SHARES = RNG.dirichlet(np.ones(5), 8).astype("float32")
CASES = {
    "one-hot": ("softmax", losses.CategoricalCrossentropy(), ONE_HOT),
    "shares": ("softmax", losses.CategoricalCrossentropy(), SHARES),
    "smoothed": (
        "softmax",
        losses.CategoricalCrossentropy(label_smoothing=0.1),
        ONE_HOT,
    ),
    "labels": ("softmax", losses.SparseCategoricalCrossentropy(), ONE_HOT.argmax(1)),
    "yes or no": ("sigmoid", losses.BinaryCrossentropy(), ONE_HOT),
    "in between": ("sigmoid", losses.BinaryCrossentropy(), SHARES),
}


@pytest.fixture(autouse=True)
def fusions_on_again():
    yield
    keras.config.enable_fusions()


def gradient(activation, loss, target, logits):
    """The gradient with respect to logits."""
    x = Tensor(logits)
    with GradientTape() as tape:
        tape.watch(x)
        y = loss(target, getattr(ops, activation)(x))
    return tape.gradient(y, x).numpy()


@pytest.fixture
def counted(monkeypatch):
    """A list that grows with each call of a fused kernel."""
    calls = []
    for name in ("logits_slope", "logits_slope_of_labels", "logits_slope_of_two"):
        primitive = PRIMITIVES[name]

        def kernel(*args, original=primitive.kernel, **options):
            calls.append(1)
            return original(*args, **options)

        monkeypatch.setattr(primitive, "kernel", kernel)
    return calls


@pytest.mark.parametrize("name", CASES)
def test_fused_gradients_agree_to_a_millionth(name, counted):
    fused = gradient(*CASES[name], LOGITS)
    assert counted
    counted.clear()
    keras.config.disable_fusions()
    plain = gradient(*CASES[name], LOGITS)
    assert not counted
    np.testing.assert_allclose(fused, plain, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_saturated_outputs_have_no_gradient_either_way(name, counted):
    logits = np.where(ONE_HOT > 0, 60, -60).astype("float32")
    fused = gradient(*CASES[name], logits)
    keras.config.disable_fusions()
    plain = gradient(*CASES[name], logits)
    np.testing.assert_allclose(fused, plain, rtol=1e-5, atol=1e-6)


def test_who_asks_for_the_gradient_of_the_activation_gets_it():
    x = Tensor(LOGITS)
    with GradientTape() as tape:
        tape.watch(x)
        p = ops.softmax(x)
        y = losses.CategoricalCrossentropy()(ONE_HOT, p)
    over_x, over_p = tape.gradient(y, [x, p])
    np.testing.assert_allclose(over_p, -ONE_HOT / p.numpy() / 8 + 1 / 8, rtol=1e-4)
    np.testing.assert_allclose(over_x, (p.numpy() - ONE_HOT) / 8, atol=1e-6)


def test_another_axis_takes_the_long_way(counted):
    x = Tensor(LOGITS)
    with GradientTape() as tape:
        tape.watch(x)
        y = losses.CategoricalCrossentropy()(ONE_HOT, ops.softmax(x, axis=0))
    assert tape.gradient(y, x).shape == x.shape
    assert not counted


def test_a_trained_network_is_the_same_to_a_millionth():
    weights = []
    for switch in (keras.config.enable_fusions, keras.config.disable_fusions):
        switch()
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [keras.Input((5,)), keras.layers.Dense(5, activation="softmax")]
        )
        model.compile("sgd", "categorical_crossentropy")
        model.fit(LOGITS, ONE_HOT, batch_size=4, epochs=3, verbose=0)
        weights.append(model.get_weights())
    for fused, plain in zip(*weights, strict=True):
        np.testing.assert_allclose(fused, plain, rtol=1e-5, atol=1e-6)
