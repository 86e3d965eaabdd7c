"""The batch normalization of much data: the same as that of little."""

import numpy as np
import pytest

import minikeras as keras
from minikeras.layers import normalization_layers as normalization
from minikeras.ops.kernels import normalizing
from minikeras.tensor import GradientTape, Tensor
from minikeras.utils import parallel

RNG = np.random.default_rng(0)


def results(layer, x, weights, as_plan=False):
    """Output, gradients and state after some training steps."""

    def step(x):
        with GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
            total = keras.ops.sum(y * Tensor(weights))
        return [y, *tape.gradient(total, [x, *layer.trainable_weights])]

    run = keras.function(step) if as_plan else step
    for _ in range(3):
        got = run(Tensor(x))
    return [t.numpy() for t in got] + layer.get_weights()


@pytest.mark.parametrize("shape", [(37, 3), (5, 7, 4), (3, 4, 5, 600), (2, 3, 1)])
@pytest.mark.parametrize(
    "kwargs", [{}, {"center": False}, {"scale": False, "momentum": 0.5}]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_blocks_give_what_the_formula_gives(shape, kwargs, dtype, monkeypatch):
    x = (RNG.normal(size=shape) * 2 + 1).astype(dtype)
    weights = RNG.normal(size=shape).astype(dtype)

    def run(**options):
        layer = keras.layers.BatchNormalization(dtype=dtype, **kwargs)
        return results(layer, x, weights, **options)

    expected = run()
    monkeypatch.setattr(normalization, "MUCH", 0)
    got, planned = run(), run(as_plan=True)
    exact = 1e-4 if dtype == "float32" else 1e-10
    for a, b, c in zip(expected, got, planned, strict=True):
        assert a.dtype == b.dtype == dtype
        np.testing.assert_allclose(b, a, rtol=exact, atol=exact)
        np.testing.assert_array_equal(b, c)


def test_threads_do_not_change_a_bit(monkeypatch):
    monkeypatch.setattr(normalizing, "BLOCK", 300)
    monkeypatch.setattr(normalizing, "LARGE", 0)
    x, dy = RNG.normal(size=(2, 61, 7)).astype("float32")
    gamma, beta = RNG.normal(size=(2, 7)).astype("float32")

    def run():
        found = normalizing.normalize_columns.kernel(x, gamma, beta, epsilon=1e-3)
        back = normalizing.normalize_columns_grad.kernel(
            dy, x, *found[1:], gamma, epsilon=1e-3
        )
        return [array.tobytes() for array in (*found, *back)]

    parallel.set_num_threads(1)
    try:
        alone = run()
        parallel.set_num_threads(3)
        assert run() == alone
    finally:
        parallel.set_num_threads(None)


def test_columns_far_from_0():
    x = RNG.normal(size=(4096, 3)).astype("float32")
    x += np.array([1e4, -3e3, 0], "float32")
    ones, zeros = np.ones(3, "float32"), np.zeros(3, "float32")
    y, mean, variance = normalizing.normalize_columns.kernel(
        x, ones, zeros, epsilon=0.0
    )
    exact = x.astype("float64")
    np.testing.assert_allclose(mean, exact.mean(0), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(variance, exact.var(0), rtol=1e-4)
    wanted = (exact - exact.mean(0)) / exact.std(0)
    np.testing.assert_allclose(y, wanted, atol=2e-3)


def test_first_rows_may_be_far_from_the_others():
    x = RNG.normal(size=(5000, 2)).astype("float32")
    x[: normalizing.SOME] += 1000
    ones, zeros = np.ones(2, "float32"), np.zeros(2, "float32")
    _, mean, variance = normalizing.normalize_columns.kernel(
        x, ones, zeros, epsilon=0.0
    )
    np.testing.assert_allclose(mean, x.mean(0, "float64"), rtol=1e-5)
    np.testing.assert_allclose(variance, x.var(0, "float64"), rtol=1e-5)


def test_the_printed_step_runs(monkeypatch):
    monkeypatch.setattr(normalization, "MUCH", 0)
    layer = keras.layers.BatchNormalization()
    x = RNG.normal(size=(6, 3)).astype("float32")

    def call(x):
        with GradientTape() as tape:
            y = layer(x, training=True)
        return [y, *tape.gradient(y, layer.trainable_weights)]

    step = keras.function(call)
    for _ in range(3):
        step(Tensor(x))
    text = step.source()
    assert "normalize_columns(" in text
    compile(text, "step", "exec")


def test_an_exported_step_makes_room_for_each_result(monkeypatch, tmp_path):
    """One result of the way back is passed on, the others are gradients of weights."""
    monkeypatch.setattr(normalization, "MUCH", 0)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse")
    x, y = RNG.normal(size=(6, 3)).astype("float32"), np.ones((6, 1), "float32")
    path = tmp_path / "net.py"
    model.train_on_batch(x, y)
    model.export(path, format="numpy", train=True)
    script = {"__file__": str(path)}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), script)
    model.train_on_batch(x, y)
    script["train_step"](x, y)
    np.testing.assert_array_equal(script["predict"](x), model.predict(x, verbose=0))
