"""Convolution by whole rows of images, without copies of windows.

Places of a row lie side by side, so a window along the width is a stretch of memory;
every third window of 3 places, say, is a row of a matrix that is there already. A few
products give what each row of images adds to the rows of the result around it, and
these are added up, shifted. Copying windows is what convolution with few channels
spends its time on.
"""

import itertools
import math

import numpy as np

from ...utils import workspace
from .windows import overlap, phases, reach, share, windows

__all__ = [
    "convolve_rows",
    "correlate_rows",
    "is_better_by_rows",
    "is_better_summed_by_rows",
    "is_spread_by_rows",
    "spread_rows",
]

ROOM = 2**20  # bytes of the rows that are worked on at a time
MOST = 2**23  # bytes of those of one image; more is left to whole windows
FEW = 24  # numbers of a window's row from which this is faster
MANY = 300
NARROW = 16  # filters that are too few to be added up side by side
LONG = 20  # numbers of all rows of a kernel that are enough for a product
COPIED = 20  # multiplications in the time of copying a number into a window
ADDED = 12  # and of writing or adding up one in long rows


def is_plain(x_shape, w_shape, strides, dilation):
    """Whether this file knows the case: no groups, no gaps, steps of 1."""
    is_dense = set(strides) == {1} == set(dilation) and len(x_shape) == 4
    return is_dense and x_shape[-1] == w_shape[-2] and w_shape[0] > 1


def is_better_by_rows(x_shape, w_shape, strides, dilation, size):
    """Whether `convolve_rows` is clearly faster than whole windows are."""
    *kernel_size, channels, filters = w_shape
    *lead, width = kernel_size
    if set(strides) != {1} or x_shape[-1] != channels or width == 1:
        return False
    taps = math.prod(lead)
    work, numbers = taps * width * channels * filters, channels + taps * filters
    length = size[-1] + (width - 1) * dilation[-1]
    places = max(math.prod(x_shape[1:-2]) * length, 1)
    by_rows = places * work + math.prod(size) * ADDED * (numbers + taps * filters)
    by_windows = math.prod(size) * (work + COPIED * taps * width * channels)
    is_known = width * channels >= FEW and places * numbers * 4 <= MOST
    return is_known and by_rows <= 0.97 * by_windows


def is_spread_by_rows(dy_shape, w_shape):
    """Whether images are small enough for `spread_rows`."""
    *kernel_size, channels, filters = w_shape
    numbers = filters + math.prod(kernel_size[:-1]) * channels
    return math.prod(dy_shape[1:-1]) * numbers * 4 <= MOST


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


