"""Layers around a layer: `Wrapper`, `TimeDistributed`, `Bidirectional`."""

from .. import ops
from ..tensor import KerasTensor, any_symbolic
from ..utils import checks, serialization, tree
from .basics import Lambda
from .inputs import shape_of
from .layer import LAYERS, Layer

__all__ = ["Bidirectional", "TimeDistributed", "Wrapper"]

_PACKAGE = __name__.rpartition(".")[0].rpartition(".")[0] + "."


def _a_layer(owner, **named):
    """Checks that an argument is a layer."""
    ((name, value),) = named.items()
    if not isinstance(value, Layer):
        checks.fail(owner, name, value, "be a layer")
    return value


@LAYERS.register()
class Wrapper(Layer):
    """Base of layers that hold another one, `self.layer`, and build it.

    Args:
        layer: The layer inside.
    """

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        self.layer = _a_layer(self, layer=layer)

    def build(self, input_shape=None):
        if not self.layer.built:
            self.layer.build(input_shape)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes the wrapper with the layer that the config describes."""
        layer = LAYERS.deserialize(config["layer"], custom_objects)
        return cls(**{**config, "layer": layer})


@LAYERS.register()
class TimeDistributed(Wrapper):
    """Applies one layer to every step of a sequence.

    y[:, t] = layer(x[:, t])

    Where the layer treats each sample by itself, all steps go through it at once.

    Args:
        layer: The layer, which sees inputs without the time axis.

    Call arguments: `mask` (batch, steps) is passed on to the layer, step by step.

    Shape: (batch, steps, ...) -> (batch, steps, ...)

    >>> import numpy as np
    >>> from minikeras.layers import Dense
    >>> TimeDistributed(Dense(2))(np.ones((4, 5, 3))).shape
    (4, 5, 2)
    """

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def _step_shape(self, input_shape):
        if tree.is_nested(input_shape[0]):
            checks.fail(self, "inputs", input_shape, "be one tensor, not several")
        if len(input_shape) < 3:
            raise ValueError(
                f"{checks.owner_name(self)}: inputs must have a batch axis, a time "
                f"axis and at least one more, got shape {tuple(input_shape)}."
            )
        return (input_shape[0], *input_shape[2:])

    def build(self, input_shape):
        super().build(self._step_shape(input_shape))

    def compute_output_shape(self, input_shape):
        """Returns the layer's output shape with the time axis put in."""
        shape = self.layer.compute_output_shape(self._step_shape(input_shape))
        return (shape[0], input_shape[1], *shape[1:])

    def compute_output_spec(self, inputs, *args, **kwargs):
        """Returns the layer's output for a step, with the time axis put in."""
        step = KerasTensor(self._step_shape(inputs.shape), inputs.dtype)
        out = self.layer.compute_output_spec(step)
        steps = inputs.shape[1]
        return tree.map_structure(
            lambda y: KerasTensor((y.shape[0], steps, *y.shape[1:]), y.dtype), out
        )

    def call(self, inputs, training=None, mask=None):
        if mask is not None and tuple(mask.shape[:2]) != tuple(inputs.shape[:2]):
            raise ValueError(
                f"{checks.owner_name(self)}: mask must have shape (batch, steps) = "
                f"{tuple(inputs.shape[:2])}, got {tuple(mask.shape)}."
            )
        run = self._all_at_once if self._is_rowwise(training) else self._step_by_step
        return run(inputs, training, mask)

    def _is_rowwise(self, training):
        """Whether samples do not meet inside the layer, nor draw noise in turn."""
        layers = self.layer._flatten_layers()
        known = all(type(x).__module__.startswith(_PACKAGE) for x in layers)
        if not known or any(isinstance(x, Lambda) for x in layers):
            return False
        if any(getattr(x, "stateful", False) for x in layers):
            return False
        if any(x.activity_regularizer is not None for x in layers):
            return False  # the penalty is an average over the batch of a step
        return not (training and self.layer.non_trainable_variables)

    def _all_at_once(self, inputs, training, mask):
        batch, steps = inputs.shape[:2]
        flat = ops.reshape(inputs, (batch * steps, *inputs.shape[2:]))
        if mask is not None:
            mask = ops.reshape(mask, (batch * steps, *mask.shape[2:]))
        y = self._inner(flat, training, mask)
        return tree.map_structure(
            lambda z: ops.reshape(z, (batch, steps, *z.shape[1:])), y
        )

    def _step_by_step(self, inputs, training, mask):
        count = inputs.shape[1]
        masks = [None] * count if mask is None else ops.unstack(mask, axis=1)
        steps = zip(ops.unstack(inputs, axis=1), masks, strict=True)
        made = [self._inner(x, training, m) for x, m in steps]
        return tree.map_structure(lambda *ys: ops.stack(ys, axis=1), *made)

    def _inner(self, x, training, mask):
        given = {} if training is None else {"training": training}
        if mask is not None and "mask" in self.layer._signature.names:
            given["mask"] = mask
        return self.layer(x, **given)


MERGES = ("concat", "sum", "ave", "mul", None)


