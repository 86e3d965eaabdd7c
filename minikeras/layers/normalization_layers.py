"""Layers that bring activations to mean 0 and variance 1, or to length 1."""

import math
import warnings

import numpy as np

from .. import constraints, initializers, ops, regularizers
from ..ops.kernels.normalizing import normalize_columns
from ..ops.standardization import standardize
from ..tensor import Tensor
from ..utils import checks
from .input_spec import InputSpec
from .layer import LAYERS, Layer

LIMITS = ("rmax", "rmin", "dmax")
MUCH = 2**17  # numbers from which batch normalization works block by block


class Affine(Layer):
    """Base of the normalizations with a learned scale and offset: x * gamma + beta."""

    def __init__(
        self,
        epsilon,
        center,
        scale,
        beta_initializer,
        gamma_initializer,
        beta_regularizer,
        gamma_regularizer,
        beta_constraint,
        gamma_constraint,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.epsilon = checks.non_negative(self, epsilon=epsilon)
        self.center = center
        self.scale = scale
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.supports_masking = True

    def add_affine(self, input_shape, axes, center=True):
        """Makes gamma and beta.

        Args:
            input_shape: Shape of the inputs.
            axes: The axes whose sizes they have, none negative.
            center: Whether there can be a beta.
        """
        shape = tuple(input_shape[axis] for axis in axes)
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(shape=shape, name="gamma")
        if self.center and center:
            self.beta = self.add_weight(shape=shape, name="beta")
        self._aligned = _aligned_shape(input_shape, axes)

    def affine(self, x):
        """Returns x * gamma + beta, or as much of it as there is."""
        if self.gamma is not None:
            x = x * self.spread(self.gamma)
        return x if self.beta is None else x + self.spread(self.beta)

    def spread(self, weight):
        """Returns a weight in a shape that broadcasts against the inputs."""
        return ops.reshape(weight, self._aligned) if self._aligned else weight

    def scale_and_offset(self, shape, dtype):
        """Returns gamma and beta, or what is the same as not having them."""
        gamma = np.ones(shape, dtype) if self.gamma is None else self.gamma
        return gamma, np.zeros(shape, dtype) if self.beta is None else self.beta

    def widened(self, inputs):
        """Returns half precision inputs in float32, where sums keep their digits."""
        return ops.cast(inputs, "float32") if self._is_half else inputs

    @property
    def _is_half(self):
        return self.compute_dtype == "float16"

    def narrowed(self, outputs):
        """Returns the outputs in the compute dtype again."""
        return ops.cast(outputs, self.compute_dtype) if self._is_half else outputs


@LAYERS.register()
class BatchNormalization(Affine):
    """Normalizes each feature over the batch. (Ioffe & Szegedy, 2015)

    y = gamma * (x - mean) / sqrt(variance + epsilon) + beta

    While training, mean and variance are those of the batch, and two moving averages
    follow them: moving = moving * momentum + batch * (1 - momentum). Otherwise, and
    when `trainable` is False, the moving averages take their place.

    Args:
        axis: The feature axis; 1 after a channels_first convolution.
        momentum: How slowly the moving averages follow, in [0, 1].
        epsilon: Keeps the root away from 0.
        center, scale: Whether there are beta and gamma.
        beta_initializer, gamma_initializer, moving_mean_initializer,
            moving_variance_initializer: How the weights start.
        beta_regularizer, gamma_regularizer: Penalties.
        beta_constraint, gamma_constraint: Projections after each update.
        renorm: Whether to correct batch statistics towards slow moving ones, which
            helps with small batches (Ioffe, 2017).
        renorm_clipping: Dict with any of "rmax", "rmin", "dmax": bounds of the
            correction's factor and shift.
        renorm_momentum: As momentum, for the statistics of the correction.
        synchronized: Whether replicas share statistics; kept, there is one replica.

    Called with a `mask`, only the values it lets through count.

    Shape: same as the input.

    >>> import numpy as np
    >>> layer = BatchNormalization()
    >>> y = layer(np.array([[1.0], [3.0]]), training=True)
    >>> y.numpy().round(2).tolist()
    [[-1.0], [1.0]]
    >>> print(layer.moving_mean.numpy().round(4))
    [0.02]
    """

    def __init__(
        self,
        axis=-1,
        momentum=0.99,
        epsilon=0.001,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        moving_mean_initializer="zeros",
        moving_variance_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        renorm=False,
        renorm_clipping=None,
        renorm_momentum=0.99,
        synchronized=False,
        **kwargs,
    ):
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        self.axis = checks.integer(self, axis=axis)
        self.momentum = checks.in_range(self, 0, 1, momentum=momentum)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.synchronized = synchronized
        self.renorm = renorm
        self.renorm_clipping = _checked_clipping(self, renorm_clipping)
        self.renorm_momentum = checks.in_range(
            self, 0, 1, renorm_momentum=renorm_momentum
        )

    def build(self, input_shape):
        ndim = len(input_shape)
        feature = checks.axis(self, ndim, axis=self.axis) % ndim
        shape = (input_shape[feature],)
        self._reduced = tuple(axis for axis in range(ndim) if axis != feature)
        self.add_affine(input_shape, (feature,))
        self.moving_mean = self._add_statistic("moving_mean", shape)
        self.moving_variance = self._add_statistic("moving_variance", shape)
        if self.renorm:
            mean, stddev = self.moving_mean_initializer, self._first_stddev
            self.moving_stddev = self._add_statistic("moving_stddev", shape, stddev)
            self.renorm_mean = self._add_statistic("renorm_mean", shape, mean)
            self.renorm_stddev = self._add_statistic("renorm_stddev", shape, stddev)
        self.input_spec = InputSpec(ndim=ndim, axes={feature: shape[0]})

    def _add_statistic(self, name, shape, initializer=None):
        return self.add_weight(
            shape=shape,
            name=name,
            initializer=initializer,
            trainable=False,
            autocast=False,
        )

    def _first_stddev(self, shape, dtype=None):
        return ops.sqrt(self.moving_variance_initializer(shape, dtype))

    def compute_output_shape(self, input_shape):
        """Returns the shape of the input."""
        return input_shape

    def call(self, inputs, training=None, mask=None):
        x = self.widened(inputs)
        if not (training and self.trainable):
            return self.narrowed(
                ops.batch_normalization(
                    x,
                    self.moving_mean,
                    self.moving_variance,
                    self.axis,
                    offset=self.beta,
                    scale=self.gamma,
                    epsilon=self.epsilon,
                )
            )
        if mask is None and self._is_for_blocks(x):
            weights = self.scale_and_offset(self.moving_mean.shape, x.dtype)
            y, mean, variance = normalize_columns(x, *weights, epsilon=self.epsilon)
            self._follow(mean, variance)
            return self.narrowed(y)
        x, mean, variance = self._standardized(x, mask)
        self._follow(mean, variance)
        if self.renorm:
            x = self._corrected(x, mean, variance)
        return self.narrowed(self.affine(x))

    def _is_for_blocks(self, x):
        """Whether the kernel for much data in columns is faster, and does it all."""
        is_plain = self._aligned is None and not self.renorm
        return is_plain and type(x) is Tensor and x.array.size >= MUCH

    def _standardized(self, x, mask):
        """Returns x with mean 0 and variance 1, and what mean and variance it had."""
        if mask is None:
            return standardize(x, axis=self._reduced, epsilon=self.epsilon)
        mean, variance = self._masked_moments(x, mask)
        x = ops.batch_normalization(x, mean, variance, self.axis, epsilon=self.epsilon)
        return x, mean, variance

    def _masked_moments(self, x, mask):
        """Mean and variance of the values that the mask lets through."""
        pairs = zip(mask.shape, x.shape, strict=False)
        if any(m not in (n, 1, None) and n is not None for m, n in pairs):
            raise ValueError(
                f"{checks.owner_name(self)}: mask must have the inputs' first axes, "
                f"got shape {tuple(mask.shape)} for inputs of shape {tuple(x.shape)}."
            )
        extra = tuple(range(len(mask.shape), len(x.shape)))
        mask = ops.expand_dims(mask, extra) if extra else mask
        weight = ops.ones_like(x) * ops.cast(mask, x.dtype)
        count = ops.sum(weight, self._reduced, keepdims=True) + 1e-7
        mean = ops.sum(weight * x, self._reduced, keepdims=True) / count
        square = ops.square(x - mean)
        variance = ops.sum(weight * square, self._reduced, keepdims=True) / count
        return ops.squeeze(mean, self._reduced), ops.squeeze(variance, self._reduced)

    def _follow(self, mean, variance):
        """Moves the moving averages towards the statistics of this batch."""
        mean, variance = ops.stop_gradient(mean), ops.stop_gradient(variance)
        if not self.renorm:
            _move(self.moving_variance, variance, self.momentum)
        else:
            stddev = ops.sqrt(variance + self.epsilon)
            _move(self.moving_stddev, stddev, self.momentum)
            square = ops.square(self.moving_stddev) - self.epsilon
            self.moving_variance.assign(ops.maximum(square, 0))
        _move(self.moving_mean, mean, self.momentum)

    def _corrected(self, x, mean, variance):
        """Returns x * r + d: towards the slow statistics, which then move on."""
        mean = ops.stop_gradient(mean)
        stddev = ops.stop_gradient(ops.sqrt(variance + self.epsilon))
        limits = self.renorm_clipping or {}
        r = stddev / self.renorm_stddev
        r = ops.clip(r, limits.get("rmin", 0.0), limits.get("rmax", math.inf))
        d = (mean - self.renorm_mean) / self.renorm_stddev
        reach = limits.get("dmax", math.inf)
        d = ops.clip(d, -reach, reach)
        _move(self.renorm_mean, mean, self.renorm_momentum)
        _move(self.renorm_stddev, stddev, self.renorm_momentum)
        return x * self.spread(r) + self.spread(d)


def _move(variable, value, momentum):
    variable.assign(variable * momentum + value * (1 - momentum))


def _checked_clipping(layer, clipping):
    if clipping is None:
        return None
    if not isinstance(clipping, dict) or not set(clipping) <= set(LIMITS):
        must = "be a dict with any of 'rmax', 'rmin', 'dmax'"
        checks.fail(layer, "renorm_clipping", clipping, must, {"rmax": 3.0})
    if clipping.get("rmax", math.inf) < clipping.get("rmin", 0.0):
        checks.fail(layer, "renorm_clipping", clipping, "have rmax above rmin")
    if clipping.get("dmax", 0.0) < 0:
        checks.fail(layer, "renorm_clipping", clipping, "have a dmax of 0 or more")
    return clipping


@LAYERS.register()
class LayerNormalization(Affine):
    """Normalizes each sample over its features. (Ba et al., 2016)

    y = gamma * (x - mean) / sqrt(variance + epsilon) + beta

    Args:
        axis: Axis or axes over which mean and variance are taken; gamma and beta have
            their sizes.
        epsilon: Keeps the root away from 0.
        center, scale: Whether there are beta and gamma.
        beta_initializer, gamma_initializer: How the weights start.
        beta_regularizer, gamma_regularizer: Penalties.
        beta_constraint, gamma_constraint: Projections after each update.

    Shape: same as the input.

    >>> import numpy as np
    >>> LayerNormalization()(np.array([[1.0, 3.0]])).numpy().round(2).tolist()
    [[-1.0, 1.0]]
    """

    def __init__(
        self,
        axis=-1,
        epsilon=0.001,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        **kwargs,
    ):
        rms_scaling = kwargs.pop("rms_scaling", False)
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        self.axis = _axis_or_list(self, axis)
        self.rms_scaling = rms_scaling
        if rms_scaling:
            warnings.warn(
                "LayerNormalization(rms_scaling=True) is deprecated. "
                "Try RMSNormalization().",
                DeprecationWarning,
                stacklevel=2,
            )

    def build(self, input_shape):
        if isinstance(self.axis, int):
            self.axis = [self.axis]
        ndim = len(input_shape)
        axes = [axis % ndim for axis in checks.axis(self, ndim, axis=self.axis)]
        self.add_affine(input_shape, axes, center=not self.rms_scaling)

    def call(self, inputs):
        x, axes = self.widened(inputs), tuple(self.axis)
        if self.rms_scaling:
            variance = ops.var(x, axis=axes, keepdims=True)
            x = x * ops.rsqrt(variance + self.epsilon)
        else:
            x, _, _ = standardize(x, axis=axes, epsilon=self.epsilon)
        return self.narrowed(self.affine(x))

    def get_config(self):
        """Returns the config, with the old switch that files still carry."""
        return {**super().get_config(), "rms_scaling": self.rms_scaling}


@LAYERS.register()
class RMSNormalization(Layer):
    """Divides by the root of the mean square. (Zhang & Sennrich, 2019)

    y = x / sqrt(mean(x ** 2) + epsilon) * scale

    Args:
        axis: Axis or axes over which the mean is taken; scale has their sizes.
        epsilon: Keeps the root away from 0.

    Shape: same as the input.

    >>> import numpy as np
    >>> RMSNormalization()(np.array([[3.0, 3.0]])).numpy().round(2).tolist()
    [[1.0, 1.0]]
    """

    def __init__(self, axis=-1, epsilon=1e-6, **kwargs):
        super().__init__(**kwargs)
        self.axis = _axis_or_list(self, axis)
        self.epsilon = checks.non_negative(self, epsilon=epsilon)

    def build(self, input_shape):
        ndim = len(input_shape)
        self.axis = self.axis if isinstance(self.axis, list) else [self.axis]
        axes = sorted(axis % ndim for axis in checks.axis(self, ndim, axis=self.axis))
        shape = tuple(input_shape[axis] for axis in axes)
        self.scale = self.add_weight(shape=shape, name="scale", initializer="ones")
        self._aligned = _aligned_shape(input_shape, axes)

    def call(self, x):
        scale = self.scale
        if self._aligned:
            scale = ops.reshape(scale, self._aligned)
        return ops.rms_normalization(
            x, scale=scale, axis=self.axis, epsilon=self.epsilon
        )


@LAYERS.register()
class UnitNormalization(Layer):
    """Scales each sample to length 1.

    y = x / sqrt(sum(x ** 2))

    Args:
        axis: Axis or axes over which the length is taken.

    Shape: same as the input.

    >>> import numpy as np
    >>> print(UnitNormalization()(np.array([[3.0, 4.0]])).numpy().round(2))
    [[0.6 0.8]]
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = _axis_or_list(self, axis)
        self.supports_masking = True
        self.built = True

    def call(self, inputs):
        return ops.normalize(inputs, axis=self.axis, order=2, epsilon=1e-12)


def _aligned_shape(input_shape, axes):
    """The shape in which weights over these axes broadcast; None if they do already."""
    ndim = len(input_shape)
    if tuple(axes) == tuple(range(ndim - len(axes), ndim)):
        return None
    return tuple(input_shape[axis] if axis in axes else 1 for axis in range(ndim))


def _axis_or_list(layer, axis):
    """Returns an axis as an int, several as a list, which is how files have them."""
    axis = checks.axis(layer, axis=axis)
    return list(axis) if isinstance(axis, tuple) else axis
