"""From signals to frequencies: overlapping frames and their Fourier transforms."""

import numpy as np

from ..tensor import dtypes, primitive
from .arithmetic import multiply

__all__ = ["extract_sequences", "rfft"]

# Frames -----------------------------------------------------------------------------


def frame_count(length: int | None, sequence_length: int, stride: int) -> int | None:
    """How many frames fit into a signal; None if its length is open."""
    if length is None:
        return None
    if length < sequence_length:
        raise ValueError(
            f"extract_sequences: sequence_length={sequence_length} is longer than the "
            f"signal, which has {length} values. Pad the signal or shorten the frames."
        )
    return 1 + (length - sequence_length) // stride


def _framed(x, *, sequence_length, sequence_stride):
    count = frame_count(x[-1], sequence_length, sequence_stride)
    return (*x[:-1], count, sequence_length)


@primitive(shape=_framed, is_whole=True)
def extract_sequences(x, *, sequence_length: int, sequence_stride: int, out=None):
    """Cuts the last axis into frames that may overlap.

    y[..., t, i] = x[..., t * sequence_stride + i]

    Args:
        x: Signal (..., samples).
        sequence_length: Samples per frame.
        sequence_stride: Samples from the start of a frame to that of the next.

    >>> extract_sequences([1, 2, 3, 4], 2, 1).tolist()
    [[1, 2], [2, 3], [3, 4]]
    """
    frame_count(x.shape[-1], sequence_length, sequence_stride)  # checks the length
    windows = np.lib.stride_tricks.sliding_window_view(x, sequence_length, -1)
    frames = windows[..., ::sequence_stride, :]
    if out is None:
        return frames.copy()
    np.copyto(out, frames)
    return out


def _overlapping(frames, *, length, **metadata):
    return (*frames[:-2], length)


@primitive(shape=_overlapping, is_whole=True)
def overlap_add(frames, *, length: int, stride: int, out=None):
    """Adds frames up where they came from: the way back of `extract_sequences`."""
    *_, count, width = frames.shape
    out = np.empty((*frames.shape[:-2], length), frames.dtype) if out is None else out
    out[...] = 0
    if count <= width:
        for t in range(count):
            out[..., t * stride : t * stride + width] += frames[..., t, :]
    else:
        reach = (count - 1) * stride + 1
        for i in range(width):
            out[..., i : i + reach : stride] += frames[..., i]
    return out


extract_sequences.grad(
    x=lambda g, x_shape, sequence_stride: overlap_add(
        g, length=x_shape[-1], stride=sequence_stride
    )
)
overlap_add.grad(
    frames=lambda g, frames_shape, stride: extract_sequences(
        g, sequence_length=frames_shape[-1], sequence_stride=stride
    )
)

# Transforms -------------------------------------------------------------------------


def _half_spectrum(x, *, fft_length=None):
    length = x[-1] if fft_length is None else fft_length
    dims = (*x[:-1], None if length is None else length // 2 + 1)
    return [dims, dims]


@primitive(shape=_half_spectrum, dtype=dtypes.floating, is_whole=True)
def rfft(x, *, fft_length: int | None = None, out=None):
    """Fourier transform of real signals along the last axis, frequencies 0 to half.

    y[k] = sum over t of x[t] * exp(-2 pi i t k / n),  k = 0 .. n // 2

    Args:
        x: Signal (..., samples).
        fft_length: n: longer signals are cut, shorter ones end in zeros.

    Returns:
        Real and imaginary part, each (..., n // 2 + 1).

    >>> real, imaginary = rfft([1.0, 0.0, -1.0, 0.0])
    >>> real.tolist(), abs(imaginary).tolist()
    ([0.0, 2.0, 0.0], [0.0, 0.0, 0.0])
    """
    spectrum = np.fft.rfft(x, fft_length)
    if out is None:
        return spectrum.real.astype(x.dtype), spectrum.imag.astype(x.dtype)
    np.copyto(out[0], spectrum.real, casting="same_kind")
    np.copyto(out[1], spectrum.imag, casting="same_kind")
    return out


@primitive(
    shape=lambda real, imaginary, *, length, **metadata: (*real[:-1], length),
    is_whole=True,
)
def rfft_grad(real, imaginary, *, length: int, fft_length: int | None, out=None):
    """Goes back through `rfft`: x[t] = sum over k of Re(y[k] exp(2 pi i t k / n))."""
    count = length if fft_length is None else fft_length
    spectrum = real + 1j * imaginary
    spectrum[..., 1 : (count + 1) // 2] *= 0.5  # these come twice in a whole spectrum
    signal = np.fft.irfft(spectrum, count)[..., :length]
    if out is None:
        out = np.empty((*real.shape[:-1], length), real.dtype)
    out[..., signal.shape[-1] :] = 0
    np.multiply(signal, count, out=out[..., : signal.shape[-1]], casting="same_kind")
    return out


def _rfft_slope(g, x_shape, fft_length):
    real, imaginary = g[0], g[1]
    real = multiply(imaginary, 0.0) if real is None else real
    imaginary = multiply(real, 0.0) if imaginary is None else imaginary
    return rfft_grad(real, imaginary, length=x_shape[-1], fft_length=fft_length)


rfft.grad(x=_rfft_slope)
rfft_grad.grad_all(lambda g, fft_length: rfft(g, fft_length=fft_length))
