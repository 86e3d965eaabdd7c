"""Losses and metrics next to those of real Keras: signatures, configs, values."""

import inspect
import json

import numpy as np
import pytest

import minikeras
from tests.cases import losses as loss_cases
from tests.cases import metrics as metric_cases

keras = pytest.importorskip("keras")
jax = pytest.importorskip("jax")
pytestmark = [
    pytest.mark.skipif(
        keras.backend.backend() != "jax", reason="needs JAX's gradients"
    ),
    pytest.mark.filterwarnings("ignore:Explicitly requested dtype int64:UserWarning"),
]

PACKAGES = (keras, minikeras)


def every(cases):
    return [
        pytest.param(name, case, id=f"{name}-{i}")
        for name, found in cases.items()
        for i, case in enumerate(found)
    ]


every_loss = pytest.mark.parametrize(("name", "case"), every(loss_cases.CASES))
every_metric = pytest.mark.parametrize(("name", "case"), every(metric_cases.CASES))


def public(module):
    return {name for name in dir(module) if not name.startswith("_")}


@pytest.mark.parametrize("family", ["losses", "metrics"])
def test_public_names_and_signatures(family):
    theirs, ours = getattr(keras, family), getattr(minikeras, family)
    assert public(theirs) - set(ours.__all__) == set()
    assert set(ours.__all__) - public(theirs) == set()
    for name in public(theirs):
        expected = inspect.signature(getattr(theirs, name))
        assert str(inspect.signature(getattr(ours, name))) == str(expected), name


def make(package, family, name, case, /, **kwargs):
    return getattr(getattr(package, family), name)(**case.kwargs, **kwargs)


def both(name, case, /, **kwargs):
    return [make(package, "losses", name, case, **kwargs) for package in PACKAGES]


def float32(*arrays):
    return [a.astype("float32") if a.dtype.kind == "f" else a for a in arrays]


@every_loss
@pytest.mark.parametrize("reduction", ["sum", "mean", "mean_with_sample_weight", None])
def test_losses(name, case, reduction):
    theirs, ours = both(name, case, reduction=reduction)
    y_true, y_pred = float32(*loss_cases.arrays(case))
    np.testing.assert_allclose(
        ours(y_true, y_pred), theirs(y_true, y_pred), rtol=1e-4, atol=1e-6
    )
    weight = np.float32(0.5)
    np.testing.assert_allclose(
        ours(y_true, y_pred, weight),
        theirs(y_true, y_pred, weight),
        rtol=1e-4,
        atol=1e-6,
    )


@every_loss
def test_loss_gradients(name, case):
    theirs, ours = both(name, case)
    y_true, y_pred = float32(*loss_cases.arrays(case))
    expected = jax.grad(lambda y: theirs(y_true, y))(y_pred)
    variable = minikeras.Variable(y_pred)
    with minikeras.GradientTape() as tape:
        value = ours(y_true, variable)
    got = tape.gradient(value, variable)
    np.testing.assert_allclose(got, expected, rtol=2e-3, atol=1e-5)


@every_loss
def test_loss_configs(name, case):
    theirs, ours = both(name, case)
    form = minikeras.losses.serialize(ours)
    expected = keras.losses.serialize(theirs)
    lost = {key: form["config"].pop(key) for key in omitted(ours) & set(form["config"])}
    assert form == expected
    form["config"].update(lost)
    assert (
        minikeras.losses.serialize(minikeras.losses.deserialize(expected)) == expected
    )
    if name != "CategoricalGeneralizedCrossEntropy":  # Keras cannot read its own
        keras.losses.deserialize(json.loads(json.dumps(form)))


def omitted(found):
    return {key for key, _ in getattr(found, "keras_omits", ())}


@every_metric
def test_metric_configs_and_variables(name, case):
    theirs, ours = (
        make(package, "metrics", name, case, name="same") for package in PACKAGES
    )
    first = metric_cases.batches(case.data)[0]
    theirs.update_state(*first), ours.update_state(*first)
    described = [
        [(v.name, tuple(v.shape), str(v.dtype)) for v in metric.variables]
        for metric in (theirs, ours)
    ]
    assert described[1] == described[0]
    form = minikeras.metrics.serialize(ours)
    expected = keras.metrics.serialize(theirs)
    lost = {key: form["config"].pop(key) for key in omitted(ours) & set(form["config"])}
    twin = minikeras.metrics.deserialize(json.loads(json.dumps(expected)))
    assert twin.get_config() == form["config"]
    if isinstance(expected["config"].get("label_weights"), dict):  # a tensor, there
        expected["config"]["label_weights"] = form["config"]["label_weights"]
    assert form == json.loads(json.dumps(expected))
    form["config"].update(lost)
    keras.metrics.deserialize(json.loads(json.dumps(form)))
    np.testing.assert_allclose(ours.result(), theirs.result(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("family", ["losses", "metrics"])
def test_names_that_get_accepts(family):
    theirs, ours = getattr(keras, family), getattr(minikeras, family)
    names = [name for name in public(theirs) if name.islower()]
    for name in [
        *names,
        "mse",
        "MSE",
        "mae",
        "MAE",
        "mape",
        "msle",
        "kld",
        "bce",
        "BCE",
    ]:
        try:
            expected = theirs.get(name)
        except ValueError:
            continue
        found = ours.get(name)
        kind = expected if inspect.isfunction(expected) else type(expected)
        ours_kind = found if inspect.isfunction(found) else type(found)
        assert ours_kind.__name__ == kind.__name__
