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
from tests.cases.drawing import Described
from tests.cases.layer_case import arguments_of
from tests.cases.layer_case import called as called_on
from tests.cases.plans import STEPS, assert_same, call_both, train_both
from tests.cases.primitives import CASES

for package in (keras.ops, keras.layers, keras.losses, keras.metrics, keras.optimizers):
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)  # there primitives are declared


def every(cases):
    return [
        pytest.param(name, case, id=f"{name}-{i}")
        for name, some in cases.items()
        for i, case in enumerate(some)
    ]


# Primitives ---------------------------------------------------------------------------

# The shape of the result depends on the values.
UNPLANNED = {"count_up", "nonzero"}  # their shape depends on the data


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


def sources_of(primitive, case, arrays):
    """The real arguments that have a gradient rule."""
    places = [i for i, x in enumerate(case.args) if isinstance(x, Described)]
    return [
        x
        for i, x in zip(places, arrays, strict=True)
        if x.dtype.kind == "f" and (primitive.joint or i in primitive.rules)
    ]


def is_smooth(param):
    name, case = param.values
    return case.order > 0 and bool(sources_of(PRIMITIVES[name], case, draw(case, 0)))


@pytest.mark.parametrize(
    ("name", "case"), [p for p in every(CASES) if not is_smooth(p)]
)
def test_primitive(name, case):
    primitive = PRIMITIVES[name]
    planned = name not in UNPLANNED
    draws = [draw(case, seed) for seed in range(STEPS)]

    def call(*arrays):
        return called(primitive, case, arrays)

    call_both(call, draws, planned=planned)


@pytest.mark.parametrize(("name", "case"), [p for p in every(CASES) if is_smooth(p)])
def test_primitive_and_gradient(name, case):
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
        return [results, total, *(g for g in slopes if g is not None)]

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


def make_layer(name, case, batch=2):
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    layer = getattr(keras.layers, name)(**arguments_of(case, keras))
    first = layer_inputs(case, 0, batch)
    called_on(layer, case, first)
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
            y = called_on(layer, case, xs, training=True)
            total = keras.ops.sum(keras.ops.square(y) + y)
            for loss in layer.losses:
                total = total + loss
        slopes = tape.gradient(total, [*layer.trainable_weights, *floats])
        return [y, total, *slopes]

    return train


def inferred_call(layer, case):
    """A function: outputs afterwards."""

    def infer(*xs):
        return called_on(layer, case, xs)

    return infer


def check_layer(name, case, batch=2):
    """Compares a layer's outputs and gradients both ways; returns the planned steps."""
    runs = []
    for way in (keras.function, lambda function: function):
        layer = make_layer(name, case, batch)
        train = way(trained_call(layer, case))
        infer = way(inferred_call(layer, case))
        outcomes = []
        for seed in range(STEPS):
            xs = [
                keras.ops.convert_to_tensor(x) for x in layer_inputs(case, seed, batch)
            ]
            outcomes.append([train(*xs), infer(*xs)])
        runs.append((train, infer, outcomes, [np.array(v) for v in layer.variables]))
    (train, infer, *planned), (_, _, *eager) = runs
    assert_same(planned, eager)
    for step in (train, infer):
        assert step.reasons() == [] and len(step.plans()) == 1
    return train, infer


@pytest.mark.parametrize(("name", "case"), every(layer_cases.PLANNED))
def test_layer(name, case):
    check_layer(name, case)


# Losses -------------------------------------------------------------------------------


def loss_batch(case, seed):
    y_true, y_pred = loss_cases.arrays(case, seed=seed)
    if y_true.dtype.kind == "i":
        y_true = np.random.default_rng(seed).integers(0, 2, y_true.shape)
        y_true = y_true.astype("int32")
    return y_true.astype(np.promote_types("float32", "int16")), y_pred.astype("float32")


def loss_draw(case, seed, weighted):
    y_true, y_pred = loss_batch(case, seed)
    weights = np.random.default_rng(seed).uniform(0, 2, len(y_pred)).astype("float32")
    return (y_true, y_pred, weights) if weighted else (y_true, y_pred)


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize(("name", "case"), every(loss_cases.CASES))
def test_loss(name, case, weighted):
    loss = getattr(keras.losses, name)(**case.kwargs)

    def slope(y_true, y_pred, sample_weight=None):
        with GradientTape() as tape:
            tape.watch(y_pred)
            value = loss(y_true, y_pred, sample_weight)
        return [value, tape.gradient(value, y_pred)]

    draws = [loss_draw(case, seed, weighted) for seed in range(STEPS)]
    call_both(slope, draws)


