"""Windows of images, and images shared among threads, a few at a time."""

import itertools
from functools import partial

import numpy as np

from ...utils import blas, parallel

__all__ = [
    "blocks",
    "halves",
    "overlap",
    "phases",
    "reach",
    "room_for",
    "share",
    "spaced",
    "windows",
]

COLUMNS = 3 * 2**19  # bytes of a matrix of columns
LARGE = 2**22  # multiplications from which two threads are faster


def reach(kernel_size, dilation):
    """How many places a window spans, along each axis."""
    return [(k - 1) * d + 1 for k, d in zip(kernel_size, dilation, strict=True)]


def overlap(offset, step, count, size):
    """Where 0, 1, ..., count - 1, times step, plus offset, lie in 0, ..., size - 1.

    A slice of those numbers, and the slice of places where they lie.
    """
    first = max(-(offset // step), 0)
    last = max(min(-((offset - size) // step), count), first)
    start = first * step + offset
    stop = (last - 1) * step + offset + 1 if last > first else start
    return slice(first, last), slice(start, stop, step)


def spaced(w, strides, dilation):
    """A kernel without dilation, if there are steps too: zeros lie between its places.

    With it, the dilation that is left.
    """
    if max(strides) == 1 or max(dilation) == 1:
        return w, dilation
    wide = np.zeros((*reach(w.shape[:-2], dilation), *w.shape[-2:]), w.dtype)
    wide[tuple(slice(None, None, d) for d in dilation)] = w
    return wide, (1,) * len(dilation)


def phases(kernel_size, strides, before, dilation, size):
    """Splits a transposed convolution into plain ones, without steps.

    Every `strides`-th place of the result meets the same places of the kernel. For each
    of these phases: those places; where its results belong; and the window in which the
    kernel, turned round, slides over what is spread. Some phases meet no place at all.
    """
    axes = []
    for k, s, b, d, n in zip(kernel_size, strides, before, dilation, size, strict=True):
        found = []
        for a in range(min(s, n + b)):
            places, where = overlap(a - b, s, n + b, n)
            span = (len(range(a, k, s)) - 1) * d
            count = places.stop - places.start
            found.append((slice(a, None, s), where, span - places.start, count))
        axes.append(found)
    for phase in itertools.product(*axes):
        taps, where, around, count = zip(*phase, strict=True)
        ones = (1,) * len(taps)
        yield (
            taps,
            where,
            {"strides": ones, "before": around, "dilation": dilation, "size": count},
        )


def halves(count):
    """The images of two threads; fixed, so that sums do not depend on the threads."""
    middle = count // 2
    return [slice(0, middle), slice(middle, count)] if middle else [slice(0, count)]


def blocks(images, rows, row_bytes):
    """Cuts images into blocks whose columns fit: some whole images, or rows of one."""
    at_once = max(COLUMNS // max(row_bytes * rows, 1), 1)
    if at_once > 1 or row_bytes * rows <= COLUMNS:
        for start in range(images.start, images.stop, at_once):
            yield slice(start, min(start + at_once, images.stop)), slice(0, rows)
        return
    step = max(COLUMNS // row_bytes, 1)
    for image in range(images.start, images.stop):
        for start in range(0, rows, step):
            yield slice(image, image + 1), slice(start, min(start + step, rows))


def share(work, images, size, parts=2):
    """Runs a function for both halves of the images, on two threads if it is much.

    With one part, these images are such a half already.
    """
    cuts = halves(images) if parts == 2 else [slice(0, images)]
    jobs = [partial(work, i, part) for i, part in enumerate(cuts)]
    with blas.single_threaded():
        if size >= LARGE:
            parallel.run_all(jobs)
        else:
            for job in jobs:
                job()


def room_for(rows, row_bytes, images):
    """How many bytes the columns of the largest block take."""
    most = next(iter(blocks(slice(0, images), rows, row_bytes)))
    return (most[0].stop - most[0].start) * (most[1].stop - most[1].start) * row_bytes


def windows(x, kernel_size, strides, dilation, size):
    """A view of all windows of images: (n, *size, *kernel_size, channels)."""
    steps = x.strides[1:-1]
    return np.lib.stride_tricks.as_strided(
        x,
        (len(x), *size, *kernel_size, x.shape[-1]),
        (
            x.strides[0],
            *(n * s for n, s in zip(steps, strides, strict=True)),
            *(n * d for n, d in zip(steps, dilation, strict=True)),
            x.strides[-1],
        ),
        writeable=False,
    )
