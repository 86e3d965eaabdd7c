"""Losses that close over tensors of the model's graph, as in variational autoencoders.

    def loss(x, decoded):  # z_mean is a tensor of the model, not an argument
        return keras.losses.mse(x, decoded) + kl_divergence(z_mean, z_log_var)

Such a function is called once on symbolic tensors. What it makes of them is run with
values then, those of `z_mean` among them, which the model keeps from its last call.
"""

import functools
import types

from ..layers.call_context import calls
from ..layers.input_layer import InputLayer
from ..models.network import Network, node_of
from ..tensor import KerasTensor
from ..utils import tree

__all__ = ["bound"]

_ROOT = __name__.partition(".")[0]


def bound(model, given):
    """Returns losses or metrics of `compile` with the tensors of the graph put in.

    Args:
        model: A functional model; any other keeps what was given.
        given: Name, function or object, or a list or dict of them, one for each output.
    """
    if not hasattr(model, "tap"):
        return given
    first = model.outputs[0]
    if isinstance(given, dict) and "class_name" not in given:
        names = dict(zip(model.output_names, model.outputs, strict=True))
        return {k: _each(model, f, names.get(k, first)) for k, f in given.items()}
    if isinstance(given, (list, tuple)) and len(given) == len(model.outputs):
        pairs = zip(given, model.outputs, strict=True)
        return [_each(model, f, output) for f, output in pairs]
    return _each(model, given, first)


def _each(model, given, output: KerasTensor):
    if isinstance(given, (list, tuple)):
        return [_each(model, f, output) for f in given]
    return _leaf(model, given, output)


def _leaf(model, function, output: KerasTensor):
    is_own = isinstance(function, (types.FunctionType, functools.partial))
    if not is_own or not _closes_over(function):
        return function
    y_true, y_pred = (_input(output) for _ in range(2))
    result = function(y_true, y_pred)
    if type(result) is not KerasTensor:
        return function
    own = {id(x): x for x in _tensors(model)}
    taps = _borders(result, own, (y_true, y_pred))
    model.tap(taps)
    inputs = [y_true, y_pred, *taps]
    network = Network("compile", inputs, [_entry(x) for x in inputs], [result])

    def computed(y_true, y_pred):
        values = [model._tapped[id(x)] for x in taps]
        return network.run([y_true, y_pred, *values], calls.training)[0]

    computed.__name__ = getattr(function, "__name__", "loss")
    return computed


def _input(like: KerasTensor) -> KerasTensor:
    return InputLayer(batch_shape=like.shape, dtype=like.dtype).output


def _entry(x: KerasTensor):
    """The node that stands for an input: its own, or that of an InputLayer."""
    node = node_of(x)
    if node is not None and node.is_input:
        return node
    return InputLayer(batch_shape=x.shape, dtype=x.dtype)._inbound_nodes[0]


def _tensors(model) -> list[KerasTensor]:
    """The tensors of a model's graph."""
    made = [x for node in model._network.nodes for x in node.output_tensors]
    return [*model.inputs, *made]


def _borders(result: KerasTensor, own: dict, ends: tuple) -> list[KerasTensor]:
    """The tensors of the model that a result is made of, at which one enters it."""
    waiting, seen, found = [result], {id(x) for x in ends}, []
    while waiting:
        x = waiting.pop()
        if id(x) in seen:
            continue
        seen.add(id(x))
        node = node_of(x)
        if id(x) in own or node is None or node.is_input:
            found.append(x)
        else:
            waiting += node.input_tensors
    return found


def _closes_over(function) -> bool:
    """Whether a function can see symbolic tensors that are not its arguments."""
    waiting, seen = [function], set()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, (list, tuple, dict)):
            value = tree.flatten(value)
            if any(type(x) is KerasTensor for x in value):
                return True
        elif type(value) is KerasTensor:
            return True
        elif isinstance(value, functools.partial):
            waiting += [value.func, *value.args, *value.keywords.values()]
        elif isinstance(value, types.FunctionType):
            if value.__module__.partition(".")[0] != _ROOT:
                waiting += _seen_by(value)
    return False


def _seen_by(function) -> list:
    """The values of the names in a function that are not its own."""
    codes, names = [function.__code__], set()
    for code in codes:
        names |= set(code.co_names)
        codes += [x for x in code.co_consts if isinstance(x, types.CodeType)]
    cells = [c.cell_contents for c in function.__closure__ or () if _is_filled(c)]
    known = function.__globals__
    outer = [known[name] for name in names if name in known]
    return [*cells, *outer, *(function.__defaults__ or ())]


def _is_filled(cell) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True
