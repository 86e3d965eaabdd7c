"""Cases of the primitives of linear algebra."""

import numpy as np

from .drawing import R, case, described, exactly

few = described(lambda rng, shape: rng.normal(size=shape) + 3 * np.eye(*shape[-2:]))


def positive(rng, shape):
    x = rng.normal(size=shape)
    return x @ x.swapaxes(-1, -2) + np.eye(shape[-1])


S = described(positive)


def adjugate(x):
    """The inverse by cofactors."""
    n = len(x)
    minors = [
        [
            (-1) ** (i + j)
            * np.linalg.det(np.delete(np.delete(x, i, axis=0), j, axis=1))
            for j in range(n)
        ]
        for i in range(n)
    ]
    return np.array(minors).T / np.linalg.det(x)


def laplace(x):
    """The determinant by expansion along the first row."""
    if len(x) == 1:
        return x[0, 0]
    return sum(
        (-1) ** j * x[0, j] * laplace(np.delete(x[1:], j, axis=1))
        for j in range(len(x))
    )


def each(function):
    """A function of matrices for a batch of them."""
    return lambda x: np.stack([function(one) for one in x])


def lower_factor(x):
    """Cholesky's factor, number by number."""
    y = np.zeros_like(x)
    for i in range(len(x)):
        for j in range(i + 1):
            rest = (x[i, j] + x[j, i]) / 2 - y[i, :j] @ y[j, :j]
            y[i, j] = np.sqrt(rest) if i == j else rest / y[j, j]
    return y


def symmetric(x):
    return (x + x.swapaxes(-1, -2)) / 2


def factors(x):
    """Gaussian elimination, row by row."""
    x, pivots = x.copy(), []
    for k in range(min(x.shape)):
        best = max(range(k, len(x)), key=lambda i: abs(x[i, k]))
        pivots.append(best)
        x[[k, best]] = x[[best, k]]
        for i in range(k + 1, len(x)):
            x[i, k] /= x[k, k]
            x[i, k + 1 :] -= x[i, k] * x[k, k + 1 :]
    return x, np.array(pivots)


def logarithm(x):
    value = laplace(x)
    return np.sign(value), np.log(abs(value))


CASES = {
    "inv": [case(adjugate, few(3, 3)), case(each(adjugate), few(2, 2, 2))],
    "det": [case(laplace, few(3, 3)), case(each(laplace), few(2, 2, 2))],
    "slogdet": [case(logarithm, few(3, 3))],
    "solve": [
        case(lambda a, b: adjugate(a) @ b, few(3, 3), R(3)),
        case(lambda a, b: adjugate(a) @ b, few(3, 3), R(3, 2)),
        case(lambda a, b: each(adjugate)(a) @ b, few(2, 3, 3), R(3, 2)),
        case(lambda a, b: each(adjugate)(a) @ b, few(2, 3, 3), R(3)),
    ],
    "cholesky": [
        case(lambda x, upper: lower_factor(x), S(3, 3), upper=False),
        case(lambda x, upper: lower_factor(x).T, S(3, 3), upper=True),
    ],
    "qr": [
        case(lambda x, mode: np.linalg.qr(x, mode), few(3, 3), mode="reduced"),
        case(lambda x, mode: np.linalg.qr(x, mode), few(2, 4, 2), mode="reduced"),
        case(lambda x, mode: np.linalg.qr(x, mode), few(3, 3), mode="complete"),
    ],
    "lu_factor": [case(factors, few(3, 3)), case(factors, few(2, 2))],
    "rows_before": [
        case(lambda p: np.array([1, 2, 0]), exactly([2, 2, 2])),
        case(lambda p: np.array([[1, 0], [0, 1]]), exactly([[1, 1], [0, 1]])),
    ],
    "eigh": [
        case(lambda x: np.linalg.eigh(symmetric(x)), S(3, 3)),
        case(lambda x: np.linalg.eigh(symmetric(x)), S(2, 2, 2)),
    ],
    "eig": [case(np.linalg.eig, few(3, 3))],
    "singular": [
        case(np.linalg.svd, few(3, 3), full_matrices=True),
        case(np.linalg.svd, few(4, 2), full_matrices=False),
        case(np.linalg.svd, few(2, 2, 4), full_matrices=False),
    ],
    "pinv": [
        case(lambda x: np.linalg.inv(x.T @ x) @ x.T, few(4, 2)),
        case(lambda x: x.T @ np.linalg.inv(x @ x.T), few(2, 4)),
    ],
}
