"""`RNN`: a cell carried along the time axis.

A cell knows one step, `call(inputs, states) -> (output, new states)`, and its
`state_size`. A cell that also knows a whole sequence at once (`over_time`) is asked
first: one fused primitive is many times faster than a loop, and gives the same numbers.
"""

from .. import ops
from ..tensor import KerasTensor, Variable, any_symbolic
from ..utils import checks, tree
from .input_spec import InputSpec
from .layer import LAYERS, Layer
from .recurrent_stack import StackedRNNCells, initial_state_of, step_of

__all__ = ["RNN"]


class _Memory:
    """The variables of a stateful layer, out of sight of `weights` and files."""

    __slots__ = ("variables",)

    def __init__(self, states):
        def variable(x):
            return Variable(x, trainable=False, dtype=x.dtype.name, name="rnn_state")

        self.variables = tree.map_structure(variable, states)


@LAYERS.register()
class RNN(Layer):
    """Carries a cell along a sequence.

    output[t], state[t] = cell(x[t], state[t - 1])

    Args:
        cell: A cell, or a list of cells to stack. A cell of your own is a layer with
            `call(inputs, states)`, which returns the output and the list of new
            states, and a `state_size`: an int, or a list of ints for several states.
            `output_size` and `get_initial_state(batch_size)` are optional.
        return_sequences: Whether all outputs are returned, not only the last.
        return_state: Whether the last states are returned too, after the output.
        go_backwards: Whether the sequence is read from its end. The outputs come in
            the order in which they were made.
        stateful: Whether each batch starts from the states in which the last one
            ended, sample by sample; needs a fixed batch size.
        unroll: Accepted for compiled backends. Every value gives the same numbers.
        zero_output_for_mask: Whether masked steps give zeros, not the output before.

    Call arguments: `initial_state`, a list of states to start from; `mask` (batch,
    steps), False where a step leaves states and output as they are; `training`.

    Shape: (batch, steps, ...) -> (batch, units), or (batch, steps, units)

    >>> import numpy as np
    >>> class Sum(Layer):
    ...     state_size = 3
    ...     def call(self, inputs, states):
    ...         return inputs + states[0], [inputs + states[0]]
    >>> RNN(Sum())(np.ones((2, 5, 3))).numpy()[0].tolist()
    [5.0, 5.0, 5.0]
    """

    _memory = None

    def __init__(
        self,
        cell,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        zero_output_for_mask=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell, dtype=self.dtype_policy)
        for wanted in ("call", "state_size"):
            if not hasattr(cell, wanted):
                checks.fail(self, "cell", cell, f"have {wanted!r}")
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=3)

    @property
    def state_size(self):
        """The cell's state sizes, in a list."""
        size = self.cell.state_size
        return list(size) if tree.is_nested(size) else [size]

    @property
    def states(self):
        """The variables that keep the states between batches; None unless stateful."""
        return None if self._memory is None else self._memory.variables

    def build(self, sequences_shape, initial_state_shape=None):
        step_shape = (sequences_shape[0], *sequences_shape[2:])
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build(step_shape)
        if self.stateful and self.states is None:
            self._remember(tuple(sequences_shape))

    def _remember(self, shape):
        """Makes the variables that keep the states."""
        if shape[0] is None:
            raise ValueError(
                f"{checks.owner_name(self)}: stateful=True needs a fixed batch size, "
                f"got sequences of shape {shape}. Try Input(batch_shape=(32, "
                f"{', '.join(map(str, shape[1:]))}))."
            )
        self._memory = _Memory(self.get_initial_state(shape[0]))

    def get_initial_state(self, batch_size):
        """Returns the zeros that the cell starts from, in a list."""
        return initial_state_of(self.cell, batch_size)

    def reset_state(self):
        """Sets the states of a stateful layer to zero."""
        for state in tree.flatten(self.states or []):
            state.assign(ops.zeros_like(state))

    def reset_states(self):
        """The same as `reset_state`."""
        self.reset_state()

    # Calling --------------------------------------------------------------------------

    def call(self, sequences, initial_state=None, mask=None, training=False):
        mask = tree.flatten(mask)[0]
        self._check(sequences, mask)
        states = self._start(sequences, initial_state)
        last, outputs, states = self.inner_loop(sequences, states, mask, training)
        if self.stateful and not any_symbolic(states):
            tree.map_structure(lambda s, new: s.assign(new), self.states, states)
        result = outputs if self.return_sequences else last
        return (result, *states) if self.return_state else result

    def _check(self, sequences, mask):
        """Refuses sequences without steps and masks that do not fit."""
        shape = tuple(sequences.shape)
        if shape[1] == 0:
            raise ValueError(
                f"{checks.owner_name(self)}: a sequence needs at least one step, got "
                f"shape {shape}."
            )
        if mask is None:
            return
        given = tuple(mask.shape)
        pairs = zip(given, shape[:2], strict=False)
        if len(given) != 2 or any(m != n and None not in (m, n) for m, n in pairs):
            raise ValueError(
                f"{checks.owner_name(self)}: mask must have shape (batch, steps) = "
                f"{shape[:2]} for sequences of shape {shape}, got {given}."
            )

    def _start(self, sequences, given):
        """The states before the first step, in the compute dtype."""
        batch = sequences.shape[0]
        if given is not None:
            given = list(given) if tree.is_nested(given) else [given]
            states = given
        elif self.stateful:
            states = tree.map_structure(lambda s: s.value, self.states)
        else:
            states = self._zeros(sequences)
        states = tree.map_structure(self._cast_state, states)
        self._check_states(states, batch)
        return states

    def _zeros(self, sequences):
        """The states that nobody gave, for sequences with values or without."""
        batch = sequences.shape[0]
        if not any_symbolic(sequences):
            return self.get_initial_state(batch)
        return tree.map_structure(
            lambda x: KerasTensor((batch, *x.shape[1:]), x.dtype.name),
            self.get_initial_state(1),
        )

    def _cast_state(self, x):
        if not hasattr(x, "shape"):
            x = ops.convert_to_tensor(x)
        return (
            x if str(x.dtype) == self.compute_dtype else ops.cast(x, self.compute_dtype)
        )

    def _check_states(self, states, batch):
        """Compares the states' shapes with what the cell wants."""
        sizes = self.state_size
        wanted = [
            (batch, n) if isinstance(n, int) and n > 0 else None
            for n in tree.flatten(sizes)
        ]
        shapes = [tuple(x.shape) for x in tree.flatten(states)]
        fits = len(wanted) == len(shapes) and all(
            w is None
            or (
                len(s) == 2
                and all(m == n or None in (m, n) for m, n in zip(w, s, strict=True))
            )
            for w, s in zip(wanted, shapes, strict=True)
        )
        if fits:
            return
        hint = " A stateful layer keeps its batch size." if self.stateful else ""
        raise ValueError(
            f"{checks.owner_name(self)}: initial_state must have the shapes {wanted} "
            f"(batch size {batch}, state_size {sizes}), got {shapes}.{hint}"
        )

    def inner_loop(self, sequences, initial_state, mask, training=False):
        """Runs the cell over the steps.

        Returns:
            The last output, all outputs (None if nobody wants them) and the last
            states.
        """
        if any_symbolic(sequences, initial_state):
            return self._symbolic_loop(sequences, initial_state, training)
        self._forget_dropout()
        try:
            whole = getattr(self.cell, "over_time", None)
            found = whole and whole(self, sequences, initial_state, mask, training)
            return found or self._loop(sequences, initial_state, mask, training)
        finally:
            self._forget_dropout()

    def _symbolic_loop(self, sequences, states, training):
        """Shapes and dtypes: one step tells those of all."""
        shape = sequences.shape
        step = KerasTensor((shape[0], *shape[2:]), sequences.dtype)
        step = step if any_symbolic(sequences) else KerasTensor(step.shape, "float32")
        self._forget_dropout()
        output, states = step_of(self.cell, step, states, training)
        self._forget_dropout()
        whole = KerasTensor(
            (output.shape[0], shape[1], *output.shape[1:]), output.dtype
        )
        states = [s[0] if tree.is_nested(s) and len(s) == 1 else s for s in states]
        return output, whole, states

    def _loop(self, sequences, states, mask, training):
        """The way that works for every cell: step by step."""
        steps = ops.unstack(sequences, axis=1)
        kept = [None] * len(steps)
        if mask is not None:
            kept = ops.unstack(ops.cast(mask, "bool"), axis=1)
        order = range(len(steps))
        output, outputs = None, []
        for t in reversed(order) if self.go_backwards else order:
            made, new = step_of(self.cell, steps[t], states, training)
            if kept[t] is not None:
                before = _before(states, made) if output is None else output
                if self.zero_output_for_mask:
                    before = ops.zeros_like(made)
                made = _where(kept[t], made, before)
                new = tree.map_structure(
                    lambda n, s, t=t: _where(kept[t], n, s), new, states
                )
            output, states = made, new
            outputs.append(made)
        return (
            output,
            ops.stack(outputs, axis=1) if self.return_sequences else None,
            states,
        )

    def _forget_dropout(self):
        """Lets the next sequence draw dropout masks of its own."""
        cell = self.cell
        for one in cell.cells if isinstance(cell, StackedRNNCells) else [cell]:
            if hasattr(one, "reset_dropout_mask"):
                one.reset_dropout_mask()
                one.reset_recurrent_dropout_mask()

    def compute_mask(self, inputs, previous_mask):
        """Returns the mask of all outputs, None for a single one and for states."""
        mask = tree.flatten(previous_mask)[0] if self.return_sequences else None
        return [mask, *(None for _ in self.state_size)] if self.return_state else mask

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes the layer with the cell that the config describes."""
        if isinstance(config.get("cell"), dict):
            cell = LAYERS.deserialize(config["cell"], custom_objects)
            config = {**config, "cell": cell}
        return cls(**config)


def _before(states, output):
    """The output before the first step: the state if it has that form, else zeros."""
    state = tree.flatten(states)[0] if len(states) else None
    last = states[-1]
    if tree.is_nested(last):  # stacked cells: the last one makes the output
        state = last[0]
    if state is not None and tuple(state.shape) == tuple(output.shape):
        return state
    return ops.zeros_like(output)


def _where(kept, new, old):
    """New rows where a step is kept, old ones where it is masked."""
    return ops.where(ops.reshape(kept, (-1, *[1] * (len(new.shape) - 1))), new, old)
