"""Pooling layers next to those of real Keras: values and gradients, ties included."""

import itertools

import numpy as np
import pytest

import minikeras

jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "jax":
    pytest.skip("gradients are compared with JAX's", allow_module_level=True)

SIZES = {1: (7,), 2: (6, 5), 3: (3, 4, 5)}
FORMATS = ("channels_last", "channels_first")


def sliding():
    pools, strides = (2, 3, (3, 1, 2)), (None, 1, (2, 3, 1))
    for rank, pool, stride, padding, form in itertools.product(
        SIZES, pools, strides, ("valid", "same"), FORMATS
    ):
        yield (
            rank,
            {
                "pool_size": pool if isinstance(pool, int) else pool[:rank],
                "strides": stride[:rank] if isinstance(stride, tuple) else stride,
                "padding": padding,
                "data_format": form,
            },
        )


def configurations():
    for of in ("Average", "Max"):
        for rank, kwargs in sliding():
            yield f"{of}Pooling{rank}D", rank, kwargs
        for rank, form in itertools.product(SIZES, FORMATS):
            for keepdims in (False, True):
                kwargs = {"data_format": form, "keepdims": keepdims}
                yield f"Global{of}Pooling{rank}D", rank, kwargs
            for size in (2, 3, (4, 2, 3)[:rank]):
                kwargs = {"output_size": size, "data_format": form}
                yield f"Adaptive{of}Pooling{rank}D", rank, kwargs


EVERY = list(configurations())[::4]


@pytest.mark.parametrize("i", range(len(EVERY)))
def test_values_and_gradients(i):
    name, rank, kwargs = EVERY[i]
    rng = np.random.default_rng(i)
    shape = (2, *SIZES[rank], 3)
    x = rng.integers(-2, 3, shape) if i % 2 else rng.normal(size=shape)
    if kwargs["data_format"] == "channels_first":
        x = np.moveaxis(x, -1, 1)
    x = np.ascontiguousarray(x, "float32")
    theirs, ours = (getattr(k.layers, name)(**kwargs) for k in (keras, minikeras))
    y, back = jax.vjp(theirs, x)
    weights = rng.normal(size=y.shape).astype("float32")
    (expected,) = back(weights)
    source = minikeras.ops.convert_to_tensor(x)
    with minikeras.GradientTape() as tape:
        tape.watch(source)
        out = ours(source)
    got = tape.gradient(out, source, output_gradients=weights)
    np.testing.assert_allclose(out.numpy(), y, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(got.numpy(), expected, rtol=1e-5, atol=1e-5)
    plan = minikeras.function(ours)
    for _ in range(3):
        again = plan(source)
    np.testing.assert_array_equal(again.numpy(), out.numpy())


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("form", FORMATS)
def test_masked_mean(form, keepdims):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 4, 2)).astype("float32")
    mask = np.array([[1, 1, 1, 1], [1, 0, 1, 0], [0, 0, 0, 1]], bool)
    x = x if form == "channels_last" else x.swapaxes(1, 2)
    theirs, ours = (
        k.layers.GlobalAveragePooling1D(form, keepdims) for k in (keras, minikeras)
    )
    np.testing.assert_allclose(
        ours(x, mask=mask).numpy(), np.asarray(theirs(x, mask=mask)), rtol=1e-5
    )
