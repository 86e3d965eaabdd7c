"""Images as files, Pillow images and arrays; needs the extra `image` (Pillow)."""

import io
import os
import pathlib
import warnings

import numpy as np

from .. import config
from . import checks
from .lazy import LazyModule

__all__ = ["array_to_img", "img_to_array", "load_img", "save_img"]

pillow = LazyModule("PIL.Image", extra="image")

INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")
_MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
_LAYOUTS = ("channels_last", "channels_first")


def load_img(
    path,
    color_mode="rgb",
    target_size=None,
    interpolation="nearest",
    keep_aspect_ratio=False,
):
    """Opens an image file as a Pillow image.

    Args:
        path: Path, or an `io.BytesIO` with the file's bytes.
        color_mode: `"grayscale"`, `"rgb"` or `"rgba"`.
        target_size: (height, width) in pixels; the file's own by default.
        interpolation: `"nearest"`, `"bilinear"`, `"bicubic"`, `"hamming"`, `"box"` or
            `"lanczos"`.
        keep_aspect_ratio: Cut the largest part of the target's proportions from the
            middle before resizing, so that nothing is distorted.
    """
    mode = _MODES[checks.one_of("load_img", color_mode=color_mode, allowed=[*_MODES])]
    image = _opened(path)
    # 16 and 32 bits of gray would be lost in mode L
    if image.mode != mode and not (mode == "L" and image.mode in ("I;16", "I")):
        image = image.convert(mode)
    if target_size is None or image.size == (target_size[1], target_size[0]):
        return image
    checks.one_of("load_img", interpolation=interpolation, allowed=INTERPOLATIONS)
    size = (target_size[1], target_size[0])
    box = _middle(image.size, size) if keep_aspect_ratio else None
    return image.resize(size, pillow.Resampling[interpolation.upper()], box=box)


def _opened(path):
    if isinstance(path, io.BytesIO):
        content = path
    elif isinstance(path, (str, bytes, os.PathLike)):
        content = io.BytesIO(pathlib.Path(os.fsdecode(path)).read_bytes())
    else:
        shown = checks.show(path)
        raise TypeError(f"load_img: path must be a path or an io.BytesIO, got {shown}.")
    try:
        image = pillow.open(content)
        image.load()
    except OSError as error:
        message = f"load_img: {path} is damaged, or no image that Pillow knows."
        raise pillow.UnidentifiedImageError(message) from error
    return image


def _middle(size: tuple, target: tuple) -> tuple:
    """The largest box of the target's proportions in the middle: x0, y0, x1, y1."""
    (width, height), (new_width, new_height) = size, target
    box_width = min(width, height * new_width // new_height)
    box_height = min(height, width * new_height // new_width)
    left, top = (width - box_width) // 2, (height - box_height) // 2
    return left, top, left + box_width, top + box_height


def _layout(owner: str, data_format) -> str:
    chosen = config.image_data_format() if data_format is None else data_format
    return checks.one_of(owner, data_format=chosen, allowed=_LAYOUTS)


def img_to_array(img, data_format=None, dtype=None):
    """Turns a Pillow image into an array of height x width x channels.

    Args:
        img: Pillow image, or an array of 2 or 3 axes.
        data_format: `"channels_last"` or `"channels_first"`: where the channels stand;
            `config.image_data_format()` by default.
        dtype: Dtype of the array; `config.floatx()` by default.
    """
    layout = _layout("img_to_array", data_format)
    array = np.asarray(img, dtype=dtype or config.floatx())
    if array.ndim == 2:
        return array[None] if layout == "channels_first" else array[..., None]
    if array.ndim != 3:
        raise ValueError(
            f"img_to_array: img must have 2 or 3 axes, got shape {array.shape}. "
            "Convert one image at a time."
        )
    return array.transpose(2, 0, 1) if layout == "channels_first" else array


def array_to_img(x, data_format=None, scale=True, dtype=None):
    """Turns an array of 1, 3 or 4 channels into a Pillow image.

    Args:
        x: Array of height x width x channels.
        data_format: `"channels_last"` or `"channels_first"`: where the channels stand;
            `config.image_data_format()` by default.
        scale: Map the least value to 0 and the greatest to 255. Otherwise values must
            lie in [0, 255], fractions being cut off; gray may go beyond.
        dtype: Dtype to compute in; `config.floatx()` by default.
    """
    layout = _layout("array_to_img", data_format)
    pixels = np.asarray(x, dtype=dtype or config.floatx())
    if pixels.ndim != 3:
        raise ValueError(
            "array_to_img: x must have 3 axes (height, width, channels), got shape "
            f"{pixels.shape}. Pass one image, gray ones with a last axis of 1."
        )
    if layout == "channels_first":
        pixels = pixels.transpose(1, 2, 0)
    if pixels.shape[2] not in (1, 3, 4):
        raise ValueError(
            "array_to_img: x must have 1, 3 or 4 channels, got "
            f"{pixels.shape[2]} (shape {np.shape(x)}, data_format={layout!r})."
        )
    pixels = _scaled(pixels) if scale else pixels
    if pixels.shape[2] > 1:
        return pillow.fromarray(pixels.astype("uint8"))
    is_deep = pixels.size and pixels.max() > 255
    return pillow.fromarray(pixels[..., 0].astype("int32" if is_deep else "uint8"))


def _scaled(pixels: np.ndarray) -> np.ndarray:
    pixels = pixels - pixels.min()
    highest = pixels.max()
    return pixels / highest * 255 if highest != 0 else pixels


def save_img(path, x, data_format=None, file_format=None, scale=True, **kwargs):
    """Writes an array as an image file.

    Args:
        path: Path, or a binary file object.
        x: Array of height x width x channels.
        data_format: `"channels_last"` or `"channels_first"`: where the channels stand;
            `config.image_data_format()` by default.
        file_format: Such as `"png"`; by default the suffix of the path tells.
        scale: Map the least value to 0 and the greatest to 255.
        **kwargs: Options of Pillow for this format, such as `quality=90` for JPEG.
    """
    image = array_to_img(x, data_format=data_format, scale=scale)
    suffix = os.path.splitext(str(path))[1][1:]
    name = (file_format or suffix).lower().replace("jpg", "jpeg")
    if image.mode == "RGBA" and name == "jpeg":
        warnings.warn("JPEG has no transparency: saved as RGB.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=name if file_format else None, **kwargs)
