"""Regularizers and constraints: identifiers, and what goes wrong."""

import numpy as np
import pytest

from minikeras import constraints, regularizers


@pytest.mark.parametrize(
    ("package", "identifier", "name"),
    [
        (regularizers, "l1l2", "L1L2"),
        (regularizers, {"class_name": "L2", "config": {"l2": 0.3}}, "L2"),
        (regularizers, regularizers.L1, "L1"),
        (constraints, "unit_norm", "UnitNorm"),
        (constraints, {"class_name": "max_norm", "config": {}}, "MaxNorm"),
        (constraints, constraints.NonNeg, "NonNeg"),
    ],
)
def test_get(package, identifier, name):
    found = package.get(identifier)
    assert type(found).__name__ == name
    assert package.get(found) is found
    assert package.get(None) is None


def test_lower_case_names_are_the_classes():
    assert regularizers.l1_l2 is regularizers.L1L2
    assert constraints.max_norm is constraints.MaxNorm


def test_none_is_no_penalty():
    assert regularizers.L1L2(l1=None, l2=None).get_config() == {"l1": 0.0, "l2": 0.0}


def test_the_base_classes_do_nothing():
    x = np.ones(2)
    assert regularizers.Regularizer()(x) == 0.0
    assert constraints.Constraint()(x) is x


def test_min_max_norm_goes_part_of_the_way():
    w = constraints.MinMaxNorm(1.0, 2.0, rate=0.5, axis=None)(np.array([3.0, 4.0]))
    np.testing.assert_allclose(np.linalg.norm(w), 3.5, rtol=1e-5)


def test_constraints_over_several_axes():
    kernel = np.ones((2, 2, 1, 3), "float32")
    scaled = constraints.UnitNorm(axis=[0, 1, 2])(kernel).numpy()
    np.testing.assert_allclose((scaled**2).sum((0, 1, 2)), 1, rtol=1e-5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: regularizers.get("l3"), "Unknown regularizer 'l3'"),
        (lambda: constraints.get("maxnrom"), r"Unknown constraint 'maxnrom'. Did you"),
        (
            lambda: regularizers.L1(-1),
            r"L1: l1 must be a number of 0 or more, got -1 \(",
        ),
        (lambda: regularizers.L2("a"), "L2: l2 must be a number of 0 or more"),
        (lambda: regularizers.L1L2(l2=np.inf), "L1L2: l2 must be finite"),
        (lambda: regularizers.OrthogonalRegularizer(mode="row"), "mode must be one of"),
        (
            lambda: regularizers.OrthogonalRegularizer()(np.ones(3)),
            "must be a matrix, g",
        ),
        (lambda: constraints.MaxNorm(-1.0), "MaxNorm: max_value must be a number of 0"),
        (lambda: constraints.MinMaxNorm(2.0, 1.0), "be at least min_value=2.0"),
        (
            lambda: constraints.MinMaxNorm(rate=2.0),
            r"rate must be a number in \[0, 1\]",
        ),
    ],
)
def test_mistakes(call, message):
    with pytest.raises(ValueError, match=message):
        call()
