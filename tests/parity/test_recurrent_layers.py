"""Recurrent layers next to those of real Keras, over a drawn grid of arguments."""

import json

import numpy as np
import pytest

import minikeras

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

KINDS = ("SimpleRNN", "LSTM", "GRU")
STEPS, FEATURES, UNITS = 4, 3, 2


def drawn(number):
    """The arguments of one configuration: (what to build, call arguments)."""
    rng = np.random.default_rng(number)

    def one_of(*values):
        return values[rng.integers(len(values))]

    kind = KINDS[number % 3]
    own = {
        "activation": one_of("tanh", "tanh", "relu", "softsign"),
        "use_bias": one_of(True, True, False),
        "return_sequences": one_of(True, False),
        "return_state": one_of(True, False, False),
        "go_backwards": one_of(True, False, False),
        "bias_initializer": "random_normal",
    }
    if kind != "SimpleRNN":
        gate = one_of("sigmoid", "sigmoid", "hard_sigmoid")
        own["recurrent_activation"] = gate
    if kind == "LSTM":
        own["unit_forget_bias"] = one_of(True, False)
    if kind == "GRU":
        own["reset_after"] = one_of(True, False)
    frame = one_of(None, None, None, "concat", "sum", "mul", "ave")
    own["go_backwards"] &= frame is None  # Keras's Bidirectional refuses it
    if frame is None:
        own["zero_output_for_mask"] = one_of(True, False)
    call = {"mask": one_of(True, False), "initial_state": one_of(True, False)}
    return kind, own, frame, call


def made(package, number):
    kind, own, frame, _ = drawn(number)
    layer = getattr(package.layers, kind)(UNITS, **own, name="inner")
    if frame is not None:
        layer = package.layers.Bidirectional(layer, merge_mode=frame, name="outer")
    return layer


def inputs(number, batch=3):
    kind, _, frame, call = drawn(number)
    rng = np.random.default_rng(1000 + number)
    x = rng.normal(size=(batch, STEPS, FEATURES)).astype("float32")
    options = {}
    if call["mask"]:
        options["mask"] = rng.random((batch, STEPS)) < 0.6
    if call["initial_state"]:
        count = (2 if kind == "LSTM" else 1) * (1 if frame is None else 2)
        shape = (count, batch, UNITS)
        options["initial_state"] = list(rng.normal(size=shape).astype("float32"))
    return x, options


def numbers(result):
    return [np.asarray(y) for y in keras.tree.flatten(result)]


def close(ours, theirs, **tolerance):
    for y, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(y, expected, **tolerance)


@pytest.mark.parametrize("number", range(84))
def test_values_and_shapes(number):
    theirs, ours = made(keras, number), made(minikeras, number)
    x, options = inputs(number)
    theirs.build(x.shape), ours.build(x.shape)
    assert [w.path for w in ours.weights] == [w.path for w in theirs.weights]
    ours.set_weights(theirs.get_weights())
    close(numbers(ours(x, **options)), numbers(theirs(x, **options)), rtol=0, atol=1e-5)
    configs = (json.loads(json.dumps(z.get_config())) for z in (ours, theirs))
    assert next(configs) == next(configs)


def model(package, number):
    layer = made(package, number)
    x = package.Input((STEPS, FEATURES))
    y = layer(package.layers.Masking()(x))
    y = (
        y
        if hasattr(y, "shape")
        else package.layers.Concatenate()(
            [package.layers.Flatten()(part) for part in y]
        )
    )
    y = package.layers.Dense(1)(package.layers.Flatten()(y))
    net = package.Model(x, y)
    net.compile(package.optimizers.Adam(0.01), "mse")
    return net


@pytest.mark.parametrize("number", range(100, 106))
@pytest.mark.filterwarnings("ignore:.*does not support masks")
@pytest.mark.filterwarnings("ignore:.*does not support mask")
def test_weights_after_three_steps(number):
    theirs, ours = model(keras, number), model(minikeras, number)
    ours.set_weights(theirs.get_weights())
    rng = np.random.default_rng(number)
    x = rng.normal(size=(6, STEPS, FEATURES)).astype("float32")
    x[:, -1][::2] = 0  # masked
    target = rng.normal(size=(6, 1)).astype("float32")
    for _ in range(3):
        expected = float(theirs.train_on_batch(x, target))
        assert float(ours.train_on_batch(x, target)) == pytest.approx(expected, 1e-4)
    close(ours.get_weights(), theirs.get_weights(), rtol=0, atol=1e-4)


def stacked(package):
    cells = [
        package.layers.LSTMCell(3, name="a"),
        package.layers.GRUCell(2, name="b"),
        package.layers.SimpleRNNCell(4, name="c"),
    ]
    return package.layers.RNN(cells, return_sequences=True, return_state=True)


@pytest.mark.parametrize("is_masked", [False, True])
def test_stacked_cells(is_masked):
    theirs, ours = stacked(keras), stacked(minikeras)
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    mask = np.array([[1, 1, 0, 1, 0], [1, 0, 0, 1, 1]], bool) if is_masked else None
    theirs(x), ours(x)
    ours.set_weights(theirs.get_weights())
    close(numbers(ours(x, mask=mask)), numbers(theirs(x, mask=mask)), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["SimpleRNNCell", "LSTMCell", "GRUCell"])
def test_cells(kind):
    theirs, ours = (getattr(p.layers, kind)(3, name="x") for p in (keras, minikeras))
    x = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")
    states = [np.full((2, 3), 0.3, "float32")] * (2 if kind == "LSTMCell" else 1)
    theirs(x, states), ours(x, states)
    ours.set_weights(theirs.get_weights())
    close(numbers(ours(x, states)), numbers(theirs(x, states)), rtol=0, atol=1e-5)
    configs = (json.loads(json.dumps(z.get_config())) for z in (ours, theirs))
    assert next(configs) == next(configs)
    assert ours.state_size == theirs.state_size
    assert ours.output_size == theirs.output_size


def test_stateful():
    theirs, ours = (p.layers.LSTM(3, stateful=True) for p in (keras, minikeras))
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    theirs(x), ours(x)
    ours.set_weights(theirs.get_weights())
    for layer in (theirs, ours):
        layer.reset_state()
    for _ in range(2):
        close(numbers(ours(x)), numbers(theirs(x)), rtol=0, atol=1e-5)
    close(map(np.asarray, ours.states), map(np.asarray, theirs.states), atol=1e-5)


@pytest.mark.parametrize("kind", ["Dense", "BatchNormalization"])
def test_time_distributed_in_training(kind):
    def layer(package):
        options = {"units": 2} if kind == "Dense" else {}
        inner = getattr(package.layers, kind)(**options)
        return package.layers.TimeDistributed(inner)

    theirs, ours = layer(keras), layer(minikeras)
    x = np.random.default_rng(0).normal(size=(8, 4, 3)).astype("float32")
    theirs(x), ours(x)
    ours.set_weights(theirs.get_weights())
    close(numbers(ours(x, training=True)), numbers(theirs(x, training=True)), atol=1e-4)
    close(ours.get_weights(), theirs.get_weights(), rtol=1e-5, atol=1e-6)
