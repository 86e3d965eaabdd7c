"""From signals to frequencies: overlapping frames and their Fourier transforms.

Complex numbers come and go as pairs `(real, imaginary)`, as in Keras.
"""

import numpy as np

from ..tensor import broadcast_to, dtypes, operation, primitive, shapes
from .arithmetic import divide, multiply, square
from .common import deliver
from .core import convert_to_tensor
from .logic import greater, where
from .padding import pad

__all__ = [
    "extract_sequences",
    "fft",
    "fft2",
    "ifft2",
    "irfft",
    "istft",
    "rfft",
    "stft",
]

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


def _both(g):
    """The gradients of both results; zero for one that nobody used."""
    real, imaginary = g[0], g[1]
    real = multiply(imaginary, 0.0) if real is None else real
    return real, multiply(real, 0.0) if imaginary is None else imaginary


rfft.grad(
    x=lambda g, x_shape, fft_length: rfft_grad(
        *_both(g), length=x_shape[-1], fft_length=fft_length
    )
)
rfft_grad.grad_all(lambda g, fft_length: rfft(g, fft_length=fft_length))


def _signal_length(real, imaginary, *, fft_length=None):
    bins = real[-1]
    if fft_length is None and bins is not None:
        fft_length = 2 * (bins - 1)
    return (*real[:-1], fft_length)


@primitive(shape=_signal_length, is_whole=True)
def half_inverse(real, imaginary, *, fft_length: int | None = None, out=None):
    """The kernel of `irfft`."""
    signal = np.fft.irfft(real + 1j * imaginary, fft_length)
    return deliver(signal.astype(real.dtype, copy=False), out)


