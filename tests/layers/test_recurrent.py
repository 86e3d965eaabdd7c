"""Recurrent layers: what the contract of all layers does not ask."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers, ops
from minikeras.layers.recurrent_loop import RNN

KINDS = ("SimpleRNN", "LSTM", "GRU")
CELLS = [
    ("SimpleRNNCell", {}),
    ("SimpleRNNCell", {"activation": "relu", "use_bias": False}),
    ("LSTMCell", {}),
    ("LSTMCell", {"use_bias": False}),
    ("GRUCell", {}),
    ("GRUCell", {"reset_after": False}),
]


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


@keras.saving.register_keras_serializable("tests", name="MinimalCell")
class MinimalCell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")
        self.recurrent_kernel = self.add_weight(
            (self.units, self.units), name="recurrent_kernel"
        )

    def call(self, inputs, states):
        h = ops.matmul(inputs, self.kernel)
        output = h + ops.matmul(states[0], self.recurrent_kernel)
        return output, [output]


class SumAndCount(layers.Layer):
    """A cell with two states of different lengths, one for its output."""

    state_size = (3, 1)

    def call(self, inputs, states):
        total, count = states
        total, count = total + inputs, count + 1
        return total / count, [total, count]


# One whole, or step by step -----------------------------------------------------------


def both_ways(cell, x, **options):
    """Outputs and gradients of the fused way and of the loop."""
    call = options.pop("call", {})
    for blocked in (False, True):
        keras.utils.set_random_seed(5)
        kind, arguments = cell
        made = getattr(layers, kind)(4, bias_initializer="ones", **arguments)
        if blocked:
            made.over_time = lambda *args: None
        layer = RNN(made, return_sequences=True, return_state=True, **options)
        with keras.GradientTape() as tape:
            xs = ops.convert_to_tensor(x)
            tape.watch(xs)
            outputs = layer(xs, **call)
            total = sum(ops.sum(ops.sin(y)) for y in outputs)
        slopes = tape.gradient(total, [xs, *layer.trainable_weights])
        yield [y.numpy() for y in (*outputs, *slopes)]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"go_backwards": True},
        {"call": {"mask": True}},
        {"call": {"mask": True}, "zero_output_for_mask": True, "go_backwards": True},
        {"call": {"training": True}},
    ],
    ids=["plain", "backwards", "mask", "zero", "dropout"],
)
def test_fused_and_step_by_step_give_the_same(cell, options):
    kind, arguments = cell
    call = dict(options.get("call", {}))
    if "mask" in call:
        call["mask"] = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 0]], bool)
        count = 2 if kind == "LSTMCell" else 1
        call["initial_state"] = [noise(2, 4, seed=i) for i in range(count)]
    if "training" in call:
        arguments = {**arguments, "dropout": 0.4, "seed": 3}
    both = both_ways((kind, arguments), noise(2, 5, 3), **{**options, "call": call})
    for fused, looped in zip(*both, strict=True):
        np.testing.assert_allclose(fused, looped, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("zero", [False, True])
def test_stacked_cells_run_one_after_the_other(backwards, sequences, zero):
    cells = [layers.LSTMCell(3), layers.GRUCell(4), layers.SimpleRNNCell(2)]
    layer = RNN(
        cells,
        go_backwards=backwards,
        return_sequences=sequences,
        return_state=True,
        zero_output_for_mask=zero,
    )
    mask = np.array([[0, 1, 1, 0, 1], [1, 0, 0, 1, 0]], bool)
    fused = layer(noise(2, 5, 3), mask=mask)
    layer.cell.over_time = lambda *args: None
    looped = layer(noise(2, 5, 3), mask=mask)
    for y, expected in zip(
        keras.tree.flatten(fused), keras.tree.flatten(looped), strict=True
    ):
        np.testing.assert_allclose(y.numpy(), expected.numpy(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_recurrent_dropout_draws_once_per_sequence(kind):
    layer = getattr(layers, kind)(
        4,
        recurrent_initializer=keras.initializers.RandomNormal(stddev=0.1),
        recurrent_dropout=0.5,
        dropout=0.5,
        seed=1,
        return_sequences=True,
    )
    x = np.repeat(noise(2, 1, 3), 30, axis=1)
    first, second = layer(x, training=True).numpy(), layer(x, training=True).numpy()
    assert not np.allclose(first, second)
    np.testing.assert_allclose(first[:, -1], first[:, -2], atol=0.02)  # has settled
    np.testing.assert_array_equal(layer(x).numpy(), layer(x).numpy())


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@pytest.mark.parametrize("use_cudnn", [True, False, "auto"])
@pytest.mark.parametrize("unroll", [True, False])
def test_ways_to_run_give_the_same_numbers(kind, use_cudnn, unroll):
    options = {"use_cudnn": use_cudnn, "unroll": unroll}
    keras.utils.set_random_seed(1)
    plain = getattr(layers, kind)(3)(noise(2, 4, 3))
    keras.utils.set_random_seed(1)
    other = getattr(layers, kind)(3, **options)(noise(2, 4, 3))
    np.testing.assert_array_equal(plain.numpy(), other.numpy())


def test_weights_lie_in_memory_as_the_optimizers_want_them():
    layer = layers.LSTM(3)  # the orthogonal start is a transposed array
    layer.build((None, 4, 2))
    assert all(w.array.flags.c_contiguous for w in layer.weights)


# Cells of one's own -------------------------------------------------------------------


def test_a_cell_of_ones_own_with_two_states():
    x = noise(2, 4, 3)
    outputs, total, count = RNN(
        SumAndCount(), return_sequences=True, return_state=True
    )(x)
    expected = np.cumsum(x, axis=1) / np.arange(1, 5)[:, None]
    np.testing.assert_allclose(outputs.numpy(), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(total.numpy(), x.sum(axis=1), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(count.numpy(), [[4], [4]])


@pytest.mark.parametrize("is_eager", [True, False])
def test_a_cell_of_ones_own_trains_and_is_saved(tmp_path, is_eager):
    keras.utils.set_random_seed(2)
    model = keras.Sequential(
        [
            keras.Input((None, 3)),
            layers.Masking(),
            layers.Bidirectional(RNN(MinimalCell(4), return_sequences=True)),
            RNN([MinimalCell(4), MinimalCell(2)]),
        ]
    )
    model.compile("adam", "mse", run_eagerly=is_eager)
    x = noise(8, 5, 3)
    losses = model.fit(x, noise(8, 2), epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert is_eager or model.train_function.reasons() == []
    model.save(tmp_path / "net.h5")
    twin = keras.models.load_model(tmp_path / "net.h5")
    np.testing.assert_array_equal(
        model.predict(x, verbose=0), twin.predict(x, verbose=0)
    )


def test_a_changed_cell_is_not_run_by_the_fused_primitive():
    class Still(layers.LSTMCell):
        def call(self, inputs, states, training=False):
            return inputs * 0, states

    assert RNN(Still(3))(noise(2, 4, 3)).numpy().sum() == 0


# States -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_in_two_parts_is_the_whole_sequence(kind):
    layer = getattr(layers, kind)(4, return_sequences=True, return_state=True)
    x = noise(2, 6, 3)
    whole, *last = layer(x)
    first, *states = layer(x[:, :2])
    rest, *states = layer(x[:, 2:], initial_state=states)
    parts = np.concatenate([first.numpy(), rest.numpy()], axis=1)
    np.testing.assert_allclose(parts, whole.numpy(), rtol=1e-5, atol=1e-6)
    for state, expected in zip(states, last, strict=True):
        np.testing.assert_allclose(state.numpy(), expected.numpy(), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_stateful_layers_go_on_where_they_stopped(kind):
    x = noise(2, 6, 3)
    layer = getattr(layers, kind)(4, stateful=True)
    first = layer(x[:, :2]).numpy()
    second = layer(x[:, 2:]).numpy()
    assert layer.weights == layer.trainable_weights
    layer.reset_state()
    assert all(np.array(s).sum() == 0 for s in layer.states)
    np.testing.assert_allclose(layer(x).numpy(), second, rtol=1e-5, atol=1e-6)
    layer.reset_states()
    np.testing.assert_array_equal(layer(x[:, :2]).numpy(), first)


def test_stateful_models_remember_from_batch_to_batch_in_plans_too():
    model = keras.Sequential(
        [keras.Input((3, 2), batch_size=4), layers.GRU(3, stateful=True)]
    )
    model.compile("sgd", "mse")
    x = noise(4, 3, 2)
    runs = [model.predict(x, batch_size=4, verbose=0) for _ in range(3)]
    model.layers[0].reset_state()
    eager = [model(x).numpy() for _ in range(3)]
    for planned, expected in zip(runs, eager, strict=True):
        np.testing.assert_allclose(planned, expected, rtol=1e-5, atol=1e-6)
    assert not np.allclose(runs[0], runs[2])


def test_encoder_and_decoder_share_states_in_a_model(tmp_path):
    source, target = keras.Input((None, 3)), keras.Input((None, 2))
    _, h, c = layers.LSTM(4, return_state=True)(source)
    y = layers.LSTM(4, return_sequences=True)(target, initial_state=[h, c])
    model = keras.Model([source, target], layers.TimeDistributed(layers.Dense(2))(y))
    model.compile("adam", "mse")
    xs = [noise(4, 5, 3), noise(4, 6, 2)]
    model.fit(xs, noise(4, 6, 2), verbose=0)
    model.save(tmp_path / "net.h5")
    twin = keras.models.load_model(tmp_path / "net.h5")
    expected = model.predict(xs, verbose=0)
    np.testing.assert_array_equal(twin.predict(xs, verbose=0), expected)
    assert model([xs[0], xs[1][:, :2]]).shape == (4, 2, 2)  # another length


def test_states_of_stacked_cells_nest():
    layer = RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_state=True)
    y, first, second = layer(noise(2, 4, 3))
    assert [s.shape for s in (y, *first, *second)] == [(2, 2), (2, 3), (2, 3), (2, 2)]
    again = layer(noise(2, 4, 3), initial_state=[first, second])
    assert not np.allclose(again[0].numpy(), y.numpy())


# Masks --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_nothing(kind):
    table = layers.Embedding(9, 3, mask_zero=True)
    layer = getattr(layers, kind)(4)
    words = np.array([[3, 5, 7], [2, 8, 1]])
    padded = np.concatenate([words, np.zeros((2, 4), int)], axis=1)
    np.testing.assert_allclose(
        layer(table(padded)).numpy(), layer(table(words)).numpy(), atol=1e-6
    )


def test_masks_go_on_with_sequences_and_end_without():
    x = layers.Masking()(noise(2, 4, 3))
    y, state = layers.GRU(3, return_sequences=True, return_state=True)(x)
    assert y._keras_mask.shape == (2, 4)
    assert state._keras_mask is None
    assert layers.GRU(3)(x)._keras_mask is None


# ConvLSTM -----------------------------------------------------------------------------


def test_conv_lstm_with_kernels_of_one_is_an_lstm_at_each_pixel():
    conv, plain = layers.ConvLSTM2D(3, 1, return_state=True), layers.LSTM(3)
    x = noise(2, 4, 5, 6, 2)
    y, _, c = conv(x)
    flat = x.transpose(0, 2, 3, 1, 4).reshape(-1, 4, 2)
    plain.build(flat.shape)
    plain.set_weights(
        [
            w.reshape(v.shape)
            for w, v in zip(conv.get_weights(), plain.weights, strict=True)
        ]
    )
    np.testing.assert_allclose(
        y.numpy().reshape(-1, 3), plain(flat).numpy(), rtol=1e-4, atol=1e-5
    )
    assert c.shape == (2, 5, 6, 3)


def test_stateful_conv_lstm():
    layer = layers.ConvLSTM1D(2, 2, stateful=True)
    x = noise(2, 6, 5, 1)
    layer(x[:, :3])
    second = layer(x[:, 3:]).numpy()
    layer.reset_state()
    np.testing.assert_allclose(layer(x).numpy(), second, rtol=1e-5, atol=1e-6)


# Errors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.LSTM(0), "units must be a positive int, got 0"),
        (lambda: layers.LSTM(3, dropout=20), r"dropout must be a number in \[0, 1\]"),
        (lambda: layers.GRU(3, use_cudnn="yes"), "use_cudnn must be one of 'auto'"),
        (lambda: RNN(3), r"cell must have 'call', got 3"),
        (lambda: RNN([layers.Dense(3)]), "cells must have 'state_size' each"),
        (lambda: layers.LSTM(3)(noise(4, 3)), r"3 axes, got shape \(4, 3\)"),
        (lambda: layers.ConvLSTM2D(3, 2)(noise(2, 4, 3)), r"5 axes, got shape"),
        (lambda: layers.LSTM(3)(noise(2, 0, 3)), r"one step, got shape \(2, 0, 3\)"),
        (
            lambda: layers.LSTM(3, stateful=True)(keras.Input((5, 2))),
            r"fixed batch size, got sequences of shape \(None, 5, 2\)",
        ),
        (
            lambda: layers.LSTM(3)(noise(2, 4, 3), mask=np.ones((2, 3), bool)),
            r"shape \(batch, steps\) = \(2, 4\).*got \(2, 3\)",
        ),
        (
            lambda: layers.LSTM(3)(noise(2, 4, 3), initial_state=[noise(2, 3)]),
            r"shapes \[\(2, 3\), \(2, 3\)\].*got \[\(2, 3\)\]",
        ),
        (
            lambda: layers.GRU(3)(noise(2, 4, 3), initial_state=noise(2, 5)),
            r"shapes \[\(2, 3\)\].*got \[\(2, 5\)\]",
        ),
        (
            lambda: layers.ConvLSTM2D(3, 2, strides=2, dilation_rate=2),
            r"cannot both be above 1, got \(2, 2\) and \(2, 2\)",
        ),
    ],
)
def test_errors_print_what_came(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_another_batch_size_for_a_stateful_layer():
    layer = layers.LSTM(3, stateful=True)
    layer(noise(4, 2, 3))
    with pytest.raises(ValueError, match=r"batch size 2.*got \[\(4, 3\), \(4, 3\)\]"):
        layer(noise(2, 2, 3))
