"""What `model.summary()` prints: a row per layer, and the numbers of parameters."""

import html
import re
import shutil

import numpy as np

from ..tensor import FunctionOperation
from ..utils import checks
from .operations import class_name
from .table import draw_table

__all__ = ["render", "render_html"]

# Where the columns end, in fractions of the width; without and with "Connected to".
_CHAIN = (0.45, 0.80, 1.0)
_GRAPH = (0.30, 0.56, 0.74, 1.0)


def render(
    model, line_length, positions, expand_nested, show_trainable, layer_range
) -> str:
    """Returns the table as text; for the arguments see `Model.summary`."""
    columns = _columns(model, show_trainable)
    is_graph = len(columns) - show_trainable > 3
    listed = _expanded(_in_range(model, layer_range), 0 if expand_nested else None)
    rows = [[cell(op, level) for *_, cell in columns] for op, level in listed]
    table = draw_table(
        [(title, alignment) for title, alignment, _ in columns],
        rows,
        _cuts(line_length, positions, len(columns), is_graph, show_trainable),
    )
    return "\n".join([f'Model: "{model.name}"', table, *_totals(model)])


def render_html(model) -> str:
    """Returns the same as a table for notebooks."""
    columns = _columns(model, show_trainable=False)
    operations = getattr(model, "operations", model.layers)
    rows = [[title for title, *_ in columns]]
    rows += [[cell(op, 0) for *_, cell in columns] for op in operations]
    tags = ["th"] + ["td"] * len(operations)
    lines = [
        "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in row)
        for tag, row in zip(tags, rows, strict=True)
    ]
    table = "".join(f"<tr>{line}</tr>" for line in lines)
    totals = "<br>".join(map(html.escape, _totals(model)))
    name = html.escape(model.name)
    return f"<p>Model: <b>{name}</b></p><table>{table}</table><p>{totals}</p>"


def _columns(model, show_trainable: bool) -> list[tuple]:
    """Returns title, alignment and cell of each column."""
    network = getattr(model, "_network", None)
    if network is not None and _is_chain(network):
        network = None  # each layer is connected to the one above
    columns = [
        ("Layer (type)", "<", _name),
        ("Output Shape", "<", _output_shape),
        ("Param #", ">", _num_params),
    ]
    if network is not None:
        columns.append(("Connected to", "<", _connections(network)))
    if show_trainable:
        columns.append(("Trainable", "^", _trainable))
    return columns


# -------------------------------------------------------------------------- rows


def _is_chain(network) -> bool:
    """Tells whether every call has one input and every operation one call."""
    single = all(len(node.input_tensors) <= 1 for node in network.nodes)
    once = len(network.nodes) == len(network.operations)
    return single and once and len(network.inputs) == len(network.outputs) == 1


def _in_range(model, layer_range) -> list:
    """Returns the operations from the first named to the last, both included."""
    operations = getattr(model, "operations", model.layers)
    if layer_range is None:
        return operations
    if len(layer_range) != 2:
        checks.fail(
            model, "layer_range", layer_range, "be two names", ("first", "last")
        )
    ends = [_matching(operations, pattern) for pattern in layer_range]
    if not all(ends):
        missing = next(
            p for p, found in zip(layer_range, ends, strict=True) if not found
        )
        names = [op.name for op in operations]
        raise ValueError(
            f"{checks.owner_name(model)}: no layer matches {missing!r} in layer_range. "
            f"{checks.did_you_mean(missing, names)}"
        )
    first, last = ends if ends[0][0] <= ends[1][-1] else ends[::-1]
    return operations[first[0] : last[-1] + 1]


def _matching(operations: list, pattern: str) -> list[int]:
    return [i for i, op in enumerate(operations) if re.match(pattern, op.name)]


def _expanded(operations: list, level: int | None) -> list[tuple]:
    """Returns (operation, level) pairs, models opened unless level is None."""
    rows = []
    for operation in operations:
        rows.append((operation, level or 0))
        if level is not None and hasattr(operation, "layers"):
            rows += _expanded(operation.layers, level + 1)
    return rows


