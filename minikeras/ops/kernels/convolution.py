"""Convolution as matrix products, a few images at a time.

The windows of some images are copied side by side into a matrix of columns that fits
into the cache, and multiplied with the kernel. So the memory needed does not grow with
the batch, and BLAS does the work. Images lie channels last, in one or more dimensions.

The three primitives are each other's gradients: of y = convolve(x, w), the slope for x
is `convolve_transposed(dy, w)`, that for w is `convolve_kernel_slope(x, dy)`.
"""

import itertools
import math

import numpy as np

from ...tensor import dtypes, primitive
from ...utils import workspace
from .convolution_rows import (
    convolve_rows,
    correlate_rows,
    is_better_by_rows,
    is_better_summed_by_rows,
)
from .windows import blocks, halves, reach, room_for, share, windows

__all__ = ["convolve", "convolve_kernel_slope", "convolve_transposed"]

SHORT = 15  # numbers side by side that are too few to be copied as rows of a window


# Windows ----------------------------------------------------------------------------


def gather(x, images, rows, kernel_size, strides, before, dilation, size, into):
    """Copies the windows of some rows of the result: (n, rows, ..., *kernel, c)."""
    spans = reach(kernel_size, dilation)
    start = [rows.start * strides[0], *(0 for _ in size[1:])]
    count = [rows.stop - rows.start, *size[1:]]
    low = [s - b for s, b in zip(start, before, strict=True)]
    high = [
        s + (n - 1) * step + span
        for s, n, step, span in zip(low, count, strides, spans, strict=True)
    ]
    inside = [
        slice(max(a, 0), max(min(b, n), 0))
        for a, b, n in zip(low, high, x.shape[1:-1], strict=True)
    ]
    part = x[(images, *inside)]
    lengths = [b - a for a, b in zip(low, high, strict=True)]
    if list(part.shape[1:-1]) == lengths:
        np.copyto(into, windows(part, kernel_size, strides, dilation, count))
        return
    with workspace.borrow((len(part), *lengths, x.shape[-1]), x.dtype) as padded:
        padded.fill(0)
        place = [
            slice(cut.start - a, max(cut.stop, cut.start) - a)
            for cut, a in zip(inside, low, strict=True)
        ]
        padded[(slice(None), *place)] = part
        np.copyto(into, windows(padded, kernel_size, strides, dilation, count))


def is_pointwise(kernel_size, strides, before, x_size, size):
    """Whether each place of the result comes from one place of the image."""
    return set(kernel_size) == {1} == set(strides) and tuple(x_size) == tuple(size)


def columns_of(x, images, rows, w_shape, window, room):
    """The matrix of columns of a block: (groups, places, numbers of a window)."""
    strides, before, dilation, size = window
    *kernel_size, channels, _ = w_shape
    groups = x.shape[-1] // channels
    if groups == 1 and is_pointwise(kernel_size, strides, before, x.shape[1:-1], size):
        return x[images, rows].reshape(1, -1, channels)
    shape = (images.stop - images.start, rows.stop - rows.start, *size[1:])
    places, numbers = math.prod(shape), math.prod(kernel_size) * channels
    columns = room.reshape(-1)[: places * numbers * groups]
    if kernel_size[-1] * channels < SHORT:  # place by place: those lie side by side
        into = columns.reshape(groups, *kernel_size, channels, *shape)
        into = np.moveaxis(into, range(-len(shape), 0), range(1, len(shape) + 1))
        found = columns.reshape(groups, numbers, places).transpose(0, 2, 1)
    else:
        into = columns.reshape(groups, *shape, *kernel_size, channels)
        found = columns.reshape(groups, places, numbers)
    for i in range(groups):
        part = x[..., i * channels : (i + 1) * channels]
        place = (kernel_size, strides, before, dilation, size, into[i])
        gather(part, images, rows, *place)
    return found


def column_bytes(x, w_shape, size):
    """Bytes of the columns of one row of the result."""
    numbers = math.prod(w_shape[:-2]) * x.shape[-1]
    return math.prod(size[1:]) * numbers * x.dtype.itemsize


