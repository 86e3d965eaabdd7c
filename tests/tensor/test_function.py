"""`minikeras.function`: when there is a plan, when not, and what comes back."""

import itertools
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.tensor import Tensor
from minikeras.tensor.state import state
from tests.cases.plans import STEPS, assert_same, call_both


@pytest.fixture
def debug(caplog):
    caplog.set_level(logging.DEBUG, "minikeras")
    return lambda: [r.getMessage() for r in caplog.records if r.name == "minikeras"]


def draws(*shapes, count=STEPS, dtype="float32"):
    rng = np.random.default_rng(0)
    return [
        tuple(rng.normal(size=s).astype(dtype) for s in shapes) for _ in range(count)
    ]


# What comes back ----------------------------------------------------------------------


def test_a_plan_follows_two_calls_that_did_the_same():
    @keras.function
    def double(x):
        return x + x

    for count, ((x,), plans) in enumerate(zip(draws((3,)), (0, 1, 1, 1), strict=True)):
        np.testing.assert_array_equal(double(x), x + x)
        assert len(double.plans()) == plans, count


def test_a_lambda_has_a_plan():
    twice = keras.function(lambda x: x * 2.0)
    for (x,) in draws((3,)):
        np.testing.assert_array_equal(twice(x), x * 2)
    assert len(twice.plans()) == 1


def test_results_have_the_structure_that_the_function_returns():
    def parts(x, pair):
        return {
            "z": [x * 2.0, (pair["b"], None, 3, "word")],
            "a": ops.sum(pair["a"]),
        }

    given = [(x, {"b": b, "a": a}) for x, a, b in draws((3,), (2,), (4,))]
    call_both(parts, given)


@pytest.mark.parametrize("returned", [(), [], {}, None])
def test_nothing_may_be_returned(returned):
    counter = keras.Variable(0.0)

    @keras.function
    def count():
        counter.assign_add(1.0)
        return returned

    assert [count() for _ in range(5)] == [returned] * 5
    assert float(counter) == 5.0
    assert len(count.plans()) == 1


def test_results_do_not_change_with_later_calls():
    @keras.function
    def all_kinds(x, y):
        return x, ops.reshape(x, (4,)), ops.transpose(y), y[0], x + y, ops.sum(x)

    calls = [(all_kinds(*given), given) for given in draws((2, 2), (2, 2))]
    for got, (x, y) in calls:
        expected = x, x.reshape(4), y.T, y[0], x + y
        for a, b in zip(got, expected, strict=False):
            np.testing.assert_array_equal(a, b)
        assert not any(np.shares_memory(a.array, z) for a in got[-2:] for z in (x, y))


def test_results_of_one_call_do_not_share_memory():
    @keras.function
    def views(x):
        y = x + 1.0
        return y, ops.reshape(y, (4,)), y

    for (x,) in draws((2, 2)):
        got = views(x)
    assert len(views.plans()) == 1
    for a, b in itertools.combinations(got, 2):
        assert not np.shares_memory(a.array, b.array)


def test_values_handed_out_stay_when_a_plan_changes_the_variable():
    total = keras.Variable(np.zeros(2), dtype="float32")

    @keras.function
    def add(x):
        total.assign_add(x)
        return total.value

    held = [add(np.ones(2, "float32")) for _ in range(STEPS)]
    held.append(total.value)
    add(np.ones(2, "float32"))
    assert [x.tolist() for x in held] == [
        [1.0] * 2,
        [2.0] * 2,
        [3.0] * 2,
        *[[4.0] * 2] * 2,
    ]


def test_results_without_axes_are_tensors():
    def places(x):
        return ops.argmax(x), ops.sum(x), ops.all(x > 0), x[0]

    call_both(places, draws((4,)))


def test_inputs_in_any_memory_order():
    def sums(x):
        return ops.sum(x, axis=0), ops.sum(x), ops.matmul(x, ops.transpose(x)), x * 2.0

    def draw(*shape):  # whole numbers: BLAS adds them up in an order of its own
        return rng.integers(-9, 9, size=shape).astype("float32")

    rng = np.random.default_rng(0)
    rows = [draw(40, 30) for _ in range(8)]
    columns = [np.asfortranarray(x) for x in rows]
    steps = [draw(80, 30)[::2] for _ in range(4)]
    call_both(sums, [(x,) for x in rows[:4] + columns[4:] + steps])


def test_one_array_may_be_given_twice():
    def combined(x, y):
        return x - y * 2.0

    same = [(x, x) for (x,) in draws((3,))]
    call_both(combined, same + draws((3,), (3,)) + same[:1])


