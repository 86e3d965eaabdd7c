"""Colours: grey, and hue, saturation and value."""

from ..tensor import cast, operation
from .arithmetic import abs, add, divide_no_nan, mod, multiply, subtract
from .bounds import clip
from .common import shape_of
from .joining import stack
from .logic import equal, where
from .pictures import as_batch, dtype_of
from .reductions import max, min

__all__ = ["hsv_to_rgb", "rgb_to_grayscale", "rgb_to_hsv"]

GREY = (0.2989, 0.587, 0.114)  # how bright red, green and blue look


def _parts(x) -> list:
    return [x[..., i] for i in range(3)]


def _coloured(name: str, images, data_format):
    """Images of floats with three channels."""
    if not dtype_of(images).startswith("float"):
        raise ValueError(
            f"{name}: images must be floats between 0 and 1, got {dtype_of(images)}. "
            "Try images / 255."
        )
    x, back = as_batch(name, images, data_format)
    if shape_of(x)[-1] not in (3, None):
        raise ValueError(
            f"{name}: images must have 3 channels, got shape {shape_of(images)}."
        )
    return x, back


@operation
def rgb_to_grayscale(images, data_format=None):
    """Turns colours into grey: 0.2989 * red + 0.587 * green + 0.114 * blue.

    Args:
        images: (height, width, 3) or a batch of that, any dtype; images of one channel
            stay as they are.
        data_format: "channels_last", "channels_first" or None: as in the settings.
    """
    x, back = as_batch("rgb_to_grayscale", images, data_format)
    if shape_of(x)[-1] == 1:
        return back(x)
    dtype = dtype_of(x)
    x = x if dtype.startswith("float") else cast(x, dtype="float32")
    red, green, blue = map(multiply, _parts(x), GREY)
    grey = add(add(red, green), blue)
    return back(cast(grey[..., None], dtype=dtype))


@operation
def rgb_to_hsv(images, data_format=None):
    """Turns red, green and blue into hue, saturation and value, all from 0 to 1.

    Args:
        images: Floats between 0 and 1, (height, width, 3) or a batch of that.
        data_format: "channels_last", "channels_first" or None: as in the settings.
    """
    x, back = _coloured("rgb_to_hsv", images, data_format)
    red, green, blue = _parts(x)
    value = max(x, axis=-1)
    spread = subtract(value, min(x, axis=-1))
    hue = where(
        equal(red, value),
        divide_no_nan(subtract(green, blue), spread),
        where(
            equal(green, value),
            add(divide_no_nan(subtract(blue, red), spread), 2.0),
            add(divide_no_nan(subtract(red, green), spread), 4.0),
        ),
    )
    hue = where(equal(spread, 0.0), 0.0, mod(multiply(hue, 1 / 6), 1.0))
    return back(stack([hue, divide_no_nan(spread, value), value], axis=-1))


@operation
def hsv_to_rgb(images, data_format=None):
    """Turns hue, saturation and value into red, green and blue, all from 0 to 1.

    Args:
        images: Floats between 0 and 1, (height, width, 3) or a batch of that.
        data_format: "channels_last", "channels_first" or None: as in the settings.
    """
    x, back = _coloured("hsv_to_rgb", images, data_format)
    hue, saturation, value = _parts(x)
    sixths = multiply(hue, 6.0)
    shares = [
        clip(subtract(abs(subtract(sixths, 3.0)), 1.0), 0.0, 1.0),
        clip(subtract(2.0, abs(subtract(sixths, 2.0))), 0.0, 1.0),
        clip(subtract(2.0, abs(subtract(sixths, 4.0))), 0.0, 1.0),
    ]
    rest = subtract(1.0, saturation)
    colours = [multiply(value, add(rest, multiply(saturation, s))) for s in shares]
    return back(stack(colours, axis=-1))
