"""How Keras 1, Keras 2 and tf.keras spelled what Keras 3 spells otherwise.

Tables of classes, arguments and values, and one function that applies them. It serves
two doors: constructors that get a keyword they do not know, and configs in old files.
"""

__all__ = [
    "CLASSES",
    "SpellingError",
    "by_position",
    "modern_value",
    "modernized",
    "renamed_arguments",
    "sizes_by_position",
]


class SpellingError(TypeError):
    """An old spelling that has no modern one, or comes together with it."""


# Old class -> (modern class, arguments that make them equal).
CLASSES: dict[str, tuple[str, dict]] = {
    "AtrousConv1D": ("Conv1D", {}),
    "AtrousConv2D": ("Conv2D", {}),
    "AtrousConvolution1D": ("Conv1D", {}),
    "AtrousConvolution2D": ("Conv2D", {}),
    "BatchNormalizationV1": ("BatchNormalization", {}),
    "BatchNormalizationV2": ("BatchNormalization", {}),
    "Convolution1D": ("Conv1D", {}),
    "Convolution2D": ("Conv2D", {}),
    "Convolution1DTranspose": ("Conv1DTranspose", {}),
    "Convolution2DTranspose": ("Conv2DTranspose", {}),
    "Convolution3D": ("Conv3D", {}),
    "Convolution3DTranspose": ("Conv3DTranspose", {}),
    "CuDNNGRU": ("GRU", {"reset_after": True, "recurrent_activation": "sigmoid"}),
    "CuDNNLSTM": ("LSTM", {"recurrent_activation": "sigmoid"}),
    "Deconv2D": ("Conv2DTranspose", {}),
    "Deconv3D": ("Conv3DTranspose", {}),
    "Deconvolution2D": ("Conv2DTranspose", {}),
    "Deconvolution3D": ("Conv3DTranspose", {}),
    "GRUCellV1": ("GRUCell", {}),
    "GRUCellV2": ("GRUCell", {}),
    "GRUV1": ("GRU", {}),
    "GRUV2": ("GRU", {}),
    "LSTMCellV1": ("LSTMCell", {}),
    "LSTMCellV2": ("LSTMCell", {}),
    "LSTMV1": ("LSTM", {}),
    "LSTMV2": ("LSTM", {}),
    "SeparableConvolution1D": ("SeparableConv1D", {}),
    "SeparableConvolution2D": ("SeparableConv2D", {}),
    "SyncBatchNormalization": ("BatchNormalization", {"synchronized": True}),
}

# Old class -> the order of its arguments in Keras 1, and how many of them are sizes.
_REST = "init activation weights border_mode subsample"
_POSITIONS: dict[str, tuple[str, int]] = {
    "AtrousConvolution1D": (f"nb_filter filter_length {_REST}_length atrous_rate", 2),
    "AtrousConvolution2D": (f"nb_filter nb_row nb_col {_REST} atrous_rate", 3),
    "Convolution1D": (f"nb_filter filter_length {_REST}_length", 2),
    "Convolution2D": (f"nb_filter nb_row nb_col {_REST} dim_ordering", 3),
    "Convolution3D": (
        f"nb_filter kernel_dim1 kernel_dim2 kernel_dim3 {_REST} dim_ordering",
        4,
    ),
    "Deconvolution2D": (f"nb_filter nb_row nb_col output_shape {_REST}", 3),
    "SeparableConvolution2D": (f"nb_filter nb_row nb_col {_REST} depth_multiplier", 3),
}


