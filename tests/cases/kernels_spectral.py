"""Cases of the primitive contract: frames and Fourier transforms."""

import numpy as np

from .drawing import R, case


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


CASES: dict = {
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
