"""The graph of a functional model as configs hold it: written, read, and upgraded.

A layer's `inbound_nodes` list its calls: `{"args": [...], "kwargs": {...}}`, in which a
tensor is `{"class_name": "__keras_tensor__", "config": {"keras_history": [layer, node,
tensor]}}`: the result number `tensor` of call number `node` of a layer in this graph.

Keras 1 and 2 wrote `[[layer, node, tensor, kwargs], ...]` instead. `upgrade` turns
these into today's form, dicts to dicts, before anything is built.
"""

from collections import Counter

from ..layers.input_layer import InputLayer
from ..tensor import FunctionOperation, KerasTensor
from ..utils import registry, serialization, tree
from .operations import describe_operation, is_operation_form, revive_operation

__all__ = ["read_graph", "upgrade", "write_graph"]

_TAG = "__keras_tensor__"
_MODELS = ("Functional", "Model", "Sequential")


# ----------------------------------------------------------------------- writing


def write_graph(network, inputs, outputs) -> dict:
    """Returns `layers`, `input_layers` and `output_layers` of a network.

    Args:
        network: The Network.
        inputs: Its inputs in the model's structure.
        outputs: Its outputs in the model's structure.
    """
    calls = sorted(network.nodes, key=_call_index)
    places = _places(network, calls)
    nodes = {operation: [] for operation in network.operations}
    for node in calls:
        if not isinstance(node.operation, InputLayer):
            nodes[node.operation].append(_write_node(node, places))
    return {
        "layers": [_write_operation(op, nodes[op]) for op in network.operations],
        "input_layers": tree.map_structure(lambda x: places[id(x)], inputs),
        "output_layers": tree.map_structure(lambda x: places[id(x)], outputs),
    }


def _call_index(node) -> int:
    """Which call of its operation a node is, calls in other models counted too."""
    return node.output_tensors[0]._keras_history.node_index


def _places(network, calls: list) -> dict[int, list]:
    """Id of each tensor -> [layer, node, tensor], nodes counted within this network."""
    places, counts = {}, Counter()
    for node in calls:
        name = node.operation.name
        for i, x in enumerate(node.output_tensors):
            places[id(x)] = [name, counts[name], i]
        counts[name] += 1
    for x in network.inputs:  # one may be the output of a layer before the network
        places[id(x)] = [network.producer(x).operation.name, 0, 0]
    return places


def _write_operation(operation, calls: list) -> dict:
    if isinstance(operation, FunctionOperation):
        form = describe_operation(operation)
    else:
        form = serialization.serialize_keras_object(operation)
    return {**form, "name": operation.name, "inbound_nodes": calls}


def _write_node(node, places: dict) -> dict:
    def write(x):
        if type(x) is not KerasTensor:
            return serialization.serialize_keras_object(x)
        config = {"shape": x.shape, "dtype": x.dtype, "keras_history": places[id(x)]}
        return {"class_name": _TAG, "config": config}

    return {
        "args": [tree.map_structure(write, arg) for arg in node.args],
        "kwargs": {k: tree.map_structure(write, v) for k, v in node.kwargs.items()},
    }


# ----------------------------------------------------------------------- reading


def read_graph(config: dict) -> tuple:
    """Makes the layers of a graph and calls them as its nodes say.

    Args:
        config: A functional model's config.

    Returns:
        The symbolic inputs and outputs, in the model's structure.

    Raises:
        ValueError: if a node refers to a layer or call that does not exist.
    """
    config = upgrade(config)
    operations, waiting = {}, []
    for form in config["layers"]:
        name = form.get("name") or form["config"]["name"]
        operations[name] = _revive(form)
        if form.get("inbound_nodes"):
            waiting.append((name, list(form["inbound_nodes"])))

    def find(place):
        name, node, tensor = place
        return operations[name]._inbound_nodes[node].output_tensors[tensor]

    while waiting:
        left = [(name, _call(operations[name], nodes, find)) for name, nodes in waiting]
        if left == waiting:
            _refuse(waiting, operations)
        waiting = [(name, nodes) for name, nodes in left if nodes]
    return _ends(config, "input_layers", find), _ends(config, "output_layers", find)


def _ends(config: dict, key: str, find):
    """Returns the symbolic inputs or outputs in the model's structure."""
    try:
        return _with_places(config[key], find)
    except LookupError:
        raise ValueError(
            f"The config is inconsistent: its {key}, {config.get(key)}, are not "
            "outputs of its layers."
        ) from None


def _revive(form: dict):
    if is_operation_form(form):
        return revive_operation(form)
    return registry.revive(registry.find_type(form), form)


def _call(operation, nodes: list, find) -> list:
    """Makes an operation's calls as far as their inputs are there; returns the rest."""
    for done, node in enumerate(nodes):
        try:
            args, kwargs = _read(node["args"], find), _read(node["kwargs"], find)
        except LookupError:
            return nodes[done:]
        if _is_indexing(operation):  # JSON made a list of the key, x[:, 0]
            args, kwargs = tree.lists_to_tuples((args, kwargs))
        operation(*args, **kwargs)
    return []


