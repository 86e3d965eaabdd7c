"""Cases of the primitive contract: kernels of pooling layers."""

import itertools
import math

import numpy as np

from .drawing import R, case, exactly


def windows(sizes, window):
    """Pairs (output position, input positions in it, row by row), the slow way."""
    pool, strides, padding, _ = window
    starts = []
    for size, n, step in zip(sizes, pool, strides, strict=True):
        if padding == "same":
            count = math.ceil(size / step)
            before = max((count - 1) * step + n - size, 0) // 2
        else:
            count, before = (size - n) // step + 1, 0
        starts.append([i * step - before for i in range(count)])
    for at in itertools.product(*(range(len(s)) for s in starts)):
        corner = [s[i] for s, i in zip(starts, at, strict=True)]
        ranges = (
            range(max(c, 0), min(c + n, size))
            for c, n, size in zip(corner, pool, sizes, strict=True)
        )
        yield at, list(itertools.product(*ranges))


def images(x, window):
    """The array with its spatial axes in front, and how many these are."""
    rank, first = len(window[0]), window[3]
    order = tuple(range(first, first + rank))
    return np.moveaxis(x, order, range(rank)), rank


def back(y, rank, window):
    return np.moveaxis(y, range(rank), range(window[3], window[3] + rank))


def pooled(x, window, function):
    x, rank = images(x, window)
    found = {
        at: function(np.stack([x[i] for i in inside]))
        for at, inside in windows(x.shape[:rank], window)
    }
    y = np.empty((*(n + 1 for n in max(found)), *x.shape[rank:]))
    for at, value in found.items():
        y[at] = value
    return back(y, rank, window)


def max_pooling(x, window):
    return pooled(x, window, lambda values: values.max(0))


def average_pooling(x, window):
    return pooled(x, window, lambda values: values.mean(0))


def spread(dy, shape, window, shares):
    """Sums dy times what `shares(at, inside)` gives each value of a window."""
    dy, rank = images(dy, window)
    dx, _ = images(np.zeros(shape), window)
    for at, inside in windows(dx.shape[:rank], window):
        for i, share in zip(inside, shares(at, inside), strict=True):
            dx[i] += dy[at] * share
    return back(dx, rank, window)


def first_largest(x, window):
    x, _ = images(x, window)

    def shares(at, inside):
        values = np.stack([x[i] for i in inside])
        return np.arange(len(inside))[:, None, None] == values.argmax(0)

    return shares


def max_pooling_grad(dy, x, y, window):
    return spread(dy, x.shape, window, first_largest(x, window))


def max_pooling_pick(g, x, y, window):
    shares = first_largest(x, window)
    g, rank = images(g, window)
    picked, _ = images(np.zeros(y.shape), window)
    for at, inside in windows(g.shape[:rank], window):
        for i, share in zip(inside, shares(at, inside), strict=True):
            picked[at] += g[i] * share
    return back(picked, rank, window)


def average_pooling_grad(dy, size, window):
    shape = (len(dy), *size)
    return spread(dy, shape, window, lambda at, inside: [1 / len(inside)] * len(inside))


# shape of the input, window: two of each, and what is odd about them
GRID = [
    ((2, 4, 3), ((2,), (2,), "valid", 1)),
    ((2, 7, 3), ((3,), (2,), "valid", 1)),
    ((2, 3, 7), ((2,), (3,), "same", 2)),  # steps larger than windows
    ((2, 5, 1), ((1,), (1,), "valid", 1)),
    ((2, 4, 6, 3), ((2, 2), (2, 2), "valid", 1)),
    ((2, 5, 7, 2), ((2, 2), (2, 2), "valid", 1)),  # rest
    ((2, 5, 7, 2), ((2, 2), (2, 2), "same", 1)),
    ((2, 5, 6, 2), ((3, 3), (1, 1), "same", 1)),  # overlapping
    ((2, 7, 6, 2), ((3, 2), (2, 1), "valid", 1)),
    ((2, 2, 3, 2), ((5, 5), (1, 2), "same", 1)),  # larger than the input
    ((2, 2, 6, 5), ((2, 3), (2, 2), "same", 2)),
    ((1, 4, 3, 5, 2), ((2, 2, 2), (2, 1, 3), "valid", 1)),
    ((1, 2, 3, 4, 3), ((1, 3, 2), (2, 2, 2), "same", 2)),
    ((2, 3, 6, 4), ((1, 2), (1, 2), "valid", 1)),  # pairs, along one axis or more
    ((2, 2, 4, 6), ((2, 2), (2, 2), "same", 2)),
    ((1, 4, 2, 6, 2), ((2, 2, 2), (2, 2, 2), "valid", 1)),
]


def whole(shape, window, below):
    """Whole numbers with many equals among them, and their maxima."""
    x = np.random.default_rng(len(shape)).integers(0, below, shape)
    return x, max_pooling(x, window).astype(int)


def of_maxima(reference, gets_image):
    cases = []
    for below, (shape, window) in itertools.product((3, 1000), GRID):
        x, y = whole(shape, window, below)
        given = R(*(shape if gets_image else y.shape))
        cases.append(case(reference, given, exactly(x), exactly(y), window=window))
    return cases


def of_means():
    return [
        case(
            average_pooling_grad,
            R(*max_pooling(np.zeros(shape), window).shape),
            size=shape[1:],
            window=window,
        )
        for shape, window in GRID
    ]


CASES: dict = {
    "average_pooling": [case(average_pooling, R(*s), window=w) for s, w in GRID],
    "average_pooling_grad": of_means(),
    "max_pooling": [case(max_pooling, R(*s), window=w) for s, w in GRID],
    "max_pooling_grad": of_maxima(max_pooling_grad, gets_image=False),
    "max_pooling_pick": of_maxima(max_pooling_pick, gets_image=True),
}