def test_shapes_and_dtypes_have_plans_of_their_own():
    def root(x):
        return ops.sqrt(ops.abs(x))

    given = draws((3,)) + draws((4,)) + draws((3,), dtype="float64")
    given += [(np.array([1, 4, 9], "int32"),)] * 4
    twin = call_both(root, given)
    assert len(twin.plans()) == 4


def test_other_arguments_are_part_of_the_combination():
    def scaled(x, factor, *, negate=False):
        return -x * factor if negate else x * factor

    twin = keras.function(scaled)
    for factor, negate in itertools.product([2, 2.0, True, 3.0, 0.0, -0.0], [0, 1]):
        for (x,) in draws((3,)):
            got = twin(x, factor, negate=bool(negate))
            assert_same(got, scaled(Tensor(x), factor, negate=bool(negate)))


def test_a_mask_that_comes_with_a_tensor_is_not_baked_in():
    flatten = keras.layers.Masking()

    @keras.function
    def weighed(x):
        return ops.sum(x) * ops.cast(
            ops.sum(ops.cast(x._keras_mask, "float32")), "float32"
        )

    for seed, kept in enumerate([[1, 1, 1], [1, 1, 1], [1, 0, 0], [0, 0, 0]]):
        x = flatten(np.random.default_rng(seed).normal(size=(1, 3, 2)))
        x._keras_mask = Tensor(np.array([kept], bool))
        expected = weighed.function(x)
        np.testing.assert_array_equal(weighed(x), expected)


def test_masks_of_results_are_kept():
    layer = keras.layers.Masking()

    def call(x):
        return layer(x)

    twin = keras.function(call)
    for (x,) in draws((2, 3, 4)):
        x[0, 1:] = 0
        expected = call(Tensor(x))._keras_mask
        np.testing.assert_array_equal(twin(x)._keras_mask, expected)


def test_an_array_from_outside_is_read_anew():
    offset = np.zeros(3, "float32")

    @keras.function
    def shifted(x):
        return x + offset

    for i, (x,) in enumerate(draws((3,))):
        offset[...] = i
        np.testing.assert_array_equal(shifted(x), x + np.float32(i))


def test_variables_are_read_anew_wherever_they_are():
    weight = keras.Variable(np.ones(3), dtype="float32")

    @keras.function
    def scaled(x):
        return x * weight

    for i, (x,) in enumerate(draws((3,), count=6)):
        weight.assign(np.full(3, i))
        if i == 4:
            weight.reseat(np.empty(3, "float32"))
            weight.assign(np.full(3, 7.0))
            i = 7
        np.testing.assert_array_equal(scaled(x), x * np.float32(i))


def test_random_numbers_are_other_ones_in_each_call():
    def noise(x):
        return x + keras.random.normal((3,)) + keras.random.uniform((3,), seed=1)

    runs = []
    for way in (keras.function, lambda f: f):
        keras.utils.set_random_seed(0)
        step = way(noise)
        runs.append([step(Tensor(np.zeros(3, "float32"))) for _ in range(6)])
    assert_same(*runs)
    assert len({x.numpy().tobytes() for x in runs[0]}) == 6


def test_the_default_dtype_counts():
    @keras.function
    def made(x):
        return x + ops.ones((3,))

    for floatx in ("float32", "float64", "float32"):
        keras.config.set_floatx(floatx)
        for _ in range(STEPS):
            got = made(np.zeros(3, "int32"))
            assert got.dtype == floatx


# No plan ------------------------------------------------------------------------------

reads = {
    "float": lambda x: x * float(x[0]),
    "if": lambda x: x if x[0] > 0 else -x,
    "numpy": lambda x: x + x.numpy().max(),
    "asarray": lambda x: x + np.asarray(x)[0],
    "item": lambda x: x * x[1].item(),
    "tolist": lambda x: x * x.tolist()[1],
    "int": lambda x: x * int(x[0] * 10),
    "index": lambda x: x * [1.0, 2.0, 3.0][ops.argmax(x)],
    "bool": lambda x: x * (1.0 if bool(ops.all(x > 0)) else 2.0),
    "print": lambda x: x * len(repr(x)),
    "format": lambda x: x * len(f"{x[0]:.3f}"),
    "in": lambda x: x * (2.0 if x[0] in [x[0]] else 1.0),
    "sum of numpy": lambda x: x + float(np.sum(x.numpy())),
    "nonzero": lambda x: ops.concatenate(ops.nonzero(x > 0)),
    "mask": lambda x: x[x > 0],
}


