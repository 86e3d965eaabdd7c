"""Group normalization, scale and offset included, in one kernel each way.

A few samples at a time go through all steps while they are in the cache. Sums are
products with ones. Pixels of few channels are seen as fewer wide ones, over which each
sample's coefficients broadcast.
"""

import math
from functools import partial

import numpy as np

from ...tensor import dtypes, primitive
from ...utils import blas, parallel
from ..arithmetic import add, multiply, rsqrt, subtract
from ..common import all_of, pullback
from ..movement import reshape
from ..reductions import mean, sum

__all__ = ["normalize_groups"]

WIDTH = 512  # numbers in a row that is long enough


def _stacks(*arrays) -> list:
    """Samples as stacks of wide rows, each of as many pixels as divide their number."""
    samples, *sizes, channels = arrays[0].shape
    pixels, most = math.prod(sizes), max(WIDTH // max(channels, 1), 1)
    fitting = [n for n in range(1, min(pixels, most) + 1) if pixels % n == 0]
    times = max(fitting, default=1)
    shape = samples, pixels // times, times * channels
    return [np.ascontiguousarray(x).reshape(shape) for x in arrays]


def _share(work, rows) -> None:
    """Calls work(samples) for a few samples after the other; on two threads if many."""
    step = max(1, parallel.BLOCK * len(rows) // max(rows.size, 1))
    jobs = [partial(work, slice(i, i + step)) for i in range(0, len(rows), step)]
    with blas.single_threaded():
        parallel.run_all(jobs)


def _channel_sums(rows, channels: int):
    """Sums over the pixels of each sample."""
    total = np.matmul(np.ones(rows.shape[1], rows.dtype), rows)
    return np.add.reduce(total.reshape(len(rows), -1, channels), axis=1)


def _group_means(sums, groups: int, count: int):
    """Sums per channel, as means over the values in each group."""
    total = np.add.reduce(sums.reshape(len(sums), groups, -1), axis=2)
    return total / total.dtype.type(count)


def _channels(x, channels: int):
    """A number per group, at each of its channels."""
    return np.repeat(x, channels // x.shape[1], axis=1)


def _wide(x, rows):
    """A number per sample and channel, as often as wide rows have it."""
    return np.tile(x, rows.shape[2] // x.shape[1])[:, None]


def _grouped(x, gamma, beta, *, groups, **metadata):
    return [x, (x[0], groups), (x[0], groups)]


@primitive(shape=_grouped, dtype=dtypes.floating, is_whole=True)
def normalize_groups(x, gamma, beta, *, groups: int, epsilon: float, out=None):
    """Brings each group of channels of a sample to mean 0 and deviation 1, then scales.

    y = gamma * (x - mean) / sqrt(variance + epsilon) + beta

    Returns:
        y, mean and variance.
    """
    kind, channels = x.dtype, x.shape[-1]
    count = max(math.prod(x.shape[1:]) // groups, 1)
    if out is None:
        shape = (len(x), groups)
        out = np.empty(x.shape, kind), np.empty(shape, kind), np.empty(shape, kind)
    y, mean, variance = out
    (rows,) = _stacks(x)
    to = y.reshape(rows.shape)

    def work(i):
        mean[i] = _group_means(_channel_sums(rows[i], channels), groups, count)
        np.subtract(rows[i], _wide(_channels(mean[i], channels), rows), out=to[i])
        square = np.multiply(to[i], to[i])
        variance[i] = _group_means(_channel_sums(square, channels), groups, count)
        inverse = 1 / np.sqrt(variance[i] + kind.type(epsilon))
        factor = _channels(inverse, channels) * gamma
        np.multiply(to[i], _wide(factor, rows), out=to[i])
        np.add(to[i], _wide(beta[None], rows), out=to[i])

    _share(work, rows)
    return out


@primitive(
    shape=lambda dy, x, mean, variance, gamma, **metadata: [x, gamma, gamma],
    dtype=dtypes.floating,
    is_whole=True,
)
def normalize_groups_grad(dy, x, mean, variance, gamma, *, epsilon: float, out=None):
    """Goes back through `normalize_groups`: the gradients for x, gamma and beta.

    dx = (gamma * dy - mean(gamma * dy) - z * mean(gamma * dy * z)) / sqrt(variance +
    epsilon),  z = (x - mean) / sqrt(variance + epsilon)
    """
    kind, channels, groups = x.dtype, x.shape[-1], mean.shape[1]
    count = max(math.prod(x.shape[1:]) // groups, 1)
    if out is None:
        out = np.empty(x.shape, kind), np.empty_like(gamma), np.empty_like(gamma)
    dx, dgamma, dbeta = out
    rows, slopes = _stacks(x, dy)
    to = dx.reshape(rows.shape)
    sums = np.empty((2, len(x), channels), kind)
    inverse = 1 / np.sqrt(variance + kind.type(epsilon))

    def work(i):
        np.subtract(rows[i], _wide(_channels(mean[i], channels), rows), out=to[i])
        product = np.multiply(to[i], slopes[i])
        steepness = _channels(inverse[i], channels)
        sums[0, i] = _channel_sums(product, channels) * steepness
        sums[1, i] = _channel_sums(slopes[i], channels)
        pull, shift = (_group_means(s[i] * gamma, groups, count) for s in sums)
        pull = _channels(-pull * inverse[i] * inverse[i], channels)
        shift = _channels(-shift * inverse[i], channels)
        np.multiply(to[i], _wide(pull, rows), out=to[i])
        np.add(to[i], _wide(shift, rows), out=to[i])
        np.multiply(slopes[i], _wide(steepness * gamma, rows), out=product)
        np.add(to[i], product, out=to[i])

    _share(work, rows)
    np.add.reduce(sums[0], axis=0, out=dgamma)
    np.add.reduce(sums[1], axis=0, out=dbeta)
    return out


# Gradients, where they are taken of more than y: the same in primitives ---------------


def _cut(x, groups: int):
    """Samples as (samples, pixels, groups, channels of a group)."""
    samples, *sizes, channels = x.shape
    return reshape(x, (samples, math.prod(sizes), groups, channels // groups))


def _formula(x, gamma, beta, groups, epsilon):
    z = _cut(x, groups)
    center = mean(z, axis=(1, 3), keepdims=True)
    away = subtract(z, center)
    variance = mean(multiply(away, away), axis=(1, 3), keepdims=True)
    z = reshape(multiply(away, rsqrt(add(variance, epsilon))), x.shape)
    y = add(multiply(z, gamma), beta)
    return y, *(reshape(m, (x.shape[0], groups)) for m in (center, variance))


def _grad_formula(dy, x, mean_, variance, gamma, epsilon):
    groups = mean_.shape[1]
    wide = (x.shape[0], 1, groups, 1)
    inverse = rsqrt(add(reshape(variance, wide), epsilon))
    z = multiply(subtract(_cut(x, groups), reshape(mean_, wide)), inverse)
    dz = _cut(multiply(dy, gamma), groups)
    along = multiply(z, mean(multiply(dz, z), axis=(1, 3), keepdims=True))
    pull = add(mean(dz, axis=(1, 3), keepdims=True), along)
    dx = reshape(multiply(subtract(dz, pull), inverse), x.shape)
    axes = tuple(range(len(x.shape) - 1))
    dgamma = sum(multiply(dy, reshape(z, x.shape)), axis=axes)
    return dx, dgamma, sum(dy, axis=axes)


def _slopes(g, x, gamma, beta, out, groups, epsilon):
    _, center, variance = out
    if g[1] is None and g[2] is None:
        return normalize_groups_grad(g[0], x, center, variance, gamma, epsilon=epsilon)
    formula = partial(_formula, groups=groups, epsilon=epsilon)
    return pullback(formula, all_of(g, out), x, gamma, beta)


normalize_groups.grad_all(_slopes)


def _slopes_of_slopes(g, dy, x, mean, variance, gamma, epsilon):
    formula, g = partial(_grad_formula, epsilon=epsilon), all_of(g, (x, gamma, gamma))
    return pullback(formula, g, dy, x, mean, variance, gamma)


normalize_groups_grad.grad_all(_slopes_of_slopes)
