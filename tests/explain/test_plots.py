"""The pictures of `explain`: their numbers, their labels, their size, their errors."""

import sys

import numpy as np
import pytest

import minikeras as keras
from minikeras import explain, layers

pytest.importorskip("matplotlib.figure")
RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(60, 2)).astype("float32")


def size_of(path):
    """Width and height of a PNG, as its header says."""
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return tuple(int.from_bytes(head[i : i + 4], "big") for i in (16, 20))


def labels_of(panel):
    return panel.get_xlabel(), panel.get_ylabel()


# ------------------------------------------------------------------ activations

SLOPES = {
    "sigmoid": lambda x: (lambda s: s * (1 - s))(1 / (1 + np.exp(-x))),
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "softplus": lambda x: 1 / (1 + np.exp(-x)),
}


def test_activations_and_their_slopes(tmp_path):
    drawing = explain.plot_activation(*SLOPES, to_file=tmp_path / "a.png")
    assert size_of(tmp_path / "a.png") == (800, 450)
    for name, slope in SLOPES.items():
        expected = slope(drawing.x)
        np.testing.assert_allclose(drawing.slopes[name], expected, atol=1e-5)
        is_clear = np.abs(expected - 0.05) > 1e-4
        found = drawing.flat[name][is_clear]
        np.testing.assert_array_equal(found, (expected < 0.05)[is_clear])
    left, right = drawing.figure.axes
    assert labels_of(left) == ("input z", "activation")
    assert labels_of(right) == ("input z", "slope")
    curves = {line.get_label(): line for line in left.get_lines()}
    np.testing.assert_array_equal(curves["tanh"].get_ydata(), drawing.values["tanh"])
    spans = [p.get_label() for p in left.patches if "slope" in str(p.get_label())]
    assert spans == [f"{name}: |slope| < 0.05" for name in SLOPES]
    assert len(left.patches) == 5  # softplus is flat on one side alone


def test_activations_of_ones_own_and_layers():
    def cube(x):
        return x**3

    layer = layers.LeakyReLU(0.3, name="leak")
    drawing = explain.plot_activation(cube, layer, low=-1, high=1)
    np.testing.assert_allclose(drawing.slopes["cube"], 3 * drawing.x**2, atol=1e-5)
    assert set(np.round(np.unique(drawing.slopes["leak"]), 3)) == {
        np.float32(0.3),
        np.float32(1.0),
    }
    assert drawing._repr_png_().startswith(b"\x89PNG")


# ------------------------------------------------------------------ histories


def test_histories(tmp_path):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    rates = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 * 0.3**epoch)
    log = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    history = model.fit(
        *(POINTS, POINTS.sum(axis=1)),
        epochs=4,
        verbose=0,
        validation_split=0.3,
        callbacks=[rates, log],
    )
    for given in (history, history.history, tmp_path / "log.csv"):
        drawing = explain.plot_history(given, to_file=tmp_path / "h.png")
        assert size_of(tmp_path / "h.png")[0] == 800
        assert set(drawing.curves) == set(history.history)
        for name, values in history.history.items():
            assert drawing.curves[name] == pytest.approx(values)
        shown = {p.get_ylabel(): p for p in drawing.figure.axes if p.get_visible()}
        assert next(iter(shown)) == "loss"
        assert set(shown) == {"loss", "mae", "learning rate"}
        assert shown["learning rate"].get_yscale() == "log"
        for name in ("loss", "mae"):
            lines = {line.get_label(): line for line in shown[name].get_lines()}
            assert list(lines["training"].get_xdata()) == [1, 2, 3, 4]
            expected = pytest.approx(history.history[f"val_{name}"])
            assert list(lines["validation"].get_ydata()) == expected


# ------------------------------------------------------------------ decisions


class Halves:
    """A classifier that looks at the first feature alone."""

    def __init__(self, form):
        self.form = form

    def predict(self, x):
        right = (x[:, :1] > 0.25).astype("float32")
        return {
            "probability": 0.1 + 0.8 * right,
            "scores": np.concatenate([-3 * right, 2 * right], axis=1),
            "logit": 4 * right - 2,
            "class": right[:, 0],
        }[self.form]


@pytest.mark.parametrize("form", ["probability", "scores", "logit", "class"])
def test_decisions(form, tmp_path):
    y = (POINTS[:, 0] > 0).astype(int)
    targets = np.eye(2)[y] if form == "scores" else y
    drawing = explain.plot_decision_boundary(
        Halves(form), POINTS, targets, resolution=50, to_file=tmp_path / "d.png"
    )
    assert size_of(tmp_path / "d.png")[0] == 800
    expected = np.broadcast_to(drawing.across > 0.25, (50, 50))
    np.testing.assert_array_equal(drawing.decisions, expected)
    (panel,) = drawing.figure.axes
    assert labels_of(panel) == ("feature 0", "feature 1")
    texts = [text.get_text() for text in panel.get_legend().get_texts()]
    assert texts == ["class 0", "class 1"]


def test_models_of_more_features_and_of_numbers():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    x = RNG.normal(size=(20, 3)).astype("float32")
    y = RNG.normal(size=20)
    drawing = explain.plot_decision_boundary(model, x, y, features=(2, 0), resolution=9)
    assert drawing.decisions is None and drawing.scores.shape == (9, 9, 1)
    row = [drawing.along[4], x[:, 1].mean(), drawing.across[7]]
    expected = model.predict(np.array([row]), verbose=0)[0]
    np.testing.assert_allclose(drawing.scores[4, 7], expected, rtol=1e-4)
    assert drawing.figure.axes[1].get_ylabel() == "prediction"
    assert labels_of(drawing.figure.axes[0]) == ("feature 2", "feature 0")


