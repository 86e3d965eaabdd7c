"""What recurrent cells share: arguments, weights, dropout, the whole sequence."""

import numpy as np

from .. import activations, constraints, initializers, ops, regularizers
from ..tensor.random import SeedGenerator, drop
from ..utils import checks, configurable
from .layer import Layer

__all__ = ["Cell", "Gated", "Remembering", "arguments_for", "own_arguments"]

READERS = {
    "activation": activations.get,
    "initializer": initializers.get,
    "regularizer": regularizers.get,
    "constraint": constraints.get,
}


def own_arguments(target):
    """Returns the names of a layer's arguments without those of every layer."""
    general = configurable.argument_names(Layer)
    return [k for k in configurable.argument_names(target) if k not in general]


def arguments_for(target, given):
    """Returns those of some named values that a layer takes, and not every layer.

    >>> from minikeras.layers import SimpleRNNCell
    >>> arguments_for(SimpleRNNCell, {"name": "one", "units": 3})
    {'units': 3}
    """
    return {k: given[k] for k in own_arguments(target) if k in given}


class Cell(Layer):
    """Base of the cells: keeps the arguments, makes the weights, draws the dropout.

    A dropout mask is drawn at the first step and serves until it is reset, which `RNN`
    does before and after each sequence. (Gal and Ghahramani, 2016)

    Attributes:
        num_gates: How many matrices lie side by side in the kernels.
        num_masks: How many dropout masks there are, or 0 for one that is no list.
    """

    num_gates = 1
    num_masks = 0
    seed_generator = None
    _dropout_mask = None
    _recurrent_dropout_mask = None

    def keep(self, given):
        """Keeps the constructor's arguments, each under its own name."""
        for name, value in arguments_for(type(self), given).items():
            read = READERS.get(name.rpartition("_")[2])
            setattr(self, name, value if read is None else read(value))
        self.dropout = checks.rate(self, dropout=self.dropout)
        self.recurrent_dropout = checks.rate(
            self, recurrent_dropout=self.recurrent_dropout
        )
        if self.seed_generator is None:
            self.seed_generator = SeedGenerator(self.seed)

    @property
    def state_size(self):
        """The length of the state."""
        return self.units

    @property
    def output_size(self):
        """The length of the output."""
        return self.units

    def get_initial_state(self, batch_size=None):
        """Returns the zeros to start from, in a list."""
        sizes = self.state_size
        sizes = sizes if isinstance(sizes, list) else [sizes]
        return [ops.zeros((batch_size, n), dtype=self.compute_dtype) for n in sizes]

    # Weights --------------------------------------------------------------------------

    def build(self, input_shape):
        width = self.num_gates * self.units
        self.kernel = self.add_weight((input_shape[-1], width), name="kernel")
        self.recurrent_kernel = self.add_weight(
            (self.units, width),
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                self._bias_shape(width), name="bias", initializer=self._bias_start()
            )

    def _bias_shape(self, width):
        return (width,)

    def _bias_start(self):
        return self.bias_initializer

    # Dropout --------------------------------------------------------------------------

    def get_dropout_mask(self, step_input):
        """Returns the mask of the inputs: one for each gate, or a single one."""
        if self._dropout_mask is None and self.dropout > 0:
            self._dropout_mask = self._draw(step_input, self.dropout)
        return self._dropout_mask

    def get_recurrent_dropout_mask(self, step_input):
        """Returns the mask of the states: one for each gate, or a single one."""
        if self._recurrent_dropout_mask is None and self.recurrent_dropout > 0:
            rate = self.recurrent_dropout
            self._recurrent_dropout_mask = self._draw(step_input, rate)
        return self._recurrent_dropout_mask

    def _draw(self, like, rate):
        ones = ops.ones_like(like)
        masks = [
            drop(ones, rate, seed=self.seed_generator)
            for _ in range(self.num_masks or 1)
        ]
        return masks if self.num_masks else masks[0]

    def reset_dropout_mask(self):
        """Lets the next step draw another mask of the inputs."""
        self._dropout_mask = None

    def reset_recurrent_dropout_mask(self):
        """Lets the next step draw another mask of the states."""
        self._recurrent_dropout_mask = None

    def _masks(self, inputs, state, training):
        """The masks of inputs and states, one per gate; None where nothing drops."""
        if not training:
            return [None, None]
        masks = [self.get_dropout_mask(inputs), None]
        if self.recurrent_dropout > 0:
            masks[1] = self.get_recurrent_dropout_mask(state)
        return [m if m is None or self.num_masks else [m] for m in masks]

    def _projection(self, x, masks, kernel, product=ops.matmul, axis=-1):
        """x @ kernel; with dropout, each gate sees an x masked for it."""
        if masks is None:
            return product(x, kernel)
        parts = ops.split(kernel, len(masks), axis=-1)
        made = [product(x * m, k) for m, k in zip(masks, parts, strict=True)]
        return made[0] if len(made) == 1 else ops.concatenate(made, axis=axis)

    # The whole sequence ---------------------------------------------------------------

    def runs_whole(self, training):
        """Whether `over_time` can do what this cell does, training or not."""
        return self._is_plain() and not (training and self.recurrent_dropout > 0)

    def over_time(self, layer, sequences, states, mask, training):
        """Runs the whole sequence as one primitive, where there is one for this cell.

        Returns:
            The outputs that the layer wants, twice, and the last states; or None if
            only a loop over the steps can do it.
        """
        if not self.runs_whole(training):
            return None
        kernel = self.kernel
        if training and self.dropout > 0:
            masks, _ = self._masks(sequences[:, 0], None, training)
            sequences = ops.concatenate(
                [sequences * ops.expand_dims(m, 1) for m in masks], axis=-1
            )
            kernel = self._kernel_for_each(len(masks))
        outputs, *states = self._sequence()(
            sequences,
            *states,
            kernel,
            self.recurrent_kernel,
            self.bias,
            mask,
            go_backwards=layer.go_backwards,
            return_sequences=layer.return_sequences,
            zero_output_for_mask=layer.zero_output_for_mask,
        )
        return outputs, outputs, states

    def _kernel_for_each(self, count):
        """The kernel for as many inputs side by side as gates: each meets its own."""
        if count == 1:
            return self.kernel
        own = np.repeat(np.eye(count, dtype=self.compute_dtype), self.units, axis=1)
        blocks = ops.expand_dims(self.kernel, 0) * own[:, None]
        return ops.reshape(blocks, (-1, count * self.units))

    def _is_plain(self):
        """Whether the primitive computes what this cell does."""
        return False


class Gated(Cell):
    """Base of the cells with gates, each of which has a dropout mask of its own."""

    seed = None

    @property
    def num_masks(self):
        """As many masks as gates."""
        return self.num_gates

    def _has_usual_activations(self):
        usual = self.recurrent_activation is activations.sigmoid
        return usual and self.activation is activations.tanh


class Remembering:
    """What LSTM cells of all kinds share: the forget bias, and what the gates do."""

    def _bias_start(self):
        if not self.unit_forget_bias:
            return self.bias_initializer
        return self._remembering_bias

    def _remembering_bias(self, shape, dtype=None):
        """The bias of an untrained cell: ones at the forget gate."""
        units = shape[0] // 4
        first, others = (
            self.bias_initializer((n,), dtype=dtype) for n in (units, 2 * units)
        )
        return ops.concatenate([first, ops.ones((units,), dtype=dtype), others], axis=0)

    def _remember(self, z, c, axis=-1):
        """The output and the new states, given all gates and the old memory c."""
        i, f, g, o = ops.split(z, 4, axis=axis)
        gate, squash = self.recurrent_activation, self.activation
        c = gate(f) * c + gate(i) * squash(g)
        h = gate(o) * squash(c)
        return h, [h, c]
