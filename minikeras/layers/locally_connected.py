"""Locally connected layers: convolutions whose kernel differs from place to place.

Keras had them up to version 2. Where the background is always in the same place, as in
passport photographs, there is no reason to look for the same pattern everywhere.
"""

import math

from .. import ops
from ..ops.windows import windows
from ..utils import checks
from .convolution import Windowed, in_dimensions
from .layer import LAYERS


class LocallyConnected(Windowed):
    """Common to LocallyConnected1D and LocallyConnected2D."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        implementation=1,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = checks.positive_int(self, filters=filters)
        self.keep_window(kernel_size, strides, padding, data_format)
        self.implementation = checks.one_of(
            self, implementation=implementation, allowed=(1, 2, 3)
        )
        if self.padding == "same" and self.implementation == 1:
            must = "be 'valid' with implementation=1 (2 and 3 can do 'same')"
            checks.fail(self, "padding", padding, must, "valid")
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

    def build(self, input_shape):
        channels = self._channels = self.read_channels(input_shape)
        space = input_shape[self.first_axis : self.first_axis + self.rank]
        if None in space:
            raise ValueError(
                f"{checks.owner_name(self)}: every place has weights of its own, so "
                f"all sizes must be known, got input shape {tuple(input_shape)}."
            )
        self.check_fit(input_shape)
        self._space = self._output_space(space)
        self._margins = self._padding_for(space)
        window = math.prod(self.kernel_size) * channels
        shape = (math.prod(self._space), window, self.filters)
        self.kernel = self.add_weight(shape=shape, name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=(*self._space, self.filters), name="bias")
        self.input_spec.axes.update(enumerate(space, self.first_axis))

    def _output_space(self, space):
        if self.padding == "same":
            pairs = zip(space, self.strides, strict=True)
            return tuple(math.ceil(n / stride) for n, stride in pairs)
        triples = zip(space, self.kernel_size, self.strides, strict=True)
        return tuple((n - size) // stride + 1 for n, size, stride in triples)

    def _padding_for(self, space):
        """Zeros before and after each axis; what is odd goes behind."""
        if self.padding == "valid":
            return None
        totals = [
            max((m - 1) * stride + size - n, 0)
            for n, m, size, stride in zip(
                space, self._space, self.kernel_size, self.strides, strict=True
            )
        ]
        return self.around([(n // 2, n - n // 2) for n in totals], (0, 0))

    def call(self, inputs):
        if self._margins is not None:
            inputs = ops.pad(inputs, self._margins)
        sizes = self.around(self.kernel_size, self._channels)[1:]
        cut = windows(inputs, sizes=sizes, strides=self.around(self.strides, 1)[1:])
        rows = ops.reshape(cut, (-1, *self.kernel.shape[:2]))
        products = ops.matmul(ops.transpose(rows, (1, 0, 2)), self.kernel)
        outputs = ops.transpose(products, (1, 0, 2))
        shape = (-1, *self._space, self.filters)
        if self.data_format == "channels_first":
            outputs = ops.transpose(outputs, (0, 2, 1))
            shape = (-1, self.filters, *self._space)
        outputs = ops.reshape(outputs, shape)
        if self.bias is not None:  # Keras 2 reads it in this order, transposes nothing
            outputs = ops.add(outputs, ops.reshape(self.bias, shape[1:]))
        return outputs if self.activation is None else self.activation(outputs)


@LAYERS.register()
class LocallyConnected1D(LocallyConnected):
    """Like `Conv1D`, with weights of their own for each place.

    y[t, f] = activation(bias[t, f] + sum over i, c of
        x[t * stride + i, c] * kernel[t, i * channels + c, f])

    Args:
        filters: Number of outputs per place, a positive int.
        kernel_size: Length of the window, a positive int.
        strides: How far the window moves at each step.
        padding: "valid"; "same" with implementation 2 or 3.
        data_format: "channels_last" or "channels_first".
        activation: Name or function; None leaves the sum as it is.
        use_bias: Whether a bias is added.
        kernel_initializer, bias_initializer: How the weights start.
        kernel_regularizer, bias_regularizer: Penalties on the weights.
        activity_regularizer: Penalty on the output.
        kernel_constraint, bias_constraint: Projections after each update.
        implementation: 1, 2 or 3, as in Keras 2: all compute the same here, in the
            same way, from weights in the form of implementation 1.

    Shape: (batch, steps, channels) -> (batch, new steps, filters)

    >>> import numpy as np
    >>> LocallyConnected1D(8, 3)(np.ones((2, 10, 4))).shape
    (2, 8, 8)
    """

    rank = 1


@LAYERS.register()
class LocallyConnected2D(LocallyConnected):
    """Like `Conv2D`, with weights of their own for each place.

    Args: those of `LocallyConnected1D`; sizes are ints or pairs (height, width).

    Shape: (batch, height, width, channels) -> (batch, new height, new width, filters)

    >>> import numpy as np
    >>> LocallyConnected2D(8, 3)(np.ones((2, 6, 6, 4))).shape
    (2, 4, 4, 8)
    """

    rank = 2
    __init__ = in_dimensions(2, LocallyConnected.__init__)
