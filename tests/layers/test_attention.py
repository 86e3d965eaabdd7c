"""Attention layers beyond the contract: masks, scores, several axes, errors."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers

rng = np.random.default_rng(0)
QUERY, VALUE = rng.normal(size=(2, 3, 8)), rng.normal(size=(2, 5, 8))
QUERY_MASK = np.array([[1, 1, 0], [1, 1, 1]], bool)
VALUE_MASK = np.array([[1, 1, 1, 0, 0], [1, 0, 1, 1, 1]], bool)


def masked(x, mask):
    tensor = keras.ops.convert_to_tensor(x)
    tensor._keras_mask = keras.ops.convert_to_tensor(mask)
    return tensor


def heads(**options):
    return layers.MultiHeadAttention(2, 3, **options)


def grouped(**options):
    return layers.GroupQueryAttention(3, 4, 2, **options)


def scores_of(layer, *inputs, **options):
    y, scores = layer(*inputs, return_attention_scores=True, **options)
    assert y.shape == inputs[0].shape
    return scores.numpy()


MAKERS = pytest.mark.parametrize("make", [heads, grouped])


@MAKERS
def test_masks_that_ride_on_the_inputs_are_combined(make):
    query, value = masked(QUERY, QUERY_MASK), masked(VALUE, VALUE_MASK)
    layer = make()
    scores = scores_of(layer, query, value)
    seen = QUERY_MASK[:, None, :, None] & VALUE_MASK[:, None, None, :]
    assert ((scores > 0) == seen).all()
    sums = np.broadcast_to(seen.any(-1), scores.shape[:-1])  # 0 where nothing is seen
    np.testing.assert_allclose(scores.sum(-1), sums, atol=1e-6)
    np.testing.assert_array_equal(layer(query, value)._keras_mask, QUERY_MASK)


@MAKERS
def test_masks_by_argument_are_those_that_ride(make):
    layer = make()
    rode = layer(masked(QUERY, QUERY_MASK), masked(VALUE, VALUE_MASK))
    given = layer(QUERY, VALUE, query_mask=QUERY_MASK, value_mask=VALUE_MASK)
    seen = QUERY_MASK[:, :, None] & VALUE_MASK[:, None]
    whole = layer(QUERY, VALUE, attention_mask=seen)
    np.testing.assert_array_equal(given, rode)
    np.testing.assert_array_equal(whole, rode)


@MAKERS
def test_causal_mask_and_window(make):
    scores = scores_of(make(sliding_window=2), QUERY, VALUE, use_causal_mask=True)
    band = np.tri(3, 5, dtype=bool) & ~np.tri(3, 5, -2, dtype=bool)
    assert ((scores > 0) == band).all()


@MAKERS
def test_the_fast_way_is_the_slow_way(make):
    layer = make(use_gate=True)
    fast = layer(QUERY, VALUE, use_causal_mask=True)
    slow, _ = layer(QUERY, VALUE, use_causal_mask=True, return_attention_scores=True)
    np.testing.assert_allclose(fast, slow, rtol=1e-5, atol=1e-6)


@MAKERS
def test_key_by_position_and_by_name(make):
    layer, key = make(), rng.normal(size=(2, 5, 8))
    expected = layer(QUERY, VALUE, key)
    assert abs(expected - layer(QUERY, VALUE)).numpy().max() > 1e-3
    np.testing.assert_array_equal(layer(query=QUERY, value=VALUE, key=key), expected)


@MAKERS
def test_dropout_drops_while_training_only(make):
    layer = make(dropout=0.5, seed=1)
    afterwards = layer(QUERY, VALUE)
    np.testing.assert_array_equal(layer(QUERY, VALUE), afterwards)
    assert abs(layer(QUERY, VALUE, training=True) - afterwards).numpy().max() > 1e-3


@MAKERS
def test_flash_attention_gives_the_same_and_refuses_what_keras_refuses(make):
    keras.utils.set_random_seed(1)
    expected = make()(QUERY, VALUE)
    keras.utils.set_random_seed(1)
    layer = make(flash_attention=True)
    np.testing.assert_array_equal(layer(QUERY, VALUE), expected)
    with pytest.raises(ValueError, match="return_attention_scores must be False"):
        layer(QUERY, VALUE, return_attention_scores=True)
    with pytest.raises(ValueError, match="dropout must be 0"):
        make(flash_attention=True, dropout=0.1)


def test_several_attention_axes():
    x = rng.normal(size=(2, 3, 4, 8))
    assert scores_of(heads(), x, x).shape == (2, 2, 3, 4, 3, 4)
    assert scores_of(heads(attention_axes=2), x, x).shape == (2, 3, 2, 4, 4)
    layer = heads(attention_axes=2)
    first = layer(x, x).numpy()
    alone = layer(x[:, :1], x[:, :1]).numpy()
    np.testing.assert_allclose(first[:, :1], alone, rtol=1e-5, atol=1e-6)
    scores = scores_of(layer, x, x, use_causal_mask=True)
    assert ((scores > 0) == np.tri(4, dtype=bool)).all()


def test_masks_over_the_second_axis():
    mask = rng.random((2, 3, 4)) < 0.6
    mask[..., 0] = True
    x = masked(rng.normal(size=(2, 3, 4, 8)), mask)
    scores = scores_of(heads(attention_axes=2), x, x)
    seen = mask[:, :, None, :, None] & mask[:, :, None, None, :]
    assert ((scores > 0) == seen).all()


def test_symbolic_calls_with_unknown_lengths():
    query, value = keras.Input((None, 8)), keras.Input((None, 6))
    y, scores = heads(output_shape=5)(query, value, return_attention_scores=True)
    assert (y.shape, scores.shape) == ((None, None, 5), (None, 2, None, None))
    model = keras.Model([query, value], [y, scores])
    y, scores = model([QUERY, VALUE[..., :6]])
    assert (y.shape, scores.shape) == ((2, 3, 5), (2, 2, 3, 5))
    query, value = keras.Input((None, 8)), keras.Input((None, 8))
    y, scores = layers.Attention()([query, value], return_attention_scores=True)
    assert (y.shape, scores.shape) == ((None, None, 8), (None, None, None))


def test_padding_in_a_model_with_an_embedding():
    tokens = keras.Input((None,), dtype="int32")
    x = layers.Embedding(9, 8, mask_zero=True)(tokens)
    layer = heads()
    model = keras.Model(tokens, layer(x, x, use_causal_mask=True))
    long = model.predict(np.array([[3, 1, 4, 0, 0]]), verbose=0)
    short = model.predict(np.array([[3, 1, 4]]), verbose=0)
    np.testing.assert_allclose(long[:, :3], short, rtol=1e-4, atol=1e-6)


def test_copies_of_an_unseeded_initializer_draw_their_own():
    layer = heads()
    layer(QUERY, VALUE)
    kernels = [w.numpy() for w in layer.weights if w.name == "kernel"][:3]
    assert len({float(kernel[0, 0, 0]) for kernel in kernels}) == 3
    assert [w.path.split("/", 1)[1] for w in layer.weights[::2]] == [
        f"{name}/kernel" for name in ("query", "key", "value", "attention_output")
    ]


def test_masks_of_attention_without_projections():
    for layer in (layers.Attention(), layers.AdditiveAttention()):
        inputs = [masked(QUERY, QUERY_MASK), masked(VALUE, VALUE_MASK)]
        y, scores = layer(inputs, return_attention_scores=True, use_causal_mask=True)
        seen = VALUE_MASK[:, None] & np.tri(3, 5, dtype=bool)
        assert ((scores.numpy() > 0) == seen).all()
        assert (y.numpy()[~QUERY_MASK] == 0).all()
        np.testing.assert_array_equal(y._keras_mask, QUERY_MASK)


X4 = np.ones((2, 3, 4, 8))
WRONG = [
    ("num_heads must be a positive int, got 0", lambda:
        layers.MultiHeadAttention(0, 3)),
    ("sliding_window must be a positive int", lambda: heads(sliding_window=0)),
    ("must be divisible by num_key_value_heads, got 4 and 3",
        lambda: layers.GroupQueryAttention(2, 4, 3)),
    (r"query \(2, 3, 8\), value \(2, 3, 4, 8\)", lambda: heads()(QUERY, X4)),
    (r"query \(2, 3, 8\), value \(1, 5, 8\)", lambda: heads()(QUERY, VALUE[:1])),
    (r"key \(2, 4, 8\)", lambda: heads()(QUERY, VALUE, VALUE[:, :4])),
    (r"attention_axes must be in \[-3, 3\)",
        lambda: heads(attention_axes=3)(QUERY, VALUE)),
    (r"one attention axis, got attention_axes=\(1, 2\)",
        lambda: heads()(X4, X4, use_causal_mask=True)),
    (r"= \(2, 3, 5\), got shape \(2, 4, 4\)",
        lambda: heads()(QUERY, VALUE, attention_mask=np.ones((2, 4, 4)))),
    (r"value_mask must have one value per token, 2 axes, got shape \(2, 5, 8\)",
        lambda: heads()(QUERY, VALUE, value_mask=np.ones((2, 5, 8)))),
    (r"3 axes .* got shape \(2, 3, 4, 8\)", lambda: grouped()(X4, X4)),
    (r"score_mode must be one of 'dot', 'concat'",
        lambda: layers.Attention(score_mode="sum")),
    (r"inputs must be a list", lambda: layers.Attention()(QUERY)),
    (r"got \(2, 3, 8\), \(2, 5, 6\) and \(2, 5, 6\)",
        lambda: layers.Attention()([QUERY, VALUE[..., :6]])),
    (r"mask must be a list of 2 or 3, .* got a tensor",
        lambda: layers.Attention()([QUERY, VALUE], mask=VALUE_MASK)),
    (r"value_mask must have shape \(2, 5\), got \(2, 3\)",
        lambda: layers.Attention()([QUERY, VALUE], mask=[None, QUERY_MASK])),
]  # fmt: skip


@pytest.mark.parametrize(("message", "action"), WRONG)
def test_errors_say_what_came(message, action):
    with pytest.raises(ValueError, match=message):
        action()
