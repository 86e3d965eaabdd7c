"""Texts equal plans, bit for bit: printed steps and exported scripts.

Every layer, loss, metric and optimizer that plans can run must have a text that runs
where there is nothing but NumPy.
"""

import numpy as np
import pytest

import minikeras as keras
from minikeras import tree
from tests.cases import layers as layer_cases
from tests.cases import losses as loss_cases
from tests.cases import metrics as metric_cases
from tests.cases import optimizers as optimizer_cases
from tests.cases.layer_case import arguments_of, called
from tests.cases.plans import bits
from tests.contract.test_plans import (
    SLOW_TURNS,
    every,
    layer_inputs,
    loss_batch,
    make_layer,
    metric_batches,
    trained_call,
)


def bare(text, **names):
    """What a text defines, run where there is nothing else."""
    space = dict(names)
    exec(compile(text, "text", "exec"), space)
    return space


def put_in(space, plan):
    """Puts the present values of variables in the places of the text."""
    names = plan.source.names
    for v in plan.program.values():
        if hasattr(v.label, "path") and v.root is v and names.of(v) in space:
            space[names.of(v)][...] = v.array


def exported(model, tmp_path, **options):
    path = tmp_path / "net.py"
    model.export(path, format="numpy", **options)
    return bare(path.read_text("utf-8"), __file__=str(path))


def follow(model, script, steps):
    """Trains model and script alike and compares what they predict after each step."""
    for xs, y in steps:
        model.train_on_batch(xs if len(xs) > 1 else xs[0], y)
        script["train_step"](*xs, y)
        expected = model.predict(xs if len(xs) > 1 else xs[0], verbose=0)
        assert bits(script["predict"](*xs)) == bits(expected)


# Layers -------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "case"), every(layer_cases.PLANNED))
def test_the_printed_step_of_a_layer(name, case):
    layer = make_layer(name, case)
    step = keras.function(trained_call(layer, case))
    for seed in range(3):
        step(*map(keras.ops.convert_to_tensor, layer_inputs(case, seed)))
    space = bare(step.source())
    put_in(space, step.plans()[-1])
    given = list(layer_inputs(case, 7))
    found = [np.copy(x) for x in space["train"](*given)]
    expected = step(*map(keras.ops.convert_to_tensor, given))
    expected = [x.numpy() for x in tree.flatten(expected) if x is not None]
    assert bits(found[: len(expected)]) == bits(expected)  # masks come after them


@pytest.mark.parametrize(("name", "case"), every(layer_cases.PLANNED))
def test_the_script_of_a_layer(name, case, tmp_path):
    shapes = case.shape if isinstance(case.shape, list) else [case.shape]
    dtype = "float32" if case.below is None else "int32"
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
    layer = getattr(keras.layers, name)(**arguments_of(case, keras))
    outputs = called(layer, case, inputs)
    inputs = inputs if isinstance(case.shape, list) else inputs[0]
    model = keras.Model(inputs, outputs)
    model.compile("adam", "mse")

    def batch(samples):
        rng = np.random.default_rng(samples)
        if case.below is None:
            xs = [rng.normal(size=(samples, *s)).astype("float32") for s in shapes]
        else:
            xs = [rng.integers(0, case.below, (samples, *s)) for s in shapes]
            xs = [x.astype("int32") for x in xs]
        y = model.predict(xs if len(xs) > 1 else xs[0], verbose=0)
        return xs, rng.normal(size=y.shape).astype("float32")

    learns = bool(model.trainable_variables)
    if learns:
        xs, y = batch(6)
        model.train_on_batch(xs if len(xs) > 1 else xs[0], y)
    script = exported(model, tmp_path, train=learns)
    for samples in (1, 6, 33):
        xs, _ = batch(samples)
        expected = model.predict(xs if len(xs) > 1 else xs[0], verbose=0)
        assert bits(script["predict"](*xs)) == bits(expected)
    if learns:
        follow(model, script, [batch(6), batch(3)])


# Training -----------------------------------------------------------------------------


def dense(units, activation=None, **settings):
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    layer = keras.layers.Dense(units, activation=activation)
    model = keras.Sequential([keras.Input((3,)), layer])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **settings})
    return model


def steps_of(ys, features=3):
    rng = np.random.default_rng(0)
    for y in ys:
        yield [rng.normal(size=(len(y), features)).astype("float32")], y


@pytest.mark.parametrize("activation", ["sigmoid", "softmax"])
@pytest.mark.parametrize(("name", "case"), every(loss_cases.CASES))
def test_the_script_of_a_loss(name, case, activation, tmp_path):
    if name == "Circle":
        pytest.skip("it sets samples against one another, by a table of their number")
    if case.targets == "sequences":
        pytest.skip("it takes predictions of several frames")
    loss = getattr(keras.losses, name)(**case.kwargs)
    model = dense(4, activation, loss=loss)
    steps = list(steps_of([loss_batch(case, seed)[0] for seed in range(3)]))
    model.train_on_batch(steps[0][0][0], steps[0][1])
    follow(model, exported(model, tmp_path, train=True), steps)


@pytest.mark.parametrize(("name", "case"), every(optimizer_cases.CASES))
def test_the_script_of_an_optimizer(name, case, tmp_path):
    if any(case.kwargs.get(slow) for slow in SLOW_TURNS):
        pytest.skip("such a step is not planned")
    model = dense(2, "tanh", optimizer=getattr(keras.optimizers, name)(**case.kwargs))
    rng = np.random.default_rng(1)
    steps = list(steps_of(rng.normal(size=(4, 5, 2)).astype("float32")))
    model.train_on_batch(steps[0][0][0], steps[0][1])
    follow(model, exported(model, tmp_path, train=True), steps)


@pytest.mark.parametrize(
    ("name", "case"),
    [
        p
        for p in every(metric_cases.CASES)
        if p.values[1].data not in ("values", "labels")
    ],
)
def test_the_script_of_a_metric(name, case, tmp_path):
    if case.kwargs.get("num_regressors"):
        pytest.skip("its result depends in Python on the number of samples so far")
    sparse = case.data == "classes"
    loss = "sparse_categorical_crossentropy" if sparse else "mse"
    metric = getattr(keras.metrics, name)(**case.kwargs)
    model = dense(3, "softmax", loss=loss, metrics=[metric])
    steps = [(x.astype("float32"), y) for x, y in metric_batches(case.data)]
    model.train_on_batch(*steps[0])
    script = exported(model, tmp_path, train=True)
    model.reset_metrics()
    x, y = steps[1]
    expected = model.train_on_batch(x, y, return_dict=True)
    found = script["train_step"](x, y)
    assert found.keys() == expected.keys()
    assert all(np.array_equal(found[k], expected[k]) for k in found)
