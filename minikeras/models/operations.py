"""Ops between layers, as model files name them: class `Add` of `keras.src.ops.numpy`.

In Keras every op has a class beside its function. Here an op in a graph is always a
`FunctionOperation`; only in files it goes by the name of Keras's class.
"""

from .. import ops
from ..tensor import PRIMITIVES, FunctionOperation
from ..utils import checks, serialization

__all__ = ["class_name", "describe_operation", "is_operation_form", "revive_operation"]

_ROOT = "keras.src.ops."

# The modules of Keras's op classes, except `numpy`, where all others are.
_MODULES = {
    "core": """associative_scan cast cond convert_to_tensor fori_loop map scan scatter
        scatter_update slice slice_update stop_gradient switch unstack vectorized_map
        while_loop""",
    "image": """affine_transform crop_images elastic_transform extract_patches
        gaussian_blur hsv_to_rgb map_coordinates pad_images perspective_transform resize
        rgb_to_grayscale rgb_to_hsv scale_and_translate sobel_edges ssim""",
    "linalg": """cholesky cholesky_inverse det eig eigh inv jvp lstsq lu_factor
        matrix_rank norm pinv qr solve solve_triangular svd""",
    "math": """cdist erf erfc erfinv extract_sequences fft fft2 ifft2 in_top_k irfft
        istft logdet logsumexp rfft rsqrt segment_max segment_min segment_prod
        segment_sum stft top_k view_as_complex view_as_real""",
    "nn": """adaptive_average_pool adaptive_max_pool average_pool batch_normalization
        binary_crossentropy categorical_crossentropy celu conv conv_transpose ctc_decode
        ctc_loss depth_to_space depthwise_conv dot_product_attention elu fold gelu glu
        hard_shrink hard_sigmoid hard_silu hard_tanh layer_normalization leaky_relu
        log_sigmoid log_softmax max_pool moments multi_hot normalize one_hot polar psnr
        relu relu6 rms_normalization selu separable_conv sigmoid silu soft_shrink
        softmax softplus softsign space_to_depth sparse_categorical_crossentropy
        sparse_plus sparse_sigmoid sparsemax squareplus tanh_shrink threshold unfold""",
}
_MODULE_OF = {name: mod for mod, names in _MODULES.items() for name in names.split()}

# Class names that are not the function's name in CamelCase.
_CLASSES = {
    "allclose": "AllClose",
    "batch_normalization": "BatchNorm",
    "cdist": "CDist",
    "ctc_decode": "CTCDecode",
    "ctc_loss": "CTCLoss",
    "fft": "FFT",
    "fft2": "FFT2",
    "hsv_to_rgb": "HSVToRGB",
    "ifft2": "IFFT2",
    "irfft": "IRFFT",
    "isin": "IsIn",
    "istft": "ISTFT",
    "jvp": "JVP",
    "layer_normalization": "LayerNorm",
    "psnr": "PSNR",
    "rfft": "RFFT",
    "rgb_to_grayscale": "RGBToGrayscale",
    "rgb_to_hsv": "RGBToHSV",
    "rms_normalization": "RMSNorm",
    "searchsorted": "SearchSorted",
    "ssim": "SSIM",
    "stft": "STFT",
    "svd": "SVD",
}
_FUNCTIONS = {cls: name for name, cls in _CLASSES.items()}


def class_name(operation: FunctionOperation) -> str:
    """Returns the name of Keras's class for an op."""
    name = operation.function.__name__
    return _CLASSES.get(name) or "".join(part.capitalize() for part in name.split("_"))


def describe_operation(operation: FunctionOperation) -> dict:
    """Returns the form of an op in a graph, as Keras writes it.

    >>> from minikeras.layers import Input
    >>> describe_operation((Input((2,)) * 2.0)._keras_history.operation)["class_name"]
    'Multiply'
    """
    name, cls = operation.function.__name__, class_name(operation)
    config = operation.get_config()
    if config.get("constant_values", ...) is None:  # an argument of the call in Keras
        del config["constant_values"]
    return {
        "module": _ROOT + _MODULE_OF.get(name, "numpy"),
        "class_name": cls,
        "config": serialization.serialize_keras_object(config),
        "registered_name": cls,
    }


def is_operation_form(form: dict) -> bool:
    """Tells whether a form from a file means an op, not a layer."""
    return str(form.get("module")).startswith((_ROOT, "keras.ops"))


def revive_operation(form: dict) -> FunctionOperation:
    """Makes the op that a form means.

    Raises:
        ValueError: if there is no such op.
    """
    config = serialization.deserialize_keras_object(form["config"])
    name = config.pop("name", None)
    return FunctionOperation(_find(form["class_name"]), config, name)


def _find(cls: str):
    """Returns the op of a class name: that of the same letters."""
    letters = _FUNCTIONS.get(cls, cls).replace("_", "").lower()
    for name in (*ops.__all__, *PRIMITIVES):
        if name.replace("_", "").lower() == letters:
            return getattr(ops, name, None) or PRIMITIVES[name]
    raise ValueError(f"Unknown op {cls!r}. {checks.did_you_mean(cls, ops.__all__)}")
