"""`keras.preprocessing.image`: image files, and pictures changed at random."""

import numpy as np

from ..ops import image
from ..tensor import Tensor
from ..utils.image_files import array_to_img, img_to_array, load_img, save_img
from .image_generator import ImageDataGenerator
from .image_iterators import (
    DataFrameIterator,
    DirectoryIterator,
    Iterator,
    NumpyArrayIterator,
)
from .image_transforms import (
    apply_affine_transform,
    apply_brightness_shift,
    apply_channel_shift,
    random_brightness,
    random_channel_shift,
    random_rotation,
    random_shear,
    random_shift,
    random_zoom,
)

__all__ = [
    "DataFrameIterator",
    "DirectoryIterator",
    "ImageDataGenerator",
    "Iterator",
    "NumpyArrayIterator",
    "apply_affine_transform",
    "apply_brightness_shift",
    "apply_channel_shift",
    "array_to_img",
    "img_to_array",
    "load_img",
    "random_brightness",
    "random_channel_shift",
    "random_rotation",
    "random_shear",
    "random_shift",
    "random_zoom",
    "save_img",
    "smart_resize",
]


def smart_resize(
    x, size, interpolation="bilinear", data_format="channels_last", **kwargs
):
    """Resizes the largest middle part that has the proportions of the target.

    Args:
        x: Image (height, width, channels) or a batch of them.
        size: (height, width) in pixels.
        interpolation: `"bilinear"`, `"nearest"`, `"bicubic"`, `"lanczos3"` or
            `"lanczos5"`.
        data_format: `"channels_last"` or `"channels_first"`.
        **kwargs: `backend_module` is taken from Keras code; it changes nothing.

    Returns:
        A tensor for a tensor, a NumPy array for anything else.

    >>> smart_resize(np.ones((340, 500, 3)), (200, 200)).shape
    (200, 200, 3)
    """
    kwargs.pop("backend_module", None)
    if kwargs:
        raise TypeError(f"smart_resize() got unexpected arguments: {[*kwargs]}")
    resized = image.resize(
        x,
        tuple(size),
        interpolation=interpolation,
        crop_to_aspect_ratio=True,
        data_format=data_format,
    )
    return resized if isinstance(x, Tensor) else np.asarray(resized)
