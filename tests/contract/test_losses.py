"""What every loss owes, checked for every loss in the registry."""

import json
import pickle

import numpy as np
import pytest

import minikeras as keras
from minikeras.losses.loss import LOSSES
from minikeras.utils.naming import to_snake_case
from tests.cases.losses import BASES, CASES, arrays

EVERY = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
]
every_loss = pytest.mark.parametrize(("name", "case"), EVERY)


def make(name, case, /, **kwargs):
    return getattr(keras.losses, name)(**case.kwargs, **kwargs)


def classes():
    return {name for name, found in LOSSES.items() if isinstance(found, type)}


def test_every_loss_has_a_case():
    assert classes() - BASES - set(CASES) == set()


def test_every_loss_function_has_a_class():
    functions = {n for n, found in LOSSES.items() if not isinstance(found, type)}
    snake = {to_snake_case(name) for name in classes()}
    assert functions - snake == set()


@every_loss
def test_values_follow_the_formula(name, case):
    y_true, y_pred = arrays(case)
    losses = make(name, case, reduction=None, dtype="float64")(y_true, y_pred)
    np.testing.assert_allclose(losses, case.formula(y_true, y_pred), rtol=1e-6)


@every_loss
def test_function_and_class_agree(name, case):
    y_true, y_pred = arrays(case)
    loss = make(name, case, reduction="none", dtype="float64")
    values = loss.fn(y_true, keras.ops.convert_to_tensor(y_pred), **loss.arguments)
    np.testing.assert_allclose(values, loss(y_true, y_pred), rtol=1e-12)


@every_loss
def test_reductions(name, case):
    y_true, y_pred = arrays(case)
    each = np.asarray(make(name, case, reduction=None)(y_true, y_pred))
    expected = {"sum": each.sum(), "mean": each.mean()}
    expected["sum_over_batch_size"] = expected["mean_with_sample_weight"] = each.mean()
    for reduction, value in expected.items():
        got = make(name, case, reduction=reduction)(y_true, y_pred)
        assert got.shape == ()
        np.testing.assert_allclose(got, value, rtol=1e-5)


@every_loss
def test_weights_multiply(name, case):
    y_true, y_pred = arrays(case)
    each = make(name, case, reduction=None)
    plain = np.asarray(each(y_true, y_pred))
    weights = np.linspace(0, 2, plain.size, dtype="float32").reshape(plain.shape)
    weighted = each(y_true, y_pred, sample_weight=weights)
    np.testing.assert_allclose(weighted, plain * weights, rtol=1e-6)


@every_loss
def test_masked_samples_do_not_count(name, case):
    y_true, y_pred = arrays(case)
    each = np.asarray(make(name, case, reduction=None)(y_true, y_pred))
    if not each.ndim:
        pytest.skip("one loss for the whole batch")
    kept = np.array([True, False, True, True, False])
    y_pred = keras.ops.convert_to_tensor(y_pred, "float32")
    y_pred._keras_mask = keras.ops.convert_to_tensor(kept)
    got = make(name, case)(y_true, y_pred)
    np.testing.assert_allclose(got, each[kept].mean(), rtol=1e-5)


@every_loss
def test_gradient_follows_the_values(name, case):
    y_true, y_pred = arrays(case)
    loss = make(name, case, dtype="float64")
    direction = np.random.default_rng(1).normal(size=y_pred.shape)
    variable = keras.Variable(y_pred, dtype="float64")
    with keras.GradientTape() as tape:
        value = loss(y_true, variable)
    slope = float((np.asarray(tape.gradient(value, variable)) * direction).sum())
    step = 1e-6 * direction
    ahead, behind = (float(loss(y_true, y_pred + s)) for s in (step, -step))
    assert slope == pytest.approx((ahead - behind) / 2e-6, rel=1e-4, abs=1e-7)


@every_loss
def test_computes_in_its_dtype(name, case):
    y_true, y_pred = arrays(case)
    assert make(name, case)(y_true, y_pred).dtype == "float32"
    assert make(name, case, dtype="float16")(y_true, y_pred).dtype == "float16"


@every_loss
def test_config_round_trip(name, case):
    loss = make(name, case, reduction="sum", name="mine", dtype="float64")
    form = json.loads(json.dumps(keras.losses.serialize(loss)))
    assert (form["module"], form["class_name"]) == ("keras.losses", name)
    twin = keras.losses.deserialize(form)
    assert type(twin) is type(loss)
    assert twin.get_config() == loss.get_config()
    arguments = {"reduction": "sum", "name": "mine", "dtype": "float64"}
    assert arguments.items() <= twin.get_config().items()
    y_true, y_pred = arrays(case)
    assert float(twin(y_true, y_pred)) == float(loss(y_true, y_pred))


@every_loss
def test_survives_pickle(name, case):
    loss = make(name, case)
    assert pickle.loads(pickle.dumps(loss)).get_config() == loss.get_config()


@every_loss
def test_found_by_name(name, case):
    assert type(keras.losses.get(name)) is getattr(keras.losses, name)
    function = make(name, case).fn
    assert keras.losses.get(function.__name__) is function