@pytest.mark.parametrize("name", reads)
def test_functions_that_read_values_stay_as_written(name, debug):
    def reading(x):
        return reads[name](x)

    call_both(reading, draws((3,), count=6), planned=False)
    assert len(debug()) == 1 and "reading runs as written, without a plan" in debug()[0]
    if name not in ("nonzero", "mask"):
        assert f"{__file__}:" in debug()[0]


def test_where_values_are_read_is_told_by_file_and_line(debug):
    def reading(x):
        y = x + 1.0
        return y * float(y[0])  # the line in question

    line = reading.__code__.co_firstlineno + 2
    call_both(reading, draws((3,)), planned=False)
    (message,) = debug()
    assert f"{__file__}:{line}" in message


def test_a_counter_in_python_stays_as_written(debug):
    count = itertools.count(1)

    @keras.function
    def counted(x):
        return x * float(next(count))

    x = np.ones(2, "float32")
    assert [counted(x)[0].item() for _ in range(6)] == [1, 2, 3, 4, 5, 6]
    assert counted.plans() == [] and len(debug()) == 1


def test_noise_by_numpy_stays_as_written(debug):
    @keras.function
    def noisy(x):
        return x + np.random.normal(size=2).astype("float32")

    x, seen = np.zeros(2, "float32"), set()
    for _ in range(6):
        seen.add(noisy(x).numpy().tobytes())
    assert len(seen) == 6
    assert noisy.plans() == [] and len(debug()) == 1


def test_a_function_that_builds_what_it_needs_has_a_plan_in_the_end():
    layer = keras.layers.Dense(2)

    @keras.function
    def call(x):
        return layer(x)

    for (x,) in draws((4, 3), count=6):
        np.testing.assert_array_equal(call(x), layer(x))
    assert len(call.plans()) == 1


def test_inside_a_tape_a_function_can_be_differentiated():
    @keras.function
    def square(x):
        return x * x

    for (x,) in draws((3,), count=6):
        x = Tensor(x)
        with keras.GradientTape() as tape:
            tape.watch(x)
            y = square(x)
        np.testing.assert_array_equal(tape.gradient(y, x), 2 * x.numpy())


def test_functions_call_one_another():
    @keras.function
    def inner(x):
        return ops.exp(x)

    def outer(x):
        return inner(x) + inner(x * 2.0)

    call_both(outer, draws((3,), count=6))


def test_plans_can_be_switched_off():
    @keras.function
    def double(x):
        return x + x

    keras.config.disable_plans()
    try:
        for (x,) in draws((3,)):
            np.testing.assert_array_equal(double(x), x + x)
        assert double.plans() == double.reasons() == []
    finally:
        keras.config.enable_plans()


# Errors -------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [0, 1, 3])
def test_errors_of_the_function_pass_through(call):
    wrong = []

    @keras.function
    def careful(x):
        y = x * 2.0
        if wrong:
            raise KeyError("mine")
        return y

    for i, (x,) in enumerate(draws((3,), count=6)):
        if i == call and not careful.plans():
            wrong.append(1)
            with pytest.raises(KeyError, match="mine"):
                careful(x)
            wrong.clear()
        assert state.recorder is None
        np.testing.assert_array_equal(careful(x), x * 2)
    assert len(careful.plans()) == 1


def test_errors_of_ops_are_those_of_eager_calls():
    @keras.function
    def product(x, y):
        return ops.matmul(x, y)

    x, y = np.ones((2, 3), "float32"), np.ones((4, 2), "float32")
    messages = []
    for call in (product.function, product, product):
        with pytest.raises(ValueError) as caught:
            call(Tensor(x), Tensor(y))
        messages.append(str(caught.value))
    assert len(set(messages)) == 1
    assert state.recorder is None


# Threads ------------------------------------------------------------------------------


def test_eight_threads_get_what_one_gets():
    weight = keras.Variable(
        np.random.default_rng(1).normal(size=(4, 4)), dtype="float32"
    )

    @keras.function
    def chain(x):
        y = ops.tanh(ops.matmul(x, weight))
        return ops.softmax(ops.matmul(y, weight)) + ops.sum(x, axis=-1, keepdims=True)

    given = [x for x, _ in draws((2, 4), (3,), count=50)]
    expected = [chain.function(Tensor(x)).numpy() for x in given]
    start = threading.Barrier(8)

    def work(first):
        start.wait()
        turns = [(first + i) % 50 for i in range(250)]
        return all(
            chain(given[i]).numpy().tobytes() == expected[i].tobytes() for i in turns
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))
    assert len(chain.plans()) == 1
