"""Plan equals eager, bit for bit, also where two threads share the batch.

Halves are made only where that is worth it. Here it always is.
"""

import numpy as np
import pytest

import minikeras as keras
from minikeras.tensor import halves
from tests.cases import layers as layer_cases
from tests.cases import losses as loss_cases
from tests.cases.plans import STEPS, forced_halves, train_both
from tests.contract.test_plans import check_layer, compiled, every

BATCH = 32

# Their one call does not tell samples apart, or they do nothing at all.
WHOLE = {"Flatten", "Identity", "Reshape", "Permute", "Masking", "InputLayer"}


@pytest.fixture(autouse=True)
def always(monkeypatch):
    forced_halves(monkeypatch)


def halves_in(step) -> int:
    (plan,) = step.plans()
    return sum(hasattr(shared, "cut") for shared in plan.source.shared)


@pytest.mark.parametrize(("name", "case"), every(layer_cases.PLANNED))
def test_layer(name, case):
    check_layer(name, case, BATCH)


@pytest.mark.parametrize(("name", "case"), every(loss_cases.CASES))
def test_training_with_a_loss(name, case):
    if case.targets == "sequences":
        pytest.skip("it takes predictions of several frames")
    activation = "softmax" if case.targets in ("one_hot", "classes") else "sigmoid"

    def make():
        loss = getattr(keras.losses, name)(**case.kwargs)
        return compiled(4, activation, loss=loss)()

    def targets(rng):
        if case.targets in ("classes", "embedded"):
            return rng.integers(0, 4, BATCH)
        return np.eye(4, dtype="float32")[rng.integers(0, 4, BATCH)]

    rng = np.random.default_rng(0)
    batches = [(rng.normal(size=(BATCH, 3)), targets(rng)) for _ in range(STEPS)]
    model = train_both(make, batches)
    assert halves_in(model.train_function) >= 1


def deep():
    """A network with most of what is cut: products, noise, joins, statistics."""
    L = keras.layers
    x = keras.Input((12,))
    a = L.Dense(16, activation="relu")(x)
    b = L.Dropout(0.3, seed=1)(L.LayerNormalization()(a))
    c = L.BatchNormalization()(L.Dense(16, activation="tanh")(b))
    d = L.Reshape((4, 8))(L.Concatenate()([c, a]))
    e = L.Flatten()(L.Dense(6, activation="gelu")(L.Add()([d, d])))
    model = keras.Model(x, L.Dense(3, activation="softmax")(e))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_deep_network(threads, request):
    keras.utils.parallel.set_num_threads(threads)
    request.addfinalizer(lambda: keras.utils.parallel.set_num_threads(None))
    rng = np.random.default_rng(0)
    batches = [
        (rng.normal(size=(BATCH, 12)), rng.integers(0, 3, BATCH)) for _ in range(6)
    ]
    model = train_both(deep, batches)
    assert 1 <= halves_in(model.train_function) <= 12  # as BLAS splits the products


def images():
    """A network with the kernels that treat each image by itself."""
    L = keras.layers
    x = keras.Input((20, 20, 4))
    a = L.Conv2D(16, 3, activation="relu")(x)
    b = L.MaxPooling2D()(L.Conv2D(24, 3, padding="same", activation="relu")(a))
    c = L.AveragePooling2D(2)(L.DepthwiseConv2D(3, padding="same")(b))
    d = L.Conv2DTranspose(8, 3, strides=2, activation="tanh")(c)
    e = L.Conv2D(12, 5, strides=2, groups=2)(d)
    f = L.Conv2D(6, 3, dilation_rate=2, activation="relu")(d)
    both = [L.Flatten()(L.MaxPooling2D(3, strides=1)(y)) for y in (e, f)]
    model = keras.Model(x, L.Dense(3)(L.Concatenate()(both)))
    model.compile("sgd", "mse")
    return model


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("batch", [32, 70])
def test_a_network_for_images(threads, batch, request):
    keras.utils.parallel.set_num_threads(threads)
    request.addfinalizer(lambda: keras.utils.parallel.set_num_threads(None))
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(batch, 20, 20, 4)), rng.normal(size=(batch, 3))
    model = train_both(images, [(x, y)] * 4)
    (plan,) = model.train_function.plans()
    shared = [one for one in plan.source.shared if hasattr(one, "cut")]
    cut = {e.call for one in shared for e in one.equations}
    assert cut >= {
        "average_pooling", "average_pooling_grad", "convolve", "convolve_transposed",
        "depthwise_convolve", "depthwise_transposed", "max_pooling", "max_pooling_grad",
    }  # fmt: skip


def test_statistics_of_the_batch_part_a_step_in_stretches():
    def make():
        L = keras.layers
        norms = [L.BatchNormalization() for _ in range(2)]
        model = keras.Sequential([keras.Input((8,)), L.Dense(8), norms[0], L.Dense(8),
                                  norms[1], L.Dense(2)])  # fmt: skip
        model.compile("sgd", "mse")
        return model

    rng = np.random.default_rng(0)
    batches = [(rng.normal(size=(BATCH, 8)), rng.normal(size=(BATCH, 2)))] * 5
    model = train_both(make, batches)
    assert 3 <= halves_in(model.train_function) <= 12


def test_a_half_of_one_array(monkeypatch):
    monkeypatch.setattr(halves, "cuts_evenly", lambda e, is_stack=False: False)
    rng = np.random.default_rng(0)
    batches = [(rng.normal(size=(BATCH, 3)), rng.normal(size=(BATCH, 4)))] * STEPS
    model = train_both(compiled(4, loss="mse"), batches)
    assert halves_in(model.train_function) >= 1


def test_the_text_of_halves_runs_alone(monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(BATCH, 12)), rng.integers(0, 3, BATCH)
    keras.utils.set_random_seed(0)
    model = deep()
    for _ in range(3):
        model.train_on_batch(x, y)
    text = model.source("train")
    assert "np.split" in text and "in_parallel(half_step, halves)" in text
    namespace: dict = {}
    exec(text, namespace)
    step = namespace["train_step"]
    arguments = [a.array for a in map(keras.ops.convert_to_tensor, (x, y))]
    step(arguments[0].astype("float32"), arguments[1].reshape(-1))


def test_a_small_batch_is_not_cut():
    rng = np.random.default_rng(0)
    batches = [(rng.normal(size=(8, 3)), rng.normal(size=(8, 4)))] * STEPS
    model = train_both(compiled(4, loss="mse"), batches)
    assert halves_in(model.train_function) == 0
