"""Convolutions: blocks, memory, threads, shapes and errors.

Values and slopes over a grid of windows are in the primitive contract, and next to real
Keras in tests/parity.
"""

import tracemalloc

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.ops.kernels import convolution_rows, windows
from minikeras.utils import parallel, workspace


def drawn(*shape, dtype="float32"):
    return np.random.default_rng(0).normal(size=shape).astype(dtype)


def slopes(x, w, **window):
    x, w = ops.convert_to_tensor(x), ops.convert_to_tensor(w)
    with keras.GradientTape() as tape:
        tape.watch([x, w])
        y = ops.conv(x, w, **window)
    return [y.numpy(), *(g.numpy() for g in tape.gradient(y, [x, w]))]


@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("room", [1, 500, 4_000])
def test_small_blocks_give_the_same(monkeypatch, room, strides):
    x, w = drawn(5, 9, 8, 4, dtype="float64"), drawn(3, 3, 2, 6, dtype="float64")
    at_once = slopes(x, w, padding="same", strides=strides)
    monkeypatch.setattr(windows, "COLUMNS", room)
    for one, other in zip(
        slopes(x, w, padding="same", strides=strides), at_once, strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


def test_threads_give_the_same_bits(monkeypatch, request):
    request.addfinalizer(lambda: parallel.set_num_threads(None))
    monkeypatch.setattr(windows, "LARGE", 0)
    x, w, d = drawn(7, 9, 8, 4), drawn(3, 3, 4, 6), drawn(3, 3, 4, 2)
    seen = []
    for threads in (1, 2, 3):
        parallel.set_num_threads(threads)
        both = [*slopes(x, w), ops.depthwise_conv(x, d).numpy()]
        seen.append([y.tobytes() for y in both])
    assert seen[0] == seen[1] == seen[2]


def test_working_memory_does_not_grow_with_the_batch():
    def extra(images):
        x, w = drawn(images, 40, 40, 16), drawn(3, 3, 16, 16)
        workspace._kept.clear()
        tracemalloc.start()
        results = slopes(x, w, padding="same")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak - sum(y.nbytes for y in results) - results[0].nbytes

    # columns of a batch of 64 would have 236 MB; ones of dy are counted off above
    assert extra(64) < 3 * windows.COLUMNS + 2 * drawn(64, 40, 40, 16).nbytes


def test_half_precision_is_worked_out_in_single():
    x, w = drawn(2, 5, 5, 3, dtype="float16"), drawn(3, 3, 3, 4, dtype="float16")
    y = ops.conv(x, w)
    assert y.dtype == "float16"
    exact = ops.conv(x.astype("float64"), w.astype("float64")).numpy()
    np.testing.assert_allclose(y.numpy(), exact, atol=2e-2)
    d = ops.depthwise_conv(x, w[..., :1])
    assert d.dtype == "float16" and d.shape == (2, 3, 3, 3)


@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("groups", [1, 2])
def test_no_images_give_no_slope(groups, strides):
    x, w = drawn(0, 6, 6, 16), drawn(3, 3, 16 // groups, 4)
    y, dx, dw = slopes(x, w, strides=strides, padding="same")
    assert y.shape == (0, 6 // strides, 6 // strides, 4) and dx.shape == x.shape
    assert not dw.any()
    with keras.GradientTape() as tape:
        tape.watch(d := ops.convert_to_tensor(drawn(3, 3, 16, 2)))
        y = ops.depthwise_conv(x, d, strides)
    assert not tape.gradient(y, d).numpy().any()


def test_unknown_sizes_stay_unknown():
    x = keras.Input((None, 8, 3))
    w = np.zeros((3, 3, 3, 4), "float32")
    assert ops.conv(x, w, padding="same").shape == (None, None, 8, 4)
    assert ops.conv_transpose(x, np.zeros((3, 3, 5, 3)), strides=2).shape == (
        None, None, 17, 5
    )  # fmt: skip
    x = keras.Input((3, None, 8))
    y = ops.conv(x, w, data_format="channels_first")
    assert y.shape == (None, 4, None, 6)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ops.conv(drawn(2, 4), drawn(3, 3, 4, 2)), "3, 4 or 5 axes"),
        (lambda: ops.conv(drawn(2, 4, 3), drawn(3, 3, 3, 2)), r"\(3, 3, 3, 2\)"),
        (lambda: ops.conv(drawn(2, 4, 3), drawn(5, 3, 2)), "spans .5,. places"),
        (lambda: ops.conv(drawn(2, 4, 3), drawn(2, 2, 2)), "multiple of the kernel"),
        (lambda: ops.conv(drawn(2, 4, 4), drawn(2, 2, 3)), "number of groups"),
        (lambda: ops.conv(drawn(2, 4, 4), drawn(2, 4, 3), strides=0), "strides"),
        (lambda: ops.conv(drawn(2, 4, 4), drawn(2, 4, 3), padding="full"), "same"),
        (
            lambda: ops.depthwise_conv(drawn(2, 4, 4), drawn(2, 3, 1)),
            "made for 4 channels",
        ),
        (
            lambda: ops.conv_transpose(drawn(2, 4, 4), drawn(2, 4, 3)),
            "made for 4 channels",
        ),
    ],
)
def test_errors_show_the_shapes(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def forced_slopes(monkeypatch, x, w, by_rows, **window):
    """A convolution and its slopes, by rows wherever that can be done, or never."""
    here = "minikeras.ops.kernels.convolution."

    def is_known(x_shape, w_shape, strides, *more):
        return by_rows and set(strides) == {1} and x_shape[-1] == w_shape[-2]

    def is_plain(*shapes):
        return by_rows and convolution_rows.is_plain(*shapes)

    monkeypatch.setattr(here + "is_better_by_rows", is_known)
    monkeypatch.setattr(here + "is_better_summed_by_rows", is_plain)
    monkeypatch.setattr(here + "is_spread_by_rows", lambda *shapes: by_rows)
    return slopes(x, w, **window)


def check_rows(monkeypatch, x, w, **window):
    by_rows = forced_slopes(monkeypatch, x, w, True, **window)
    by_windows = forced_slopes(monkeypatch, x, w, False, **window)
    for one, other in zip(by_rows, by_windows, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("size", [(2, 1), (3, 3), (4, 5)])
@pytest.mark.parametrize("room", [1, 20_000, 2**21])
def test_rows_give_what_windows_give(monkeypatch, room, size, padding):
    monkeypatch.setattr(convolution_rows, "ROOM", room)
    x, w = drawn(5, 9, 8, 4, dtype="float64"), drawn(*size, 4, 6, dtype="float64")
    check_rows(monkeypatch, x, w, padding=padding)


@pytest.mark.parametrize("narrow", [0, 100])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("sizes", "kernel_size", "window"),
    [
        ((11,), (4,), {}),
        ((11,), (3,), {"dilation_rate": 3}),
        ((12,), (3,), {"strides": 2}),
        ((9, 11), (3, 2), {"dilation_rate": 2}),
        ((9, 11), (2, 3), {"dilation_rate": (3, 4)}),
        ((9, 10), (3, 3), {"strides": 2}),
        ((9, 10), (2, 3), {"strides": (3, 5)}),  # some places meet no kernel
        ((5, 6, 7), (2, 3, 3), {}),
        ((5, 6, 7), (3, 2, 2), {"dilation_rate": 2}),
        ((5, 6, 7), (3, 1, 2), {"strides": (2, 3, 2)}),
    ],
)
def test_rows_of_any_rank(monkeypatch, sizes, kernel_size, window, padding, narrow):
    """Results side by side, or filters first."""
    monkeypatch.setattr(convolution_rows, "ROOM", 5_000)
    monkeypatch.setattr(convolution_rows, "NARROW", narrow)
    monkeypatch.setattr(convolution_rows, "LONG", 1)
    x, w = drawn(5, *sizes, 3, dtype="float64"), drawn(*kernel_size, 3, 2)
    check_rows(monkeypatch, x, w.astype("float64"), padding=padding, **window)


@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("enough", [1, 4, 100])
def test_small_groups_are_worked_out_together(monkeypatch, enough, strides):
    x, w = drawn(5, 9, 8, 12, dtype="float64"), drawn(3, 3, 2, 18, dtype="float64")
    apart = [
        slopes(x[..., 2 * i : 2 * i + 2], w[..., 3 * i : 3 * i + 3], strides=strides)
        for i in range(6)
    ]
    monkeypatch.setattr("minikeras.ops.kernels.convolution.ENOUGH", enough)
    found = slopes(x, w, strides=strides)
    for one, others in zip(found, zip(*apart, strict=True), strict=True):
        np.testing.assert_allclose(one, np.concatenate(others, -1), rtol=1e-11)


@pytest.mark.parametrize("room", [1, 5_000])
@pytest.mark.parametrize("strides", [1, 2])
def test_blocks_of_depthwise_kernels_give_the_same(monkeypatch, room, strides):
    def found():
        x = ops.convert_to_tensor(drawn(5, 9, 8, 4, dtype="float64"))
        w = ops.convert_to_tensor(drawn(3, 2, 4, 2, dtype="float64"))
        with keras.GradientTape() as tape:
            tape.watch([x, w])
            y = ops.depthwise_conv(x, w, strides, padding="same")
        return [y.numpy(), *(g.numpy() for g in tape.gradient(y, [x, w]))]

    at_once = found()
    monkeypatch.setattr("minikeras.ops.kernels.depthwise.ROOM", room)
    for one, other in zip(found(), at_once, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-11)


def test_rows_are_taken_where_they_save_copies():
    shapes = (64, 32, 32, 32), (3, 3, 32, 32), (1, 1), (1, 1)
    assert convolution_rows.is_better_by_rows(*shapes, (32, 32))
    assert convolution_rows.is_better_summed_by_rows(*shapes)
    wide = (64, 26, 26, 32), (3, 3, 32, 64), (1, 1), (1, 1)
    assert not convolution_rows.is_better_by_rows(*wide, (24, 24))
    strided = (64, 32, 32, 32), (3, 3, 32, 32), (2, 2), (1, 1)
    assert not convolution_rows.is_better_by_rows(*strided, (16, 16))
    assert not convolution_rows.is_better_summed_by_rows(*strided)


def test_rows_of_small_images_and_threads(monkeypatch, request):
    request.addfinalizer(lambda: parallel.set_num_threads(None))
    monkeypatch.setattr(windows, "LARGE", 0)
    x, w = drawn(9, 6, 7, 16), drawn(3, 3, 16, 16)
    seen = []
    for threads in (1, 2, 3):
        parallel.set_num_threads(threads)
        seen.append([y.tobytes() for y in slopes(x, w, padding="same")])
    assert seen[0] == seen[1] == seen[2]
