"""`explain.gradient_flow` and `callbacks.GradientFlow`."""

import csv

import numpy as np
import pytest

import minikeras as keras
from minikeras import explain, layers

(DIGITS, LABELS), _ = keras.datasets.digits.load_data()
DIGITS = DIGITS.reshape(-1, 64)[:256] / 16
LABELS = LABELS[:256]


def deep(activation, depth=10, **options):
    keras.utils.set_random_seed(0)
    hidden = [
        layers.Dense(32, activation, name=f"hidden_{i}", **options)
        for i in range(1, depth + 1)
    ]
    output = layers.Dense(10, "softmax", name="output")
    model = keras.Sequential([keras.Input((64,)), *hidden, output], name="deep")
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def test_numbers_are_those_of_the_tape():
    model = deep("tanh", 3)
    flow = explain.gradient_flow(model, DIGITS, LABELS)
    with keras.GradientTape() as tape:
        y_pred = model(DIGITS)
        loss = keras.losses.SparseCategoricalCrossentropy()(LABELS, y_pred)
    gradients = [np.asarray(g) for g in tape.gradient(loss, model.weights)]
    assert flow.loss == pytest.approx(float(loss))
    for i, layer in enumerate(flow.layers):
        kernel, bias = gradients[2 * i : 2 * i + 2]
        norm = np.sqrt(np.square(kernel).sum() + np.square(bias).sum())
        assert layer.gradient == pytest.approx(norm, rel=1e-5)
        size = np.linalg.norm(model.layers[i].kernel.numpy())
        assert layer.ratio == pytest.approx(0.01 * norm / size, rel=1e-4)
        assert layer.dead is None and layer.verdict == "ok"


def test_the_ratio_is_that_of_the_optimizer():
    model = deep("tanh", 2)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    flow = explain.gradient_flow(model, DIGITS, LABELS)
    before = model.get_weights()
    model.train_on_batch(DIGITS, LABELS)
    steps = [a - b for a, b in zip(model.get_weights(), before, strict=True)]
    found = np.sqrt(sum(np.square(w).sum() for w in steps[:2]))
    assert flow.layers[0].ratio == pytest.approx(
        found / np.linalg.norm(before[0]), rel=1e-3
    )


def test_sigmoids_let_the_gradient_vanish_and_relus_do_not():
    vanishing = explain.gradient_flow(deep("sigmoid"), DIGITS, LABELS)
    first, *_, last = (layer.gradient for layer in vanishing.layers)
    assert first < last / 1000
    assert vanishing.layers[0].verdict == "vanishes"
    assert "vanishes on its way back: hidden_1 gets 1/" in vanishing.verdict
    flowing = explain.gradient_flow(deep("relu"), DIGITS, LABELS)
    first, *_, last = (layer.gradient for layer in flowing.layers)
    assert first > last / 10
    assert flowing.verdict == "The gradient reaches every layer."


def test_large_weights_let_it_explode():
    wide = keras.initializers.RandomNormal(stddev=1.5)
    model = deep("relu", kernel_initializer=wide)
    flow = explain.gradient_flow(model, DIGITS, LABELS)
    assert {layer.verdict for layer in flow.layers} == {"is zero"}
    assert "no gradient at all: the outputs are saturated" in flow.verdict
    model.layers[-1].activation = None
    model.compile("sgd", "mse")
    flow = explain.gradient_flow(model, DIGITS, np.eye(10)[LABELS])
    largest = max(flow.layers, key=lambda layer: layer.gradient)
    assert largest.verdict == "explodes"
    assert f"is {largest.gradient:.1e} in {largest.name}." in flow.verdict


def test_units_that_never_fire_are_counted():
    model = deep("relu", 2)
    bias = model.layers[0].bias
    bias.assign(np.where(np.arange(32) < 24, -1e3, 1.0))
    flow = explain.gradient_flow(model, DIGITS, LABELS)
    assert flow.layers[0].dead == 0.75
    assert "never fire in hidden_1" in flow.verdict
    bias.assign(np.full(32, -1e3))
    flow = explain.gradient_flow(model, DIGITS, LABELS)
    assert flow.layers[0].dead == 1.0 and flow.layers[0].verdict == "is dead"
    assert "No unit of hidden_1 fires" in flow.verdict


