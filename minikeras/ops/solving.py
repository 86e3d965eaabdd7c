"""Systems of linear equations: solutions, inverses, determinants.

Matrices stand in the last two axes, batches before them. NumPy's LAPACK works in 32 or
64 bits; float16 is worked out in float32.
"""

import numpy as np

from ..tensor import dtypes, operation, primitive, shapes, unbroadcast
from .arithmetic import multiply, negative
from .common import deliver, shape_of
from .creation import tril, triu
from .movement import expand_dims, squeeze, transpose_last
from .products import matmul

__all__ = ["det", "inv", "logdet", "slogdet", "solve", "solve_triangular"]


def matrix_shape(name: str, x: tuple, is_square: bool = False) -> tuple:
    """Returns a shape if it is that of matrices; else raises."""
    if len(x) < 2:
        raise ValueError(
            f"{name}: expected a matrix or a batch of them, with two axes or more, got "
            f"shape {x}. Try expand_dims."
        )
    rows, columns = x[-2:]
    if is_square and None not in (rows, columns) and rows != columns:
        raise ValueError(
            f"{name}: expected square matrices, (..., n, n), got shape {x}. For others "
            "there is pinv."
        )
    return x


def wide(x):
    """The numbers in a dtype that LAPACK knows."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def put(made, dtype, out):
    """Several results in a dtype; in `out` where the caller gave it."""
    if out is None:
        return tuple(y.astype(dtype, copy=False) for y in made)
    for y, into in zip(made, out, strict=True):
        np.copyto(into, y, casting="unsafe")
    return out


def over(g):
    """A cotangent of one number per matrix, shaped to multiply the matrices."""
    return expand_dims(g, axis=(-2, -1))


# Inverse and determinant ------------------------------------------------------------


@primitive(
    shape=lambda x: matrix_shape("inv", x, True), dtype=dtypes.floating, is_whole=True
)
def inv(x, *, out=None):
    """Returns the inverse of square matrices.

    Raises:
        ValueError: of matrices that are not square, or have none (LinAlgError).

    >>> inv([[2.0, 0.0], [0.0, 4.0]]).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    matrix_shape("inv", x.shape, True)
    return deliver(np.linalg.inv(wide(x)).astype(x.dtype, copy=False), out)


def _inverse_slope(g, out):
    turned = transpose_last(out)
    return negative(matmul(matmul(turned, g), turned))


inv.grad(x=_inverse_slope)


@primitive(
    shape=lambda x: matrix_shape("det", x, True)[:-2],
    dtype=dtypes.floating,
    is_whole=True,
)
def det(x, *, out=None):
    """Returns the determinant of square matrices.

    >>> float(det([[2.0, 0.0], [1.0, 4.0]]))
    8.0
    """
    matrix_shape("det", x.shape, True)
    return deliver(np.asarray(np.linalg.det(wide(x)), x.dtype), out)


det.grad(x=lambda g, x, out: multiply(over(multiply(g, out)), transpose_last(inv(x))))


@primitive(
    shape=lambda x: [matrix_shape("slogdet", x, True)[:-2]] * 2,
    dtype=dtypes.floating,
    is_whole=True,
)
def slogdet(x, *, out=None):
    """Returns sign and logarithm of the absolute value of the determinant.

    >>> [float(y) for y in slogdet([[0.0, 1.0], [1.0, 0.0]])]
    [-1.0, 0.0]
    """
    matrix_shape("slogdet", x.shape, True)
    return put(map(np.asarray, np.linalg.slogdet(wide(x))), x.dtype, out)


def _logarithm_slope(g, x):
    if g[1] is None:
        return (None,)
    return (multiply(over(g[1]), transpose_last(inv(x))),)


slogdet.grad_all(_logarithm_slope)


@operation
def logdet(x):
    """Returns the logarithm of the absolute value of the determinant: see `slogdet`."""
    return slogdet(x)[1]


# Systems ----------------------------------------------------------------------------


def _solution(a, b):
    matrix_shape("solve", a, True)
    rows = b[-1:] if len(b) == 1 else b[-2:-1]
    if None not in (a[-1], *rows) and rows != (a[-1],):
        raise ValueError(
            f"solve: b needs as many rows as a, got a of shape {a} and b of shape {b}."
        )
    if len(b) == 1:
        return a[:-1]
    return (*shapes.broadcast_two(a[:-2], b[:-2]), a[-1], b[-1])


@primitive(shape=_solution, dtype=dtypes.floating, is_whole=True)
def solve(a, b, *, out=None):
    """Returns x with a @ x = b.

    Args:
        a: Square matrices, (..., n, n).
        b: A vector (n,) or matrices (..., n, k).

    >>> solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 2.0]).tolist()
    [1.0, 0.5]
    """
    _solution(a.shape, b.shape)
    return deliver(np.linalg.solve(wide(a), wide(b)).astype(a.dtype, copy=False), out)


def _solution_slopes(g, a, b, out, needs):
    is_vector = b.ndim == 1
    g, y = (expand_dims(v, axis=-1) if is_vector else v for v in (g, out))
    slope = solve(transpose_last(a), g)
    for_a = negative(matmul(slope, transpose_last(y))) if needs[0] else None
    for_b = squeeze(slope, axis=-1) if is_vector else slope
    return (
        for_a if for_a is None else unbroadcast(for_a, shape=a.shape),
        unbroadcast(for_b, shape=b.shape) if needs[1] else None,
    )


solve.grad_all(_solution_slopes)


@operation
def solve_triangular(a, b, lower=False):
    """Returns x with a @ x = b, where only one triangle of a counts.

    Args:
        a: Square matrices, (..., n, n).
        b: Vectors (..., n) or matrices (..., n, k).
        lower: Whether the lower triangle counts, not the upper one.

    >>> solve_triangular([[2.0, 9.0], [0.0, 4.0]], [11.0, 4.0]).tolist()
    [1.0, 1.0]
    """
    rows = matrix_shape("solve_triangular", shape_of(a), True)[:-1]
    a = tril(a) if lower else triu(a)
    if len(rows) > 1 and rows == shape_of(b):
        return squeeze(solve(a, expand_dims(b, axis=-1)), axis=-1)
    return solve(a, b)


def epsilon_of(x) -> float:
    """The relative precision of the numbers that matrices of a dtype are solved in."""
    name = dtypes.standardize(x.dtype)
    return float(np.finfo(name if name == "float64" else "float32").eps)


def longest(shape: tuple) -> int:
    """The longer side of matrices, as far as it is known."""
    return max(side or 1 for side in shape[-2:])
