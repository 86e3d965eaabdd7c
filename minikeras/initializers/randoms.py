"""Random initializers. The right spread keeps signals alive through many layers.

Too large, and activations and gradients grow from layer to layer; too small, and they
vanish. `GlorotUniform` (the default of most layers) and its relatives choose the spread
from the number of inputs and outputs of the weight: `VarianceScaling`.
"""

import math

import numpy as np

from .. import random
from ..tensor import Tensor, cast, dtypes
from ..tensor.random import SeedGenerator, as_seed, make_default_seed
from ..utils import checks
from ..utils.serialization import deserialize_keras_object
from .base import INITIALIZERS, Initializer
from .constants import known_shape

__all__ = [
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "Orthogonal",
    "RandomInitializer",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
]

# Standard deviation of a standard normal distribution cut off at -2 and 2.
CUT_STDDEV = 0.87962566103423978


class RandomInitializer(Initializer):
    """Base of random initializers.

    Args:
        seed: Int: the same values at each call. SeedGenerator: others at each call.
            None: the initializer draws an int for itself, so it too repeats itself.
    """

    def __init__(self, seed=None):
        self._given_seed = seed
        if isinstance(seed, dict):
            seed = deserialize_keras_object(seed)
        if seed is None:
            seed = make_default_seed()
        elif not isinstance(seed, SeedGenerator):
            seed = as_seed(seed, type(self).__name__)
        self.seed = seed

    @property
    def may_wait(self) -> bool:
        """Whether values may be drawn later: of a seed that is a number, the same."""
        return not isinstance(self.seed, SeedGenerator)

    def draw(self, distribution, shape, low, high, dtype):
        """Draws floats and turns them into `dtype`, which may be an integer one."""
        shape, dtype = known_shape(self, shape), dtypes.standardize(dtype)
        drawn_in = dtype if dtypes.is_float(dtype) else None
        values = distribution(shape, low, high, drawn_in, self.seed)
        return cast(values, dtype=dtype) if drawn_in is None else values

    def get_config(self):
        """Returns the constructor's arguments; the seed as it was given."""
        config = super().get_config()
        return {**config, "seed": None} if self._given_seed is None else config


@INITIALIZERS.register("normal", "random_normal")
class RandomNormal(RandomInitializer):
    """Values from the normal distribution.

    Args:
        mean: Mean.
        stddev: Standard deviation, 0 or more.
        seed: Int, SeedGenerator or None.

    >>> RandomNormal(stddev=0.0)((2,)).tolist()
    [0.0, 0.0]
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        self.mean = mean
        self.stddev = checks.non_negative(self, stddev=stddev)
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        """Returns first values of the shape asked for."""
        return self.draw(random.normal, shape, self.mean, self.stddev, dtype)


@INITIALIZERS.register("truncated_normal")
class TruncatedNormal(RandomInitializer):
    """Values from the normal distribution, none beyond two standard deviations.

    Args:
        mean: Mean.
        stddev: Standard deviation before the ends are cut off, 0 or more.
        seed: Int, SeedGenerator or None.

    >>> bool((abs(TruncatedNormal(stddev=0.5)((100,)).numpy()) <= 1).all())
    True
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        self.mean = mean
        self.stddev = checks.non_negative(self, stddev=stddev)
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        """Returns first values of the shape asked for."""
        return self.draw(random.truncated_normal, shape, self.mean, self.stddev, dtype)


@INITIALIZERS.register("uniform", "random_uniform")
class RandomUniform(RandomInitializer):
    """Values from [minval, maxval), every number equally likely.

    Args:
        minval: Lower end.
        maxval: Upper end, not below `minval`.
        seed: Int, SeedGenerator or None.

    >>> RandomUniform(1.0, 1.0)((2,)).tolist()
    [1.0, 1.0]
    """

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        if minval > maxval:
            checks.fail(self, "maxval", maxval, f"be at least minval={minval}", minval)
        self.minval = minval
        self.maxval = maxval
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        """Returns first values of the shape asked for."""
        return self.draw(random.uniform, shape, self.minval, self.maxval, dtype)


