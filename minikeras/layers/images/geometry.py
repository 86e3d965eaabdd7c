"""Layers that move what is on images: flips, turns, shifts, zooms, shears.

All but the flip are maps that tell for each pixel of the result where in the image it
is read: eight numbers as `ops.image.affine_transform` takes them.
"""

import math

from ... import ops, random
from ...ops import bounding_boxes
from ...ops.warping import MODES, ORDERS, projection
from ...utils import checks
from ..layer import LAYERS
from .image_layer import Augmentation, chosen, span


@LAYERS.register()
class RandomFlip(Augmentation):
    """Mirrors images at random, one half of them, while training.

    Args:
        mode: "horizontal": left and right change places; "vertical": top and bottom;
            "horizontal_and_vertical": both at once.
        seed: Int that makes the draws repeatable.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.

    >>> import numpy as np
    >>> x = np.arange(4.0).reshape(4, 1, 1, 1) + np.zeros((4, 1, 2, 1))
    >>> x[..., 1, :] += 10
    >>> RandomFlip("horizontal", seed=1)(x).numpy()[..., 0].astype(int).tolist()
    [[[0, 10]], [[1, 11]], [[12, 2]], [[3, 13]]]
    """

    def __init__(
        self, mode="horizontal_and_vertical", seed=None, data_format=None, **kwargs
    ):
        super().__init__(data_format=data_format, **kwargs)
        modes = ("horizontal", "vertical", "horizontal_and_vertical")
        self.mode = checks.one_of(self, modes, mode=mode)
        self.keep_seed(seed)

    def sample(self, images, seed):
        shape = (images.shape[0], 1, 1, 1)
        flips = random.uniform(shape, seed=seed) <= 0.5
        return {"flips": flips, "input_shape": images.shape}

    def transform_images(self, images, transformation):
        axes = [
            axis
            for axis, word in ((1, "vertical"), (2, "horizontal"))
            if word in self.mode
        ]
        flipped = ops.flip(images, axes)
        return ops.where(transformation["flips"], flipped, images)

    def transform_segmentation_masks(self, masks, transformation):
        return self.transform_images(masks, transformation)

    def transform_bounding_boxes(self, boxes, transformation):
        left, top, right, bottom = ops.unstack(boxes["boxes"], axis=-1)
        height, width = transformation["input_shape"][1:3]
        flips = ops.reshape(transformation["flips"], (-1, 1, 1))
        if "horizontal" in self.mode:
            left, right = width - right, width - left
        if "vertical" in self.mode:
            top, bottom = height - bottom, height - top
        flipped = ops.stack([left, top, right, bottom], axis=-1)
        return {**boxes, "boxes": ops.where(flips, flipped, boxes["boxes"])}


class Warp(Augmentation):
    """Base of the layers that read images at other places.

    A subclass gives the eight numbers of the map in `matrices`, or another `read`.
    """

    def keep_filling(self, fill_mode, interpolation, fill_value, seed):
        """Keeps how pixels are read between others, and what lies outside."""
        modes = tuple(mode for mode in MODES if mode != "mirror")
        self.fill_mode = checks.one_of(self, modes, fill_mode=fill_mode)
        self.interpolation = checks.one_of(
            self, tuple(ORDERS), interpolation=interpolation
        )
        self.fill_value = fill_value
        self.keep_seed(seed)

    def matrices(self, transformation, height, width):
        """Returns the maps, (batch, 8)."""
        raise TypeError(f"{type(self).__name__} does not define matrices.")

    def transform_images(self, images, transformation):
        return self.read(images, transformation, self.interpolation)

    def transform_segmentation_masks(self, masks, transformation):
        return self.read(masks, transformation, "nearest")

    def read(self, images, transformation, interpolation):
        """Returns images, or masks, read at other places."""
        return ops.image.affine_transform(
            images,
            self.matrices(transformation, *images.shape[1:3]),
            interpolation,
            self.fill_mode,
            self.fill_value,
            data_format="channels_last",
        )

    def transform_bounding_boxes(self, boxes, transformation):
        height, width = transformation["input_shape"][1:3]
        maps = self.matrices(transformation, height, width)
        ones = ops.ones_like(maps[:, :1])
        maps = ops.reshape(ops.concatenate([maps, ones], axis=1), (-1, 3, 3))
        moved = _moved(boxes["boxes"], ops.inv(maps))
        return bounding_boxes.clip_to_image_size(
            {**boxes, "boxes": moved}, height, width, "xyxy"
        )


