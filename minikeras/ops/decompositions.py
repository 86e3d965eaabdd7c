"""Matrices as products of simpler ones: Cholesky, QR, LU, eigenvectors, SVD.

Matrices stand in the last two axes, batches before them. The gradients are those of
Giles (2008), "Collected matrix derivative results", and Townsend (2016).
"""

import numpy as np

from ..tensor import GradientError, cast, dtypes, operation, primitive
from .arithmetic import add, divide, multiply, negative, subtract
from .common import all_of, deliver, shape_of
from .creation import tril, triu
from .indexing import take_along_axis
from .logic import greater
from .movement import broadcast_to, expand_dims, transpose_last
from .products import matmul
from .reductions import max, sum
from .solving import epsilon_of, inv, longest, matrix_shape, put, solve, wide

__all__ = [
    "cholesky",
    "cholesky_inverse",
    "eig",
    "eigh",
    "lstsq",
    "lu_factor",
    "matrix_rank",
    "pinv",
    "qr",
    "svd",
]


def _symmetric(x):
    return multiply(add(x, transpose_last(x)), 0.5)


def mirrored(x):
    """The symmetric part of arrays, which all of the gradient belongs to."""
    return (x + x.swapaxes(-1, -2)) / 2


def _unit(x):
    """Ones on the diagonal, as many as x has columns, in its dtype."""
    return np.eye(x.shape[-1], dtype=x.dtype)


def _scaled(x, factors):
    """Matrices with their columns multiplied by numbers."""
    return multiply(x, expand_dims(factors, axis=-2))


def _gaps(values):
    """1 / (v_j - v_i) in row i and column j, and 0 on the diagonal."""
    unit = _unit(values)
    gaps = subtract(expand_dims(values, axis=-2), expand_dims(values, axis=-1))
    return subtract(divide(1.0, add(gaps, unit)), unit)


def _smaller(x: tuple):
    return None if None in x[-2:] else min(x[-2:])


# Cholesky ---------------------------------------------------------------------------


@primitive(
    shape=lambda x, **metadata: matrix_shape("cholesky", x, True),
    dtype=dtypes.floating,
    is_whole=True,
)
def cholesky(x, *, upper: bool = False, out=None):
    """Returns the triangular L with L @ L.T = x, or the upper U with U.T @ U = x.

    Args:
        x: Positive definite matrices, (..., n, n); the symmetric part counts.
        upper: Whether to return the upper factor.

    >>> cholesky([[4.0, 0.0], [0.0, 9.0]]).tolist()
    [[2.0, 0.0], [0.0, 3.0]]
    """
    matrix_shape("cholesky", x.shape, True)
    try:
        lower = np.linalg.cholesky(mirrored(wide(x))).astype(x.dtype, copy=False)
    except np.linalg.LinAlgError:
        raise ValueError(
            "cholesky: expected positive definite matrices, and one of them is not. "
            "Adding a small number to the diagonal may help."
        ) from None
    return deliver(lower.swapaxes(-1, -2) if upper else lower, out)


def _cholesky_slope(g, out, upper):
    lower, g = (transpose_last(v) if upper else v for v in (out, g))
    product = matmul(transpose_last(lower), g)
    inner = subtract(tril(product), multiply(product, 0.5 * _unit(product)))
    inverse = inv(lower)
    return _symmetric(matmul(matmul(transpose_last(inverse), inner), inverse))


cholesky.grad(x=_cholesky_slope)


@operation
def cholesky_inverse(x, upper=False):
    """Returns the inverse of a matrix from its Cholesky factor: see `cholesky`."""
    matrix_shape("cholesky_inverse", shape_of(x), True)
    lower = transpose_last(triu(x)) if upper else tril(x)
    inverse = inv(lower)
    return matmul(transpose_last(inverse), inverse)


# QR and LU --------------------------------------------------------------------------


