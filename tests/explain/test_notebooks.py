"""What a notebook shows of a model, a history and a program; plain text elsewhere."""

import html
import re
import sys

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.__main__ import main
from minikeras.explain import highlighting


def trained(loss="sparse_categorical_crossentropy"):
    keras.utils.set_random_seed(0)
    hidden = layers.Dense(4, "sigmoid", name="hidden")
    output = layers.Dense(3, "softmax", name="output")
    model = keras.Sequential([keras.Input((2,)), hidden, output], name="net<1>")
    model.compile("sgd", loss)
    y = np.zeros(8, int) if loss.startswith("sparse") else np.zeros((8, 3))
    return model, model.fit(np.ones((8, 2)), y, epochs=2, verbose=0)


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def test_a_model_is_a_table():
    model, _ = trained()
    page = model._repr_html_()
    assert page.count("<tr>") == 3 and "net&lt;1&gt;" in page
    text = text_of(page)
    assert "hidden (Dense)" in text and "(None, 4)" in text
    assert "Trainable params: 27 (108.00 B)" in text
    assert repr(model) == "<Sequential name=net<1>, built=True>"
    assert keras.Sequential([layers.Dense(2)])._repr_html_() is None
    left = keras.Input((2,))
    graph = keras.Model(left, layers.Add()([layers.Dense(2)(left), left]))
    assert "Connected to" in text_of(graph._repr_html_())


def test_a_history_is_its_curves(monkeypatch):
    pytest.importorskip("matplotlib.figure")
    _, history = trained()
    assert history._repr_png_().startswith(b"\x89PNG")
    assert keras.callbacks.History()._repr_png_() is None
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    assert history._repr_png_() is None


def test_a_program_is_a_page_in_colours():
    model, _ = trained()
    source = model.source("train")
    page = source._repr_html_()
    assert isinstance(source, str) and str(source).startswith('"""Training step')
    assert html.unescape(re.sub(r"<[^>]+>", "", page)) == source
    assert '<span style="color:#2e7d32"># Loss' in page
    compile(source, "step.py", "exec")


def test_odd_texts_are_shown_whole():
    text = 'def f(x):\n\n    return """a\n<b>""", x  # c\n'
    page = highlighting.Source(text)._repr_html_()
    assert html.unescape(re.sub(r"</?(pre|span)[^>]*>", "", page)) == text
    assert page.count("<span") == 4  # def, return, the string, the comment


# ------------------------------------------------------------------ the command line


@pytest.mark.parametrize("name", ["m.h5", "m.keras"])
def test_explain(name, tmp_path, capsys):
    model, _ = trained()
    model.save(tmp_path / name)
    assert main(["explain", str(tmp_path / name)]) == 0
    told = capsys.readouterr().out
    assert 'Model: "net<1>"' in told and '"""Prediction of net<1>' in told
    assert "hidden_kernel, out=hidden_z)" in told
    assert main(["explain", str(tmp_path / name), "--source", "train"]) == 0
    told = capsys.readouterr().out
    assert '"""Training step of net<1>' in told
    assert "out=d_hidden_kernel)" in told


def test_explain_and_inspect_draw(tmp_path, capsys):
    pytest.importorskip("matplotlib.figure")
    model, _ = trained("mse")
    path, picture = str(tmp_path / "m.h5"), tmp_path / "m.png"
    model.save(path)
    for words in (["explain", path, "--source", "train"], ["inspect", path]):
        picture.unlink(missing_ok=True)
        assert main([*words, "--plot", str(picture)]) == 0
        assert f"Saved {picture}." in capsys.readouterr().out
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_errors_are_one_line(tmp_path, capsys):
    model, _ = trained()
    bare = keras.Sequential([keras.Input((2,)), layers.Dense(1)], name="bare")
    bare.save(tmp_path / "bare.keras")
    model.save_weights(tmp_path / "m.weights.h5")
    for words, message in (
        (["no.h5"], "There is no file 'no.h5'"),
        (["bare.keras", "--source", "train"], "bare was saved without a loss"),
        (["m.weights.h5"], "m.weights.h5"),
    ):
        words[0] = str(tmp_path / words[0]) if words[0] != "no.h5" else words[0]
        assert main(["explain", *words]) == 1
        told = capsys.readouterr()
        assert message in told.err and not told.out
