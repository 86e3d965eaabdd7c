"""`KerasTensor`: a value that is not there yet, only its shape and dtype.

Models are built by calling layers and ops on these. Where a primitive meets one, it
applies its shape and dtype rules instead of its kernel (`infer`). Functions that insist
on numbers (a `Lambda` around `np.sort`, say) are tried on zeros of two sizes instead,
and the dimensions that change are the unknown ones (`probe`).
"""

import numpy as np

from ..utils import naming, tree
from . import dtypes, shapes
from .operators import Operators
from .state import state
from .tensor import Tensor, convert_to_tensor

__all__ = [
    "KerasTensor",
    "any_symbolic",
    "infer",
    "is_keras_tensor",
    "no_history",
    "probe",
]


class SymbolicValueError(TypeError):
    """A number was asked of a tensor that has only a shape and a dtype."""


class KerasTensor(Operators):
    """A symbolic tensor: shape, dtype and the history of how it comes about.

    Args:
        shape: Tuple of ints, and None where the length is not known yet.
        dtype: Name of the dtype.
        sparse: Accepted as False only; there are no sparse tensors here.
        ragged: Accepted as False only; there are no ragged tensors here.
        record_history: Whether operations on it extend the graph.
        name: Its name; made up if None.

    >>> (KerasTensor((None, 3)) * 2.0).shape
    (None, 3)
    """

    def __init__(
        self,
        shape,
        dtype: str = "float32",
        sparse: bool = False,
        ragged: bool = False,
        record_history: bool = True,
        name: str | None = None,
    ):
        if sparse or ragged:
            kind = "sparse" if sparse else "ragged"
            raise ValueError(
                f"KerasTensor: {kind}=True is not supported on NumPy, which has dense "
                f"arrays only. Leave out {kind}."
            )
        self.shape = shapes.standardize(shape)
        self.dtype = dtypes.standardize(dtype)
        self.sparse = sparse
        self.ragged = ragged
        self.record_history = record_history
        self.name = name or naming.auto_name("keras_tensor")
        self._keras_mask = None

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def _no_value(self, wanted: str):
        raise SymbolicValueError(
            f"{self.name} is symbolic: it has a shape and a dtype, but no value yet, "
            f"so {wanted} is impossible. Use functions of minikeras.ops instead of "
            "NumPy's or Python's, or put the code into a Layer's call method."
        )

    def __array__(self, dtype=None, copy=None):
        self._no_value("turning it into an array")

    def numpy(self):
        """Fails: there is no value yet."""
        self._no_value("numpy()")

    def __bool__(self):
        self._no_value("using it as a condition")

    def __float__(self):
        self._no_value("float()")

    def __int__(self):
        self._no_value("int()")

    def __index__(self):
        self._no_value("using it as an index")

    def __len__(self) -> int:
        if not self.shape or self.shape[0] is None:
            self._no_value("len()")
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"


class no_history:
    """Context in which symbolic calls give shapes and dtypes, and no graph nodes."""

    def __enter__(self) -> "no_history":
        self._before, state.history = state.history, False
        return self

    def __exit__(self, *exception) -> None:
        state.history = self._before


def is_keras_tensor(x) -> bool:
    """Tells whether a value is symbolic (`keras.utils.is_keras_tensor`).

    >>> is_keras_tensor(KerasTensor((2,))), is_keras_tensor(2.0)
    (True, False)
    """
    return isinstance(x, KerasTensor)


def any_symbolic(*values) -> bool:
    """Tells whether a KerasTensor is among the values or in their lists and dicts."""
    for value in values:
        kind = type(value)
        if kind is KerasTensor:
            return True
        if kind in _PLAIN:
            continue
        if isinstance(value, (list, tuple)):
            if any_symbolic(*value):
                return True
        elif isinstance(value, dict) and any_symbolic(*value.values()):
            return True
    return False


_PLAIN = frozenset((Tensor, np.ndarray, bool, int, float, str, type(None)))


def infer(primitive, args: tuple, metadata: dict):
    """Applies a primitive's shape and dtype rules to its arguments."""
    values = [x if _is_scalar(x) else _described(x) for x in args]
    given = [type(x) if _is_scalar(x) else _dtype_name(x) for x in values]
    _, dtype = primitive.result_dtype(given, metadata)
    dims = [() if _is_scalar(x) else tuple(x.shape) for x in values]
    shape = primitive.shape_rule(*dims, **metadata)
    if type(shape) is not list:
        return _nameless(shape, dtype)
    types = dtype if isinstance(dtype, (list, tuple)) else [dtype] * len(shape)
    return tuple(_nameless(s, d) for s, d in zip(shape, types, strict=True))


def _nameless(shape, dtype) -> KerasTensor:
    return KerasTensor(shape, dtype)


def _is_scalar(x) -> bool:
    return type(x) in (int, float, bool)


def _described(x):
    """Anything with shape and dtype as it is; lists and NumPy scalars as a Tensor."""
    if isinstance(x, np.generic):
        return x.item()
    return x if hasattr(x, "shape") and hasattr(x, "dtype") else convert_to_tensor(x)


def _dtype_name(x) -> str:
    return x.dtype if type(x.dtype) is str else dtypes.standardize(x.dtype)


def probe(function, structure):
    """Finds the output of a function that cannot take symbolic tensors.

    The function runs on zeros twice, with two different lengths for the unknown
    dimensions; where the results differ in length, the dimension is unknown.

    Args:
        function: Takes one argument of the given structure.
        structure: KerasTensors, in lists or dicts as the function wants them.

    Returns:
        KerasTensors in the structure that the function returns.
    """
    small, large = (
        function(tree.map_structure(lambda x, n=n: _zeros(x, n), structure))
        for n in (2, 3)
    )
    return tree.map_structure(_compared, small, large)


def _zeros(x, unknown: int):
    if type(x) is not KerasTensor:
        return x
    return Tensor(np.zeros([unknown if n is None else n for n in x.shape], x.dtype))


def _compared(small, large) -> KerasTensor:
    small, large = convert_to_tensor(small), convert_to_tensor(large)
    pairs = zip(small.shape, large.shape, strict=True)
    return KerasTensor([m if m == n else None for m, n in pairs], small.dtype.name)
