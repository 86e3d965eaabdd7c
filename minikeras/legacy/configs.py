"""Model configs of Keras 1, Keras 2 and tf.keras in today's terms, dicts to dicts.

Arguments and classes are renamed by the tables in `spellings`; here are the forms that
differ: lists in the place of dicts, inputs told by the first layer, `Merge` layers,
lambdas, sub-models.
"""

from . import merging, tf_operations
from .ages import Age
from .spellings import CLASSES, modernized

__all__ = ["model_config"]


def model_config(config, age: Age):
    """Returns a model's `{"class_name", "config"}` with its layers in Keras 3 terms.

    Args:
        config: `model_config` as read; not changed.
        age: Who wrote it.

    Raises:
        ValueError: A layer cannot be said in today's terms.
    """
    if not isinstance(config, dict) or "class_name" not in config:
        return config
    inner = config.get("config")
    if config["class_name"] == "Sequential":
        inner = {"layers": inner} if isinstance(inner, list) else dict(inner)
        if merging.starts_with_merge(inner.get("layers")):
            return model_config(merging.as_graph(config, inner), age)
        layers = [_layer(layer, age) for layer in inner.get("layers", ())]
        inner = {**inner, "layers": _with_input(layers)}
        if "name" in config and "name" not in inner:
            inner["name"] = config["name"]
    elif isinstance(inner, dict) and isinstance(inner.get("layers"), list):
        layers = [new for old in inner["layers"] for new in _graph_layers(old, age)]
        inner = {**inner, "layers": layers}
        if config["class_name"] == "Model":
            return {**config, "class_name": "Functional", "config": inner}
    return {**config, "config": inner}


def _graph_layers(layer, age: Age) -> list:
    """Upgrades one layer of a graph; some take several layers today."""
    if isinstance(layer, dict) and tf_operations.is_operation(layer):
        return tf_operations.translated(layer)
    return [_pop_input_dtype(_layer(layer, age))[1]]


def _layer(layer, age: Age):
    """Upgrades one entry of `layers`, a nested model too."""
    layer = model_config(layer, age)
    if not isinstance(layer, dict) or not isinstance(layer.get("config"), dict):
        return layer
    if "layers" in layer["config"]:
        return layer
    if layer.get("class_name") == "Merge":
        layer = merging.modern_layer(layer)
    return _with_states(_renamed(layer, age))


def _renamed(layer: dict, age: Age) -> dict:
    """A layer with the class, arguments and values of today."""
    name, config = layer.get("class_name"), dict(layer["config"])
    if name == "InputLayer" and "batch_input_shape" in config:
        config["batch_shape"] = config.pop("batch_input_shape")
        if "input_dtype" in config:
            config["dtype"] = config.pop("input_dtype")
    if _is_policy(config.get("dtype")):
        config["dtype"] = config["dtype"]["config"]["name"]
    if name in _RECURRENT and config.pop("time_major", False):
        raise ValueError(
            f"Layer {config.get('name')!r} has time_major=True: the input has steps "
            "before the batch, which no layer of Keras 3 takes. Write the model anew "
            "with ops.swapaxes(x, 0, 1) before it; take the weights with "
            "load_weights(path, by_name=True)."
        )
    if age.major < 3:
        name, config = _of_earlier_keras(name, config, age)
    for key in _GONE.get(name, ()):
        config.pop(key, None)
    for key in _INSIDE & config.keys():
        value = config[key]
        is_list = isinstance(value, list)
        new = [_layer(x, age) for x in value] if is_list else _layer(value, age)
        config[key] = new
    if name == "BatchNormalization":
        config["axis"] = _only(config.get("axis", -1))
    return {**layer, "class_name": name, "config": config}


def _of_earlier_keras(name: str, config: dict, age: Age) -> tuple[str, dict]:
    """Renames what Keras 1 and 2 named otherwise; keeps what it computed."""
    for key in _HARD & config.keys():
        if config[key] == "hard_sigmoid":
            config[key] = "legacy_hard_sigmoid"
    if name == "TimeDistributedDense":
        kept = {k: config.pop(k) for k in _WRAPPED & config.keys()}
        inner = {"class_name": "Dense", "config": config}
        return "TimeDistributed", {**kept, "name": config.get("name"), "layer": inner}
    was_keras_1 = CLASSES.get(name, (name,))[0]
    if age.major == 1 and was_keras_1 in _RECURRENT | _SIZED:
        for key in ("input_dim", "input_length"):
            config.pop(key, None)
    if age.major == 1 and was_keras_1 == "Embedding":
        config.pop("dropout", None)
    if name == "Lambda":
        config = _lambda(config, age)
    if name == "ThresholdedReLU":
        return "ReLU", {**_without(config, "theta"), "threshold": config["theta"]}
    entry = {k: config.pop(k) for k in ("input_dtype",) if k in config}
    name, config = modernized(name, config)
    config.update(entry)
    if name in ("GRU", "GRUCell") and age.is_multi_backend:
        config.setdefault("reset_after", False)
    return name, config


def _without(config: dict, *names: str) -> dict:
    return {k: v for k, v in config.items() if k not in names}


# ---------------------------------------------------------------------- lambdas

_CODE = "__lambda__"


