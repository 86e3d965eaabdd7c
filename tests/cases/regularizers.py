"""What the regularizer contract needs to know of each regularizer."""

from collections import namedtuple

import numpy as np

# kwargs:   constructor arguments
# formula:  the penalty of a matrix, in plain NumPy
Case = namedtuple("Case", "kwargs formula")


def mean_cosine(rows):
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = np.abs(rows @ rows.T)
    return cosines[np.triu_indices(len(rows), 1)].mean()


CASES = {
    "L1": [Case({"l1": 0.5}, lambda x: 0.5 * np.abs(x).sum())],
    "L1L2": [
        Case(
            {"l1": 0.5, "l2": 2.0}, lambda x: 0.5 * np.abs(x).sum() + 2 * (x**2).sum()
        ),
        Case({"l2": 2.0}, lambda x: 2 * (x**2).sum()),
        Case({}, lambda x: 0.0),
    ],
    "L2": [Case({"l2": 0.5}, lambda x: 0.5 * (x**2).sum())],
    "OrthogonalRegularizer": [
        Case({"factor": 0.5}, lambda x: 0.5 * mean_cosine(x)),
        Case({"factor": 0.5, "mode": "columns"}, lambda x: 0.5 * mean_cosine(x.T)),
    ],
}
