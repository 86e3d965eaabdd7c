"""Layers that bring images to a size: by resizing them, or by cutting a part out."""

from ... import ops, random
from ...ops import bounding_boxes
from ...ops.resizing import INTERPOLATIONS
from ...ops.scaling import to_aspect
from ...utils import checks
from ..layer import LAYERS
from .image_layer import Augmentation, ImageLayer


class ToSize(ImageLayer):
    """Base of the layers whose images come out with one height and width."""

    def keep_size(self, height, width):
        """Keeps the size to come to."""
        self.height = checks.positive_int(self, height=height)
        self.width = checks.positive_int(self, width=width)

    def compute_output_shape(self, input_shape):
        """Returns the shape of the images that come out."""
        size = (self.height, self.width)
        if self.data_format == "channels_last":
            return (*input_shape[:-3], *size, input_shape[-1])
        return (*input_shape[:-2], *size)

    def transform_segmentation_masks(self, masks, transformation):
        return self.brought(masks, transformation, "nearest")

    def transform_images(self, images, transformation):
        return self.brought(images, transformation, "bilinear")

    def brought(self, images, transformation, interpolation):
        """Returns images or masks in the new size."""
        raise TypeError(f"{type(self).__name__} does not define brought.")

    def resized(self, images, interpolation, **how):
        """Returns images resized."""
        return ops.image.resize(
            images,
            (self.height, self.width),
            interpolation,
            data_format="channels_last",
            **how,
        )

    def spare(self, shape) -> tuple[int, int]:
        """Returns how many rows and columns images have more than are wanted."""
        return shape[1] - self.height, shape[2] - self.width

    def boxes_of_window(self, boxes, window):
        """Returns boxes seen through a window, ((top, rows), (left, columns))."""
        (top, rows), (left, columns) = window
        dtype = self.compute_dtype
        start = ops.convert_to_tensor([left, top, left, top], dtype)
        down, across = self.height / rows, self.width / columns
        scale = ops.convert_to_tensor([across, down, across, down], dtype)
        moved = {**boxes, "boxes": (boxes["boxes"] - start) * scale}
        return bounding_boxes.clip_to_image_size(moved, self.height, self.width, "xyxy")


