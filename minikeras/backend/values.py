"""Variables, constants and placeholders: made, read and set."""

import numpy as np

from .. import config, ops
from ..layers.input_layer import Input
from ..tensor import KerasTensor, Tensor, Variable, as_array, convert_to_tensor, dtypes
from ..utils import checks

__all__ = [
    "batch_get_value",
    "batch_set_value",
    "cast",
    "cast_to_floatx",
    "constant",
    "count_params",
    "dtype",
    "eval",
    "eye",
    "get_value",
    "get_variable_shape",
    "identity",
    "int_shape",
    "is_placeholder",
    "is_sparse",
    "is_tensor",
    "is_variable",
    "manual_variable_initialization",
    "moving_average_update",
    "ndim",
    "ones",
    "ones_like",
    "ones_variable",
    "placeholder",
    "print_tensor",
    "random_normal_variable",
    "random_uniform_variable",
    "set_value",
    "shape",
    "stop_gradient",
    "to_dense",
    "update",
    "update_add",
    "update_sub",
    "variable",
    "zeros",
    "zeros_like",
    "zeros_variable",
]


def variable(value, dtype=None, name=None, constraint=None) -> Variable:
    """Makes a variable that holds a value; a layer trains it like a weight.

    Args:
        value: Array, Tensor, Variable or number.
        dtype: Its dtype; that of `floatx()` if None.
        name: Its name.
        constraint: Projection after each update.
    """
    value = as_array(value)
    made = Variable(value, dtype=dtype or config.floatx(), name=name)
    made.constraint = constraint
    return made


def constant(value, dtype=None, shape=None, name=None) -> Tensor:
    """Returns a Tensor, filled to a shape if there is one."""
    value = np.asarray(value, dtypes.standardize(dtype))
    if shape is not None:
        value = np.broadcast_to(value, shape).copy()
    return convert_to_tensor(value)


def placeholder(shape=None, ndim=None, dtype=None, sparse=False, name=None):
    """Returns a symbolic tensor for the inputs of `function`.

    Args:
        shape: Its shape with the batch axis; None where a size is open.
        ndim: Number of axes of open size, instead of a shape.
        dtype: Its dtype; that of `floatx()` if None.
        sparse: Must be False: arrays are dense here.
        name: Its name.
    """
    if sparse:
        checks.fail("placeholder", "sparse", sparse, "be False")
    if shape is None and ndim is None:
        must = "be given, or ndim in its place"
        checks.fail("placeholder", "shape", shape, must, (None, 3))
    shape = (None,) * ndim if shape is None else tuple(shape)
    return Input(batch_shape=shape, dtype=dtype, name=name)


def is_placeholder(x) -> bool:
    """Whether x is a symbolic tensor that no operation made."""
    history = getattr(x, "_keras_history", None)
    if type(x) is not KerasTensor or history is None:
        return type(x) is KerasTensor
    return history.operation._inbound_nodes[history.node_index].is_input


def is_tensor(x) -> bool:
    """Whether x is a tensor or variable, symbolic or not."""
    return isinstance(x, (KerasTensor, Tensor, Variable))


def is_variable(x) -> bool:
    """Whether x is a variable."""
    return isinstance(x, Variable)


def is_sparse(tensor) -> bool:
    """Returns False: arrays are dense here."""
    return False


def to_dense(tensor):
    """Returns the tensor as it is: it is dense."""
    return tensor


# ---------------------------------------------------------------- filled with numbers


def _filled(make, shape, dtype, name):
    return variable(make(shape, dtypes.standardize(dtype)), dtype, name)


def zeros(shape, dtype=None, name=None) -> Variable:
    """Makes a variable of zeros."""
    return _filled(np.zeros, shape, dtype, name)


def ones(shape, dtype=None, name=None) -> Variable:
    """Makes a variable of ones."""
    return _filled(np.ones, shape, dtype, name)


def eye(size, dtype=None, name=None) -> Variable:
    """Makes a variable with ones on its diagonal."""
    sizes = size if isinstance(size, (list, tuple)) else (size, size)
    return variable(np.eye(*sizes, dtype=dtypes.standardize(dtype)), dtype, name)


