"""TensorFlow functions between layers, as tf.keras 2.4 to 2.15 saved them.

There, `x * 2` in a functional model is a layer `TFOpLambda` whose config names the
function, `math.multiply`; its arguments are in the node. Here is what each is called
in `keras.ops`. Functions that are not listed are refused by name.
"""

__all__ = ["is_operation", "translated"]

_CLASSES = ("SlicingOpLambda", "TFOpLambda")
_MODULE = "keras.ops"

_TWO = {"x": "x1", "y": "x2"}
_REDUCED = {"input_tensor": "x", "input": "x"}
_ACTIVATED = {"features": "x", "logits": "x"}

# TensorFlow's name -> (op, TensorFlow's arguments that are called otherwise there).
# The first argument comes by position and needs no name.
_OPERATIONS: dict[str, tuple[str, dict[str, str]]] = {
    "__operators__.add": ("add", _TWO),
    "cast": ("cast", {}),
    "clip_by_value": ("clip", {"clip_value_min": "x_min", "clip_value_max": "x_max"}),
    "compat.v1.floor_div": ("floor_divide", _TWO),
    "compat.v1.gather": ("take", {}),
    "compat.v1.norm": ("norm", {}),
    "compat.v1.pad": ("pad", {"paddings": "pad_width"}),
    "compat.v1.squeeze": ("squeeze", {}),
    "compat.v1.transpose": ("transpose", {"perm": "axes"}),
    "concat": ("concatenate", {}),
    "expand_dims": ("expand_dims", {}),
    "gather": ("take", {}),
    "identity": ("copy", {}),
    "linalg.l2_normalize": ("normalize", {}),
    "math.abs": ("absolute", {}),
    "math.acos": ("arccos", {}),
    "math.add": ("add", _TWO),
    "math.argmax": ("argmax", {}),
    "math.argmin": ("argmin", {}),
    "math.asin": ("arcsin", {}),
    "math.atan": ("arctan", {}),
    "math.atan2": ("arctan2", {"x": "x2", "y": "x1"}),
    "math.ceil": ("ceil", {}),
    "math.cos": ("cos", {}),
    "math.cosh": ("cosh", {}),
    "math.cumprod": ("cumprod", {}),
    "math.cumsum": ("cumsum", {}),
    "math.divide": ("divide", _TWO),
    "math.divide_no_nan": ("divide_no_nan", _TWO),
    "math.equal": ("equal", _TWO),
    "math.erf": ("erf", {}),
    "math.exp": ("exp", {}),
    "math.expm1": ("expm1", {}),
    "math.floor": ("floor", {}),
    "math.floordiv": ("floor_divide", _TWO),
    "math.floormod": ("mod", _TWO),
    "math.greater": ("greater", _TWO),
    "math.greater_equal": ("greater_equal", _TWO),
    "math.l2_normalize": ("normalize", {}),
    "math.less": ("less", _TWO),
    "math.less_equal": ("less_equal", _TWO),
    "math.log": ("log", {}),
    "math.log1p": ("log1p", {}),
    "math.logical_and": ("logical_and", _TWO),
    "math.logical_not": ("logical_not", {}),
    "math.logical_or": ("logical_or", _TWO),
    "math.maximum": ("maximum", _TWO),
    "math.minimum": ("minimum", _TWO),
    "math.multiply": ("multiply", _TWO),
    "math.negative": ("negative", {}),
    "math.not_equal": ("not_equal", _TWO),
    "math.pow": ("power", _TWO),
    "math.reciprocal": ("reciprocal", {}),
    "math.reduce_all": ("all", _REDUCED),
    "math.reduce_any": ("any", _REDUCED),
    "math.reduce_logsumexp": ("logsumexp", _REDUCED),
    "math.reduce_max": ("max", _REDUCED),
    "math.reduce_mean": ("mean", _REDUCED),
    "math.reduce_min": ("min", _REDUCED),
    "math.reduce_prod": ("prod", _REDUCED),
    "math.reduce_std": ("std", _REDUCED),
    "math.reduce_sum": ("sum", _REDUCED),
    "math.reduce_variance": ("var", _REDUCED),
    "math.round": ("round", {}),
    "math.rsqrt": ("rsqrt", {}),
    "math.sigmoid": ("sigmoid", {}),
    "math.sign": ("sign", {}),
    "math.sin": ("sin", {}),
    "math.sinh": ("sinh", {}),
    "math.softplus": ("softplus", _ACTIVATED),
    "math.sqrt": ("sqrt", {}),
    "math.square": ("square", {}),
    "math.subtract": ("subtract", _TWO),
    "math.tan": ("tan", {}),
    "math.tanh": ("tanh", {}),
    "math.truediv": ("true_divide", _TWO),
    "nn.bias_add": ("add", {"bias": "x2"}),
    "nn.elu": ("elu", _ACTIVATED),
    "nn.gelu": ("gelu", _ACTIVATED),
    "nn.leaky_relu": ("leaky_relu", {**_ACTIVATED, "alpha": "negative_slope"}),
    "nn.log_softmax": ("log_softmax", _ACTIVATED),
    "nn.relu": ("relu", _ACTIVATED),
    "nn.relu6": ("relu6", _ACTIVATED),
    "nn.selu": ("selu", _ACTIVATED),
    "nn.sigmoid": ("sigmoid", {}),
    "nn.silu": ("silu", _ACTIVATED),
    "nn.softmax": ("softmax", _ACTIVATED),
    "nn.softplus": ("softplus", _ACTIVATED),
    "nn.softsign": ("softsign", _ACTIVATED),
    "nn.tanh": ("tanh", {}),
    "norm": ("norm", {}),
    "one_hot": ("one_hot", {"depth": "num_classes"}),
    "ones_like": ("ones_like", {}),
    "pad": ("pad", {"paddings": "pad_width"}),
    "repeat": ("repeat", {}),
    "reshape": ("reshape", {"shape": "newshape"}),
    "reverse": ("flip", {}),
    "split": ("split", {"num_or_size_splits": "indices_or_sections"}),
    "squeeze": ("squeeze", {}),
    "stack": ("stack", {}),
    "stop_gradient": ("stop_gradient", {}),
    "tile": ("tile", {"multiples": "repeats"}),
    "transpose": ("transpose", {"perm": "axes"}),
    "unstack": ("unstack", {}),
    "where": ("where", _TWO),
    "zeros_like": ("zeros_like", {}),
}
_OF_CALL = {"indices", "key", "x1", "x2"}  # the others belong to the layer