def _qr_shapes(x, *, mode):
    matrix_shape("qr", x)
    inner = x[-2] if mode == "complete" else _smaller(x)
    return [(*x[:-1], inner), (*x[:-2], inner, x[-1])]


@primitive(shape=_qr_shapes, dtype=dtypes.floating, is_whole=True)
def qr(x, *, mode: str = "reduced", out=None):
    """Returns Q, with orthonormal columns, and the upper triangular R: Q @ R = x.

    Args:
        x: Matrices, (..., m, n).
        mode: "reduced": Q has min(m, n) columns; "complete": it is square.
    """
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr: mode must be 'reduced' or 'complete', got {mode!r}.")
    matrix_shape("qr", x.shape)
    return put(np.linalg.qr(wide(x), mode), x.dtype, out)


def _qr_slope(g, x, out, mode):
    q, r = out
    if x.shape[-2] < x.shape[-1] or q.shape[-1] != r.shape[-1]:
        raise GradientError(
            "qr: only matrices with as many rows as columns, or more in reduced mode, "
            f"have a gradient, got shape {x.shape} and mode {mode!r}."
        )
    for_q, for_r = all_of(g, out)
    both = subtract(matmul(r, transpose_last(for_r)), matmul(transpose_last(for_q), q))
    mirror = add(tril(both), transpose_last(tril(both, k=-1)))
    slope = add(for_q, matmul(q, mirror))
    return (transpose_last(solve(r, transpose_last(slope))),)


qr.grad_all(_qr_slope)


def _lu_shapes(x):
    return [matrix_shape("lu_factor", x), (*x[:-2], _smaller(x))]


@primitive(
    shape=_lu_shapes,
    dtype=lambda x: (dtypes.floating(x)[0], [dtypes.floating(x)[1], "int32"]),
    is_whole=True,
)
def lu_factor(x, *, out=None):
    """Returns L and U in one matrix, and for each row the one it was swapped with.

    L has ones on its diagonal, which are not stored: P @ x = L @ U. (Elimination with
    the largest pivot of a column)

    >>> lu_factor([[1.0, 2.0], [4.0, 4.0]])[0].tolist()
    [[4.0, 4.0], [0.25, 1.0]]
    """
    matrix_shape("lu_factor", x.shape)
    lu = wide(x).astype(x.dtype if x.itemsize > 2 else np.float32)
    count = min(x.shape[-2:])
    pivots = np.empty((*x.shape[:-2], count), np.int32)
    for place in np.ndindex(x.shape[:-2]):
        eliminate(lu[place], pivots[place])
    if out is None:
        return lu.astype(x.dtype, copy=False), pivots
    return put((lu, pivots), x.dtype, out)


def eliminate(lu, pivots):
    """Turns one matrix into its factors, in place."""
    for k in range(len(pivots)):
        pivots[k] = best = k + int(np.argmax(np.abs(lu[k:, k])))
        lu[[k, best]] = lu[[best, k]]
        if lu[k, k] != 0:
            lu[k + 1 :, k] /= lu[k, k]
            lu[k + 1 :, k + 1 :] -= np.outer(lu[k + 1 :, k], lu[k, k + 1 :])


@primitive(shape=lambda pivots: pivots, dtype=dtypes.fixed("int32"), is_whole=True)
def rows_before(pivots, *, out=None):
    """Returns where each row of a square matrix went when rows were swapped."""
    order = np.empty(pivots.shape, np.int32) if out is None else out
    for place in np.ndindex(pivots.shape[:-1]):
        rows = list(range(pivots.shape[-1]))
        for k, best in enumerate(pivots[place]):
            rows[k], rows[best] = rows[best], rows[k]
        order[place] = np.argsort(rows)
    return order


