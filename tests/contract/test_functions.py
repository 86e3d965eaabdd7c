"""What every public function of `ops` owes, also those made of several primitives.

It gives what NumPy gives, from arrays, Tensors and Variables alike; its gradient is the
slope; of symbolic tensors it foretells shape and dtype; a plan of it has the same bits.
Primitives have a contract of their own (test_primitives.py, test_plans.py).
"""

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops, tree
from minikeras.tensor import GradientTape, KerasTensor, Primitive, Tensor, Variable
from tests.cases import (
    functions,
    functions_image,
    functions_linalg,
    functions_spectral,
    functions_statistics,
)
from tests.cases.drawing import Described
from tests.cases.functions import KERAS
from tests.cases.plans import STEPS, assert_same

STEP = 1e-5
CASES = {
    **functions.CASES,
    **functions_image.CASES,
    **functions_linalg.CASES,
    **functions_spectral.CASES,
    **functions_statistics.CASES,
}


def public() -> dict:
    """All functions of `ops` and `ops.image` by name."""
    found = {n: getattr(ops, n) for n in ops.__all__ if n not in ops.SUBMODULES}
    found.update((name, getattr(ops.image, name)) for name in ops.image.__all__)
    return found


FUNCTIONS = public()
COMPOSED = {n for n, f in FUNCTIONS.items() if not isinstance(f, Primitive)}
EVERY = [
    pytest.param(name, one, id=f"{name}-{i}")
    for name, calls in CASES.items()
    for i, one in enumerate(calls)
]
every_call = pytest.mark.parametrize(("name", "one"), EVERY)


def without(*traits):
    chosen = [p for p in EVERY if p.values[1].traits.isdisjoint(traits)]
    return pytest.mark.parametrize(("name", "one"), chosen)


def drawn(one, seed=7, dtype="float64"):
    """Structure of arguments, with arrays in the place of descriptions."""
    rng = np.random.default_rng(seed)

    def draw(x):
        if not isinstance(x, Described):
            return x
        array = x.draw(rng)
        return array.astype(dtype) if array.dtype.kind == "f" else array

    def inside(x):
        if type(x) is list:
            return [inside(item) for item in x]
        return draw(x)

    return [inside(x) for x in one.args], {k: draw(x) for k, x in one.kwargs.items()}


def leaves(args, kwargs) -> list:
    """The arrays among the arguments."""
    flat = [y for x in args for y in (x if type(x) is list else [x])]
    return [x for x in [*flat, *kwargs.values()] if isinstance(x, np.ndarray)]


def replaced(args, kwargs, values):
    """The arguments with other values in the place of the arrays."""
    values = iter(values)

    def swap(x):
        if type(x) is list:
            return [swap(item) for item in x]
        return next(values) if isinstance(x, np.ndarray) else x

    return [swap(x) for x in args], {k: swap(x) for k, x in kwargs.items()}


def run(name, args, kwargs):
    return FUNCTIONS[name](*args, **kwargs)


def numbers(result) -> list:
    return [np.asarray(x) for x in tree.flatten(result)]


def test_every_function_has_a_case():
    assert COMPOSED - set(CASES) == set()


def test_every_case_is_of_a_function():
    assert set(CASES) - COMPOSED == set()


@without("random")
def test_what_numpy_gives(name, one):
    args, kwargs = drawn(one)
    got = numbers(run(name, args, kwargs))
    like = one.like or getattr(np, name)
    if like == KERAS:
        assert all(np.isfinite(x).all() for x in got if x.dtype.kind == "f")
        return
    expected = numbers(like(*args, **kwargs))
    for value, wanted in zip(got, expected, strict=True):
        assert value.shape == wanted.shape
        if wanted.dtype.kind in "USO":
            assert value == wanted
        else:
            np.testing.assert_allclose(value, wanted, rtol=1e-6, atol=1e-7)


@without("static", "random")
def test_arrays_tensors_and_variables_alike(name, one):
    args, kwargs = drawn(one, dtype="float32")
    expected = numbers(run(name, args, kwargs))
    for kind in (Tensor, lambda x: Variable(x, dtype=x.dtype.name, trainable=False)):
        values = [kind(x.copy()) for x in leaves(args, kwargs)]
        got = numbers(run(name, *replaced(args, kwargs, values)))
        for value, wanted in zip(got, expected, strict=True):
            assert value.dtype == wanted.dtype
            np.testing.assert_array_equal(value, wanted)


@without("static", "random", "data", "eager", "written")
def test_symbolic_tensors_foretell_shape_and_dtype(name, one):
    args, kwargs = drawn(one, dtype="float32")
    real = [(x.shape, x.dtype.name) for x in numbers(run(name, args, kwargs))]
    symbols = [KerasTensor(x.shape, x.dtype.name) for x in leaves(args, kwargs)]
    got = tree.flatten(run(name, *replaced(args, kwargs, symbols)))
    assert [(x.shape, x.dtype) for x in got] == real


@without("static", "random", "eager")
def test_a_plan_has_the_same_bits(name, one):
    first, options = drawn(one)
    twin = keras.function(lambda *values: run(name, *replaced(first, options, values)))
    for seed in range(STEPS):
        args, kwargs = drawn(one, seed, "float32")
        arrays = leaves(args, kwargs)
        tensors = [Tensor(x.copy()) for x in arrays]
        expected = run(name, *replaced(args, kwargs, tensors))
        assert_same(twin(*arrays), expected)
    is_planned = not one.traits & {"data", "written"}
    assert bool(twin.plans()) == is_planned, twin.reasons()


def smooth():
    """The calls whose result can have a slope."""
    for param in EVERY:
        _, one = param.values
        if one.traits.isdisjoint({"static", "random", "eager", "data"}):
            args, kwargs = drawn(one)
            if any(x.dtype.kind == "f" for x in leaves(args, kwargs)):
                yield param


@pytest.mark.parametrize(("name", "one"), list(smooth()))
def test_the_gradient_is_the_slope(name, one):
    args, kwargs = drawn(one)
    arrays = leaves(args, kwargs)
    rng = np.random.default_rng(3)
    towards = [
        rng.normal(size=x.shape) if x.dtype.kind == "f" else np.zeros(x.shape, x.dtype)
        for x in arrays
    ]

    def total(values):
        weigh = np.random.default_rng(5)
        results = tree.flatten(run(name, *replaced(args, kwargs, values)))
        real = [y for y in map(ops.convert_to_tensor, results) if y.dtype.kind == "f"]
        zero = Tensor(np.zeros(()))
        return sum((ops.sum(y * weigh.normal(size=y.shape)) for y in real), start=zero)

    sources = [Tensor(x) for x in arrays]
    with GradientTape() as tape:
        tape.watch([x for x in sources if x.dtype.kind == "f"])
        y = total(sources)
    slopes = tape.gradient(y, sources)
    found = sum(
        float(np.sum(np.asarray(g) * d))
        for g, d in zip(slopes, towards, strict=True)
        if g is not None
    )
    ahead, behind = (
        float(total([Tensor(x + sign * STEP * d) for x, d in zip(
            arrays, towards, strict=True)]))
        for sign in (1, -1)
    )  # fmt: skip
    expected = (ahead - behind) / (2 * STEP)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
