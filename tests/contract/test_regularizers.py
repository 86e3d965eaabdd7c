"""What every regularizer owes, checked for every regularizer in the registry."""

import json

import numpy as np
import pytest

from minikeras import GradientTape, Variable, regularizers
from minikeras.regularizers import REGULARIZERS
from tests.cases.regularizers import CASES

EVERY = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
]
every_regularizer = pytest.mark.parametrize(("name", "case"), EVERY)


def matrix():
    return np.random.default_rng(3).normal(size=(3, 4))


def test_every_regularizer_has_a_case():
    assert {name for name, _ in REGULARIZERS.items()} == set(CASES)


@every_regularizer
def test_penalty(name, case):
    penalty = getattr(regularizers, name)(**case.kwargs)(matrix().astype("float32"))
    assert penalty.shape == ()
    np.testing.assert_allclose(float(penalty), case.formula(matrix()), rtol=1e-5)


@every_regularizer
def test_config_round_trip(name, case):
    regularizer = getattr(regularizers, name)(**case.kwargs)
    form = json.loads(json.dumps(regularizers.serialize(regularizer)))
    assert (form["module"], form["class_name"]) == ("keras.regularizers", name)
    twin = regularizers.deserialize(form)
    assert twin.get_config() == form["config"]
    assert float(twin(matrix())) == float(regularizer(matrix()))


@every_regularizer
def test_gradient(name, case):
    regularizer = getattr(regularizers, name)(**case.kwargs)
    w = Variable(matrix(), dtype="float64")
    with GradientTape() as tape:
        penalty = regularizer(w)
    slope = tape.gradient(penalty, w, unconnected_gradients="zero")
    direction = np.random.default_rng(4).normal(size=w.shape)
    step = 1e-6 * direction
    change = case.formula(matrix() + step) - case.formula(matrix() - step)
    along = float((slope.numpy() * direction).sum())
    np.testing.assert_allclose(along, change / 2e-6, rtol=1e-5, atol=1e-8)
