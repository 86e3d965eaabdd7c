"""Layers next to those of real Keras: signatures, configs, shapes and values."""

import inspect
import json

import numpy as np
import pytest

import minikeras
from tests.cases import layers_images, layers_keras_1
from tests.cases.layer_case import arguments_of, arrays_of, called
from tests.cases.layers import CASES

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

# no longer in Keras 3
OF_KERAS_2 = ["LocallyConnected1D", "LocallyConnected2D", *layers_keras_1.CASES]
OF_TENSORFLOW = """HashedCrossing Hashing IntegerLookup StringLookup
    TextVectorization""".split()  # see tests/layers/test_tables_of_keras.py
KNOWN = [name for name in CASES if name not in OF_KERAS_2]
EVERY = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name in KNOWN
    for i, case in enumerate(CASES[name])
    if name not in OF_TENSORFLOW
    if name not in layers_images.CASES  # see test_image_layers.py
]
FUNCTIONS = (
    "add average concatenate dot maximum minimum multiply subtract Input".split()
)


def both(name, case):
    for package in (keras, minikeras):
        kwargs = arguments_of(case, package)
        yield getattr(package.layers, name)(**kwargs, name="same")


def inputs(case):
    arrays = arrays_of(case, 2, np.random.default_rng(0))
    return [x.astype("int32") if x.dtype == "int64" else x for x in arrays]


def copy_weights(theirs, ours):
    values = {w.path: keras.ops.convert_to_numpy(w) for w in theirs.weights}
    assert {w.path for w in ours.weights} == set(values)
    for w in ours.weights:
        w.assign(values[w.path])


def arguments(target):
    target = target.__init__ if isinstance(target, type) else target
    parameters = inspect.signature(target).parameters.values()
    return [(p.name, p.default, p.kind) for p in parameters]


@pytest.mark.parametrize("name", [*KNOWN, *FUNCTIONS])
def test_signature(name):
    ours = arguments(getattr(minikeras.layers, name))
    theirs = arguments(getattr(keras.layers, name))
    assert [a for a in ours if a[0] != "self"] == [a for a in theirs if a[0] != "self"]


@pytest.mark.parametrize(("name", "case"), EVERY)
def test_config(name, case):
    theirs, ours = both(name, case)
    for layer in (theirs, ours):
        called(layer, case, inputs(case))
    expected = json.loads(json.dumps(theirs.get_config()))
    assert json.loads(json.dumps(ours.get_config())) == expected


@pytest.mark.parametrize(("name", "case"), EVERY)
def test_values(name, case):
    theirs, ours = both(name, case)
    x = inputs(case)
    called(theirs, case, x), called(ours, case, x)
    copy_weights(theirs, ours)
    got, expected = called(ours, case, x), called(theirs, case, x)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("case", CASES["BatchNormalization"])
def test_batch_normalization_in_training(case):
    theirs, ours = both("BatchNormalization", case)
    (x,) = inputs(case)
    for _ in range(3):
        expected = np.asarray(theirs(x, training=True))
        np.testing.assert_allclose(
            ours(x, training=True).numpy(), expected, rtol=1e-4, atol=1e-5
        )
    for mine, real in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, real, rtol=1e-4, atol=1e-6)
