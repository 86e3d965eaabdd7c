"""Attention beyond what the primitive contract says: arguments, blocks, errors."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.ops.attention import attend
from minikeras.utils import parallel

rng = np.random.default_rng(0)


def draw(*shape):
    return rng.normal(size=shape).astype("float32")


def plain(query, key, value, scale, bias=0.0, mask=True):
    """Attention as the formula says, in float64; key heads repeated."""
    key, value = (x.repeat(query.shape[2] // x.shape[2], 2) for x in (key, value))
    scores = scale * np.einsum("btnh,bsnh->bnts", query, key, dtype="float64") + bias
    scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    return np.einsum("bnts,bsnv->btnv", weights, value)


QKV = draw(2, 3, 4, 5), draw(2, 6, 4, 5), draw(2, 6, 4, 3)


def test_scale_is_one_over_the_root_of_the_features():
    got = ops.dot_product_attention(*QKV)
    np.testing.assert_allclose(got, plain(*QKV, 5**-0.5), rtol=1e-5, atol=1e-6)
    got = ops.dot_product_attention(*QKV, scale=2.0)
    np.testing.assert_allclose(got, plain(*QKV, 2.0), rtol=1e-5, atol=1e-6)


def test_bias_mask_and_future_come_together():
    bias, mask = draw(1, 4, 1, 6), rng.random((2, 1, 3, 6)) < 0.7
    mask[..., 0] = True
    seen = mask & np.tri(3, 6, dtype=bool)
    got = ops.dot_product_attention(*QKV, bias=bias, mask=mask, is_causal=True)
    expected = plain(*QKV, 5**-0.5, bias, seen)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
    got = ops.dot_product_attention(*QKV, mask=mask, is_causal=True)
    expected = plain(*QKV, 5**-0.5, 0.0, seen)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


def test_bias_has_a_gradient():
    bias = keras.Variable(draw(4, 3, 6))
    with keras.GradientTape() as tape:
        y = ops.sum(ops.dot_product_attention(*QKV, bias=bias))
    assert tape.gradient(y, bias).shape == (4, 3, 6)


def test_two_query_heads_share_a_key():
    query, key, value = QKV[0], QKV[1][:, :, :2], QKV[2][:, :, :2]
    got = ops.dot_product_attention(query, key, value)
    expected = plain(query, key, value, 5**-0.5)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


def test_flash_attention_means_the_same():
    plainly = ops.dot_product_attention(*QKV)
    for flash in (True, False):
        got = ops.dot_product_attention(*QKV, flash_attention=flash)
        np.testing.assert_array_equal(got, plainly)


def test_large_scores_do_not_overflow():
    query = np.full((1, 2, 1, 4), 60, "float32")
    key = np.stack([np.full((1, 1, 4), n, "float32") for n in (60, -60, 59)], 1)
    y, weights = attend(query, key, key, True, scale=1.0)
    np.testing.assert_array_equal(weights, [[[[1, 0, 0]] * 2]])
    np.testing.assert_array_equal(y, np.full((1, 2, 1, 4), 60))


@pytest.mark.parametrize("size", [1.0, 100.0])  # without and with the largest taken out
def test_a_query_that_sees_nothing_takes_the_mean(size):
    mask = np.ones((3, 6), bool)
    mask[1] = False
    y = ops.dot_product_attention(*(size * x for x in QKV), mask=mask).numpy()
    np.testing.assert_allclose(y[:, 1], size * QKV[2].mean(1), rtol=1e-4)


def test_float16_stays_float16():
    halves = [x.astype("float16") for x in QKV]
    got = ops.dot_product_attention(*halves)
    assert got.dtype == "float16"
    np.testing.assert_allclose(got, plain(*QKV, 5**-0.5), atol=5e-3)


@pytest.mark.parametrize("mask", [True, np.tri(48, dtype=bool)])
def test_blocks_and_threads_do_not_change_a_bit(mask, monkeypatch):
    arrays = [draw(40, 48, 2, 3) for _ in range(4)]
    monkeypatch.setattr(parallel, "BLOCK", 48 * 48 * 2 * 7)  # the last block is short

    def run(threads):
        parallel.set_num_threads(threads)
        query, key, value, g = map(ops.convert_to_tensor, arrays)
        with keras.GradientTape() as tape:
            tape.watch([query, key, value])
            y, weights = attend(query, key, value, mask, scale=0.5)
        slopes = tape.gradient(y, [query, key, value], output_gradients=g)
        return [x.numpy() for x in (y, weights, *slopes)]

    try:
        for one, two in zip(run(1), run(2), strict=True):
            np.testing.assert_array_equal(one, two)
        y = run(2)[0]
    finally:
        parallel.set_num_threads(None)
    np.testing.assert_allclose(
        y, plain(*arrays[:3], 0.5, 0.0, mask), rtol=1e-4, atol=1e-5
    )


def test_no_samples():
    empty = np.zeros((0, 3, 4, 5), "float32")
    assert ops.dot_product_attention(empty, empty, empty).shape == (0, 3, 4, 5)


def test_unknown_lengths():
    query = keras.Input((None, 4, 5))
    y = ops.dot_product_attention(query, query, query, is_causal=True)
    assert y.shape == (None, None, 4, 5)
    model = keras.Model(query, y)
    x = QKV[0]
    expected = ops.dot_product_attention(x, x, x, is_causal=True)
    np.testing.assert_allclose(model(x), expected)


Q, K = (2, 3, 4, 5), (2, 6, 4, 5)
WRONG = [
    ("4 axes", [Q[1:], K, K], {}),
    ("batch size and the same features", [Q, (2, 6, 4, 3), K], {}),
    ("batch size, length and heads", [Q, K, (2, 7, 4, 5)], {}),
    ("multiple of the key's heads", [Q, (2, 6, 3, 5), (2, 6, 3, 5)], {}),
    (r"\(2, 4, 3, 6\), got shape \(2, 1, 4, 6\)", [Q, K, K], {"mask": (2, 1, 4, 6)}),
    (r"bias must broadcast .* got shape \(3, 5\)", [Q, K, K], {"bias": (3, 5)}),
]


@pytest.mark.parametrize(("message", "shapes", "options"), WRONG)
def test_wrong_shapes_are_printed(message, shapes, options):
    options = {name: np.ones(shape) for name, shape in options.items()}
    with pytest.raises(ValueError, match=message):
        ops.dot_product_attention(*map(np.ones, shapes), **options)


def test_soft_cap_is_refused():
    with pytest.raises(ValueError, match="attn_logits_soft_cap must be None, got 3"):
        ops.dot_product_attention(*QKV, attn_logits_soft_cap=3.0)
