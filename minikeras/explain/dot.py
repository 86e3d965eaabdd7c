"""`model_to_dot`: a model as a graph for Graphviz, by pydot (extra `plot`)."""

from html import escape

from ..utils.lazy import LazyModule
from .outline import Box, Group, outline

__all__ = ["check_keywords", "model_to_dot"]

pydot = LazyModule("pydot", extra="plot")


def check_keywords(owner: str, kwargs: dict) -> None:
    """Raises for keyword arguments that there are not, or no longer."""
    if kwargs.pop("layer_range", None) is not None:
        raise ValueError(f"{owner}: layer_range is gone. Plot a Model of these layers.")
    for name in kwargs:
        raise ValueError(f"{owner}: there is no argument {name!r}.")


def model_to_dot(
    model,
    show_shapes=False,
    show_dtype=False,
    show_layer_names=True,
    rankdir="TB",
    expand_nested=False,
    dpi=200,
    subgraph=False,
    show_layer_activations=False,
    show_trainable=False,
    splines="ortho",
    **kwargs,
):
    """Returns a model as a `pydot.Dot` graph, or as a cluster of a larger one.

    Args:
        model: A built model.
        show_shapes: Whether boxes show the shapes of inputs and outputs.
        show_dtype: Whether boxes show the dtype of outputs.
        show_layer_names: Whether boxes show names.
        rankdir: `"TB"`: from top to bottom; `"BT"`, `"LR"` or `"RL"`.
        expand_nested: Whether models in the model are shown with their layers.
        dpi: Dots per inch of pictures.
        subgraph: Whether to return a `pydot.Cluster`.
        show_layer_activations: Whether boxes show activations.
        show_trainable: Whether boxes of layers with weights show if they are trained.
        splines: How edges run: `"ortho"`, `"curved"`, `"polyline"`, `"spline"` or
            `"line"`.
    """
    check_keywords("model_to_dot", kwargs)
    graph = outline(
        model,
        show_shapes,
        show_dtype,
        show_layer_names,
        expand_nested,
        show_layer_activations,
        show_trainable,
    )
    columns = 2 * bool(show_shapes) + bool(show_dtype) + bool(show_trainable) or 1
    if subgraph:
        return _cluster(graph, columns)
    dot = pydot.Dot()
    dot.set("rankdir", rankdir)
    dot.set("concentrate", True)
    dot.set("dpi", dpi)
    dot.set("splines", splines)
    dot.set_node_defaults(shape="record")
    return _fill(dot, graph, columns)


def _cluster(group: Group, columns: int):
    cluster = pydot.Cluster(graph_name=group.name)
    cluster.set("style", "dashed")
    cluster.set("label", group.name)
    cluster.set("labeljust", "l")
    return _fill(cluster, group, columns)


def _fill(dot, group: Group, columns: int):
    style = {"fontname": "Helvetica", "border": "0", "margin": "0"}
    for member in group.members:
        if isinstance(member, Group):
            dot.add_subgraph(_cluster(member, columns))
        else:
            label = f"<{_table(member, columns)}>"
            dot.add_node(pydot.Node(member.key, label=label, **style))
    for tail, head in group.edges:
        dot.add_edge(pydot.Edge(tail, head, penwidth="2"))
    return dot


def _table(box: Box, columns: int) -> str:
    name, kind = escape(box.name), escape(box.kind)
    title = f"<b>{name}</b> ({kind})" if name else f"<b>{kind}</b>"
    across = f' colspan="{columns}"'
    rows = [_cell(title, "black", 16, "white", before=across)]
    if box.activation is not None:
        text = f"Activation: <b>{escape(box.activation)}</b>"
        rows.append(_cell(text, "white", 14, after=across))
    cells = [_cell(f"{key}: <b>{escape(text)}</b>", "white") for key, text in box.facts]
    if box.is_trainable is not None:
        text = "<b>Trainable</b>" if box.is_trainable else "<b>Non-trainable</b>"
        ground = "forestgreen" if box.is_trainable else "firebrick"
        cells.append(_cell(text, ground, 14, "white"))
    rows += ["".join(cells)] if cells else []
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    border = 'border="0" cellborder="1" bgcolor="black" cellpadding="10"'
    return f"<table {border}>{body}</table>"


def _cell(text, ground, size=14, colour=None, before="", after="") -> str:
    ink = f' color="{colour}"' if colour else ""
    font = f'<font point-size="{size}"{ink}>{text}</font>'
    return f'<td{before} bgcolor="{ground}"{after}>{font}</td>'
