"""Depthwise convolution: each channel has kernels of its own.

There is no product of matrices in it. Rows of images lie in memory as they are, all
channels of a place side by side, and one `einsum` adds them up, shifted, times a kernel
that is repeated until it is as long as a row. So the innermost loops are long, and no
sum leaves the cache before it is complete.
"""

import itertools
from functools import partial

import numpy as np

from ...tensor import dtypes, primitive
from ...utils import workspace
from .convolution import narrow, nothing
from .windows import overlap, phases, reach, share, spaced

__all__ = ["depthwise_convolve", "depthwise_kernel_slope", "depthwise_transposed"]

ROOM = 2**17  # elements of the images at a time

# By rank: f, the filters of a channel; n, images; a and b, rows of the result; i, j and
# k, places of the kernel; and q, the numbers in a row of the result.
CONVOLVED = {1: "nkq,fkq->fnq", 2: "najkq,fjkq->fnaq", 3: "nabijkq,fijkq->fnabq"}
SPREAD = {1: "fnkq,fkq->nq", 2: "fnajkq,fjkq->naq", 3: "fnabijkq,fijkq->nabq"}
SUMMED = {1: "nq,nq->q", 2: "naq,naq->q", 3: "nabq,nabq->q"}


def _lines(images, x, kernel_size, strides, before, dilation, size):
    """Yields blocks of images, and the rows that each place of a kernel meets.

    Images are (f, n, *sizes, channels), these rows (f, n, *rows, *kernel_size, q).
    Steps of 1 along the width lead from one view of a padded row to the next one. With
    larger ones, what a place of the kernel meets is copied side by side.
    """
    *spans, _ = reach(kernel_size, dilation)
    *lengths, _ = (
        (n - 1) * s + m for n, s, m in zip(size, strides, [*spans, 1], strict=True)
    )
    pairs = [
        overlap(-b, 1, n, m)
        for b, n, m in zip(before, lengths, x.shape[2:-2], strict=False)
    ]
    inside, shown = [to for to, _ in pairs], [of for _, of in pairs]
    step, taps = strides[-1], [j * dilation[-1] for j in range(kernel_size[-1])]
    if step == 1:
        starts, width = [0], size[-1] + taps[-1]
    else:
        starts, width = taps, size[-1]
    shape = (len(starts), width, x.shape[-1])
    many = ROOM // max(len(x) * int(np.prod((*lengths, *shape))), 1)
    many = min(max(many, 1), images.stop - images.start)
    with workspace.borrow((len(x), many, *lengths, *shape), x.dtype) as room:
        room.fill(0)
        steps = room.strides[2:-3]
        rows = np.lib.stride_tricks.as_strided(
            room,
            (len(x), many, *size[:-1], *kernel_size, size[-1] * x.shape[-1]),
            (
                *room.strides[:2],
                *(n * s for n, s in zip(steps, strides, strict=False)),
                *(n * d for n, d in zip(steps, dilation, strict=False)),
                room.strides[-2] * dilation[-1] if step == 1 else room.strides[-3],
                x.itemsize,
            ),
            writeable=False,
        )
        for first in range(images.start, images.stop, many):
            part = slice(first, min(first + many, images.stop))
            block = slice(0, part.stop - part.start)
            for i, start in enumerate(starts):
                to, of = overlap(start - before[-1], step, width, x.shape[-2])
                room[(slice(None), block, *inside, i, to)] = x[
                    (slice(None), part, *shown, of)
                ]
            yield part, rows[:, block]


def _margins(found, axes):
    """The zeros before images, and lengths with those, that are enough for phases."""
    before = [max(window["before"][i] for *_, window in found) for i in axes]
    lengths = [
        max(
            before[i] - window["before"][i] + window["size"][i]
            + max(kernel.shape[1 + i] - 1, 0) * window["dilation"][i]
            for kernel, _, window in found
        )
        for i in axes
    ]  # fmt: skip
    return before, lengths


