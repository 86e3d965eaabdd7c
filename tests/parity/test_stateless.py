"""Initializers, regularizers, constraints and random next to those of real Keras."""

import inspect

import numpy as np
import pytest

import minikeras
from tests.cases import constraints, initializers, regularizers

keras = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras")

MODULES = ("initializers", "regularizers", "constraints", "random")


def cases_of(*modules):
    return [
        pytest.param(
            module.__name__.split(".")[-1], name, case.kwargs, id=f"{name}-{i}"
        )
        for module in modules
        for name, cases in module.CASES.items()
        for i, case in enumerate(cases)
    ]


EVERY = cases_of(initializers, regularizers, constraints)
WITHOUT_CHANCE = cases_of(regularizers, constraints)
IDENTIFIERS = {
    "initializers": "zeros Zeros zero ones one uniform normal random_uniform he_normal "
    "RandomNormal truncated_normal glorot_uniform GlorotUniform IdentityInitializer "
    "identity orthogonal OrthogonalInitializer variance_scaling stft lecun_uniform",
    "regularizers": "l1 L1 l2 L2 l1l2 L1L2 orthogonal_regularizer",
    "constraints": "max_norm MaxNorm non_neg NonNeg unit_norm min_max_norm MinMaxNorm",
}


def public(module):
    return {name for name in dir(module) if not name.startswith("_")}


@pytest.mark.parametrize("module", MODULES)
def test_public_names_and_signatures(module):
    theirs, ours = (getattr(package, module) for package in (keras, minikeras))
    assert set(ours.__all__) == public(theirs)
    for name in ours.__all__:
        pair = [getattr(package, name) for package in (ours, theirs)]
        if inspect.isclass(pair[0]):
            assert inspect.signature(pair[0]) == inspect.signature(pair[1]), name
        else:
            mine, real = (inspect.signature(f).parameters for f in pair)
            assert list(mine) == list(real), name
            assert [p.default for p in mine.values()] == [
                p.default for p in real.values()
            ]


@pytest.mark.parametrize(("module", "name", "kwargs"), EVERY)
def test_configs(module, name, kwargs):
    theirs, ours = (getattr(package, module) for package in (keras, minikeras))
    form = ours.serialize(getattr(ours, name)(**kwargs))
    if name == "Identity" and kwargs:
        kwargs = {}  # real Keras forgets the gain
        assert form["config"].pop("gain") == 2.0
    assert form == theirs.serialize(getattr(theirs, name)(**kwargs))
    assert type(theirs.deserialize(form)) is getattr(theirs, name)


@pytest.mark.parametrize("module", IDENTIFIERS)
def test_identifiers(module):
    theirs, ours = (getattr(package, module) for package in (keras, minikeras))
    for identifier in IDENTIFIERS[module].split():
        mine, real = (type(m.get(identifier)).__name__ for m in (ours, theirs))
        assert mine == real, identifier


@pytest.mark.parametrize(("module", "name", "kwargs"), WITHOUT_CHANCE)
def test_values(module, name, kwargs):
    theirs, ours = (
        getattr(getattr(package, module), name)(**kwargs)
        for package in (keras, minikeras)
    )
    x = np.random.default_rng(1).normal(size=(3, 3)).astype("float32")
    wanted = np.asarray(theirs(keras.ops.convert_to_tensor(x)))
    np.testing.assert_allclose(np.asarray(ours(x)), wanted, rtol=1e-5, atol=1e-6)
