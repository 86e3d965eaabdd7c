"""What kernels of several files share."""

from collections.abc import Callable

import numpy as np

from ..tensor import GradientTape, zeros_like

__all__ = [
    "all_of",
    "deliver",
    "first_array",
    "no_influence",
    "pullback",
    "room",
    "shape_of",
    "sum_along",
]


def deliver(result: np.ndarray, out: np.ndarray | None) -> np.ndarray:
    """Returns the result, or `out` filled with it where the caller gave one.

    For kernels whose NumPy function has no `out=` of its own.
    """
    if out is None:
        return result
    np.copyto(out, result, casting="same_kind")
    return out


def room(like, out: np.ndarray | None, shape=None, dtype=None) -> np.ndarray:
    """Returns `out`, or a new array like another one where the caller gave none.

    For kernels of several steps: ufuncs turn arrays without axes into scalars, which
    cannot be written to.

    Args:
        like: The other array.
        out: What the caller gave.
        shape: Shape of a new array, if it differs; its elements are in C order.
        dtype: Dtype of a new array, if it differs.
    """
    if out is not None:
        return out
    return np.empty_like(like, dtype, "K" if shape is None else "C", shape=shape)


def sum_along(x, axis, keepdims: bool = True, out=None):
    """Returns the sum along an axis; of rows as a product with ones: half the time."""
    if x.ndim == 2 and axis in (-1, 1) and x.dtype.char in "fd":
        shape = (x.shape[1], 1) if keepdims else x.shape[1]
        return np.dot(x, np.ones(shape, x.dtype), out=out)
    return np.add.reduce(x, axis=axis, keepdims=keepdims, out=out)


def shape_of(x) -> tuple:
    """The shape of a tensor (None where unknown), array, list or number."""
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def first_array(*values):
    """The first array among arrays and Python scalars."""
    return next(x for x in values if hasattr(x, "dtype"))


def no_influence(g):
    """The gradient rule of an argument that only chooses between constants."""
    return None


def all_of(g, results) -> list:
    """The cotangents of several results; zeros where there is none."""
    return [zeros_like(y) if g[i] is None else g[i] for i, y in enumerate(results)]


def pullback(function: Callable, g, *arguments) -> tuple:
    """Returns g times the derivatives of a composed function, one per argument.

    A fused kernel's gradient is fused too; the derivative of that (which few programs
    ask for) is taken from the same formula written in primitives.
    """
    with GradientTape() as tape:
        for x in arguments:
            tape.watch(x)
        y = function(*arguments)
    return tape.gradient(y, list(arguments), output_gradients=g)