@LAYERS.register()
class Resizing(ToSize):
    """Resizes images.

    Args:
        height: Height of the result.
        width: Width of the result.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        crop_to_aspect_ratio: Whether images of other proportions are cut, instead of
            distorted.
        pad_to_aspect_ratio: Whether they are padded.
        fill_mode: Must be "constant".
        fill_value: The value of the padding.
        antialias: Whether images that shrink are smoothed first.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (..., old height, old width, channels) -> (..., height, width, channels)

    >>> import numpy as np
    >>> Resizing(8, 6)(np.ones((2, 4, 4, 3))).shape
    (2, 8, 6, 3)
    """

    keeps_dtype = True

    def __init__(
        self,
        height,
        width,
        interpolation="bilinear",
        crop_to_aspect_ratio=False,
        pad_to_aspect_ratio=False,
        fill_mode="constant",
        fill_value=0.0,
        antialias=False,
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.keep_size(height, width)
        known = tuple(INTERPOLATIONS)
        self.interpolation = checks.one_of(self, known, interpolation=interpolation)
        self.crop_to_aspect_ratio = checks.boolean(
            self, crop_to_aspect_ratio=crop_to_aspect_ratio
        )
        self.pad_to_aspect_ratio = checks.boolean(
            self, pad_to_aspect_ratio=pad_to_aspect_ratio
        )
        if crop_to_aspect_ratio and pad_to_aspect_ratio:
            must = "be False where pad_to_aspect_ratio is True: one of them"
            checks.fail(self, "crop_to_aspect_ratio", crop_to_aspect_ratio, must)
        self.fill_mode = checks.one_of(self, ("constant",), fill_mode=fill_mode)
        self.fill_value = fill_value
        self.antialias = checks.boolean(self, antialias=antialias)

    def sample(self, images, seed):
        return tuple(images.shape[1:3])

    def transform_images(self, images, transformation):
        return self.brought(images, transformation, self.interpolation)

    def brought(self, images, transformation, interpolation):
        return self.resized(
            images,
            interpolation,
            antialias=self.antialias,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
        )

    def transform_bounding_boxes(self, boxes, transformation):
        old, new = transformation, (self.height, self.width)
        if self.crop_to_aspect_ratio or self.pad_to_aspect_ratio:
            window = to_aspect(old, new, self.crop_to_aspect_ratio)
        else:
            window = [(0, length) for length in old]
        return self.boxes_of_window(boxes, window)


@LAYERS.register()
class CenterCrop(ToSize):
    """Cuts the middle out of images; images that are too small are resized first.

    Args:
        height: Height of the result.
        width: Width of the result.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (..., old height, old width, channels) -> (..., height, width, channels)

    >>> import numpy as np
    >>> CenterCrop(1, 2)(np.arange(12.0).reshape(3, 4, 1)).numpy().ravel().tolist()
    [5.0, 6.0]
    """

    def __init__(self, height, width, data_format=None, **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        self.keep_size(height, width)

    def sample(self, images, seed):
        return {"input_shape": tuple(images.shape)}

    def brought(self, images, transformation, interpolation):
        spare = self.spare(images.shape)
        if min(spare) < 0:
            return self.resized(images, interpolation, crop_to_aspect_ratio=True)
        top, left = (n // 2 for n in spare)
        return images[:, top : top + self.height, left : left + self.width]

    def transform_bounding_boxes(self, boxes, transformation):
        shape, new = transformation["input_shape"], (self.height, self.width)
        spare = self.spare(shape)
        if min(spare) < 0:
            return self.boxes_of_window(boxes, to_aspect(shape[1:3], new, True))
        starts = (n // 2 for n in spare)
        return self.boxes_of_window(boxes, list(zip(starts, new, strict=True)))


@LAYERS.register()
class RandomCrop(ToSize, Augmentation):
    """Cuts a part out of images: at random while training, else after resizing.

    All images of a batch are cut at the same place. Images that are too small, and all
    images outside of training, are resized and cut to the proportions.

    Args:
        height: Height of the result.
        width: Width of the result.
        seed: Int that makes the draws repeatable.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (..., old height, old width, channels) -> (..., height, width, channels)
    """

    is_always_active = True

    def __init__(self, height, width, seed=None, data_format=None, name=None, **kwargs):
        super().__init__(data_format=data_format, name=name, **kwargs)
        self.keep_size(height, width)
        self.keep_seed(seed)

    def drawn(self, images, training, seed):
        """Returns the first row and column, or what shape the images have that are
        resized.
        """
        spare = self.spare(images.shape)
        if not training or min(spare) < 0:
            return {"input_shape": tuple(images.shape)}
        return tuple(
            ops.cast(random.uniform((), 0, n + 1.0, seed=seed), "int32") for n in spare
        )

    def brought(self, images, transformation, interpolation):
        if isinstance(transformation, dict):
            return self.resized(images, interpolation, crop_to_aspect_ratio=True)
        sizes = (self.height, self.width)
        for axis, (start, length) in enumerate(zip(transformation, sizes, strict=True)):
            images = ops.take(images, start + ops.arange(length), axis=axis + 1)
        return images

    def transform_bounding_boxes(self, boxes, transformation):
        new = (self.height, self.width)
        if isinstance(transformation, dict):
            window = to_aspect(transformation["input_shape"][1:3], new, True)
        else:
            window = list(zip(map(int, transformation), new, strict=True))
        return self.boxes_of_window(boxes, window)


@LAYERS.register()
class MaxNumBoundingBoxes(ImageLayer):
    """Brings the boxes of each image to one number: cuts some off, or adds empty ones.

    Args:
        max_number: How many boxes there are afterwards.
        fill_value: The value of what is added, in boxes and their labels.

    Shape: boxes (batch, any, 4) -> (batch, max_number, 4)
    """

    keeps_dtype = True

    def __init__(self, max_number, fill_value=-1, **kwargs):
        super().__init__(**kwargs)
        self.max_number = checks.positive_int(self, max_number=max_number)
        self.fill_value = checks.integer(self, fill_value=fill_value)

    def _boxes(self, given, transformation, sizes, is_single):
        # in any format: only their number changes
        rank = 1 if is_single else 2
        return {**given, **{n: self._fitted(given[n], rank) for n in given}}

    def _fitted(self, x, rank: int):
        x = ops.convert_to_tensor(x)
        axis = rank - 1
        count = x.shape[axis]
        if count >= self.max_number:
            return x[(slice(None),) * axis + (slice(self.max_number),)]
        widths = [(0, 0)] * len(x.shape)
        widths[axis] = (0, self.max_number - count)
        return ops.pad(x, widths, constant_values=self.fill_value)
