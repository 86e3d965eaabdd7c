"""Halves of random functions, and what must not be cut."""

import numpy as np
import pytest
from hypothesis import given

import minikeras as keras
from minikeras import ops
from minikeras.tensor import Tensor, Variable
from tests.cases.plans import assert_same, forced_halves
from tests.tensor import test_plan
from tests.tensor.test_plan import built, functions, quick, sums_alike, with_gradients

ROWS = 16


@pytest.fixture(autouse=True, scope="module")
def always():
    with pytest.MonkeyPatch.context() as patch:
        forced_halves(patch)
        patch.setattr(test_plan, "MOST", 400)
        yield


def check(recipe, build):
    rng = np.random.default_rng(7)
    shapes = [(ROWS, 4), (ROWS, 1), (ROWS, 4)][: recipe[2]]
    kept = [rng.normal(size=s) for s in [(ROWS, 4), (4,), ()]]
    ours, theirs = ([Variable(x, dtype="float32") for x in kept] for _ in range(2))
    twin, plain = keras.function(build(recipe, ours)), build(recipe, theirs)
    for _ in range(4):
        inputs = [rng.normal(size=shape).astype("float32") for shape in shapes]
        got, expected = twin(*inputs), plain(*[Tensor(x.copy()) for x in inputs])
        assert_same(got, expected)
        assert_same([v.array for v in ours], [v.array for v in theirs])
    assert len(twin.plans()) == 1, twin.reasons()


@sums_alike
@quick
@given(functions)
def test_random_functions(recipe):
    check(recipe, built)


@sums_alike
@quick
@given(functions)
def test_random_functions_with_gradients(recipe):
    check(recipe, with_gradients)


def stretches(function, *shapes) -> list:
    """What becomes of a function: the calls of each stretch of halves."""
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape).astype("float32") for shape in shapes]
    twin = keras.function(function)
    for _ in range(3):
        got = twin(*arrays)
    assert_same(got, function(*map(Tensor, arrays)))
    (plan,) = twin.plans()
    shared = [one for one in plan.source.shared if hasattr(one, "cut")]
    return [[e.call for e in one.equations if e.style != "view"] for one in shared]


def test_what_treats_samples_alike_is_one_stretch():
    w = Variable(np.ones((4, 3)), dtype="float32")
    made = stretches(lambda x: ops.tanh(ops.matmul(x, w)) * 2.0, (ROWS, 4))
    assert made == [["np.dot", "np.tanh", "np.multiply"]]


def test_a_mean_over_the_batch_parts_two_stretches():
    made = stretches(lambda x: x * x - ops.mean(x * x, axis=0), (ROWS, 4))
    assert made == [["np.multiply"], ["np.subtract"]]


def step_of(function, *arrays):
    """The plan of a function that has been called a few times."""
    twin = keras.function(function)
    for _ in range(3):
        twin(*arrays)
    (plan,) = twin.plans()
    return plan


def test_what_is_needed_later_is_made_later():
    made = stretches(
        lambda x: ((y := x * x) > 0.5) * (y - ops.mean(y, axis=0)), (ROWS, 4)
    )
    assert [len(calls) for calls in made] == [1, len(made[1])]
    assert "np.greater" in made[1]


def test_what_ends_in_the_result_lies_there_from_the_start():
    w = Variable(np.ones((4, 3)), dtype="float32")
    x = np.ones((ROWS, 4), "float32")
    plan = step_of(lambda x: ops.maximum(ops.matmul(x, w) + 1.0, 0.0), x)
    (halves,) = plan.source.shared
    first, _ = halves.shares(plan.memory.arrays)
    arrays = dict(zip(map(id, halves.values()), first, strict=True))
    product, *_, result = (e for e in halves.equations if e.style != "view")
    assert np.shares_memory(*(arrays[id(e.outputs[0])] for e in (product, result)))


def test_a_product_with_the_batch_itself_waits_for_all_of_it():
    made = stretches(lambda x: ops.matmul(y := x * x, ops.transpose(y)), (ROWS, 4))
    assert made[0] == ["np.multiply"]


def test_other_lengths_are_left_whole():
    assert stretches(lambda x, y: x * x + ops.sum(y), (ROWS, 4), (3,)) == []
    assert stretches(lambda x: x * x, (ROWS + 1, 4)) == []


def test_an_error_in_a_half_is_the_steps_error():
    table = Variable(np.ones((3, 4)), dtype="float32")
    twin = keras.function(lambda x: ops.take(table, x, axis=0) * 2.0)
    good = np.zeros((ROWS,), "int32")
    for _ in range(3):
        twin(good)
    with pytest.raises(IndexError):
        twin(good + 7)
