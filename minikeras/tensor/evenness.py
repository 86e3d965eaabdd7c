"""How long calls take, and whether products have the same bits if they are cut."""

import functools

import numpy as np

from ..utils import blas
from .program import Equation

__all__ = ["PRODUCTS", "cuts_evenly", "plain_product", "time_of"]

PRODUCTS = ("np.dot", "np.matmul", "parallel_matmul")

# Rough nanoseconds of one thread.
MULTIPLICATION = 0.02
ELEMENT = 0.2
SLOW = {"np.exp": 2, "np.log": 4, "np.tanh": 8, "np.divide": 2, "np.sqrt": 2}


def time_of(e: Equation) -> float:
    """About how many nanoseconds a call takes."""
    made = e.outputs[0] if e.outputs else e.target
    if made is None:
        return 0.0
    size = int(np.prod(made.shape))
    read = max([size, *(int(np.prod(v.shape)) for v in e.reads())])
    if e.call in PRODUCTS:
        return max(size * e.args[0].shape[-1] * MULTIPLICATION, read * ELEMENT)
    return read * ELEMENT * SLOW.get(e.call, 1)


def cuts_evenly(e: Equation, is_stack: bool = False) -> bool:
    """Whether a product has the same bits if its first factor is cut in halves.

    That is tried out on random numbers, once for each combination of shapes.

    Args:
        e: The product.
        is_stack: Whether the second factor is cut too.
    """
    forms = ((v.shape, v.strides, v.dtype.str) for v in e.args)
    return _cuts_evenly(e.function, plain_product(e)[1], *forms, is_stack)


def plain_product(e: Equation) -> tuple:
    """The call that takes the place of a product in a half, as text and function."""
    if e.call != "parallel_matmul":  # in a half, no more threads are needed
        return e.call, e.function
    is_plain = all(v.ndim == 2 for v in e.args)
    return ("np.dot", np.dot) if is_plain else ("np.matmul", np.matmul)


@functools.cache
def _cuts_evenly(function, plain, a: tuple, b: tuple, is_stack: bool) -> bool:
    """Whether a product has the same bits if its first factor is cut in halves."""
    rng = np.random.default_rng(0)
    x, y = (_random(rng, *form) for form in (a, b))
    with blas.single_threaded():
        whole = function(x, y)
        pairs = zip(np.split(x, 2), np.split(y, 2) if is_stack else (y, y), strict=True)
        halves = [plain(p, q) for p, q in pairs]
    return np.array_equal(whole, np.concatenate(halves))


def _random(rng, shape: tuple, strides: tuple, dtype: str) -> np.ndarray:
    """Random numbers that lie in memory as said."""
    numbers = rng.standard_normal(shape).astype(dtype)
    order = sorted(range(len(shape)), key=lambda n: -strides[n])
    ordered = np.ascontiguousarray(numbers.transpose(order))
    return ordered.transpose(np.argsort(order))
