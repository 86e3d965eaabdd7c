"""`Merge` and `merge` of Keras 1: one name for all layers with several inputs."""

from ..layers.layer import LAYERS, Layer
from ..legacy import doors
from ..legacy.merging import MODES
from ..tensor import KerasTensor
from ..utils import checks
from .functional import Functional
from .model import Model

__all__ = ["Merge", "merge"]


def Merge(
    layers=None,
    mode="sum",
    concat_axis=-1,
    dot_axes=-1,
    output_shape=None,
    output_mask=None,
    arguments=None,
    name=None,
):
    """Makes the layer of today that a mode means, with branches in front of it.

    Args:
        layers: Models or layers whose outputs are merged: then the whole is a model
            with several inputs, which a Sequential model can begin with. None: the
            layer alone, to be called on a list of tensors.
        mode: "sum", "mul", "concat", "ave", "max", "min", "sub", "dot", "cos", or a
            function of the list of tensors.
        concat_axis: The axis of "concat".
        dot_axes: The axis or axes of "dot" and "cos".
        output_shape, output_mask, arguments: Those of `Lambda`, for a function.
        name: Name of the layer.
    """
    named = {} if name is None else {"name": name}
    if callable(mode):
        made = {"function": mode, "output_shape": output_shape, "mask": output_mask}
        kind, made = "Lambda", {**made, "arguments": arguments}
    else:
        checks.one_of("Merge", mode=mode, allowed=tuple(MODES))
        kind, taken, made = MODES[mode]
        given = {"concat_axis": concat_axis, "dot_axes": dot_axes}
        made = {**{new: _axes(given[old]) for new, old in taken.items()}, **made}
    shown = {k: v for k, v in {**made, **named}.items() if v is not None}
    doors.warn(
        f"Merge(mode={mode if isinstance(mode, str) else '...'!r}) is "
        f"{doors.describe_call(kind, (), shown)} today, called on a list of tensors."
    )
    layer = LAYERS.find(kind)(**made, **named)
    if not layers:
        return layer
    inputs = [x for branch in layers for x in _inputs_of(branch)]
    return Functional(inputs, layer([branch.output for branch in layers]))


def _inputs_of(branch) -> list:
    """The symbolic inputs of a branch: a model or a layer that was called."""
    if not isinstance(branch, Layer):
        must = "be models or layers that know their input shape"
        checks.fail("Merge", "layers", branch, must)
    if isinstance(branch, Model):
        return branch.inputs
    return branch.input if isinstance(branch.input, list) else [branch.input]


def _axes(axes):
    """Keras 1 wrote ([1], [2]) for one axis of each input."""
    if isinstance(axes, (list, tuple)):
        return tuple(x[0] if isinstance(x, (list, tuple)) else x for x in axes)
    return axes


def merge(inputs, mode="sum", **kwargs):
    """Merges tensors, or models, as `Merge` does.

    Args:
        inputs: List of tensors, or of models.
        mode: See `Merge`.
        **kwargs: See `Merge`.
    """
    if all(isinstance(x, Layer) for x in inputs):
        return Merge(inputs, mode, **kwargs)
    if not all(isinstance(x, KerasTensor) for x in inputs):
        must = "be a list of symbolic tensors, or of models"
        checks.fail("merge", "inputs", inputs, must)
    return Merge(mode=mode, **kwargs)(inputs)
