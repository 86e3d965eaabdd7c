"""What every constraint owes, checked for every constraint in the registry."""

import json

import numpy as np
import pytest

from minikeras import constraints
from minikeras.constraints import CONSTRAINTS
from tests.cases.constraints import CASES

EVERY = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
]
every_constraint = pytest.mark.parametrize(("name", "case"), EVERY)


def matrix():
    return np.random.default_rng(3).normal(size=(3, 4)).astype("float32")


def test_every_constraint_has_a_case():
    assert {name for name, _ in CONSTRAINTS.items()} == set(CASES)


@every_constraint
def test_it_holds_and_then_changes_nothing(name, case):
    constraint = getattr(constraints, name)(**case.kwargs)
    once = np.asarray(constraint(matrix()))
    assert once.dtype == np.float32
    assert case.holds(once)
    np.testing.assert_allclose(constraint(once), once, rtol=1e-5)


@every_constraint
def test_config_round_trip(name, case):
    constraint = getattr(constraints, name)(**case.kwargs)
    form = json.loads(json.dumps(constraints.serialize(constraint)))
    assert (form["module"], form["class_name"]) == ("keras.constraints", name)
    twin = constraints.deserialize(form)
    assert twin.get_config() == form["config"]
    np.testing.assert_array_equal(twin(matrix()), constraint(matrix()))
