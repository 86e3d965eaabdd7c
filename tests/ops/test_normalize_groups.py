"""The kernels of group normalization."""

import numpy as np
import pytest

from minikeras.ops.kernels import normalizing_groups as kernels
from minikeras.utils import parallel

RNG = np.random.default_rng(0)


def test_threads_do_not_change_a_bit(monkeypatch):
    monkeypatch.setattr(parallel, "BLOCK", 300)
    x, dy = RNG.normal(size=(2, 9, 5, 5, 6)).astype("float32")
    gamma, beta = RNG.normal(size=(2, 6)).astype("float32")

    def run():
        found = kernels.normalize_groups.kernel(x, gamma, beta, groups=3, epsilon=1e-3)
        back = kernels.normalize_groups_grad.kernel(
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


@pytest.mark.parametrize("size", [128, 131])  # 131 pixels make no wide rows
def test_groups_far_from_0(size):
    x = RNG.normal(size=(2, size, 4)).astype("float32")
    x += np.array([3e3, 3e3, -1e3, -1e3], "float32")
    ones, zeros = np.ones(4, "float32"), np.zeros(4, "float32")
    y, mean, variance = kernels.normalize_groups.kernel(
        x, ones, zeros, groups=2, epsilon=0.0
    )
    exact = x.astype("float64").reshape(2, -1, 2, 2)
    np.testing.assert_allclose(mean, exact.mean((1, 3)), rtol=1e-6)
    np.testing.assert_allclose(variance, exact.var((1, 3)), rtol=1e-4)
    wanted = exact - exact.mean((1, 3), keepdims=True)
    wanted /= exact.std((1, 3), keepdims=True)
    np.testing.assert_allclose(y, wanted.reshape(x.shape), atol=2e-3)


def test_nothing_to_normalize():
    x, one = np.ones((0, 3, 4), "float32"), np.ones(4, "float32")
    y, mean, _ = kernels.normalize_groups.kernel(x, one, one, groups=2, epsilon=1e-3)
    assert (y.shape, mean.shape) == ((0, 3, 4), (0, 2))
