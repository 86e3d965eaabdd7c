"""What the constraint contract needs to know of each constraint."""

from collections import namedtuple

import numpy as np

# kwargs:   constructor arguments
# holds:    what is true of a matrix that meets the constraint
Case = namedtuple("Case", "kwargs holds")

CLOSE = 1e-5


def norms(w, axis=0):
    return np.sqrt((w**2).sum(axis=axis))


CASES = {
    "Constraint": [Case({}, lambda w: True)],
    "MaxNorm": [
        Case({"max_value": 0.5}, lambda w: (norms(w) <= 0.5 + CLOSE).all()),
        Case({"axis": [0, 1]}, lambda w: norms(w, (0, 1)) <= 2 + CLOSE),
    ],
    "MinMaxNorm": [
        Case(
            {"min_value": 0.5, "max_value": 0.6, "axis": 1},
            lambda w: (abs(norms(w, 1) - 0.55) <= 0.05 + CLOSE).all(),
        ),
    ],
    "NonNeg": [Case({}, lambda w: (w >= 0).all())],
    "UnitNorm": [Case({"axis": 1}, lambda w: (abs(norms(w, 1) - 1) <= CLOSE).all())],
}
