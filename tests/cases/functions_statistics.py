"""Calls of the functions of statistics, samples and patterns, for their contract."""

import numpy as np

from .drawing import B, P, R, exactly
from .functions import call

HOLES = exactly([[1.5, np.nan, -0.5], [np.nan, 2.0, 0.25]])

CASES = {
    name: [call(HOLES, axis=1), call(R(2, 3, 2))]
    for name in """nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian
        nanmin nanprod nanstd nansum nanvar""".split()
} | {
    "bartlett": [call(5, traits="static")],
    "blackman": [call(5, traits="static")],
    "corrcoef": [call(R(3, 5))],
    "correlate": [
        call(R(5), R(3), "valid"),
        call(R(3), R(4), "same"),
        call(R(2), R(4), "full"),
    ],
    "diff": [call(R(2, 4)), call(R(4, 2), 2, axis=0)],
    "hamming": [call(5, traits="static")],
    "hanning": [call(5, traits="static")],
    "histogram": [call(R(9), 3)],
    "i0": [call(R(2, 3))],
    "kaiser": [call(5, 2.5, traits="static")],
    "ldexp": [call(R(2, 3), 3)],
    "median": [call(R(3, 4)), call(R(3, 4), axis=1, keepdims=True)],
    "nanpercentile": [call(HOLES, 30, axis=1)],
    "nanquantile": [call(HOLES, 0.3, axis=1)],
    "percentile": [call(R(3, 4), 30, axis=0)],
    "quantile": [call(R(3, 4), 0.3), call(R(3, 4), [0.2, 0.7], axis=1)],
    "rearrange": [
        call(R(2, 6), "a (b c) -> c (a b)", b=2, like=lambda x, p, b: (
            x.reshape(2, 2, 3).transpose(2, 0, 1).reshape(3, 4)))
    ],
    "select": [call([B(2, 3), B(2, 3)], [R(2, 3), P(2, 3)], 0.5)],
    "trapezoid": [call(R(2, 4)), call(R(4, 2), dx=0.5, axis=0)],
    "vectorize": [],  # tests/ops/test_patterns.py
}  # fmt: skip
