"""What a picture of a model shows: boxes, groups of boxes, and edges between them."""

from dataclasses import dataclass, field

from ..tensor import FunctionOperation
from ..utils import checks, tree

__all__ = ["Box", "Group", "outline"]


@dataclass
class Box:
    """A layer or an op; `facts` are pairs such as `("Output shape", "(None, 3)")`."""

    key: str
    name: str
    kind: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    activation: str | None = None
    is_trainable: bool | None = None  # None: it has no weights, or nobody asked


@dataclass
class Group:
    """A model as its members (boxes, and groups for models in it) and their edges."""

    name: str
    members: list
    edges: list[tuple[str, str]]  # keys of boxes


def outline(
    model,
    show_shapes=False,
    show_dtype=False,
    show_layer_names=True,
    expand_nested=False,
    show_layer_activations=False,
    show_trainable=False,
) -> Group:
    """Returns what a picture of a model shows; see `model_to_dot` for the arguments."""
    if not getattr(model, "built", False):
        raise ValueError(
            f"{checks.owner_name(model)} is not built, so there is nothing to draw. "
            "Call it on data first, or give it an Input."
        )

    def box(operation) -> Box:
        kind = _kind(operation)
        drawn = Box(_key(operation), operation.name if show_layer_names else "", kind)
        if show_layer_activations:
            drawn.activation = _activation(operation)
        if show_shapes:
            if kind != "InputLayer":
                drawn.facts.append(
                    ("Input shape", _of_ends(operation, "input", _shape))
                )
            drawn.facts.append(("Output shape", _of_ends(operation, "output", _shape)))
        if show_dtype:
            drawn.facts.append(("Output dtype", _of_ends(operation, "output", _dtype)))
        if show_trainable and getattr(operation, "weights", ()):
            drawn.is_trainable = bool(operation.trainable)
        return drawn

    def member(operation):
        return group(operation) if is_open(operation) else box(operation)

    def is_open(operation) -> bool:
        return expand_nested and _members(operation) is not None

    def group(model) -> Group:
        edges = dict.fromkeys(_edges(model, is_open))
        return Group(model.name, [member(x) for x in _members(model)], [*edges])

    if _members(model) is None:
        return Group(model.name, [box(model)], [])
    return group(model)


def _key(operation) -> str:
    return str(id(operation))


def _kind(operation) -> str:
    if not isinstance(operation, FunctionOperation):
        return type(operation).__name__
    words = operation.function.__name__.split("_")
    return "".join(word.capitalize() for word in words)


def _members(model) -> list | None:
    """The layers and ops of a model whose graph is known."""
    network = getattr(model, "_network", None)
    if network is not None:
        return network.operations
    return model.layers if hasattr(model, "_forward") else None


def _edges(model, is_open):
    network = getattr(model, "_network", None)
    if network is None:
        for before, after in zip(model.layers, model.layers[1:], strict=False):
            yield _last(before, 0, is_open), _first(after, 0, is_open)
        return
    for node in network.nodes:
        for place, x in enumerate(() if node.is_input else node.input_tensors):
            before, index = network.producer(x).operation, x._keras_history.tensor_index
            yield (
                _last(before, index, is_open),
                _first(node.operation, place, is_open),
            )


def _first(operation, place: int, is_open) -> str:
    """The box where an edge to the input of that place arrives."""
    while is_open(operation):
        if hasattr(operation, "_network"):
            x = operation.inputs[place]
            operation = operation._network.producer(x).operation
        else:
            operation = operation.layers[0]
    return _key(operation)


def _last(operation, index: int, is_open) -> str:
    """The box where an edge from the output of that index begins."""
    while is_open(operation):
        if hasattr(operation, "_network"):
            x = operation.outputs[index]
            operation = operation._network.producer(x).operation
            index = x._keras_history.tensor_index
        else:
            operation = operation.layers[-1]
    return _key(operation)


def _activation(operation) -> str | None:
    activation = getattr(operation, "activation", None)
    if activation is None:
        return None
    return getattr(activation, "name", None) or activation.__name__


def _of_ends(operation, end: str, describe) -> str:
    """Shapes or dtypes of an operation's inputs or outputs, as text."""
    try:
        ends = getattr(operation, end)
    except AttributeError:  # never called on symbolic tensors
        return "?"
    return "?" if ends is None else _text(tree.map_structure(describe, ends))


def _shape(x) -> "_Whole":
    return _Whole(x.shape)


def _dtype(x) -> str:
    return x.dtype


class _Whole(tuple):
    """A shape, which is one thing when structures of shapes are written."""


def _text(structure) -> str:
    if isinstance(structure, dict):
        pairs = ((name, _text(part)) for name, part in structure.items())
        return ", ".join(f"{name}: {text}" for name, text in pairs)
    if isinstance(structure, (list, tuple)) and not isinstance(structure, _Whole):
        return f"[{', '.join(map(_text, structure))}]"
    return str(tuple(structure) if isinstance(structure, _Whole) else structure)