def _is_indexing(operation) -> bool:
    is_function = isinstance(operation, FunctionOperation)
    return is_function and operation.function.__name__ == "get_item"


def _read(value, find):
    """Returns a node's argument with tensors in the place of their descriptions."""
    if isinstance(value, (list, tuple)):
        return type(value)(_read(item, find) for item in value)
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == _TAG:
        return find(value["config"]["keras_history"])
    if "class_name" in value and "config" in value:
        return serialization.deserialize_keras_object(value)
    return {key: _read(item, find) for key, item in value.items()}


def _with_places(structure, find):
    if _is_place(structure):
        return find(structure)
    if isinstance(structure, dict):
        return {key: _with_places(item, find) for key, item in structure.items()}
    return [_with_places(item, find) for item in structure]


def _is_place(value) -> bool:
    """Tells whether a value is [layer, node, tensor]."""
    return (
        isinstance(value, (list, tuple))
        and len(value) == 3
        and isinstance(value[0], str)
        and isinstance(value[1], int)
    )


def _refuse(waiting: list, operations: dict):
    """Says which call cannot be made, because what it refers to does not exist."""
    name, nodes = waiting[0]
    wanted = [f"{place[0]!r} (call {place[1]})" for place in _references(nodes[0])]
    raise ValueError(
        f"The config is inconsistent: layer {name!r} takes the output of "
        f"{', '.join(wanted)}, which cannot be made. The layers are "
        f"{sorted(operations)}."
    )


# --------------------------------------------------------------------- upgrading


def upgrade(config: dict) -> dict:
    """Returns a functional config whose nodes are in the form of Keras 3.

    >>> layer = {"name": "d", "inbound_nodes": [[["a", 0, 0, {}]]]}
    >>> new = upgrade({"layers": [layer], "output_layers": [["d", 0, 0]]})
    >>> new["layers"][0]["inbound_nodes"][0]["args"][0]["config"]
    {'keras_history': ['a', 0, 0]}
    """
    nodes = [
        node for form in config["layers"] for node in form.get("inbound_nodes", ())
    ]
    if not any(_is_old(node) for node in nodes):
        return config
    first = _first_calls(config)

    def placed(value):
        """Counts the calls of nested models from 0."""
        if _is_place(value):
            return [value[0], value[1] - first.get(value[0], 0), *value[2:]]
        if isinstance(value, dict):
            return {key: placed(item) for key, item in value.items()}
        is_list = isinstance(value, (list, tuple))
        return [placed(item) for item in value] if is_list else value

    def upgraded(form):
        calls = [_upgraded_node(node, placed) for node in form.get("inbound_nodes", ())]
        return {**form, "inbound_nodes": calls}

    return {
        **config,
        "layers": [upgraded(form) for form in config["layers"]],
        "output_layers": placed(config["output_layers"]),
    }


def _is_old(node) -> bool:
    return not (isinstance(node, dict) and "args" in node)


def _first_calls(config: dict) -> dict[str, int]:
    """Nested model -> the first of its calls that is referred to.

    Before Keras 3, a model's own creation was its call 0; so the first is 1 or more.
    """
    models = {f["name"] for f in config["layers"] if f.get("class_name") in _MODELS}
    calls: dict[str, list] = {name: [] for name in models}
    nodes = [form.get("inbound_nodes", ()) for form in config["layers"]]
    for place in _references([nodes, config["output_layers"]]):
        calls.get(place[0], []).append(place[1])
    return {name: min(indices) for name, indices in calls.items() if indices}


def _references(value) -> list:
    """Returns every [layer, node, tensor] in a structure of nodes, old or new."""
    found, stack = [], [value]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, (list, tuple)):
            if _is_place(value[:3]):
                found.append(value)
                stack.extend(value[3:])
            else:
                stack.extend(value)
    return found[::-1]


def _upgraded_node(node, placed) -> dict:
    if not _is_old(node):
        return node
    if isinstance(node, dict):
        entries = list(node.values())
        argument = {key: _upgraded_entry(entry, placed) for key, entry in node.items()}
    else:
        entries = [node] if isinstance(node[0], str) else node
        tensors = [_upgraded_entry(entry, placed) for entry in entries]
        argument = tensors[0] if len(tensors) == 1 else tensors
    kwargs = entries[0][3] if len(entries[0]) > 3 else {}
    return {"args": [argument], "kwargs": _upgraded_value(kwargs, placed)}


def _upgraded_entry(entry: list, placed):
    if entry[0] == "_CONSTANT_VALUE":
        return entry[2]
    return {"class_name": _TAG, "config": {"keras_history": placed(entry[:3])}}


def _upgraded_value(value, placed):
    """Turns the tensors among a call's keyword arguments into today's form."""
    if _is_place(value):
        return _upgraded_entry(value, placed)
    if isinstance(value, dict):
        return {key: _upgraded_value(item, placed) for key, item in value.items()}
    is_list = isinstance(value, list)
    return [_upgraded_value(item, placed) for item in value] if is_list else value