def by_position(class_name: str, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """Names the arguments that Keras 1 took by position: `Convolution2D(32, 3, 3)`.

    Args:
        class_name: An old name of a layer; those of today have today's order.
        args, kwargs: As they came.

    >>> by_position("Convolution2D", (32, 3, 5), {})
    ((), {'nb_filter': 32, 'nb_row': 3, 'nb_col': 5})
    >>> by_position("Convolution2D", (32, (3, 3)), {})
    ((32, (3, 3)), {})
    """
    names, sizes = _POSITIONS.get(class_name, ("", 0))
    if not sizes or not all(_is_size(x) for x in args[:sizes]):
        return args, kwargs
    named = dict(zip(names.split(), args, strict=False))
    is_partial = not kwargs.keys() >= set(names.split()[len(args) : sizes])
    is_todays = sizes == 2 and not any(isinstance(x, str) for x in args[2:3])
    if is_partial or is_todays:
        return args, kwargs
    both = sorted(named.keys() & kwargs.keys())
    if both or len(args) > len(named):
        raise SpellingError(
            f"{class_name}: {both[0] if both else 'an argument'!r} came twice or too "
            f"many came by position. It took {names.replace(' ', ', ')}."
        )
    return (), {**named, **kwargs}


def sizes_by_position(class_name: str) -> int:
    """Returns how many sizes an old class took by position; 0 for any other."""
    return _POSITIONS.get(class_name, ("", 0))[1]


def _is_size(x) -> bool:
    return hasattr(x, "__index__") and not isinstance(x, bool)


_KERNEL = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "W_constraint": "kernel_constraint",
}
_BIAS = {
    "bias": "use_bias",
    "b_regularizer": "bias_regularizer",
    "b_constraint": "bias_constraint",
}
_DENSE = {"output_dim": "units", **_KERNEL, **_BIAS}
_SPACE = {"border_mode": "padding", "dim_ordering": "data_format"}
_CONVOLUTION = {
    "nb_filter": "filters",
    "subsample": "strides",
    "atrous_rate": "dilation_rate",
    **_SPACE,
    **_KERNEL,
    **_BIAS,
}
_CONVOLUTION_1D = {
    **_CONVOLUTION,
    "filter_length": "kernel_size",
    "subsample_length": "strides",
}
_SEPARABLE = {
    **_CONVOLUTION,
    "init": "depthwise_initializer",
    "depthwise_init": "depthwise_initializer",
    "pointwise_init": "pointwise_initializer",
}
_POOLING = {"pool_length": "pool_size", "stride": "strides", **_SPACE}
_CELL = {
    "output_dim": "units",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "U_regularizer": "recurrent_regularizer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    **_KERNEL,
    **_BIAS,
}
_RATE = {"p": "rate"}

# Modern class -> its old arguments and what they are called today.
_ARGUMENTS: dict[str, dict[str, str]] = {
    "AlphaDropout": _RATE,
    "AveragePooling1D": _POOLING,
    "AveragePooling2D": _POOLING,
    "AveragePooling3D": _POOLING,
    "BatchNormalization": {
        "beta_init": "beta_initializer",
        "gamma_init": "gamma_initializer",
    },
    "Conv1D": _CONVOLUTION_1D,
    "Conv2D": _CONVOLUTION,
    "Conv2DTranspose": _CONVOLUTION,
    "Conv3D": _CONVOLUTION,
    "Conv3DTranspose": _CONVOLUTION,
    "ConvLSTM2D": {**_CELL, **_CONVOLUTION},
    "Cropping2D": _SPACE,
    "Cropping3D": _SPACE,
    "Dense": _DENSE,
    "Dropout": _RATE,
    "Embedding": {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    },
    "GRU": _CELL,
    "GaussianDropout": _RATE,
    "GaussianNoise": {"sigma": "stddev"},
    "GlobalAveragePooling2D": _SPACE,
    "GlobalAveragePooling3D": _SPACE,
    "GlobalMaxPooling2D": _SPACE,
    "GlobalMaxPooling3D": _SPACE,
    "Highway": _DENSE,
    "LSTM": _CELL,
    "LeakyReLU": {"alpha": "negative_slope"},
    "LocallyConnected1D": _CONVOLUTION_1D,
    "LocallyConnected2D": _CONVOLUTION,
    "MaxPooling1D": _POOLING,
    "MaxPooling2D": _POOLING,
    "MaxPooling3D": _POOLING,
    "MaxoutDense": {**_DENSE, "nb_feature": "pieces"},
    "PReLU": {"init": "alpha_initializer"},
    "ParametricSoftplus": {
        "alpha_init": "alpha_initializer",
        "beta_init": "beta_initializer",
    },
    "SReLU": {
        "t_left_init": "left_threshold_initializer",
        "a_left_init": "left_slope_initializer",
        "t_right_init": "right_threshold_initializer",
        "a_right_init": "right_slope_initializer",
    },
    "SeparableConv1D": _SEPARABLE,
    "SeparableConv2D": _SEPARABLE,
    "SimpleRNN": _CELL,
    "SpatialDropout1D": _RATE,
    "SpatialDropout2D": {**_RATE, "dim_ordering": "data_format"},
    "SpatialDropout3D": {**_RATE, "dim_ordering": "data_format"},
    "UpSampling1D": {"length": "size"},
    "UpSampling2D": _SPACE,
    "UpSampling3D": _SPACE,
    "ZeroPadding2D": _SPACE,
    "ZeroPadding3D": _SPACE,
}
_EVERY = {"input_dtype": "dtype"}