def _moved(boxes, maps):
    """The boxes around the corners of boxes, each moved by the map of its image."""
    left, top, right, bottom = ops.unstack(boxes, axis=-1)
    x = ops.stack([left, right, right, left], axis=-1)
    y = ops.stack([top, top, bottom, bottom], axis=-1)
    flat = (ops.shape(boxes)[0], -1)
    corners = [ops.reshape(p, flat) for p in (x, y, ops.ones_like(x))]
    seen = ops.matmul(maps, ops.stack(corners, axis=1))
    across, down, below = (ops.reshape(seen[:, i], x.shape) for i in range(3))
    across, down = across / below, down / below
    edges = [f(p, axis=-1) for f in (ops.min, ops.max) for p in (across, down)]
    return ops.stack(edges, axis=-1)


def _maps(*columns):
    """Eight columns, numbers or (batch, 1), as maps (batch, 8)."""
    batch = next(c for c in columns if not isinstance(c, (int, float)))
    return ops.concatenate([c + ops.zeros_like(batch) for c in columns], axis=1)


@LAYERS.register()
class RandomRotation(Warp):
    """Turns images about their middle at random while training.

    Args:
        factor: How far, in full turns: counterclockwise if positive, drawn from
            [-factor, factor] for a factor in [-1, 1], or from a pair (least, most).
        fill_mode: What lies outside: "reflect" (d c b a | a b c d | d c b a),
            "constant" (`fill_value`), "nearest" (the edge) or "wrap" (the other side).
        interpolation: "bilinear" or "nearest".
        seed: Int that makes the draws repeatable.
        fill_value: The value with "constant".
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    def __init__(
        self,
        factor,
        fill_mode="reflect",
        interpolation="bilinear",
        seed=None,
        fill_value=0.0,
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.factor = span(self, -1, 1, open_pairs=True, factor=factor)
        self.keep_filling(fill_mode, interpolation, fill_value, seed)

    def sample(self, images, seed):
        low, high = (360.0 * factor for factor in self.factor)
        batch, height, width, _ = images.shape
        angle = random.uniform((batch,), low, high, seed=seed)
        return {
            "angle": angle,
            "rotation_matrix": _rotation(angle, height, width),
            "image_height": height,
            "image_width": width,
            "batch_size": batch,
            "input_shape": images.shape,
        }

    def matrices(self, transformation, height, width):
        return transformation["rotation_matrix"]


def _rotation(degrees, height, width):
    """The maps that turn images about their middle."""
    angle = ops.reshape(degrees, (-1, 1)) * (math.pi / 180)
    cos, sin = ops.cos(angle), ops.sin(angle)
    x, y = (width - 1) / 2, (height - 1) / 2
    across, down = x - x * cos + y * sin, y - x * sin - y * cos
    return _maps(cos, -sin, across, sin, cos, down, 0, 0)


@LAYERS.register()
class RandomTranslation(Warp):
    """Shifts images at random while training.

    Args:
        height_factor: How far down (up if negative), as a fraction of the height: drawn
            from [-factor, factor] or from a pair (least, most), in [-1, 1].
        width_factor: How far to the right, as a fraction of the width, likewise.
        fill_mode: What lies outside: as for `RandomRotation`.
        interpolation: "bilinear" or "nearest".
        seed: Int that makes the draws repeatable.
        fill_value: The value with "constant".
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    def __init__(
        self,
        height_factor,
        width_factor,
        fill_mode="reflect",
        interpolation="bilinear",
        seed=None,
        fill_value=0.0,
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self.vertical = span(self, -1, 1, height_factor=height_factor)
        self.horizontal = span(self, -1, 1, width_factor=width_factor)
        self.keep_filling(fill_mode, interpolation, fill_value, seed)

    def sample(self, images, seed):
        batch, height, width, _ = images.shape
        down = random.uniform((batch, 1), *self.vertical, seed=seed)
        right = random.uniform((batch, 1), *self.horizontal, seed=seed)
        shifts = ops.concatenate([right * width, down * height], axis=1)
        return {"translations": shifts, "input_shape": images.shape}

    def matrices(self, transformation, height, width):
        shifts = transformation["translations"]
        return _maps(1, 0, -shifts[:, :1], 0, 1, -shifts[:, 1:], 0, 0)


@LAYERS.register()
class RandomZoom(Warp):
    """Makes what is on images larger or smaller at random while training.

    Args:
        height_factor: By how much the image shrinks vertically: -0.5 shows things
            twice as high, 1.0 half as high. Drawn from [-factor, factor] or from a
            pair (least, most), above -1.
        width_factor: Likewise for the width; None keeps the proportions.
        fill_mode: What lies outside: as for `RandomRotation`.
        interpolation: "bilinear" or "nearest".
        seed: Int that makes the draws repeatable.
        fill_value: The value with "constant".
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    def __init__(
        self,
        height_factor,
        width_factor=None,
        fill_mode="reflect",
        interpolation="bilinear",
        seed=None,
        fill_value=0.0,
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.height_factor, self.width_factor = height_factor, width_factor
        self.vertical = span(self, -1, 1, height_factor=height_factor)
        if width_factor is not None:
            self.horizontal = span(self, -1, 1, width_factor=width_factor)
        self.keep_filling(fill_mode, interpolation, fill_value, seed)

    def sample(self, images, seed):
        def draw(bounds):
            low, high = (1 + factor for factor in bounds)
            return random.uniform((images.shape[0], 1), low, high, seed=seed)

        down = draw(self.vertical)
        across = down if self.width_factor is None else draw(self.horizontal)
        return {
            "height_zoom": down,
            "width_zoom": across,
            "input_shape": images.shape,
        }

    def matrices(self, transformation, height, width):
        down, across = transformation["height_zoom"], transformation["width_zoom"]
        x, y = (width - 1) / 2, (height - 1) / 2
        return _maps(across, 0, x - x * across, 0, down, y - y * down, 0, 0)


@LAYERS.register()
class RandomShear(Warp):
    """Slants images at random while training.

    Args:
        x_factor: How far rows move sideways for each row further down: drawn from
            [0, factor] or from a pair (least, most), in [0, 1], to either side.
        y_factor: How far columns move for each column further right, likewise.
        interpolation: "bilinear" or "nearest".
        fill_mode: What lies outside: as for `RandomRotation`.
        fill_value: The value with "constant".
        data_format: "channels_last" (default) or "channels_first".
        seed: Int that makes the draws repeatable.

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    def __init__(
        self,
        x_factor=0.0,
        y_factor=0.0,
        interpolation="bilinear",
        fill_mode="reflect",
        fill_value=0.0,
        data_format=None,
        seed=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.x_factor = self._both_ways(x_factor=x_factor)
        self.y_factor = self._both_ways(y_factor=y_factor)
        self.keep_filling(fill_mode, interpolation, fill_value, seed)

    def _both_ways(self, **named):
        (given,) = named.values()
        return span(self, -1, 1, **named) if given else (0, 0)

    def sample(self, images, seed):
        def draw(low, high):
            return random.uniform((images.shape[0], 1), low, high, seed=seed)

        is_turned = draw(0, 1) > 0.5
        down, across = draw(*self.y_factor), draw(*self.x_factor)
        factors = ops.concatenate([across, down], axis=1)
        factors = ops.where(is_turned, -factors, factors)
        return {"shear_factor": factors, "input_shape": images.shape}

    def matrices(self, transformation, height, width):
        factors = transformation["shear_factor"]
        return _maps(1, factors[:, :1], 0, factors[:, 1:], 1, 0, 0, 0)


@LAYERS.register()
class RandomPerspective(Warp):
    """Shows images as if seen at a slant, at random, while training.

    The corners of an image move away from its first one, or nearer to it.

    Args:
        factor: Probability that an image changes: drawn from [0, factor] or from a
            pair (least, most), in [0, 1].
        scale: How far: by up to half of `scale` times their distance, in [0, 1].
        interpolation: "bilinear" or "nearest".
        fill_value: The value of what lies outside.
        seed: Int that makes the draws repeatable.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    def __init__(
        self,
        factor=1.0,
        scale=1.0,
        interpolation="bilinear",
        fill_value=0.0,
        seed=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.factor = span(self, 0, 1, factor=factor)
        self.scale = checks.in_range(self, 0, 1, scale=scale)
        self.keep_filling("constant", interpolation, fill_value, seed)

    def sample(self, images, seed):
        batch, height, width, _ = images.shape
        is_chosen = chosen(images, self.factor, seed)
        far = self.scale / 2
        moves = random.uniform((batch, 4, 2), -far, far, seed=seed)
        right, bottom = width - 1, height - 1
        corners = [[0, 0], [right, 0], [0, bottom], [right, bottom]]
        starts = ops.convert_to_tensor(corners, moves.dtype) + ops.zeros_like(moves)
        return {
            "apply_perspective": is_chosen,
            "start_points": starts,
            "end_points": starts * (1.0 + moves),
            "input_shape": images.shape,
        }

    def matrices(self, transformation, height, width):
        starts, ends = transformation["start_points"], transformation["end_points"]
        is_chosen = ops.reshape(transformation["apply_perspective"], (-1, 1, 1))
        return projection(starts, ops.where(is_chosen, ends, starts))
