"""Calls of the functions of linear algebra, for their contract."""

import numpy as np

from minikeras import ops

from .drawing import R
from .functions import call
from .kernels_linalg import S, few


def distances(x, y):
    return np.linalg.norm(x[..., :, None, :] - y[..., None, :, :], axis=-1)


def inverse_of_product(x, upper=False):
    x = np.triu(x).T if upper else np.tril(x)
    return np.linalg.inv(x @ x.T)


CASES = {
    "cdist": [
        call(R(3, 2), R(4, 2), like=distances),
        call(R(2, 3, 2), R(2, 1, 2), like=distances),
    ],
    "cholesky_inverse": [
        call(few(3, 3), like=inverse_of_product),
        call(few(3, 3), upper=True, like=inverse_of_product),
    ],
    "cross": [
        call(R(2, 3), R(2, 3)),
        call(R(3, 2), R(3, 2), axis=0),
        call(R(2), R(4, 2), like=lambda a, b: a[0] * b[:, 1] - a[1] * b[:, 0]),
        call(R(4, 2), R(3), like=lambda a, b: np.cross(np.pad(a, ((0, 0), (0, 1))), b)),
    ],
    "jvp": [
        call(
            lambda x, y: ops.sin(x) * y, [R(2), R(2)], [R(2), R(2)],
            like=lambda f, x, d: (
                np.sin(x[0]) * x[1],
                np.cos(x[0]) * d[0] * x[1] + np.sin(x[0]) * d[1],
            ),
            traits="eager written",
        )
    ],
    "kron": [
        call(R(2, 3), R(3, 2)), call(R(2), R(2, 3)), call(R(2, 2, 2), R(1, 3)),
    ],
    "logdet": [call(S(3, 3), like=lambda x: np.linalg.slogdet(x)[1])],
    "lstsq": [
        call(few(4, 2), R(4), like=lambda a, b: np.linalg.lstsq(a, b)[0]),
        call(few(2, 4), R(2, 3), like=lambda a, b: np.linalg.lstsq(a, b)[0]),
    ],
    "matrix_rank": [call(few(3, 2), like=np.linalg.matrix_rank)],
    "solve_triangular": [
        call(few(3, 3), R(3), like=lambda a, b: np.linalg.solve(np.triu(a), b)),
        call(few(3, 3), R(3, 2), lower=True,
             like=lambda a, b, lower: np.linalg.solve(np.tril(a), b)),
        call(few(2, 3, 3), R(2, 3),
             like=lambda a, b: np.linalg.solve(np.triu(a), b[..., None])[..., 0]),
    ],
    "svd": [
        call(few(3, 3), like=np.linalg.svd),
        call(few(4, 2), compute_uv=False, like=np.linalg.svd),
        call(few(2, 4), full_matrices=False, like=np.linalg.svd),
    ],
    "vander": [call(R(3)), call(R(3), 5, increasing=True)],
}  # fmt: skip