def _lambda(config: dict, age: Age) -> dict:
    """A Lambda's functions in the forms of Keras 3."""
    new = {}
    for key in ("function", "output_shape", "mask"):
        value = config.get(key)
        kind = config.get(f"{key}_type", "raw" if key != "function" else "function")
        if kind == "lambda" and isinstance(value, list):
            new[key] = _code(value, age)
        elif kind in ("function", "lambda") and isinstance(value, str):
            new[key] = {"class_name": "function", "config": value}
        elif kind == "raw" and value is not None and key == "output_shape":
            new[key] = value
    kept = ("name", "trainable", "dtype", "batch_input_shape")
    rest = {k: config[k] for k in kept if k in config}
    return {**rest, **new, "arguments": config.get("arguments") or {}}


def _code(value: list, age: Age) -> dict:
    parts = dict(zip(("code", "defaults", "closure"), value, strict=False))
    if age.is_multi_backend:  # written by a Python before 3.8: no other can run it
        parts["is_foreign"] = True
    return {"class_name": _CODE, "config": parts}


# ------------------------------------------------------------------------ graphs


def _with_states(layer: dict) -> dict:
    """Says that the inputs of a recurrent layer after the first are its state."""
    if layer["class_name"] not in _RECURRENT or "inbound_nodes" not in layer:
        return layer
    nodes = [_with_state(node) for node in layer["inbound_nodes"]]
    return {**layer, "inbound_nodes": nodes}


def _with_state(node):
    if not isinstance(node, list) or len(node) < 2 or isinstance(node[0], str):
        return node
    (name, call, index, *options), *states = node
    options = {**(options[0] if options else {})}
    options["initial_state"] = [state[:3] for state in states]
    return [[name, call, index, options]]


# ------------------------------------------------------------------------ inputs


def _with_input(layers: list) -> list:
    """Turns the first layer's `batch_input_shape` into an InputLayer before it."""
    shapes = [_pop_input_shape(layer) for layer in layers]
    if not layers or shapes[0][0] is None:
        return [_pop_input_dtype(layer)[1] for _, layer in shapes]
    shape, first = shapes[0]
    config = {"batch_shape": shape, "name": f"{first['config'].get('name')}_input"}
    dtype, first = _pop_input_dtype(first)
    dtype = dtype or first["config"].get("dtype")
    if isinstance(dtype, str):
        config["dtype"] = dtype
    entry = {"class_name": "InputLayer", "config": config}
    layers = [first, *(layer for _, layer in shapes[1:])]
    return [entry, *(_pop_input_dtype(layer)[1] for layer in layers)]


def _pop_input_dtype(layer) -> tuple:
    """Returns (Keras 1's dtype of the input or None, the layer without it)."""
    config = layer.get("config") if isinstance(layer, dict) else None
    if not isinstance(config, dict) or "input_dtype" not in config:
        return None, layer
    rest = _without(config, "input_dtype")
    return config["input_dtype"], {**layer, "config": rest}


def _pop_input_shape(layer) -> tuple:
    """Returns (shape or None, the layer without it)."""
    config = layer.get("config") if isinstance(layer, dict) else None
    if not isinstance(config, dict):
        return None, layer
    inner = config.get("layer")
    if "batch_input_shape" not in config and isinstance(inner, dict):
        shape, inner = _pop_input_shape(inner)  # told to the layer inside a wrapper
        if shape is not None and layer.get("class_name") == "TimeDistributed":
            shape = None  # that is the shape of one step
        return shape, {**layer, "config": {**config, "layer": inner}}
    if "batch_input_shape" not in config:
        return None, layer
    return config["batch_input_shape"], {
        **layer,
        "config": _without(config, "batch_input_shape"),
    }


# ------------------------------------------------------------------------ tables


def _only(axis):
    """An axis as an int; tf.keras wrote a list of one."""
    return axis[0] if isinstance(axis, list) and len(axis) == 1 else axis


def _is_policy(dtype) -> bool:
    """Tells a dtype policy of tf.keras, which has no module of ours."""
    return isinstance(dtype, dict) and dtype.get("class_name") == "Policy"


_INSIDE = {"backward_layer", "cell", "cells", "layer"}  # where layers hold others
_RECURRENT = {"Bidirectional", "ConvLSTM2D", "GRU", "LSTM", "RNN", "SimpleRNN"}
_SIZED = {"Conv1D", "Dense", "Highway", "LocallyConnected1D", "MaxoutDense"}
_WRAPPED = {"batch_input_shape", "dtype", "input_dtype", "trainable"}
_HARD = {"activation", "inner_activation", "recurrent_activation"}
_KERNEL = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")

# Keys that Keras 1, Keras 2 and tf.keras wrote and today's constructors do not take;
# none of them says anything about what the layer computes.
_GONE = {
    "BatchNormalization": ("fused", "virtual_batch_size"),
    "Conv1DTranspose": ("groups",),
    "Conv2DTranspose": ("groups",),
    "Conv3DTranspose": ("groups",),
    "DepthwiseConv1D": ("groups",),
    "DepthwiseConv2D": ("groups",),
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
    "SeparableConv1D": ("groups", *_KERNEL),
    "SeparableConv2D": ("groups", *_KERNEL),
    "SimpleRNN": ("implementation",),
    "SpatialDropout1D": ("trainable", "noise_shape"),
    "SpatialDropout2D": ("trainable", "noise_shape"),
    "SpatialDropout3D": ("trainable", "noise_shape"),
}