@LAYERS.register()
class Bidirectional(Layer):
    """Reads a sequence from both ends and merges what the two layers say.

    y = merge(layer(x), backward_layer(x)); sequences of outputs are put in the order
    of time. (Schuster and Paliwal, 1997)

    Args:
        layer: A recurrent layer, or any layer with `return_sequences`, `go_backwards`
            and `get_config`. Two copies of it are made, forward_... and backward_...
        merge_mode: "concat", "sum", "mul", "ave", or None for a pair of outputs.
        weights: Arrays to start from, those of the forward layer first.
        backward_layer: The layer that reads from the end, if not like the first.

    Call arguments: `initial_state`, first half for the forward layer; `mask`,
    `training`. With `return_state` the states follow, the forward ones first.

    Shape: (batch, steps, features) -> (batch, 2 * units) for "concat"

    >>> import numpy as np
    >>> from minikeras.layers import LSTM
    >>> Bidirectional(LSTM(4, return_sequences=True))(np.ones((2, 5, 3))).shape
    (2, 5, 8)
    """

    def __init__(
        self, layer, merge_mode="concat", weights=None, backward_layer=None, **kwargs
    ):
        _a_layer("Bidirectional", layer=layer)
        if backward_layer is not None:
            _a_layer("Bidirectional", backward_layer=backward_layer)
        super().__init__(**kwargs)
        self.merge_mode = checks.one_of(self, MERGES, merge_mode=merge_mode)
        for name in ("return_sequences", "return_state", "go_backwards", "stateful"):
            if not hasattr(layer, name):
                checks.fail(self, "layer", layer, f"have the attribute {name!r}")
        self.forward_layer = _twin(layer)
        if backward_layer is None:
            backwards = not layer.go_backwards
            backward_layer = _twin(layer, go_backwards=backwards, prefix="backward_")
        self.backward_layer = backward_layer
        self._check_pair()
        if layer.return_sequences:  # a masked step must not show a neighbour's output
            for one in (self.forward_layer, self.backward_layer):
                one.zero_output_for_mask = True
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.stateful = layer.stateful
        self.supports_masking = True
        self.input_spec = getattr(layer, "input_spec", None)
        self._start_weights = weights

    def _check_pair(self):
        """Refuses two layers that cannot be merged."""
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                f"{checks.owner_name(self)}: layer and backward_layer must differ in "
                f"go_backwards, got {forward.go_backwards} for both. Try "
                "backward_layer=LSTM(units, go_backwards=True)."
            )
        for name in ("stateful", "return_sequences", "return_state"):
            ours, theirs = getattr(forward, name), getattr(backward, name, None)
            if ours != theirs:
                raise ValueError(
                    f"{checks.owner_name(self)}: layer and backward_layer must have "
                    f"the same {name}, got {ours} and {theirs}."
                )

    def build(self, sequences_shape, initial_state_shape=None):
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)
        if self._start_weights:
            self.set_weights(self._start_weights)
            self._start_weights = None

    def call(self, sequences, initial_state=None, mask=None, training=None):
        given = {} if training is None else {"training": training}
        if mask is not None:
            given["mask"] = mask
        forward_start, backward_start = self._halves(initial_state)
        y = self._run(self.forward_layer, sequences, forward_start, given)
        z = self._run(self.backward_layer, sequences, backward_start, given)
        states = []
        if self.return_state:
            y, z, states = y[0], z[0], [*y[1:], *z[1:]]
        if self.return_sequences:
            z = _flipped(z)
        merged = self._merge(y, z)
        if not states:
            return merged
        return (*merged, *states) if self.merge_mode is None else (merged, *states)

    def _halves(self, states):
        if states is None:
            return None, None
        states = list(states)
        if len(states) % 2:
            raise ValueError(
                f"{checks.owner_name(self)}: initial_state needs as many states for "
                f"each direction, got {len(states)} of shapes {shape_of(states)}."
            )
        half = len(states) // 2
        return states[:half], states[half:]

    def _run(self, layer, sequences, start, given):
        given = given if start is None else {**given, "initial_state": start}
        return layer(sequences, **given)

    def _merge(self, y, z):
        mode = self.merge_mode
        if mode is None:
            return y, z
        if mode == "concat":
            return ops.concatenate([y, z], axis=-1)
        if mode == "mul":
            return y * z
        return y + z if mode == "sum" else (y + z) / 2

    @property
    def states(self):
        """The states kept between batches, the forward ones first."""
        if self.forward_layer.states is None:
            return None
        return (*self.forward_layer.states, *self.backward_layer.states)

    def reset_state(self):
        """Sets the states of stateful layers to zero."""
        if self.stateful:
            self.forward_layer.reset_state()
            self.backward_layer.reset_state()

    def reset_states(self):
        """The same as `reset_state`."""
        self.reset_state()

    def compute_mask(self, inputs, mask):
        """Returns the mask of sequences of outputs, None for the rest."""
        mask = tree.flatten(mask)[0] if self.return_sequences else None
        masks = [mask, mask] if self.merge_mode is None else [mask]
        if self.return_state:
            count = len(tree.flatten(self.forward_layer.state_size))
            masks += [None] * (2 * count)
        return masks if len(masks) > 1 else masks[0]

    def get_config(self):
        """Returns merge mode and both layers as configs."""
        config = super().get_config()
        config["layer"] = serialization.serialize_keras_object(self.forward_layer)
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes the layer with the two that the config describes."""
        made = {
            name: LAYERS.deserialize(config.get(name), custom_objects)
            for name in ("layer", "backward_layer")
        }
        return cls(**{**config, **made})


def _twin(layer, prefix="forward_", **changes):
    """A layer like another, with its own weights and a name of its own."""
    config = {**layer.get_config(), **changes}
    name = layer.name.removeprefix("forward_").removeprefix("backward_")
    return type(layer).from_config({**config, "name": prefix + name})


def _flipped(x):
    return x if any_symbolic(x) else ops.flip(x, axis=1)
