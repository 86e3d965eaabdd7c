"""Images resized, and scaled and shifted by any amount."""

import numpy as np

from ..tensor import cast, operation
from ..utils import checks
from .arithmetic import abs, add, divide, multiply, subtract
from .bounds import clip, maximum, round
from .common import shape_of
from .elementwise import sinc
from .logic import greater, less, logical_and, where
from .movement import expand_dims, moveaxis
from .padding import pad
from .pictures import as_batch, dtype_of
from .products import tensordot
from .reductions import sum
from .resizing import INTERPOLATIONS, resample

__all__ = ["resize", "scale_and_translate"]


def to_aspect(size: tuple, wanted: tuple, is_crop: bool) -> list[tuple[int, int]]:
    """Where images of the wanted proportions begin, and how long they are.

    Cut out of the images, or with the images inside: then the beginning is negative.
    """
    (height, width), (rows, columns) = size, wanted
    by_width, by_height = int(width * rows / columns), int(height * columns / rows)
    if is_crop:
        lengths = min(height, by_width) or 1, min(width, by_height) or 1
    else:
        lengths = max(height, by_width), max(width, by_height)
    return [(int((n - m) / 2), m) for n, m in zip(size, lengths, strict=True)]


@operation
def resize(
    images,
    size,
    interpolation="bilinear",
    antialias=False,
    crop_to_aspect_ratio=False,
    pad_to_aspect_ratio=False,
    fill_mode="constant",
    fill_value=0.0,
    data_format=None,
):
    """Resizes images.

    Args:
        images: (height, width, channels) or a batch of that.
        size: Height and width of the result.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        antialias: Whether images that shrink are smoothed first.
        crop_to_aspect_ratio: Whether images of other proportions are cut.
        pad_to_aspect_ratio: Whether they are padded.
        fill_mode: Must be "constant".
        fill_value: The value of the padding.
        data_format: "channels_last", "channels_first" or None: as in the settings.
    """
    checks.one_of("resize", INTERPOLATIONS, interpolation=interpolation)
    checks.one_of("resize", ("constant",), fill_mode=fill_mode)
    if len(size) != 2:
        checks.fail("resize", "size", size, "be two ints: height and width", (64, 64))
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError(
            "resize: only one of crop_to_aspect_ratio and pad_to_aspect_ratio can be "
            "True, got both."
        )
    x, back = as_batch("resize", images, data_format)
    dtype, known = dtype_of(x), shape_of(x)[1:3]
    x = x if dtype.startswith("float") else cast(x, dtype="float32")
    if (crop_to_aspect_ratio or pad_to_aspect_ratio) and None not in known:
        places = to_aspect(known, tuple(size), crop_to_aspect_ratio)
        if crop_to_aspect_ratio:
            cuts = (slice(start, start + length) for start, length in places)
            x = x[(slice(None), *cuts)]
        else:
            around = [(-start, -start) for start, _ in places]  # as Keras
            x = pad(x, ((0, 0), *around, (0, 0)), constant_values=fill_value)
    for axis, length in enumerate(size, 1):
        x = resample(
            x, size=int(length), axis=axis, interpolation=interpolation,
            antialias=antialias,
        )  # fmt: skip
    return back(_in_range(x, dtype))


def _in_range(x, dtype: str):
    """Numbers rounded and kept in the range of the dtype, if it has whole numbers."""
    if dtype.startswith("float"):
        return x
    if dtype.startswith(("int", "uint")):
        bounds = np.iinfo(dtype)
        x = clip(round(x), float(bounds.min), float(bounds.max))
    return cast(x, dtype=dtype)


# Any scale --------------------------------------------------------------------------


def _triangle(x):
    return maximum(subtract(1.0, x), 0.0)


def _keys(x):
    """Keys (1981): a cubic between the four nearest pixels."""
    near = add(multiply(multiply(subtract(multiply(x, 1.5), 2.5), x), x), 1.0)
    inner = multiply(add(multiply(subtract(multiply(x, -0.5), -2.5), x), -4.0), x)
    return where(greater(x, 1.0), where(less(x, 2.0), add(inner, 2.0), 0.0), near)


def _lanczos(radius: int):
    def weigh(x):
        return where(less(x, radius), multiply(sinc(x), sinc(divide(x, radius))), 0.0)

    return weigh


_LINEAR = dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), _triangle)
_CUBIC = dict.fromkeys(("cubic", "bicubic", "tricubic"), _keys)
METHODS = _LINEAR | _CUBIC | {"lanczos3": _lanczos(3), "lanczos5": _lanczos(5)}


@operation
def scale_and_translate(
    images, output_shape, scale, translation, spatial_dims, method, antialias=True
):
    """Scales and shifts a tensor along some axes, by interpolation.

    What lies at place p along an axis comes to lie at p * scale + translation; the
    middle of element i is at i + 1/2.

    Args:
        images: Tensor.
        output_shape: Shape of the result.
        scale: One factor for each of `spatial_dims`.
        translation: How far each of them is shifted, in elements of the result.
        spatial_dims: The axes.
        method: "linear", "cubic", "lanczos3", "lanczos5", or another name of these:
            "bilinear", "trilinear", "triangle", "bicubic", "tricubic".
        antialias: Whether what shrinks is smoothed first.
    """
    checks.one_of("scale_and_translate", tuple(METHODS), method=method)
    dtype = dtype_of(images)
    x = images if dtype.startswith("float") else cast(images, dtype="float32")
    rank = len(shape_of(x))
    for i, axis in enumerate(spatial_dims):
        matrix = _matrix(
            shape_of(x)[axis], output_shape[axis], scale[i], translation[i],
            METHODS[method], antialias, "float64" if dtype == "float64" else "float32",
        )  # fmt: skip
        matrix = cast(matrix, dtype=dtype_of(x))
        x = moveaxis(tensordot(x, matrix, axes=((axis,), (0,))), -1, axis % rank)
    return _in_range(x, dtype)


def _matrix(old: int, new: int, scale, translation, weigh, antialias: bool, dtype: str):
    """The weight of each old element (rows) in each new one (columns)."""
    shrink = divide(1.0, cast(scale, dtype=dtype))
    shift = multiply(cast(translation, dtype=dtype), shrink)
    spread = maximum(shrink, 1.0) if antialias else 1.0
    middles = (np.arange(new) + 0.5).astype(dtype)
    centers = subtract(subtract(multiply(middles, shrink), shift), 0.5)
    places = np.arange(old, dtype=dtype)[:, None]
    distance = divide(abs(subtract(expand_dims(centers, axis=0), places)), spread)
    weights = weigh(distance)
    total = sum(weights, axis=0, keepdims=True)
    is_enough = greater(abs(total), 1000 * float(np.finfo("float32").eps))
    weights = where(is_enough, divide(weights, where(is_enough, total, 1.0)), 0.0)
    inside = logical_and(greater(centers, -0.5 - 1e-6), less(centers, old - 0.5 + 1e-6))
    return where(expand_dims(inside, axis=0), weights, 0.0)