_FIXED = {"nn.gelu": {"approximate": False}}  # where defaults differ

# Functions that are layers today.
_LAYERS = {"keras.backend.batch_flatten": "Flatten", "math.add_n": "Add"}

# Arguments that say nothing when they have these values: they are left out.
_IDLE = {
    "batch_dims": (0,),
    "conjugate": (False,),
    "dtype": (None,),
    "exclusive": (False,),
    "indices_dtype": (None,),
    "keepdims": (None,),
    "mode": ("CONSTANT",),
    "off_value": (None,),
    "on_value": (None,),
    "ord": ("euclidean",),
    "output_type": ("int64",),
    "reverse": (False,),
    "validate_indices": (None,),
}


def is_operation(form: dict) -> bool:
    """Tells a layer of a functional config that stands for a TensorFlow function."""
    return form.get("class_name") in _CLASSES


def translated(form: dict) -> list[dict]:
    """Returns the layers, in terms of `keras.ops`, that do what a TFOpLambda does.

    Raises:
        ValueError: The function has no counterpart.
    """
    function, name = form["config"].get("function"), form["name"]
    if function == "__operators__.getitem":
        nodes = [_with_options(node, _indexing) for node in form["inbound_nodes"]]
        return [_operation("get_item", name, nodes)]
    if function == "linalg.matmul":
        return _matrix_product(name, form["inbound_nodes"])
    if function == "math.squared_difference":
        return _squared_difference(name, form["inbound_nodes"])
    if function in _LAYERS:
        return [{**form, "class_name": _LAYERS[function], "config": {"name": name}}]
    if function not in _OPERATIONS:
        raise ValueError(
            f"Layer {name!r} calls the TensorFlow function tf.{function}, which has "
            "no counterpart here. Write the layer anew with keras.ops and load the "
            "weights with load_weights(path, by_name=True)."
        )
    operation, names = _OPERATIONS[function]

    constants = dict(_FIXED.get(function, {}))

    def split(options: dict) -> dict:
        """Keeps what belongs to the call; the rest is the same in all calls."""
        new = _renamed(options, names)
        constants.update({k: v for k, v in new.items() if k not in _OF_CALL})
        return {k: v for k, v in new.items() if k in _OF_CALL}

    nodes = [_with_options(node, split) for node in form["inbound_nodes"]]
    if operation == "split":
        constants = _split(constants)
    return [_operation(operation, name, nodes, constants)]


