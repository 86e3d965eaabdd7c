"""What every primitive owes, checked for every primitive there is.

Forward values against plain NumPy, gradient rules against finite differences (in
float64, twice where a rule can itself be differentiated), shape and dtype rules against
what comes out, and the manners of kernels: `out=` is used, inputs are left alone.

Primitives of kind "effect" write to their argument or draw random numbers; those have
tests of their own (tests/tensor, tests/test_random.py).
"""

import importlib
import pkgutil

import numpy as np
import pytest

import minikeras
from minikeras.tensor import PRIMITIVES, GradientTape, KerasTensor, Tensor, no_history
from tests.cases.drawing import Described
from tests.cases.primitives import CASES

for module in pkgutil.walk_packages(minikeras.__path__, "minikeras."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

PURE = {name: p for name, p in PRIMITIVES.items() if p.kind != "effect"}
EVERY = [
    pytest.param(PRIMITIVES[name], case, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
    if name in PRIMITIVES
]
every_primitive = pytest.mark.parametrize(("primitive", "case"), EVERY)
STEP = 1e-5
SHAPED_BY_DATA = {"count_up", "nonzero"}  # where they foretell None


def draw(case):
    """The case's arguments: float64, int32 and bool arrays, and Python numbers."""
    rng = np.random.default_rng(7)
    return [x.draw(rng) if isinstance(x, Described) else x for x in case.args]


def metadata_of(primitive, case):
    return {**primitive.defaults, **case.metadata}


def is_real(x):
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


def as_tuple(result):
    return result if isinstance(result, (tuple, list)) else (result,)


def names_of(primitive, count):
    """The argument names, that of a `*args` repeated."""
    last = primitive.arguments[-1]
    return (primitive.arguments + (last,) * count)[:count]


def differentiable(primitive, args):
    """Positions of real arguments that have a gradient rule."""
    if primitive.joint:
        return [i for i, x in enumerate(args) if is_real(x)]
    return [i for i, x in enumerate(args) if is_real(x) and i in primitive.rules]


def with_order(order):
    chosen = [
        param
        for param in EVERY
        if param.values[1].order >= order
        and differentiable(param.values[0], draw(param.values[1]))
    ]
    return pytest.mark.parametrize(("primitive", "case"), chosen)


# What comes out -----------------------------------------------------------------------


def test_every_primitive_has_a_case():
    assert set(PURE) - set(CASES) == set()


def test_every_case_is_of_a_primitive():
    assert set(CASES) - set(PURE) == set()


@every_primitive
def test_kernel_gives_what_the_formula_says(primitive, case):
    got = primitive.kernel(*draw(case), **metadata_of(primitive, case))
    expected = as_tuple(case.reference(*draw(case), **case.metadata))
    for value, wanted in zip(as_tuple(got), expected, strict=True):
        assert np.shape(value) == np.shape(wanted)
        np.testing.assert_allclose(value, wanted, rtol=1e-6, atol=1e-7)


@every_primitive
def test_kernel_leaves_its_arguments_alone(primitive, case):
    args = draw(case)
    for x in args:
        if isinstance(x, np.ndarray):
            x.flags.writeable = False
    primitive.kernel(*args, **metadata_of(primitive, case))


@every_primitive
def test_kernel_fills_out(primitive, case):
    if primitive.kind == "view":
        return
    metadata = metadata_of(primitive, case)
    expected = primitive.kernel(*draw(case), **metadata)
    buffers = [
        np.full(np.shape(x), 77, np.asarray(x).dtype) for x in as_tuple(expected)
    ]
    out = tuple(buffers) if isinstance(expected, tuple) else buffers[0]
    got = primitive.kernel(*draw(case), **metadata, out=out)
    for value, buffer, wanted in zip(
        as_tuple(got), buffers, as_tuple(expected), strict=True
    ):
        assert value is buffer
        np.testing.assert_array_equal(buffer, wanted)


@every_primitive
def test_ufunc_may_write_over_an_argument(primitive, case):
    if primitive.kind != "ufunc":
        return
    metadata = metadata_of(primitive, case)
    expected = np.asarray(primitive.kernel(*draw(case), **metadata))
    for i in range(len(case.args)):
        args = draw(case)
        if np.shape(args[i]) == expected.shape and args[i].dtype == expected.dtype:
            np.testing.assert_array_equal(
                primitive.kernel(*args, **metadata, out=args[i]), expected
            )


@every_primitive
def test_view_shares_memory(primitive, case):
    if primitive.kind != "view":
        return
    (x,) = draw(case)
    for y in as_tuple(primitive.kernel(x, **metadata_of(primitive, case))):
        assert np.shares_memory(x, y)


@every_primitive
def test_ufunc_takes_arrays_without_axes(primitive, case):
    args = draw(case)
    same_shape = {np.shape(x) for x in args if isinstance(x, np.ndarray)}
    if primitive.kind != "ufunc" or len(same_shape) != 1:
        return
    metadata = metadata_of(primitive, case)
    first = [x.reshape(-1)[:1] if isinstance(x, np.ndarray) else x for x in args]
    point = [x.reshape(()) if isinstance(x, np.ndarray) else x for x in first]
    expected = primitive.kernel(*first, **metadata)[0]
    assert primitive.kernel(*point, **metadata) == expected


# Shapes and dtypes --------------------------------------------------------------------


def as_float32(args):
    return [x.astype("float32") if is_real(x) else x for x in args]


@every_primitive
def test_results_have_no_more_than_32_bits(primitive, case):
    got = primitive(*as_float32(draw(case)), **case.metadata)
    if "dtype" not in case.metadata:
        sizes = [y.dtype.itemsize // (1 + (y.dtype.kind == "c")) for y in as_tuple(got)]
        assert max(sizes) <= 4  # of a complex number: each part


def symbolic(x, unknown=None):
    """A KerasTensor like x; positions always tell how many there are in a row."""
    if not isinstance(x, np.ndarray):
        return x
    dims = list(x.shape)
    if unknown is not None and x.ndim > unknown and dims[unknown] != 1:
        if is_real(x) or unknown == 0:
            dims[unknown] = None
    return KerasTensor(dims, x.dtype.name)


def described(primitive, args, case):
    with no_history():
        return as_tuple(primitive(*args, **case.metadata))


@every_primitive
def test_rules_foretell_shape_and_dtype(primitive, case):
    args = as_float32(draw(case))
    got = as_tuple(primitive(*args, **case.metadata))
    foretold = described(primitive, [symbolic(x) for x in args], case)
    assert [y.dtype for y in foretold] == [y.dtype.name for y in got]
    shapes = [y.shape for y in got]
    if primitive.name in SHAPED_BY_DATA:
        pairs = zip([y.shape for y in foretold], shapes, strict=True)
        shapes = [tuple(m and n for m, n in zip(*p, strict=True)) for p in pairs]
    assert [y.shape for y in foretold] == shapes


@every_primitive
def test_shape_rule_bears_unknown_lengths(primitive, case):
    args = as_float32(draw(case))
    real = [y.shape for y in as_tuple(primitive(*args, **case.metadata))]
    for axis in range(max(np.ndim(x) for x in args)):
        unknown = [symbolic(x, unknown=axis) for x in args]
        foretold = described(primitive, unknown, case)
        for y, shape in zip(foretold, real, strict=True):
            assert len(y.shape) == len(shape)
            assert all(m in (None, n) for m, n in zip(y.shape, shape, strict=True))


# Gradients ----------------------------------------------------------------------------


def weights_like(values):
    rng = np.random.default_rng(11)
    return [np.asarray(rng.normal(size=np.shape(x))) for x in values]


def inner(xs, ys):
    """The inner product of two lists of tensors or arrays; None counts as zero."""
    total = 0.0
    for x, y in zip(xs, ys, strict=True):
        if x is not None:
            total = total + minikeras.ops.sum(minikeras.ops.multiply(x, y))
    return total


def run(primitive, case, args):
    """The weighted sum of everything that a primitive returns."""
    results = as_tuple(primitive(*args, **case.metadata))
    return inner(results, weights_like(results))


def gradients(primitive, case, args, places):
    args = [Tensor(x) if isinstance(x, np.ndarray) else x for x in args]
    sources = [args[i] for i in places]
    with GradientTape() as tape:
        tape.watch(sources)
        y = run(primitive, case, args)
    return tape.gradient(y, sources)


def moved(args, places, directions, step):
    args = list(args)
    for i, direction in zip(places, directions, strict=True):
        args[i] = np.asarray(args[i] + step * direction)
    return args


def finite_difference(function, args, places, directions):
    up = function(moved(args, places, directions, STEP))
    down = function(moved(args, places, directions, -STEP))
    return (float(up) - float(down)) / (2 * STEP)


@with_order(1)
def test_gradient_is_the_slope(primitive, case):
    args = draw(case)
    places = differentiable(primitive, args)
    got = gradients(primitive, case, args, places)
    for i, slope in zip(places, got, strict=True):
        (direction,) = weights_like([args[i]])
        expected = finite_difference(
            lambda xs: run(primitive, case, xs), args, [i], [direction]
        )
        found = 0.0 if slope is None else float(inner([slope], [direction]))
        assert slope is None or slope.shape == args[i].shape
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-6)


@with_order(1)
def test_gradient_of_float32_is_float32(primitive, case):
    args = as_float32(draw(case))
    for slope in gradients(primitive, case, args, differentiable(primitive, args)):
        assert slope is None or slope.dtype == np.float32


@with_order(2)
def test_gradient_of_gradient_is_its_slope(primitive, case):
    args = draw(case)
    places = differentiable(primitive, args)
    weights = weights_like([args[i] for i in places])
    directions = [np.asarray(weight + 1) for weight in weights]

    def first(xs):
        return inner(gradients(primitive, case, xs, places), weights)

    tensors = [Tensor(x) if isinstance(x, np.ndarray) else x for x in args]
    sources = [tensors[i] for i in places]
    with GradientTape() as outer:
        outer.watch(sources)
        with GradientTape() as tape:
            tape.watch(sources)
            y = run(primitive, case, tensors)
        slope = inner(tape.gradient(y, sources), weights)
    second = outer.gradient(slope, sources) if isinstance(slope, Tensor) else [None]
    found = (
        float(inner(second, directions)) if any(x is not None for x in second) else 0
    )
    expected = finite_difference(first, args, places, directions)
    assert found == pytest.approx(expected, rel=1e-4, abs=1e-5)


@with_order(1)
def test_rules_read_only_what_they_keep(primitive, case):
    if primitive.kind == "view":
        return
    args = draw(case)
    places = differentiable(primitive, args)
    expected = gradients(primitive, case, args, places)
    tensors = [Tensor(x) if isinstance(x, np.ndarray) else x for x in draw(case)]
    sources = [tensors[i] for i in places]
    with GradientTape() as tape:
        tape.watch(sources)
        results = as_tuple(primitive(*tensors, **case.metadata))
        y = inner(results, weights_like(results))
    poison(primitive, tensors, places, results)
    for slope, wanted in zip(tape.gradient(y, sources), expected, strict=True):
        if wanted is not None:
            np.testing.assert_array_equal(slope, wanted)


def poison(primitive, tensors, places, results):
    """Fills with NaN what no gradient rule asked to keep."""
    needs = tuple(i in places for i in range(len(tensors)))
    keeps, keeps_out = primitive.kept(needs)
    for i, x in enumerate(tensors):
        if isinstance(x, Tensor) and is_real(x.array) and i not in keeps:
            x.array[...] = np.nan
    for y in () if keeps_out else results:
        if y.array.flags.writeable:
            y.array[...] = np.nan