def _half_inverse_slope(g, real_shape):
    """Frequencies between the first and the last come twice in a whole spectrum."""
    length, bins = g.shape[-1], real_shape[-1]
    weights = np.full(length // 2 + 1, 2 / length, g.dtype)
    weights[0] = 1 / length
    if length % 2 == 0:
        weights[-1] = 1 / length
    return tuple(_of_length(multiply(part, weights), bins) for part in rfft(g))


def _of_length(x, length: int):
    """Cuts the last axis, or fills it up with zeros."""
    missing = length - x.shape[-1]
    if missing <= 0:
        return x[..., :length]
    return pad(x, [(0, 0)] * (len(x.shape) - 1) + [(0, missing)])


half_inverse.grad_all(_half_inverse_slope)


@primitive(shape=shapes.same_tuple, is_whole=True)
def fourier(real, imaginary, *, ndim: int, inverse: bool, norm: str, out=None):
    """The Fourier transform of complex numbers along the last axes.

    Args:
        real: Real parts.
        imaginary: Imaginary parts.
        ndim: How many axes.
        inverse: Whether exponents are positive.
        norm: "backward": only the inverse is divided by the number of elements;
            "forward": only the other one.
    """
    function = np.fft.ifftn if inverse else np.fft.fftn
    axes = tuple(range(-ndim, 0))
    spectrum = real + 1j * imaginary
    if spectrum.size:
        spectrum = function(spectrum, axes=axes, norm=norm)
    if out is None:
        out = np.empty_like(real), np.empty_like(imaginary)
    np.copyto(out[0], spectrum.real, casting="same_kind")
    np.copyto(out[1], spectrum.imag, casting="same_kind")
    return out


def _fourier_slope(g, ndim, inverse, norm):
    norm = "forward" if norm == "backward" else "backward"
    return fourier(*_both(g), ndim=ndim, inverse=not inverse, norm=norm)


fourier.grad_all(_fourier_slope)

# Complex numbers in pairs -----------------------------------------------------------


def _parts(owner: str, x, ndim: int) -> list:
    """Real and imaginary part, checked, as tensors.

    Raises:
        ValueError: if they are not two float tensors of the same shape.
    """
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(
            f"{owner}: x must be a pair of tensors (real, imaginary), got "
            f"{type(x).__name__}. Try {owner}((x, ops.zeros_like(x)))."
        )
    parts = [convert_to_tensor(part) for part in x]
    found = [(*part.shape,) for part in parts]
    if found[0] != found[1] or len(found[0]) < ndim:
        raise ValueError(
            f"{owner}: real and imaginary part must have the same shape and at least "
            f"{ndim} axes, got shapes {found[0]} and {found[1]}."
        )
    if not all(dtypes.is_float(part.dtype) for part in parts):
        raise ValueError(
            f"{owner}: real and imaginary part must hold floats, got "
            f"{parts[0].dtype} and {parts[1].dtype}. Try ops.cast(x, 'float32')."
        )
    return parts


@operation
def fft(x):
    """Fourier transform along the last axis.

    y[k] = sum over t of x[t] * exp(-2 pi i t k / n)

    Args:
        x: Pair (real, imaginary) of float tensors (..., n).

    Returns:
        Pair (real, imaginary), each (..., n).

    >>> [part.tolist() for part in fft(([1.0, 2.0], [0.0, 1.0]))]
    [[3.0, -1.0], [1.0, -1.0]]
    """
    return fourier(*_parts("fft", x, 1), ndim=1, inverse=False, norm="backward")


@operation
def fft2(x):
    """Fourier transform along the last two axes.

    Args:
        x: Pair (real, imaginary) of float tensors (..., height, width).

    Returns:
        Pair (real, imaginary) of the same shapes.
    """
    return fourier(*_parts("fft2", x, 2), ndim=2, inverse=False, norm="backward")


@operation
def ifft2(x):
    """Inverse of `fft2`.

    Args:
        x: Pair (real, imaginary) of float tensors (..., height, width).

    Returns:
        Pair (real, imaginary) of the same shapes.
    """
    return fourier(*_parts("ifft2", x, 2), ndim=2, inverse=True, norm="backward")


@operation
def irfft(x, fft_length=None):
    """Inverse of `rfft`: real signals from the frequencies 0 to half.

    Args:
        x: Pair (real, imaginary) of float tensors (..., frequencies).
        fft_length: Samples n of the signal; frequencies above n // 2 are left out,
            missing ones are 0. None: 2 * (frequencies - 1).

    Returns:
        Signal (..., n).

    >>> irfft(rfft([1.0, 2.0, 3.0]), 3).tolist()
    [1.0, 2.0, 3.0]
    """
    return half_inverse(*_parts("irfft", x, 1), fft_length=fft_length)


# Spectra over time ------------------------------------------------------------------

_WINDOWS = {"hann": (0.5, 0.5), "hamming": (0.54, 0.46)}


def _window(owner: str, window, sequence_length: int, fft_length: int, dtype):
    """The weights of a frame, in the middle of `fft_length` values; periodic."""
    if fft_length < sequence_length or sequence_length < 1:
        raise ValueError(
            f"{owner}: sequence_length must be from 1 to fft_length, got "
            f"sequence_length={sequence_length} and fft_length={fft_length}."
        )
    if isinstance(window, str):
        if window not in _WINDOWS:
            raise ValueError(
                f"{owner}: window must be 'hann', 'hamming', a tensor or None, got "
                f"{window!r}."
            )
        level, height = _WINDOWS[window]
        turns = np.arange(sequence_length) / sequence_length
        window = level - height * np.cos(2 * np.pi * turns)
        window = window if sequence_length > 1 else np.ones(1)
    if window is None:
        return np.ones(fft_length, dtype)
    window = convert_to_tensor(window, dtype)
    if window.shape != (sequence_length,):
        raise ValueError(
            f"{owner}: window must have the shape ({sequence_length},), which "
            f"sequence_length says, got {window.shape}."
        )
    before = (fft_length - sequence_length) // 2
    return pad(window, (before, fft_length - sequence_length - before))


def _check_stride(owner: str, sequence_stride) -> None:
    if sequence_stride < 1:
        raise ValueError(
            f"{owner}: sequence_stride must be a positive int, got {sequence_stride}."
        )


@operation
def stft(x, sequence_length, sequence_stride, fft_length, window="hann", center=True):
    """Short-time Fourier transform: spectra of frames of a signal.

    Args:
        x: Signal (..., samples), float32 or float64.
        sequence_length: Samples per frame.
        sequence_stride: Samples from one frame to the next.
        fft_length: Length of the transform, at least sequence_length.
        window: Weights of the samples of a frame: "hann", "hamming", a vector, or None
            for equal ones.
        center: Whether frame t has its middle at sample t * sequence_stride, with the
            signal mirrored at its ends; else it begins there.

    Returns:
        Real and imaginary part, each (..., frames, fft_length // 2 + 1).

    >>> stft([1.0, 2.0, 3.0, 4.0], 2, 2, 2, None)[0].tolist()
    [[3.0, 1.0], [5.0, -1.0], [7.0, 1.0]]
    """
    x = convert_to_tensor(x)
    if dtypes.standardize(x.dtype) not in ("float32", "float64"):
        raise TypeError(
            f"stft: x must be float32 or float64, got {x.dtype}. "
            "Try ops.cast(x, 'float32')."
        )
    _check_stride("stft", sequence_stride)
    window = _window("stft", window, sequence_length, fft_length, x.dtype)
    if center:
        border = [(0, 0)] * (len(x.shape) - 1) + [(fft_length // 2, fft_length // 2)]
        x = pad(x, border, mode="reflect")
    frames = extract_sequences(x, fft_length, sequence_stride)
    return rfft(multiply(frames, window))


@operation
def istft(
    x,
    sequence_length,
    sequence_stride,
    fft_length,
    length=None,
    window="hann",
    center=True,
):
    """Inverse of `stft`: the signal whose frames have these spectra.

    Overlapping frames are added up with the window's weights and divided by the sum of
    their squares (Griffin and Lim, 1984). Without a window, the result is larger by
    fft_length / sequence_stride: that of Keras is, with JAX or NumPy underneath.

    Args:
        x: Pair (real, imaginary) of float tensors (..., frames, frequencies).
        sequence_length: As in `stft`.
        sequence_stride: As in `stft`.
        fft_length: As in `stft`.
        length: At most so many samples of the signal; None: as many as were in no
            border.
        window: As in `stft`.
        center: As in `stft`.

    >>> spectra = stft([1.0, 2.0, 3.0, 4.0, 5.0], 4, 2, 4)
    >>> [round(sample, 4) for sample in istft(spectra, 4, 2, 4).tolist()]
    [1.0, 2.0, 3.0, 4.0]
    """
    parts = _parts("istft", x, 2)
    _check_stride("istft", sequence_stride)
    frames = half_inverse(*parts, fft_length=fft_length)
    weights = _window("istft", window, sequence_length, fft_length, frames.dtype)
    count = frames.shape[-2]
    total = None if count is None else fft_length + (count - 1) * sequence_stride
    layout = {"length": total, "stride": sequence_stride}
    signal = overlap_add(multiply(frames, weights), **layout)
    if total is not None:
        squares = broadcast_to(square(weights), (count, fft_length))
        squares = overlap_add(squares, **layout)
        signal = divide(signal, where(greater(squares, 1e-10), squares, 1.0))
    if window is None:
        signal = multiply(signal, fft_length / sequence_stride)
    start = fft_length // 2 if center else 0
    if length is not None:
        return signal[..., start : start + length]
    return signal[..., start : None if total is None else total - start]