# Spread from the number of inputs and outputs ---------------------------------------


def compute_fans(shape, input_axes=None, output_axes=None) -> tuple[int, int]:
    """Returns how many inputs and outputs a weight connects.

    A matrix has (inputs, outputs); in a convolution kernel (..., inputs, outputs) each
    output sees all positions of the kernel.

    Args:
        shape: The weight's shape.
        input_axes: Axes that count inputs, where the rule above is wrong.
        output_axes: Axes that count outputs; both or none are given.

    >>> compute_fans((10, 20)), compute_fans((3, 3, 10, 20))
    ((10, 20), (90, 180))
    """
    ndim = len(shape)
    if input_axes is not None:
        inputs = checks.axis("initializer", ndim, input_axes=tuple(input_axes))
        outputs = checks.axis("initializer", ndim, output_axes=tuple(output_axes))
        return tuple(math.prod(shape[i] for i in axes) for axes in (inputs, outputs))
    if ndim < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    positions = math.prod(shape[:-2])
    return shape[-2] * positions, shape[-1] * positions


@INITIALIZERS.register("variance_scaling")
class VarianceScaling(RandomInitializer):
    """Random values whose variance is `scale` over the number of inputs or outputs.

    variance = scale / n,  n = inputs (fan_in), outputs (fan_out) or the mean (fan_avg)
    "uniform" draws from [-limit, limit), limit = sqrt(3 variance). (He et al., 2015)

    Args:
        scale: Number above 0.
        mode: "fan_in", "fan_out" or "fan_avg".
        distribution: "truncated_normal" (or "normal"), "untruncated_normal", "uniform".
        seed: Int, SeedGenerator or None.
        input_axes: List of the weight's axes that count inputs, if not the usual ones.
        output_axes: List of the axes that count outputs; given with `input_axes`.

    >>> VarianceScaling(2.0, "fan_out", "uniform", seed=1)((3, 4)).shape
    (3, 4)
    """

    def __init__(
        self,
        scale=1.0,
        mode="fan_in",
        distribution="truncated_normal",
        seed=None,
        input_axes=None,
        output_axes=None,
    ):
        if isinstance(distribution, str) and distribution.lower() == "normal":
            distribution = "truncated_normal"
        modes = ("fan_in", "fan_out", "fan_avg")
        distributions = ("uniform", "truncated_normal", "untruncated_normal")
        self.scale = checks.positive(self, scale=scale)
        self.mode = checks.one_of(self, mode=mode, allowed=modes)
        self.distribution = checks.one_of(
            self, distribution=distribution, allowed=distributions
        )
        if (input_axes is None) != (output_axes is None):
            raise ValueError(
                f"{type(self).__name__}: input_axes and output_axes go together, got "
                f"input_axes={input_axes}, output_axes={output_axes}."
            )
        self.input_axes = input_axes
        self.output_axes = output_axes
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        """Returns first values of the shape asked for."""
        shape = known_shape(self, shape)
        inputs, outputs = compute_fans(shape, self.input_axes, self.output_axes)
        fans = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}
        variance = self.scale / max(1.0, fans[self.mode])
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return self.draw(random.uniform, shape, -limit, limit, dtype)
        stddev = math.sqrt(variance)
        if self.distribution == "untruncated_normal":
            return self.draw(random.normal, shape, 0.0, stddev, dtype)
        cut = stddev / CUT_STDDEV  # its standard deviation after the cut is `stddev`
        return self.draw(random.truncated_normal, shape, 0.0, cut, dtype)


class _Scaled(VarianceScaling):
    """A named choice of scale, mode and distribution."""

    choice: tuple = ()

    def __init__(self, seed=None, input_axes=None, output_axes=None):
        super().__init__(*self.choice, seed, input_axes, output_axes)