def _renamed(options: dict, names: dict) -> dict:
    """A call's keyword arguments as the op of ours takes them."""
    kept = {k: v for k, v in options.items() if v not in _IDLE.get(k, ())}
    kept.pop("name", None)
    if kept.get("axis", 0) is None:
        del kept["axis"]
    return {names.get(k, k): v for k, v in kept.items()}


def _operation(operation: str, name: str, nodes: list, constants=()) -> dict:
    return {
        "module": _MODULE,
        "class_name": operation,
        "config": {"name": name, **dict(constants)},
        "name": name,
        "inbound_nodes": nodes,
    }


def _with_options(node: list, change) -> list:
    """Returns a node whose keyword arguments, in its first entry, were changed."""
    if isinstance(node[0], str):
        return [*node[:3], change(node[3] if len(node) > 3 else {})]
    first, *others = node
    return [_with_options(first, change), *others]


def _split(options: dict) -> dict:
    """Sizes of the parts, in TensorFlow, are places of the cuts here."""
    sizes = options.get("indices_or_sections")
    if not isinstance(sizes, list):
        return options
    cuts = [sum(sizes[: i + 1]) for i in range(len(sizes) - 1)]
    return {**options, "indices_or_sections": cuts}


def _indexing(options: dict) -> dict:
    return {"key": [_index(item) for item in options["slice_spec"]]}


def _index(item):
    if isinstance(item, dict) and "start" in item:
        return {"class_name": "__slice__", "config": item}
    if isinstance(item, dict):
        return {"class_name": "__ellipsis__", "config": {}}
    return item


def _matrix_product(name: str, nodes: list) -> list[dict]:
    """A product of matrices, after a layer for each factor that is transposed."""
    before, products = [], []

    def turned(place: list, which: str) -> list:
        turning = f"{name}_{which}_transposed"
        options = {"axis1": -1, "axis2": -2}
        if not any(form["name"] == turning for form in before):
            before.append(_operation("swapaxes", turning, []))
        turn = next(form for form in before if form["name"] == turning)
        turn["inbound_nodes"].append([*place[:3], options])
        return [turning, len(turn["inbound_nodes"]) - 1, 0]

    for first, node, tensor, options in nodes:
        a, b = [first, node, tensor], options["b"]
        if options.get("transpose_a"):
            a = turned(a, "a")
        if options.get("transpose_b"):
            b = turned(b, "b")
        products.append([*a, {"x2": b}])
    return [*before, _operation("matmul", name, products)]


def _squared_difference(name: str, nodes: list) -> list[dict]:
    difference = f"{name}_difference"
    first = [
        _with_options(node, lambda options: {"x2": options["y"]}) for node in nodes
    ]
    second = [[difference, i, 0, {}] for i in range(len(nodes))]
    return [
        _operation("subtract", difference, first),
        _operation("square", name, second),
    ]
