"""Layers that only Keras 1 and 2 had: gates, maxima of units, learned activations."""

from .. import activations, constraints, initializers, ops, regularizers
from ..utils import checks
from .input_spec import InputSpec
from .layer import LAYERS, Layer

__all__ = ["Highway", "MaxoutDense", "ParametricSoftplus", "SReLU"]


class WithKernel(Layer):
    """Base of dense layers: a kernel, perhaps a bias, and how they start and are kept.

    Args:
        use_bias: Whether a bias is added.
        kernel_initializer, bias_initializer: How the weights start.
        kernel_regularizer, bias_regularizer: Penalties on the weights.
        kernel_constraint, bias_constraint: What holds for the weights.
    """

    def __init__(
        self,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.use_bias = checks.boolean(self, use_bias=use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)


@LAYERS.register()
class Highway(WithKernel):
    """A dense layer whose input may pass it by; a gate decides, unit by unit.

    gate = sigmoid(x @ carry_kernel + carry_bias)
    y = gate * activation(x @ kernel + bias) + (1 - gate) * x

    Highway Networks, Srivastava et al., 2015, arXiv:1505.00387.

    Args:
        activation: Activation function; None for none.
        transform_bias: Start of the gate's bias; below 0 most of the input passes by.
        **kwargs: `use_bias`, `kernel_initializer` and their kin, as in `Dense`.
    """

    def __init__(self, activation=None, transform_bias=-2, **kwargs):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.transform_bias = transform_bias

    def build(self, input_shape):
        size = input_shape[-1]
        options = {
            "initializer": self.kernel_initializer,
            "regularizer": self.kernel_regularizer,
            "constraint": self.kernel_constraint,
        }
        self.kernel = self.add_weight((size, size), name="kernel")
        self.carry_kernel = self.add_weight(
            (size, size), name="carry_kernel", **options
        )
        self.bias = self.carry_bias = None
        if self.use_bias:
            self.bias = self.add_weight((size,), name="bias")
            start = initializers.Constant(self.transform_bias)
            self.carry_bias = self.add_weight((size,), start, name="carry_bias")

    def call(self, inputs):
        gate = ops.matmul(inputs, self.carry_kernel)
        new = ops.matmul(inputs, self.kernel)
        if self.use_bias:
            gate, new = gate + self.carry_bias, new + self.bias
        gate = ops.sigmoid(gate)
        return gate * self.activation(new) + (1 - gate) * inputs


@LAYERS.register()
class MaxoutDense(WithKernel):
    """The maximum of several dense layers, unit by unit: a learned convex activation.

    Maxout Networks, Goodfellow et al., 2013, arXiv:1302.4389.

    Args:
        units: Size of the output.
        pieces: How many dense layers the maximum is taken of.
        **kwargs: `use_bias`, `kernel_initializer` and their kin, as in `Dense`.
    """

    def __init__(self, units, pieces=4, **kwargs):
        super().__init__(**kwargs)
        self.units = checks.positive_int(self, units=units)
        self.pieces = checks.positive_int(self, pieces=pieces)

    def build(self, input_shape):
        shape = (self.pieces, input_shape[-1], self.units)
        self.kernel = self.add_weight(shape, name="kernel")
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight((self.pieces, self.units), name="bias")

    def call(self, inputs):
        pieces = ops.einsum("...i,kiu->...ku", inputs, self.kernel)
        return ops.max(pieces + self.bias if self.use_bias else pieces, axis=-2)


class LearnedActivation(Layer):
    """Base of activations with weights, one of each for every feature.

    Args:
        shared_axes: Axes, counted from 1, along which the weights are the same.
    """

    def __init__(self, shared_axes=None, **kwargs):
        super().__init__(**kwargs)
        if isinstance(shared_axes, int):
            shared_axes = [shared_axes]
        self.shared_axes = None if shared_axes is None else list(shared_axes)
        self.supports_masking = True

    def weight_shape(self, input_shape) -> tuple:
        """Returns the shape of each weight for an input's shape."""
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        return tuple(shape)


@LAYERS.register()
class ParametricSoftplus(LearnedActivation):
    """Softplus with a learned height and steepness.

    y = alpha * log(1 + exp(beta * x))

    Args:
        alpha_initializer, beta_initializer: How the weights start; numbers will do.
        shared_axes: Axes, counted from 1, along which the weights are the same.
    """

    def __init__(self, alpha_initializer=0.2, beta_initializer=5.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha_initializer = _start(alpha_initializer)
        self.beta_initializer = _start(beta_initializer)

    def build(self, input_shape):
        shape = self.weight_shape(input_shape)
        self.alpha = self.add_weight(shape, name="alpha")
        self.beta = self.add_weight(shape, name="beta")

    def call(self, inputs):
        return self.alpha * ops.softplus(self.beta * inputs)


@LAYERS.register()
class SReLU(LearnedActivation):
    """Three straight pieces whose thresholds and outer slopes are learned.

    y = left + left_slope * (x - left) where x < left
    y = x between left and right = left + |right_threshold|
    y = right + right_slope * (x - right) where x > right

    Deep Learning with S-shaped Rectified Linear Activation Units, Jin et al., 2015,
    arXiv:1512.07030.

    Args:
        left_threshold_initializer, left_slope_initializer: How the left piece starts.
        right_threshold_initializer, right_slope_initializer: How the right one does.
        shared_axes: Axes, counted from 1, along which the weights are the same.
    """

    def __init__(
        self,
        left_threshold_initializer="zeros",
        left_slope_initializer="glorot_uniform",
        right_threshold_initializer="glorot_uniform",
        right_slope_initializer="ones",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.left_threshold_initializer = _start(left_threshold_initializer)
        self.left_slope_initializer = _start(left_slope_initializer)
        self.right_threshold_initializer = _start(right_threshold_initializer)
        self.right_slope_initializer = _start(right_slope_initializer)

    def build(self, input_shape):
        shape = self.weight_shape(input_shape)
        self.left_threshold = self.add_weight(shape, name="left_threshold")
        self.left_slope = self.add_weight(shape, name="left_slope")
        self.right_threshold = self.add_weight(shape, name="right_threshold")
        self.right_slope = self.add_weight(shape, name="right_slope")

    def call(self, inputs):
        left = self.left_threshold
        right = left + ops.abs(self.right_threshold)
        below = self.left_slope * ops.minimum(inputs - left, 0.0)
        above = self.right_slope * ops.maximum(inputs - right, 0.0)
        return below + ops.minimum(ops.maximum(inputs, left), right) + above


def _start(value):
    """An initializer; a number is the value everywhere."""
    if isinstance(value, (int, float)):
        return initializers.Constant(value)
    return initializers.get(value)
