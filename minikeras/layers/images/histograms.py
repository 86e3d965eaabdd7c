"""Layers that spread the values of images over their range."""

import numpy as np

from ... import ops
from ...utils import checks
from ..layer import LAYERS
from .image_layer import Ranged


@LAYERS.register()
class AutoContrast(Ranged):
    """Stretches the values of each channel of each image over the whole range.

    Args:
        value_range: Least and greatest value of a pixel.

    Shape: (height, width, channels) or a batch of that, unchanged.

    >>> import numpy as np
    >>> AutoContrast()(np.array([10.0, 11, 12]).reshape(1, 3, 1)).numpy().ravel()
    array([  0. , 127.5, 255. ], dtype=float32)
    """

    def __init__(self, value_range=(0, 255), **kwargs):
        super().__init__(**kwargs)
        self.keep_range(value_range)

    def transform_images(self, images, transformation):
        low = ops.min(images, axis=(1, 2), keepdims=True)
        width = ops.max(images, axis=(1, 2), keepdims=True) - low
        is_flat = width == 0
        stretched = (images - low) / ops.where(is_flat, 1.0, width)
        return self.clipped(ops.where(is_flat, images, self.in_range(stretched)))


@LAYERS.register()
class Equalization(Ranged):
    """Spreads values so that each part of the range is as common as any, in training.

    By the histogram of each channel, of all images of the batch together.

    Args:
        value_range: Least and greatest value of a pixel.
        bins: How many bins the histogram has.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    is_always_active = False

    def __init__(self, value_range=(0, 255), bins=256, data_format=None, **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        self.keep_range(value_range)
        self.bins = checks.positive_int(self, bins=bins)

    def transform_images(self, images, transformation):
        channels = images.shape[-1]
        x = ops.reshape(ops.clip(self.in_unit(images), 0.0, 1.0), (-1, channels))
        bins = ops.cast(x * (self.bins - 1), "int32")
        counts = ops.cumsum(ops.sum(ops.one_hot(bins, self.bins), axis=0), axis=-1)
        total = float(bins.shape[0])
        first = ops.min(ops.where(counts > 0, counts, total), axis=-1, keepdims=True)
        rest = total - first
        shares = ops.round((counts - first) / ops.maximum(rest, 1.0) * 255.0) / 255.0
        place = bins + np.arange(channels, dtype="int32") * self.bins
        y = ops.reshape(ops.take(ops.reshape(shares, (-1,)), place), images.shape)
        return ops.where(rest[:, 0] == 0, images, self.in_range(y))
