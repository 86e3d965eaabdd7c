"""Layers around layers: Wrapper, TimeDistributed, Bidirectional."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def test_wrapper_holds_and_builds_a_layer():
    wrapper = layers.Wrapper(layers.Dense(2))
    wrapper.build((None, 3))
    assert [w.shape for w in wrapper.weights] == [(3, 2), (2,)]
    twin = layers.Wrapper.from_config(wrapper.get_config())
    assert twin.layer.units == 2


# TimeDistributed ----------------------------------------------------------------------


class Noted(layers.Layer):
    """Notes the shapes it is called on."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seen = []

    def call(self, inputs, mask=None):
        self.seen.append((tuple(inputs.shape), None if mask is None else mask.shape))
        return inputs - inputs.numpy().mean(axis=0)


def test_a_layer_of_ones_own_sees_one_step_at_a_time():
    inner = Noted()
    x = noise(2, 3, 4)
    y = layers.TimeDistributed(inner)(x, mask=np.ones((2, 3), bool))
    assert inner.seen == [((2, 4), (2,))] * 3
    np.testing.assert_allclose(y.numpy(), x - x.mean(axis=0), atol=1e-6)


def test_steps_are_normalized_apart_in_training():
    layer = layers.TimeDistributed(layers.BatchNormalization(epsilon=1e-6))
    y = layer(noise(16, 3, 2), training=True).numpy()
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-5)


def test_each_step_draws_its_own_dropout():
    layer = layers.TimeDistributed(layers.Dropout(0.5, seed=1))
    y = layer(np.ones((1, 8, 50), "float32"), training=True).numpy()[0]
    assert len({row.tobytes() for row in y}) == 8


def test_whole_models_and_recurrent_layers_fit_inside():
    reader = keras.Sequential([layers.GRU(4), layers.Dense(2)])
    layer = layers.TimeDistributed(reader)
    x = noise(2, 3, 5, 4)
    y = layer(x).numpy()
    for step in range(3):
        np.testing.assert_allclose(reader(x[:, step]).numpy(), y[:, step], atol=1e-6)
    assert layer(keras.Input((None, 5, 4))).shape == (None, None, 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.TimeDistributed(3), "layer must be a layer, got 3"),
        (
            lambda: layers.TimeDistributed(layers.Dense(2))(noise(2, 3)),
            r"a time axis and at least one more, got shape \(2, 3\)",
        ),
        (
            lambda: layers.TimeDistributed(layers.Dense(2))(
                noise(2, 3, 4), mask=np.ones((2, 4), bool)
            ),
            r"\(batch, steps\) = \(2, 3\), got \(2, 4\)",
        ),
        (lambda: layers.Bidirectional(3), "layer must be a layer, got 3"),
        (
            lambda: layers.Bidirectional(layers.Dense(2)),
            "layer must have the attribute 'return_sequences'",
        ),
        (
            lambda: layers.Bidirectional(layers.GRU(2), merge_mode="cat"),
            "merge_mode must be one of 'concat', 'sum', 'ave', 'mul', None",
        ),
        (
            lambda: layers.Bidirectional(layers.GRU(2), backward_layer=layers.LSTM(2)),
            "must differ in go_backwards, got False for both",
        ),
        (
            lambda: layers.Bidirectional(
                layers.GRU(2),
                backward_layer=layers.LSTM(2, go_backwards=True, return_sequences=True),
            ),
            "the same return_sequences, got False and True",
        ),
        (
            lambda: layers.Bidirectional(layers.GRU(2))(
                noise(2, 3, 4), initial_state=[noise(2, 2)]
            ),
            r"as many states for each direction, got 1 of shapes \[\(2, 2\)\]",
        ),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# Bidirectional ------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["concat", "sum", "ave", "mul", None])
@pytest.mark.parametrize("sequences", [True, False])
def test_merge_modes(mode, sequences):
    layer = layers.Bidirectional(
        layers.LSTM(3, return_sequences=sequences), merge_mode=mode
    )
    x = noise(2, 4, 3)
    found = layer(x)
    y, z = layer.forward_layer(x).numpy(), layer.backward_layer(x).numpy()
    if sequences:
        z = z[:, ::-1]
    expected = {
        "concat": lambda: np.concatenate([y, z], axis=-1),
        "sum": lambda: y + z,
        "ave": lambda: (y + z) / 2,
        "mul": lambda: y * z,
        None: lambda: np.stack([y, z]),
    }[mode]()
    if mode is None:
        found = np.stack([part.numpy() for part in found])
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-5, atol=1e-7)


def test_the_backward_layer_reads_from_the_end():
    layer = layers.Bidirectional(layers.GRU(3), merge_mode=None)
    x = noise(2, 4, 3)
    layer(x)
    layer.backward_layer.set_weights(layer.forward_layer.get_weights())
    _, backward = layer(x)
    forward, _ = layer(x[:, ::-1])
    np.testing.assert_allclose(backward.numpy(), forward.numpy(), atol=1e-6)


def test_states_go_in_and_come_out():
    layer = layers.Bidirectional(layers.LSTM(3, return_state=True))
    y, *states = layer(noise(2, 4, 3))
    assert y.shape == (2, 6)
    assert [s.shape for s in states] == [(2, 3)] * 4
    again = layer(noise(2, 4, 3), initial_state=states)
    forward = layer.forward_layer(noise(2, 4, 3), initial_state=states[:2])
    np.testing.assert_allclose(again[1].numpy(), forward[1].numpy(), atol=1e-6)


def test_stateful():
    layer = layers.Bidirectional(layers.GRU(3, stateful=True))
    x = noise(2, 4, 3)
    first, second = layer(x).numpy(), layer(x).numpy()
    assert not np.allclose(first, second)
    assert [s.shape for s in layer.states] == [(2, 3)] * 2
    layer.reset_state()
    np.testing.assert_array_equal(layer(x).numpy(), first)


def test_start_weights():
    first = layers.Bidirectional(layers.SimpleRNN(2))
    x = noise(2, 4, 3)
    expected = first(x).numpy()
    twin = layers.Bidirectional(layers.SimpleRNN(2), weights=first.get_weights())
    np.testing.assert_array_equal(twin(x).numpy(), expected)


def test_masked_steps_are_zero_in_both_directions():
    x = layers.Masking()(np.concatenate([noise(2, 3, 2), np.zeros((2, 2, 2))], axis=1))
    y = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    assert y._keras_mask.shape == (2, 5)
    assert (y.numpy()[:, 3:] == 0).all()
    assert (y.numpy()[:, :3] != 0).all()
