"""Cases of the primitive contract: frames, Fourier transforms, complex numbers."""

import numpy as np

from .drawing import R, case, exactly


def framed(x, sequence_length, sequence_stride):
    starts = range(0, x.shape[-1] - sequence_length + 1, sequence_stride)
    return np.stack([x[..., s : s + sequence_length] for s in starts], -2)


def added_up(frames, length, stride):
    total = np.zeros((*frames.shape[:-2], length))
    for t in range(frames.shape[-2]):
        for i in range(frames.shape[-1]):
            total[..., t * stride + i] += frames[..., t, i]
    return total


def angles(length, count):
    times, turns = np.arange(length), np.arange(count // 2 + 1)
    return 2 * np.pi * np.outer(times, turns) / count


def transformed(x, fft_length=None):
    count = x.shape[-1] if fft_length is None else fft_length
    x = x[..., :count]
    angle = angles(x.shape[-1], count)
    return x @ np.cos(angle), -x @ np.sin(angle)


def back(real, imaginary, length, fft_length):
    count = length if fft_length is None else fft_length
    angle = angles(min(length, count), count).T
    signal = real @ np.cos(angle) - imaginary @ np.sin(angle)
    return np.pad(signal, ((0, 0), (0, length - signal.shape[-1])))


def gradients(length, fft_length):
    bins = (fft_length or length) // 2 + 1
    return case(back, R(2, bins), R(2, bins), length=length, fft_length=fft_length)


def whole(real, imaginary, ndim, inverse, norm):
    """The transform by its definition, one axis after another."""
    y = real + 1j * imaginary
    for axis in range(-ndim, 0):
        count = y.shape[axis]
        turns = np.outer(np.arange(count), np.arange(count)) / count
        table = np.exp((2j if inverse else -2j) * np.pi * turns)
        y = np.moveaxis(np.tensordot(y, table, (axis, 0)), -1, axis)
        y = y / count if inverse == (norm == "backward") else y
    return y.real, y.imag


def signal(real, imaginary, fft_length=None):
    """Twice the frequencies that stand for their mirror images too."""
    bins = real.shape[-1]
    count = 2 * (bins - 1) if fft_length is None else fft_length
    bins = min(bins, count // 2 + 1)
    twice = np.where(np.isin(np.arange(bins), (0, count / 2)), 1, 2) / count
    real, imaginary = real[..., :bins] * twice, imaginary[..., :bins] * twice
    angle = 2 * np.pi * np.outer(np.arange(bins), np.arange(count)) / count
    return real @ np.cos(angle) - imaginary @ np.sin(angle)


def transforms(*shape, **metadata):
    return case(whole, R(*shape), R(*shape), **metadata)


COMPLEX = exactly(np.array([[1 + 2j, -3j], [0.5, -1 + 0.25j]], "complex64"))

CASES: dict = {
    "conjugate": [
        case(lambda x: x, R(2, 3)),
        case(lambda x: x - 2j * x.imag, COMPLEX),
    ],
    "real": [
        case(lambda x: x, R(2, 3)),
        case(lambda x: (x + x.conj()) / 2 + 0.0, COMPLEX),
    ],
    "imag": [
        case(lambda x: 0 * x, R(2, 3)),
        case(lambda x: ((x - x.conj()) / 2j).real, COMPLEX),
    ],
    "join_parts": [
        case(lambda x, y: x + 1j * y, R(2, 3), R(3), order=0),
        case(lambda x, y: x + 1j * y, R(2), R(2), order=0),
    ],
    "fourier": [
        transforms(2, 6, ndim=1, inverse=False, norm="backward"),
        transforms(2, 5, ndim=1, inverse=True, norm="backward"),
        transforms(2, 3, 4, ndim=2, inverse=False, norm="forward"),
        transforms(3, 5, ndim=2, inverse=True, norm="forward"),
        transforms(2, 3, 4, ndim=2, inverse=True, norm="backward"),
    ],
    "half_inverse": [
        case(signal, R(2, 4), R(2, 4)),
        case(signal, R(2, 4), R(2, 4), fft_length=7),
        case(signal, R(2, 3), R(2, 3), fft_length=8),
        case(signal, R(5), R(5), fft_length=3),
        case(signal, R(2, 2), R(2, 2), fft_length=1),
    ],
    "extract_sequences": [
        case(framed, R(2, 9), sequence_length=4, sequence_stride=2),
        case(framed, R(12), sequence_length=2, sequence_stride=1),
        case(framed, R(2, 3, 7), sequence_length=3, sequence_stride=4),
    ],
    "overlap_add": [
        case(added_up, R(2, 3, 4), length=9, stride=2),
        case(added_up, R(6, 2), length=7, stride=1),
        case(added_up, R(5, 2), length=15, stride=3),
    ],
    "rfft": [
        case(transformed, R(2, 8)),
        case(transformed, R(3, 7)),
        case(transformed, R(2, 5), fft_length=8),
        case(transformed, R(2, 9), fft_length=5),
        case(transformed, R(2, 1)),
    ],
    "rfft_grad": [
        gradients(8, None),
        gradients(7, None),
        gradients(5, 8),
        gradients(9, 5),
        gradients(1, None),
    ],
}
