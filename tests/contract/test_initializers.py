"""What every initializer owes, checked for every initializer in the registry."""

import json

import numpy as np
import pytest

from minikeras import initializers
from minikeras.initializers.base import INITIALIZERS
from tests.cases.initializers import CASES

EVERY = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
]
every_initializer = pytest.mark.parametrize(("name", "case"), EVERY)


def make(name, case):
    return getattr(initializers, name)(**case.kwargs)


def test_every_initializer_has_a_case():
    assert {name for name, _ in INITIALIZERS.items()} == set(CASES)


@every_initializer
def test_values_are_those_of_keras(name, case):
    values = make(name, case)(case.shape)
    assert values.shape == case.shape
    assert values.dtype == np.float32
    expected = np.array(case.values, "float32").reshape(case.shape)
    if name == "STFT":  # sines and cosines: the library's last bit
        np.testing.assert_allclose(values, expected, atol=1e-6)
    else:
        np.testing.assert_array_equal(values, expected)


@every_initializer
def test_config_round_trip(name, case):
    initializer = make(name, case)
    form = json.loads(json.dumps(initializers.serialize(initializer)))
    assert form["module"] == "keras.initializers"
    assert form["class_name"] == name
    twin = initializers.deserialize(form)
    assert json.loads(json.dumps(twin.get_config())) == form["config"]
    np.testing.assert_array_equal(twin(case.shape), initializer(case.shape))
    assert initializer.clone().get_config() == initializer.get_config()


@every_initializer
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_dtype(name, case, dtype):
    values = make(name, case)(case.shape, dtype=dtype)
    assert values.dtype == dtype
    expected = np.reshape(case.values, case.shape)
    np.testing.assert_allclose(values, expected, rtol=2e-3, atol=1e-3)


@every_initializer
def test_a_shape_with_an_open_size_is_refused(name, case):
    with pytest.raises(ValueError, match="shape must have a size for every axis"):
        make(name, case)((None, 3))
