"""The cells: what a recurrent network does in one step.

Weights of several gates lie side by side in one matrix, in Keras's order: input,
forget, candidate, output for the LSTM; update, reset, candidate for the GRU.
"""

import functools

from .. import activations, ops
from ..ops.recurrent import gru_sequence, lstm_sequence, simple_rnn_sequence
from ..tensor.random import SeedGenerator
from ..utils import checks
from .layer import LAYERS
from .recurrent_cell import Cell, Gated, Remembering

__all__ = ["GRUCell", "LSTMCell", "SimpleRNNCell"]

FUSED = {  # what simple_rnn_sequence knows
    getattr(activations, name): name for name in ("tanh", "relu", "sigmoid", "linear")
}


@LAYERS.register()
class SimpleRNNCell(Cell):
    """One step of the plain recurrent network. (Elman, 1990)

    h' = activation(x @ kernel + h @ recurrent_kernel + bias)

    Args:
        units: Length of state and output, a positive int.
        activation: Name or function.
        use_bias: Whether a bias is added.
        kernel_initializer, recurrent_initializer, bias_initializer: How the weights
            start.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: Penalties.
        kernel_constraint, recurrent_constraint, bias_constraint: Projections after
            each update.
        dropout: Fraction of the inputs to drop while training, in [0, 1].
        recurrent_dropout: Fraction of the state to drop while training, in [0, 1].
        seed: Int that makes the dropout repeatable.

    Shape: (batch, features) and states (batch, units) -> (batch, units) and new states

    >>> import numpy as np
    >>> cell = SimpleRNNCell(4)
    >>> y, states = cell(np.ones((2, 3)), cell.get_initial_state(batch_size=2))
    >>> y.shape, len(states)
    ((2, 4), 1)
    """

    def __init__(
        self,
        units,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
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
        self.units = checks.positive_int(self, units=units)
        self.seed_generator = SeedGenerator(seed)  # before the initializers draw seeds
        self.keep(locals())

    def call(self, sequence, states, training=False):
        state = states[0] if isinstance(states, (list, tuple)) else states
        x_masks, h_masks = self._masks(sequence, state, training)
        z = self._projection(sequence, x_masks, self.kernel)
        z = z + self._projection(state, h_masks, self.recurrent_kernel)
        if self.bias is not None:
            z = z + self.bias
        output = self.activation(z)
        return output, [output] if isinstance(states, (list, tuple)) else output

    def _is_plain(self):
        return type(self).call is SimpleRNNCell.call and self.activation in FUSED

    def _sequence(self):
        return functools.partial(simple_rnn_sequence, activation=FUSED[self.activation])


@LAYERS.register()
class LSTMCell(Remembering, Gated):
    """One step of the LSTM. (Hochreiter and Schmidhuber, 1997; Gers et al., 2000)

    i, f, g, o = gates of x @ kernel + h @ recurrent_kernel + bias
    c' = sigmoid(f) * c + sigmoid(i) * tanh(g),  h' = sigmoid(o) * tanh(c')

    Args:
        units: Length of the two states and of the output, a positive int.
        activation: Name or function, in place of tanh.
        recurrent_activation: Name or function, in place of sigmoid.
        unit_forget_bias: Whether the bias of the forget gate starts at 1, which lets
            an untrained cell remember. (Jozefowicz et al., 2015)
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, dropout,
            recurrent_dropout, seed: See `SimpleRNNCell`; each gate has dropout masks
            of its own.

    Shape: (batch, features) and states [h, c] -> (batch, units) and [h', c']

    >>> import numpy as np
    >>> cell = LSTMCell(4)
    >>> y, states = cell(np.ones((2, 3)), cell.get_initial_state(batch_size=2))
    >>> y.shape, len(states)
    ((2, 4), 2)
    """

    num_gates = 4

    def __init__(
        self,
        units,
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
        self.units = checks.positive_int(self, units=units)
        self.keep(locals())

    @property
    def state_size(self):
        """The lengths of h and c."""
        return [self.units, self.units]

    def call(self, inputs, states, training=False):
        h, c = states
        x_masks, h_masks = self._masks(inputs, h, training)
        z = self._projection(inputs, x_masks, self.kernel)
        z = z + self._projection(h, h_masks, self.recurrent_kernel)
        if self.bias is not None:
            z = z + self.bias
        return self._remember(z, c)

    def _is_plain(self):
        return type(self).call is LSTMCell.call and self._has_usual_activations()

    def _sequence(self):
        return lstm_sequence


@LAYERS.register()
class GRUCell(Gated):
    """One step of the gated recurrent unit. (Cho et al., 2014)

    z, r = sigmoid of their gates of x @ kernel + h @ recurrent_kernel + bias
    n = tanh(x @ kernel_n + r * (h @ recurrent_kernel_n)),  h' = z * h + (1 - z) * n

    Args:
        units: Length of state and output, a positive int.
        activation: Name or function, in place of tanh.
        recurrent_activation: Name or function, in place of sigmoid.
        reset_after: Whether the reset gate r multiplies h @ recurrent_kernel, as
            above, with a bias of its own for that product; or h itself, before it.
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, dropout,
            recurrent_dropout, seed: See `SimpleRNNCell`; each gate has dropout masks
            of its own.

    Shape: (batch, features) and states [h] -> (batch, units) and [h']

    >>> import numpy as np
    >>> cell = GRUCell(4)
    >>> y, states = cell(np.ones((2, 3)), cell.get_initial_state(batch_size=2))
    >>> y.shape, len(states)
    ((2, 4), 1)
    """

    num_gates = 3

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        reset_after=True,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = checks.positive_int(self, units=units)
        self.keep(locals())

    def _bias_shape(self, width):
        return (2, width) if self.reset_after else (width,)

    def call(self, inputs, states, training=False):
        h = states[0] if isinstance(states, (list, tuple)) else states
        x_masks, h_masks = self._masks(inputs, h, training)
        x = self._projection(inputs, x_masks, self.kernel)
        if self.bias is not None:
            x = x + (self.bias[0] if self.reset_after else self.bias)
        recur = self._reset_after if self.reset_after else self._reset_before
        z, n = recur(x, h, h_masks)
        h = z * h + (1 - z) * n
        return h, [h] if isinstance(states, (list, tuple)) else h

    def _is_plain(self):
        return type(self).call is GRUCell.call and self._has_usual_activations()

    def _sequence(self):
        return functools.partial(gru_sequence, reset_after=self.reset_after)

    def _reset_after(self, x, h, masks):
        """Update gate and candidate; the reset gate meets h @ recurrent_kernel."""
        carried = self._projection(h, masks, self.recurrent_kernel)
        if self.bias is not None:
            carried = carried + self.bias[1]
        x_z, x_r, x_n = ops.split(x, 3, axis=-1)
        h_z, h_r, h_n = ops.split(carried, 3, axis=-1)
        z, r = (
            self.recurrent_activation(x_z + h_z),
            self.recurrent_activation(x_r + h_r),
        )
        return z, self.activation(x_n + r * h_n)

    def _reset_before(self, x, h, masks):
        """Update gate and candidate; the reset gate meets h itself."""
        units = self.units
        x_z, x_r, x_n = ops.split(x, 3, axis=-1)
        gates, candidate = ops.split(self.recurrent_kernel, [2 * units], axis=-1)
        carried = self._projection(h, masks and masks[:2], gates)
        h_z, h_r = ops.split(carried, 2, axis=-1)
        z, r = (
            self.recurrent_activation(x_z + h_z),
            self.recurrent_activation(x_r + h_r),
        )
        carried = self._projection(r * h, masks and masks[2:], candidate)
        return z, self.activation(x_n + carried)
