"""ConvLSTM1D, 2D, 3D: LSTMs whose states are pictures and whose products convolve."""

from .. import ops
from ..tensor import KerasTensor, any_symbolic, no_history
from ..tensor.random import SeedGenerator
from ..utils import checks
from .data_format import standardize_data_format
from .layer import LAYERS
from .recurrent_cell import Cell, Remembering
from .recurrent_layers import CellLayer

__all__ = ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]


class ConvLSTMCell(Remembering, Cell):
    """One step of a ConvLSTM, for pictures of any rank: see `ConvLSTM2D`."""

    num_gates = 4
    num_masks = 4
    state_size = (-1, -1)  # h and c; how large they are, the input tells
    output_size = -1

    def __init__(
        self,
        rank,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        unit_forget_bias=True,
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.seed_generator = SeedGenerator(seed)  # before the initializers draw seeds
        self.keep(locals())
        self.filters = checks.positive_int(self, filters=filters)
        self.kernel_size = checks.int_or_tuple(self, rank, kernel_size=kernel_size)
        self.strides = checks.int_or_tuple(self, rank, strides=strides)
        self.dilation_rate = checks.int_or_tuple(
            self, rank, dilation_rate=dilation_rate
        )
        self.padding = checks.one_of(self, ("valid", "same"), padding=padding)
        self.data_format = standardize_data_format(self, data_format)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{checks.owner_name(self)}: strides and dilation_rate cannot both be "
                f"above 1, got {self.strides} and {self.dilation_rate}."
            )

    @property
    def _channels(self):
        return 1 if self.data_format == "channels_first" else self.rank + 1

    def build(self, input_shape):
        width = 4 * self.filters
        channels = input_shape[self._channels]
        if channels is None:
            checks.fail(self, "input_shape", input_shape, "have a known channel axis")
        self.kernel = self.add_weight(
            (*self.kernel_size, channels, width), name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            (*self.kernel_size, self.filters, width),
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (width,), name="bias", initializer=self._bias_start()
            )

    def see(self, x, kernel):
        """Convolves the input."""
        return ops.conv(
            x,
            kernel,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
        )

    def _look_back(self, h, kernel):
        """Convolves the state, whose size stays."""
        return ops.conv(h, kernel, 1, "same", self.data_format)

    def call(self, inputs, states, training=False):
        h, c = states
        axis = self._channels
        x_masks, h_masks = self._masks(inputs, h, training)
        z = self._projection(inputs, x_masks, self.kernel, self.see, axis)
        z = z + self._projection(
            h, h_masks, self.recurrent_kernel, self._look_back, axis
        )
        if self.bias is not None:
            shape = [1] * (self.rank + 2)
            shape[axis] = -1
            z = z + ops.reshape(self.bias, shape)
        return self._remember(z, c, axis)


class ConvLSTM(CellLayer):
    """Base of the ConvLSTMs of every rank."""

    cell_class = ConvLSTMCell
    cell_name = "conv_lstm_cell"

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        unit_forget_bias=True,
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        **kwargs,
    ):
        self.input_rank = self.rank + 3
        self.set_up({**locals(), "rank": self.rank}, kwargs)

    def build(self, sequences_shape, initial_state_shape=None):
        self._picture_shape = tuple(sequences_shape[2:])
        super().build(sequences_shape, initial_state_shape)

    def _state_shape(self, step_shape):
        """The shape of the states for the pictures of one step."""
        with no_history():
            seen = self.cell.see(KerasTensor(step_shape), self.cell.kernel)
        shape = list(seen.shape)
        shape[self.cell._channels] = self.filters
        return tuple(shape)

    def get_initial_state(self, batch_size):
        """Returns zeros for h and c, as large as what the convolution leaves."""
        shape = self._state_shape((batch_size, *self._picture_shape))
        if None in shape:
            checks.fail(self, "input shape", shape, "be known before states are made")
        return [ops.zeros(shape, dtype=self.compute_dtype) for _ in range(2)]

    def _zeros(self, sequences):
        step_shape = (sequences.shape[0], *sequences.shape[2:])
        shape = self._state_shape(step_shape)
        if any_symbolic(sequences):
            return [KerasTensor(shape, self.compute_dtype) for _ in range(2)]
        return [ops.zeros(shape, dtype=self.compute_dtype) for _ in range(2)]


@LAYERS.register()
class ConvLSTM1D(ConvLSTM):
    """An LSTM over sequences of rows of features; see `ConvLSTM2D`.

    Shape: (batch, steps, length, channels) -> (batch, new length, filters)
    """

    rank = 1


@LAYERS.register()
class ConvLSTM2D(ConvLSTM):
    """An LSTM over films: each product with a kernel is a convolution.

    i, f, o = sigmoid, g = tanh of conv(x[t], kernel) + conv(h[t - 1], recurrent_kernel)
    c[t] = f * c[t - 1] + i * g,  h[t] = o * tanh(c[t])      (Shi et al., 2015)

    Args:
        filters: Number of channels of the states and the output, a positive int.
        kernel_size: Height and width of the kernels, an int or a pair.
        strides: Steps of the convolution of the input.
        padding: "valid" or "same", for the convolution of the input; that of the
            state is always "same".
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Gaps of the input's kernel; not together with strides.
        activation, recurrent_activation, use_bias, kernel_initializer,
            recurrent_initializer, bias_initializer, unit_forget_bias,
            kernel_regularizer, recurrent_regularizer, bias_regularizer,
            activity_regularizer, kernel_constraint, recurrent_constraint,
            bias_constraint, dropout, recurrent_dropout, seed: See `LSTM`.
        return_sequences, return_state, go_backwards, stateful: See `RNN`.

    Shape: (batch, steps, rows, columns, channels) -> (batch, new rows, new columns,
    filters), with a time axis after the first for return_sequences

    >>> import numpy as np
    >>> ConvLSTM2D(4, kernel_size=3)(np.ones((2, 5, 8, 8, 1))).shape
    (2, 6, 6, 4)
    """

    rank = 2


@LAYERS.register()
class ConvLSTM3D(ConvLSTM):
    """An LSTM over sequences of volumes; see `ConvLSTM2D`.

    Shape: (batch, steps, planes, rows, columns, channels) -> (batch, new planes, new
    rows, new columns, filters)
    """

    rank = 3
