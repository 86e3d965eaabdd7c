"""Initializers without chance: zeros, ones, a constant, the identity matrix."""

import numpy as np

from ..tensor import Tensor, as_array, dtypes
from ..utils import checks
from .base import INITIALIZERS, Initializer

__all__ = ["Constant", "Identity", "Ones", "Zeros"]


def known_shape(initializer, shape) -> tuple[int, ...]:
    """Checks that a shape has a size for every axis; one int stands for one axis."""
    owner = type(initializer).__name__
    if isinstance(shape, (int, np.integer)):
        shape = (shape,)
    dims = checks.shape(owner, shape=shape)
    if None in dims:
        checks.fail(owner, "shape", dims, "have a size for every axis")
    return dims


@INITIALIZERS.register("constant")
class Constant(Initializer):
    """The same number everywhere, or an array that broadcasts to the shape.

    Args:
        value: Number or array.

    >>> Constant(3.0)((2,)).tolist()
    [3.0, 3.0]
    """

    def __init__(self, value=0.0):
        self.value = value

    def __call__(self, shape, dtype=None):
        """Returns `value` in the shape asked for."""
        shape, dtype = known_shape(self, shape), dtypes.standardize(dtype)
        value = as_array(self.value)
        try:
            return Tensor(np.broadcast_to(value, shape).astype(dtype))
        except ValueError as error:
            raise ValueError(
                f"Constant: a value of shape {value.shape} does not broadcast to the "
                f"weight's shape {shape}."
            ) from error


@INITIALIZERS.register("zeros", "zero")
class Zeros(Initializer):
    """0 everywhere: the usual start of biases.

    >>> Zeros()((2,)).tolist()
    [0.0, 0.0]
    """

    def __call__(self, shape, dtype=None):
        """Returns zeros in the shape asked for."""
        return Tensor(np.zeros(known_shape(self, shape), dtypes.standardize(dtype)))


@INITIALIZERS.register("ones", "one")
class Ones(Initializer):
    """1 everywhere: the usual start of scales.

    >>> Ones()((2,)).tolist()
    [1.0, 1.0]
    """

    def __call__(self, shape, dtype=None):
        """Returns ones in the shape asked for."""
        return Tensor(np.ones(known_shape(self, shape), dtypes.standardize(dtype)))


@INITIALIZERS.register("identity", "IdentityInitializer")
class Identity(Initializer):
    """`gain` on the diagonal and 0 elsewhere, for matrices.

    Args:
        gain: Number on the diagonal.

    >>> Identity()((2, 2)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, gain=1.0):
        self.gain = gain

    def __call__(self, shape, dtype=None):
        """Returns the matrix in the shape asked for, square or not."""
        shape = known_shape(self, shape)
        if len(shape) != 2:
            checks.fail("Identity", "shape", shape, "have two axes", (3, 3))
        matrix = np.eye(*shape, dtype=dtypes.standardize(dtype))
        return Tensor(np.multiply(matrix, self.gain, dtype=matrix.dtype))

    def get_config(self):
        """Returns `{"gain": gain}`, or nothing for a gain of 1, as Keras writes it."""
        return {} if self.gain == 1 else super().get_config()


constant = Constant
zeros = Zeros
ones = Ones
identity = IdentityInitializer = Identity