def _lu_slope(g, x, out):
    g, (lu, pivots) = g[0], out
    if x.shape[-2] != x.shape[-1]:
        raise GradientError(
            f"lu_factor: only square matrices have a gradient, got shape {x.shape}."
        )
    lower = add(tril(lu, k=-1), _unit(lu))
    upper = triu(lu)
    inner = add(
        tril(matmul(transpose_last(lower), tril(g, k=-1)), k=-1),
        triu(matmul(triu(g), transpose_last(upper))),
    )
    slope = solve(transpose_last(lower), inner)
    slope = transpose_last(solve(upper, transpose_last(slope)))
    order = expand_dims(rows_before(pivots), axis=-1)
    order = broadcast_to(order, shape=slope.shape)
    return (take_along_axis(slope, order, axis=-2),)


lu_factor.grad_all(_lu_slope)

# Eigenvalues ------------------------------------------------------------------------


def _eigen_shapes(x):
    matrix_shape("eigh", x, True)
    return [x[:-1], x]


@primitive(shape=_eigen_shapes, dtype=dtypes.floating, is_whole=True)
def eigh(x, *, out=None):
    """Returns eigenvalues, rising, and eigenvectors of symmetric matrices.

    Args:
        x: Matrices (..., n, n); of others, the symmetric part counts.

    Returns:
        (..., n) and, as columns, (..., n, n).

    >>> eigh([[2.0, 0.0], [0.0, 1.0]])[0].tolist()
    [1.0, 2.0]
    """
    matrix_shape("eigh", x.shape, True)
    return put(np.linalg.eigh(mirrored(wide(x))), x.dtype, out)


def _eigen_slope(g, out):
    (values, vectors), (for_values, for_vectors) = out, all_of(g, out)
    turned = transpose_last(vectors)
    inner = multiply(_gaps(values), matmul(turned, for_vectors))
    inner = add(inner, _scaled(_unit(values), for_values))
    return (_symmetric(matmul(matmul(vectors, inner), turned)),)


eigh.grad_all(_eigen_slope)


def _complex(x):
    real = dtypes.floating(x)[1]
    return real, "complex128" if real == "float64" else "complex64"


@primitive(shape=_eigen_shapes, dtype=_complex, is_whole=True)
def eig(x, *, out=None):
    """Returns eigenvalues and eigenvectors of square matrices, as complex numbers.

    Returns:
        (..., n) and, as columns, (..., n, n).
    """
    matrix_shape("eig", x.shape, True)
    dtype = np.complex128 if x.dtype == np.float64 else np.complex64
    return put(np.linalg.eig(wide(x)), dtype, out)


# Singular values --------------------------------------------------------------------


def _svd_shapes(x, *, full_matrices):
    matrix_shape("svd", x)
    few = _smaller(x)
    rows, columns = x[-2:] if full_matrices else (few, few)
    return [(*x[:-1], rows), (*x[:-2], few), (*x[:-2], columns, x[-1])]


@primitive(shape=_svd_shapes, dtype=dtypes.floating, is_whole=True)
def singular(x, *, full_matrices, out=None):
    """The three factors of `svd`."""
    matrix_shape("svd", x.shape)
    return put(np.linalg.svd(wide(x), full_matrices), x.dtype, out)


def _singular_slope(g, x, out, full_matrices):
    (u, s, vt), few = out, min(x.shape[-2:])
    is_square = x.shape[-2] == x.shape[-1]
    if full_matrices and not is_square and (g[0] is not None or g[2] is not None):
        raise GradientError(
            "svd: the vectors have a gradient only with full_matrices=False, got "
            f"full_matrices=True and shape {x.shape}."
        )
    for_u, for_s, for_vt = all_of(g, out)
    u, for_u = u[..., :few], for_u[..., :few]
    vt, for_vt = vt[..., :few, :], for_vt[..., :few, :]
    ut, for_v, v = transpose_last(u), transpose_last(for_vt), transpose_last(vt)
    gaps = _gaps(multiply(s, s))
    left, right = (_turning(gaps, a, b) for a, b in ((ut, for_u), (vt, for_v)))
    inner = add(_scaled(left, s), multiply(expand_dims(s, axis=-1), right))
    inner = add(inner, _scaled(_unit(s), for_s))
    slope = matmul(matmul(u, inner), vt)
    if is_square:
        return (slope,)
    over = divide(1.0, s)
    beside_u, beside_v = (
        _scaled(subtract(d, matmul(a, matmul(transpose_last(a), d))), over)
        for a, d in ((u, for_u), (v, for_v))
    )
    slope = add(slope, matmul(beside_u, vt))
    return (add(slope, matmul(u, transpose_last(beside_v))),)


