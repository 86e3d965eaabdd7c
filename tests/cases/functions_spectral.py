"""Calls of `ops` made of primitives: spectra, complex numbers, label sequences."""

import numpy as np

from .drawing import P, R, Z, exactly
from .functions import KERAS, call
from .kernels_ctc import losses


def pair(z):
    return z.real, z.imag


LABELS = exactly([[1, 2], [2, 2]]), exactly([2, 2]), exactly([3, 4])

CASES = {
    "angle": [call(R(2, 3), like=np.angle)],
    "ctc_decode": [call(Z(9)(2, 4, 3), exactly([4, 2]), like=KERAS)],
    "ctc_loss": [
        call(
            LABELS[0],
            R(2, 4, 3),
            *LABELS[1:],
            like=lambda *args: losses(*args, 0),
        )
    ],
    "fft": [
        call([R(2, 5), R(2, 5)], like=lambda x: pair(np.fft.fft(x[0] + 1j * x[1])))
    ],
    "fft2": [
        call([R(4, 5), R(4, 5)], like=lambda x: pair(np.fft.fft2(x[0] + 1j * x[1])))
    ],
    "ifft2": [
        call([R(4, 5), R(4, 5)], like=lambda x: pair(np.fft.ifft2(x[0] + 1j * x[1])))
    ],
    "irfft": [
        call([R(2, 4), R(2, 4)], like=lambda x: np.fft.irfft(x[0] + 1j * x[1])),
        call(
            [R(2, 4), R(2, 4)], 5, like=lambda x, n: np.fft.irfft(x[0] + 1j * x[1], n)
        ),
    ],
    "istft": [call([R(2, 6, 3), R(2, 6, 3)], 4, 2, 4, like=KERAS)],
    # The slopes of complex numbers are in tests/ops/test_spectral.py.
    "polar": [
        call(
            R(2, 3), R(3), like=lambda x, y: x * np.exp(1j * y), traits="written random"
        )
    ],
    "view_as_complex": [call(exactly([[1, 2]]), like=lambda x: x[:, 0] + 1j * x[:, 1])],
    "stft": [call(R(2, 12), 4, 2, 4, like=KERAS)],
    "view_as_real": [call(P(2, 3), like=lambda x: np.stack([x, 0 * x], -1))],
}
