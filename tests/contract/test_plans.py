"""Plan equals eager, bit for bit: for every primitive, layer, loss, metric, optimizer.

Everything is recorded on some draws of data and replayed on others, which finds values
that were baked in by mistake. A silent fallback is a failure: what stays eager is named
here.
"""

import importlib
import pkgutil

import numpy as np
import pytest

import minikeras as keras
from minikeras import tree
from minikeras.tensor import PRIMITIVES, GradientTape
from tests.cases import layers as layer_cases
from tests.cases import losses as loss_cases
from tests.cases import metrics as metric_cases
from tests.cases import models as model_cases
from tests.cases import optimizers as optimizer_cases
from tests.cases.plans import STEPS, assert_same, call_both, train_both
from tests.cases.primitives import CASES, Described

for module in pkgutil.walk_packages(keras.__path__, "minikeras."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)


def every(cases):
    return [
        pytest.param(name, case, id=f"{name}-{i}")
        for name, some in cases.items()
        for i, case in enumerate(some)
    ]


# Primitives ---------------------------------------------------------------------------

# The shape of the result depends on the values.
UNPLANNED: set[str] = set()


def draw(case, seed):
    """The array arguments of a case, in float32."""
    rng = np.random.default_rng(seed)
    arrays = [x.draw(rng) for x in case.args if isinstance(x, Described)]
    return tuple(x.astype("float32") if x.dtype.kind == "f" else x for x in arrays)


def called(primitive, case, arrays):
    """Calls a primitive with the arrays and the case's own numbers."""
    given = iter(arrays)
    args = [next(given) if isinstance(x, Described) else x for x in case.args]
    return primitive(*args, **case.metadata)


def weights_like(y, rng):
    return rng.normal(size=y.shape).astype("float32")


@pytest.mark.parametrize(("name", "case"), every(CASES))
def test_primitive(name, case):
    primitive = PRIMITIVES[name]
    planned = name not in UNPLANNED
    draws = [draw(case, seed) for seed in range(STEPS)]

    def call(*arrays):
        return called(primitive, case, arrays)

    call_both(call, draws, planned=planned)


def sources_of(primitive, case, arrays):
    """The real arguments that have a gradient rule."""
    places = [i for i, x in enumerate(case.args) if isinstance(x, Described)]
    return [
        x
        for i, x in zip(places, arrays, strict=True)
        if x.dtype.kind == "f" and (primitive.joint or i in primitive.rules)
    ]


DIFFERENTIABLE = [
    param
    for param in every(CASES)
    if param.values[1].order
    and sources_of(PRIMITIVES[param.values[0]], param.values[1], draw(param.values[1], 0))
]


@pytest.mark.parametrize(("name", "case"), DIFFERENTIABLE)
def test_gradient(name, case):
    primitive = PRIMITIVES[name]

    def gradient(*arrays):
        rng = np.random.default_rng(11)
        sources = sources_of(primitive, case, arrays)
        with GradientTape() as tape:
            tape.watch(sources)
            results = tree.flatten(called(primitive, case, arrays))
            total = sum(
                keras.ops.sum(y * weights_like(y, rng))
                for y in results
                if y.dtype.kind == "f"
            )
        slopes = tape.gradient(total, sources)
        return [total, *(g for g in slopes if g is not None)]

    draws = [draw(case, seed) for seed in range(STEPS)]
    call_both(gradient, draws, planned=name not in UNPLANNED)


# Layers -------------------------------------------------------------------------------


def layer_inputs(case, seed, batch=2):
    rng = np.random.default_rng(seed)
    shapes = case.shape if isinstance(case.shape, list) else [case.shape]
    return tuple(
        rng.normal(size=(batch, *shape)).astype("float32")
        if case.below is None
        else rng.integers(0, case.below, (batch, *shape)).astype("int32")
        for shape in shapes
    )


def make_layer(name, case):
    arguments = dict(case.kwargs)
    if name == "Lambda":
        arguments["function"] = getattr(keras.activations, arguments["function"])
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    layer = getattr(keras.layers, name)(**arguments)
    first = layer_inputs(case, 0)
    layer(list(first) if isinstance(case.shape, list) else first[0])
    rng = np.random.default_rng(2)
    for w in layer.trainable_weights:
        w.assign(rng.normal(size=w.shape))
    return layer


def trained_call(layer, case):
    """A function: outputs while training, losses, and all gradients."""

    def train(*xs):
        floats = list(xs) if case.below is None else []
        with GradientTape() as tape:
            tape.watch(floats)
            y = layer(list(xs) if isinstance(case.shape, list) else xs[0], training=True)
            total = keras.ops.sum(keras.ops.square(y) + y)
            for loss in layer.losses:
                total = total + loss
        slopes = tape.gradient(total, [*layer.trainable_weights, *floats])
        return [y, total, *slopes]

    return train


def inferred_call(layer, case):
    """A function: outputs afterwards."""

    def infer(*xs):
        return layer(list(xs) if isinstance(case.shape, list) else xs[0])

    return infer


@pytest.mark.parametrize(("name", "case"), every(layer_cases.CASES))
def test_layer(name, case):
    runs = []
    for way in (keras.function, lambda function: function):
        layer = make_layer(name, case)
        train = way(trained_call(layer, case))
        infer = way(inferred_call(layer, case))
        outcomes = []
        for seed in range(STEPS):
            xs = [keras.ops.convert_to_tensor(x) for x in layer_inputs(case, seed)]
            outcomes.append([train(*xs), infer(*xs)])
        runs.append((train, infer, outcomes, [np.array(v) for v in layer.variables]))
    (train, infer, *planned), (_, _, *eager) = runs
    assert_same(planned, eager)
    for step in (train, infer):
        assert step.reasons() == [] and len(step.plans()) == 1
