"""Layers that change the colours of images at random."""

from ... import config, ops, random
from ...utils import checks
from ..layer import LAYERS
from .image_layer import Augmentation, Ranged, chosen, per_image, span


class ColorLayer(Ranged, Augmentation):
    """Base of the layers that change values by a factor.

    Arguments of those that have no constructor of their own: see their docstrings.
    """

    least, most, takes_any_pair = -1, 1, True

    def __init__(
        self, factor, value_range=(0, 255), data_format=None, seed=None, **kwargs
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.keep_factor(factor, value_range, seed)

    def keep_factor(self, factor, value_range, seed):
        """Keeps the arguments that all of them have."""
        self.factor = span(
            self, self.least, self.most, self.takes_any_pair, factor=factor
        )
        self.keep_range(value_range)
        self.keep_seed(seed)

    def draw_factors(self, images, seed):
        """Returns one number in the layer's range for each image, (batch,)."""
        return random.uniform(images.shape[:1], *self.factor, seed=seed)


@LAYERS.register()
class RandomBrightness(ColorLayer):
    """Makes images brighter or darker at random while training.

    images + delta, within the range

    Args:
        factor: By how much, as a fraction of the range: drawn from [-factor, factor]
            for a factor in [-1, 1], or from a pair (least, most).
        value_range: Least and greatest value of a pixel.
        seed: Int that makes the draws repeatable.

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    keeps_dtype = True

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(factor, value_range, seed=seed, **kwargs)

    def sample(self, images, seed):
        shape = (images.shape[0], 1, 1, 1)
        return {
            "rgb_delta": random.uniform(shape, *self.factor, seed=seed) * self.extent
        }

    def transform_images(self, images, transformation):
        floats = ops.cast(images, self.compute_dtype)
        y = self.clipped(floats + transformation["rgb_delta"])
        return ops.cast(y, images.dtype)


@LAYERS.register()
class RandomContrast(ColorLayer):
    """Makes images more or less contrasty at random while training.

    (images - mean) * factor + mean, with the mean of each channel of each image

    Args:
        factor: The factor lies in [1, 1 + factor], with a factor in [0, 1], or in
            [1 - least, 1 + most] for a pair (least, most).
        value_range: Least and greatest value of a pixel.
        seed: Int that makes the draws repeatable.

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    least = 0

    def __init__(self, factor, value_range=(0, 255), seed=None, **kwargs):
        super().__init__(factor, value_range, seed=seed, **kwargs)

    def sample(self, images, seed):
        shape, (less, more) = (images.shape[0], 1, 1, 1), self.factor
        factors = random.uniform(shape, 1.0 - less, 1.0 + more, seed=seed)
        return {"contrast_factor": factors}

    def transform_images(self, images, transformation):
        means = ops.mean(images, axis=(1, 2), keepdims=True)
        return self.clipped(
            (images - means) * transformation["contrast_factor"] + means
        )


@LAYERS.register()
class RandomSaturation(ColorLayer):
    """Makes colours stronger or weaker at random while training.

    The saturation of each pixel (see `ops.image.rgb_to_hsv`) is multiplied.

    Args:
        factor: It is multiplied by factor / (1 - factor): 0 leaves no colour, 0.5
            changes nothing, 1 makes colours pure. Drawn from [-factor, factor]
            for a factor in [-1, 1], or from a pair (least, most).
        value_range: Least and greatest value of a pixel.
        data_format: "channels_last" (default) or "channels_first".
        seed: Int that makes the draws repeatable.

    Shape: (height, width, 3) or a batch of that, unchanged.
    """

    def sample(self, images, seed):
        factor = self.draw_factors(images, seed)
        return {"factor": factor / (1.0 - factor + config.epsilon())}

    def transform_images(self, images, transformation):
        factor = ops.reshape(transformation["factor"], (-1, 1, 1))
        hue, saturation, value = _hsv(images, self)
        return _rgb(hue, ops.clip(saturation * factor, 0.0, 1.0), value, self)


@LAYERS.register()
class RandomHue(ColorLayer):
    """Moves colours around the colour circle at random while training.

    Args:
        factor: How far, in full circles, to either side: drawn from [0, factor] for a
            factor in [0, 1], or from a pair (least, most).
        value_range: Least and greatest value of a pixel.
        data_format: "channels_last" (default) or "channels_first".
        seed: Int that makes the draws repeatable.

    Shape: (height, width, 3) or a batch of that, unchanged.
    """

    least = 0

    def sample(self, images, seed):
        is_turned = random.uniform(images.shape[:1], seed=seed) > 0.5
        factor = self.draw_factors(images, seed) * 0.5
        return {"factor": ops.where(is_turned, -factor, factor)}

    def transform_images(self, images, transformation):
        factor = ops.reshape(transformation["factor"], (-1, 1, 1))
        hue, saturation, value = _hsv(images, self)
        hue = hue + factor
        return _rgb(hue - ops.floor(hue), saturation, value, self)


def _hsv(images, layer) -> list:
    """Hue, saturation and value of images, each (batch, height, width), in [0, 1]."""
    hsv = ops.image.rgb_to_hsv(layer.in_unit(images), data_format="channels_last")
    return ops.unstack(hsv, axis=-1)


def _rgb(hue, saturation, value, layer):
    """The images of hue, saturation and value, in the layer's range."""
    hsv = ops.stack([hue, saturation, value], axis=-1)
    return layer.in_range(ops.image.hsv_to_rgb(hsv, data_format="channels_last"))


@LAYERS.register()
class RandomColorDegeneration(ColorLayer):
    """Takes colour out of images at random while training.

    images + factor * (grey - images), within the range

    Args:
        factor: How much is grey: 0 changes nothing, 1 leaves no colour. Drawn from
            [-factor, factor] for a factor in [-1, 1], or from a pair (least, most).
        value_range: Least and greatest value of a pixel.
        data_format: "channels_last" (default) or "channels_first".
        seed: Int that makes the draws repeatable.

    Shape: (height, width, 3) or a batch of that, unchanged.
    """

    def sample(self, images, seed):
        return {"factor": per_image(self.draw_factors(images, seed))}

    def transform_images(self, images, transformation):
        grey = ops.image.rgb_to_grayscale(images, data_format="channels_last")
        return self.clipped(images + transformation["factor"] * (grey - images))


@LAYERS.register()
class RandomGrayscale(Augmentation):
    """Makes images grey at random while training; they keep their three channels.

    Args:
        factor: Probability that an image turns grey, in [0, 1].
        data_format: "channels_last" (default) or "channels_first".
        seed: Int that makes the draws repeatable.

    Shape: (height, width, 3) or a batch of that, unchanged.
    """

    keeps_dtype = True

    def __init__(self, factor=0.5, data_format=None, seed=None, **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        self.factor = checks.in_range(self, 0, 1, factor=factor)
        self.keep_seed(seed)

    def sample(self, images, seed):
        return per_image(random.uniform(images.shape[:1], seed=seed) < self.factor)

    def transform_images(self, images, transformation):
        grey = ops.image.rgb_to_grayscale(images, data_format="channels_last")
        return ops.where(transformation, grey, images)


@LAYERS.register()
class RandomColorJitter(Ranged, Augmentation):
    """Changes brightness, contrast, saturation and hue at random while training.

    Each as the layer of its name does; None leaves it out.

    Args:
        value_range: Least and greatest value of a pixel.
        brightness_factor: As for `RandomBrightness`.
        contrast_factor: As for `RandomContrast`.
        saturation_factor: As for `RandomSaturation`.
        hue_factor: As for `RandomHue`.
        seed: Int that makes the draws repeatable.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, 3) or a batch of that, unchanged.
    """

    def __init__(
        self,
        value_range=(0, 255),
        brightness_factor=None,
        contrast_factor=None,
        saturation_factor=None,
        hue_factor=None,
        seed=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.brightness_factor = brightness_factor
        self.contrast_factor = contrast_factor
        self.saturation_factor = saturation_factor
        self.hue_factor = hue_factor
        self.keep_range(value_range)
        self.keep_seed(seed)
        options = {"value_range": value_range, "dtype": self.dtype_policy}
        options["data_format"] = "channels_last"
        self.steps = [
            kind(factor, **options)
            for kind, factor in (
                (RandomBrightness, brightness_factor),
                (RandomContrast, contrast_factor),
                (RandomSaturation, saturation_factor),
                (RandomHue, hue_factor),
            )
            if factor is not None
        ]

    def sample(self, images, seed):
        return [step.sample(images, seed) for step in self.steps]

    def transform_images(self, images, transformation):
        for step, drawn in zip(self.steps, transformation, strict=True):
            images = step.transform_images(images, drawn)
        return images


@LAYERS.register()
class RandomInvert(ColorLayer):
    """Turns images into their negatives at random while training.

    least + greatest value - images

    Args:
        factor: Probability that an image changes: drawn from [0, factor] or from a
            pair (least, most), in [0, 1].
        value_range: Least and greatest value of a pixel.
        seed: Int that makes the draws repeatable.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    least, takes_any_pair = 0, False

    def __init__(
        self, factor=1.0, value_range=(0, 255), seed=None, data_format=None, **kwargs
    ):
        super().__init__(factor, value_range, data_format, seed, **kwargs)

    def sample(self, images, seed):
        return {"apply_inversion": chosen(images, self.factor, seed)}

    def transform_images(self, images, transformation):
        low, high = self.value_range
        inverted = (high + low) - images
        return ops.where(per_image(transformation["apply_inversion"]), inverted, images)


@LAYERS.register()
class RandomPosterization(ColorLayer):
    """Leaves only some bits of each value at random while training.

    (Cubuk et al., AutoAugment, 2018, arXiv:1805.09501)

    Args:
        factor: How many bits stay, of 8: drawn from 1 up to below `factor`, or from a
            pair (least, most), in [1, 8].
        value_range: Least and greatest value of a pixel.
        data_format: "channels_last" (default) or "channels_first".
        seed: Int that makes the draws repeatable.

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    least, most, takes_any_pair = 1, 8, False

    def keep_factor(self, factor, value_range, seed):
        """Keeps the arguments; one number stands for the pair from 1 to it."""
        pair = factor if isinstance(factor, (tuple, list)) else (1, factor)
        super().keep_factor(pair, value_range, seed)

    def sample(self, images, seed):
        low, high = self.factor
        high = max(high, low + 1)
        bits = random.randint(images.shape[:1], low, high, dtype="uint8", seed=seed)
        return {"shift_factor": 8 - bits}

    def transform_images(self, images, transformation):
        step = 2.0 ** ops.cast(transformation["shift_factor"], self.compute_dtype)
        step = per_image(step)
        in_bytes = ops.floor(self.in_unit(images) * 255.0)
        return self.in_range(ops.floor(in_bytes / step) * step / 255.0)


@LAYERS.register()
class Solarization(Ranged, Augmentation):
    """Turns the bright values of images into their negatives while training.

    least + greatest value - x where x, after an addition, reaches the threshold

    Args:
        addition_factor: What is added before, as a fraction of the range: drawn from
            [0, factor] or from a pair (least, most), in [0, 1].
        threshold_factor: The threshold, likewise.
        value_range: Least and greatest value of a pixel.
        seed: Int that makes the draws repeatable.

    Shape: (height, width, channels) or a batch of that, unchanged.

    >>> import numpy as np
    >>> Solarization()(np.array([59.0, 62.0, 63.0]).reshape(1, 1, 3)).numpy().tolist()
    [[[196.0, 193.0, 192.0]]]
    """

    def __init__(
        self,
        addition_factor=0.0,
        threshold_factor=0.0,
        value_range=(0, 255),
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.addition_factor = span(self, 0, 1, addition_factor=addition_factor)
        self.threshold_factor = span(self, 0, 1, threshold_factor=threshold_factor)
        self.keep_range(value_range)
        self.keep_seed(seed)

    def sample(self, images, seed):
        def draw(bounds):
            low, high = (factor * 255 for factor in bounds)
            return random.uniform((images.shape[0], 1, 1, 1), low, high, seed=seed)

        return {
            "additions": draw(self.addition_factor),
            "thresholds": draw(self.threshold_factor),
        }

    def transform_images(self, images, transformation):
        # in bytes, as the numbers drawn are
        x = self.in_unit(images) * 255.0 + transformation["additions"]
        x = ops.clip(x, 0.0, 255.0)
        x = ops.where(x < transformation["thresholds"], x, 255.0 - x)
        return self.in_range(x / 255.0)
