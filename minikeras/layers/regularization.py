"""Layers that make learning harder, so that it generalises: dropout, noise."""

import math

from .. import ops, random, regularizers
from ..tensor import dtypes
from ..tensor.random import SeedGenerator, drop, mask_shape
from ..utils import checks
from .data_format import standardize_data_format
from .input_spec import InputSpec
from .layer import LAYERS, Layer


class Noise(Layer):
    """Base of the layers that add randomness while training and nothing afterwards.

    A subclass says in `disturb` what happens to the inputs.
    """

    seed_generator = None

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def keep_seed(self, seed, strength):
        """Keeps the seed; draws one for None, unless there is no noise at all."""
        self.seed = seed
        if strength > 0:
            self.seed_generator = SeedGenerator(seed)

    def call(self, inputs, training=False):
        if training and self.seed_generator is not None:
            if not dtypes.is_float(inputs.dtype):
                inputs = ops.cast(inputs, self.compute_dtype)
            return self.disturb(inputs)
        return inputs


@LAYERS.register()
class Dropout(Noise):
    """Drops inputs at random while training.

    y = x * mask / (1 - rate),  mask ~ Bernoulli(1 - rate)
    Afterwards the input passes unchanged. (Srivastava et al., 2014)

    Args:
        rate: Fraction of inputs to drop, in [0, 1].
        noise_shape: Shape of the mask; 1 where an axis shares it, None as the input:
            (None, 1, None) drops a feature in all timesteps of a sample or in none.
        seed: Int that makes the masks repeatable.

    Shape: same as the input.

    >>> import numpy as np
    >>> sorted(set(Dropout(0.5, seed=1)(np.ones(50), training=True).numpy().tolist()))
    [0.0, 2.0]
    """

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = checks.rate(self, rate=rate)
        if noise_shape is not None:
            noise_shape = checks.shape(self, noise_shape=noise_shape)
        self.noise_shape = noise_shape
        self.keep_seed(seed, rate)

    def disturb(self, inputs):
        """Returns the inputs with some at zero and the others grown."""
        return drop(
            inputs, self.rate, noise_shape=self.noise_shape, seed=self.seed_generator
        )


class SpatialDropout(Dropout):
    """Base of the dropouts that drop whole feature maps. (Tompson et al., 2015)"""

    ndim = 3

    def __init__(self, rate, data_format=None, seed=None, name=None, dtype=None):
        super().__init__(rate, seed=seed, name=name, dtype=dtype)
        self.data_format = standardize_data_format(self, data_format)
        channel = 1 if self.data_format == "channels_first" else self.ndim - 1
        self.noise_shape = tuple(
            None if axis in (0, channel) else 1 for axis in range(self.ndim)
        )
        self.input_spec = InputSpec(ndim=self.ndim)

    def get_config(self):
        """Returns the constructor's arguments, the dtype as a plain name."""
        config = super().get_config()
        del config["trainable"]
        return {**config, "dtype": self.dtype}


@LAYERS.register()
class SpatialDropout1D(SpatialDropout):
    """Drops whole features of a sequence while training.

    Args:
        rate: Fraction of features to drop, in [0, 1].
        seed: Int that makes the masks repeatable.

    Shape: (batch, steps, features), unchanged.
    """

    def __init__(self, rate, seed=None, name=None, dtype=None):
        super().__init__(rate, "channels_last", seed, name, dtype)


@LAYERS.register()
class SpatialDropout2D(SpatialDropout):
    """Drops whole channels of an image while training.

    Args:
        rate: Fraction of channels to drop, in [0, 1].
        data_format: "channels_last" (default) or "channels_first".
        seed: Int that makes the masks repeatable.

    Shape: (batch, rows, columns, channels), unchanged.
    """

    ndim = 4


@LAYERS.register()
class SpatialDropout3D(SpatialDropout):
    """Drops whole channels of a volume while training; see `SpatialDropout2D`.

    Shape: (batch, planes, rows, columns, channels), unchanged.
    """

    ndim = 5


@LAYERS.register()
class GaussianDropout(Noise):
    """Multiplies by noise around 1 while training. (Srivastava et al., 2014)

    y = x * n,  n ~ Normal(1, sqrt(rate / (1 - rate)))

    Args:
        rate: Strength, as the rate of a `Dropout` with the same spread, in [0, 1).
        seed: Int that makes the noise repeatable.

    Shape: same as the input.
    """

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = _below_one(self, rate)
        self.keep_seed(seed, rate)

    def disturb(self, inputs):
        """Returns the inputs times the noise."""
        spread = math.sqrt(self.rate / (1 - self.rate))
        noise = random.normal(
            ops.shape(inputs), 1.0, spread, self.compute_dtype, self.seed_generator
        )
        return inputs * noise


@LAYERS.register()
class GaussianNoise(Noise):
    """Adds noise around 0 while training.

    y = x + n,  n ~ Normal(0, stddev)

    Args:
        stddev: Standard deviation of the noise, in [0, 1].
        seed: Int that makes the noise repeatable.

    Shape: same as the input.
    """

    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev = checks.in_range(self, 0, 1, stddev=stddev)
        self.keep_seed(seed, stddev)

    def disturb(self, inputs):
        """Returns the inputs plus the noise."""
        return inputs + random.normal(
            ops.shape(inputs), 0.0, self.stddev, self.compute_dtype, self.seed_generator
        )


@LAYERS.register()
class AlphaDropout(Noise):
    """Dropout that keeps mean and variance; made for SELU. (Klambauer et al., 2017)

    y = a * where(kept, x, alpha') + b, with a and b that restore mean 0, variance 1.

    Args:
        rate: Fraction of inputs to drop, in [0, 1).
        noise_shape: Shape of the mask, as in `Dropout`.
        seed: Int that makes the masks repeatable.

    Shape: same as the input.
    """

    floor = -1.6732632423543772 * 1.0507009873554805  # SELU's value at minus infinity

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate = _below_one(self, rate)
        if noise_shape is not None:
            noise_shape = checks.shape(self, noise_shape=noise_shape)
        self.noise_shape = noise_shape
        self.keep_seed(seed, rate)

    def disturb(self, inputs):
        """Returns the inputs with some at SELU's floor, then standardised again."""
        drawn = mask_shape(ops.shape(inputs), noise_shape=self.noise_shape)
        kept = random.uniform(drawn, seed=self.seed_generator) >= self.rate
        scale = ((1 - self.rate) * (1 + self.rate * self.floor**2)) ** -0.5
        shift = -scale * self.floor * self.rate
        return scale * ops.where(kept, inputs, self.floor) + shift


def _below_one(layer, rate):
    rate = checks.rate(layer, rate=rate)
    if rate == 1:
        checks.fail(layer, "rate", rate, "be below 1: nothing would be left", 0.5)
    return rate


@LAYERS.register()
class ActivityRegularization(Layer):
    """Passes its input on and adds a penalty on its size to the loss.

    penalty = l1 * sum(|x|) + l2 * sum(x ** 2), per sample of the batch

    Args:
        l1: Weight of the absolute values, 0 or more.
        l2: Weight of the squares, 0 or more.

    Shape: same as the input.
    """

    def __init__(self, l1=0.0, l2=0.0, **kwargs):
        super().__init__(activity_regularizer=regularizers.L1L2(l1, l2), **kwargs)
        self.l1 = checks.non_negative(self, l1=l1)
        self.l2 = checks.non_negative(self, l2=l2)
        self.supports_masking = True
        self.built = True

    def call(self, inputs):
        return inputs

    def get_config(self):
        """Returns the config; the regularizer in it is l1 and l2 again."""
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return config
