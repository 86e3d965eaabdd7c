"""Batch normalization of columns, scale and offset included, in one kernel each way.

Rows are worked on some at a time, so that they stay in the cache, and many short rows
are seen as a few long ones. Sums are taken block by block and the blocks' sums added in
order, in float64: the result does not depend on the number of threads. Something near
the mean is subtracted before anything is squared, for columns far from 0.
"""

from functools import partial

import numpy as np

from ...tensor import dtypes, primitive, zeros_like
from ...utils import blas, parallel
from ..arithmetic import add, multiply, rsqrt, subtract
from ..common import pullback
from ..reductions import mean_grad, sum

__all__ = ["normalize_columns"]

BLOCK = 2**17  # numbers that are worked on at a time
LARGE = 2**18  # numbers from which two threads are faster
WIDTH = 1024  # numbers in a row that is long enough
SOME = 1024  # rows that tell roughly where the mean is


def _over_blocks(work, size: int, columns: int, dtype) -> np.ndarray:
    """Calls work(part, repeat, sums) for parts of the rows; returns all their sums.

    A part has a multiple of `repeat` rows, so it can be seen with longer ones.
    """
    repeat = max(1, WIDTH // columns)
    step = max(1, BLOCK // (repeat * columns)) * repeat
    whole = size - size % repeat
    starts = list(range(0, whole, step))
    parts = [(slice(i, min(i + step, whole)), repeat) for i in starts]
    if whole < size:
        parts.append((slice(whole, size), 1))
    sums = np.zeros((len(parts), 2, columns), dtype)
    jobs = [(*part, total) for part, total in zip(parts, sums, strict=True)]
    lists = [jobs[0::2], jobs[1::2]] if size * columns >= LARGE else [jobs]
    with blas.single_threaded():
        parallel.run_all([partial(_each, work, some) for some in lists])
    return np.add.reduce(sums, axis=0, dtype=np.float64)


def _each(work, jobs: list) -> None:
    for job in jobs:
        work(*job)


def _wide(x, part, repeat: int):
    """Some rows of a matrix, so many of them seen as one."""
    return x[part].reshape(-1, repeat * x.shape[1])


def _long(vector):
    """One number per column, as often as the columns of a wide row are there."""
    return np.tile(vector, max(1, WIDTH // len(vector)))


def _columns(x):
    return np.ascontiguousarray(x).reshape(-1, x.shape[-1])


def _mean_of_some(x):
    """The mean of the first rows: what is squared shall not be far from 0."""
    some = x[:SOME]
    return np.add.reduce(some, axis=0) / some.dtype.type(max(len(some), 1))


def _total(x, repeat: int, out) -> None:
    """Sums of the columns."""
    sums = np.dot(np.ones(len(x), x.dtype), x)
    np.add.reduce(sums.reshape(repeat, -1), axis=0, out=out)


def _normalized(x, gamma, beta, **metadata):
    return [x, x[-1:], x[-1:]]


@primitive(shape=_normalized, dtype=dtypes.floating, is_whole=True)
def normalize_columns(x, gamma, beta, *, epsilon: float, out=None):
    """Brings each feature, along the last axis, to mean beta and deviation gamma.

    y = gamma * (x - mean) / sqrt(variance + epsilon) + beta

    Returns:
        y, mean and variance.
    """
    rows, count = _columns(x), max(x.size // max(x.shape[-1], 1), 1)
    kind, columns = x.dtype, x.shape[-1]
    if out is None:
        out = np.empty(x.shape, kind), np.empty(columns, kind), np.empty(columns, kind)
    y, mean, variance = out
    to = y.reshape(rows.shape)

    near = _mean_of_some(rows)
    start = _long(near)

    def first(part, repeat, sums):
        away = np.subtract(_wide(rows, part, repeat), start[: repeat * columns])
        _total(away, repeat, sums[0])
        _total(np.multiply(away, away, out=away), repeat, sums[1])

    def second(part, repeat, sums):
        block, end = _wide(to, part, repeat), repeat * columns
        np.subtract(_wide(rows, part, repeat), center[:end], out=block)
        np.multiply(block, factor[:end], out=block)
        np.add(block, offset[:end], out=block)

    off, square = _over_blocks(first, *rows.shape, kind) / count
    mean[...] = near + off
    variance[...] = np.maximum(square - off * off, 0)
    center, offset = _long(mean), _long(beta)
    factor = _long(gamma / np.sqrt(variance + kind.type(epsilon)))
    _over_blocks(second, *rows.shape, kind)
    return out


@primitive(
    shape=lambda dy, x, mean, variance, gamma, **metadata: [x, gamma, gamma],
    dtype=dtypes.floating,
    is_whole=True,
)
def normalize_columns_grad(dy, x, mean, variance, gamma, *, epsilon: float, out=None):
    """Goes back through `normalize_columns`: the gradients for x, gamma and beta.

    dx = a * (dy - mean(dy) - z * mean(dy * z)),  z = (x - mean) / sqrt(variance +
    epsilon),  a = gamma / sqrt(variance + epsilon)
    """
    rows, slopes, kind = _columns(x), _columns(dy), x.dtype
    count = max(len(rows), 1)
    if out is None:
        out = np.empty(x.shape, kind), np.empty_like(gamma), np.empty_like(gamma)
    dx, dgamma, dbeta = out
    to = dx.reshape(rows.shape)
    inverse = 1 / np.sqrt(variance + kind.type(epsilon))

    center = _long(mean)

    def first(part, repeat, sums):
        slope = _wide(slopes, part, repeat)
        _total(slope, repeat, sums[0])
        away = np.subtract(_wide(rows, part, repeat), center[: slope.shape[1]])
        _total(np.multiply(away, slope, out=away), repeat, sums[1])

    def second(part, repeat, sums):
        block, slope = _wide(to, part, repeat), _wide(slopes, part, repeat)
        end = block.shape[1]
        np.subtract(_wide(rows, part, repeat), center[:end], out=block)
        np.multiply(block, pull[:end], out=block)
        np.add(block, shift[:end], out=block)
        np.add(block, slope * factor[:end], out=block)

    dbeta[...], along = _over_blocks(first, *rows.shape, kind)
    dgamma[...] = along * inverse
    factor = gamma * inverse
    pull = _long(-factor * inverse * dgamma / kind.type(count))
    shift = _long(-factor * dbeta / kind.type(count))
    factor = _long(factor)
    _over_blocks(second, *rows.shape, kind)
    return out


def _slopes(g, x, out, gamma, epsilon):
    _, mean, variance = out
    axes = tuple(range(x.ndim - 1))
    dy = zeros_like(x) if g[0] is None else g[0]
    dx, dgamma, dbeta = normalize_columns_grad(
        dy, x, mean, variance, gamma, epsilon=epsilon
    )
    if g[1] is not None:
        dx = add(dx, mean_grad(g[1], shape=x.shape, axis=axes))
    if g[2] is not None:
        pull = mean_grad(multiply(g[2], 2.0), shape=x.shape, axis=axes)
        dx = add(dx, multiply(subtract(x, mean), pull))
    return dx, dgamma, dbeta


normalize_columns.grad_all(_slopes)


def _slopes_of_slopes(g, dy, x, mean, variance, gamma, epsilon):
    """The gradient of `normalize_columns_grad`, from the same formula in primitives."""

    def total(dy, x, mean, variance, gamma):
        axes = tuple(range(x.ndim - 1))
        count = max(x.size // max(x.shape[-1], 1), 1)
        inverse = rsqrt(add(variance, epsilon))
        z = multiply(subtract(x, mean), inverse)
        dbeta, dgamma = sum(dy, axis=axes), sum(multiply(dy, z), axis=axes)
        common = multiply(add(dbeta, multiply(z, dgamma)), 1 / count)
        dx = multiply(multiply(gamma, inverse), subtract(dy, common))
        parts = ((y, g[i]) for i, y in enumerate((dx, dgamma, dbeta)))
        return _added(sum(multiply(y, c)) for y, c in parts if c is not None)

    return pullback(total, None, dy, x, mean, variance, gamma)


def _added(values):
    first, *rest = values
    for value in rest:
        first = add(first, value)
    return first


normalize_columns_grad.grad_all(_slopes_of_slopes)
