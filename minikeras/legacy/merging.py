"""`Merge` of Keras 1: one layer with modes, today one layer for each.

A Sequential model of Keras 1 could start with `Merge([left, right], mode="concat")`: a
model with several inputs. Today that is a graph; `as_graph` draws it.
"""

__all__ = ["MODES", "as_graph", "modern_layer", "starts_with_merge"]

# Mode -> (layer of today, its arguments <- those of Merge, fixed arguments).
MODES: dict[str, tuple[str, dict, dict]] = {
    "ave": ("Average", {}, {}),
    "concat": ("Concatenate", {"axis": "concat_axis"}, {}),
    "cos": ("Dot", {"axes": "dot_axes"}, {"normalize": True}),
    "dot": ("Dot", {"axes": "dot_axes"}, {}),
    "max": ("Maximum", {}, {}),
    "min": ("Minimum", {}, {}),
    "mul": ("Multiply", {}, {}),
    "sub": ("Subtract", {}, {}),
    "sum": ("Add", {}, {}),
}


def modern_layer(form: dict) -> dict:
    """Returns the layer of today that a `Merge` layer's form means.

    >>> old = {"class_name": "Merge", "config": {"name": "m", "mode": "sum"}}
    >>> modern_layer(old)
    {'class_name': 'Add', 'config': {'name': 'm'}}
    """
    config = form["config"]
    mode, kind = config.get("mode", "sum"), config.get("mode_type", "raw")
    kept = {"name": config["name"]} if config.get("name") else {}
    if kind != "raw":
        function = {
            "function": mode,
            "function_type": kind,
            "output_shape": config.get("output_shape"),
            "output_shape_type": config.get("output_shape_type", "raw"),
            "arguments": config.get("arguments") or {},
        }
        return {**form, "class_name": "Lambda", "config": {**kept, **function}}
    if mode not in MODES:
        raise ValueError(
            f"Merge layer {config.get('name')!r} has the mode {mode!r}, expected one "
            f"of {', '.join(MODES)}."
        )
    name, taken, fixed = MODES[mode]
    arguments = {new: config.get(old, -1) for new, old in taken.items()}
    return {**form, "class_name": name, "config": {**kept, **arguments, **fixed}}


def starts_with_merge(layers) -> bool:
    """Tells the layers of a Sequential model that starts with branches."""
    first = layers[0] if isinstance(layers, list) and layers else None
    return (
        isinstance(first, dict)
        and first.get("class_name") == "Merge"
        and isinstance(first.get("config"), dict)
        and "layers" in first["config"]
    )


def as_graph(form: dict, inner: dict) -> dict:
    """Returns the functional form of a Sequential model that starts with branches.

    The layers come in the order in which Keras 1 kept their weights: branch by branch,
    then those behind the merger.
    """
    merge, *rest = inner["layers"]
    graph = _Graph()
    ends = [graph.add_branch(branch) for branch in merge["config"]["layers"]]
    merge = {k: v for k, v in merge.items() if k != "layers"}
    merge["config"] = {k: v for k, v in merge["config"].items() if k != "layers"}
    graph.add(merge, ends, "merge_1")
    for layer in rest:
        graph.add(layer, [graph.last()])
    config = {
        "name": inner.get("name") or form.get("name") or "sequential",
        "layers": graph.layers,
        "input_layers": graph.inputs,
        "output_layers": [graph.last()],
    }
    return {**form, "class_name": "Functional", "config": config}


class _Graph:
    """A functional config that grows layer by layer."""

    def __init__(self):
        self.layers: list[dict] = []
        self.inputs: list[list] = []

    def last(self) -> list:
        """The output of the layer that was added last: [layer, node, tensor]."""
        return [self.layers[-1]["name"], 0, 0]

    def add(self, layer: dict, sources: list, name: str | None = None) -> None:
        """Adds a layer that is called on the outputs of others."""
        config = layer["config"]
        told = config.get("name") if isinstance(config, dict) else None
        name = layer.get("name") or told or name or f"{layer['class_name']}_nested"
        taken = {known["name"] for known in self.layers}
        while name in taken:
            name += "_"
        if isinstance(config, dict):
            config = {**config, "name": name}
        nodes = [[[*source, {}] for source in sources]] if sources else []
        form = {**layer, "config": config, "name": name, "inbound_nodes": nodes}
        self.layers.append(form)

    def add_branch(self, branch: dict) -> list:
        """Adds a model's layers, after an input; returns its output."""
        inner = branch["config"]
        if branch["class_name"] != "Sequential":
            return self._add_drawn(inner)
        layers = inner if isinstance(inner, list) else inner["layers"]
        if starts_with_merge(layers):
            drawn = as_graph(branch, {"layers": layers})
            return self._add_drawn(drawn["config"])
        shape = layers[0]["config"].get("batch_input_shape")
        dtype = layers[0]["config"].get("input_dtype") or "float32"
        entry = {"batch_input_shape": shape, "dtype": dtype}
        name = f"{layers[0]['config'].get('name')}_input"
        self.add({"class_name": "InputLayer", "config": entry}, [], name)
        self.inputs.append(self.last())
        for layer in layers:
            config = layer["config"]
            if isinstance(config, dict):
                config = {k: v for k, v in config.items() if k != "batch_input_shape"}
            self.add({**layer, "config": config}, [self.last()])
        return self.last()

    def _add_drawn(self, config: dict) -> list:
        """Adds the layers of a graph as they are."""
        self.layers += config["layers"]
        self.inputs += config["input_layers"]
        return config["output_layers"][0]
