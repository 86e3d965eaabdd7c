"""Cases of the primitive contract: kernels of normalizing layers."""

import numpy as np

from .drawing import P, R, case

EPSILON = 1e-2


def normalize_columns(x, gamma, beta, epsilon):
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axes), x.var(axes)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta, mean, variance


def normalize_columns_grad(dy, x, mean, variance, gamma, epsilon):
    axes = tuple(range(x.ndim - 1))
    deviation = np.sqrt(variance + epsilon)
    z = (x - mean) / deviation
    pull = dy - dy.mean(axes) - z * (dy * z).mean(axes)
    return gamma / deviation * pull, (dy * z).sum(axes), dy.sum(axes)


SHAPES = [(4, 3), (2, 3, 4), (2, 2, 3, 2), (5, 1)]
CASES: dict = {
    "normalize_columns": [
        case(normalize_columns, R(*s), R(s[-1]), R(s[-1]), epsilon=EPSILON)
        for s in SHAPES
    ],
    "normalize_columns_grad": [
        case(
            normalize_columns_grad,
            R(*s),
            R(*s),
            R(s[-1]),
            P(s[-1]),
            R(s[-1]),
            epsilon=EPSILON,
        )
        for s in SHAPES
    ],
}
