"""Convolutions next to those of real Keras: values, slopes for inputs and kernel."""

import itertools

import numpy as np
import pytest

import minikeras

keras = pytest.importorskip("keras")
jax = pytest.importorskip("jax")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

WINDOWS = [
    {"strides": s, "dilation_rate": d, "padding": p}
    for s, d, p in itertools.product((1, 2, 3), (1, 2), ("valid", "same"))
    if s == 1 or d == 1
]
SIZES = [(7,), (6, 5), (5, 6, 5)]


def some(windows, sizes):
    """All windows in one or two dimensions, a few in three: compiling them is slow."""
    return windows if len(sizes) < 3 else windows[::3]


def drawn(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype("float32")


def compare(name, x, w, **window):
    theirs, back = jax.vjp(lambda x, w: getattr(keras.ops, name)(x, w, **window), x, w)
    dy = drawn(*theirs.shape)
    arrays = [minikeras.ops.convert_to_tensor(array) for array in (x, w)]
    with minikeras.GradientTape() as tape:
        tape.watch(arrays)
        ours = getattr(minikeras.ops, name)(*arrays, **window)
    slopes = tape.gradient(ours, arrays, output_gradients=dy)
    pairs = zip([ours, *slopes], [theirs, *back(dy)], strict=True)
    for got, expected in pairs:
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("sizes", SIZES)
def test_conv(sizes, size):
    for window, groups in itertools.product(some(WINDOWS, sizes), (1, 2)):
        kernel = drawn(*(size,) * len(sizes), 4 // groups, 6)
        compare("conv", drawn(3, *sizes, 4), kernel, **window)


@pytest.mark.parametrize("filters", [1, 2])
@pytest.mark.parametrize("sizes", SIZES[:2])
def test_depthwise_conv(sizes, filters):
    for window in WINDOWS:
        kernel = drawn(*(3,) * len(sizes), 4, filters)
        compare("depthwise_conv", drawn(3, *sizes, 4), kernel, **window)


@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("sizes", SIZES)
def test_conv_transpose(sizes, size):
    for window, extra in itertools.product(some(WINDOWS, sizes), (None, 0, 1)):
        if extra is None or extra < window["strides"]:
            kernel = drawn(*(size,) * len(sizes), 5, 4)
            window = {**window, "output_padding": extra}
            compare("conv_transpose", drawn(3, *sizes, 4), kernel, **window)


@pytest.mark.parametrize("name", ["conv", "conv_transpose", "depthwise_conv"])
def test_channels_first(name):
    kernel = {"conv": (2, 3, 4, 6), "conv_transpose": (2, 3, 6, 4)}
    kernel = drawn(*kernel.get(name, (2, 3, 4, 1)))
    compare(name, drawn(3, 4, 6, 5), kernel, data_format="channels_first")


def test_separable_conv():
    x, depthwise, pointwise = drawn(2, 6, 5, 3), drawn(3, 3, 3, 2), drawn(1, 1, 6, 4)
    for window in WINDOWS:
        ours = minikeras.ops.separable_conv(x, depthwise, pointwise, **window)
        theirs = keras.ops.separable_conv(x, depthwise, pointwise, **window)
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)
