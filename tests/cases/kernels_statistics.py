"""Cases of the primitive contract: segments, histograms, correlation, Bessel."""

import math
from itertools import pairwise

import numpy as np

from .drawing import R, Z, case, exactly

IDS = exactly([2, 0, -1, 1, 0])


def by_segment(combine, empty):
    """Combines rows one after the other."""

    def reference(data, segment_ids, num_segments):
        y = np.full((num_segments, *data.shape[1:]), empty, data.dtype)
        for row, i in zip(data, segment_ids, strict=True):
            if i >= 0:
                y[i] = combine(y[i], row)
        return y

    return [
        case(reference, R(5, 3), IDS, num_segments=3),
        case(reference, R(5), IDS, num_segments=3),
        case(reference, R(5), IDS, num_segments=5, order=0),
        case(reference, R(6, 2, 2), exactly([1, 0, 0, 1, 1, 0]), num_segments=2),
    ]


def edges(x, bins, range):
    low, high = (x.min(), x.max()) if range is None else range
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.array([low + (high - low) * i / bins for i in np.arange(bins + 1)])


def counted(x, edges):
    inner = [(x >= a) & (x < b) for a, b in pairwise(edges)]
    inner[-1] |= x == edges[-1]
    return np.array([bin.sum() for bin in inner], float)


def correlated(x1, x2):
    y = np.zeros(len(x1) + len(x2) - 1)
    for i, a in enumerate(x1):
        for j, b in enumerate(x2):
            y[i - j + len(x2) - 1] += a * b
    return y


def series(x, degree):
    """The power series of the Bessel function."""
    terms = [
        (x / 2) ** (2 * k + degree) / (math.factorial(k) * math.factorial(k + degree))
        for k in range(60)
    ]
    return np.sum(terms, axis=0)


CASES: dict = {
    "segment_sum": by_segment(np.add, 0),
    "segment_prod": by_segment(np.multiply, 1),
    "segment_max": by_segment(np.maximum, -np.inf),
    "segment_min": by_segment(np.minimum, np.inf),
    "bin_edges": [
        case(edges, R(20), bins=3, range=None),
        case(edges, R(5), bins=2, range=(-1, 1)),
        case(edges, exactly([2.0, 2.0]), bins=4, range=None, order=0),
    ],
    "bin_counts": [
        case(counted, R(20), exactly([-1.5, -0.5, 0.0, 1.5])),
        case(counted, exactly([0.0, 1.0, 2.0]), exactly([0.0, 1.0, 2.0]), order=0),
    ],
    "correlate_fully": [
        case(correlated, R(5), R(3)),
        case(correlated, R(2), R(4)),
        case(correlated, R(1), R(1)),
    ],
    "bessel": [
        case(series, R(2, 3), degree=0),
        case(series, R(4), degree=1),
        case(series, R(4), degree=2),
        case(series, exactly([-8.0, 0.0, 12.0]), degree=0),
    ],
    "scale_by_power": [
        case(lambda x, n: x * 2.0**n, R(2, 3), Z(9)(3)),
        case(lambda x, n: x / [8, 1], R(3, 2), exactly([-3, 0])),
    ],
}