def compiled(units, activation=None, **settings):
    """A model of one layer, so that its activation meets the loss."""

    def make():
        model = keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(units, activation=activation)]
        )
        model.compile(**{"optimizer": "sgd", **settings})
        return model

    return make


@pytest.mark.parametrize(("name", "case"), every(loss_cases.CASES))
def test_training_with_a_loss(name, case):
    if case.targets == "sequences":
        pytest.skip("it takes predictions of several frames")
    activation = "softmax" if case.targets in ("one_hot", "classes") else "sigmoid"

    def make():
        loss = getattr(keras.losses, name)(**case.kwargs)
        return compiled(4, activation, loss=loss)()

    rng = np.random.default_rng(0)
    train_both(
        make,
        [(rng.normal(size=(5, 3)), loss_batch(case, seed)[0]) for seed in range(STEPS)],
    )


# Metrics ------------------------------------------------------------------------------


# R2Score with `num_regressors` reads the number of samples so far, to warn.


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize(("name", "case"), every(metric_cases.CASES))
def test_metric(name, case, weighted):
    runs = []
    for way in (keras.function, lambda function: function):
        metric = getattr(keras.metrics, name)(**case.kwargs)
        metric(*metric_cases.batches(case.data, weighted)[0])
        metric.reset_state()

        def update(*arguments, metric=metric):
            metric.update_state(*arguments)
            return metric.result()

        step, results = way(update), []
        for seed in range(STEPS):
            for batch in metric_cases.batches(case.data, weighted, seed=seed):
                batch = [np.ascontiguousarray(x) for x in batch]
                result = step(*map(keras.ops.convert_to_tensor, batch))
                results.append(np.array(result))
        runs.append((step, results, [np.array(v) for v in metric.variables]))
    (step, *planned), (_, *eager) = runs
    assert_same(planned, eager)
    assert (len(step.reasons()) == 2) == (case.kwargs.get("num_regressors", 0) > 0)
    assert len(step.plans()) + len(step.reasons()) == 2  # for 6 and for 4 samples


def metric_batches(data):
    for seed in range(STEPS):
        rng = np.random.default_rng(seed)
        y_true, _ = metric_cases.batches(data, seed=seed)[0]
        yield rng.normal(size=(6, 3)), y_true


@pytest.mark.parametrize(
    ("name", "case"),
    [
        p
        for p in every(metric_cases.CASES)
        if p.values[1].data not in ("values", "labels")
    ],
)
def test_training_with_a_metric(name, case):
    def make():
        metric = getattr(keras.metrics, name)(**case.kwargs)
        sparse = case.data == "classes"
        loss = "sparse_categorical_crossentropy" if sparse else "mse"
        return compiled(3, "softmax", loss=loss, metrics=[metric])()

    train_both(make, metric_batches(case.data))


# Optimizers ---------------------------------------------------------------------------

# Their steps branch in Python on the number of steps taken.
SLOW_TURNS = ("use_ema", "gradient_accumulation_steps")


@pytest.mark.parametrize(("name", "case"), every(optimizer_cases.CASES))
def test_optimizer(name, case):
    def make():
        model = keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(2)]
        )
        model.compile(getattr(keras.optimizers, name)(**case.kwargs), "mse")
        return model

    rng = np.random.default_rng(0)
    batches = [(rng.normal(size=(5, 3)), rng.normal(size=(5, 2))) for _ in range(7)]
    planned = not any(case.kwargs.get(slow) for slow in SLOW_TURNS)
    train_both(make, batches, planned=planned)


# Models -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.build.__name__)
        for cases in model_cases.CASES.values()
        for case in cases
    ],
)
def test_model(case):
    def given(seed):
        rng = np.random.default_rng(seed)

        def drawn(x):
            below = rng.integers(0, case.below or 2, x.shape).astype("float32")
            return below if case.below else rng.normal(size=x.shape).astype("float32")

        return tree.map_structure(drawn, model_cases.inputs(case))

    def make():
        model = case.build(keras)
        model(given(0))
        model.compile("adam", "mse")
        return model

    def batch(seed):
        outputs = make()(given(seed))
        rng = np.random.default_rng(seed)
        return given(seed), tree.map_structure(
            lambda y: rng.normal(size=y.shape).astype("float32"), outputs
        )

    batches = [batch(seed) for seed in range(STEPS)]
    model = train_both(make, batches)
    for x, y in batches:
        tested, predicted = model.test_on_batch(x, y), model.predict_on_batch(x)
        keras.config.disable_plans()
        assert_same(model.test_on_batch(x, y), tested)
        assert_same(model.predict_on_batch(x), predicted)
        keras.config.enable_plans()
    for step in (model.test_function, model.predict_function):
        assert step.reasons() == [] and len(step.plans()) == 1
