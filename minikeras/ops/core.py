"""Tensors in and out, their shapes and dtypes."""

import math

import numpy as np

from .. import tensor
from ..tensor import (
    KerasTensor,
    Tensor,
    Variable,
    as_array,
    cast,
    custom_gradient,
    dtypes,
    operation,
    primitive,
)
from .bounds import clip
from .common import shape_of

__all__ = [
    "cast",
    "convert_to_numpy",
    "convert_to_tensor",
    "custom_gradient",
    "dtype",
    "is_tensor",
    "ndim",
    "saturate_cast",
    "shape",
    "size",
    "stop_gradient",
    "view",
]


def convert_to_tensor(x, dtype=None, sparse=None, ragged=None):
    """Turns a value into a tensor.

    Args:
        x: Tensor, Variable, array, number or nested list of numbers.
        dtype: Wanted dtype; None keeps that of arrays, and Python's numbers become
            `floatx` floats or int32.
        sparse: Must not be True: there are no sparse tensors here.
        ragged: Must not be True: there are no ragged tensors here.

    >>> convert_to_tensor([1.0, 2.0]).dtype.name
    'float32'
    """
    if sparse or ragged:
        kind = "sparse" if sparse else "ragged"
        raise ValueError(
            f"convert_to_tensor: {kind}=True is not supported on NumPy, which has "
            f"dense arrays only. Leave out {kind}."
        )
    if isinstance(x, (KerasTensor, Variable)):
        value = x.value if isinstance(x, Variable) else x
        same = dtype is None or value.dtype == dtypes.standardize(dtype)
        return value if same else cast(value, dtype=dtype)
    if type(x) is Tensor and x.node is not None and dtype is not None:
        return cast(x, dtype=dtype)
    return tensor.convert_to_tensor(x, dtype)


def convert_to_numpy(x) -> np.ndarray:
    """Turns a value into an ndarray of its own.

    >>> convert_to_numpy([1, 2]).tolist()
    [1, 2]
    """
    return np.array(as_array(x) if not isinstance(x, Tensor) else x.numpy())


def is_tensor(x) -> bool:
    """Tells whether a value is a `Tensor`.

    >>> is_tensor(convert_to_tensor(1.0)), is_tensor(1.0)
    (True, False)
    """
    return isinstance(x, Tensor)


def shape(x) -> tuple:
    """Returns the shape of a tensor; None stands for lengths that are not known yet.

    >>> shape([[1, 2, 3]])
    (1, 3)
    """
    return shape_of(x)


def dtype(x) -> str:
    """Returns the name of a tensor's dtype.

    >>> dtype(convert_to_tensor(1.0))
    'float32'
    """
    return dtypes.standardize(x.dtype)


def ndim(x) -> int:
    """Returns the number of axes.

    >>> ndim([[1, 2, 3]])
    2
    """
    return len(shape_of(x))


def size(x) -> int | None:
    """Returns the number of elements; None if it is not known yet.

    >>> size([[1, 2, 3]])
    3
    """
    dims = shape_of(x)
    return None if None in dims else math.prod(dims)


@operation
def stop_gradient(variable):
    """Passes a value on as a constant: no gradient flows back through it."""
    return tensor.stop_gradient(variable)


@operation
def saturate_cast(x, dtype):
    """Converts to another dtype; values out of its range become its nearest value.

    >>> saturate_cast([-1.0, 300.0], "uint8").tolist()
    [0, 255]
    """
    wanted = dtypes.standardize(dtype)
    given = getattr(x, "dtype", None) or tensor.convert_to_tensor(x).dtype
    below, above = _range(wanted)
    lowest, highest = _range(dtypes.standardize(given))
    inside = clip(x, max(below, lowest), min(above, highest))
    return cast(inside, dtype=wanted)


def _range(name: str) -> tuple:
    if name == "bool":
        return 0, 1
    info = dtypes.finfo(name) if dtypes.is_float(name) else np.iinfo(name)
    kind = float if name.startswith("float") else int
    return kind(info.min), kind(info.max)


def _viewed(x, *, dtype, widths):
    old, new = widths
    if old == new:
        return x
    if not x or (x[-1] is not None and x[-1] * old % new):
        raise ValueError(
            f"view: the last axis must hold whole elements of {dtype} ({new} bytes "
            f"each), got shape {x} of {old} bytes each."
        )
    return (*x[:-1], None if x[-1] is None else x[-1] * old // new)


def _viewed_dtype(*given, dtype=None, **metadata):
    return None, dtype


@primitive(shape=_viewed, dtype=_viewed_dtype, kind="view")
def read_bytes(x, *, dtype: str, widths: tuple):
    """The kernel of `view`."""
    return np.asarray(x).view(dtype)


@operation
def view(x, dtype=None):
    """Reads the same bytes as another dtype; the last axis may get another length.

    >>> int(view(convert_to_tensor(1.0), "int32"))
    1065353216
    """
    x = x if hasattr(x, "dtype") else convert_to_tensor(x)
    given, wanted = dtypes.standardize(x.dtype), dtypes.standardize(dtype)
    widths = np.dtype(given).itemsize, np.dtype(wanted).itemsize
    return read_bytes(x, dtype=wanted, widths=widths)
