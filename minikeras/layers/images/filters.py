"""Layers that smooth and sharpen images, cut holes in them, or stretch them."""

import numpy as np

from ... import ops, random
from ...ops.warping import pull
from ...utils import checks
from ..layer import LAYERS
from .colors import ColorLayer
from .geometry import Warp
from .image_layer import Augmentation, Ranged, chosen, per_image, span
from .patches import patch_masks

SMOOTHING = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]]) / 13


def _filtered(images, kernel):
    """Each channel convolved with one kernel (height, width), zeros around."""
    kernel = ops.convert_to_tensor(kernel, images.dtype)
    kernel = ops.repeat(kernel[:, :, None, None], images.shape[-1], axis=2)
    return ops.depthwise_conv(
        images, kernel, padding="same", data_format="channels_last"
    )


@LAYERS.register()
class RandomSharpness(ColorLayer):
    """Sharpens or smooths images at random while training.

    smooth + 2 * factor * (images - smooth), with each value of `smooth` the mean of
    its neighbourhood: 0 smooths, 0.5 changes nothing, 1 sharpens.

    Args:
        factor: Drawn from [0, factor], with a factor in [0, 1], or from a pair
            (least, most).
        value_range: Least and greatest value of a pixel.
        data_format: "channels_last" (default) or "channels_first".
        seed: Int that makes the draws repeatable.

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    least = 0

    def sample(self, images, seed):
        return {"factor": self.draw_factors(images, seed)}

    def transform_images(self, images, transformation):
        factor = 2.0 * per_image(transformation["factor"])
        smooth = _filtered(images, SMOOTHING)
        return self.clipped(smooth + factor * (images - smooth))


@LAYERS.register()
class RandomGaussianBlur(Ranged, Augmentation):
    """Smooths images at random while training.

    Each value becomes a mean with weights exp(-distance^2 / (2 sigma^2)).

    Args:
        factor: Probability that an image changes: drawn from [0, factor] or from a
            pair (least, most), in [0, 1].
        kernel_size: Width and height of the neighbourhood, odd; an int for both.
        sigma: How far the weights reach, in pixels: drawn once for the width and once
            for the height, from [0, sigma] or from a pair (least, most).
        value_range: Least and greatest value of a pixel.
        data_format: "channels_last" (default) or "channels_first".
        seed: Int that makes the draws repeatable.

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    def __init__(
        self,
        factor=1.0,
        kernel_size=3,
        sigma=1.0,
        value_range=(0, 255),
        data_format=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.factor = span(self, 0, 1, factor=factor)
        self.kernel_size = checks.int_or_tuple(self, 2, kernel_size=kernel_size)
        if not all(size % 2 for size in self.kernel_size):
            checks.fail(self, "kernel_size", kernel_size, "be odd", "kernel_size=3")
        self.sigma = span(self, 0, np.inf, sigma=sigma)
        self.keep_range(value_range)
        self.keep_seed(seed)

    def sample(self, images, seed):
        return {
            "should_apply_blur": chosen(images, self.factor, seed),
            "blur_factor": random.uniform((2,), *self.sigma, seed=seed) + 1e-6,
        }

    def transform_images(self, images, transformation):
        across, down = transformation["blur_factor"]  # in Keras's order
        width, height = self.kernel_size
        blurred = _filtered(
            images, ops.outer(_bell(height, down), _bell(width, across))
        )
        is_chosen = per_image(transformation["should_apply_blur"])
        return ops.where(is_chosen, self.clipped(blurred), images)


def _bell(size: int, sigma):
    """Weights that fall off from the middle, with the sum 1."""
    places = ops.convert_to_tensor(np.arange(size) - (size - 1) / 2, sigma.dtype)
    return ops.softmax(-0.5 * ops.square(places / sigma))


@LAYERS.register()
class RandomErasing(Ranged, Augmentation):
    """Cuts rectangles out of images at random while training.

    (Zhong et al., 2017, arXiv:1708.04896)

    Args:
        factor: Probability that an image changes: drawn from [0, factor] or from a
            pair (least, most), in [0, 1].
        scale: Least and greatest square of a side of the rectangle, as a fraction of
            that of the image.
        fill_value: What comes in the place: a number, or None for normal noise.
        value_range: Least and greatest value of a pixel.
        seed: Int that makes the draws repeatable.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    def __init__(
        self,
        factor=1.0,
        scale=(0.02, 0.33),
        fill_value=None,
        value_range=(0, 255),
        seed=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.factor = span(self, 0, 1, factor=factor)
        self.scale = span(self, 0, 1, scale=scale)
        self.fill_value = fill_value
        self.keep_range(value_range)
        self.keep_seed(seed)

    def sample(self, images, seed):
        areas = random.uniform((images.shape[0], 2), *self.scale, seed=seed)
        masks = patch_masks(images, ops.sqrt(areas), seed)
        is_chosen = chosen(images, self.factor, seed)
        if self.fill_value is None:
            noise = random.normal(images.shape, seed=seed)
            filling = self.clipped(noise * self.extent)
        else:
            filling = ops.full(images.shape, self.fill_value, dtype=self.compute_dtype)
        return {
            "apply_erasing": is_chosen,
            "batch_masks": masks,
            "fill_value": filling,
        }

    def transform_images(self, images, transformation):
        is_chosen = per_image(transformation["apply_erasing"])
        erased = ops.logical_and(is_chosen, transformation["batch_masks"])
        return ops.where(erased, transformation["fill_value"], images)


@LAYERS.register()
class RandomElasticTransform(Ranged, Warp):
    """Pulls images about as if they were of rubber, at random, while training.

    See `ops.image.elastic_transform`. (Simard, 2003)

    Args:
        factor: Probability that an image changes: drawn from [0, factor] or from a
            pair (least, most), in [0, 1].
        scale: How strong the pull is: drawn from [0, scale] or from a pair
            (least, most), in [0, 1].
        interpolation: "bilinear" or "nearest".
        fill_mode: What lies outside: as for `RandomRotation`.
        fill_value: The value with "constant".
        value_range: Least and greatest value of a pixel; others are cut off.
        seed: Int that makes the draws repeatable.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    def __init__(
        self,
        factor=1.0,
        scale=1.0,
        interpolation="bilinear",
        fill_mode="reflect",
        fill_value=0.0,
        value_range=(0, 255),
        seed=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.factor = span(self, 0, 1, factor=factor)
        self.scale = span(self, 0, 1, scale=scale)
        self.keep_range(value_range)
        self.keep_filling(fill_mode, interpolation, fill_value, seed)

    def sample(self, images, seed):
        batch, height, width, _ = images.shape
        is_chosen = chosen(images, self.factor, seed)
        strength = float(random.uniform((), *self.scale, seed=seed))
        return {
            "apply_transform": is_chosen,
            "distortion_factor": strength,
            "pulls": random.normal((batch, height, width, 2), seed=seed),
        }

    def transform_images(self, images, transformation):
        return self.clipped(super().transform_images(images, transformation))

    def transform_bounding_boxes(self, boxes, transformation):
        raise ValueError(
            f"{checks.owner_name(self)}: images that are pulled about have no boxes, "
            "got bounding_boxes. Try segmentation_masks, or RandomPerspective."
        )

    def read(self, images, transformation, interpolation):
        strength, sizes = transformation["distortion_factor"], images.shape[1:3]
        pulled = pull(
            images,
            transformation["pulls"],
            alpha=0.1 * strength * max(sizes),
            sigma=max(0.05 * strength * min(sizes), 1e-6),
            interpolation=interpolation,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
        )
        return ops.where(per_image(transformation["apply_transform"]), pulled, images)