def zeros_like(x, dtype=None, name=None):
    """Returns zeros in the shape of a tensor."""
    return ops.zeros_like(x, dtype=dtype)


def ones_like(x, dtype=None, name=None):
    """Returns ones in the shape of a tensor."""
    return ops.ones_like(x, dtype=dtype)


zeros_variable, ones_variable = zeros, ones


def random_uniform_variable(
    shape, low, high, dtype=None, name=None, seed=None
) -> Variable:
    """Makes a variable of uniform random numbers between low and high."""
    rng = np.random.default_rng(seed)
    return variable(rng.uniform(low, high, shape), dtype, name)


def random_normal_variable(
    shape, mean, scale, dtype=None, name=None, seed=None
) -> Variable:
    """Makes a variable of normal random numbers."""
    rng = np.random.default_rng(seed)
    return variable(rng.normal(mean, scale, shape), dtype, name)


# ------------------------------------------------------------------ reading, setting


def eval(x) -> np.ndarray:
    """Returns the value of a tensor or variable as an array."""
    if type(x) is KerasTensor:
        must = "have a value. A symbolic one needs data: function([inputs], [x])([...])"
        checks.fail("eval", "x", x, must)
    return as_array(x).copy()


get_value = eval


def batch_get_value(tensors) -> list[np.ndarray]:
    """Returns the values of several variables."""
    return [get_value(x) for x in tensors]


def set_value(x, value) -> None:
    """Sets a variable."""
    if not isinstance(x, Variable):
        checks.fail("set_value", "x", x, "be a variable")
    x.assign(np.reshape(value, x.shape) if np.size(value) == x.size else value)


def batch_set_value(tuples) -> None:
    """Sets several variables, from pairs (variable, value)."""
    for x, value in tuples:
        set_value(x, value)


class Update(tuple):
    """A variable and its new value, which `function` sets after each call."""

    __slots__ = ()


def _updated(x, value):
    """Sets a variable now, or says what `function` is to set later."""
    if type(value) is KerasTensor:
        return Update((x, value))
    x.assign(value)
    return x


def update(x, new_x):
    """Sets a variable; with a symbolic value, each time a `function` with it runs."""
    return _updated(x, new_x)


def update_add(x, increment):
    """Adds to a variable; see `update`."""
    return _updated(x, x + increment)


def update_sub(x, decrement):
    """Subtracts from a variable; see `update`."""
    return _updated(x, x - decrement)


def moving_average_update(x, value, momentum):
    """Moves a variable towards a value: x = x * momentum + value * (1 - momentum)."""
    return _updated(x, x * momentum + value * (1 - momentum))


def manual_variable_initialization(value) -> None:
    """Changes nothing: variables have their values from the start here."""


# ------------------------------------------------------------------------ description


def shape(x) -> tuple:
    """Returns the shape; None where a size is open."""
    return tuple(x.shape)


def int_shape(x):
    """Returns the shape; None where a size is open, or if x has none."""
    found = getattr(x, "shape", None)
    return None if found is None else tuple(found)


get_variable_shape = int_shape


def ndim(x) -> int:
    """Returns the number of axes."""
    return len(x.shape)


def dtype(x) -> str:
    """Returns the name of the dtype."""
    return dtypes.standardize(x.dtype)


def count_params(x) -> int:
    """Returns the number of elements."""
    return int(np.prod(x.shape))


def cast(x, dtype):
    """Returns a tensor in another dtype."""
    return ops.cast(x, dtype)


def cast_to_floatx(x):
    """Returns an array or tensor in the dtype of `floatx()`."""
    if isinstance(x, (Tensor, Variable, KerasTensor)):
        return ops.cast(x, config.floatx())
    return np.asarray(x, dtype=config.floatx())


def identity(x, name=None):
    """Returns the tensor as another one."""
    return ops.copy(x)


def stop_gradient(variables):
    """Returns tensors through which no gradient flows."""
    if isinstance(variables, (list, tuple)):
        return [ops.stop_gradient(x) for x in variables]
    return ops.stop_gradient(variables)


def print_tensor(x, message=""):
    """Prints the value, if there is one, and returns the tensor."""
    print(message, x)
    return x
