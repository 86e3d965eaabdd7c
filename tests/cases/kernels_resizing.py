"""Cases of the primitive contract: kernels that resize, cut windows, add a bias."""

import numpy as np

from .drawing import R, case


def repeated(x, *, sizes):
    for axis, size in enumerate(sizes):
        x = np.repeat(x, size, axis)
    return x


def block_sums(dy, *, shape, sizes):
    total = np.zeros(shape)
    for place in np.ndindex(dy.shape):
        total[tuple(i // size for i, size in zip(place, sizes, strict=True))] += dy[
            place
        ]
    return total


def cubic(t):
    t = abs(t)
    if t < 1:
        return 1.5 * t**3 - 2.5 * t**2 + 1
    return -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2 if t < 2 else 0.0


def lanczos(radius):
    return lambda t: np.sinc(t) * np.sinc(t / radius) if abs(t) < radius else 0.0


SHAPES = {
    "bilinear": lambda t: max(0.0, 1 - abs(t)),
    "bicubic": cubic,
    "lanczos3": lanczos(3),
    "lanczos5": lanczos(5),
}


def row(old, new, i, interpolation, antialias):
    """The weights of the old positions in new position i, one by one."""
    center = (i + 0.5) * old / new - 0.5
    if interpolation == "nearest":
        return np.eye(old)[int((i + 0.5) * old / new)]
    width = max(old / new, 1.0) if antialias else 1.0
    values = [SHAPES[interpolation]((center - j) / width) for j in range(old)]
    return np.array(values) / sum(values)


def matrix(old, new, interpolation, antialias):
    return np.stack([row(old, new, i, interpolation, antialias) for i in range(new)])


def resampled(x, *, size, axis, interpolation, antialias=False):
    weights = matrix(x.shape[axis], size, interpolation, antialias)
    return np.moveaxis(np.tensordot(weights, x, (1, axis)), 0, axis)


def spread_back(dy, *, size, axis, interpolation, antialias):
    weights = matrix(size, dy.shape[axis], interpolation, antialias)
    return np.moveaxis(np.tensordot(weights.T, dy, (1, axis)), 0, axis)


def both(shape, axis, sizes, **settings):
    """A case each of `resample` and its gradient."""
    old, new = sizes
    grown = (*shape[:axis], new, *shape[axis:])
    shape = (*shape[:axis], old, *shape[axis:])
    settings = {"axis": axis, "antialias": False, **settings}
    return (
        case(resampled, R(*shape), size=new, **settings),
        case(spread_back, R(*grown), size=old, **settings),
    )


def places_of(shape, sizes, strides):
    return [(n - m) // s + 1 for n, m, s in zip(shape[1:], sizes, strides, strict=True)]


def window_at(place, sizes, strides):
    triples = zip(place, sizes, strides, strict=True)
    return slice(None), *(slice(i * s, i * s + m) for i, m, s in triples)


def windowed(x, *, sizes, strides):
    places = places_of(x.shape, sizes, strides)
    result = np.zeros((len(x), *places, *sizes))
    for place in np.ndindex(*places):
        result[(slice(None), *place)] = x[window_at(place, sizes, strides)]
    return result


def window_sums(dy, *, shape, sizes, strides):
    total = np.zeros(shape)
    for place in np.ndindex(*places_of(shape, sizes, strides)):
        total[window_at(place, sizes, strides)] += dy[(slice(None), *place)]
    return total


PAIRS = [
    both((2, 3), 1, (4, 8), interpolation="bilinear"),
    both((3, 2), 2, (3, 7), interpolation="bicubic"),
    both((2,), 1, (5, 10), interpolation="lanczos3"),
    both((2, 3), 0, (6, 9), interpolation="lanczos5"),
    both((2, 3), 1, (7, 3), interpolation="bilinear", antialias=True),
    both((2, 3), 1, (7, 3), interpolation="bicubic"),
    both((2, 3), 1, (3, 5), interpolation="nearest"),
    both((2, 1), 1, (1, 2), interpolation="bicubic"),
]

CASES = {
    "add_bias": [
        case(lambda x, b: x + b, R(2, 3, 4, 2), R(2)),
        case(lambda x, b: x + b, R(101, 31, 3), R(3)),
        case(lambda x, b: x + b, R(1, 2, 3), R(3)),
        case(lambda x, b: x + b, R(2, 600), R(600)),
        case(lambda x, b: x + b, R(0, 3, 3), R(3)),
    ],
    "magnify": [
        case(repeated, R(2, 3, 2), sizes=(1, 2, 3)),
        case(repeated, R(2, 3, 16), sizes=(1, 2, 1)),
        case(repeated, R(2, 2, 3, 16), sizes=(1, 3, 2, 1)),
        case(repeated, R(2, 3), sizes=(1, 1)),
        case(repeated, R(0, 3), sizes=(1, 2)),
    ],
    "magnify_grad": [
        case(block_sums, R(2, 6, 6), shape=(2, 3, 2), sizes=(1, 2, 3)),
        case(block_sums, R(2, 6, 16), shape=(2, 2, 16), sizes=(1, 3, 1)),
        case(block_sums, R(2, 3), shape=(2, 3), sizes=(1, 1)),
    ],
    "resample": [forward for forward, _ in PAIRS],
    "resample_grad": [backward for _, backward in PAIRS],
    "windows": [
        case(windowed, R(2, 5), sizes=(3,), strides=(1,)),
        case(windowed, R(2, 4, 5, 3), sizes=(2, 3, 3), strides=(1, 2, 1)),
        case(windowed, R(2, 3, 6, 4), sizes=(3, 2, 2), strides=(1, 3, 1)),
    ],
    "windows_grad": [
        case(window_sums, R(2, 3, 3), shape=(2, 5), sizes=(3,), strides=(1,)),
        case(
            window_sums,
            R(2, 3, 2, 1, 2, 3, 3),
            shape=(2, 4, 5, 3),
            sizes=(2, 3, 3),
            strides=(1, 2, 1),
        ),
        case(
            window_sums,
            R(2, 1, 2, 3, 3, 2, 2),
            shape=(2, 3, 6, 4),
            sizes=(3, 2, 2),
            strides=(1, 3, 1),
        ),
    ],
}