@INITIALIZERS.register("glorot_uniform")
class GlorotUniform(_Scaled):
    """Uniform values in [-limit, limit), limit = sqrt(6 / (inputs + outputs)).

    Suits tanh, sigmoid and softmax. (Glorot and Bengio, 2010)

    Args:
        seed: Int, SeedGenerator or None.
        input_axes: List of the weight's axes that count inputs, if not the usual ones.
        output_axes: List of the axes that count outputs; given with `input_axes`.

    >>> GlorotUniform(seed=1)((2, 4)).shape
    (2, 4)
    """

    choice = (1.0, "fan_avg", "uniform")


@INITIALIZERS.register("glorot_normal")
class GlorotNormal(_Scaled):
    """Normal values with variance 2 / (inputs + outputs), cut at two stddevs.

    (Glorot and Bengio, 2010)

    Args:
        seed: Int, SeedGenerator or None.
        input_axes: List of the weight's axes that count inputs, if not the usual ones.
        output_axes: List of the axes that count outputs; given with `input_axes`.
    """

    choice = (1.0, "fan_avg", "truncated_normal")


@INITIALIZERS.register("lecun_normal")
class LecunNormal(_Scaled):
    """Normal values with variance 1 / inputs, cut at two stddevs.

    Suits selu. (LeCun et al., 1998)

    Args:
        seed: Int, SeedGenerator or None.
        input_axes: List of the weight's axes that count inputs, if not the usual ones.
        output_axes: List of the axes that count outputs; given with `input_axes`.
    """

    choice = (1.0, "fan_in", "truncated_normal")


@INITIALIZERS.register("lecun_uniform")
class LecunUniform(_Scaled):
    """Uniform values in [-limit, limit), limit = sqrt(3 / inputs).

    (LeCun et al., 1998)

    Args:
        seed: Int, SeedGenerator or None.
        input_axes: List of the weight's axes that count inputs, if not the usual ones.
        output_axes: List of the axes that count outputs; given with `input_axes`.
    """

    choice = (1.0, "fan_in", "uniform")


@INITIALIZERS.register("he_normal")
class HeNormal(_Scaled):
    """Normal values with variance 2 / inputs, cut at two stddevs.

    Suits relu. (He et al., 2015)

    Args:
        seed: Int, SeedGenerator or None.
        input_axes: List of the weight's axes that count inputs, if not the usual ones.
        output_axes: List of the axes that count outputs; given with `input_axes`.
    """

    choice = (2.0, "fan_in", "truncated_normal")


@INITIALIZERS.register("he_uniform")
class HeUniform(_Scaled):
    """Uniform values in [-limit, limit), limit = sqrt(6 / inputs).

    Suits relu. (He et al., 2015)

    Args:
        seed: Int, SeedGenerator or None.
        input_axes: List of the weight's axes that count inputs, if not the usual ones.
        output_axes: List of the axes that count outputs; given with `input_axes`.
    """

    choice = (2.0, "fan_in", "uniform")


@INITIALIZERS.register("orthogonal", "OrthogonalInitializer")
class Orthogonal(RandomInitializer):
    """A matrix with orthonormal columns (or rows, if it is wide), times `gain`.

    It keeps the length of what it multiplies. More than two axes are seen as
    (all but the last, the last). (Saxe et al., 2014)

    Args:
        gain: Factor of the matrix.
        seed: Int, SeedGenerator or None.

    >>> q = Orthogonal(seed=1)((4, 2)).numpy()
    >>> bool(np.allclose(q.T @ q, np.eye(2), atol=1e-6))
    True
    """

    def __init__(self, gain=1.0, seed=None):
        self.gain = gain
        super().__init__(seed)

    def __call__(self, shape, dtype=None):
        """Returns first values of the shape asked for."""
        shape = known_shape(self, shape)
        if len(shape) < 2:
            checks.fail("Orthogonal", "shape", shape, "have at least two axes", (3, 3))
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        noise = random.normal(tall, dtype="float32", seed=self.seed).numpy()
        q, r = np.linalg.qr(noise)
        q = q * np.sign(np.diag(r))  # makes the factorisation, and so q, unique
        matrix = q if rows >= columns else q.T
        values = self.gain * matrix.reshape(shape)
        return Tensor(values.astype(dtypes.standardize(dtype)))


glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
orthogonal = OrthogonalInitializer = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