def _moved(block, channels, kernel_size, before, window):
    """What each place of a phase's kernel meets, of padded rows (f, n, *rows, q)."""
    *size, width = window["size"]
    *starts, first = (a - b for a, b in zip(before, window["before"], strict=True))
    every = slice(None)
    start = block[
        (every, every, *(slice(a, None) for a in starts), slice(first * channels, None))
    ]
    *steps, item = start.strides
    gaps = [*steps[2:], channels * item]
    return np.lib.stride_tricks.as_strided(
        start,
        (*start.shape[:2], *size, *kernel_size, width * channels),
        (*steps, *(d * n for d, n in zip(window["dilation"], gaps, strict=True)), item),
        writeable=False,
    )


def _tiled(w, width):
    """A kernel that is repeated along a row, filters first: (f, *kernel_size, q)."""
    *kernel_size, channels, filters = w.shape
    tiled = np.empty((filters, *kernel_size, width, channels), w.dtype)
    tiled[...] = np.moveaxis(w, -1, 0)[..., np.newaxis, :]
    return tiled.reshape(filters, *kernel_size, width * channels)


def _by_filter(y, filters):
    """A view of a result with the filters of a channel first: (f, n, *size, c)."""
    return np.moveaxis(y.reshape(*y.shape[:-1], -1, filters), -1, 0)


def _as_rows(y):
    """Images (..., width, channels) with rows that are one axis."""
    return y.reshape(*y.shape[:-2], y.shape[-2] * y.shape[-1])


def _in_single(kernel, arrays, metadata, out):
    """A kernel's result for float16, worked out in float32."""
    arrays = [array.astype(np.float32) for array in arrays]
    return narrow(kernel(*arrays, **metadata), out)


def _convolved_shape(x, w, *, size, **window):
    channels = None if None in w[-2:] else w[-2] * w[-1]
    return (x[0], *size, channels)


@primitive(shape=_convolved_shape, dtype=dtypes.floating, is_whole=True, rows=("x",))
def depthwise_convolve(x, w, *, strides, before, dilation, size, out=None, parts=2):
    """Slides kernels over images, each over one channel."""
    window = {"strides": strides, "before": before, "dilation": dilation, "size": size}
    if x.dtype == np.float16:
        kernel = partial(depthwise_convolve.kernel, parts=parts)
        return _in_single(kernel, (x, w), window, out)
    *kernel_size, channels, filters = w.shape
    y = np.empty((len(x), *size, channels * filters), x.dtype) if out is None else out
    if 0 in (x.size, y.size):
        return nothing(y)
    rule, kernel = CONVOLVED[len(size)], _tiled(w, size[-1])

    def work(index, images):
        for part, rows in _lines(images, x[np.newaxis], kernel_size, **window):
            if filters == 1:
                into = _as_rows(y[part])[np.newaxis]
                np.einsum(rule, rows[0], kernel, out=into)
                continue
            into = _by_filter(y[part], filters)
            with workspace.borrow(into.shape, x.dtype) as sums:
                np.einsum(rule, rows[0], kernel, out=_as_rows(sums))
                np.copyto(into, sums)

    share(work, len(x), y.size * int(np.prod(kernel_size)) * 8, parts)
    return y


@primitive(
    shape=lambda dy, w, *, size, **window: (dy[0], *size),
    dtype=dtypes.floating, is_whole=True, rows=("dy",),
)  # fmt: skip
def depthwise_transposed(dy, w, *, strides, before, dilation, size, out=None, parts=2):
    """The slope of `depthwise_convolve` for the images, of `size` with the channels."""
    window = {"strides": strides, "before": before, "dilation": dilation, "size": size}
    if dy.dtype == np.float16:
        kernel = partial(depthwise_transposed.kernel, parts=parts)
        return _in_single(kernel, (dy, w), window, out)
    dx = np.empty((len(dy), *size), dy.dtype) if out is None else out
    if 0 in (dx.size, dy.size):
        return nothing(dx)
    w, dilation = spaced(w, strides, dilation)
    kernel_size, channels, filters = w.shape[:-2], *w.shape[-2:]
    slopes, rule = _by_filter(dy, filters), SPREAD[len(kernel_size)]
    found, axes = [], tuple(range(len(kernel_size)))
    for taps, where, window in phases(
        kernel_size, strides, before, dilation, size[:-1]
    ):
        turned = np.flip(w[taps], axes)
        found.append((_tiled(turned, window["size"][-1]), where, window))
    ones, before, lengths = (1,) * len(axes), *_margins(found, axes)

    def work(index, images):
        for part, block in _lines(images, slopes, ones, ones, before, ones, lengths):
            block = block[(..., *(0 for _ in axes), slice(None))]
            for kernel, where, window in found:
                into = dx[(part, *where)]
                if kernel.size == 0:
                    into.fill(0)
                    continue
                rows = _moved(block, channels, kernel.shape[1:-1], before, window)
                if max(strides) == 1:
                    np.einsum(rule, rows, kernel, out=_as_rows(into))
                    continue
                with workspace.borrow(into.shape, dy.dtype) as sums:
                    np.einsum(rule, rows, kernel, out=_as_rows(sums))
                    np.copyto(into, sums)

    share(work, len(dy), dy.size * int(np.prod(kernel_size)) * 8, parts)
    return dx


