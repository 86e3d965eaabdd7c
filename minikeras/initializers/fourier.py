"""The short-time Fourier transform as the kernel of a convolution."""

import numpy as np

from ..tensor import Tensor, as_array, dtypes
from ..utils import checks
from .base import INITIALIZERS, Initializer
from .constants import known_shape

__all__ = ["STFT", "window_values"]

# Windows that are sums of cosines: w(t) = c0 - c1 cos(t) + c2 cos(2t) - ...
# (Harris, 1978; Nuttall, 1981)
COSINE_SUMS = {
    "boxcar": (1.0,),
    "hann": (0.5, 0.5),
    "hamming": (0.54, 0.46),
    "blackman": (0.42, 0.5, 0.08),
    "nuttall": (0.3635819, 0.4891775, 0.1365995, 0.0106411),
    "blackmanharris": (0.35875, 0.48829, 0.14128, 0.01168),
    "flattop": (0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
}


def window_values(name: str, length: int, periodic: bool = False) -> np.ndarray:
    """Returns a window function's values, in float64.

    Args:
        name: A name in `COSINE_SUMS`, "bartlett" or "cosine".
        length: Number of values.
        periodic: Whether the first value would follow the last one; otherwise the
            window is symmetric.

    >>> window_values("hann", 3).tolist()
    [0.0, 1.0, 0.0]
    """
    names = (*COSINE_SUMS, "bartlett", "cosine")
    checks.one_of("STFT", window=name, allowed=names)
    points = length + 1 if periodic else length
    if points == 1:
        return np.ones(length)
    if name == "bartlett":
        return np.bartlett(points)[:length]
    if name == "cosine":
        return np.sin(np.pi * (np.arange(length) + 0.5) / points)
    angle = 2 * np.pi * np.arange(length) / (points - 1)
    terms = enumerate(COSINE_SUMS[name])
    return sum((-1) ** i * c * np.cos(i * angle) for i, c in terms)


@INITIALIZERS.register("stft", "STFTInitializer")
class STFT(Initializer):
    """Kernels whose convolution is one half of a short-time Fourier transform.

    kernel[n, 0, k] = window[n] cos(2 pi n k / fft_length)     (side "real")
    kernel[n, 0, k] = -window[n] sin(2 pi n k / fft_length)    (side "imag")

    Args:
        side: "real" or "imag".
        window: Name ("hann", "hamming", "blackman", ...), an array of `frame_length`
            values, or None for no window.
        scaling: "density" divides the window by its Euclidean norm, "spectrum" by its
            sum, None leaves it.
        periodic: Whether the window is periodic instead of symmetric.

    Shape: called with (frame_length, 1, fft_length / 2 + 1).
    """

    def __init__(self, side="real", window="hann", scaling="density", periodic=False):
        self.side = checks.one_of(self, side=side, allowed=("real", "imag"))
        allowed = ("density", "spectrum", None)
        self.window = window
        self.scaling = checks.one_of(self, scaling=scaling, allowed=allowed)
        self.periodic = periodic

    def __call__(self, shape, dtype=None):
        """Returns the kernel in the shape asked for."""
        shape = known_shape(self, shape)
        if len(shape) != 3:
            must = "be (frame_length, 1, fft_length / 2 + 1)"
            checks.fail("STFT", "shape", shape, must, (256, 1, 129))
        frame_length, _, bins = shape
        time = np.arange(frame_length)[:, None, None]
        angle = 2 * np.pi * time * np.arange(bins) / max(2 * (bins - 1), 1)
        wave = np.cos(angle) if self.side == "real" else -np.sin(angle)
        kernel = wave * self._window(frame_length)[:, None, None]
        return Tensor(np.broadcast_to(kernel, shape).astype(dtypes.standardize(dtype)))

    def _window(self, length: int) -> np.ndarray:
        if self.window is None:
            return np.ones(length)
        if isinstance(self.window, str):
            window = window_values(self.window, length, self.periodic)
        else:
            window = as_array(self.window, "float64")
        if window.shape != (length,):
            raise ValueError(
                f"STFT: window must have frame_length = {length} values, got shape "
                f"{window.shape}."
            )
        norms = {"density": np.sqrt(np.sum(window**2)), "spectrum": np.sum(window)}
        return window / norms.get(self.scaling, 1.0)


stft = STFTInitializer = STFT
