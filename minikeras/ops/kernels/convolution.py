"""Convolution as matrix products, a few images at a time.

The windows of some images are copied side by side into a matrix of columns that fits
into the cache, and multiplied with the kernel. So the memory needed does not grow with
the batch, and BLAS does the work. Images lie channels last, in one or more dimensions.

The three primitives are each other's gradients: of y = convolve(x, w), the slope for x
is `convolve_transposed(dy, w)`, that for w is `convolve_kernel_slope(x, dy)`.
"""

import math

import numpy as np

from ...tensor import dtypes, primitive
from ...utils import workspace
from .convolution_rows import (
    convolve_rows,
    correlate_rows,
    is_better_by_rows,
    is_better_summed_by_rows,
    is_spread_by_rows,
    spread_rows,
)
from .windows import (
    blocks,
    phases,
    reach,
    room_for,
    share,
    spaced,
    windows,
)

__all__ = ["convolve", "convolve_kernel_slope", "convolve_transposed"]

ENOUGH = 32  # channels or filters that a group should have
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
    """The matrix of columns of a block: (places, numbers of a window)."""
    strides, before, dilation, size = window
    *kernel_size, channels, _ = w_shape
    if is_pointwise(kernel_size, strides, before, x.shape[1:-1], size):
        return x[images, rows].reshape(-1, channels)
    shape = (images.stop - images.start, rows.stop - rows.start, *size[1:])
    places, numbers = math.prod(shape), math.prod(kernel_size) * channels
    columns = room.reshape(-1)[: places * numbers]
    if kernel_size[-1] * channels < SHORT:  # place by place: those lie side by side
        into = columns.reshape(*kernel_size, channels, *shape)
        into = np.moveaxis(into, range(-len(shape), 0), range(len(shape)))
        found = columns.reshape(numbers, places).T
    else:
        into = columns.reshape(*shape, *kernel_size, channels)
        found = columns.reshape(places, numbers)
    gather(x, images, rows, kernel_size, strides, before, dilation, size, into)
    return found


def column_bytes(x, w_shape, size):
    """Bytes of the columns of one row of the result."""
    return math.prod(size[1:]) * math.prod(w_shape[:-1]) * x.dtype.itemsize


# Groups -----------------------------------------------------------------------------


def together(groups, channels, filters):
    """How many groups, of so many channels and filters each, are worked out as one.

    Zeros between small ones cost less time than short rows do.
    """
    most = max(channels, filters, 1)
    enough = (n for n in range(1, groups) if groups % n == 0 and n * most >= ENOUGH)
    return next(enough, groups)


