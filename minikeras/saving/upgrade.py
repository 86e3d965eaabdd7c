"""Configs of older files, turned into those of Keras 3.15: pure functions on dicts.

They stand between reading a config and building from it. Tables of renamed arguments
and weight layouts have their own place; here are only the forms that every age shares.
"""

__all__ = ["model_config", "stored_optimizer_variables", "training_config"]


def model_config(config, keras_version: str | None):
    """Returns the form `{"class_name", "config"}` with its layers in Keras 3 terms.

    Args:
        config: `model_config` as read.
        keras_version: Version that the file names, or None (Keras 1).
    """
    if not isinstance(config, dict) or "class_name" not in config:
        return config
    inner = config.get("config")
    if config["class_name"] == "Sequential":
        inner = {"layers": inner} if isinstance(inner, list) else inner
        layers = [_layer(layer) for layer in inner.get("layers", ())]
        inner = {**inner, "layers": _with_input(layers)}
    elif isinstance(inner, dict) and "layers" in inner:
        inner = {**inner, "layers": [_layer(layer) for layer in inner["layers"]]}
    return {**config, "config": inner}


def _layer(layer):
    """Upgrades one entry of `layers`, a nested model too."""
    layer = model_config(layer, None)
    if not isinstance(layer, dict) or not isinstance(layer.get("config"), dict):
        return layer
    config = dict(layer["config"])
    if _is_input(layer) and "batch_input_shape" in config:
        config["batch_shape"] = config.pop("batch_input_shape")
    if _is_policy(config.get("dtype")):
        config["dtype"] = config["dtype"]["config"]["name"]
    for name in _GONE.get(layer.get("class_name"), ()):
        config.pop(name, None)
    if config.get("time_major") is False:  # True is another layout: not for us
        del config["time_major"]
    for name in _INSIDE & config.keys():
        config[name] = _layers(config[name])
    if layer.get("class_name") == "BatchNormalization":
        config["axis"] = _only(config.get("axis", -1))
    if layer.get("class_name") in _RECURRENT and "inbound_nodes" in layer:
        nodes = [_with_state(node) for node in layer["inbound_nodes"]]
        layer = {**layer, "inbound_nodes": nodes}
    return {**layer, "config": config}


def _with_state(node):
    """Says that the inputs of a recurrent layer after the first are its state."""
    if not isinstance(node, list) or len(node) < 2 or isinstance(node[0], str):
        return node
    (name, call, index, *options), *states = node
    options = {**(options[0] if options else {})}
    options["initial_state"] = [state[:3] for state in states]
    return [[name, call, index, options]]


def _layers(value):
    """Upgrades a layer inside another one, or a list of them."""
    return [_layer(x) for x in value] if isinstance(value, list) else _layer(value)


_INSIDE = {"backward_layer", "cell", "cells", "layer"}  # where layers hold others
_RECURRENT = {"Bidirectional", "ConvLSTM2D", "GRU", "LSTM", "RNN", "SimpleRNN"}
_KERNEL = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")

# Keys that Keras 2 and tf.keras wrote and today's constructors do not take; none
# of them says anything about what the layer computes.
_GONE = {
    "BatchNormalization": ("fused", "virtual_batch_size"),
    "Conv1DTranspose": ("groups",),
    "Conv2DTranspose": ("groups",),
    "Conv3DTranspose": ("groups",),
    "DepthwiseConv1D": ("groups",),
    "DepthwiseConv2D": ("groups",),
    "SeparableConv1D": ("groups", *_KERNEL),
    "SeparableConv2D": ("groups", *_KERNEL),
    "Discretization": ("trainable",),
    "Embedding": ("input_length",),
    "GRU": ("implementation",),
    "GRUCell": ("implementation",),
    "LSTM": ("implementation",),
    "LSTMCell": ("implementation",),
    "MultiHeadAttention": (
        "query_shape",
        "key_shape",
        "value_shape",
        "softmax_robust_masking",
    ),
    "SpatialDropout1D": ("trainable", "noise_shape"),
    "SpatialDropout2D": ("trainable", "noise_shape"),
    "SpatialDropout3D": ("trainable", "noise_shape"),
}


def _only(axis):
    """An axis as an int; tf.keras wrote a list of one."""
    return axis[0] if isinstance(axis, list) and len(axis) == 1 else axis


def _is_input(layer: dict) -> bool:
    return layer.get("class_name") == "InputLayer"


def _is_policy(dtype) -> bool:
    """Tells a dtype policy of tf.keras, which has no module of ours."""
    return isinstance(dtype, dict) and dtype.get("class_name") == "Policy"


def _with_input(layers: list) -> list:
    """Turns the first layer's `batch_input_shape` into an InputLayer before it."""
    shapes = [_pop_input_shape(layer) for layer in layers]
    if not layers or shapes[0][0] is None:
        return [layer for _, layer in shapes]
    shape, first = shapes[0]
    config = {"batch_shape": shape, "name": f"{first['config'].get('name')}_input"}
    dtype = first["config"].get("dtype")
    if isinstance(dtype, str):
        config["dtype"] = dtype
    entry = {"class_name": "InputLayer", "config": config}
    return [entry, *(layer for _, layer in shapes)]


def _pop_input_shape(layer) -> tuple:
    """Returns (shape or None, the layer without it)."""
    config = layer.get("config") if isinstance(layer, dict) else None
    if not isinstance(config, dict) or "batch_input_shape" not in config:
        return None, layer
    rest = {k: v for k, v in config.items() if k != "batch_input_shape"}
    return config["batch_input_shape"], {**layer, "config": rest}


def training_config(config: dict) -> dict:
    """Returns a `training_config` with metrics in Keras 3 terms."""
    keys = ("loss", "metrics", "weighted_metrics")
    return {**config, **{key: _objective(config.get(key)) for key in keys}}


def _objective(value):
    """Replaces tf.keras's wrappers by the functions they wrap, at any depth."""
    if isinstance(value, (list, tuple)):
        return [_objective(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {key: _objective(item) for key, item in value.items()}
    config = value.get("config") or {}
    if value["class_name"] == "MeanMetricWrapper" and isinstance(config.get("fn"), str):
        # "accuracy" names the family: compile picks the member by the shapes
        is_family = config.get("name") in ("accuracy", "acc")
        return config["name"] if is_family else config["fn"]
    if isinstance(config, dict) and config.get("reduction") == "auto":
        config = {**config, "reduction": "sum_over_batch_size"}
    return {**value, "config": config}


def stored_optimizer_variables(variables: list, names: list[str]) -> list:
    """Returns those optimizer variables that a file stores, in its order.

    tf.keras 2.11 and later leaves the learning rate out, which Keras 3 has in second
    place; the order is the same otherwise.
    """
    has_rate = any(name.endswith("learning_rate") for name in names)
    if has_rate or len(names) != len(variables) - 1:
        return list(variables)
    return [v for v in variables if v.name != "learning_rate"]
