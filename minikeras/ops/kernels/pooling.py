"""Windows that slide over images of any rank: the largest value in each, or the mean.

A window of 2 x 2 has four places. `_places` says for each of them which outputs see it
and where it lies in the input, both as slices: a kernel is a loop over places, not over
windows. Images are worked on a few at a time, so that they stay in the cache.

The metadata `window` is a tuple: sizes and strides, one per spatial axis, "valid" or
"same", and the first spatial axis.
"""

import itertools
import math
from functools import lru_cache, partial

import numpy as np

from ...tensor import dtypes, primitive
from ...utils import parallel
from ..common import no_influence, room
from ..resizing import magnify

__all__ = ["average_pooling", "count_windows", "max_pooling"]

BLOCK = 2**18  # numbers of the input at a time; fewer, and threads wait for each other
LARGE = 2**19  # numbers from which two threads are faster


def count_windows(size, pool: int, stride: int, padding: str):
    """How many windows fit along an axis; None if its size is not known."""
    if size is None:
        return None
    return -(-size // stride) if padding == "same" else (size - pool) // stride + 1


def _spatial(shape: tuple, window: tuple) -> tuple:
    pool, _, _, first = window
    return shape[first : first + len(pool)]


def _pooled(x, *, window):
    """The shape of the result: the shape rule, and what kernels make room for."""
    pool, strides, padding, first = window
    sizes = zip(_spatial(x, window), pool, strides, strict=True)
    counts = (count_windows(*along, padding) for along in sizes)
    return (*x[:first], *counts, *x[first + len(pool) :])


# Places -----------------------------------------------------------------------------


def _along_axis(size: int, pool: int, stride: int, padding: str) -> list:
    """For each place of a window on an axis: the outputs that see it, and where."""
    count = count_windows(size, pool, stride, padding)
    missing = max((count - 1) * stride + pool - size, 0) if padding == "same" else 0
    found = []
    for shift in range(-(missing // 2), pool - missing // 2):
        low = max(-(shift // stride), 0)
        high = min((size - 1 - shift) // stride, count - 1)
        if low <= high:
            inside = slice(low * stride + shift, high * stride + shift + 1, stride)
            found.append((slice(low, high + 1), inside))
    return found


@lru_cache(256)
def _places(sizes: tuple, window: tuple) -> list:
    """Pairs (index of outputs, index of inputs), one for each place, row by row."""
    pool, strides, padding, first = window
    along = zip(sizes, pool, strides, strict=True)
    lead = (slice(None),) * first
    return [
        (lead + tuple(o for o, _ in place), lead + tuple(i for _, i in place))
        for place in itertools.product(*(_along_axis(*axis, padding) for axis in along))
    ]


@lru_cache(256)
def _stages(sizes: tuple, window: tuple) -> list:
    """A window as windows along one axis after the other; a small one as it is.

    Returns:
        Pairs (sizes of the input, places), one for each stage.
    """
    pool, strides, padding, first = window
    if math.prod(pool) <= 4:
        return [(sizes, _places(sizes, window))]
    ones, stages = (1,) * len(pool), []
    for i, (n, step) in enumerate(zip(pool, strides, strict=True)):
        if n > 1 or step > 1:
            pools = (*ones[:i], n, *ones[i + 1 :])
            steps = (*ones[:i], step, *ones[i + 1 :])
            stage = pools, steps, padding, first
            stages.append((sizes, _places(sizes, stage)))
            sizes = _pooled((0,) * first + sizes, window=stage)[first:]
    return stages


def _with_sizes(shape: tuple, sizes: tuple, window: tuple) -> tuple:
    pool, _, _, first = window
    return (*shape[:first], *sizes, *shape[first + len(pool) :])


# Loops ------------------------------------------------------------------------------


def _in_blocks(work, like, parts=2):
    """Calls work(images) for a few images after the other; on two threads if many.

    With one part, no other thread is asked: these are half of the images already.
    """
    count = len(like)
    step = max(1, BLOCK * count // max(like.size, 1))
    blocks = [slice(i, min(i + step, count)) for i in range(0, count, step)]
    is_much = like.size >= LARGE and parts == 2
    lists = [blocks[0::2], blocks[1::2]] if is_much else [blocks]
    parallel.run_all([partial(_each, work, some) for some in lists])


def _each(work, blocks: list):
    for images in blocks:
        work(images)


def _gather(ufunc, x, y, window):
    """Fills y with what the ufunc makes of the values in each window of x."""
    stages = _stages(_spatial(x.shape, window), window)
    for i, (_, places) in enumerate(stages):
        to = y
        if i + 1 < len(stages):
            sizes, _ = stages[i + 1]
            to = np.empty(_with_sizes(x.shape, sizes, window), y.dtype)
        _gather_once(ufunc, x, to, places)
        x = to


def _gather_once(ufunc, x, y, places):
    # Some place is seen by every output: it comes first, and fills y.
    places = sorted(places, key=lambda place: y[place[0]].shape != y.shape)
    (_, start), *rest = places
    if rest and y[rest[0][0]].shape == y.shape:
        (_, second), *rest = rest
        ufunc(x[start], x[second], out=y)
    else:
        np.copyto(y, x[start])
    for outputs, inputs in rest:
        ufunc(y[outputs], x[inputs], out=y[outputs])


# Largest value ----------------------------------------------------------------------


@primitive(shape=_pooled, is_whole=True, rows=("x",))
def max_pooling(x, *, window, out=None, parts=2):
    """Returns the largest value in each window."""
    out = room(x, out, _pooled(x.shape, window=window))
    _in_blocks(lambda i: _gather(np.maximum, x[i], out[i], window), x, parts)
    return out


@primitive(
    shape=lambda dy, x, y, **window: x, dtype=dtypes.first, is_whole=True,
    rows=("dy", "x", "y"),
)  # fmt: skip
def max_pooling_grad(dy, x, y, *, window, out=None, parts=2):
    """Brings each gradient back to the first of the largest values in its window."""
    out = room(x, out, x.shape, dy.dtype)

    def work(i):
        _spread_to_largest(dy[i], x[i], y[i], out[i], window)

    _in_blocks(work, x, parts)
    return out


def _is_apart(pool: tuple, strides: tuple) -> bool:
    """Whether no value lies in two windows."""
    return all(n <= step for n, step in zip(pool, strides, strict=True))


def _is_tiled(sizes: tuple, pool: tuple, strides: tuple) -> bool:
    """Whether each value lies in exactly one window."""
    pairs = zip(sizes, pool, strict=True)
    return pool == strides and not any(size % n for size, n in pairs)


def _spread_to_largest(dy, x, y, dx, window):
    pool, strides, _, first = window
    sizes = _spatial(x.shape, window)
    if max(pool) == 2 and _is_tiled(sizes, pool, strides):
        axes = [first + i for i, n in enumerate(pool) if n == 2]
        return _spread_in_pairs(dy, x, dx, axes)
    if not _is_tiled(sizes, pool, strides):
        dx[...] = 0
    share = None if _is_apart(pool, strides) else np.empty_like(dy)
    for outputs, inputs, chosen in _largest(x, y, _places(sizes, window)):
        if share is None:
            np.multiply(dy[outputs], chosen, out=dx[inputs])
        else:
            part = np.multiply(dy[outputs], chosen, out=share[outputs])
            np.add(dx[inputs], part, out=dx[inputs])


def _spread_in_pairs(dy, x, dx, axes):
    """The same for windows of two along some axes: one axis after the other.

    The last axis goes first, so that of equal values the first one in a row wins.
    """
    *others, axis = axes
    lead = (slice(None),) * axis
    low, high = (*lead, slice(0, None, 2)), (*lead, slice(1, None, 2))
    if others:
        largest = np.maximum(x[low], x[high])
        slopes = np.empty(largest.shape, dy.dtype)
        _spread_in_pairs(dy, largest, slopes, others)
        dy = slopes
    np.multiply(dy, x[low] >= x[high], out=dx[low])
    np.subtract(dy, dx[low], out=dx[high])


def _largest(x, y, places):
    """Goes through the places; tells where each has the first of the largest values."""
    chosen, found = np.empty(y.shape, bool), np.zeros(y.shape, bool)
    for outputs, inputs in places:
        here, before = chosen[outputs], found[outputs]
        np.equal(x[inputs], y[outputs], out=here)
        np.greater(here, before, out=here)
        np.logical_or(before, here, out=before)
        yield outputs, inputs, here


@primitive(shape=lambda g, x, y, **window: y, dtype=dtypes.first, is_whole=True)
def max_pooling_pick(g, x, y, *, window, out=None):
    """Takes from g what stands where x has the first of a window's largest values."""
    out = room(y, out, y.shape, g.dtype)
    _in_blocks(lambda i: _pick_largest(g[i], x[i], y[i], out[i], window), x)
    return out


def _pick_largest(g, x, y, picked, window):
    picked[...] = 0
    places = _places(_spatial(x.shape, window), window)
    for outputs, inputs, chosen in _largest(x, y, places):
        np.add(picked[outputs], g[inputs] * chosen, out=picked[outputs])


max_pooling.grad(x=lambda g, x, out, window: max_pooling_grad(g, x, out, window=window))
max_pooling_grad.grad(
    dy=lambda g, x, y, window: max_pooling_pick(g, x, y, window=window),
    x=no_influence,  # it only chooses
    y=no_influence,
)
max_pooling_pick.grad(
    g=lambda g, x, y, window: max_pooling_grad(g, x, y, window=window),
    x=no_influence,
    y=no_influence,
)

# Mean -------------------------------------------------------------------------------


def _shares(shape: tuple, window: tuple, dtype):
    """One over the number of values in each window; padding is not counted."""
    pool, strides, padding, first = window
    if padding == "valid":
        return np.asarray(1 / math.prod(pool), dtype)
    counts = np.ones((), int)
    for axis in zip(_spatial(shape, window), pool, strides, strict=True):
        along = np.zeros(count_windows(*axis, padding), int)
        for outputs, _ in _along_axis(*axis, padding):
            along[outputs] += 1
        counts = counts[..., None] * along
    shares = (1 / counts).astype(dtype)
    return shares[..., None] if first == 1 else shares


@primitive(shape=_pooled, dtype=dtypes.floating, is_whole=True, rows=("x",))
def average_pooling(x, *, window, out=None, parts=2):
    """Returns the mean of each window."""
    out = room(x, out, _pooled(x.shape, window=window))
    shares = _shares(x.shape, window, x.dtype)
    _in_blocks(lambda i: _mean(x[i], out[i], shares, window), x, parts)
    return out


def _mean(x, y, shares, window):
    _gather(np.add, x, y, window)
    np.multiply(y, shares, out=y)


@primitive(
    shape=lambda dy, *, size, **window: (dy[0], *size), is_whole=True, rows=("dy",)
)
def average_pooling_grad(dy, *, size, window, out=None, parts=2):
    """Spreads each gradient evenly over the values of its window: images of `size`."""
    out = room(dy, out, (len(dy), *size))
    shares = _shares(out.shape, window, dy.dtype)
    _in_blocks(lambda i: _spread_evenly(dy[i] * shares, out[i], window), out, parts)
    return out


def _spread_evenly(dy, dx, window):
    pool, strides, _, first = window
    if _is_tiled(_spatial(dx.shape, window), pool, strides):
        ones = (1,) * (dx.ndim - first - len(pool))
        return magnify.kernel(dy, sizes=(*(1,) * first, *pool, *ones), out=dx)
    stages = _stages(_spatial(dx.shape, window), window)
    for i, (sizes, places) in reversed(list(enumerate(stages))):
        to = np.empty(_with_sizes(dx.shape, sizes, window), dy.dtype) if i else dx
        to[...] = 0
        for outputs, inputs in places:
            np.add(to[inputs], dy[outputs], out=to[inputs])
        dy = to


average_pooling.grad(
    x=lambda g, x_shape, window: average_pooling_grad(
        g, size=x_shape[1:], window=window
    )
)
average_pooling_grad.grad(dy=lambda g, window: average_pooling(g, window=window))