def matrices(w, groups):
    """A kernel as matrices: (groups, numbers of a window, filters of a group)."""
    *kernel_size, channels, filters = w.shape
    split = w.reshape(math.prod(kernel_size) * channels, groups, filters // groups)
    return split.transpose(1, 0, 2)


def grouped(block, groups):
    """A block of the result as matrices, one for each group of filters."""
    filters = block.shape[-1]
    return block.reshape(-1, groups, filters // groups).transpose(1, 0, 2)


# Primitives -------------------------------------------------------------------------


def convolved_shape(x, w, *, size, **window):
    """The shape of `convolve`'s result."""
    return (x[0], *size, w[-1])


@primitive(shape=convolved_shape, dtype=dtypes.floating, is_whole=True, rows=("x",))
def convolve(x, w, *, strides, before, dilation, size, out=None, parts=2):
    """Slides a kernel over images: the sum of each window times the kernel."""
    if x.dtype == np.float16:
        y = convolve.kernel(
            x.astype(np.float32), w.astype(np.float32), strides=strides, before=before,
            dilation=dilation, size=size, parts=parts,
        )  # fmt: skip
        return narrow(y, out)
    y = np.empty((len(x), *size, w.shape[-1]), x.dtype) if out is None else out
    if is_better_by_rows(x.shape, w.shape, strides, dilation, size):
        return convolve_rows(x, w, before, y, parts)
    groups = x.shape[-1] // w.shape[-2]
    kernel, window = matrices(w, groups), (strides, before, dilation, size)
    row_bytes = column_bytes(x, w.shape, size)

    def work(index, images):
        nbytes = room_for(size[0], row_bytes, images.stop - images.start)
        with workspace.borrow((nbytes // x.dtype.itemsize,), x.dtype) as room:
            for part, rows in blocks(images, size[0], row_bytes):
                columns = columns_of(x, part, rows, w.shape, window, room)
                np.matmul(columns, kernel, out=grouped(y[part, rows], groups))

    share(work, len(x), y.size * kernel.shape[1], parts)
    return y


def spread_shape(dy, w, *, size, **window):
    """The shape of `convolve_transposed`'s result."""
    return (dy[0], *size)


@primitive(shape=spread_shape, dtype=dtypes.floating, is_whole=True, rows=("dy",))
def convolve_transposed(dy, w, *, strides, before, dilation, size, out=None, parts=2):
    """Adds the kernel, times dy, to each window: the slope of `convolve` for images.

    `size` ends with the number of channels of the images.
    """
    if dy.dtype == np.float16:
        dx = convolve_transposed.kernel(
            dy.astype(np.float32), w.astype(np.float32), strides=strides,
            before=before, dilation=dilation, size=size, parts=parts,
        )  # fmt: skip
        return narrow(dx, out)
    *kernel_size, channels, _ = w.shape
    groups, spans = size[-1] // channels, reach(kernel_size, dilation)
    around = tuple(n - 1 - b for n, b in zip(spans, before, strict=True))
    if set(strides) == {1} and min(around) >= 0:
        turned = turned_kernel(w, groups)
        return convolve.kernel(
            dy, turned, strides=strides, before=around, dilation=dilation,
            size=size[:-1], out=out, parts=parts,
        )  # fmt: skip
    return scatter(dy, w, strides, before, dilation, size, out, parts)


def turned_kernel(w, groups):
    """A kernel that looks the other way, from filters back to channels."""
    *kernel_size, channels, filters = w.shape
    rank = len(kernel_size)
    split = np.flip(w, tuple(range(rank))).reshape(*kernel_size, channels, groups, -1)
    turned = split.transpose(*range(rank), rank + 2, rank + 1, rank)
    return np.ascontiguousarray(turned).reshape(*kernel_size, filters // groups, -1)


def scatter(dy, w, strides, before, dilation, size, out, parts):
    """The same for any strides: columns, added to where they were copied from."""
    *kernel_size, channels, _ = w.shape
    groups, spans = size[-1] // channels, reach(kernel_size, dilation)
    counts = dy.shape[1:-1]
    dx = np.empty((len(dy), *size), dy.dtype) if out is None else out
    lengths = [
        max((n - 1) * s + span, b + m)
        for n, s, span, b, m in zip(
            counts, strides, spans, before, size[:-1], strict=True
        )
    ]
    kernel = matrices(w, groups).transpose(0, 2, 1)
    row_bytes = math.prod(counts[1:]) * math.prod(kernel_size) * size[-1] * dy.itemsize
    inside = tuple(slice(b, b + n) for b, n in zip(before, size[:-1], strict=True))

    def work(index, images):
        many = images.stop - images.start
        nbytes = room_for(counts[0], row_bytes, many)
        most = next(iter(blocks(images, counts[0], row_bytes)))[0]
        images_shape = (most.stop - most.start, *lengths, size[-1])
        with (
            workspace.borrow((nbytes // dy.itemsize,), dy.dtype) as room,
            workspace.borrow(images_shape, dy.dtype) as padded,
        ):
            for part, rows in blocks(images, counts[0], row_bytes):
                block = padded[: part.stop - part.start]
                if rows.start == 0:
                    block.fill(0)
                slopes = grouped(dy[part, rows], groups)
                shape = (*slopes.shape[:2], kernel.shape[2])
                columns = room[: math.prod(shape)].reshape(shape)
                np.matmul(slopes, kernel, out=columns)
                add_columns(
                    block, columns, rows, kernel_size, strides, dilation, counts
                )
                if rows.stop == counts[0]:
                    dx[part] = block[(slice(None), *inside)]

    share(work, len(dy), dy.size * kernel.shape[2], parts)
    return dx


def add_columns(block, columns, rows, kernel_size, strides, dilation, counts):
    """Adds columns to the windows that they belong to."""
    groups, count = len(columns), [rows.stop - rows.start, *counts[1:]]
    shape = (groups, len(block), *count, *kernel_size, -1)
    columns = columns.reshape(shape)
    channels = columns.shape[-1]
    starts = [rows.start * strides[0], *(0 for _ in counts[1:])]
    for place in itertools.product(*map(range, kernel_size)):
        at = tuple(
            slice(a + i * d, a + i * d + (n - 1) * s + 1, s)
            for a, i, d, n, s in zip(
                starts, place, dilation, count, strides, strict=True
            )
        )
        for i in range(groups):
            part = slice(i * channels, (i + 1) * channels)
            everywhere = (slice(None) for _ in range(len(count) + 1))
            block[(slice(None), *at, part)] += columns[(i, *everywhere, *place)]


def correlated_shape(x, dy, *, kernel_size, groups, **window):
    """The shape of `convolve_kernel_slope`'s result."""
    channels = None if x[-1] is None else x[-1] // groups
    return (*kernel_size, channels, dy[-1])


@primitive(shape=correlated_shape, dtype=dtypes.floating, is_whole=True)
def convolve_kernel_slope(
    x, dy, *, strides, before, dilation, kernel_size, groups, out=None
):
    """Sums up windows times dy: the slope of `convolve` for the kernel."""
    if x.dtype == np.float16:
        dw = convolve_kernel_slope.kernel(
            x.astype(np.float32), dy.astype(np.float32), strides=strides,
            before=before, dilation=dilation, kernel_size=kernel_size, groups=groups,
        )  # fmt: skip
        return narrow(dw, out)
    size, filters = dy.shape[1:-1], dy.shape[-1]
    shape = (*kernel_size, x.shape[-1] // groups, filters)
    if groups == 1 and is_better_summed_by_rows(x.shape, shape, strides, dilation):
        dw = np.empty(shape, x.dtype) if out is None else out
        return correlate_rows(x, dy, before, dw)
    window, row_bytes = (strides, before, dilation, size), column_bytes(x, shape, size)
    numbers = math.prod(shape[:-1])
    sums = np.zeros((len(halves(len(x))), groups, numbers, filters // groups), x.dtype)

    def work(index, images):
        nbytes = room_for(size[0], row_bytes, images.stop - images.start)
        total = sums[index]
        with (
            workspace.borrow((nbytes // x.dtype.itemsize,), x.dtype) as room,
            workspace.borrow(total.shape, x.dtype) as product,
        ):
            for part, rows in blocks(images, size[0], row_bytes):
                columns = columns_of(x, part, rows, shape, window, room)
                slopes = grouped(dy[part, rows], groups)
                np.matmul(columns.transpose(0, 2, 1), slopes, out=product)
                total += product

    share(work, len(x), dy.size * numbers)
    total = sums[0] if len(sums) == 1 else np.add(sums[0], sums[1], out=sums[0])
    dw = np.empty(shape, x.dtype) if out is None else out
    np.copyto(dw.reshape(numbers, groups, -1), total.transpose(1, 0, 2))
    return dw


def narrow(y, out):
    """The result in float16."""
    if out is None:
        return y.astype(np.float16)
    np.copyto(out, y, casting="same_kind")
    return out


# Gradients --------------------------------------------------------------------------

convolve.grad(
    x=lambda g, w, x_shape, strides, before, dilation: convolve_transposed(
        g, w, strides=strides, before=before, dilation=dilation, size=x_shape[1:]
    ),
    w=lambda g, x, w_shape, strides, before, dilation: convolve_kernel_slope(
        x, g, strides=strides, before=before, dilation=dilation,
        kernel_size=w_shape[:-2], groups=x.shape[-1] // w_shape[-2],
    ),
)  # fmt: skip
convolve_transposed.grad(
    dy=lambda g, w, dy_shape, strides, before, dilation: convolve(
        g, w, strides=strides, before=before, dilation=dilation, size=dy_shape[1:-1]
    ),
    w=lambda g, dy, w_shape, strides, before, dilation: convolve_kernel_slope(
        g, dy, strides=strides, before=before, dilation=dilation,
        kernel_size=w_shape[:-2], groups=g.shape[-1] // w_shape[-2],
    ),
)  # fmt: skip
convolve_kernel_slope.grad(
    x=lambda g, dy, x_shape, strides, before, dilation: convolve_transposed(
        dy, g, strides=strides, before=before, dilation=dilation, size=x_shape[1:]
    ),
    dy=lambda g, x, dy_shape, strides, before, dilation: convolve(
        x, g, strides=strides, before=before, dilation=dilation, size=dy_shape[1:-1]
    ),
)
