"""Connectionist temporal classification next to real Keras: drawn calls."""

import numpy as np
import pytest

from minikeras import losses, ops
from minikeras.tensor import GradientTape, Tensor

jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "jax":
    pytest.skip("slopes are compared with JAX's", allow_module_level=True)


def drawn(seed, batch, frames, classes, labels):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(batch, frames, classes)) * rng.choice([0.5, 3.0])
    return (
        rng.integers(0, classes, (batch, labels)).astype("int32"),
        logits.astype("float32"),
        rng.integers(0, labels + 1, batch).astype("int32"),
        rng.integers(0, frames + 2, batch).astype("int32"),
    )


# JAX compiles anew for each shape: few shapes, many draws.
SHAPES = [(1, 1, 2, 1), (3, 6, 4, 3), (4, 12, 5, 4)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("mask_index", [0, 1])
def test_loss_and_slope(shape, mask_index):
    @jax.jit
    def value_and_slope(target, logits, *lengths):
        def loss(x):
            each = keras.ops.ctc_loss(target, x, *lengths, mask_index)
            return (each * weights).sum(), each

        (_, each), slope = jax.value_and_grad(loss, has_aux=True)(logits)
        return each, slope

    weights = np.arange(1.0, shape[0] + 1, dtype="float32")
    for seed in range(30):
        target, logits, *lengths = drawn(seed, *shape)
        each, slope = value_and_slope(target, logits, *lengths)
        x = Tensor(logits)
        with GradientTape() as tape:
            tape.watch(x)
            found = ops.ctc_loss(target, x, *lengths, mask_index)
            y = ops.sum(found * weights)
        assert found.dtype == "float32"
        np.testing.assert_allclose(found, each, rtol=1e-4, atol=1e-4)
        # Of an impossible target JAX has what is left of 1e5 in single precision.
        possible = np.asarray(each) < 5e4
        mine = tape.gradient(y, x).numpy()
        np.testing.assert_allclose(mine[possible], slope[possible], atol=1e-4)
        assert np.isfinite(mine).all()


@pytest.mark.parametrize("dtype", ["float16", "int32"])
def test_loss_of_other_dtypes(dtype):
    target, logits, *lengths = drawn(0, *SHAPES[1])
    args = target.astype("float32"), (logits * 3).astype(dtype), *lengths
    found, wanted = ops.ctc_loss(*args), keras.ops.ctc_loss(*args)
    assert found.dtype == wanted.dtype
    np.testing.assert_allclose(found, wanted, rtol=1e-4)


@pytest.mark.parametrize("part", [0, 1])
def test_wrong_ranks(part):
    args = list(drawn(0, *SHAPES[1]))
    args[part] = args[part][0]
    for module in (keras.ops, ops):
        with pytest.raises(ValueError):
            module.ctc_loss(*args)
    for module in (keras.losses, losses):
        with pytest.raises(ValueError):
            module.ctc(*args[:2])


@pytest.mark.parametrize("seed", range(5))
def test_the_loss(seed):
    target, logits, *_ = drawn(seed, *SHAPES[2])
    target[0, 2:] = 0
    np.testing.assert_allclose(
        losses.ctc(target, logits), keras.losses.ctc(target, logits), rtol=1e-4
    )
    for reduction in ("sum", "none", "mean_with_sample_weight"):
        mine, theirs = (
            module.CTC(reduction=reduction)(target, logits, [1.0, 2.0, 0.0, 3.0])
            for module in (losses, keras.losses)
        )
        np.testing.assert_allclose(mine, theirs, rtol=1e-4)
    assert losses.CTC().get_config() == keras.losses.CTC().get_config()


def compare_decoded(logits, lengths, **kwargs):
    theirs = keras.ops.ctc_decode(logits, lengths, **kwargs)
    ours = ops.ctc_decode(logits, lengths, **kwargs)
    assert [y.dtype for y in ours] == [y.dtype for y in theirs]
    np.testing.assert_array_equal(*(np.asarray(y[0]) for y in (ours, theirs)))
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES[1:], ids=str)
@pytest.mark.parametrize("merge_repeated", [True, False])
def test_greedy(shape, merge_repeated):
    for seed in range(15):
        _, logits, _, lengths = drawn(seed, *shape)
        kwargs = {"merge_repeated": merge_repeated, "mask_index": seed % shape[2]}
        compare_decoded(logits, lengths, **kwargs)


def test_beam_search():
    for seed in range(4):  # of many samples: JAX compiles each search anew, for seconds
        _, logits, _, lengths = drawn(seed, 25, 8, 4, 2)
        lengths = np.maximum(
            lengths, 1
        )  # Keras's JAX reads a frame where there is none
        kwargs = {"strategy": "beam_search", "beam_width": 4, "top_paths": 2}
        compare_decoded(logits, lengths, **kwargs, mask_index=1)


def test_unknown_strategy():
    for module in (keras.ops, ops):
        with pytest.raises(ValueError, match="strategy"):
            module.ctc_decode(np.zeros((1, 2, 3)), np.array([2]), strategy="best")