# Old arguments that several modern ones or none came of: joined in order into one.
_JOINED = {
    "Conv2D": ("kernel_size", ("nb_row", "nb_col")),
    "Conv2DTranspose": ("kernel_size", ("nb_row", "nb_col")),
    "Conv3D": ("kernel_size", ("kernel_dim1", "kernel_dim2", "kernel_dim3")),
    "ConvLSTM2D": ("kernel_size", ("nb_row", "nb_col")),
    "LocallyConnected2D": ("kernel_size", ("nb_row", "nb_col")),
    "SeparableConv2D": ("kernel_size", ("nb_row", "nb_col")),
}

_INITIALIZERS = {
    "normal": "random_normal",
    "one": "ones",
    "uniform": "random_uniform",
    "zero": "zeros",
}
REGULARIZERS = {"activity_l1": "l1", "activity_l2": "l2", "l1l2": "l1_l2"}
CONSTRAINTS = {"maxnorm": "max_norm", "nonneg": "non_neg", "unitnorm": "unit_norm"}
_IMPLEMENTATIONS = {"cpu": 0, "mem": 1, "gpu": 2}
_SIDES_2D = (("top_pad", "bottom_pad"), ("left_pad", "right_pad"))


def renamed_arguments(class_name: str) -> dict[str, str]:
    """Returns what the old arguments of a modern class are called today.

    >>> renamed_arguments("Dropout")
    {'input_dtype': 'dtype', 'p': 'rate'}
    """
    return {**_EVERY, **_ARGUMENTS.get(class_name, {})}


def modernized(class_name: str, arguments: dict) -> tuple[str, dict]:
    """Returns a class and its keyword arguments in the spelling of Keras 3.

    Args:
        class_name: Old or modern name of a layer.
        arguments: Old and modern keyword arguments; not changed.

    Raises:
        SpellingError: An old argument stands beside its modern one, or asks for what
            no Keras of today can do.

    >>> modernized("Convolution1D", {"nb_filter": 8, "filter_length": 3})
    ('Conv1D', {'filters': 8, 'kernel_size': 3})
    """
    modern, extra = CLASSES.get(class_name, (class_name, {}))
    arguments = {**extra, **arguments}
    names = renamed_arguments(modern)
    result: dict = {}
    for name, value in _joined(modern, arguments).items():
        target = names.get(name, name)
        if target in result or (target != name and target in arguments):
            raise SpellingError(
                f"{class_name}: {name!r} is the old name of {target!r}, and both were "
                f"given. Give {target!r} alone."
            )
        result[target] = modern_value(target, value)
    special = _SPECIAL.get(modern)
    return modern, special(class_name, result) if special else result


def _joined(modern: str, arguments: dict) -> dict:
    """Puts sizes that were given one by one, `nb_row` and `nb_col`, into one tuple."""
    if modern not in _JOINED:
        return arguments
    target, parts = _JOINED[modern]
    given = [name for name in parts if name in arguments]
    if not given:
        return arguments
    if target in arguments or len(given) < len(parts):
        raise SpellingError(
            f"{modern}: {', '.join(parts)} are the old form of {target!r}; got "
            f"{', '.join(sorted({target, *given} & arguments.keys()))}. Give "
            f"{target!r} alone."
        )
    rest = {k: v for k, v in arguments.items() if k not in parts}
    return {**rest, target: tuple(arguments[name] for name in parts)}


def modern_value(name: str, value):
    """Returns a value as Keras 3 takes it under the modern name of its argument."""
    if name == "data_format":
        names = {"th": "channels_first", "tf": "channels_last", "default": None}
        return names.get(value, value)
    if name.endswith("_initializer") and isinstance(value, str):
        return _INITIALIZERS.get(value, value)
    if name.endswith("_constraint"):
        if isinstance(value, str):
            return CONSTRAINTS.get(value, value)
        return _keras_1_object(value, {"m": "max_value"})
    if name.endswith("_regularizer"):
        if isinstance(value, str):
            return REGULARIZERS.get(value, value)
        return _keras_1_object(value, {})
    return value


_KERAS_1_CLASSES = {
    "ActivityRegularizer": "L1L2",
    "L1L2Regularizer": "L1L2",
    "WeightRegularizer": "L1L2",
}


