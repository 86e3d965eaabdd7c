"""What every metric owes, checked for every metric in the registry."""

import json
import pickle

import numpy as np
import pytest

import minikeras as keras
from minikeras.metrics.metric import METRICS
from tests.cases.metrics import BASES, CASES, batches

EVERY = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
]
every_metric = pytest.mark.parametrize(("name", "case"), EVERY)


def make(name, case, /, **kwargs):
    return getattr(keras.metrics, name)(**case.kwargs, **kwargs)


def after(metric, updates):
    for arguments in updates:
        metric.update_state(*arguments)
    return np.asarray(metric.result())


def test_every_metric_has_a_case():
    registered = {name for name, _ in METRICS.items()}
    assert registered - BASES - set(CASES) == set()


@every_metric
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
def test_values_are_those_of_keras(name, case, weighted):
    expected = case.weighted if weighted else case.plain
    got = after(make(name, case), batches(case.data, weighted))
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)


@every_metric
def test_calling_it_updates_and_returns_the_result(name, case):
    metric, twin = make(name, case), make(name, case)
    for arguments in batches(case.data):
        np.testing.assert_array_equal(metric(*arguments), after(twin, [arguments]))


@every_metric
def test_result_leaves_the_state_alone(name, case):
    metric = make(name, case)
    first = after(metric, batches(case.data))
    state = [variable.numpy() for variable in metric.variables]
    np.testing.assert_array_equal(metric.result(), first)
    for variable, before in zip(metric.variables, state, strict=True):
        np.testing.assert_array_equal(variable, before)


@every_metric
def test_reset(name, case):
    metric = make(name, case)
    before = after(metric, batches(case.data))
    metric.reset_state()
    assert all((variable.numpy() == 0).all() for variable in metric.variables)
    np.testing.assert_array_equal(after(metric, batches(case.data)), before)


@every_metric
def test_variables(name, case):
    metric = make(name, case, name="mine")
    after(metric, batches(case.data))
    assert metric.variables
    for variable in metric.variables:
        assert variable.path == f"mine/{variable.name}"
        assert not variable.trainable
        assert variable.dtype == metric.dtype


@every_metric
def test_stateless_forms(name, case):
    metric, twin = make(name, case), make(name, case)
    first, second = batches(case.data)
    after(metric, [first]), after(twin, [first])
    state = [variable.value for variable in metric.variables]
    changed = metric.stateless_update_state(state, *second)
    np.testing.assert_array_equal(metric.result(), twin.result())
    twin.update_state(*second)
    np.testing.assert_array_equal(metric.stateless_result(changed), twin.result())
    for value in metric.stateless_reset_state():
        assert (value.numpy() == 0).all()
    for variable, before in zip(metric.variables, state, strict=True):
        np.testing.assert_array_equal(variable, before)


@every_metric
def test_config_round_trip(name, case):
    metric = make(name, case, name="mine", dtype="float64")
    form = json.loads(json.dumps(keras.metrics.serialize(metric)))
    assert (form["module"], form["class_name"]) == ("keras.metrics", name)
    twin = keras.metrics.deserialize(form)
    assert type(twin) is type(metric)
    assert twin.get_config() == metric.get_config()
    assert {"name": "mine", "dtype": "float64"}.items() <= twin.get_config().items()
    updates = batches(case.data)
    np.testing.assert_array_equal(after(twin, updates), after(metric, updates))


@every_metric
def test_survives_pickle(name, case):
    metric = make(name, case)
    after(metric, batches(case.data))
    twin = pickle.loads(pickle.dumps(metric))
    np.testing.assert_array_equal(twin.result(), metric.result())


@every_metric
def test_targets_of_another_length(name, case):
    arguments = batches(case.data)[0]
    if len(arguments) == 1:
        pytest.skip("takes values alone")
    y_true, y_pred = arguments
    metric = make(name, case)
    with pytest.raises(ValueError, match=r"\(5.* and \(6"):
        metric.update_state(y_true[:5], y_pred)
    assert all((variable.numpy() == 0).all() for variable in metric.variables)
