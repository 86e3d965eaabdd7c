import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.ops.kernels import pooling
from minikeras.tensor import GradientTape, Tensor
from minikeras.utils import parallel

X = np.arange(20, dtype="float32").reshape(1, 5, 4, 1)


def slope(function, x):
    x = Tensor(np.asarray(x, "float32"))
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(function(x))
    return tape.gradient(y, x).numpy()


def test_strides_default_to_the_window():
    np.testing.assert_array_equal(ops.max_pool(X, 2).numpy().ravel(), [5, 7, 13, 15])
    y = ops.max_pool(X, (2, 4), strides=1).numpy()
    np.testing.assert_array_equal(y.ravel(), [7, 11, 15, 19])


def test_mean_leaves_padding_out():
    y = ops.average_pool(X, 3, 1, "same").numpy()
    np.testing.assert_allclose(y[0, 0, :, 0], [2.5, 3, 4, 4.5])
    np.testing.assert_allclose(y[0, :, 0, 0], [2.5, 4.5, 8.5, 12.5, 14.5])


def test_channels_first_is_the_same_moved():
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 6))
    for pool in (ops.max_pool, ops.average_pool):
        first = pool(x, 2, padding="same", data_format="channels_first").numpy()
        last = pool(np.moveaxis(x, 1, -1), 2, padding="same").numpy()
        np.testing.assert_allclose(first, np.moveaxis(last, -1, 1))


def test_configured_data_format():
    x = np.zeros((1, 3, 4, 6))
    assert ops.max_pool(x, 2).shape == (1, 1, 2, 6)
    keras.config.set_image_data_format("channels_first")
    try:
        assert ops.max_pool(x, 2).shape == (1, 3, 2, 3)
    finally:
        keras.config.set_image_data_format("channels_last")


def test_gradient_goes_to_the_first_of_equals():
    ties = np.array([[1, 5, 0, 0], [5, 1, 0, 0]], "float32").reshape(1, 2, 4, 1)
    got = slope(lambda x: ops.max_pool(x, 2), ties)
    assert got.reshape(2, 4).tolist() == [[0, 1, 1, 0], [0, 0, 0, 0]]
    got = slope(lambda x: ops.max_pool(x, (2, 3), 1, "same"), np.zeros((1, 3, 4, 1)))
    assert got.reshape(3, 4).tolist() == [[2, 1, 1, 0]] * 3
    got = slope(lambda x: ops.adaptive_max_pool(x, 3), np.zeros((1, 7, 1)))
    assert got.ravel().tolist() == [1, 0, 1, 0, 1, 0, 0]


def test_whole_numbers():
    x = np.arange(16, dtype="int32").reshape(1, 4, 4, 1)
    assert ops.max_pool(x, 2).dtype == ops.adaptive_max_pool(x, 3).dtype == "int32"
    means = ops.average_pool(x, 2)
    assert means.dtype == ops.adaptive_average_pool(x, 3).dtype == "float32"
    np.testing.assert_array_equal(means.numpy().ravel(), [2.5, 4.5, 10.5, 12.5])


def test_half_precision_stays():
    x = X.astype("float16")
    for name in ("max_pool", "average_pool", "adaptive_average_pool"):
        assert getattr(ops, name)(x, 2).dtype == "float16"


def test_empty_batch():
    x = np.zeros((0, 4, 4, 2))
    assert ops.max_pool(x, 2).shape == ops.average_pool(x, 2).shape == (0, 2, 2, 2)


def test_four_axes():
    x = np.random.default_rng(0).normal(size=(1, 2, 4, 2, 4, 3))
    wanted = x.reshape(1, 1, 2, 2, 2, 1, 2, 2, 2, 3).max((2, 4, 6, 8))
    np.testing.assert_array_equal(ops.max_pool(x, 2).numpy(), wanted)


