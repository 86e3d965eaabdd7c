"""Cases of the primitives of images."""

import numpy as np

from .drawing import R, Z, case, exactly


def joined(x, count):
    return np.stack([row.reshape(-1) for row in x]) if count == 2 else x.reshape(2, -1)


def parted(x, size):
    b, h, w, c = x.shape
    y = np.empty((b, h // size, size, w // size, size, c))
    for i, j in np.ndindex(h, w):
        y[:, i // size, i % size, j // size, j % size] = x[:, i, j]
    return y


def paired(x):
    b, h, i, w, j, c = x.shape
    y = np.empty((b, h * i, w * j, c))
    for p, q in np.ndindex(h * i, w * j):
        y[:, p, q] = x[:, p // i, p % i, q // j, q % j]
    return y


def added(x, places, size):
    y = np.zeros((len(x), size))
    for i in np.ndindex(places.shape):
        y[:, places[i]] += x[(slice(None), *i)]
    return y


CASES = {
    "join_last": [
        case(joined, R(2, 3, 4), count=2),
        case(joined, R(2, 3, 1, 2), count=3),
    ],
    "part_last": [
        case(lambda x, tail: np.stack([row.reshape(tail) for row in x]), R(2, 6),
             tail=(2, 3))
    ],
    "pairs_joined": [case(paired, R(2, 3, 2, 1, 2, 4))],
    "pairs_parted": [case(parted, R(2, 4, 6, 3), size=2)],
    "scatter_places": [
        case(added, R(2, 3), exactly([4, 0, 4]), size=5),
        case(added, R(2, 2, 3), Z(5)(2, 3), size=5),
    ],
}  # fmt: skip
