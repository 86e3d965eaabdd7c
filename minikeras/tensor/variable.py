"""`Variable`: a value that training changes in place.

The array behind a variable stays where it is: `assign` writes into it, and whoever
holds the storage (a plan, an arena) sees the new value. Readers are protected the other
way
round: `value` hands out a Tensor, and if that Tensor is still in somebody's hands (a
user's, or a node's on the tape) when the variable changes, it first gets a copy of its
own. So `old = v.value; v.assign(...)` leaves `old` as it was.
"""

import math
import weakref
from contextlib import contextmanager

import numpy as np

from .. import config
from ..utils import changes, naming
from . import dtypes, shapes
from .basics import cast
from .operators import Operators
from .primitive import primitive
from .state import state, values_are_read
from .tape import Leaf
from .tensor import Tensor, as_array, convert_to_tensor

__all__ = [
    "Variable",
    "assign",
    "assign_add",
    "assign_sub",
    "late_values",
    "standing_in",
]

AGGREGATIONS = ("none", "mean", "sum", "only_first_replica")


@primitive(shape=shapes.same, kind="effect", dtype=dtypes.first)
def assign(x, value, *, out=None):
    """Writes `value` over the array `x`."""
    np.copyto(x, value, casting="unsafe")
    return x


@primitive(shape=shapes.same, kind="effect", dtype=dtypes.first)
def assign_add(x, value, *, out=None):
    """Adds `value` to the array `x` in place."""
    return np.add(x, value, out=x, casting="unsafe")


@primitive(shape=shapes.same, kind="effect", dtype=dtypes.first)
def assign_sub(x, value, *, out=None):
    """Subtracts `value` from the array `x` in place."""
    return np.subtract(x, value, out=x, casting="unsafe")


class Variable(Operators):
    """A weight, or any state that outlives a step.

    Args:
        initializer: Function `(shape, dtype)`, or the first value itself.
        shape: Its shape; needed with a function.
        dtype: Its dtype; that of the value, else `config.floatx()`.
        trainable: Whether optimizers update it and tapes watch it.
        autocast: Whether it is read in the compute dtype under mixed precision.
        aggregation: "none", "mean", "sum" or "only_first_replica": how replicas would
            be combined; kept, there is one replica.
        synchronization: When replicas would be combined; kept likewise.
        name: Its name; made up if None. No slashes.

    Raises:
        ValueError: for a function without a shape, or a value that is not numeric.

    >>> v = Variable([1.0, 2.0], name="v")
    >>> v.assign_add([1.0, 1.0]).numpy().tolist()
    [2.0, 3.0]
    """

    moves = 0  # how often variables were given other storage
    readings = 0  # and how often somebody got hold of a value

    def __init__(
        self,
        initializer,
        shape=None,
        dtype=None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str = "none",
        synchronization: str = "auto",
        name: str | None = None,
    ):
        if aggregation not in AGGREGATIONS:
            raise ValueError(
                f"Variable: aggregation must be one of {AGGREGATIONS}, got "
                f"{aggregation!r}."
            )
        self.name = name or naming.auto_name("variable")
        if "/" in self.name:
            raise ValueError(f"Variable: a name has no '/', got {name!r}.")
        self.path = naming.scoped(self.name)
        self.array = _first_value(self, initializer, shape, dtype)
        self.arena = None  # the flat array that the array is a part of, if it is
        self.leaf = Leaf()
        self._reader = None
        self._watched = False
        self._trainable = trainable
        self.autocast = autocast
        self.aggregation = aggregation
        self.synchronization = synchronization
        self.overwrite_with_gradient = False
        self.regularizer = None
        self.constraint = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self.array.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.array.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.array.size

    @property
    def dtype(self) -> str:
        """The dtype's name; under mixed precision, the one it is read in."""
        name = self.array.dtype.name
        return state.autocast if self._is_autocast(name) else name

    @property
    def trainable(self) -> bool:
        """Whether optimizers update it and tapes watch it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        self.part_from_reader()
        changes.note()

    @property
    def value(self) -> Tensor:
        """The present value; stays as it is when the variable changes later."""
        reader = self._reader and self._reader()
        if reader is None:
            node = self.leaf if self._trainable or self._watched else None
            reader = Tensor(self.array, node)
            self._reader = weakref.ref(reader)
            Variable.readings += 1
        if state.recorder is not None:
            state.recorder.name(self)
        if state.autocast and self._is_autocast(self.array.dtype.name):
            return cast(reader, dtype=state.autocast)
        return reader

    def _is_autocast(self, name: str) -> bool:
        return bool(state.autocast) and self.autocast and name.startswith("float")

    def watch(self) -> Leaf:
        """Makes tapes follow this variable even if it is not trainable."""
        if not self._watched:
            self._watched = True
            self.part_from_reader()
        return self.leaf

    def numpy(self) -> np.ndarray:
        """Returns a copy of the value."""
        values_are_read()
        return self.array.copy()

    def __array__(self, dtype=None, copy=None):
        values_are_read()
        return np.array(self.array, dtype=dtype)

    def assign(self, value) -> "Variable":
        """Replaces the value, in place. Returns the variable.

        Raises:
            ValueError: if the shapes differ; the variable keeps its value.
        """
        value = as_array(value)
        if value.shape != self.array.shape:
            raise ValueError(
                f"Variable {self.path!r}: assign needs shape {self.shape}, got "
                f"{value.shape}."
            )
        return self._write(assign, value)

    def assign_add(self, value) -> "Variable":
        """Adds to the value, in place. Returns the variable."""
        return self._write(assign_add, self._operand(value))

    def assign_sub(self, value) -> "Variable":
        """Subtracts from the value, in place. Returns the variable."""
        return self._write(assign_sub, self._operand(value))

    def _operand(self, value):
        value = value if type(value) in (int, float) else as_array(value)
        shape = getattr(value, "shape", ())
        if shape != self.shape and shapes.broadcast(shape, self.shape) != self.shape:
            raise ValueError(
                f"Variable {self.path!r} has shape {self.shape}; a value of shape "
                f"{shape} cannot be added to it."
            )
        return value

    def _write(self, effect, value) -> "Variable":
        self.part_from_reader()
        effect.kernel(self.array, value)
        if state.recorder is not None:
            state.recorder.name(self)
            state.recorder.write(effect, self.array, value)
        return self

    def part_from_reader(self) -> None:
        """Leaves the Tensor that is still in somebody's hands with its own copy."""
        reader = self._reader and self._reader()
        if reader is not None:
            reader.array = self.array.copy()
            if state.recorder is not None:
                state.recorder.kept_copy(self.array, reader.array)
        self._reader = None

    def reseat(self, storage: np.ndarray, arena: np.ndarray | None = None) -> None:
        """Moves the value into other storage of the same shape and dtype.

        Args:
            storage: Part of a flat array.
            arena: The flat array, so that others find it.
        """
        assert storage.shape == self.shape and storage.dtype == self.array.dtype
        np.copyto(storage, self.array)
        self.part_from_reader()
        self.array = storage
        self.arena = arena
        Variable.moves += 1

    def __float__(self) -> float:
        values_are_read()
        return float(self.array.item())

    def __int__(self) -> int:
        values_are_read()
        return int(self.array.item())

    def __bool__(self) -> bool:
        values_are_read()
        return bool(self.array)

    def __len__(self) -> int:
        return len(self.array)

    def __repr__(self) -> str:
        values_are_read()
        return (
            f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}, "
            f"value={self.array}>"
        )

    def __deepcopy__(self, memo) -> "Variable":
        twin = Variable(
            self.array.copy(),
            dtype=self.array.dtype.name,
            trainable=self._trainable,
            autocast=self.autocast,
            aggregation=self.aggregation,
            synchronization=self.synchronization,
            name=self.name,
        )
        twin.path = self.path
        twin.overwrite_with_gradient = self.overwrite_with_gradient
        twin.regularizer, twin.constraint = self.regularizer, self.constraint
        memo[id(self)] = twin
        return twin

    def __getstate__(self) -> dict:
        kept = {**vars(self), "leaf": None, "_reader": None, "_watched": False}
        kept["arena"] = None
        return {**kept, "array": self.array.copy()}

    def __setstate__(self, kept: dict) -> None:
        vars(self).update(kept)
        self.leaf = Leaf()


