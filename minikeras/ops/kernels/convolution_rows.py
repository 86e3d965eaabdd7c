"""Convolution of images row by row, for the plain case: 2 dimensions, strides of 1.

Windows are copied along the width only: a third of what whole windows of 3 x 3 take.
One product gives what each row adds to the rows of the result around it, and these are
added up, shifted. Copying is what convolution with few channels spends its time on.
"""

import numpy as np

from ...utils import workspace
from .windows import share, windows

__all__ = [
    "convolve_rows",
    "correlate_rows",
    "is_better_by_rows",
    "is_better_summed_by_rows",
]

ROOM = 2**21  # bytes of the rows that are worked on at a time
MOST = 2**23  # bytes of those of one image; more is left to whole windows
FEW = 24  # numbers of a window's row from which this is faster
MANY = 300


def is_plain(x_shape, w_shape, strides, dilation):
    """Whether this file knows the case: no groups, no gaps, steps of 1."""
    is_dense = set(strides) == {1} == set(dilation) and len(x_shape) == 4
    return is_dense and x_shape[-1] == w_shape[-2] and w_shape[0] > 1


def is_better_by_rows(x_shape, w_shape, strides, dilation, size):
    """Whether `convolve_rows` moves clearly less memory than whole windows do."""
    if not is_plain(x_shape, w_shape, strides, dilation):
        return False
    height, width, channels, filters = w_shape
    numbers = width * channels + height * filters
    place = (size[0] + height - 1) * size[1] * numbers * 4
    is_less = numbers <= 0.8 * height * width * channels
    return is_less and width * channels >= FEW and place <= MOST


def is_better_summed_by_rows(x_shape, w_shape, strides, dilation):
    """Whether `correlate_rows` is faster than whole windows."""
    row = w_shape[1] * w_shape[2]
    is_small = x_shape[1] * x_shape[2] * row * 4 <= MOST
    is_known = is_plain(x_shape, w_shape, strides, dilation)
    return is_known and FEW <= row <= MANY and is_small


def rows_of(images, x, kernel_size, before, size):
    """Yields blocks of images, and their windows along the width as matrices.

    These are (images, rows, places in a row, numbers); rows come before the first and
    after the last one of the images as the kernel reaches beyond them.
    """
    rows, width = (n + k - 1 for n, k in zip(size, kernel_size, strict=True))
    numbers = kernel_size[1] * x.shape[-1]
    step = max(ROOM // (rows * size[1] * numbers * x.dtype.itemsize), 1)
    (top, left), (high, wide) = before, x.shape[1:3]
    inside = (
        slice(top, min(top + high, rows)),
        slice(left, min(left + wide, width)),
    )
    shown = tuple(slice(0, cut.stop - cut.start) for cut in inside)
    with (
        workspace.borrow((step, rows, width, x.shape[-1]), x.dtype) as padded,
        workspace.borrow((step, rows, size[1], numbers), x.dtype) as columns,
    ):
        padded.fill(0)
        for start in range(images.start, images.stop, step):
            part = slice(start, min(start + step, images.stop))
            many = part.stop - part.start
            padded[(slice(0, many), *inside)] = x[(part, *shown)]
            found = columns[:many]
            along = windows(
                padded[:many], (1, kernel_size[1]), (1, 1), (1, 1), (rows, size[1])
            )
            np.copyto(found.reshape(along.shape), along)
            yield part, found


def convolve_rows(x, w, before, y, parts):
    """Writes the convolution of images x with a kernel w to y."""
    height, width, channels, filters = w.shape
    size = y.shape[1:3]
    kernel = np.ascontiguousarray(w.transpose(1, 2, 0, 3))
    kernel = kernel.reshape(width * channels, height * filters)

    def work(index, images):
        for part, columns in rows_of(images, x, (height, width), before, size):
            shape = (*columns.shape[:3], height, filters)
            with workspace.borrow(shape, x.dtype) as parts:
                matrix = columns.reshape(-1, width * channels)
                np.dot(matrix, kernel, out=parts.reshape(-1, height * filters))
                add_shifted(parts, y[part])

    share(work, len(x), y.size * height * width * channels, parts)
    return y


def add_shifted(parts, y):
    """Adds up what rows contribute to the rows of the result: (n, rows, places, f)."""
    rows = y.shape[1]
    np.add(parts[:, :rows, :, 0], parts[:, 1 : rows + 1, :, 1], out=y)
    for i in range(2, parts.shape[3]):
        np.add(y, parts[:, i : i + rows, :, i], out=y)


def correlate_rows(x, dy, before, dw):
    """Writes the slope of `convolve_rows` for the kernel to dw."""
    height, width, channels, filters = dw.shape
    size, numbers = dy.shape[1:3], width * channels
    sums = np.zeros((2, height, numbers, filters), x.dtype)

    def work(index, images):
        total = sums[index]
        with workspace.borrow((numbers, filters), x.dtype) as product:
            for part, columns in rows_of(images, x, (height, width), before, size):
                for rows, slopes in zip(columns, dy[part], strict=True):
                    slopes = slopes.reshape(-1, filters)
                    for i in range(height):
                        matrix = rows[i : i + size[0]].reshape(-1, numbers)
                        np.dot(matrix.T, slopes, out=product)
                        np.add(total[i], product, out=total[i])

    share(work, len(x), dy.size * height * numbers)
    return np.add(sums[0], sums[1], out=dw.reshape(height, numbers, filters)).reshape(
        dw.shape
    )
