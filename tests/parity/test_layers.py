"""Layers next to those of real Keras: signatures, configs, shapes and values."""

import inspect
import json

import numpy as np
import pytest

import minikeras
from tests.cases.layers import CASES

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

EVERY = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
]
FUNCTIONS = (
    "add average concatenate dot maximum minimum multiply subtract Input".split()
)


def both(name, case):
    for package in (keras, minikeras):
        kwargs = dict(case.kwargs)
        if name == "Lambda":
            kwargs["function"] = getattr(package.activations, kwargs["function"])
        yield getattr(package.layers, name)(**kwargs, name="same")


def inputs(case):
    rng = np.random.default_rng(0)
    shapes = case.shape if isinstance(case.shape, list) else [case.shape]
    arrays = [
        rng.normal(size=(2, *shape)).astype("float32")
        if case.below is None
        else rng.integers(0, case.below, (2, *shape)).astype("int32")
        for shape in shapes
    ]
    return arrays if isinstance(case.shape, list) else arrays[0]


def copy_weights(theirs, ours):
    values = {w.name: keras.ops.convert_to_numpy(w) for w in theirs.weights}
    assert {w.name for w in ours.weights} == set(values)
    for w in ours.weights:
        w.assign(values[w.name])


def arguments(target):
    target = target.__init__ if isinstance(target, type) else target
    parameters = inspect.signature(target).parameters.values()
    return [(p.name, p.default, p.kind) for p in parameters]


@pytest.mark.parametrize("name", [*CASES, *FUNCTIONS])
def test_signature(name):
    ours = arguments(getattr(minikeras.layers, name))
    theirs = arguments(getattr(keras.layers, name))
    assert [a for a in ours if a[0] != "self"] == [a for a in theirs if a[0] != "self"]


@pytest.mark.parametrize(("name", "case"), EVERY)
def test_config(name, case):
    theirs, ours = both(name, case)
    for layer in (theirs, ours):
        layer(inputs(case))
    expected = json.loads(json.dumps(theirs.get_config()))
    assert json.loads(json.dumps(ours.get_config())) == expected


@pytest.mark.parametrize(("name", "case"), EVERY)
def test_values(name, case):
    theirs, ours = both(name, case)
    x = inputs(case)
    theirs(x), ours(x)
    copy_weights(theirs, ours)
    np.testing.assert_allclose(
        ours(x).numpy(), np.asarray(theirs(x)), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("case", CASES["BatchNormalization"])
def test_batch_normalization_in_training(case):
    theirs, ours = both("BatchNormalization", case)
    x = inputs(case)
    for _ in range(3):
        expected = np.asarray(theirs(x, training=True))
        np.testing.assert_allclose(
            ours(x, training=True).numpy(), expected, rtol=1e-4, atol=1e-5
        )
    for mine, real in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, real, rtol=1e-4, atol=1e-6)