# ------------------------------------------------------------------ confusion


def test_confusion(tmp_path):
    true, pred = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 0, 2])
    counted = [[1, 1, 0], [0, 1, 0], [1, 0, 2]]
    for y, p in ((true, pred), (np.eye(3)[true], np.eye(3)[pred] * 0.8)):
        drawing = explain.plot_confusion(y, p, to_file=tmp_path / "c.png")
        assert drawing.matrix.tolist() == counted
    assert size_of(tmp_path / "c.png")[0] == 800
    panel = drawing.figure.axes[0]
    assert labels_of(panel) == ("predicted class", "true class")
    assert [t.get_text() for t in panel.texts] == list("110010102")
    shares = explain.plot_confusion(true, pred, ["a", "b", "c"], normalize=True)
    np.testing.assert_allclose(shares.matrix.sum(axis=1), 1)
    names = [t.get_text() for t in shares.figure.axes[0].get_xticklabels()]
    assert names == ["a", "b", "c"]
    two = explain.plot_confusion([0, 1, 1], [[0.2], [0.4], [0.9]])
    assert two.matrix.tolist() == [[1, 0], [1, 1]]


# ------------------------------------------------------------------ weights


def test_weights(tmp_path):
    dense = layers.Dense(6, name="hidden")
    model = keras.Sequential([keras.Input((16,)), dense, layers.Dense(2)])
    drawing = explain.plot_weights(model, to_file=tmp_path / "w.png")
    assert size_of(tmp_path / "w.png")[0] == 800
    kernel = dense.kernel.numpy()
    np.testing.assert_array_equal(drawing.images, kernel.T.reshape(6, 4, 4))
    title = drawing.figure.get_suptitle()
    assert title == "hidden: Dense, kernel 16x6"
    assert explain.plot_weights(dense, (2, 8)).images.shape == (6, 2, 8)
    table = explain.plot_weights(model.layers[1])
    np.testing.assert_array_equal(table.images[0], model.layers[1].kernel.numpy())
    assert labels_of(table.figure.axes[0]) == ("unit", "input")
    filters = layers.Conv2D(5, 3)
    filters(np.zeros((1, 6, 6, 2)))
    images = explain.plot_weights(filters).images
    np.testing.assert_array_equal(images[3], filters.kernel.numpy()[:, :, 1, 1])
    assert images.shape == (10, 3, 3)


def test_zero_is_white():
    dense = layers.Dense(2)
    dense(np.zeros((1, 9)))
    image = explain.plot_weights(dense).figure.axes[0].images[0]
    low, high = image.get_clim()
    assert low == -high
    assert min(image.cmap(image.norm(0.0))[:3]) > 0.95


# ------------------------------------------------------------------ gradient flow


def test_gradient_flow(tmp_path):
    hidden = [layers.Dense(4, "sigmoid", name=f"h{k}") for k in range(3)]
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, name="out")])
    model.compile("sgd", "mse")
    flow = explain.gradient_flow(model, POINTS, POINTS.sum(axis=1))
    drawing = flow.plot(tmp_path / "f.png")
    assert size_of(tmp_path / "f.png")[0] == 800
    assert drawing.gradients == {x.name: x.gradient for x in flow.layers}
    (panel,) = drawing.figure.axes
    assert panel.get_xscale() == "log"
    widths = [bar.get_width() for bar in panel.patches]
    assert widths == [x.gradient for x in flow.layers] + [x.ratio for x in flow.layers]
    names = [t.get_text() for t in panel.get_yticklabels()]
    assert names == ["h0", "h1", "h2", "out"]


# ------------------------------------------------------------------ manners


def test_axes_of_the_caller():
    figures = pytest.importorskip("matplotlib.figure")
    axes = figures.Figure().add_subplot()
    assert explain.plot_activation("relu", ax=axes).figure is axes.figure
    assert explain.plot_confusion([0, 1], [1, 1], ax=axes).figure is axes.figure


ERRORS = {
    "which activation": lambda: explain.plot_activation(),
    "it is no function of one number": lambda: explain.plot_activation(keras.ops.sum),
    "low must be less than high": lambda: explain.plot_activation("relu", low=6),
    "history must be what fit returned": lambda: explain.plot_history(3),
    "the history is empty": lambda: explain.plot_history({}),
    "x must have shape": lambda: explain.plot_decision_boundary(
        Halves("class"), POINTS[:, :1], POINTS[:, 0]
    ),
    "features must be two of 0 to 1": lambda: explain.plot_decision_boundary(
        Halves("class"), POINTS, POINTS[:, 0], features=(0, 2)
    ),
    "y_true and y_pred must have one entry": lambda: explain.plot_confusion(
        [0], [1, 0]
    ),
    "class_names must have a name for each": lambda: explain.plot_confusion(
        [0, 1], [1, 0], ["one"]
    ),
    "y_pred must be class numbers": lambda: explain.plot_confusion([0], [[[1]]]),
    "has no kernel, or none yet": lambda: explain.plot_weights(layers.Dense(3)),
    "image_shape must have 9 pixels": lambda: explain.plot_weights(
        keras.Sequential([keras.Input((9,)), layers.Dense(3)]), (2, 4)
    ),
}


@pytest.mark.parametrize("message", ERRORS)
def test_errors_are_clear(message):
    with pytest.raises(ValueError, match=message) as error:
        ERRORS[message]()
    assert str(error.value).startswith("explain.plot_")


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'minikeras\[plot\]'"):
        explain.plot_activation("relu")
