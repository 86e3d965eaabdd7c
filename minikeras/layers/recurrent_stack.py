"""`StackedRNNCells`: several cells as one; and what holds for any cell."""

from .. import ops
from ..utils import checks, tree
from .layer import LAYERS, Layer

__all__ = ["StackedRNNCells", "initial_state_of", "step_of"]


def initial_state_of(cell, batch_size):
    """Returns the zeros that a cell starts from, always in a list."""
    own = getattr(cell, "get_initial_state", None)
    if own is not None:
        states = own(batch_size=batch_size)
    else:
        states = tree.map_structure(
            lambda size: ops.zeros((batch_size, size)), cell.state_size
        )
    return list(states) if tree.is_nested(states) else [states]


@LAYERS.register()
class StackedRNNCells(Layer):
    """Makes one cell of several, each fed with the output of the one before.

    Args:
        cells: List of cells.

    Shape: (batch, features) -> (batch, output size of the last cell)

    >>> import numpy as np
    >>> from minikeras.layers import RNN, GRUCell, LSTMCell
    >>> RNN(StackedRNNCells([LSTMCell(8), GRUCell(4)]))(np.ones((2, 5, 3))).shape
    (2, 4)
    """

    def __init__(self, cells, **kwargs):
        super().__init__(**kwargs)
        for cell in cells:
            for wanted in ("call", "state_size"):
                if not hasattr(cell, wanted):
                    checks.fail(self, "cells", cell, f"have {wanted!r} each")
        self.cells = list(cells)

    @property
    def state_size(self):
        """The state sizes of the cells, in order."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self):
        """The length of the output: that of the last cell."""
        last = self.cells[-1]
        return getattr(last, "output_size", None) or tree.flatten(last.state_size)[0]

    def get_initial_state(self, batch_size=None):
        """Returns the zeros that the cells start from, a list for each."""
        return [initial_state_of(cell, batch_size) for cell in self.cells]

    def build(self, input_shape):
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
            size = getattr(cell, "output_size", None)
            size = tree.flatten(cell.state_size)[0] if size is None else size
            input_shape = (input_shape[0], *(size if tree.is_nested(size) else (size,)))

    def call(self, inputs, states, training=False, **kwargs):
        new_states = []
        for cell, own in zip(self.cells, states, strict=True):
            own = list(own) if tree.is_nested(own) else [own]
            inputs, new = step_of(cell, inputs, own, training, **kwargs)
            new_states.append(new)
        return inputs, new_states

    def over_time(self, layer, sequences, states, mask, training):
        """Runs cell after cell over the whole sequence; None if one cannot do that."""
        for cell in self.cells:
            if not (hasattr(cell, "runs_whole") and cell.runs_whole(training)):
                return None
        if layer.go_backwards:
            sequences = ops.flip(sequences, axis=1)
            mask = None if mask is None else ops.flip(mask, axis=1)
        new_states, last = [], len(self.cells) - 1
        for i, (cell, own) in enumerate(zip(self.cells, states, strict=True)):
            frame = _Frame(layer.return_sequences or i < last, layer, i == last)
            own = list(own) if tree.is_nested(own) else [own]
            sequences, _, new = cell.over_time(frame, sequences, own, mask, training)
            new_states.append(new)
        return sequences, sequences, new_states

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes the stack with the cells that the config describes."""
        cells = [LAYERS.deserialize(c, custom_objects) for c in config["cells"]]
        return cls(**{**config, "cells": cells})


def step_of(cell, inputs, states, training, **kwargs):
    """One step of any cell; the new states come as a list."""
    if isinstance(cell, Layer):
        kwargs["training"] = training
    output, new = cell(inputs, states, **kwargs)
    return output, list(new) if tree.is_nested(new) else [new]


class _Frame:
    """What a cell in a stack must know of the layer around."""

    __slots__ = ("go_backwards", "return_sequences", "zero_output_for_mask")

    def __init__(self, return_sequences, layer, is_last):
        self.go_backwards = False
        self.return_sequences = return_sequences
        self.zero_output_for_mask = layer.zero_output_for_mask and is_last
