"""Layers that turn sound into pictures: how strong each frequency is, over time."""

import numpy as np

from .. import config, ops
from ..ops.spectral import frame_count
from ..utils import checks
from .data_format import standardize_data_format
from .input_spec import InputSpec
from .layer import LAYERS, Layer

WINDOWS = {
    "hann": np.hanning,
    "hamming": np.hamming,
    "blackman": np.blackman,
    "bartlett": np.bartlett,
    "boxcar": np.ones,
}
MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


def checked_window(layer, window, length):
    """Returns the window if it is None, a known name, or an array of that length."""
    if window is None:
        return None
    if isinstance(window, str):
        return checks.one_of(layer, window=window, allowed=tuple(WINDOWS))
    shape = np.shape(window)
    if shape != (length,):
        checks.fail(layer, "window", window, f"have shape ({length},), not {shape}")
    return window


def window_values(window, length, periodic):
    """The window as an array; a periodic one leaves out its last value."""
    if window is None:
        return np.ones(length)
    if isinstance(window, str):
        return WINDOWS[window](length + periodic)[:length]
    return np.asarray(window, float)


@LAYERS.register()
class STFTSpectrogram(Layer):
    """Short-time Fourier transform of signals, by two matrices that can be trained.

    y[t, k] = sum over i of window[i] * x[t * frame_step + i] * exp(-2 pi i k / n)

    Args:
        mode: What of y comes out: "log" and "magnitude" of its size, "psd" (the square
            of the size, both halves of the spectrum counted), "real", "imag", "angle",
            or "stft": real and imaginary parts side by side.
        frame_length: Samples per frame.
        frame_step: Samples from frame to frame; half the frame if None.
        fft_length: n, at least `frame_length`; if None, the next power of two.
        window: "hann", "hamming", "blackman", "bartlett", "boxcar", an array with
            `frame_length` values, or None.
        periodic: Whether a window given by name goes on periodically.
        scaling: "density" or "spectrum": whether the window's power or its sum is
            brought to 1; None leaves it.
        padding: "valid", or "same" for one frame per step.
        expand_dims: Whether frequencies get an axis of their own.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (batch, samples, channels) -> (batch, frames, channels * frequencies), or
        (batch, frames, frequencies, channels) with `expand_dims`.

    >>> STFTSpectrogram(frame_length=256, frame_step=128)(np.zeros((1, 1024, 1))).shape
    (1, 7, 129)
    """

    def __init__(
        self,
        mode="log",
        frame_length=256,
        frame_step=None,
        fft_length=None,
        window="hann",
        periodic=False,
        scaling="density",
        padding="valid",
        expand_dims=False,
        data_format=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.mode = checks.one_of(self, mode=mode, allowed=MODES)
        self.frame_length = checks.positive_int(self, frame_length=frame_length)
        self.frame_step = self._checked_step(frame_step)
        if fft_length is not None:
            fft_length = checks.integer(self, frame_length, fft_length=fft_length)
        self.fft_length = fft_length
        self.window = checked_window(self, window, frame_length)
        self.periodic = checks.boolean(self, periodic=periodic)
        scalings = ("density", "spectrum", None)
        self.scaling = checks.one_of(self, scaling=scaling, allowed=scalings)
        self.padding = checks.one_of(self, padding=padding, allowed=("valid", "same"))
        self.expand_dims = checks.boolean(self, expand_dims=expand_dims)
        self.data_format = standardize_data_format(self, data_format)
        self.input_spec = InputSpec(ndim=3)

    def _checked_step(self, frame_step):
        if frame_step is None:
            return None
        step = checks.positive_int(self, frame_step=frame_step)
        if step > self.frame_length:
            must = f"be at most frame_length={self.frame_length}"
            checks.fail(self, "frame_step", frame_step, must, self.frame_length // 2)
        return step

    @property
    def _step(self):
        return self.frame_step or max(self.frame_length // 2, 1)

    @property
    def _bins(self):
        length = self.fft_length or 2 ** (self.frame_length - 1).bit_length()
        return length // 2 + 1

    def build(self, input_shape):
        shape = (self.frame_length, 1, self._bins)
        for name, mode, wave in (
            ("real_kernel", "real", np.cos),
            ("imag_kernel", "imag", lambda angle: -np.sin(angle)),
        ):
            if self.mode in (mode, *set(MODES) - {"real", "imag"}):
                values = self._waves(wave)
                setattr(self, name, self.add_weight(shape, values, name=name))

    def _waves(self, wave):
        """An initializer: the values of a wave at each time and frequency."""
        window = window_values(self.window, self.frame_length, self.periodic)
        if self.window is not None and self.scaling is not None:
            total = np.sum(window) if self.scaling == "spectrum" else None
            window = window / (total or np.sqrt(np.sum(window**2)))
        turns = np.arange(self._bins) / max(2 * (self._bins - 1), 1)
        angles = 2 * np.pi * np.arange(self.frame_length)[:, None] * turns
        values = (window[:, None] * wave(angles))[:, None]
        return lambda shape, dtype=None: ops.convert_to_tensor(values, dtype)

    def compute_output_shape(self, input_shape):
        """Returns the shape of the spectrogram; see the class."""
        batch, *rest = input_shape
        first = self.data_format == "channels_first"
        channels, samples = rest if first else rest[::-1]
        frames = self._frames(samples)
        bins = self._bins * (2 if self.mode == "stft" else 1)
        if self.expand_dims:
            sizes = (channels, frames, bins) if first else (frames, bins, channels)
            return batch, *sizes
        features = None if channels is None else channels * bins
        return (batch, features, frames) if first else (batch, frames, features)

    def _frames(self, samples):
        if samples is None:
            return None
        if self.padding == "same":
            return -(-samples // self._step)
        if samples < self.frame_length:
            raise ValueError(
                f"{checks.owner_name(self)}: the signal has {samples} samples, fewer "
                f"than one frame: frame_length={self.frame_length}. Try padding='same'."
            )
        return frame_count(samples, self.frame_length, self._step)

    def call(self, inputs):
        inputs = ops.cast(inputs, self.compute_dtype)
        if self.data_format == "channels_last":
            inputs = ops.transpose(inputs, (0, 2, 1))
        samples = inputs.shape[-1]
        missing = (self._frames(samples) - 1) * self._step + self.frame_length - samples
        if self.padding == "same" and missing > 0:
            edge = (missing // 2, missing - missing // 2)
            inputs = ops.pad(inputs, ((0, 0), (0, 0), edge))
        frames = ops.extract_sequences(inputs, self.frame_length, self._step)
        return self._arranged(self._measured(frames))

    def _measured(self, frames):
        """What the mode asks for, as (batch, channels, frames, frequencies)."""
        if self.mode == "real":
            return self._through(frames, self.real_kernel)
        imaginary = self._through(frames, self.imag_kernel)
        if self.mode == "imag":
            return imaginary
        real = self._through(frames, self.real_kernel)
        if self.mode == "stft":
            return ops.concatenate([real, imaginary], axis=-1)
        if self.mode == "angle":
            return ops.arctan2(imaginary, real)
        power = ops.square(real) + ops.square(imaginary)
        if self.mode == "psd":
            return power * self._both_halves()
        size = ops.sqrt(ops.maximum(power, config.epsilon()))
        return ops.log(size) if self.mode == "log" else size

    def _through(self, frames, kernel):
        return ops.matmul(frames, ops.squeeze(kernel, 1))

    def _both_halves(self):
        """2 for frequencies that a whole spectrum has twice, 1 for the outermost."""
        factors = np.full(self._bins, 2, self.compute_dtype)
        factors[[0, -1]] = 1
        return factors

    def _arranged(self, z):
        batch, channels, frames, bins = z.shape
        first = self.data_format == "channels_first"
        if self.expand_dims:
            return z if first else ops.transpose(z, (0, 2, 3, 1))
        z = ops.transpose(z, (0, 1, 3, 2) if first else (0, 2, 1, 3))
        sizes = (channels * bins, frames) if first else (frames, channels * bins)
        return ops.reshape(z, (batch, *sizes))


@LAYERS.register()
class MelSpectrogram(Layer):
    """How loud each pitch is over time, on a scale of pitches as ears hear them.

    mel(f) = 1127 * log(1 + f / 700)  (O'Shaughnessy, 1987)

    Args:
        fft_length: Samples that a frame is extended to with zeros.
        sequence_stride: Samples from frame to frame.
        sequence_length: Samples per frame; `fft_length` if None.
        window: "hann", "hamming", another name of `STFTSpectrogram`, an array with
            `sequence_length` values, or None.
        sampling_rate: Samples per second.
        num_mel_bins: Number of pitches.
        min_freq, max_freq: Lowest and highest frequency in Hz; None is half the rate.
        power_to_db: Whether the result is in decibels.
        top_db: Decibels below the loudest value at which it is cut off.
        mag_exp: Power of the magnitude: 2 for energy.
        min_power: Power at which decibels are cut off, above 0.
        ref_power: Power of 0 decibels.

    Shape: (..., samples) -> (..., num_mel_bins, frames)

    >>> MelSpectrogram(num_mel_bins=64, sequence_stride=256)(np.ones(16000)).shape
    (64, 63)
    """

    def __init__(
        self,
        fft_length=2048,
        sequence_stride=512,
        sequence_length=None,
        window="hann",
        sampling_rate=16000,
        num_mel_bins=128,
        min_freq=20.0,
        max_freq=None,
        power_to_db=True,
        top_db=80.0,
        mag_exp=2.0,
        min_power=1e-10,
        ref_power=1.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.fft_length = checks.positive_int(self, fft_length=fft_length)
        self.sequence_stride = checks.positive_int(
            self, sequence_stride=sequence_stride
        )
        length = sequence_length or fft_length
        self.sequence_length = checks.positive_int(self, sequence_length=length)
        if length > fft_length:
            must = f"be at most fft_length={fft_length}"
            checks.fail(self, "sequence_length", sequence_length, must, fft_length)
        self.window = checked_window(self, window, length)
        self.sampling_rate = checks.positive_int(self, sampling_rate=sampling_rate)
        self.num_mel_bins = checks.positive_int(self, num_mel_bins=num_mel_bins)
        self.min_freq = checks.non_negative(self, min_freq=min_freq)
        self.max_freq = max_freq or int(sampling_rate / 2)
        if self.max_freq <= min_freq:
            checks.fail(self, "max_freq", max_freq, f"be above min_freq={min_freq}")
        self.power_to_db = checks.boolean(self, power_to_db=power_to_db)
        self.top_db = checks.non_negative(self, top_db=top_db)
        self.mag_exp = checks.positive(self, mag_exp=mag_exp)
        self.min_power = checks.positive(self, min_power=min_power)
        self.ref_power = ref_power
        self.built = True

    def call(self, inputs):
        x = ops.cast(inputs, self.compute_dtype)
        half = self.fft_length // 2
        x = ops.pad(x, [(0, 0)] * (len(x.shape) - 1) + [(half, half)], "reflect")
        x = ops.extract_sequences(x, self.fft_length, self.sequence_stride)
        real, imaginary = ops.rfft(x * self._window())
        power = ops.square(real) + ops.square(imaginary)
        if self.mag_exp != 2:
            power = power ** (self.mag_exp / 2)
        mel = self.linear_to_mel_weight_matrix(
            self.num_mel_bins,
            half + 1,
            self.sampling_rate,
            self.min_freq,
            self.max_freq,
            self.compute_dtype,
        )
        outputs = ops.swapaxes(ops.matmul(power, mel), -1, -2)
        return self._decibels(outputs) if self.power_to_db else outputs

    def _window(self):
        """The window in the middle of zeros."""
        values = window_values(self.window, self.sequence_length, True)
        missing = self.fft_length - self.sequence_length
        edge = (missing // 2, missing - missing // 2)
        return np.pad(values, edge).astype(self.compute_dtype)

    def _decibels(self, power):
        reference = max(abs(self.ref_power), self.min_power)
        decibels = ops.log10(ops.maximum(power, self.min_power)) * 10
        decibels = decibels - 10 * float(np.log10(reference))
        return ops.maximum(decibels, ops.max(decibels) - self.top_db)

    def linear_to_mel_weight_matrix(
        self,
        num_mel_bins=20,
        num_spectrogram_bins=129,
        sampling_rate=8000,
        lower_edge_hertz=125.0,
        upper_edge_hertz=3800.0,
        dtype="float32",
    ):
        """Returns the matrix (frequencies, pitches) of overlapping triangles.

        Args:
            num_mel_bins: Number of pitches.
            num_spectrogram_bins: Number of frequencies, from 0 to half the rate.
            sampling_rate: Samples per second.
            lower_edge_hertz, upper_edge_hertz: Where the first triangle starts and the
                last one ends.
            dtype: Dtype of the matrix.
        """
        edges = np.linspace(
            _mel(lower_edge_hertz), _mel(upper_edge_hertz), num_mel_bins + 2
        )
        low, middle, high = edges[:-2], edges[1:-1], edges[2:]
        pitch = _mel(np.linspace(0, sampling_rate / 2, num_spectrogram_bins))[:, None]
        rising = (pitch - low) / (middle - low)
        falling = (high - pitch) / (high - middle)
        matrix = np.maximum(0, np.minimum(rising, falling))
        matrix[0] = 0  # frequency 0 is no sound
        return matrix.astype(dtype)


def _mel(hertz):
    return 1127 * np.log1p(np.asarray(hertz) / 700)
