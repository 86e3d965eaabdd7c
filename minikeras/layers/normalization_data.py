"""`Normalization`: features shifted and scaled by what was seen in data."""

import numpy as np

from .. import config, ops
from ..tensor import as_array
from ..utils import checks
from .adapting import AdaptingLayer
from .layer import LAYERS


@LAYERS.register()
class Normalization(AdaptingLayer):
    """Shifts and scales features to mean 0 and variance 1.

    (inputs - mean) / max(sqrt(variance), 1e-7), with mean and variance given, or
    learned from data by `adapt`.

    Args:
        axis: Axis or axes that keep a mean and variance of their own for each index;
            None for one mean and variance of everything.
        mean: Mean to use instead of adapting; a number or an array of those axes.
        variance: Variance that goes with it.
        invert: Whether to go back instead, from normalized values to the originals.

    >>> layer = Normalization()
    >>> layer.adapt(np.array([[1.0, 10.0], [3.0, 30.0]]))
    >>> layer(np.array([[3.0, 20.0]])).numpy().tolist()
    [[1.0, 0.0]]
    """

    def __init__(self, axis=-1, mean=None, variance=None, invert=False, **kwargs):
        super().__init__(**kwargs)
        axes = () if axis is None else checks.axis(self, axis=axis)
        self.axis = axes if isinstance(axes, tuple) else (axes,)
        self.invert = checks.boolean(self, invert=invert)
        self.input_mean, self.input_variance = mean, variance
        if (mean is None) != (variance is None):
            name, other = ("mean", "variance")[:: 1 if mean is None else -1]
            value = mean if name == "mean" else variance
            checks.fail(self, name, value, f"be given together with {other}")
        if np.shape(mean) != np.shape(variance):
            must = f"have the shape of mean, {np.shape(mean)}"
            checks.fail(self, "variance", variance, must)
        self.supports_masking = True
        self.reset_state()

    def build(self, input_shape):
        rank = len(input_shape)
        kept = {checks.axis(self, rank, axis=axis) % rank for axis in self.axis}
        self.kept = sorted(kept)
        sizes = [input_shape[axis] for axis in self.kept]
        if None in sizes:
            must = f"be axes of known size of the input of shape {input_shape}"
            checks.fail(self, "axis", self.axis, must)
        self.spread = [n if a in kept else 1 for a, n in enumerate(input_shape)]
        self.summed = tuple(a for a in range(rank) if a not in kept)
        if self.input_mean is None:
            shape = tuple(sizes)
            add = self.add_weight
            self.adapt_mean = add(shape, "zeros", trainable=False, name="mean")
            self.adapt_variance = add(shape, "ones", trainable=False, name="variance")
            self.count = add((), "zeros", "int32", trainable=False, name="count")

    # Learning -------------------------------------------------------------------------

    def may_adapt(self):
        """Tells whether mean and variance are learned: they were not given."""
        return self.input_mean is None

    def reset_state(self):
        """Forgets the data seen."""
        self._seen = 0, 0.0, 0.0  # how many, their mean, squares of distances from it

    def update_state(self, data):
        """Takes a batch into account."""
        x = np.asarray(as_array(data), "float64")
        if not self.built:
            self.build(x.shape)
        count, mean, squares = self._seen
        n = int(np.prod([x.shape[axis] for axis in self.summed]))
        total, shift = count + n, x.mean(self.summed) - mean
        squares += x.var(self.summed) * n + shift**2 * (count * n / total)
        self._seen = total, mean + shift * (n / total), squares

    def finalize_state(self):
        """Sets mean and variance to those of the data seen."""
        count, mean, squares = self._seen
        if count:
            self.adapt_mean.assign(mean)
            self.adapt_variance.assign(squares / count)

    @property
    def mean(self):
        """The mean, in a shape that broadcasts with the inputs."""
        return self._spread(self.input_mean, "adapt_mean")

    @property
    def variance(self):
        """The variance, in a shape that broadcasts with the inputs."""
        return self._spread(self.input_variance, "adapt_variance")

    def _spread(self, given, learned: str):
        if not self.built:
            return None
        if given is None:
            return ops.reshape(getattr(self, learned), self.spread)
        sizes = [self.spread[axis] for axis in self.kept]
        values = np.broadcast_to(np.asarray(given, "float64"), sizes)
        return ops.convert_to_tensor(values.reshape(self.spread), self.compute_dtype)

    def call(self, inputs):
        x = ops.cast(inputs, self.compute_dtype)
        scale = ops.maximum(ops.sqrt(self.variance), config.epsilon())
        return x * scale + self.mean if self.invert else (x - self.mean) / scale

    def get_config(self):
        """Returns the arguments; mean and variance as given, not as learned."""
        given = {"mean": self.input_mean, "variance": self.input_variance}
        plain = {
            k: v if v is None else np.asarray(v).tolist() for k, v in given.items()
        }
        return {**super().get_config(), **plain}
