"""Layers that make a new image of two of a batch, and a mixture of their labels."""

from ... import ops, random
from ...utils import checks
from ..layer import LAYERS
from .image_layer import Augmentation, per_image, span
from .patches import patch_masks


class Mixture(Augmentation):
    """Base of the layers that mix each image with another one of the batch."""

    def mixed(self, values, transformation):
        """Returns weight * values + (1 - weight) * those of the other images."""
        values = ops.cast(values, self.compute_dtype)
        weight = ops.reshape(
            transformation["mix_weight"], (-1, *(1,) * (len(values.shape) - 1))
        )
        others = self.others(values, transformation)
        return weight * values + (1.0 - weight) * others

    def others(self, values, transformation):
        """Returns what belongs to the images that are mixed in."""
        return ops.take(values, transformation["permutation_order"], axis=0)

    def transform_labels(self, labels, transformation):
        return self.mixed(labels, transformation)


@LAYERS.register()
class MixUp(Mixture):
    """Mixes images, and their labels, in pairs while training.

    weight * image + (1 - weight) * another of the batch, weight ~ Beta(alpha, alpha)
    (Zhang et al., 2017, arXiv:1710.09412)

    Boxes and segmentation masks of the two come one after the other.

    Args:
        alpha: How much they mix, above 0: near 0, most images stay as they are.
        data_format: "channels_last" (default) or "channels_first".
        seed: Int that makes the draws repeatable.

    Shape: images (batch, height, width, channels), labels (batch, classes), unchanged.
    """

    def __init__(self, alpha=0.2, data_format=None, seed=None, **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        self.alpha = checks.positive(self, alpha=alpha)
        self.keep_seed(seed)

    def sample(self, images, seed):
        batch = images.shape[0]
        order = random.shuffle(ops.arange(batch, dtype="int64"), seed=seed)
        weight = random.beta((batch,), self.alpha, self.alpha, seed=seed)
        return {"mix_weight": weight, "permutation_order": order}

    def transform_images(self, images, transformation):
        return self.mixed(images, transformation)

    def transform_segmentation_masks(self, masks, transformation):
        return ops.concatenate([masks, self.others(masks, transformation)], axis=-1)

    def transform_bounding_boxes(self, boxes, transformation):
        return {
            name: ops.concatenate([x, self.others(x, transformation)], axis=1)
            for name, x in boxes.items()
        }


@LAYERS.register()
class CutMix(Mixture):
    """Pastes a part of one image into another, and mixes their labels, while training.

    (Yun et al., 2019, arXiv:1905.04899)

    Args:
        factor: How much they mix: alpha of the Beta distribution that the share of the
            first image is drawn from is itself drawn from [0, factor] or from a pair
            (least, most), in [0, 1].
        seed: Int that makes the draws repeatable.
        data_format: "channels_last" (default) or "channels_first".

    Shape: images (batch, height, width, channels), labels (batch, classes), unchanged.
    """

    def __init__(self, factor=1.0, seed=None, data_format=None, **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        self.factor = span(self, 0, 1, factor=factor)
        self.keep_seed(seed)

    def sample(self, images, seed):
        batch = images.shape[0]
        alpha = random.uniform((), *self.factor, seed=seed)
        weight = random.beta((batch,), alpha, alpha, seed=seed)
        side = ops.sqrt(1.0 - weight)
        masks = patch_masks(images, ops.stack([side, side], axis=1), seed)
        order = random.shuffle(ops.arange(batch, dtype="int32"), seed=seed)
        return {
            "permutation_order": order,
            "batch_masks": masks,
            "mix_weight": per_image(weight),
        }

    def transform_images(self, images, transformation):
        others = self.others(images, transformation)
        return ops.where(transformation["batch_masks"], others, images)

    def transform_segmentation_masks(self, masks, transformation):
        return self.transform_images(masks, transformation)

    def transform_bounding_boxes(self, boxes, transformation):
        raise ValueError(
            f"{checks.owner_name(self)}: parts of images have no boxes, got "
            "bounding_boxes. Try MixUp, which keeps those of both images."
        )
