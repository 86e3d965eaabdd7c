"""Ops between layers, as model files name them: class `Add` of `keras.src.ops.numpy`.

In Keras every op has a class beside its function. Here an op in a graph is always a
`FunctionOperation`; only in files it goes by the name of Keras's class.
"""

from .. import ops
from ..config import image_data_format
from ..ops import image, paths
from ..tensor import PRIMITIVES, FunctionOperation
from ..utils import checks, serialization

__all__ = ["class_name", "describe_operation", "is_operation_form", "revive_operation"]

_ROOT = "keras.src.ops."

# Class names that are not the function's name in CamelCase.
_CLASSES = {
    "allclose": "AllClose",
    "batch_normalization": "BatchNorm",
    "cdist": "CDist",
    "ctc_decode": "CTCDecode",
    "ctc_loss": "CTCLoss",
    "extract_patches_3d": "ExtractPatches",
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
_FUNCTIONS["ExtractPatches"] = "extract_patches"  # of volumes, if the size is of three


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
    if config.get("data_format", ...) is None:
        config["data_format"] = image_data_format()
    if cls == "ExtractPatches" and isinstance(config["size"], int):
        config["size"] = (config["size"],) * (3 if name.endswith("3d") else 2)
    return {
        "module": _ROOT + paths.path_of(name),
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
    if type(config.get("axis")) is list:
        config["axis"] = tuple(config["axis"])
    cls = form["class_name"]
    if cls == "ExtractPatches" and len(config["size"]) == 3:
        cls = "ExtractPatches3d"
    return FunctionOperation(_find(cls), config, name)


def _find(cls: str):
    """Returns the op of a class name: that of the same letters."""
    letters = _FUNCTIONS.get(cls, cls).replace("_", "").lower()
    public = {**dict.fromkeys(ops.__all__, ops), **dict.fromkeys(image.__all__, image)}
    for name in (*public, *PRIMITIVES):
        if name.replace("_", "").lower() == letters:
            return getattr(public[name], name) if name in public else PRIMITIVES[name]
    raise ValueError(f"Unknown op {cls!r}. {checks.did_you_mean(cls, public)}")
