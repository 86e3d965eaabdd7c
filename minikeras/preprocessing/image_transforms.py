"""Pictures turned, shifted, sheared, zoomed and brightened, one at a time, in NumPy.

The formulas are those of Keras 2's `preprocessing.image`; random numbers come from
NumPy's global generator in the same order, so the same seed gives the same pictures.
"""

import numpy as np

from .. import ops
from ..utils import checks
from ..utils.image_files import array_to_img, img_to_array
from ..utils.lazy import LazyModule

__all__ = [
    "apply_affine_transform",
    "apply_brightness_shift",
    "apply_channel_shift",
    "random_brightness",
    "random_channel_shift",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
]

pil_enhance = LazyModule("PIL.ImageEnhance", extra="image")
_MODES = ("nearest", "constant", "reflect", "wrap")


def apply_affine_transform(
    x,
    theta=0,
    tx=0,
    ty=0,
    shear=0,
    zx=1,
    zy=1,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    order=1,
):
    """Turns, shifts, shears and zooms a picture around its middle.

    Args:
        x: Array with three axes.
        theta: Angle in degrees.
        tx, ty: Shift in pixels, downwards and to the right.
        shear: Angle in degrees.
        zx, zy: How many pixels of the old picture become one.
        row_axis, col_axis, channel_axis: Which axis is which.
        fill_mode: What is outside: "nearest", "constant", "reflect" or "wrap".
        cval: The constant.
        order: 0 takes the nearest pixel, 1 blends between pixels.
    """
    checks.one_of("apply_affine_transform", fill_mode=fill_mode, allowed=_MODES)
    checks.one_of("apply_affine_transform", order=order, allowed=(0, 1))
    matrix = np.eye(3)
    for used, part in (
        (theta != 0, lambda: _rotation(theta)),
        (tx != 0 or ty != 0, lambda: np.array([[1, 0, tx], [0, 1, ty], [0, 0, 1.0]])),
        (shear != 0, lambda: _shearing(shear)),
        (zx != 1 or zy != 1, lambda: np.diag([zx, zy, 1.0])),
    ):
        matrix = matrix @ part() if used else matrix
    if np.array_equal(matrix, np.eye(3)):
        return x
    rows, columns = x.shape[row_axis], x.shape[col_axis]
    middle = np.array([rows / 2 + 0.5, columns / 2 + 0.5])  # as Keras 2 had it
    offset = matrix[:2, 2] + middle - matrix[:2, :2] @ middle
    places = np.indices((rows, columns)).reshape(2, -1)
    places = (matrix[:2, :2] @ places + offset[:, None]).reshape(2, rows, columns)
    planes = np.moveaxis(x, (channel_axis, row_axis, col_axis), (0, 1, 2))
    seen = [_seen(plane, places, order, fill_mode, cval) for plane in planes]
    turned = np.stack(seen).astype(x.dtype)
    return np.moveaxis(turned, (0, 1, 2), (channel_axis, row_axis, col_axis))


def _seen(plane, places, order: int, fill_mode: str, cval: float) -> np.ndarray:
    """Reads a plane between its pixels. Outside, SciPy's rules hold, as in Keras 2."""
    last = np.array(plane.shape, "float64").reshape(2, 1, 1) - 1
    outside = ((places < 0) | (places > last)).any(axis=0)
    mode = "reflect" if fill_mode == "reflect" else "nearest"
    if fill_mode == "wrap":  # with the last pixel in the place of the first
        low = places + last * (np.floor(-places / last) + 1)
        high = places - last * np.floor(places / last)
        places = np.where(places < 0, low, np.where(places > last, high, places))
    values = ops.image.map_coordinates(plane.astype("float64"), places, order, mode)
    values = values.numpy()
    return np.where(outside, cval, values) if fill_mode == "constant" else values


def _rotation(degrees: float) -> np.ndarray:
    a = np.deg2rad(degrees)
    return np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])


def _shearing(degrees: float) -> np.ndarray:
    a = np.deg2rad(degrees)
    return np.array([[1, -np.sin(a), 0], [0, np.cos(a), 0], [0, 0, 1]])


def apply_channel_shift(x, intensity, channel_axis=0):
    """Adds a number to all values, and keeps them between what they were."""
    return np.clip(x + intensity, np.min(x), np.max(x))


def apply_brightness_shift(x, brightness, scale=True):
    """Multiplies the brightness of a picture.

    Args:
        x: Picture with the channels last.
        brightness: 1 leaves it as it is, 0 makes it black.
        scale: Whether values are stretched to 0..255 first.
    """
    low, high = np.min(x), np.max(x)
    is_local = low < 0 or high > 255
    img = array_to_img(x, scale=is_local or scale)
    made = img_to_array(pil_enhance.Brightness(img).enhance(brightness))
    if not scale and is_local:
        made = made / 255 * (high - low) + low
    return made


# ------------------------------------------------------------------------ at random


def _axes(row_axis, col_axis, channel_axis, fill_mode, cval, order) -> dict:
    return {
        "row_axis": row_axis,
        "col_axis": col_axis,
        "channel_axis": channel_axis,
        "fill_mode": fill_mode,
        "cval": cval,
        "order": order,
    }


def random_rotation(
    x,
    rg,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    interpolation_order=1,
):
    """Turns a picture by up to `rg` degrees; see `apply_affine_transform`."""
    theta = np.random.uniform(-rg, rg)
    settings = _axes(
        row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order
    )
    return apply_affine_transform(x, theta=theta, **settings)


def random_shift(
    x,
    wrg,
    hrg,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    interpolation_order=1,
):
    """Shifts a picture by up to these shares of its width and height."""
    tx = np.random.uniform(-hrg, hrg) * x.shape[row_axis]
    ty = np.random.uniform(-wrg, wrg) * x.shape[col_axis]
    settings = _axes(
        row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order
    )
    return apply_affine_transform(x, tx=tx, ty=ty, **settings)


def random_shear(
    x,
    intensity,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    interpolation_order=1,
):
    """Shears a picture by up to `intensity` degrees."""
    shear = np.random.uniform(-intensity, intensity)
    settings = _axes(
        row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order
    )
    return apply_affine_transform(x, shear=shear, **settings)


def random_zoom(
    x,
    zoom_range,
    row_axis=1,
    col_axis=2,
    channel_axis=0,
    fill_mode="nearest",
    cval=0.0,
    interpolation_order=1,
):
    """Zooms a picture by factors between the two of `zoom_range`."""
    if len(zoom_range) != 2:
        checks.fail("random_zoom", "zoom_range", zoom_range, "be two numbers", (0.8, 1))
    zx, zy = 1, 1
    if tuple(zoom_range) != (1, 1):
        zx, zy = np.random.uniform(zoom_range[0], zoom_range[1], 2)
    settings = _axes(
        row_axis, col_axis, channel_axis, fill_mode, cval, interpolation_order
    )
    return apply_affine_transform(x, zx=zx, zy=zy, **settings)


def random_channel_shift(x, intensity_range, channel_axis=0):
    """Adds a random number up to `intensity_range` to all values."""
    intensity = np.random.uniform(-intensity_range, intensity_range)
    return apply_channel_shift(x, intensity, channel_axis=channel_axis)


def random_brightness(x, brightness_range, scale=True):
    """Multiplies the brightness by a factor between the two of `brightness_range`."""
    if len(brightness_range) != 2:
        must = "be two numbers"
        checks.fail(
            "random_brightness", "brightness_range", brightness_range, must, (0.5, 1.5)
        )
    factor = np.random.uniform(brightness_range[0], brightness_range[1])
    return apply_brightness_shift(x, factor, scale)