def strips(images, x, shape, width, starts, numbers, skip):
    """Yields blocks of images, and their windows along the width as matrices.

    Places of an image lie in memory as `shape`: (*leading sizes, dilation, length),
    each `dilation`-th one side by side, the image's own after `starts` in each row, and
    all after `skip` zeros. Then a window is a stretch of memory, and those that begin
    at each `width`-th place are the rows of a matrix.
    """
    gap, length = shape[-2:]
    channels, size = x.shape[-1], math.prod(shape)
    most = ROOM // max(size * (channels + numbers) * x.itemsize, 1)
    most = min(max(most, 1), images.stop - images.start)
    lines = -(-most * size // width)
    with workspace.borrow(((lines + 1) * width * channels,), x.dtype) as room:
        room.fill(0)
        places = room[skip * channels : (skip + most * size) * channels]
        places = places.reshape(most, *shape, channels)
        matrices = [
            room[r * channels : (r + lines * width) * channels].reshape(lines, -1)
            for r in range(width)
        ]
        within = tuple(slice(0, n) for n in x.shape[1:-2])
        for first in range(images.start, images.stop, most):
            part = slice(first, min(first + most, images.stop))
            many = part.stop - part.start
            for b in range(gap):
                to, of = overlap(b - starts, gap, length, x.shape[-2])
                places[(slice(0, many), *within, b, to)] = x[part][..., of, :]
            lines = -(-many * size // width)
            yield part, [matrix[:lines] for matrix in matrices]


def convolve_rows(x, w, before, dilation, y, parts):
    """Writes the convolution of images x with a kernel w to y."""
    *lead, width, channels, filters = w.shape
    if filters < NARROW and math.prod(lead) * filters >= LONG:
        return convolve_narrow(x, w, before, dilation, y, parts)
    taps, gap = math.prod(lead), dilation[-1]
    kernel = w.reshape(taps, width * channels, filters).transpose(1, 0, 2)
    kernel = kernel.reshape(width * channels, taps * filters)
    shape = (*x.shape[1:-2], gap, -(-y.shape[-2] // gap) + width - 1)
    shifts = row_shifts(lead, before, dilation, x.shape, y.shape)

    def work(index, images):
        blocks = strips(images, x, shape, width, before[-1], 2 * taps * filters, 0)
        for part, matrices in blocks:
            multiply_strips(matrices, kernel, shape, taps, y[part], shifts)

    share(work, len(x), y.size * math.prod(w.shape[:-1]), parts)
    return y


def row_shifts(lead, before, dilation, x_shape, y_shape, strides=None):
    """For each place of a kernel's rows: which of its products go to which rows.

    Also whether these are the first ones there, and have not to be added to others. If
    some rows are left out by all that come first, zeros do. With strides, rows are
    spread by them.
    """
    found, sizes = [], y_shape[1 : len(lead) + 1]
    for tap, place in enumerate(itertools.product(*map(range, lead))):
        to, of = [], []
        for axis, (i, m) in enumerate(zip(place, sizes, strict=True)):
            start, n = i * dilation[axis] - before[axis], x_shape[axis + 1]
            if strides is None:
                here, there = overlap(start, 1, m, n)
            else:
                there, here = overlap(start, strides[axis], n, m)
            to.append(here)
            of.append(there)
        rows = math.prod(len(range(m)[cut]) for m, cut in zip(sizes, to, strict=True))
        found.append((rows, tap, to, of))
    found.sort(key=lambda entry: -entry[0])
    steps = (1,) * len(lead) if strides is None else strides
    kinds = [
        tuple(cut.start % s for cut, s in zip(to, steps, strict=False))
        for _, _, to, _ in found
    ]
    first = [kind not in kinds[:i] for i, kind in enumerate(kinds)]
    reached = sum(
        rows for (rows, *_), is_first in zip(found, first, strict=True) if is_first
    )
    is_full = reached == math.prod(sizes)
    return is_full, [
        (is_full and is_first, tap, to, of)
        for (_, tap, to, of), is_first in zip(found, first, strict=True)
    ]


def add_shifted(found, y, shifts):
    """Adds up what rows contribute to the rows of the result.

    That is (n, *leading sizes, dilation, places, taps, filters).
    """
    gap, every = found.shape[-4], slice(None)
    is_full, shifts = shifts
    if not is_full:
        y.fill(0)
    for is_first, tap, to, of in shifts:
        for b in range(gap):
            into = y[(every, *to, slice(b, None, gap))]
            more = found[(every, *of, b, slice(0, into.shape[-2]), tap)]
            if is_first:
                np.copyto(into, more)
            else:
                np.add(into, more, out=into)


def spread_rows(dy, w, strides, before, dx, parts):
    """Writes the transposed convolution of dy, with steps, to dx.

    Along the width, places of dx that meet the same places of the kernel are worked out
    at once. What a row of dy adds to rows of dx is added up.
    """
    *lead, width, channels, filters = w.shape
    taps, ones = math.prod(lead), (1,) * (len(lead) + 1)
    shifts = row_shifts(lead, before, ones, dy.shape, dx.shape, strides)
    found = []
    for (cut,), (where,), window in phases(
        (width,), strides[-1:], before[-1:], (1,), dx.shape[-2:-1]
    ):
        turned = w[..., cut, :, :][..., ::-1, :, :]
        many = turned.shape[-3]
        turned = turned.reshape(taps, many, channels, filters).transpose(1, 3, 0, 2)
        kernel = turned.reshape(many * filters, taps * channels)
        length = window["size"][0] + many - 1
        found.append((kernel, many, where, window["before"][0], length))

    def work(index, images):
        for kernel, many, where, start, length in found:
            if many == 0:
                dx[images][..., where, :] = 0
                continue
            shape = (*dy.shape[1:-2], 1, length)
            blocks = strips(images, dy, shape, many, start, 2 * taps * channels, 0)
            for part, matrices in blocks:
                into = dx[part][..., where, :]
                multiply_strips(matrices, kernel, shape, taps, into, shifts)

    share(work, len(dy), dy.size * math.prod(w.shape[:-1]), parts)
    return dx


def multiply_strips(matrices, kernel, shape, taps, y, shifts):
    """Multiplies windows along the width with a kernel; adds that to y, shifted."""
    numbers = (len(matrices[0]), len(matrices), kernel.shape[1])
    with workspace.borrow(numbers, y.dtype) as products:
        for r, matrix in enumerate(matrices):
            np.matmul(matrix, kernel, out=products[:, r])
        found = products.reshape(-1, taps, y.shape[-1])
        found = found[: len(y) * math.prod(shape)]
        add_shifted(found.reshape(len(y), *shape, taps, -1), y, shifts)


def convolve_narrow(x, w, before, dilation, y, parts):
    """The same for a few filters, which are too short to be added up side by side.

    Here filters come first, then places. With zeros after each row (and plane) a shift
    is the same for all places: one long sum for each place of the kernel's rows.
    """
    *lead, width, channels, filters = w.shape
    taps, gap = math.prod(lead), dilation[-1]
    kernel = w.reshape(taps, width * channels, filters).transpose(0, 2, 1)
    kernel = kernel.reshape(taps * filters, width * channels)
    spans = reach((*lead, width), dilation)
    shifts = [n - 1 - b for n, b in zip(spans, before, strict=True)]
    length = -(-(-(-x.shape[-2] // gap) + width - 1) // width)
    sizes = [n + m - 1 for n, m in zip(x.shape[1:-2], spans, strict=False)]
    shape = (*sizes, gap, length * width)
    steps = [math.prod(sizes[i + 1 :]) * gap * length for i in range(len(sizes))]
    offsets = [
        sum(
            (k - 1 - i) * d * s
            for i, k, d, s in zip(place, lead, dilation, steps, strict=False)
        )
        for place in itertools.product(*map(range, lead))
    ]
    pairs = [
        overlap(-a, 1, n, m)
        for a, n, m in zip(shifts, sizes, y.shape[1:], strict=False)
    ]
    of_rows, rows = [of for of, _ in pairs], [to for _, to in pairs]
    ends = [n + a for n, a in zip(y.shape[1:-1], shifts, strict=True)]
    reached = [n + m - 1 for n, m in zip(x.shape[1:-1], spans, strict=True)]
    is_all = min(shifts) >= 0 and all(
        a <= b for a, b in zip(ends, reached, strict=True)
    )

    def work(index, images):
        if not is_all:
            y[images] = 0
        blocks = strips(images, x, shape, width, 0, taps * filters, width - 1)
        for part, matrices in blocks:
            many, count = part.stop - part.start, len(matrices[0])
            numbers = (taps * filters, width, count)
            with workspace.borrow(numbers, x.dtype) as products:
                for r, matrix in enumerate(matrices):
                    np.matmul(kernel, matrix.T, out=products[:, r])
                *others, total = products.reshape(taps, filters, width, count)
                for offset, other in zip(offsets, others, strict=False):
                    into = total[..., offset:]
                    np.add(into, other[..., : into.shape[-1]], out=into)
                found = total.reshape(filters, width, many, *sizes, gap, length)
                found = np.moveaxis(found, 0, -1)
                for r, b in itertools.product(range(width), range(gap)):
                    start = r * gap + b - shifts[-1]
                    of, to = overlap(start, width * gap, length, y.shape[-2])
                    place = (r, slice(None), *of_rows, b, of)
                    y[(part, *rows, to)] = found[place]

    share(work, len(x), y.size * math.prod(w.shape[:-1]), parts)
    return y


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
