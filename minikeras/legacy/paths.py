"""Where the names and modules of earlier Keras are today."""

__all__ = ["MODULES", "target_of"]


def _same(names: str, module: str) -> dict:
    return {name: (module, name) for name in names.split()}


_FUNCTIONS = {
    old: ("losses", modern)
    for modern, names in {
        "binary_crossentropy": "bce BCE",
        "cosine_similarity": "cosine cosine_proximity",
        "kl_divergence": "kld KLD kullback_leibler_divergence",
        "log_cosh": "logcosh",
        "mean_absolute_error": "mae MAE",
        "mean_absolute_percentage_error": "mape MAPE",
        "mean_squared_error": "mse MSE",
        "mean_squared_logarithmic_error": "msle MSLE",
    }.items()
    for old in names.split()
}
# Module -> {old name: (modern module, modern name)}. A name that stays the same is
# found without a warning: it has only moved.
_NAMES: dict[str, dict[str, tuple[str, str]]] = {
    "layers": {
        **_same(
            "AtrousConv1D AtrousConv2D AtrousConvolution1D AtrousConvolution2D "
            "CuDNNGRU CuDNNLSTM Deconv2D Deconv3D Deconvolution2D Deconvolution3D "
            "SyncBatchNormalization ThresholdedReLU TimeDistributedDense",
            "layers.aliases",
        ),
        **_same(
            "Highway MaxoutDense ParametricSoftplus SReLU",
            "layers.keras_1",
        ),
        **_same("Merge merge", "models.merge_modes"),
        "Recurrent": ("layers", "RNN"),
        "SimpleDeepRNN": ("layers", "SimpleRNN"),
        "ActivityRegularizer": ("layers", "ActivityRegularization"),
    },
    "models": {"Graph": ("models.graph_of_names", "Graph")},
    **{
        name: {"Container": ("models", "Model"), "Network": ("models", "Model")}
        for name in ("engine", "engine.network", "engine.topology", "engine.training")
    },
    "mixed_precision.experimental": {
        "global_policy": ("mixed_precision", "dtype_policy"),
        "set_policy": ("mixed_precision", "set_global_policy"),
    },
    "layers.containers": _same("Sequential Graph", "models"),
    "utils.visualize_util": {"plot": ("utils", "plot_model")},
    "utils.io_utils": _same("HDF5Matrix", "preprocessing.keras_2"),
    "utils": _same("HDF5Matrix multi_gpu_model", "preprocessing.keras_2"),
    "utils.test_utils": _same("get_test_data", "preprocessing.keras_2"),
    "utils.layer_utils": _same("count_params print_summary", "preprocessing.keras_2"),
    "utils.conv_utils": _same(
        "conv_input_length conv_output_length deconv_length normalize_padding "
        "normalize_tuple",
        "preprocessing.keras_2",
    ),
    "applications.mobilenet": _same("relu6", "activations"),
    "losses": _FUNCTIONS,
    "metrics": _FUNCTIONS,
    "constraints": {
        "maxnorm": ("constraints", "MaxNorm"),
        "nonneg": ("constraints", "NonNeg"),
        "unitnorm": ("constraints", "UnitNorm"),
    },
    "regularizers": {
        "ActivityRegularizer": ("regularizers", "L1L2"),
        "WeightRegularizer": ("regularizers", "L1L2"),
        "activity_l1": ("regularizers", "L1"),
        "activity_l1l2": ("regularizers", "L1L2"),
        "activity_l2": ("regularizers", "L2"),
        "l1l2": ("regularizers", "L1L2"),
    },
    "optimizers": {
        name.lower(): ("optimizers", name)
        for name in "Adadelta Adagrad Adam Adamax Nadam RMSprop SGD".split()
    },
}
_LAYERS = ("layers",)
# Old module -> the modern modules that its names are looked up in.
MODULES: dict[str, tuple[str, ...]] = {
    **{
        f"layers.{name}": _LAYERS
        for name in (
            "advanced_activations convolutional convolutional_recurrent core "
            "cudnn_recurrent embeddings experimental.preprocessing local merge noise "
            "normalization pooling recurrent wrappers preprocessing containers "
            "experimental"
        ).split()
    },
    "applications.mobilenetv2": ("applications.mobilenet_v2",),
    "engine": ("layers", "models"),
    "engine.base_layer": _LAYERS,
    "engine.input_layer": _LAYERS,
    "engine.network": ("models",),
    "engine.sequential": ("models",),
    "engine.topology": ("layers", "models", "utils"),
    "engine.training": ("models",),
    "initializations": ("backend.initializations",),
    "legacy.interfaces": (),
    "legacy.layers": _LAYERS,
    "mixed_precision.experimental": ("mixed_precision", "dtype_policies"),
    "objectives": ("losses",),
    "utils.conv_utils": ("utils",),
    "utils.data_utils": ("utils",),
    "utils.generic_utils": ("utils",),
    "utils.io_utils": ("utils",),
    "utils.layer_utils": ("utils",),
    "utils.np_utils": ("utils",),
    "utils.test_utils": ("utils",),
    "utils.tf_utils": ("utils",),
    "utils.vis_utils": ("utils",),
    "utils.visualize_util": ("utils",),
}


def target_of(module: str, name: str) -> tuple[str, str, bool] | None:
    """Returns where an old name of a module leads, and whether it is renamed.

    Args:
        module: Without the package: `"regularizers"`.
        name: The old name.

    >>> target_of("regularizers", "l1l2")
    ('regularizers', 'L1L2', True)
    """
    found = _NAMES.get(module, {}).get(name)
    return found and (*found, found[1] != name)