def merged(w, groups):
    """A kernel of fewer groups, with zeros between those that it is made of."""
    *kernel_size, channels, filters = w.shape
    count = together(groups, channels, filters // groups)
    if count == 1:
        return w, groups
    shape = (*kernel_size, channels, groups // count, count, filters // groups)
    whole = np.zeros((*kernel_size, count, *shape[-4:]), w.dtype)
    for i in range(count):
        whole[..., i, :, :, i, :] = w.reshape(shape)[..., i, :]
    return whole.reshape(*kernel_size, count * channels, filters), groups // count


def group_slices(x, y, groups):
    """Yields the channels of each group, as those of x and as those of y."""
    channels, filters = x.shape[-1] // groups, y.shape[-1] // groups
    for i in range(groups):
        yield (
            (..., slice(i * channels, (i + 1) * channels)),
            (..., slice(i * filters, (i + 1) * filters)),
        )


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
    if 0 in (x.size, y.size):
        return nothing(y)
    w, groups = merged(w, x.shape[-1] // w.shape[-2])
    if is_better_by_rows(x.shape, w.shape, strides, dilation, size):
        return convolve_rows(x, w, before, dilation, y, parts)
    numbers, window = math.prod(w.shape[:-1]), (strides, before, dilation, size)
    kernel, row_bytes = w.reshape(numbers, -1), column_bytes(x, w.shape, size)

    def work(index, images):
        nbytes = room_for(size[0], row_bytes, images.stop - images.start)
        with workspace.borrow((nbytes // x.dtype.itemsize,), x.dtype) as room:
            for part, rows in blocks(images, size[0], row_bytes):
                columns = columns_of(x, part, rows, w.shape, window, room)
                np.matmul(columns, kernel, out=y[part, rows].reshape(len(columns), -1))

    def work_by_group(index, images):
        for mine, filters in group_slices(x, y, groups):
            convolve.kernel(
                x[images][mine], w[filters], strides=strides, before=before,
                dilation=dilation, size=size, out=y[images][filters], parts=1,
            )  # fmt: skip

    work = work if groups == 1 else work_by_group
    share(work, len(x), y.size * numbers, parts)
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
    dx = np.empty((len(dy), *size), dy.dtype) if out is None else out
    if 0 in (dx.size, dy.size):
        return nothing(dx)
    w, groups = merged(w, size[-1] // w.shape[-2])
    w, dilation = spaced(w, strides, dilation)
    if max(strides) > 1 and groups > 1:

        def work(index, images):
            for mine, filters in group_slices(dx, dy, groups):
                into = dx[images][mine]
                convolve_transposed.kernel(
                    dy[images][filters], w[filters], strides=strides, before=before,
                    dilation=dilation, size=into.shape[1:], out=into, parts=1,
                )  # fmt: skip

        share(work, len(dy), dy.size * math.prod(w.shape[:-1]), parts)
        return dx
    if max(strides) > 1 and is_spread_by_rows(dy.shape, w.shape):
        return spread_rows(dy, w, strides, before, dx, parts)
    for taps, where, window in phases(
        w.shape[:-2], strides, before, dilation, size[:-1]
    ):
        turned, into = turned_kernel(w[taps], groups), dx[(slice(None), *where)]
        if turned.size == 0:
            into.fill(0)
        elif max(strides) == 1:
            convolve.kernel(dy, turned, out=into, parts=parts, **window)
        else:
            with workspace.borrow(into.shape, dy.dtype) as part:
                convolve.kernel(dy, turned, out=part, parts=parts, **window)
                np.copyto(into, part)
    return dx


def turned_kernel(w, groups):
    """A kernel that looks the other way, from filters back to channels."""
    *kernel_size, channels, filters = w.shape
    rank = len(kernel_size)
    mine = filters // groups
    split = np.flip(w, tuple(range(rank))).reshape(*kernel_size, channels, groups, mine)
    turned = split.transpose(*range(rank), rank + 2, rank + 1, rank)
    return np.ascontiguousarray(turned).reshape(*kernel_size, mine, channels * groups)


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
    dw = np.empty(shape, x.dtype) if out is None else out
    if 0 in (x.size, dy.size):
        return nothing(dw)
    if groups > 1:
        return correlate_groups(x, dy, strides, before, dilation, groups, dw)
    if is_better_summed_by_rows(x.shape, shape, strides, dilation):
        return correlate_rows(x, dy, before, dw)
    window, row_bytes = (strides, before, dilation, size), column_bytes(x, shape, size)
    numbers = math.prod(shape[:-1])
    sums = np.zeros((2, numbers, filters), x.dtype)

    def work(index, images):
        nbytes = room_for(size[0], row_bytes, images.stop - images.start)
        with (
            workspace.borrow((nbytes // x.dtype.itemsize,), x.dtype) as room,
            workspace.borrow((numbers, filters), x.dtype) as product,
        ):
            for part, rows in blocks(images, size[0], row_bytes):
                columns = columns_of(x, part, rows, shape, window, room)
                slopes = dy[part, rows].reshape(-1, filters)
                np.matmul(columns.T, slopes, out=product)
                np.add(sums[index], product, out=sums[index])

    share(work, len(x), dy.size * numbers)
    np.add(sums[0], sums[1], out=dw.reshape(numbers, filters))
    return dw


def correlate_groups(x, dy, strides, before, dilation, groups, dw):
    """Writes the slope for a kernel of groups: blocks of those of larger groups."""
    *kernel_size, channels, filters = dw.shape
    filters = filters // groups
    count = together(groups, channels, filters)
    for mine, others in group_slices(x, dy, groups // count):
        whole = convolve_kernel_slope.kernel(
            x[mine], dy[others], strides=strides, before=before, dilation=dilation,
            kernel_size=tuple(kernel_size), groups=1,
        )  # fmt: skip
        small = group_slices(x[mine], dy[others], count)
        for (*_, rows), places in small:
            dw[others][places] = whole[..., rows, :][places]
    return dw


def nothing(y):
    """Zeros: the sum over no images at all."""
    y.fill(0)
    return y


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