def _correlated_shape(x, dy, *, kernel_size, **window):
    filters = None if None in (x[-1], dy[-1]) else dy[-1] // x[-1]
    return (*kernel_size, x[-1], filters)


@primitive(shape=_correlated_shape, dtype=dtypes.floating, is_whole=True)
def depthwise_kernel_slope(x, dy, *, strides, before, dilation, kernel_size, out=None):
    """The slope of `depthwise_convolve` for the kernels."""
    window = {"strides": strides, "before": before, "dilation": dilation}
    if x.dtype == np.float16:
        window["kernel_size"] = kernel_size
        return _in_single(depthwise_kernel_slope.kernel, (x, dy), window, out)
    channels, filters = x.shape[-1], dy.shape[-1] // x.shape[-1]
    dw = np.empty((*kernel_size, channels, filters), x.dtype) if out is None else out
    if 0 in (x.size, dy.size):
        return nothing(dw)
    size, slopes = dy.shape[1:-1], _by_filter(dy, filters)
    sums = np.zeros((2, filters, *kernel_size, size[-1] * channels), x.dtype)
    rule = SUMMED[len(size)]

    def work(index, images):
        total, line = sums[index], np.empty(sums.shape[-1:], x.dtype)
        for part, rows in _lines(
            images, x[np.newaxis], kernel_size, size=size, **window
        ):
            every = (slice(None),) * len(size)
            for f, slope in enumerate(slopes[:, part]):
                slope = np.ascontiguousarray(_as_rows(slope))
                for place in itertools.product(*map(range, kernel_size)):
                    np.einsum(rule, rows[(0, *every, *place)], slope, out=line)
                    total[(f, *place)] += line

    share(work, len(x), dy.size * int(np.prod(kernel_size)) * 8)
    total = np.add(sums[0], sums[1], out=sums[0])
    total = total.reshape(filters, *kernel_size, size[-1], channels).sum(-2)
    np.copyto(dw, np.moveaxis(total, 0, -1))
    return dw


depthwise_convolve.grad(
    x=lambda g, w, x_shape, strides, before, dilation: depthwise_transposed(
        g, w, strides=strides, before=before, dilation=dilation, size=x_shape[1:]
    ),
    w=lambda g, x, w_shape, strides, before, dilation: depthwise_kernel_slope(
        x, g, strides=strides, before=before, dilation=dilation,
        kernel_size=w_shape[:-2],
    ),
)  # fmt: skip
depthwise_transposed.grad(
    dy=lambda g, w, dy_shape, strides, before, dilation: depthwise_convolve(
        g, w, strides=strides, before=before, dilation=dilation, size=dy_shape[1:-1]
    ),
    w=lambda g, dy, w_shape, strides, before, dilation: depthwise_kernel_slope(
        g, dy, strides=strides, before=before, dilation=dilation,
        kernel_size=w_shape[:-2],
    ),
)  # fmt: skip
depthwise_kernel_slope.grad(
    x=lambda g, dy, x_shape, strides, before, dilation: depthwise_transposed(
        dy, g, strides=strides, before=before, dilation=dilation, size=x_shape[1:]
    ),
    dy=lambda g, x, dy_shape, strides, before, dilation: depthwise_convolve(
        x, g, strides=strides, before=before, dilation=dilation, size=dy_shape[1:-1]
    ),
)
