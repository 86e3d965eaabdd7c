"""`Tensor`: an ndarray and, while a tape records, the node that made it."""

import numpy as np

from .. import config
from . import dtypes
from .operators import Operators
from .state import values_are_read

__all__ = ["Tensor", "as_array", "as_text", "convert_to_tensor", "engine"]

ndarray = np.ndarray

# The primitives that this floor uses below the file that defines them (basics.py).
engine: dict = {}


class Tensor(Operators):
    """A value: what ops return and users see.

    Args:
        array: The ndarray. It is kept, not copied.
        node: What made it, for backward; None outside a gradient tape.

    >>> Tensor(np.array([1.0, 2.0], "float32")).shape
    (2,)
    """

    __slots__ = ("__weakref__", "_keras_mask", "array", "node")

    def __init__(self, array: np.ndarray, node=None):
        self.array = array
        self.node = node
        self._keras_mask = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self.array.shape

    @property
    def dtype(self) -> np.dtype:
        """The NumPy dtype; compares equal to its name."""
        return self.array.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.array.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.array.size

    def numpy(self) -> np.ndarray:
        """Returns the value as an ndarray."""
        values_are_read()
        return self.array

    def item(self):
        """Returns the only element as a Python number."""
        values_are_read()
        return self.array.item()

    def tolist(self):
        """Returns the value as nested Python lists."""
        values_are_read()
        return self.array.tolist()

    def __array__(self, dtype=None, copy=None):
        values_are_read()
        return np.array(self.array, dtype=dtype, copy=copy)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        values_are_read()
        return self.array.__index__()

    def __bool__(self) -> bool:
        values_are_read()
        return bool(self.array)

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __format__(self, spec: str) -> str:
        return format(self.item() if self.array.ndim == 0 and spec else str(self), spec)

    def __repr__(self) -> str:
        values_are_read()
        return f"Tensor({self.array}, shape={self.shape}, dtype={self.dtype})"

    def __reduce__(self):
        return Tensor, (self.array,)


def convert_to_tensor(x, dtype=None) -> Tensor:
    """Turns a value into a `Tensor`.

    Arrays keep their dtype; Python numbers and lists of them become `floatx` floats or
    int32. A Tensor of the right dtype is returned as it is.

    Args:
        x: Tensor, Variable, array, number or nested list of numbers.
        dtype: Wanted dtype, or None.

    Raises:
        ValueError: for a ragged list or an array of Python objects.

    >>> convert_to_tensor([1, 2.5]).dtype.name
    'float32'
    """
    x = getattr(x, "value", x)  # of a Variable: the Tensor that leads back to it
    if type(x) is not Tensor:
        return Tensor(as_array(x, dtype))
    if dtype is None or x.dtype == dtypes.standardize(dtype):
        return x
    return engine["cast"](x, dtype=dtype)


def as_array(x, dtype=None) -> np.ndarray:
    """Returns the ndarray behind a value, converted as `convert_to_tensor` says."""
    array = getattr(x, "array", None)
    if type(array) is not ndarray:
        array = _from_python(x) if dtype is None else np.asarray(x)
    if dtype is not None:
        array = array.astype(_numpy_dtype(dtype), copy=False)
    if array.dtype.kind == "V":  # bfloat16 of ml_dtypes, records
        dtypes.standardize(array.dtype)
    if array.dtype.kind in "OSU":
        text = as_text(array)
        if text is None:
            raise ValueError(
                f"A tensor needs numbers in a regular grid, got {type(x).__name__} "
                "with elements of different lengths or types. Try np.asarray(x, "
                "'float32')."
            )
        return text
    return array


def as_text(array: np.ndarray) -> np.ndarray | None:
    """Returns strings, or bytes, as an array of Python objects; None if others occur.

    Which encoding bytes are in only the layer knows that reads them.
    """
    if array.dtype.kind in "US":
        return array.astype(object)
    kinds = set(map(type, array.ravel().tolist()))
    return array if kinds and kinds <= {str, bytes, np.str_, np.bytes_} else None


def _numpy_dtype(dtype) -> np.dtype:
    name = dtypes.standardize(dtype)
    return np.dtype(str if name == "string" else name)


def _from_python(x) -> np.ndarray:
    """Numbers and lists take the default dtypes, objects with a dtype keep theirs."""
    if hasattr(x, "dtype") and not isinstance(x, np.generic):
        return np.asarray(x)
    try:
        array = np.asarray(x)
    except ValueError:  # ragged: reported by as_array with both remedies
        return np.empty((), object)
    if array.dtype == np.float64:
        return array.astype(config.floatx())
    if array.dtype == np.complex128:
        return array.astype("complex64")
    return array.astype("int32") if array.dtype == np.int64 else array
