"""What every optimizer owes, checked for every optimizer in the registry."""

import copy
import json

import numpy as np
import pytest

from minikeras import Variable, optimizers
from minikeras.optimizers.base import OPTIMIZERS
from tests.cases.optimizers import CASES, GRADIENTS, START

EVERY = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
]
every_optimizer = pytest.mark.parametrize(("name", "case"), EVERY)


def make(name, case):
    return getattr(optimizers, name)(**case.kwargs)


def weights(dtype="float32"):
    kernel, bias = START
    return [
        Variable(kernel, dtype=dtype, name="kernel"),
        Variable(bias, dtype=dtype, name="bias"),
    ]


def train(optimizer, variables, gradients=GRADIENTS):
    for pair in gradients:
        optimizer.apply([np.array(g, "float32") for g in pair], variables)
    return np.concatenate([v.numpy() for v in variables])


def test_every_optimizer_has_a_case():
    around_others = {"LossScaleOptimizer", "MultiOptimizer", "OptimizerMap"}
    assert {name for name, _ in OPTIMIZERS.items()} - around_others == set(CASES)


@every_optimizer
def test_weights_are_those_of_keras(name, case):
    result = train(make(name, case), weights())
    np.testing.assert_allclose(result, case.weights, rtol=2e-6, atol=1e-6)


@every_optimizer
def test_variables(name, case):
    optimizer = make(name, case)
    optimizer.build(weights())
    names = [v.name for v in optimizer.variables]
    assert names == ["iteration", "learning_rate", *case.kept]
    paths = [v.path for v in optimizer.variables]
    assert paths == [f"{optimizer.name}/{each}" for each in names]
    assert not any(v.trainable for v in optimizer.variables)


@every_optimizer
def test_config_round_trip(name, case):
    optimizer = make(name, case)
    form = json.loads(json.dumps(optimizers.serialize(optimizer)))
    assert (form["module"], form["class_name"]) == ("keras.optimizers", name)
    twin = optimizers.deserialize(form)
    assert twin.get_config() == form["config"]
    np.testing.assert_array_equal(train(twin, weights()), train(optimizer, weights()))


@every_optimizer
def test_it_goes_on_where_it_stopped(name, case):
    optimizer, variables = make(name, case), weights()
    train(optimizer, variables, GRADIENTS[:2])
    store = {}
    optimizer.save_own_variables(store)
    twin, resumed = make(name, case), weights()
    twin.build(resumed)
    twin.load_own_variables(store)
    for mine, theirs in zip(resumed, variables, strict=True):
        mine.assign(theirs)
    after = train(optimizer, variables, GRADIENTS[2:])
    np.testing.assert_array_equal(train(twin, resumed, GRADIENTS[2:]), after)


@every_optimizer
def test_a_deep_copy_goes_its_own_way(name, case):
    pair = (make(name, case), weights())
    train(*pair, GRADIENTS[:2])
    twin, resumed = copy.deepcopy(pair)
    before = np.concatenate([v.numpy() for v in pair[1]])
    after = train(twin, resumed, GRADIENTS[2:])
    np.testing.assert_array_equal(np.concatenate([v.numpy() for v in pair[1]]), before)
    np.testing.assert_array_equal(train(*pair, GRADIENTS[2:]), after)


@every_optimizer
@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_dtype_of_the_weights_is_kept(name, case, dtype):
    optimizer, variables = make(name, case), weights(dtype)
    result = train(optimizer, variables)
    assert {v.dtype for v in optimizer.variables[2:] if v.shape} <= {dtype}
    assert result.dtype == dtype
    np.testing.assert_allclose(result, case.weights, rtol=1e-2, atol=1e-2)


@every_optimizer
def test_values_handed_out_stay_as_they_are(name, case):
    optimizer, variables = make(name, case), weights()
    train(optimizer, variables, GRADIENTS[:2])
    held = [v.value for v in (*variables, *optimizer.variables)]
    before = [x.numpy().copy() for x in held]
    train(optimizer, variables, GRADIENTS[2:])
    for x, value in zip(held, before, strict=True):
        np.testing.assert_array_equal(x, value)


@every_optimizer
def test_gradients_are_not_written(name, case):
    optimizer, variables = make(name, case), weights()
    gradients = [np.array(g, "float32") for g in GRADIENTS[0]]
    before = copy.deepcopy(gradients)
    optimizer.apply(gradients, variables)
    optimizer.apply(gradients, variables)
    for g, value in zip(gradients, before, strict=True):
        np.testing.assert_array_equal(g, value)


@every_optimizer
def test_large_weights_move_like_small_ones(name, case, monkeypatch):
    whole, blocks = weights(), weights()
    expected = train(make(name, case), whole)
    monkeypatch.setattr(optimizers.base, "BLOCK", 2)
    np.testing.assert_array_equal(train(make(name, case), blocks), expected)


@every_optimizer
def test_weights_in_any_memory_order(name, case, monkeypatch):
    grid, g = np.arange(6.0).reshape(2, 3), np.ones((2, 3), "float32")
    rows, columns = (
        Variable(grid, name="kernel"),
        Variable(grid.T.copy().T, name="kernel"),
    )
    assert columns.array.flags.c_contiguous  # the arena of a plan wants it
    monkeypatch.setattr(optimizers.base, "BLOCK", 2)
    for w in (rows, columns):
        make(name, case).apply([g], [w])
    np.testing.assert_array_equal(rows, columns)
