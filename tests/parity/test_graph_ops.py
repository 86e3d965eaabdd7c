"""Ops between layers: the same values as Keras, and each reads the other's graphs."""

import numpy as np
import pytest

import minikeras

keras = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore")  # what real Keras and JAX warn of
PAIR = np.ones((3, 2), "float32")


def outputs(ops, x):
    """One output for each op that lecture code puts into functional models."""
    swapped = ops.transpose(x, (0, 2, 1))
    yield from (x**2, 1 - x, x / 2, x // 1, -x, abs(x), x @ PAIR, x[:, 1:, 0])
    yield from (
        ops.add(x, x),
        ops.multiply(x, 0.5),
        ops.maximum(x, 0),
        ops.minimum(x, 1),
    )
    yield from (ops.sum(x, axis=1, keepdims=True), ops.mean(x, axis=(1, 2)))
    yield from (ops.std(x, axis=1), ops.var(x, axis=-1), ops.max(x, axis=-1))
    yield from (ops.logsumexp(x, axis=1), ops.cumsum(x, axis=1), ops.average(x, axis=1))
    yield from (
        ops.exp(x),
        ops.sqrt(ops.abs(x)),
        ops.clip(x, 0, 1),
        ops.cast(x, "int32"),
    )
    yield from (ops.softmax(x, axis=-1), ops.log_softmax(x), ops.leaky_relu(x, 0.1))
    yield from (ops.gelu(x, approximate=False), ops.normalize(x), ops.relu(x))
    yield from (
        ops.matmul(x, swapped),
        ops.tensordot(x, PAIR, axes=1),
        ops.dot(x, PAIR),
    )
    yield from (ops.einsum("abc,abd->acd", x, x), ops.concatenate([x, x], axis=-1))
    yield from (ops.stack([x, x], axis=1), ops.split(x, 3, axis=-1)[0])
    yield from (ops.reshape(x, (-1, 12)), ops.squeeze(ops.expand_dims(x, -1), -1))
    yield from (ops.tile(x, [1, 2, 1]), ops.repeat(x, 2, axis=1), ops.flip(x, axis=1))
    yield from (ops.pad(x, [[0, 0], [1, 1], [0, 0]]), ops.roll(x, 1, axis=1))
    yield from (ops.take(x, np.array([0, 2]), axis=1), ops.sort(x, axis=1))
    yield from (ops.top_k(x, 2)[0], ops.one_hot(ops.argmax(x, axis=-1), 3))
    yield from (ops.where(x > 0, x, 0.0), ops.logical_and(x > 0, x < 1))
    yield from (ops.zeros_like(x), ops.full_like(x, 2.0))


def build(package):
    x = package.Input((4, 3))
    return package.Model(x, list(outputs(package.ops, x)))


@pytest.fixture(scope="module")
def expected():
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    model = build(keras)
    return x, model.to_json(), model.predict(x, verbose=0)


def assert_equal(found, expected):
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_values(expected):
    x, _, values = expected
    assert_equal(build(minikeras).predict(x, verbose=0), values)


def test_our_graph_of_ops_opens_in_keras(expected):
    x, _, values = expected
    model = keras.models.model_from_json(build(minikeras).to_json())
    assert_equal(model.predict(x, verbose=0), values)


def test_keras_graph_of_ops_opens_here(expected):
    x, json, values = expected
    model = minikeras.models.model_from_json(json)
    assert_equal(model.predict(x, verbose=0), values)
