"""Models next to those of real Keras: configs, summaries, order of weights."""

import json

import numpy as np
import pytest

import minikeras
from tests.cases.models import CASES, inputs

keras = pytest.importorskip("keras")

LISTED = [
    pytest.param(case, id=f"{name}-{case.build.__name__}")
    for name in ("Sequential", "Functional")
    for case in CASES[name]
]
EVERY = [*LISTED, pytest.param(CASES["Model"][0], id="Model")]


def both(case):
    """Returns the model of Keras and ours, with the same automatic names."""
    for package in (keras, minikeras):
        package.utils.clear_session()
        model = case.build(package)
        if not model.built:
            model(inputs(case))
        yield model


def text_of(model, **kwargs):
    texts = []
    model.summary(print_fn=lambda text, **_: texts.append(text), **kwargs)
    text = "\n".join(texts)
    return [line.rstrip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("case", LISTED)
def test_json(case):
    theirs, ours = (json.loads(model.to_json()) for model in both(case))
    assert ours == theirs


@pytest.mark.parametrize("case", LISTED)
def test_each_reads_the_other(case):
    theirs, ours = both(case)
    again = keras.models.model_from_json(ours.to_json())
    mine = minikeras.models.model_from_json(theirs.to_json())
    assert [v.shape for v in mine.weights] == [v.shape for v in again.weights]
    weights = ours.get_weights()
    mine.set_weights(weights), again.set_weights(weights)
    x = inputs(case)
    for a, b in zip(
        minikeras.tree.flatten(mine(x)), keras.tree.flatten(again(x)), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", EVERY)
def test_layers_and_weights_are_in_the_same_order(case):
    theirs, ours = both(case)
    assert [x.name for x in ours.layers] == [x.name for x in theirs.layers]
    assert [v.shape for v in ours.weights] == [v.shape for v in theirs.weights]
    assert [v.path for v in ours.weights] == [v.path for v in theirs.weights]


@pytest.mark.parametrize("case", EVERY)
@pytest.mark.parametrize(
    "options",
    [{}, {"expand_nested": True, "show_trainable": True}, {"line_length": 120}],
    ids=["plain", "expanded", "wide"],
)
def test_summary(monkeypatch, case, options):
    monkeypatch.setenv("COLUMNS", "125")
    theirs, ours = both(case)
    assert text_of(ours, **options) == text_of(theirs, **options)