def _turning(gaps, turned, slopes):
    product = matmul(turned, slopes)
    return multiply(gaps, subtract(product, transpose_last(product)))


singular.grad_all(_singular_slope)


@operation
def svd(x, full_matrices=True, compute_uv=True):
    """Returns U, s and Vt of the singular value decomposition: U * s @ Vt = x.

    Args:
        x: Matrices, (..., m, n).
        full_matrices: Whether U and Vt are square; else they have min(m, n) columns
            and rows.
        compute_uv: Whether to return U and Vt; if not, s alone.

    >>> svd([[3.0, 0.0], [0.0, 4.0]], compute_uv=False).tolist()
    [4.0, 3.0]
    """
    if not compute_uv:
        return singular(x, full_matrices=False)[1]
    return singular(x, full_matrices=full_matrices)


@operation
def matrix_rank(x, tol=None):
    """Counts the singular values that are larger than `tol`.

    Args:
        x: Matrices, (..., m, n).
        tol: Number; None: the largest singular value times the longer side times the
            precision of the dtype.
    """
    values = svd(x, compute_uv=False)
    if tol is None:
        least = max(values, axis=-1, keepdims=True)
        tol = multiply(least, longest(shape_of(x)) * epsilon_of(values))
    return sum(cast(greater(values, tol), dtype="int32"), axis=-1)


def _pinv_shape(x, **metadata):
    matrix_shape("pinv", x)
    return (*x[:-2], x[-1], x[-2])


@primitive(shape=_pinv_shape, dtype=dtypes.floating, is_whole=True)
def pinv(x, *, rcond=None, out=None):
    """Returns the pseudoinverse of matrices: that of least squares. (Penrose, 1955)

    Args:
        x: Matrices, (..., m, n).
        rcond: Singular values below this share of the largest count as 0; None: ten
            times the longer side times the precision of the dtype.
    """
    matrix_shape("pinv", x.shape)
    share = 10 * longest(x.shape) * epsilon_of(x) if rcond is None else rcond
    return deliver(np.linalg.pinv(wide(x), share).astype(x.dtype, copy=False), out)


def _pinv_slope(g, x, out):
    """Golub and Pereyra (1973)."""
    turned, g_turned = transpose_last(out), transpose_last(g)
    slope = negative(matmul(matmul(turned, g), turned))
    left = matmul(matmul(g_turned, out), turned)
    right = matmul(matmul(turned, out), g_turned)
    slope = add(slope, subtract(left, matmul(x, matmul(out, left))))
    return add(slope, subtract(right, matmul(matmul(right, out), x)))


pinv.grad(x=_pinv_slope)


@operation
def lstsq(a, b, rcond=None):
    """Returns the x for which a @ x comes nearest to b, the shortest one of several.

    Args:
        a: Matrix, (m, n).
        b: Vector (m,) or matrix (m, k).
        rcond: As for `pinv`.

    >>> np.round(lstsq([[1.0], [1.0]], [2.0, 4.0]), 4).tolist()
    [3.0]
    """
    of_a, of_b = shape_of(a), shape_of(b)
    if len(of_a) != 2 or len(of_b) not in (1, 2):
        raise ValueError(
            "lstsq: expected a matrix a, (m, n), and a vector or matrix b, (m,) or "
            f"(m, k), got shapes {of_a} and {of_b}. For batches there is pinv(a) @ b."
        )
    return matmul(pinv(a, rcond=rcond), b)
