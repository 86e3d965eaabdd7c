"""Plans of random functions, and of what is easily got wrong, against eager calls."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import minikeras as keras
from minikeras import ops
from minikeras.tensor import GradientTape, Tensor, Variable
from tests.cases.plans import assert_same, bits, call_both

MOST = 60  # elements in a value
CALLS = 4

quick = settings(
    derandomize=True,
    deadline=None,
    max_examples=150,
    report_multiple_bugs=False,
    database=None,
    suppress_health_check=list(HealthCheck),
)

# Asked for `out=`, older versions of NumPy add up a reversed view from its other end.
sums_alike = pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.2.0",
    reason="NumPy before 2.2 adds up reversed views in an order that depends on out=",
)


# Random functions ---------------------------------------------------------------------

# From one value and another of a shape that goes with it. Numbers stay small.
CHANGES = {
    "tanh": lambda x, y: ops.tanh(x),
    "relu": lambda x, y: ops.relu(x),
    "exp": lambda x, y: ops.exp(-ops.abs(x)),
    "square": lambda x, y: ops.square(ops.tanh(x)),
    "softmax": lambda x, y: ops.softmax(x) if x.ndim and x.shape[-1] > 1 else x,
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * ops.tanh(y),
    "maximum": lambda x, y: ops.maximum(x, y),
    "same": lambda x, y: x,
    "itself": lambda x, y: x + x,
    "number": lambda x, y: 0.5 - x,
    "where": lambda x, y: ops.where(x > 0, x, y),
    "half": lambda x, y: ops.cast(ops.cast(x, "float16"), "float32"),
    "matmul": lambda x, y: ops.matmul(x, ops.transpose(x)) if x.ndim == 2 else x,
    "sum": lambda x, y: ops.sum(x, axis=-1) if x.ndim else x,
    "sum up": lambda x, y: ops.sum(x, axis=0, keepdims=True) if x.ndim else x,
    "mean": lambda x, y: ops.mean(x),
    "place": lambda x, y: ops.cast(ops.argmax(x, axis=-1), "float32") if x.ndim else x,
    "join": lambda x, y: ops.concatenate([x, x * 2.0]) if x.ndim else x,
    "sort": lambda x, y: ops.sort(x) if x.ndim else x,
}
VIEWS = {
    "reshape": lambda x: ops.reshape(x, (-1,)),
    "transpose": lambda x: ops.transpose(x),
    "axis": lambda x: ops.expand_dims(x, 0),
    "tail": lambda x: x[1:] if x.ndim and len(x) > 1 else x,
    "every second": lambda x: x[..., ::2] if x.ndim else x,
    "first": lambda x: x[0] if x.ndim else x,
    "flip": lambda x: ops.flip(x) if x.ndim else x,
    "broadcast": lambda x: ops.broadcast_to(x, (2, *x.shape)),
}
WRITES = {
    "assign": lambda v, x: v.assign(x),
    "assign_add": lambda v, x: v.assign_add(x),
    "assign_sub": lambda v, x: v.assign_sub(x),
    "double": lambda v, x: v.assign(v + v),
    "read": lambda v, x: v,
}

number = st.integers(0, 9)
steps = st.lists(
    st.tuples(st.sampled_from([*CHANGES, *VIEWS, *WRITES]), number, number),
    min_size=3,
    max_size=14,
)
functions = st.tuples(
    steps, st.lists(number, min_size=1, max_size=4), st.integers(1, 3)
)


def fits(x, shape) -> bool:
    try:
        return np.broadcast_shapes(x.shape, shape) == tuple(shape)
    except ValueError:
        return False


def built(recipe, variables):
    """The function that a recipe describes: steps, results and number of inputs."""
    steps, results, _ = recipe

    def compute(*inputs):
        values = [*inputs, *(v.value for v in variables)]
        for name, i, j in steps:
            x = values[-1 - i % len(values)]
            if name in WRITES:
                v = variables[j % len(variables)]
                fitting = [y for y in values if y.shape == v.shape]
                WRITES[name](v, fitting[i % len(fitting)])
                made = v.value
            elif name in VIEWS:
                made = VIEWS[name](x)
            else:
                fitting = [y for y in values if fits(y, x.shape)]
                made = CHANGES[name](x, fitting[-1 - j % len(fitting)])
            if made.size <= MOST:
                values.append(made)
        return [values[-1 - i % len(values)] for i in results]

    return compute


def variables():
    rng = np.random.default_rng(5)
    return [Variable(rng.normal(size=s), dtype="float32") for s in [(3, 4), (4,), ()]]


def inputs_of(recipe):
    rng = np.random.default_rng(7)
    shapes = [(3, 4), (4,), (3, 1)][: recipe[2]]
    for _ in range(CALLS):
        yield [rng.normal(size=shape).astype("float32") for shape in shapes]


def check(recipe, build):
    """Calls both ways; compares results, variables and inputs, then and later."""
    ours, theirs = variables(), variables()
    twin, plain = keras.function(build(recipe, ours)), build(recipe, theirs)
    held = []
    for inputs in inputs_of(recipe):
        before = bits(inputs)
        got, expected = twin(*inputs), plain(*[Tensor(x.copy()) for x in inputs])
        assert_same(got, expected)
        assert_same([v.array for v in ours], [v.array for v in theirs])
        assert bits(inputs) == before
        held.append((got, bits(got)))
    assert len(twin.plans()) == 1, twin.reasons()
    assert all(bits(got) == then for got, then in held[2:])  # those of the plan


@sums_alike
@quick
@given(functions)
def test_random_functions(recipe):
    check(recipe, built)


def with_gradients(recipe, variables):
    compute = built(recipe, variables)

    def differentiate(*inputs):
        with GradientTape() as tape:
            tape.watch(inputs)
            results = compute(*inputs)
            total = sum(ops.sum(ops.tanh(y)) for y in results)
        sources = [*inputs, *variables]
        slopes = tape.gradient(total, sources)
        return [total, *results, *[g for g in slopes if g is not None]]

    return differentiate


@sums_alike
@quick
@given(functions)
def test_random_functions_with_gradients(recipe):
    check(recipe, with_gradients)


# Reading and writing variables --------------------------------------------------------


def counted(function):
    """Runs a function of a variable and an input both ways; compares all of it."""
    runs = []
    for way in (keras.function, lambda f: f):
        v = Variable(np.zeros(3), dtype="float32")

        def step(x, v=v):
            return function(v, x)

        step, seen = way(step), []
        for i in range(5):
            seen.append(bits(step(Tensor(np.full(3, i + 1, "float32")))))
            seen.append(v.numpy().tolist())
        runs.append(seen)
    assert runs[0] == runs[1]
    assert len(step.plans() if hasattr(step, "plans") else [1]) == 1


def old_value_is_used(v, x):
    old = v.value
    v.assign_add(x)
    return old * 2.0, v + 0.0, old


def view_of_old_value(v, x):
    old = ops.reshape(v.value * 1.0, (3, 1))
    v.assign(x)
    return old + v, old


def swapped(v, x):
    old = v.value
    v.assign(x)
    x = x + old
    v.assign_add(x)
    v.assign_sub(old)
    return v.value, x


def assigned_to_itself(v, x):
    v.assign(v.value)
    v.assign_add(v)
    v.assign(v[::-1] + x)
    return v.value


def own_view_assigned(v, x):
    v.assign_add(x * ops.arange(3, dtype="float32"))
    v.assign(v[::-1])
    v.assign_add(ops.flip(v.value))
    return v.value


def equal_reads_apart(v, x):
    first = ops.exp(-v.value)
    v.assign_add(x)
    second = ops.exp(-v.value)
    return first, second, first - second


def read_only_after(v, x):
    v.assign(x * 2.0)
    return [v.value, v.value + x, ops.transpose(v.value)]


@pytest.mark.parametrize(
    "function",
    [
        old_value_is_used,
        view_of_old_value,
        swapped,
        assigned_to_itself,
        own_view_assigned,
        equal_reads_apart,
        read_only_after,
    ],
)
def test_variables_in_order(function):
    counted(function)


# Memory -------------------------------------------------------------------------------


def drawn(*shapes, count=CALLS, dtype="float32"):
    rng = np.random.default_rng(0)
    return [
        tuple(rng.normal(size=s).astype(dtype) for s in shapes) for _ in range(count)
    ]


def test_views_keep_what_they_show_alive():
    def views(x):
        y = ops.exp(x)
        shown = y[:, 1]  # by a kernel that is one call
        z = ops.tanh(x + 1.0) * ops.sin(x - 1.0)
        return shown * 2.0, ops.sum(z)

    call_both(views, drawn((3, 4)))


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x[..., 1],
        lambda x: ops.split(x, 2, axis=1)[1],
        lambda x: ops.diagonal(x),
        lambda x: ops.swapaxes(x, 0, 1),
        lambda x: ops.squeeze(ops.expand_dims(x, 1)),
        lambda x: ops.broadcast_to(x[0], (5, 4)),
        lambda x: ops.stop_gradient(x),
        lambda x: ops.unstack(x)[1],
    ],
)
def test_every_kind_of_view_keeps_what_it_shows_alive(view):
    def later(x):
        shown = view(ops.exp(x))
        others = [ops.tanh(x * float(i)) for i in range(4)]
        total = sum(ops.sum(y) for y in others)
        return shown, total

    call_both(later, drawn((4, 4)))


def test_chains_run_in_the_memory_of_one_value():
    def chain(x):
        for _ in range(20):
            x = ops.tanh(x * 2.0 + 1.0)
        return x

    (plan,) = call_both(chain, drawn((32, 32))).plans()
    assert plan.memory.nbytes <= 2 * 32 * 32 * 4


def test_what_nobody_reads_is_not_computed():
    def wasteful(x):
        ops.exp(ops.sin(x))
        return x * 2.0

    (plan,) = call_both(wasteful, drawn((3,))).plans()
    assert [e.call for e in plan.program.equations if e.style != "view"] == [
        "np.multiply"
    ]


def test_what_is_computed_twice_is_computed_once():
    def twice(x):
        return ops.exp(x) + ops.exp(x), ops.exp(x * 2.0)

    (plan,) = call_both(twice, drawn((3,))).plans()
    calls = [e.call for e in plan.program.equations]
    assert calls.count("np.exp") == 2


def test_draws_are_never_merged():
    runs = []
    for way in (keras.function, lambda f: f):
        generator = keras.random.SeedGenerator(1)

        def noise(x, generator=generator):
            a = keras.random.normal((3,), seed=generator)
            return a, keras.random.normal((3,), seed=generator) + x

        step = way(noise)
        runs.append([step(Tensor(np.zeros(3, "float32"))) for _ in range(5)])
    assert_same(*runs)


@pytest.mark.parametrize("dtype", ["float16", "float64", "int32", "bool", "uint8"])
def test_other_dtypes(dtype):
    def mixed(x, y):
        z = ops.cast(x, "float32") * 2.0 + y
        return x, ops.where(y > 0, z, y), ops.cast(z, "int32"), ops.equal(x, x), x + x

    given = [((x * 3).astype(dtype), y) for x, y in drawn((3, 4), (3, 4))]
    call_both(mixed, given)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (1,), (1, 1), ()])
def test_small_and_empty_shapes(shape):
    def small(x):
        return ops.sum(x), x * 2.0, ops.reshape(x, (-1,)), ops.exp(x) + ops.exp(x)

    call_both(small, drawn(shape))


@sums_alike
@pytest.mark.parametrize("shape", [(5, 7), (64, 33), (1, 129)])
def test_reductions_of_views_in_any_order(shape):
    def sums(x):
        turned = ops.transpose(x * 2.0)
        return [
            f(y, axis=axis)
            for f in (ops.sum, ops.mean, ops.var, ops.max)
            for y in (x, turned, ops.flip(x), x[:, ::2], turned[1:])
            for axis in (0, 1, None)
        ]

    call_both(sums, drawn(shape))


def test_warnings_that_kernels_silence_stay_silent():
    def edges(x):
        zero = x * 0.0
        return [
            ops.divide_no_nan(x, zero),
            ops.sigmoid(x * 1e30),
            ops.softmax(x * 1e30),
            ops.log_softmax(x * 1e30),
            ops.softplus(x * 1e30),
            ops.nan_to_num(x),
            ops.logaddexp(x * 1e30, x),
            ops.elu(x * 1e30),
            ops.selu(x * 1e30),
            ops.tanh(x * 1e30),
            ops.erf(x * 1e10),
        ]

    call_both(edges, drawn((8,)))


# Source -------------------------------------------------------------------------------


def test_tracebacks_show_the_lines_of_the_plan():
    import linecache

    @keras.function
    def steps(x):
        return ops.tanh(x) * 2.0

    for (x,) in drawn((3,)):
        steps(x)
    (plan,) = steps.plans()
    filename = plan._run.__code__.co_filename
    first = plan._run.__code__.co_firstlineno
    assert linecache.getline(filename, first).startswith("def steps(")
    assert "np.tanh" in plan.source.text


@pytest.mark.parametrize("name", ["class", "np", "share", "x_1", "zero"])
def test_any_name_will_do_for_a_function(name):
    def step(x, y):
        return ops.tanh(x) * 2.0 - y

    step.__name__ = name
    call_both(step, drawn((3,), (3,)))