def _keras_1_object(value, names: dict):
    """Turns `{"name": "MaxNorm", "m": 2}` into `{"class_name", "config"}`."""
    if not isinstance(value, dict) or "name" not in value or "class_name" in value:
        return value
    config = {names.get(k, k): v for k, v in value.items() if k != "name"}
    cls = _KERAS_1_CLASSES.get(value["name"], value["name"])
    return {"class_name": cls, "config": config}


# ----------------------------------------------- what takes more than another name


def _recurrent(class_name: str, arguments: dict) -> dict:
    arguments = dict(arguments)
    if "forget_bias_init" in arguments:
        start = arguments.pop("forget_bias_init")
        _refuse_both(class_name, arguments, "forget_bias_init", "unit_forget_bias")
        arguments["unit_forget_bias"] = start in ("one", "ones", 1)
    if "consume_less" in arguments:
        kind = arguments.pop("consume_less")
        _refuse_both(class_name, arguments, "consume_less", "implementation")
        arguments["implementation"] = _IMPLEMENTATIONS.get(kind, 2)
    return arguments


def _refuse_both(class_name: str, arguments: dict, old: str, modern: str) -> None:
    if modern in arguments:
        raise SpellingError(
            f"{class_name}: {old!r} is the old form of {modern!r}, and both were "
            f"given. Give {modern!r} alone."
        )


def _batch_normalization(class_name: str, arguments: dict) -> dict:
    mode = arguments.get("mode", 0)
    if mode != 0:
        means = {
            1: "normalized each sample by itself. Try LayerNormalization(), which does",
            2: "used the statistics of the batch in prediction too. Call the layer "
            "with training=True for that",
        }
        raise SpellingError(
            f"{class_name}: mode={mode!r} is a mode of Keras 1 that Keras no longer "
            f"has; it {means.get(mode, 'is unknown')}."
        )
    return {k: v for k, v in arguments.items() if k != "mode"}


def _transposed(class_name: str, arguments: dict) -> dict:
    """Turns the fixed `output_shape` of Keras 1 into the padding that leads to it."""
    if "output_shape" not in arguments:
        return arguments
    rest = {k: v for k, v in arguments.items() if k != "output_shape"}
    shape, kernel = arguments["output_shape"], rest.get("kernel_size")
    first = rest.get("data_format") == "channels_first"
    strides = _several(rest.get("strides", 1), 2)
    if shape is None or kernel is None:
        return rest
    space = shape[2:4] if first else shape[1:3]
    sizes = _several(kernel, 2)
    is_same = rest.get("padding", "valid") == "same"
    margins = [2 * (size // 2) if is_same else 0 for size in sizes]
    pairs = list(zip(space, sizes, strides, margins, strict=True))
    if any(out is None for out, *_ in pairs):
        return rest
    wanted = [(out - size + margin) % step for out, size, step, margin in pairs]
    usual = [
        (margin - size) % step if is_same else max(step - size, 0)
        for _, size, step, margin in pairs
    ]
    return rest if wanted == usual else {**rest, "output_padding": wanted}


def _several(value, count: int) -> list:
    return [value] * count if isinstance(value, int) else list(value)


def _zero_padding_2d(class_name: str, arguments: dict) -> dict:
    padding = arguments.get("padding")
    if not isinstance(padding, dict):
        return arguments
    unknown = sorted(padding.keys() - {side for pair in _SIDES_2D for side in pair})
    if unknown:
        raise SpellingError(
            f"{class_name}: padding has the unknown sides {unknown}. It takes top_pad, "
            "bottom_pad, left_pad and right_pad."
        )
    pairs = tuple(tuple(padding.get(side, 0) for side in pair) for pair in _SIDES_2D)
    return {**arguments, "padding": pairs}


def _zero_padding_1d(class_name: str, arguments: dict) -> dict:
    padding = arguments.get("padding")
    if not isinstance(padding, dict):
        return arguments
    pair = tuple(padding.get(side, 0) for side in ("left_pad", "right_pad"))
    return {**arguments, "padding": pair}


_SPECIAL = {
    "BatchNormalization": _batch_normalization,
    "Conv2DTranspose": _transposed,
    "ConvLSTM2D": _recurrent,
    "GRU": _recurrent,
    "LSTM": _recurrent,
    "SimpleRNN": _recurrent,
    "ZeroPadding1D": _zero_padding_1d,
    "ZeroPadding2D": _zero_padding_2d,
}