@pytest.mark.parametrize("pool", [2, 3])
def test_results_do_not_depend_on_threads_and_blocks(pool, monkeypatch):
    x = np.random.default_rng(0).normal(size=(7, 6, 6, 4)).astype("float32")

    def run():
        y = ops.max_pool(x, pool, 2, "same").numpy()
        mean = ops.average_pool(x, pool, 2, "same").numpy()
        back = slope(lambda x: ops.max_pool(x, pool, 2, "same") ** 2, x)
        even = slope(lambda x: ops.average_pool(x, pool, 2, "same") ** 2, x)
        return [y.tobytes(), mean.tobytes(), back.tobytes(), even.tobytes()]

    plain = run()
    monkeypatch.setattr(pooling, "BLOCK", 200)
    monkeypatch.setattr(pooling, "LARGE", 10)
    parallel.set_num_threads(3)
    try:
        assert run() == plain
    finally:
        parallel.set_num_threads(None)


@pytest.mark.parametrize(("size", "count"), [(7, 3), (3, 7), (6, 4), (6, 3), (1, 2)])
def test_adaptive_windows(size, count):
    x = np.random.default_rng(size).normal(size=(2, size, 3, 2))
    ends = [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]
    means = np.stack([x[:, a:b].mean(1) for a, b in ends], 1)
    largest = np.stack([x[:, a:b].max(1) for a, b in ends], 1)
    got = ops.adaptive_average_pool(x, (count, 1)).numpy()
    np.testing.assert_allclose(got[:, :, 0], means.mean(2), rtol=1e-6)
    got = ops.adaptive_max_pool(x, (count, 1)).numpy()
    np.testing.assert_array_equal(got[:, :, 0], largest.max(2))
    for pool in (ops.adaptive_average_pool, ops.adaptive_max_pool):
        way = np.random.default_rng(0).normal(size=x.shape) * 1e-4
        up, down = (ops.sum(pool(x + s * way, (count, 2)) ** 2) for s in (1, -1))
        source = Tensor(x)
        with GradientTape() as tape:
            tape.watch(source)
            total = ops.sum(pool(source, (count, 2)) ** 2)
        along = (tape.gradient(total, source).numpy() * way).sum()
        assert along == pytest.approx(float(up - down) / 2, rel=1e-5)


@pytest.mark.parametrize("name", ["adaptive_average_pool", "adaptive_max_pool"])
def test_adaptive_sizes_may_be_open(name):
    x = keras.KerasTensor((None, None, 6, 1))
    assert getattr(ops, name)(x, (2, 3)).shape == (None, 2, 3, 1)


def test_symbolic_shapes():
    x = keras.KerasTensor((None, None, 5, 3))
    assert ops.max_pool(x, 2).shape == (None, None, 2, 3)
    assert ops.average_pool(x, 2, padding="SAME").shape == (None, None, 3, 3)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: ops.max_pool(X, 6),
            r"max_pool: windows of pool_size=\(6, 6\) do not fit into inputs of shape "
            r"\(1, 5, 4, 1\)",
        ),
        (lambda: ops.average_pool(X, (1, 5)), r"\(1, 5\) do not fit into inputs"),
        (lambda: ops.max_pool(X[0, 0], 2), r"channel axis, got shape \(4, 1\)"),
        (lambda: ops.max_pool(X, 2, padding="causal"), "padding must be one of 'val"),
        (lambda: ops.max_pool(X, 2, padding=1), "padding must be one of 'valid'"),
        (lambda: ops.max_pool(X, (2, 2, 2)), "pool_size must be an int or 2 ints"),
        (lambda: ops.max_pool(X, 0), "pool_size must be an int or 2 ints, each at l"),
        (lambda: ops.max_pool(X, 2, 0), "strides must be an int or 2 ints"),
        (lambda: ops.max_pool(X, 2, data_format="last"), "data_format must be one of"),
        (lambda: ops.adaptive_max_pool(X, 0), "output_size must be an int or 2 ints"),
        (lambda: ops.adaptive_average_pool(X, None), "output_size must be an int or"),
        (lambda: ops.adaptive_max_pool(X[:, :0], 1), "there is nothing to pool in"),
    ],
)
def test_errors(call, text):
    with pytest.raises(ValueError, match=text):
        call()
