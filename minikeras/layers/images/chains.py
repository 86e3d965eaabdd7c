"""Layers that apply several others: at random, mixed, or one after the other."""

from ... import ops, random
from ...utils import checks
from ..layer import LAYERS, Layer
from .colors import (
    RandomBrightness,
    RandomColorDegeneration,
    RandomContrast,
    RandomPosterization,
    Solarization,
)
from .filters import RandomSharpness
from .geometry import RandomRotation, RandomShear, RandomTranslation
from .histograms import AutoContrast, Equalization
from .image_layer import Augmentation, Ranged, span


class Chosen(Ranged, Augmentation):
    """Base of the layers that choose among others, which are attributes of theirs.

    Attributes:
        choices: Names of the layers to choose from.
    """

    choices: tuple[str, ...] = ()

    def keep_choices(self, factor, value_range, interpolation, seed):
        """Keeps the arguments that both have, and makes the layers."""
        self.keep_range(value_range)
        self.keep_seed(seed)
        self.factor = span(self, 0, 1, factor=factor)
        allowed = ("nearest", "bilinear")
        self.interpolation = checks.one_of(
            self, interpolation=interpolation, allowed=allowed
        )
        layout = {"data_format": self.data_format}
        values = {"value_range": self.value_range, **layout}
        drawn, warped = {"seed": seed}, {"interpolation": interpolation, "seed": seed}
        f, bits = self.factor, (1, max(1, int(8 * self.factor[1])))
        self.random_shear = RandomShear(f, f, **warped, **layout)
        self.random_translation = RandomTranslation(f, f, **warped, **layout)
        self.random_rotation = RandomRotation(f, **warped, **layout)
        self.random_brightness = RandomBrightness(f, **values, **drawn)
        self.random_color_degeneration = RandomColorDegeneration(f, **values, **drawn)
        self.random_contrast = RandomContrast(f, **values, **drawn)
        self.random_sharpness = RandomSharpness(f, **values, **drawn)
        self.random_posterization = RandomPosterization(bits, **values, **drawn)
        self.solarization = Solarization(f, f, **values, **drawn)
        self.auto_contrast = AutoContrast(**values)
        self.equalization = Equalization(**values)

    def drawn_by(self, name: str, images, seed):
        """Returns what one of the layers draws, from its own seed or the caller's."""
        layer = getattr(self, name)
        own = layer.generator if seed is self.generator else seed
        return layer.sample(images, own)


