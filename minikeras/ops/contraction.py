"""Einstein summation.

Subscripts are brought into one form first: explicit, without dots, each letter once per
operand. Two operands then become one matrix product, which BLAS does many times faster
than a loop over all letters.
"""

import functools
import math

import numpy as np

from ..tensor import dtypes, operation, primitive
from .common import deliver, shape_of
from .creation import eye
from .movement import broadcast_to, expand_dims

__all__ = ["einsum"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# Reading subscripts -----------------------------------------------------------------


@functools.lru_cache(maxsize=512)
def _formula(subscripts: str, ranks: tuple[int, ...]) -> tuple[tuple[str, ...], str]:
    """Brings subscripts into explicit form: letters per operand, and of the result."""
    given, arrow, result = subscripts.replace(" ", "").partition("->")
    inputs = given.split(",")
    if len(inputs) != len(ranks):
        raise ValueError(
            f"einsum: {subscripts!r} is for {len(inputs)} operands, got {len(ranks)}."
        )
    free = [letter for letter in _LETTERS if letter not in subscripts]
    counts = [n - len(s.replace("...", "")) for s, n in zip(inputs, ranks, strict=True)]
    dots = free[: max(counts)]
    spelled = tuple(
        _without_dots(s, count, dots, subscripts)
        for s, count in zip(inputs, counts, strict=True)
    )
    shared = "".join(dots) if "..." in given else ""
    if not arrow:
        letters = "".join(inputs).replace(".", "")
        result = "".join(sorted(x for x in set(letters) if letters.count(x) == 1))
        return spelled, shared + result
    return spelled, result.replace("...", shared)


def _without_dots(letters: str, count: int, dots: list[str], subscripts: str) -> str:
    """Letters of one operand, with letters of their own for the axes under the dots."""
    if count < 0 or (count and "..." not in letters):
        raise ValueError(
            f"einsum: {letters!r} in {subscripts!r} does not fit an operand with "
            f"{len(letters.replace('...', '')) + count} axes."
        )
    return letters.replace("...", "".join(dots[len(dots) - count :]))


def _dims(inputs, shapes) -> dict:
    """The length of each letter; 1 gives way to other lengths."""
    dims: dict = {}
    for letters, shape in zip(inputs, shapes, strict=True):
        for letter, n in zip(letters, shape, strict=True):
            before = dims.get(letter, 1)
            if before not in (1, None) and n not in (1, None, before):
                raise ValueError(
                    f"einsum: {letter!r} stands for lengths {before} and {n}, in "
                    f"{','.join(inputs)} with shapes {list(shapes)}."
                )
            dims[letter] = n if before == 1 or (before is None and n != 1) else before
    return dims


# The kernel -------------------------------------------------------------------------


def _contracted_shape(*shapes, inputs, result):
    dims = _dims(inputs, shapes)
    return tuple(dims[letter] for letter in result)


@primitive(shape=_contracted_shape, dtype=dtypes.contracted)
def contract(*operands, inputs: tuple[str, ...], result: str, out=None):
    """Multiplies the operands and sums over the letters that the result lacks."""
    if len(operands) == 2:
        return deliver(_as_matmul(operands, inputs, result), out)
    formula = ",".join(inputs) + "->" + result
    return deliver(np.einsum(formula, *operands, optimize=len(operands) > 2), out)


@functools.lru_cache(maxsize=512)
def _plan(a: str, b: str, result: str):
    """How two operands become stacks of matrices: letters lost, and orders of axes."""
    lost_a = tuple(i for i, x in enumerate(a) if x not in b and x not in result)
    lost_b = tuple(i for i, x in enumerate(b) if x not in a and x not in result)
    kept_a = "".join(x for i, x in enumerate(a) if i not in lost_a)
    kept_b = "".join(x for i, x in enumerate(b) if i not in lost_b)
    batch = "".join(x for x in kept_a if x in kept_b and x in result)
    inner = "".join(x for x in kept_a if x in kept_b and x not in result)
    rows = "".join(x for x in kept_a if x not in kept_b)
    columns = "".join(x for x in kept_b if x not in kept_a)
    product = batch + rows + columns
    return (
        (lost_a, tuple(kept_a.index(x) for x in batch + rows + inner)),
        (lost_b, tuple(kept_b.index(x) for x in batch + inner + columns)),
        (len(batch), len(rows), len(inner)),
        tuple(product.index(x) for x in result),
    )


def _as_matmul(operands, inputs, result):
    plan_a, plan_b, (batch, rows, inner), order = _plan(*inputs, result)
    a, b = (_arranged(x, *p) for x, p in zip(operands, (plan_a, plan_b), strict=True))
    row_dims, column_dims = a.shape[batch : batch + rows], b.shape[batch + inner :]
    dims_a, dims_b = a.shape[batch + rows :], b.shape[batch : batch + inner]
    if dims_a != dims_b:  # a summed letter of length 1 in one operand
        both = np.broadcast_shapes(dims_a, dims_b)
        a = np.broadcast_to(a, a.shape[: batch + rows] + both)
        b = np.broadcast_to(b, b.shape[:batch] + both + column_dims)
        dims_a = both
    size = math.prod(dims_a)
    left = a.reshape(*a.shape[:batch], math.prod(row_dims), size)
    right = b.reshape(*b.shape[:batch], size, math.prod(column_dims))
    product = np.matmul(left, right)
    dims = product.shape[:-2] + row_dims + column_dims
    return product.reshape(dims).transpose(order)


def _arranged(x, lost: tuple, order: tuple):
    summed = np.add.reduce(x, axis=lost, dtype=x.dtype) if lost else x
    return summed.transpose(order)


# Gradients --------------------------------------------------------------------------


def _slope(g, operands, inputs, result, needs):
    return tuple(
        _slope_of(i, g, operands, inputs, result) if need else None
        for i, need in enumerate(needs)
    )


def _slope_of(i: int, g, operands, inputs, result):
    """The gradient of operand i: the same product, with g in the operand's place."""
    others = [*operands[:i], *operands[i + 1 :]]
    letters = (result, *inputs[:i], *inputs[i + 1 :])
    known = "".join(x for x in inputs[i] if any(x in s for s in letters))
    product = contract(g, *others, inputs=letters, result=known)
    for place, letter in enumerate(inputs[i]):  # summed in this operand alone
        if letter not in known:
            product = expand_dims(product, axis=place)
    pairs = zip(product.shape, shape_of(operands[i]), strict=True)
    dims = tuple(max(pair) for pair in pairs)
    return product if dims == product.shape else broadcast_to(product, dims)


contract.grad_all(_slope)

# The public function ----------------------------------------------------------------


@operation
def einsum(subscripts, *operands, **kwargs):
    """Multiplies tensors and sums over indices, as Einstein writes it.

    Args:
        subscripts: One letter per axis, operands separated by commas, then the axes of
            the result: `"ij,jk->ik"`. Without the arrow, letters that stand only once
            are kept, in alphabetical order. `...` stands for any further axes.
        *operands: Tensors.
        **kwargs: `optimize` is accepted; the order of products is chosen anyway.

    >>> einsum("ij,j->i", [[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]).tolist()
    [3.0, 7.0]
    """
    unknown = sorted(set(kwargs) - {"optimize"})
    if unknown:
        raise TypeError(f"einsum takes subscripts and operands, got {unknown}.")
    ranks = tuple(len(shape_of(x)) for x in operands)
    inputs, result = _formula(subscripts, ranks)
    if any(len(set(letters)) < len(letters) for letters in inputs):
        inputs, operands = _spread_diagonals(inputs, operands)
    return contract(*operands, inputs=inputs, result=result)


def _spread_diagonals(inputs, operands):
    """Replaces a repeated letter by a new one, and an identity matrix ties the two."""
    free = iter(x for x in _LETTERS if not any(x in letters for letters in inputs))
    spelled, ties, matrices = [], [], []
    for letters, x in zip(inputs, operands, strict=True):
        own = ""
        for letter, n in zip(letters, shape_of(x), strict=True):
            new = next(free) if letter in own else letter
            if new != letter:
                ties.append(letter + new)
                matrices.append(eye(n, dtype=getattr(x, "dtype", None)))
            own += new
        spelled.append(own)
    return (*spelled, *ties), (*operands, *matrices)
