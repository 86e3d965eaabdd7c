"""Transposed convolution: from few positions to many, the way a convolution goes back.

What `ConvND` does to shapes and gradients, these do the other way round: each input
value puts a scaled copy of the kernel into the output.
"""

from .. import ops
from ..utils import checks
from .convolution import Windowed, in_dimensions
from .layer import LAYERS


class ConvolutionTranspose(Windowed):
    """Common to Conv1DTranspose, Conv2DTranspose and Conv3DTranspose."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        output_padding=None,
        data_format=None,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = checks.positive_int(self, filters=filters)
        self.keep_window(kernel_size, strides, padding, data_format, dilation_rate)
        self.refuse_dilated_strides()
        self.output_padding = self._checked(output_padding)
        self.keep_options(
            activation,
            use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )

    def _checked(self, output_padding):
        more = checks.int_or_tuple(
            self, self.rank, least=0, allow_none=True, output_padding=output_padding
        )
        pairs = zip(more or (), self.strides, strict=False)
        if any(extra >= stride for extra, stride in pairs):
            must = f"be below strides={self.strides}"
            fits = tuple(stride - 1 for stride in self.strides)
            checks.fail(self, "output_padding", output_padding, must, fits)
        return more

    def build(self, input_shape):
        channels = self.read_channels(input_shape)
        shape = (*self.kernel_size, self.filters, channels)
        self.kernel = self.add_weight(shape=shape, name="kernel")
        self.add_bias(self.filters)

    def call(self, inputs):
        inputs, window = self.window(inputs)
        window["output_padding"] = self.output_padding
        return self.finish(ops.conv_transpose(inputs, self.kernel, **window))


@LAYERS.register("Convolution1DTranspose")
class Conv1DTranspose(ConvolutionTranspose):
    """Stretches a sequence: the transpose of `Conv1D`.

    Along an axis of n positions, the output has (n - 1) * stride + span (at least
    n * stride) with padding "valid" and n * stride with "same", where span is
    (kernel_size - 1) * dilation_rate + 1.

    Args:
        filters: Number of output channels, a positive int.
        kernel_size: Length of the kernel.
        strides: Distance between the copies of the kernel in the output.
        padding: "valid", or "same" for an output `strides` times as long.
        output_padding: Elements added at one end, which settles the output size: it is
            (n - 1) * stride + span - 2 * cut + output_padding, where cut is 0 for
            "valid" and span // 2 for "same"; below `strides`. None: see above.
        data_format: "channels_last" or "channels_first".
        dilation_rate: Distance between the elements of the kernel.
        activation: Name or function; None leaves the sum as it is.
        use_bias: Whether a bias is added.
        kernel_initializer, bias_initializer: How the weights start.
        kernel_regularizer, bias_regularizer: Penalties on the weights.
        activity_regularizer: Penalty on the output.
        kernel_constraint, bias_constraint: Projections after each update.

    Shape: (batch, steps, channels) -> (batch, new steps, filters)

    >>> import numpy as np
    >>> Conv1DTranspose(8, 3, strides=2)(np.ones((2, 10, 4))).shape
    (2, 21, 8)
    """

    rank = 1


@LAYERS.register("Convolution2DTranspose")
class Conv2DTranspose(ConvolutionTranspose):
    """Enlarges images by learned kernels: the transpose of `Conv2D`.

    Args: those of `Conv1DTranspose`; sizes are ints or pairs (height, width).

    Shape: (batch, height, width, channels) -> (batch, new height, new width, filters)

    >>> import numpy as np
    >>> Conv2DTranspose(8, 3, strides=2, padding="same")(np.ones((2, 7, 7, 4))).shape
    (2, 14, 14, 8)
    """

    rank = 2
    __init__ = in_dimensions(2, ConvolutionTranspose.__init__)


@LAYERS.register("Convolution3DTranspose")
class Conv3DTranspose(ConvolutionTranspose):
    """Enlarges volumes by learned kernels: the transpose of `Conv3D`.

    Args: those of `Conv1DTranspose`; sizes are ints or triples. By position,
        data_format comes before output_padding here, as in Keras.

    Shape: (batch, a, b, c, channels) -> (batch, new a, new b, new c, filters)

    >>> import numpy as np
    >>> Conv3DTranspose(2, 2, strides=2)(np.ones((1, 3, 3, 3, 1))).shape
    (1, 6, 6, 6, 2)
    """

    rank = 3

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1, 1),
        padding="valid",
        data_format=None,
        output_padding=None,
        dilation_rate=(1, 1, 1),
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            output_padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            **kwargs,
        )
