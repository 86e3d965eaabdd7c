"""The layers' benchmark computes the same in all packages."""

import numpy as np
import pytest

import minikeras
from benchmarks import layer_steps, layers
from tests.benchmarks.test_layers_benchmark import small

keras = pytest.importorskip("keras")
jax = pytest.importorskip("jax")


@pytest.mark.parametrize("name", ["LayerNormalization", "MaxPooling2D", "Attention"])
def test_packages_compute_the_same(name):
    row = small(layers.ROWS[name])
    ours = layer_steps.steps(minikeras, row)
    forward, both = layer_steps.steps(keras, row)
    expected, _ = forward()
    np.testing.assert_allclose(ours[0]().numpy(), expected, rtol=1e-4, atol=1e-5)
    _, _, (weights, inputs) = both()
    for mine, theirs in zip(ours[1]()[1], [*weights, *inputs], strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs, rtol=1e-3, atol=1e-4)
    assert jax.default_backend() == "cpu"