@contextmanager
def standing_in(variables: list[Variable], values: list):
    """Lets variables have other values for a while, to which gradients may flow.

    Args:
        variables: The variables; they get their own values back at the end.
        values: What they are meanwhile: a Tensor or array for each.
    """
    own = [v.array.copy() for v in variables]
    pairs = [
        (v, convert_to_tensor(value, v.array.dtype))
        for v, value in zip(variables, values, strict=True)
    ]
    try:
        for v, value in pairs:
            v.assign(value)
            v._reader = lambda value=value: value
        yield
    finally:
        for v, array in zip(variables, own, strict=True):
            v.assign(array)


@contextmanager
def late_values(room: int):
    """Puts off drawing the random first values of variables: a file may bring others.

    Gives a function of the ids of variables that get a value anyway; it draws the
    others.

    Args:
        room: How many bytes new variables may take: more than the file can fill they
            need not.
    """
    before = state.late, state.room
    state.late, state.room = [], room

    def draw(known=frozenset()) -> None:
        late, state.late = state.late, []
        for variable, initializer in late:
            array = variable.array
            if id(variable) not in known and not array.any():  # nor assigned since
                variable.assign(initializer(array.shape, dtype=array.dtype.name))

    try:
        yield draw
    finally:
        state.late, state.room = before


def _take_room(variable: Variable, shape: tuple, dtype: str) -> None:
    size = math.prod(shape) * np.dtype(dtype).itemsize
    state.room -= size
    if state.room < 0:
        raise ValueError(
            f"Variable {variable.name!r} of shape {shape} would take {size:,} bytes: "
            "far more than there is a reason for."
        )


def _first_value(variable: Variable, initializer, shape, dtype) -> np.ndarray:
    if not callable(initializer):
        dtype = dtype or getattr(initializer, "dtype", None) or config.floatx()
        value = np.array(as_array(initializer, dtype), order="C")
        if shape is not None and value.shape != shapes.standardize(shape):
            raise ValueError(
                f"Variable {variable.name!r}: the value has shape {value.shape}, but "
                f"shape={shape} was asked for."
            )
        return value
    if shape is None:
        raise ValueError(
            f"Variable {variable.name!r}: an initializer function needs a shape. "
            "Try Variable(initializer, shape=(...))."
        )
    shape = shapes.standardize(shape)
    if None in shape:
        raise ValueError(
            f"Variable {variable.name!r}: every dimension must be known, got {shape}."
        )
    dtype = dtypes.standardize(dtype)
    if state.room is not None:
        _take_room(variable, shape, dtype)
    if state.late is not None and getattr(initializer, "may_wait", False):
        state.late.append((variable, initializer))
        return np.zeros(shape, dtype)
    value = np.array(as_array(initializer(shape, dtype=dtype), dtype), order="C")
    if value.shape != shape:
        raise ValueError(
            f"Variable {variable.name!r}: the initializer gave shape {value.shape} for "
            f"shape {shape}."
        )
    return value
