"""What kernels of several files share."""

from collections.abc import Callable

import numpy as np

from ..tensor import GradientTape

__all__ = ["array_dtype", "deliver", "no_influence", "pullback", "room", "shape_of"]


def deliver(result: np.ndarray, out: np.ndarray | None) -> np.ndarray:
    """Returns the result, or `out` filled with it where the caller gave one.

    For kernels whose NumPy function has no `out=` of its own.
    """
    if out is None:
        return result
    np.copyto(out, result, casting="same_kind")
    return out


def room(like: np.ndarray, out: np.ndarray | None) -> np.ndarray:
    """Returns `out`, or a new array like another one where the caller gave none.

    For kernels of several steps: ufuncs turn arrays without axes into scalars, which
    cannot be written to.
    """
    return np.empty_like(like) if out is None else out


def shape_of(x) -> tuple:
    """The shape of a tensor (None where unknown), array, list or number."""
    return tuple(x.shape) if hasattr(x, "shape") else np.shape(x)


def array_dtype(*values) -> np.dtype:
    """The dtype of the first array among arrays and Python scalars."""
    return next(x.dtype for x in values if isinstance(x, np.ndarray | np.generic))


def no_influence(g):
    """The gradient rule of an argument that only chooses between constants."""
    return None


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