def test_filters_count_as_units_in_both_layouts():
    for layout, shape in (("channels_last", (8, 8, 1)), ("channels_first", (1, 8, 8))):
        filters = layers.Conv2D(4, 3, activation="relu", data_format=layout)
        model = keras.Sequential(
            [keras.Input(shape), filters, layers.Flatten(), layers.Dense(1)]
        )
        model.compile("sgd", "mse")
        filters.bias.assign([1e3, -1e3, 1e3, 1e3])
        x = DIGITS[:8].reshape(8, *shape)
        assert explain.gradient_flow(model, x, np.ones((8, 1))).layers[0].dead == 0.25


def test_a_gradient_that_is_not_finite():
    model = deep("linear", 1)
    model.layers[0].kernel.assign(np.full((64, 32), np.nan))
    flow = explain.gradient_flow(model, DIGITS, LABELS)
    assert flow.layers[0].verdict == "is not finite"
    assert "Look for NaN in the data" in flow.verdict


def test_text_and_html():
    flow = explain.gradient_flow(deep("sigmoid"), DIGITS, LABELS)
    lines = str(flow).splitlines()
    assert lines[0].startswith("Gradient flow through Sequential 'deep': J = ")
    assert max(map(len, lines)) < 80
    bars = [line.count("#") for line in lines[3:14]]
    assert bars == sorted(bars) and bars[0] < bars[-1]
    assert lines[3].endswith("vanishes")
    text = flow._repr_html_()
    assert text.count("<tr>") == 12 and "hidden_10" in text and flow.verdict in text


def test_nothing_changes():
    model = deep("relu", 2)
    model.compile("adam", "sparse_categorical_crossentropy")
    before = model.get_weights()
    explain.gradient_flow(model, DIGITS, LABELS)
    assert all(map(np.array_equal, model.get_weights(), before))
    assert not any(v.numpy().any() for v in model.optimizer.variables[2:])
    model.fit(DIGITS, LABELS, epochs=1, verbose=0, shuffle=False)
    twin = deep("relu", 2)
    twin.compile("adam", "sparse_categorical_crossentropy")
    twin.fit(DIGITS, LABELS, epochs=1, verbose=0, shuffle=False)
    assert all(map(np.array_equal, model.get_weights(), twin.get_weights()))


def test_scaled_losses_are_measured_unscaled():
    model = deep("tanh", 1)
    expected = explain.gradient_flow(model, DIGITS, LABELS).layers
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
    model.compile(scaled, "sparse_categorical_crossentropy")
    for a, b in zip(
        explain.gradient_flow(model, DIGITS, LABELS).layers, expected, strict=True
    ):
        assert a.gradient == pytest.approx(b.gradient)
        assert a.ratio == pytest.approx(b.ratio, rel=1e-4)


# ------------------------------------------------------------------- the callback


def test_the_callback_reaches_history_csv_and_tensorboard(tmp_path):
    model = deep("relu", 1)
    flow = keras.callbacks.GradientFlow(DIGITS[:64], LABELS[:64])
    table = tmp_path / "log.csv"
    callbacks = [
        keras.callbacks.CSVLogger(table),
        keras.callbacks.TensorBoard(tmp_path / "logs"),
        flow,  # its place does not matter
    ]
    history = model.fit(
        *(DIGITS, LABELS), epochs=2, verbose=0, callbacks=callbacks
    ).history
    names = {
        f"{kind}_{x}" for kind in ("gradient", "update") for x in ("hidden_1", "output")
    }
    assert set(history) == {"loss", *names}
    for name in names:
        layer = name.split("_", 1)[1]
        kind = "gradient" if name.startswith("gradient") else "ratio"
        expected = [
            getattr(x, kind) for f in flow.flows for x in f.layers if x.name == layer
        ]
        assert history[name] == expected and len(expected) == 2
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(r["gradient_output"]) for r in rows] == history["gradient_output"]
    events = b"".join(p.read_bytes() for p in (tmp_path / "logs").rglob("*tfevents*"))
    assert b"gradient_hidden_1" in events and b"update_output" in events


def test_the_callback_does_not_change_training():
    weights = []
    for callbacks in ([], [keras.callbacks.GradientFlow(DIGITS, LABELS, every=2)]):
        model = deep("relu", 2)
        model.fit(DIGITS, LABELS, epochs=3, verbose=0, callbacks=callbacks)
        weights.append(model.get_weights())
    assert all(map(np.array_equal, *weights))
    assert len(callbacks[0].flows) == 1
    with pytest.raises(ValueError, match="GradientFlow: every must be a positive int"):
        keras.callbacks.GradientFlow(DIGITS, LABELS, every=0)
