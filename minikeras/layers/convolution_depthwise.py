"""Depthwise and separable convolution: each channel has kernels of its own.

A depthwise convolution looks at space, but never mixes channels; a separable one mixes
them afterwards, in each position by itself. (Chollet, "Xception", 2017)
"""

from .. import ops
from ..utils import checks
from .convolution import Windowed, in_dimensions
from .layer import LAYERS


class DepthwiseConvolution(Windowed):
    """Common to DepthwiseConv1D and DepthwiseConv2D."""

    def __init__(
        self,
        kernel_size,
        strides=1,
        padding="valid",
        depth_multiplier=1,
        data_format=None,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        depthwise_initializer="glorot_uniform",
        bias_initializer="zeros",
        depthwise_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        depthwise_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.depth_multiplier = checks.positive_int(
            self, depth_multiplier=depth_multiplier
        )
        self.keep_window(kernel_size, strides, padding, data_format, dilation_rate)
        self.keep_options(
            activation,
            use_bias,
            depthwise_initializer=depthwise_initializer,
            bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            bias_regularizer=bias_regularizer,
            depthwise_constraint=depthwise_constraint,
            bias_constraint=bias_constraint,
        )

    def build(self, input_shape):
        channels = self.read_channels(input_shape)
        self.check_fit(input_shape)
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, channels, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            name="kernel",
        )
        self.add_bias(channels * self.depth_multiplier)

    def call(self, inputs):
        inputs, window = self.window(inputs)
        return self.finish(ops.depthwise_conv(inputs, self.kernel, **window))


@LAYERS.register()
class DepthwiseConv1D(DepthwiseConvolution):
    """Slides kernels along each channel of a sequence by itself.

    y[t, c * m + k] = activation(bias[c * m + k] + sum over i of
        x[t * stride + i * dilation, c] * kernel[i, c, k])

    Args:
        kernel_size: Length of the window, a positive int.
        strides: How far the window moves at each step.
        padding: "valid", "same" or "causal": see `Conv1D`.
        depth_multiplier: Number m of kernels, and so of outputs, per channel.
        data_format: "channels_last" or "channels_first".
        dilation_rate: Distance between the inputs under a window.
        activation: Name or function; None leaves the sum as it is.
        use_bias: Whether a bias is added.
        depthwise_initializer, bias_initializer: How the weights start.
        depthwise_regularizer, bias_regularizer: Penalties on the weights.
        activity_regularizer: Penalty on the output.
        depthwise_constraint, bias_constraint: Projections after each update.

    Shape: (batch, steps, channels) -> (batch, new steps, channels * depth_multiplier)

    >>> import numpy as np
    >>> DepthwiseConv1D(3, depth_multiplier=2)(np.ones((2, 10, 4))).shape
    (2, 8, 8)
    """

    rank = 1
    paddings = ("valid", "same", "causal")


@LAYERS.register()
class DepthwiseConv2D(DepthwiseConvolution):
    """Slides kernels over each channel of images by itself.

    Args: those of `DepthwiseConv1D`; sizes are ints or pairs (height, width), and
        padding is "valid" or "same".

    Shape: (batch, height, width, channels) ->
        (batch, new height, new width, channels * depth_multiplier)

    >>> import numpy as np
    >>> DepthwiseConv2D(3, padding="same")(np.ones((2, 8, 8, 4))).shape
    (2, 8, 8, 4)
    """

    rank = 2
    __init__ = in_dimensions(2, DepthwiseConvolution.__init__)


class SeparableConvolution(Windowed):
    """Common to SeparableConv1D and SeparableConv2D."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        depth_multiplier=1,
        activation=None,
        use_bias=True,
        depthwise_initializer="glorot_uniform",
        pointwise_initializer="glorot_uniform",
        bias_initializer="zeros",
        depthwise_regularizer=None,
        pointwise_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        depthwise_constraint=None,
        pointwise_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = checks.positive_int(self, filters=filters)
        self.depth_multiplier = checks.positive_int(
            self, depth_multiplier=depth_multiplier
        )
        self.keep_window(kernel_size, strides, padding, data_format, dilation_rate)
        self.keep_options(
            activation,
            use_bias,
            depthwise_initializer=depthwise_initializer,
            pointwise_initializer=pointwise_initializer,
            bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            pointwise_regularizer=pointwise_regularizer,
            bias_regularizer=bias_regularizer,
            depthwise_constraint=depthwise_constraint,
            pointwise_constraint=pointwise_constraint,
            bias_constraint=bias_constraint,
        )

    def build(self, input_shape):
        channels = self.read_channels(input_shape)
        self.check_fit(input_shape)
        size = channels * self.depth_multiplier
        self.depthwise_kernel = self._add_kernel(
            "depthwise", (*self.kernel_size, channels, self.depth_multiplier)
        )
        self.pointwise_kernel = self._add_kernel(
            "pointwise", (*(1,) * self.rank, size, self.filters)
        )
        self.add_bias(self.filters)

    def _add_kernel(self, which, shape):
        return self.add_weight(
            shape=shape,
            initializer=getattr(self, f"{which}_initializer"),
            regularizer=getattr(self, f"{which}_regularizer"),
            constraint=getattr(self, f"{which}_constraint"),
            name=f"{which}_kernel",
        )

    def call(self, inputs):
        inputs, window = self.window(inputs)
        outputs = ops.separable_conv(
            inputs, self.depthwise_kernel, self.pointwise_kernel, **window
        )
        return self.finish(outputs)


@LAYERS.register("SeparableConvolution1D")
class SeparableConv1D(SeparableConvolution):
    """Convolves each channel of a sequence by itself, then mixes the channels.

    Args: those of `DepthwiseConv1D`, without the activation in between, and
        filters: Number of output channels, a positive int.
        pointwise_initializer, pointwise_regularizer, pointwise_constraint: For the
            matrix that mixes the channels.

    Shape: (batch, steps, channels) -> (batch, new steps, filters)

    >>> import numpy as np
    >>> SeparableConv1D(8, 3)(np.ones((2, 10, 4))).shape
    (2, 8, 8)
    """

    rank = 1
    paddings = ("valid", "same", "causal")


@LAYERS.register("SeparableConvolution2D")
class SeparableConv2D(SeparableConvolution):
    """Convolves each channel of images by itself, then mixes the channels.

    With c channels it has k * k * c + c * filters weights, where `Conv2D` has
    k * k * c * filters.

    Args: those of `SeparableConv1D`; sizes are ints or pairs (height, width), and
        padding is "valid" or "same".

    Shape: (batch, height, width, channels) -> (batch, new height, new width, filters)

    >>> import numpy as np
    >>> SeparableConv2D(8, 3, padding="same")(np.ones((2, 8, 8, 4))).shape
    (2, 8, 8, 8)
    """

    rank = 2
    __init__ = in_dimensions(2, SeparableConvolution.__init__)