# ------------------------------------------------------------------------- cells


def _name(operation, level: int) -> str:
    is_function = isinstance(operation, FunctionOperation)
    kind = class_name(operation) if is_function else type(operation).__name__
    indent = "   " * level + "└ " if level else ""
    return f"{indent}{operation.name} ({kind})"


def _output_shape(operation, level: int) -> str:
    shapes = _output_shapes(operation)
    if not shapes:
        return "?"
    return str(shapes[0] if len(shapes) == 1 else shapes)


def _output_shapes(operation) -> list[tuple]:
    """Returns the shapes of the last symbolic call, or what they would be."""
    if operation._inbound_nodes:
        tensors = operation._inbound_nodes[-1].output_tensors
        return [tuple(x.shape) for x in tensors]
    if hasattr(operation, "outputs"):
        return [tuple(x.shape) for x in operation.outputs]
    if not operation._build_shapes:
        return []
    try:
        shape = operation.compute_output_shape(*operation._build_shapes.values())
    except Exception:  # a call that needs more than shapes
        return []
    return _flat_shapes(shape)


def _flat_shapes(shape) -> list[tuple]:
    if isinstance(shape, dict):
        return [s for item in shape.values() for s in _flat_shapes(item)]
    if any(isinstance(item, (list, tuple, dict)) for item in shape):
        return [s for item in shape for s in _flat_shapes(item)]
    return [tuple(shape)]


def _num_params(operation, level: int) -> str:
    if not getattr(operation, "built", True):
        return "0 (unbuilt)"
    return f"{_count(getattr(operation, 'weights', ())):,}"


def _trainable(operation, level: int) -> str:
    if not getattr(operation, "weights", None):
        return "-"
    return "Y" if operation.trainable else "N"


def _connections(network):
    """Returns the cell that names the outputs which are an operation's inputs."""
    sources = {operation: [] for operation in network.operations}
    for node in network.nodes:
        for x in node.input_tensors:
            operation, node_index, tensor_index = x._keras_history
            place = f"{operation.name}[{node_index}][{tensor_index}]"
            sources[node.operation].append(place)

    def cell(operation, level: int) -> str:
        return (not level and ", ".join(sources[operation])) or "-"

    return cell


# ------------------------------------------------------------------------ layout


def _cuts(line_length, positions, count: int, is_graph: bool, show_trainable: bool):
    """Returns where each column ends, in characters."""
    if not line_length:
        widest = (108 if is_graph else 88) + (12 if show_trainable else 0)
        columns = shutil.get_terminal_size().columns or 80
        line_length = min(columns - 4, widest)
    if positions is None:
        positions = _GRAPH if is_graph else _CHAIN
        if show_trainable:
            positions = [*(0.9 * position for position in positions), 1.0]
    if len(positions) != count:
        raise ValueError(
            f"summary: positions must have one entry for each of the {count} columns, "
            f"got {list(positions)}."
        )
    scale = line_length if positions[-1] <= 1 else 1
    return [int(scale * position) for position in positions]


def _totals(model) -> list[str]:
    trainable = model.trainable_weights
    other = model.non_trainable_weights
    optimizer = getattr(model, "optimizer", None)
    state = optimizer.variables if getattr(optimizer, "built", False) else []
    lines = [
        _total("Total", [*trainable, *other, *state]),
        _total("Trainable", trainable),
        _total("Non-trainable", other),
    ]
    return [*lines, _total("Optimizer", state)] if state else lines


def _total(what: str, variables) -> str:
    size = sum(v.size * np.dtype(v.dtype).itemsize for v in variables)
    return f" {what} params: {_count(variables):,} ({_readable(size)})"


def _count(variables) -> int:
    return sum(v.size for v in variables)


def _readable(size: float) -> str:
    """Returns a number of bytes as in "12.21 MB"."""
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} TB"
