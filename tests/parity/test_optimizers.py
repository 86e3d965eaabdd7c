"""Optimizers next to those of real Keras: signatures, configs, names, numbers."""

import inspect
import json
import re

import numpy as np
import pytest

import minikeras
from tests.cases.optimizers import CASES, START

keras = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras")

EVERY = [
    pytest.param(name, case.kwargs, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
]
COMBINED = [
    ("SGD", {"momentum": 0.5, "weight_decay": 0.1, "gradient_accumulation_steps": 3}),
    ("SGD", {"use_ema": True, "ema_momentum": 0.7, "gradient_accumulation_steps": 2}),
    (
        "Adam",
        {
            "use_ema": True,
            "ema_momentum": 0.5,
            "ema_overwrite_frequency": 2,
            "gradient_accumulation_steps": 2,
            "global_clipnorm": 0.5,
            "weight_decay": 0.05,
        },
    ),
    ("RMSprop", {"clipvalue": 0.2, "centered": True, "loss_scale_factor": 2.0}),
]


FORMS = {"wide": (3, 4), "tall": (5, 2), "cube": (2, 3, 4), "embedding": (6, 2)}
MATRICES = {
    name: np.random.default_rng(len(name)).normal(size=shape)
    for name, shape in FORMS.items()
}
BY_MATRIX = [
    ("Adafactor", {}),
    (
        "Adafactor",
        {"beta_2_decay": -0.5, "clip_threshold": 0.5, "relative_step": False},
    ),
    ("Lamb", {"weight_decay": 0.01}),
    ("Muon", {}),
    ("Muon", {"nesterov": False, "ns_steps": 3, "rms_rate": None}),
    ("Muon", {"weight_decay": None, "adam_weight_decay": 0.1, "adam_lr_ratio": 0.5}),
    ("Muon", {"exclude_layers": ["ta"], "exclude_embeddings": False}),
    ("ScheduleFreeAdamW", {"warmup_steps": 4}),
]


def train(package, optimizer, steps=7, constrained=False, start=None):
    rng = np.random.default_rng(5)
    start = start or dict(zip(("kernel", "bias"), START, strict=True))
    variables = [
        package.Variable(np.array(value, "float32"), name=name)
        for name, value in start.items()
    ]
    if constrained:
        variables[0].constraint = package.constraints.MaxNorm(3.0)
    for _ in range(steps):
        gradients = [rng.normal(size=v.shape).astype("float32") for v in variables]
        if package is minikeras:
            optimizer.apply(gradients, variables)
        else:
            tensors = [keras.ops.convert_to_tensor(g) for g in gradients]
            optimizer.apply(tensors, variables)
    optimizer.finalize_variable_values(variables)
    values = [np.asarray(v) for v in (*variables, *optimizer.variables)]
    paths = [re.sub(r"variable_\d+$", "variable", v.path) for v in optimizer.variables]
    return values, paths


def both(name, kwargs):
    return [
        getattr(package.optimizers, name)(**kwargs, name="same")
        for package in (keras, minikeras)
    ]


def compare(theirs, ours, **kwargs):
    expected, paths = train(keras, theirs, **kwargs)
    values, names = train(minikeras, ours, **kwargs)
    assert names == paths
    for value, wanted in zip(values, expected, strict=True):
        np.testing.assert_allclose(value, wanted, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", ["Optimizer", *CASES])
def test_signatures(name):
    theirs, ours = (getattr(p.optimizers, name) for p in (keras, minikeras))
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))


@pytest.mark.parametrize(("name", "kwargs"), EVERY)
def test_configs(name, kwargs):
    theirs, ours = both(name, kwargs)
    forms = [keras.optimizers.serialize(theirs), minikeras.optimizers.serialize(ours)]
    assert forms[1] == forms[0]
    assert list(forms[1]["config"])[:2] == ["name", "learning_rate"]
    json.dumps(forms[1])
    if name != "Lamb":  # Keras 3.15 does not find it again
        assert type(keras.optimizers.deserialize(forms[1])) is type(theirs)


@pytest.mark.parametrize(("name", "kwargs"), EVERY + COMBINED)
@pytest.mark.parametrize("constrained", [False, True])
def test_weights_and_state(name, kwargs, constrained):
    compare(*both(name, {"learning_rate": 0.1, **kwargs}), constrained=constrained)


@pytest.mark.parametrize(("name", "kwargs"), BY_MATRIX)
def test_matrices(name, kwargs):
    compare(*both(name, {"learning_rate": 0.1, **kwargs}), start=MATRICES)


def test_a_schedule():
    pair = [
        package.optimizers.SGD(
            package.optimizers.schedules.ExponentialDecay(0.5, 2, 0.5, staircase=True),
            gradient_accumulation_steps=2,
            name="same",
        )
        for package in (keras, minikeras)
    ]
    assert pair[0].get_config() == pair[1].get_config()
    compare(*pair)


@pytest.mark.parametrize("step", [0, 1, 4, 5, 9])
def test_schedules(step):
    for name, args in (
        ("ExponentialDecay", (0.5, 4, 0.5)),
        ("PiecewiseConstantDecay", ([1, 5], [0.5, 0.25, 0.125])),
        ("CosineDecay", (0.5, 7, 0.1)),
        ("CosineDecayRestarts", (0.5, 3, 1.5, 0.8, 0.1)),
        ("InverseTimeDecay", (0.5, 3, 0.5, True)),
        ("PolynomialDecay", (0.5, 4, 0.01, 2.0, True)),
    ):
        theirs, ours = (
            getattr(package.optimizers.schedules, name)(*args)
            for package in (keras, minikeras)
        )
        np.testing.assert_allclose(float(ours(step)), float(theirs(step)), rtol=1e-6)