@LAYERS.register()
class RandAugment(Chosen):
    """Applies a few layers, drawn from eleven, one after the other while training.

    All images of a batch go through the same layers, each with numbers of its own
    (Cubuk et al., RandAugment, 2019, arXiv:1909.13719).

    Args:
        value_range: Least and greatest value of a pixel.
        num_ops: How many layers are drawn.
        factor: How strong they are: drawn from [0, factor], or from a pair (least,
            most), in [0, 1].
        interpolation: "bilinear" or "nearest", where pixels move.
        seed: Int that makes the draws repeatable.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.
    """

    choices = (
        "random_shear",
        "random_translation",
        "random_rotation",
        "random_brightness",
        "random_color_degeneration",
        "random_contrast",
        "random_sharpness",
        "random_posterization",
        "solarization",
        "auto_contrast",
        "equalization",
    )

    def __init__(
        self,
        value_range=(0, 255),
        num_ops=2,
        factor=0.5,
        interpolation="bilinear",
        seed=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.keep_choices(factor, value_range, interpolation, seed)
        self.num_ops = checks.non_negative_int(self, num_ops=num_ops)

    def sample(self, images, seed):
        high = len(self.choices)
        return {
            "layer_idxes": random.randint((self.num_ops,), 0, high, seed=seed),
            "transforms": {
                name: self.drawn_by(name, images, seed) for name in self.choices
            },
        }

    def _apply(self, method: str, x, transformation):
        """Calls a method of the drawn layers, each on what the one before returned."""
        for k in ops.convert_to_numpy(transformation["layer_idxes"]):
            name = self.choices[int(k)]
            layer, drawn = getattr(self, name), transformation["transforms"][name]
            x = getattr(layer, method)(x, drawn)
        return x

    def transform_images(self, images, transformation):
        return self._apply("transform_images", images, transformation)

    def transform_labels(self, labels, transformation):
        return self._apply("transform_labels", labels, transformation)

    def transform_segmentation_masks(self, masks, transformation):
        return self._apply("transform_segmentation_masks", masks, transformation)

    def transform_bounding_boxes(self, boxes, transformation):
        return self._apply("transform_bounding_boxes", boxes, transformation)


@LAYERS.register()
class AugMix(Chosen):
    """Mixes images with several chains of changes of themselves while training.

    y = m * x + (1 - m) * sum over chains of w_i * chain_i(x),

    m from the beta distribution (alpha, alpha), w from the Dirichlet distribution
    (alpha, ..., alpha). All images of a batch go through the same chains (Hendrycks et
    al., AugMix, 2019, arXiv:1912.02781).

    Args:
        value_range: Least and greatest value of a pixel.
        num_chains: How many chains are mixed.
        chain_depth: How many layers a chain has at most: drawn from 0 up to it.
        factor: How strong they are: drawn from [0, factor], or from a pair (least,
            most), in [0, 1].
        alpha: Parameter of both distributions, above 0.
        all_ops: Whether brightness, colour, contrast and sharpness change too.
        interpolation: "bilinear" or "nearest", where pixels move.
        seed: Int that makes the draws repeatable.
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged. Masks are mixed as
    images are; boxes and labels stay as they are.
    """

    _always = (
        "random_shear",
        "random_translation",
        "random_rotation",
        "random_posterization",
        "solarization",
        "auto_contrast",
        "equalization",
    )
    _more = (
        "random_brightness",
        "random_color_degeneration",
        "random_contrast",
        "random_sharpness",
    )

    def __init__(
        self,
        value_range=(0, 255),
        num_chains=3,
        chain_depth=3,
        factor=0.3,
        alpha=1.0,
        all_ops=True,
        interpolation="bilinear",
        seed=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.keep_choices(factor, value_range, interpolation, seed)
        self.num_chains = checks.positive_int(self, num_chains=num_chains)
        self.chain_depth = checks.non_negative_int(self, chain_depth=chain_depth)
        self.alpha = checks.positive(self, alpha=alpha)
        self.all_ops = all_ops
        self.choices = self._always + (self._more if all_ops else ())

    def sample(self, images, seed):
        shares = random.gamma((self.num_chains,), self.alpha, seed=seed)
        return {
            "chain_mixing_weights": shares / ops.sum(shares),
            "weight_sample": random.beta((), self.alpha, self.alpha, seed=seed),
            "chain_transforms": [
                self._chain(images, seed) for _ in range(self.num_chains)
            ],
        }

    def _chain(self, images, seed) -> list[dict]:
        depth = int(random.randint((), 0, self.chain_depth + 1, seed=seed))
        drawn = random.randint((depth,), 0, len(self.choices), seed=seed)
        names = [self.choices[int(k)] for k in ops.convert_to_numpy(drawn)]
        return [
            {"layer_name": name, "transformation": self.drawn_by(name, images, seed)}
            for name in names
        ]

    def _mix(self, method: str, x, transformation):
        shares = transformation["chain_mixing_weights"]
        mixed = 0.0
        for i, chain in enumerate(transformation["chain_transforms"]):
            y = x
            for link in chain:
                layer = getattr(self, link["layer_name"])
                y = getattr(layer, method)(y, link["transformation"])
            mixed = mixed + shares[i] * y
        share = transformation["weight_sample"]
        return share * x + (1.0 - share) * mixed

    def transform_images(self, images, transformation):
        return self._mix("transform_images", images, transformation)

    def transform_segmentation_masks(self, masks, transformation):
        masks = ops.cast(masks, self.compute_dtype)
        return self._mix("transform_segmentation_masks", masks, transformation)


@LAYERS.register()
class Pipeline(Layer):
    """Applies layers one after the other: a list of them as one layer.

    Args:
        layers: List of layers; a training flag goes to those that take one.
        name: Name of the layer.

    Shape: that which the first layer takes -> that which the last one returns.

    >>> import numpy as np
    >>> from minikeras import layers
    >>> steps = [layers.CenterCrop(2, 2), layers.Flatten()]
    >>> Pipeline(steps)(np.ones((1, 4, 4, 3))).shape
    (1, 12)
    """

    def __init__(self, layers, name=None):
        super().__init__(name=name, autocast=False)  # its layers cast
        if not isinstance(layers, (list, tuple)) or not all(map(callable, layers)):
            must = "be a list of layers"
            checks.fail(self, "layers", layers, must)
        self.layers = list(layers)

    def call(self, inputs, training=True):
        for layer in self.layers:
            takes = isinstance(layer, Layer)
            inputs = layer(inputs, training=training) if takes else layer(inputs)
        return inputs

    def get_config(self):
        """Returns the configs of the layers, and the name."""
        return {"layers": list(map(LAYERS.serialize, self.layers)), "name": self.name}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes the pipeline with the layers that the config describes."""
        layers = [LAYERS.deserialize(c, custom_objects) for c in config["layers"]]
        return cls(**{**config, "layers": layers})
