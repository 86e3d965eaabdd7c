"""What layers on images share: batches, what belongs to an image, drawn numbers."""

import math

import numpy as np

from ... import ops, random
from ...ops import bounding_boxes
from ...ops.pictures import as_batch
from ...tensor import KerasTensor, convert_to_tensor
from ...tensor.random import SeedGenerator
from ...utils import checks
from ..data_format import standardize_data_format
from ..layer import Layer

__all__ = [
    "Augmentation",
    "ImageLayer",
    "Ranged",
    "chosen",
    "per_image",
    "span",
    "two_numbers",
]


class ImageLayer(Layer):
    """Base of the layers that change images.

    A subclass says in `transform_images` what happens to a batch (batch, height,
    width, channels), whatever form the caller's images have. What belongs to images
    may come along in a dict, and then changes as they do:

    - "images": one image or a batch of them;
    - "labels": what is on them, (classes,) or (batch, classes);
    - "bounding_boxes": a dict of "boxes", (boxes, 4) or (batch, boxes, 4), and of
      "labels", (boxes,) or (batch, boxes); the layer needs `bounding_box_format`;
    - "segmentation_masks": what each pixel shows, (height, width, 1) or a batch.

    Other entries pass as they are.

    Args:
        data_format: "channels_last" (default) or "channels_first".
        bounding_box_format: How boxes are written: "xyxy", "yxyx", "xywh",
            "center_xywh", "rel_xyxy", ...
    """

    is_always_active = True  # or only while training
    keeps_dtype = False  # whether ints stay ints
    generator = None  # of seeds, if the layer draws anything

    def __init__(self, data_format=None, bounding_box_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(self, data_format)
        if bounding_box_format is not None:
            known = bounding_boxes.FORMATS
            checks.one_of(self, known, bounding_box_format=bounding_box_format)
        self.bounding_box_format = bounding_box_format
        self.built = True

    def call(self, data, training=True):
        parts = dict(data) if isinstance(data, dict) else {"images": data}
        images, back = self._batch(parts["images"])
        if training or self.is_always_active:
            self._transform(parts, images, self.drawn(images, training, self.generator))
        else:
            parts["images"] = images
        parts["images"] = back(parts["images"])
        return parts if isinstance(data, dict) else parts["images"]

    def _batch(self, images):
        """Images as (batch, height, width, channels), and what brings them back."""
        owner = checks.owner_name(self)
        images, back = as_batch(owner, images, self.data_format)
        if not self.keeps_dtype:
            images = ops.cast(images, self.compute_dtype)
        return images, back

    def _transform(self, parts: dict, images, transformation) -> None:
        """Puts what the layer makes of them in the place of images and the rest."""
        owner, is_single = checks.owner_name(self), len(parts["images"].shape) == 3
        made = parts["images"] = self.transform_images(images, transformation)
        if "labels" in parts:
            labels = convert_to_tensor(parts["labels"])
            labels = labels[None] if is_single else labels
            labels = self.transform_labels(labels, transformation)
            parts["labels"] = labels[0] if is_single else labels
        if "segmentation_masks" in parts:
            masks, back = as_batch(owner, parts["segmentation_masks"], self.data_format)
            masks = self.transform_segmentation_masks(masks, transformation)
            parts["segmentation_masks"] = back(masks)
        if "bounding_boxes" in parts:
            parts["bounding_boxes"] = self._boxes(
                parts["bounding_boxes"],
                transformation,
                (images.shape[1:3], made.shape[1:3]),
                is_single,
            )

    def _boxes(self, given: dict, transformation, sizes, is_single: bool) -> dict:
        """Boxes in the caller's form, changed as corners (left, top, right, bottom)."""
        if self.bounding_box_format is None:
            fix = f"{type(self).__name__}(..., bounding_box_format='xyxy')"
            raise ValueError(
                f"{checks.owner_name(self)}: there are bounding_boxes, so "
                "bounding_box_format must say how they are written, got None. "
                f"Try {fix}."
            )
        form, (before, after) = self.bounding_box_format, sizes
        boxes = ops.convert_to_tensor(given["boxes"], self.compute_dtype)
        labels = ops.convert_to_tensor(given["labels"])
        if is_single:
            boxes, labels = boxes[None], labels[None]
        boxes = bounding_boxes.convert_format(boxes, form, "xyxy", *before)
        made = self.transform_bounding_boxes(
            {"boxes": boxes, "labels": labels}, transformation
        )
        boxes = bounding_boxes.convert_format(made["boxes"], "xyxy", form, *after)
        made = {**given, **made, "boxes": boxes}
        if is_single:
            made.update({name: made[name][0] for name in ("boxes", "labels")})
        return made

    # What subclasses say ------------------------------------------------------------

    def get_random_transformation(self, data, training=True, seed=None):
        """Returns what is drawn for a batch, as the methods below are told it.

        Args:
            data: The images, or the dict that holds them.
            training: Whether there is anything to draw.
            seed: SeedGenerator or int to draw from instead of the layer's own.
        """
        images, _ = self._batch(data["images"] if isinstance(data, dict) else data)
        if seed is None:
            seed = self.generator
        elif not isinstance(seed, SeedGenerator):
            seed = SeedGenerator(seed)
        return self.drawn(images, training, seed)

    def drawn(self, images, training, seed):
        """Returns what `sample` draws, or None where the layer is not active."""
        if training or self.is_always_active:
            return self.sample(images, seed)
        return None

    def sample(self, images, seed):
        """Draws from a SeedGenerator what the methods below need to know."""
        return None

    def transform_images(self, images, transformation):
        """Returns the changed images, (batch, height, width, channels)."""
        return images

    def transform_labels(self, labels, transformation):
        """Returns the labels that go with the changed images."""
        return labels

    def transform_segmentation_masks(self, masks, transformation):
        """Returns the masks that go with the changed images."""
        return masks

    def transform_bounding_boxes(self, boxes, transformation):
        """Returns the boxes that go with the changed images: {"boxes", "labels"}.

        The boxes are corners in pixels, (left, top, right, bottom).
        """
        return boxes

    # Shapes and configs -------------------------------------------------------------

    def compute_output_shape(self, input_shape):
        """Returns the shape of the images that come out: that of those put in."""
        return tuple(input_shape)

    def compute_output_spec(self, data, training=True):
        """Returns the outputs' shapes and dtypes as KerasTensors, without a node."""
        if isinstance(data, dict):
            return {
                **data,
                "images": self._spec_of(data["images"]),
                **{
                    name: KerasTensor(self.compute_output_shape(x.shape), x.dtype)
                    for name, x in data.items()
                    if name == "segmentation_masks"
                },
            }
        return self._spec_of(data)

    def _spec_of(self, images):
        dtype = images.dtype if self.keeps_dtype else self.compute_dtype
        return KerasTensor(self.compute_output_shape(images.shape), dtype)

    def get_config(self):
        """Returns the constructor's arguments, without a box format that is None."""
        config = super().get_config()
        if self.bounding_box_format is None:
            config.pop("bounding_box_format", None)
        return config


class Augmentation(ImageLayer):
    """Base of the layers that change images at random, and only while training."""

    is_always_active = False

    def keep_seed(self, seed):
        """Keeps the seed, and a generator that follows from it."""
        self.seed = seed
        self.generator = SeedGenerator(seed)


class Ranged(ImageLayer):
    """Base of the layers that know between which numbers values lie."""

    def keep_range(self, value_range):
        """Keeps the least and the greatest value of a pixel."""
        self.value_range = two_numbers(self, value_range=value_range)

    @property
    def extent(self):
        """How far apart the ends of the range are."""
        low, high = self.value_range
        return high - low

    def clipped(self, images):
        """Returns the images without what lies outside of the range."""
        return ops.clip(images, *self.value_range)

    def in_unit(self, images):
        """Returns images with the range brought to [0, 1]."""
        return (images - self.value_range[0]) * (1.0 / self.extent)

    def in_range(self, images):
        """Returns images in [0, 1] brought to the range."""
        return images * self.extent + self.value_range[0]


def per_image(x):
    """One number for each image, (batch,), in a shape that meets their pixels."""
    return ops.reshape(x, (-1, 1, 1, 1))


def chosen(images, bounds, seed):
    """Draws which images to change: each has a probability drawn between two bounds."""
    shape = images.shape[:1]
    probability = random.uniform(shape, *bounds, seed=seed)
    return random.uniform(shape, seed=seed) < probability


# Arguments ----------------------------------------------------------------------------


def two_numbers(owner, **named):
    """Checks a pair of numbers, such as a range of values.

    >>> two_numbers("Layer", value_range=[0, 255])
    (0, 255)
    """
    ((name, pair),) = named.items()
    is_pair = isinstance(pair, (tuple, list, np.ndarray)) and len(pair) == 2
    if not is_pair or not all(np.ndim(x) == 0 and _is_number(x) for x in pair):
        must = "be a pair of numbers (low, high)"
        checks.fail(owner, name, pair, must, f"{name}=(0, 255)")
    return tuple(x.item() if isinstance(x, np.generic) else x for x in pair)


def _is_number(x) -> bool:
    return isinstance(x, (int, float, np.number)) and not isinstance(x, bool)


def span(owner, low, high, open_pairs=False, **named):
    """Checks a number, or a pair (least, most); returns the range to draw from.

    One number x, in [low, high], stands for (-x, x) where `low` is negative, else for
    (0, x). A pair lies in [low, high] too, or anywhere if `open_pairs`.

    >>> span("Layer", -1, 1, factor=0.3), span("Layer", 0, 1, factor=(0.2, 0.5))
    ((-0.3, 0.3), (0.2, 0.5))
    """
    ((name, given),) = named.items()
    least, most = (-math.inf, math.inf) if open_pairs else (low, high)
    if _is_number(given):
        least, most = low, high
        pair = (-abs(given) if low < 0 else 0, abs(given) if low < 0 else given)
    else:
        is_pair = isinstance(given, (tuple, list)) and len(given) == 2
        pair = tuple(sorted(given)) if is_pair and all(map(_is_number, given)) else None
    if pair is None or not least <= pair[0] <= pair[1] <= most:
        must = f"be a number in [{low}, {high}], or a pair (least, most)"
        must += "" if open_pairs else " of them"
        checks.fail(owner, name, given, must)
    return pair
