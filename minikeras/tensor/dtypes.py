"""Dtypes by name, Keras's promotion rules, and dtype rules for primitives.

Promotion follows Keras 3: the least upper bound in the lattice below, where Python's
own numbers are weak. `int` sits under every integer dtype and `float` under every float
dtype, so a Python scalar never widens an array, and int64 + float32 is float32.

A dtype rule takes the dtypes of a primitive's array arguments (names, or the Python
types int, float, bool for scalars) and returns `(cast_to, out)`: the dtype that all
arguments are cast to before the kernel (None: leave them) and the dtype of the result.
"""

import functools
import importlib

import numpy as np

from .. import config

__all__ = [
    "boolean",
    "contracted",
    "counting",
    "finfo",
    "first",
    "fixed",
    "floating",
    "index",
    "is_float",
    "is_int",
    "never_casts",
    "result_type",
    "same",
    "standardize",
    "strong_floats",
    "summed",
    "widening",
]

WEAK = (bool, int, float)
_NAMES = {bool: "bool", int: "int*", float: "float*", complex: "complex64"}
_numbers: dict = {}

_PARENTS = {
    "bool": ("int*",),
    "int*": ("uint8", "int8"),
    "uint8": ("uint16", "int16"),
    "uint16": ("uint32", "int32"),
    "uint32": ("uint64", "int64"),
    "uint64": ("float*",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float*",),
    "float*": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex64": ("complex128",),
    "complex128": (),
    "string": (),
}
_ALLOWED = frozenset(_PARENTS) - {"int*", "float*", "bfloat16", "string"}


def standardize(dtype) -> str:
    """Returns the name of a dtype; None means `config.floatx()`.

    Args:
        dtype: None, a name, a NumPy dtype or type, Python's bool, int or float, or an
            object with a `name` such as a TensorFlow dtype.

    Raises:
        ValueError: if there is no such dtype.

    >>> standardize(np.float32), standardize("int"), standardize(float)
    ('float32', 'int32', 'float32')
    """
    if isinstance(dtype, str) and dtype in _ALLOWED:
        return dtype
    if isinstance(dtype, np.dtype):  # that of float64 is equal to "float"
        return _from_object(dtype)
    if dtype is None or dtype is float or dtype == "float":
        return config.floatx()
    if dtype is int or dtype == "int":
        return "int32"
    if dtype == "string" or dtype is str:
        return "string"
    return _from_object(dtype)


@functools.cache
def _from_object(dtype) -> str:
    try:
        name = np.dtype(getattr(dtype, "name", dtype)).name
    except TypeError:
        name = str(dtype)
    if name.startswith("str") or name == "object":
        return "string"
    if name == "bfloat16":
        return _bfloat16()
    if name not in _ALLOWED:
        raise ValueError(
            f"dtype must be one of {', '.join(sorted({*_ALLOWED, 'bfloat16'}))}, got "
            f"{dtype!r}."
        )
    return name


def bfloat16_number() -> int | None:
    """NumPy's number of bfloat16, once it is known."""
    return _numbers.get("bfloat16")


def _bfloat16() -> str:
    try:  # from now on NumPy knows the name
        module = importlib.import_module("ml_dtypes")
        _numbers["bfloat16"] = np.dtype(module.bfloat16).num
    except ImportError as error:
        raise ValueError(
            "dtype 'bfloat16' is not in NumPy. Try dtype='float32', or install what "
            "adds it: python -m pip install ml_dtypes"
        ) from error
    return "bfloat16"


def finfo(dtype):
    """Returns the limits of a float dtype, as `np.finfo` does."""
    name = standardize(dtype)
    module = importlib.import_module("ml_dtypes") if name == "bfloat16" else np
    return module.finfo(name)


@functools.cache
def _bounds(name: str) -> frozenset:
    """The name and everything above it in the lattice."""
    return frozenset({name}).union(*map(_bounds, _PARENTS[name]))


@functools.cache
def _join(*names: str) -> str:
    common = frozenset.intersection(*map(_bounds, names))
    if not common:
        raise TypeError(f"dtypes {' and '.join(names)} have no dtype in common.")
    return max(common, key=lambda name: len(_bounds(name)))


def result_type(*dtypes) -> str:
    """Returns the dtype that values of these dtypes combine to.

    >>> result_type("int64", "float32"), result_type("int8", int)
    ('float32', 'int8')
    """
    names = [_NAMES.get(d) or standardize(d) for d in dtypes] or ["float*"]
    joined = _join(*names)
    if joined == "uint64" and len(names) > 1:
        return "uint32"  # as in Keras
    return {"int*": "int32", "float*": config.floatx()}.get(joined, joined)


def is_float(dtype) -> bool:
    """Tells whether a dtype is a float dtype."""
    return standardize(dtype).startswith(("float", "bfloat"))


def is_int(dtype) -> bool:
    """Tells whether a dtype is a signed or unsigned integer dtype."""
    return standardize(dtype).startswith(("int", "uint"))


# Dtype rules ------------------------------------------------------------------------


def same(*dtypes):
    """Arguments are promoted to one dtype, which the result has."""
    joined = result_type(*dtypes)
    return joined, joined


def counting(*dtypes):
    """As `same`, with booleans taken as int32."""
    joined = result_type(*dtypes)
    joined = "int32" if joined == "bool" else joined
    return joined, joined


def contracted(*dtypes):
    """As `same`, with sums of products of int8, which would overflow, as int32."""
    joined = result_type(*dtypes)
    joined = "int32" if joined == "int8" else joined
    return joined, joined


def floating(*dtypes):
    """As `same`, with integers and booleans taken as `floatx` floats."""
    joined = result_type(*dtypes)
    if joined.startswith(("bool", "int", "uint")):
        joined = config.floatx()
    return joined, joined


def widening(*dtypes):
    """As `floating`, with int64 taken as float64."""
    joined, _ = same(*dtypes)
    return floating("float64" if joined == "int64" else joined)


def strong_floats(*dtypes):
    """As `floating`, with Python's floats taken as `floatx` ones."""
    return floating(*(config.floatx() if d is float else d for d in dtypes))


def boolean(*dtypes):
    """Arguments are promoted to one dtype; the result is bool."""
    return result_type(*dtypes), "bool"


def never_casts(rule):
    """Marks a rule that leaves all arguments as they are, so nobody need ask it."""
    rule.never_casts = True
    return rule


@never_casts
def first(*dtypes):
    """Nothing is cast; the result has the first argument's dtype."""
    return None, result_type(dtypes[0])


@never_casts
def index(*dtypes):
    """Nothing is cast; the result holds int32 positions."""
    return None, "int32"


def fixed(dtype: str):
    """Nothing is cast; the result has this dtype."""
    return never_casts(lambda *dtypes: (None, dtype))


def summed(*dtypes):
    """As `same`, with bool and small integers summed in int32 (uint32 if unsigned)."""
    joined = result_type(*dtypes)
    if joined in ("bool", "int8", "int16"):
        joined = "int32"
    if joined in ("uint8", "uint16"):
        joined = "uint32"
    return joined, joined
