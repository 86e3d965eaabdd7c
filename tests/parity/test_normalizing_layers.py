"""Normalizing layers next to those of real Keras: values, gradients and state."""

import itertools
import json

import numpy as np
import pytest

import minikeras

jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "jax":
    pytest.skip("gradients are compared with JAX's", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

GROUPS = [
    (kwargs | {"groups": groups, "epsilon": epsilon}, shape)
    for groups, epsilon, (kwargs, shape) in itertools.product(
        (1, 2, 4, -1),
        (1e-3, 0.1),
        [
            ({}, (3, 4)),
            ({"center": False}, (3, 5, 4)),
            ({"axis": 1, "scale": False}, (3, 4, 5)),
            ({"axis": 2}, (2, 3, 4, 5)),
        ],
    )
]


def copied(theirs, ours):
    """Gives both layers the same random weights."""
    rng = np.random.default_rng(1)
    values = [rng.uniform(0.5, 1.5, w.shape) for w in theirs.weights]
    theirs.set_weights(values)
    ours.set_weights(values)


@pytest.mark.parametrize(("kwargs", "shape"), GROUPS)
def test_group_normalization(kwargs, shape):
    x = np.random.default_rng(0).normal(size=shape).astype("float32") + 1
    theirs, ours = (k.layers.GroupNormalization(**kwargs) for k in (keras, minikeras))
    theirs.build(shape), ours.build(shape)
    copied(theirs, ours)
    y, back = jax.vjp(theirs, x)
    weights = np.random.default_rng(2).normal(size=shape).astype("float32")
    (expected,) = back(weights)
    source = minikeras.ops.convert_to_tensor(x)
    with minikeras.GradientTape() as tape:
        tape.watch(source)
        out = ours(source)
    got = tape.gradient(out, source, output_gradients=weights)
    np.testing.assert_allclose(out.numpy(), y, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(got.numpy(), expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("inside", [("Dense", 3), ("Conv1D", 3, 2), ("Conv2D", 2, 2)])
@pytest.mark.parametrize("iterations", [1, 3])
def test_spectral_normalization(inside, iterations):
    name, *args = inside
    shape = {"Dense": (2, 4), "Conv1D": (2, 5, 4), "Conv2D": (2, 4, 4, 3)}[name]
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    theirs, ours = (
        k.layers.SpectralNormalization(
            getattr(k.layers, name)(*args, name="in"), iterations, name="same"
        )
        for k in (keras, minikeras)
    )
    theirs.build(shape), ours.build(shape)
    assert [w.path for w in ours.weights] == [w.path for w in theirs.weights]
    copied(theirs, ours)
    for training in (True, False, True, True):
        np.testing.assert_allclose(
            ours(x, training=training).numpy(),
            np.asarray(theirs(x, training=training)),
            rtol=1e-4,
            atol=1e-5,
        )
        for mine, real in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            np.testing.assert_allclose(mine, real, rtol=1e-4, atol=1e-6)
    expected = json.loads(json.dumps(theirs.get_config()))
    assert json.loads(json.dumps(ours.get_config())) == expected


@pytest.mark.parametrize("synchronized", [False, True])
@pytest.mark.parametrize("axis", [-1, 1])
@pytest.mark.parametrize("masked", [False, True])
def test_batch_normalization(masked, axis, synchronized):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 3, 5)).astype("float32") * 2 + 3
    mask = rng.random((4, 3)) < 0.6 if masked else None
    kwargs = {"axis": axis, "synchronized": synchronized, "momentum": 0.7}
    if synchronized:  # Keras cannot do it on one device with JAX
        theirs = keras.layers.BatchNormalization(**{**kwargs, "synchronized": False})
    else:
        theirs = keras.layers.BatchNormalization(**kwargs)
    ours = minikeras.layers.BatchNormalization(**kwargs)
    theirs.build(x.shape), ours.build(x.shape)
    copied(theirs, ours)
    for training in (True, True, False):
        np.testing.assert_allclose(
            ours(x, training=training, mask=mask).numpy(),
            np.asarray(theirs(x, training=training, mask=mask)),
            rtol=1e-4,
            atol=1e-5,
        )
    for mine, real in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, real, rtol=1e-4, atol=1e-5)
