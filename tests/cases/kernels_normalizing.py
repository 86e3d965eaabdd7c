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


def normalize_groups(x, gamma, beta, groups, epsilon):
    cut = x.reshape(len(x), -1, groups, x.shape[-1] // groups)
    mean, variance = cut.mean((1, 3), keepdims=True), cut.var((1, 3), keepdims=True)
    z = ((cut - mean) / np.sqrt(variance + epsilon)).reshape(x.shape)
    return gamma * z + beta, mean[:, 0, :, 0], variance[:, 0, :, 0]


def normalize_groups_grad(dy, x, mean, variance, gamma, epsilon):
    cut = x.reshape(len(x), -1, mean.shape[1], x.shape[-1] // mean.shape[1])
    deviation = np.sqrt(variance + epsilon)[:, None, :, None]
    z = (cut - mean[:, None, :, None]) / deviation
    slope = (gamma * dy).reshape(cut.shape)
    along = (slope * z).mean((1, 3), keepdims=True)
    dx = (slope - slope.mean((1, 3), keepdims=True) - z * along) / deviation
    axes = tuple(range(x.ndim - 1))
    return dx.reshape(x.shape), (dy * z.reshape(x.shape)).sum(axes), dy.sum(axes)


SHAPES = [(4, 3), (2, 3, 4), (2, 2, 3, 2), (5, 1)]
GROUPED = [((2, 3, 4), 2), ((3, 2, 3, 2), 1), ((2, 6), 3), ((1, 4, 2), 2)]
CASES: dict = {
    "normalize_groups": [
        case(
            normalize_groups,
            R(*s),
            R(s[-1]),
            R(s[-1]),
            groups=groups,
            epsilon=EPSILON,
        )
        for s, groups in GROUPED
    ],
    "normalize_groups_grad": [
        case(
            normalize_groups_grad,
            R(*s),
            R(*s),
            R(s[0], groups),
            P(s[0], groups),
            R(s[-1]),
            epsilon=EPSILON,
        )
        for s, groups in GROUPED
    ],
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
