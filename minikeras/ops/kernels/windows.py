"""Windows of images, and images shared among threads, a few at a time."""

from functools import partial

import numpy as np

from ...utils import blas, parallel

__all__ = ["blocks", "halves", "reach", "room_for", "share", "windows"]

COLUMNS = 2**21  # bytes of a matrix of columns
LARGE = 2**22  # multiplications from which two threads are faster


def reach(kernel_size, dilation):
    """How many places a window spans, along each axis."""
    return [(k - 1) * d + 1 for k, d in zip(kernel_size, dilation, strict=True)]


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
