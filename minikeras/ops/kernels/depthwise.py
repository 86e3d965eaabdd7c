"""Depthwise convolution: each channel has kernels of its own.

There is no product of matrices in it. For each place of the kernel, the images are
shifted and multiplied with one number per channel, a few images at a time, so that all
of it happens in the cache.
"""

import itertools
from functools import partial

import numpy as np

from ...tensor import dtypes, primitive
from ...utils import workspace
from .convolution import narrow, reach, share

__all__ = ["depthwise_convolve", "depthwise_kernel_slope", "depthwise_transposed"]

ROOM = 2**19  # elements of the images at a time; fewer, and threads wait for each other


def _shifts(kernel_size, strides, dilation, size):
    """For each place of the kernel, the part of the padded image that it meets."""
    for place in itertools.product(*map(range, kernel_size)):
        yield (
            place,
            tuple(
                slice(i * d, i * d + (n - 1) * s + 1, s)
                for i, d, n, s in zip(place, dilation, size, strides, strict=True)
            ),
        )


def _lengths(kernel_size, strides, before, dilation, size, x_size):
    """The lengths of a padded image, and where the image lies in it."""
    spans = reach(kernel_size, dilation)
    lengths = [
        max((n - 1) * s + span, b + m)
        for n, s, span, b, m in zip(size, strides, spans, before, x_size, strict=True)
    ]
    inside = [slice(b, b + m) for b, m in zip(before, x_size, strict=True)]
    return lengths, (slice(None), *inside)


def _steps(images, x, lengths):
    """Cuts images into blocks."""
    step = max(ROOM // max(int(np.prod(lengths)) * x.shape[-1], 1), 1)
    for start in range(images.start, images.stop, step):
        yield slice(start, min(start + step, images.stop))


def _filters(w):
    """A kernel with a last axis for the filters of a channel, or none for just one."""
    return w[..., 0] if w.shape[-1] == 1 else w


def _by_channel(y, w):
    """A result with the filters of a channel on an axis of their own, if several."""
    return y if w.shape[-1] == 1 else y.reshape(*y.shape[:-1], *w.shape[-2:])


def _wide(x, w):
    return x if w.shape[-1] == 1 else x[..., np.newaxis]


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
    if x.dtype == np.float16:
        metadata = {"strides": strides, "before": before, "dilation": dilation}
        return _in_single(
            partial(depthwise_convolve.kernel, size=size, parts=parts),
            (x, w),
            metadata,
            out,
        )
    filters = w.shape[-2] * w.shape[-1]
    y = np.empty((len(x), *size, filters), x.dtype) if out is None else out
    kernel, result = _filters(w), _by_channel(y, w)
    kernel_size, channels = w.shape[:-2], x.shape[-1]
    lengths, inside = _lengths(
        kernel_size, strides, before, dilation, size, x.shape[1:-1]
    )

    def work(index, images):
        for part in _steps(images, x, lengths):
            many = part.stop - part.start
            with (
                workspace.borrow((many, *lengths, channels), x.dtype) as padded,
                workspace.borrow(result[part].shape, x.dtype) as product,
            ):
                padded.fill(0)
                padded[inside] = x[part]
                total = result[part]
                total[...] = 0
                for place, at in _shifts(kernel_size, strides, dilation, size):
                    shown = _wide(padded[(slice(None), *at)], w)
                    np.multiply(shown, kernel[place], out=product)
                    np.add(total, product, out=total)

    share(work, len(x), y.size * int(np.prod(kernel_size)) * 8, parts)
    return y


@primitive(
    shape=lambda dy, w, *, size, **window: (dy[0], *size),
    dtype=dtypes.floating, is_whole=True, rows=("dy",),
)  # fmt: skip
def depthwise_transposed(dy, w, *, strides, before, dilation, size, out=None, parts=2):
    """The slope of `depthwise_convolve` for the images, of `size` with the channels."""
    if dy.dtype == np.float16:
        metadata = {"strides": strides, "before": before, "dilation": dilation}
        return _in_single(
            partial(depthwise_transposed.kernel, size=size, parts=parts),
            (dy, w),
            metadata,
            out,
        )
    dx = np.empty((len(dy), *size), dy.dtype) if out is None else out
    kernel, slopes = _filters(w), _by_channel(dy, w)
    kernel_size, counts = w.shape[:-2], dy.shape[1:-1]
    lengths, inside = _lengths(
        kernel_size, strides, before, dilation, counts, size[:-1]
    )

    def work(index, images):
        for part in _steps(images, dx, lengths):
            many = part.stop - part.start
            with (
                workspace.borrow((many, *lengths, size[-1]), dy.dtype) as padded,
                workspace.borrow(slopes[part].shape, dy.dtype) as product,
            ):
                padded.fill(0)
                for place, at in _shifts(kernel_size, strides, dilation, counts):
                    np.multiply(slopes[part], kernel[place], out=product)
                    shown = padded[(slice(None), *at)]
                    total = product if w.shape[-1] == 1 else product.sum(-1)
                    np.add(shown, total, out=shown)
                dx[part] = padded[inside]

    share(work, len(dy), dy.size * int(np.prod(kernel_size)) * 8, parts)
    return dx


def _correlated_shape(x, dy, *, kernel_size, **window):
    filters = None if None in (x[-1], dy[-1]) else dy[-1] // x[-1]
    return (*kernel_size, x[-1], filters)


@primitive(shape=_correlated_shape, dtype=dtypes.floating, is_whole=True)
def depthwise_kernel_slope(x, dy, *, strides, before, dilation, kernel_size, out=None):
    """The slope of `depthwise_convolve` for the kernels."""
    if x.dtype == np.float16:
        metadata = {"strides": strides, "before": before, "dilation": dilation}
        metadata["kernel_size"] = kernel_size
        return _in_single(depthwise_kernel_slope.kernel, (x, dy), metadata, out)
    channels, filters = x.shape[-1], dy.shape[-1] // x.shape[-1]
    shape, counts = (*kernel_size, channels, filters), dy.shape[1:-1]
    lengths, inside = _lengths(
        kernel_size, strides, before, dilation, counts, x.shape[1:-1]
    )
    sums = np.zeros((2, *shape), x.dtype)
    letters = "".join(chr(ord("d") + i) for i in range(len(counts)))
    rule = f"n{letters}a,n{letters}ab->ab"
    slopes = dy.reshape(*dy.shape[:-1], channels, filters)

    def work(index, images):
        for part in _steps(images, x, lengths):
            many = part.stop - part.start
            with workspace.borrow((many, *lengths, channels), x.dtype) as padded:
                padded.fill(0)
                padded[inside] = x[part]
                for place, at in _shifts(kernel_size, strides, dilation, counts):
                    shown = padded[(slice(None), *at)]
                    sums[index][place] += _summed(shown, slopes[part], rule)

    share(work, len(x), dy.size * int(np.prod(kernel_size)) * 8)
    return np.add(sums[0], sums[1], out=out)


def _summed(x, dy, rule):
    """The sum over images and places of x * dy, for each channel and filter."""
    if dy.shape[-1] > 1:
        return np.einsum(rule, x, dy)
    with workspace.borrow(x.shape, x.dtype) as product:
        np.multiply(x, dy[..., 0], out=product)
        rows = product.reshape(-1, x.shape[-1])
        return np.dot(np.ones(len(rows), x.dtype), rows)[:, np.newaxis]


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
