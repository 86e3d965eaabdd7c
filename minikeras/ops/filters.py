"""Images smoothed, their edges, and how alike two of them are."""

import numpy as np

from ..tensor import cast, convert_to_tensor, dtypes, operation
from ..utils import checks
from .arithmetic import add, divide, multiply, square, subtract
from .common import shape_of
from .convolution import depthwise_conv
from .elementwise import log10
from .joining import stack
from .padding import pad
from .patches import several
from .pictures import as_batch, dtype_of
from .reductions import mean

__all__ = ["gaussian_blur", "psnr", "sobel_edges", "ssim"]


def _bell(size: int, sigma: float) -> np.ndarray:
    """Weights that fall off from the middle, with the sum 1."""
    places = np.arange(size) - (size - 1) / 2
    weights = np.exp(-(places**2) / (2 * sigma**2))
    return weights / weights.sum()


def _filtered(x, kernel: np.ndarray, padding: str):
    """Every channel of images convolved with one kernel, (height, width)."""
    count, dtype = shape_of(x)[-1], dtype_of(x)
    kernel = np.repeat(kernel[..., None, None], count, axis=2).astype(dtype)
    return depthwise_conv(
        x, kernel, strides=1, padding=padding, data_format="channels_last"
    )


def _as_floats(x):
    return x if dtype_of(x).startswith("float") else cast(x, dtype="float32")


@operation
def gaussian_blur(images, kernel_size=(3, 3), sigma=(1.0, 1.0), data_format=None):
    """Smooths images with weights exp(-distance^2 / (2 sigma^2)), zeros around.

    Args:
        images: (height, width, channels) or a batch of that.
        kernel_size: Height and width of the kernel.
        sigma: How far it reaches down and across, in pixels.
        data_format: "channels_last", "channels_first" or None: as in the settings.
    """
    dtype = dtype_of(images)
    x, back = as_batch("gaussian_blur", images, data_format)
    sizes = several("gaussian_blur", 2, kernel_size=kernel_size)
    down, across = sigma if np.ndim(sigma) else (sigma, sigma)
    kernel = np.outer(_bell(sizes[0], down), _bell(sizes[1], across))
    y = _filtered(_as_floats(x), kernel, "same")
    return back(cast(y, dtype=dtype))


SOBEL = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])


@operation
def sobel_edges(images, data_format=None):
    """Returns how fast images change downwards and to the right. (Sobel, 1968)

    Args:
        images: (batch, height, width, channels).
        data_format: "channels_last", "channels_first" or None: as in the settings.

    Returns:
        The same shape and one axis of length 2 more. At the borders the images go on
        with their outermost pixels.
    """
    if len(shape_of(images)) != 4:
        raise ValueError(
            "sobel_edges: images must be a batch (batch, height, width, channels), got "
            f"shape {shape_of(images)}. Try expand_dims."
        )
    x, back = as_batch("sobel_edges", images, data_format)
    x = pad(_as_floats(x), ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge")
    return stack([back(_filtered(x, k, "valid")) for k in (SOBEL, SOBEL.T)], axis=-1)


@operation
def ssim(
    image1,
    image2,
    max_val=1.0,
    filter_size=11,
    filter_sigma=1.5,
    k1=0.01,
    k2=0.03,
    data_format=None,
):
    """Returns how alike images look: 1 for equal ones. (Wang et al., 2004)

    (2 m1 m2 + c1) (2 c12 + c2) / ((m1^2 + m2^2 + c1) (v1 + v2 + c2)), the mean over
    all windows and channels, with means m, variances v and covariance c12 in a window,
    c1 = (k1 * max_val)^2 and c2 = (k2 * max_val)^2.

    Args:
        image1: (height, width, channels) or a batch of that.
        image2: The same shape.
        max_val: Largest possible value of a pixel.
        filter_size: Side of a window.
        filter_sigma: How fast its weights fall off.
        k1: Keeps dark windows stable.
        k2: Keeps flat windows stable.
        data_format: "channels_last", "channels_first" or None: as in the settings.

    Returns:
        One number, or one per image of a batch.
    """
    first, second = shape_of(image1), shape_of(image2)
    alike = all(m == n or None in (m, n) for m, n in zip(first, second, strict=False))
    if len(first) != len(second) or not alike:
        raise ValueError(
            f"ssim: both images must have the same shape, got {first} and {second}."
        )
    a, _ = as_batch("ssim", image1, data_format)
    b, _ = as_batch("ssim", image2, data_format)
    dtype = dtypes.result_type(dtype_of(a), dtype_of(b), "float32")
    a, b = cast(a, dtype=dtype), cast(b, dtype=dtype)
    if any(n is not None and n < filter_size for n in shape_of(a)[1:3]):
        raise ValueError(
            f"ssim: a window of {filter_size} pixels does not fit into images of shape "
            f"{first}. Try a smaller filter_size."
        )
    weights = np.outer(*[_bell(filter_size, filter_sigma)] * 2)

    def averaged(x):
        return _filtered(x, weights, "valid")

    mean_a, mean_b = averaged(a), averaged(b)
    product = multiply(mean_a, mean_b)
    squares = add(square(mean_a), square(mean_b))
    spread = subtract(add(averaged(square(a)), averaged(square(b))), squares)
    joint = subtract(averaged(multiply(a, b)), product)
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    above = multiply(add(multiply(product, 2.0), c1), add(multiply(joint, 2.0), c2))
    below = multiply(add(squares, c1), add(spread, c2))
    found = mean(divide(above, below), axis=(1, 2, 3))
    return found[0] if len(first) == 3 else found


@operation
def psnr(x1, x2, max_val):
    """Returns the peak signal-to-noise ratio in decibels; infinity for equal tensors.

    10 * log10(max_val^2 / mean((x1 - x2)^2))

    Args:
        x1: Tensor.
        x2: Tensor of the same shape.
        max_val: Largest possible value.
    """
    if shape_of(x1) != shape_of(x2):
        raise ValueError(
            "psnr: both tensors must have the same shape, got "
            f"{shape_of(x1)} and {shape_of(x2)}."
        )
    checks.positive("psnr", max_val=max_val)
    x1, x2 = (
        _as_floats(x if hasattr(x, "dtype") else convert_to_tensor(x)) for x in (x1, x2)
    )
    error = mean(square(subtract(x1, x2)))
    return multiply(log10(divide(float(max_val) ** 2, error)), 10.0)
