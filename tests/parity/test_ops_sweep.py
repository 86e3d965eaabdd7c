"""Thousands of small calls of `ops`, drawn over dtypes, shapes and axes, beside Keras.

Each gives the same values, dtype and shape as Keras on JAX, or the same kind of error;
and symbolic tensors foretell that dtype and shape.
"""

import itertools

import numpy as np
import pytest

from minikeras import ops
from minikeras.tensor import KerasTensor
from tests.parity.op_names import BINARY, REDUCING, UNARY, WITH_KEEPDIMS

pytest.importorskip("jax")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "jax":
    pytest.skip("compared with Keras on JAX", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore")  # NaN, overflow, truncated dtypes

DTYPES = ("bool", "int8", "int16", "int32", "uint8", "uint16", "uint32", "float16",
          "float32")  # fmt: skip
SHAPES = ((3, 4), (), (0, 3), (2, 1, 3))

# Where JAX is alone, by name: which calls are left out.
DIVIDING = ("floor_divide", "fmod", "mod")  # whole numbers by 0 give anything
# x - max(x) falls below 0 and wraps around; there is no -1 to cut off at
UNSIGNED = ("softmax", "log_softmax", "hard_tanh")


def is_left_out(name, args) -> bool:
    arrays = [x for x in args if isinstance(x, np.ndarray)]
    kinds = [x.dtype.kind for x in arrays]
    whole = arrays and not {*kinds} & {"f"} and len(arrays) == len(args)
    return (
        (name in DIVIDING and whole and not arrays[-1].all())
        or (name == "power" and whole and (arrays[-1] < 0).any())
        or (name in UNSIGNED and "u" in kinds)
        or (name == "round" and args[0] is True)
    )


def numbers(shape, dtype: str, seed: int) -> np.ndarray:
    """Small numbers, among them 0, some below it and some above 1."""
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return rng.random(shape) < 0.7
    if dtype.startswith("uint"):
        return rng.integers(0, 6, shape).astype(dtype)
    if dtype.startswith("int"):
        return rng.integers(-5, 6, shape).astype(dtype)
    return (rng.normal(size=shape) * 1.3).astype(dtype)


def outcome(package, name, args, kwargs):
    """The arrays that a call gives, or its error."""
    try:
        result = getattr(package, name)(*args, **kwargs)
    except Exception as error:
        return error
    several = result if isinstance(result, (tuple, list)) else [result]
    return [np.asarray(x) for x in several]


def narrow(name: str) -> str:
    """What JAX makes of a dtype: 64 bits become 32."""
    return name.replace("64", "32") if name.endswith("64") else name


def complain(name, args, kwargs, what) -> str:
    shown = [(x.dtype.name, x.shape) if isinstance(x, np.ndarray) else x for x in args]
    return f"{name}{shown} {kwargs}: {what}"


def compare(name, args, kwargs) -> str:
    """What is different in a call, "" if nothing is."""
    theirs = outcome(keras.ops, name, args, kwargs)
    ours = outcome(ops, name, args, kwargs)
    if isinstance(theirs, Exception):
        is_mine = isinstance(ours, (TypeError, ValueError, IndexError))
        if is_mine or not all_floats(args):  # JAX refuses many dtypes that work here
            return ""
        return complain(name, args, kwargs, f"{ours!r:.90} instead of {theirs!r:.90}")
    if isinstance(ours, Exception):
        return complain(name, args, kwargs, f"{ours!r:.90} instead of {theirs!r:.90}")
    for mine, wanted in zip(ours, theirs, strict=True):
        if mine.shape != wanted.shape:
            return complain(name, args, kwargs, f"{mine.shape} not {wanted.shape}")
        if narrow(mine.dtype.name) != narrow(wanted.dtype.name):
            return complain(name, args, kwargs, f"{mine.dtype} not {wanted.dtype}")
        if not close(mine, wanted):
            return complain(name, args, kwargs, f"{mine.ravel()} not {wanted.ravel()}")
    return foretold(name, args, kwargs, ours)


def all_floats(args) -> bool:
    return all(np.asarray(x).dtype.kind == "f" for x in args)


def close(mine, wanted) -> bool:
    half = mine.dtype == np.float16
    kind = "complex128" if mine.dtype.kind == "c" else "float64"
    return np.allclose(
        mine.astype(kind), wanted.astype(kind), rtol=2e-2 if half else 2e-5,
        atol=2e-2 if half else 2e-5, equal_nan=True,
    )  # fmt: skip


def foretold(name, args, kwargs, ours) -> str:
    """What symbolic tensors are told to become, if that is not what comes out."""
    symbols = [
        KerasTensor(x.shape, x.dtype.name) if type(x) is np.ndarray else x for x in args
    ]
    if not any(type(x) is KerasTensor for x in symbols):
        return ""
    result = getattr(ops, name)(*symbols, **kwargs)
    several = result if isinstance(result, (tuple, list)) else [result]
    made = [(x.shape, x.dtype) for x in several]
    if made == [(x.shape, x.dtype.name) for x in ours]:
        return ""
    return complain(name, args, kwargs, f"foretells {made}")


def check(name, calls):
    calls = [call for call in calls if not is_left_out(name, call[0])]
    found = [compare(name, *call) for call in calls]
    assert not any(found), "\n".join(filter(None, found))


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    calls = [([numbers((3, 4), d, i)], {}) for i, d in enumerate(DTYPES)]
    calls += [([numbers(s, "float32", 3)], {}) for s in SHAPES]
    calls += [([x], {}) for x in (2, 0.5, True, [1, 2], [[0.5], [1.5]])]
    check(name, calls)


@pytest.mark.parametrize("name", BINARY)
def test_binary(name):
    pairs = list(itertools.product(DTYPES, DTYPES))[len(name) % 4 :: 4]
    calls = [
        ([numbers((2, 3), a, i), numbers((2, 3), b, i + 1)], {})
        for i, (a, b) in enumerate(pairs)
    ]
    calls += [([numbers((2, 3), d, 5), x], {}) for d in DTYPES for x in (2, 0.5)]
    calls += [([numbers(s, "float32", 5), numbers((3,), "float32", 6)], {})
              for s in ((2, 3), (2, 1), (), (0, 3), (4,))]  # fmt: skip
    check(name, calls)


@pytest.mark.parametrize("name", REDUCING)
def test_along_axes(name):
    single = {"argmax", "argmin", "cumprod", "cumsum", "sort", "argsort"}
    axes = (0, 1, -1, 2, -3) if name in single else (None, 0, -1, (0, 1), 2, (0, 0))
    if name in ("softmax", "log_softmax"):
        axes = (0, -1, (0, 1), 2)
    calls = [
        ([numbers((3, 4), d, i)], {"axis": axis})
        for i, d in enumerate(DTYPES[len(name) % 2 :: 2])
        for axis in axes
    ]
    if name in WITH_KEEPDIMS:
        calls += [
            ([numbers((2, 3, 2), "float32", 1)], {"axis": axis, "keepdims": True})
            for axis in (None, 0, -1)
        ]
    calls += [([numbers((3, 0), "float32", 1)], {"axis": 0})]
    check(name, calls)
