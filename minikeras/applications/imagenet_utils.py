"""From pixels to what the models of ImageNet expect, and from their scores to names.

The 1000 classes are those of O. Russakovsky et al. (2015), *ImageNet Large Scale Visual
Recognition Challenge*, arXiv:1409.0575.
"""

import functools
import json

import numpy as np

from .. import config, ops
from ..tensor import KerasTensor, Tensor
from ..utils import checks, download

__all__ = ["decode_predictions", "preprocess_input"]

_CLASSES = "imagenet_class_index.json"
_URL = f"https://storage.googleapis.com/download.tensorflow.org/data/{_CLASSES}"
_MD5 = "c2c37ea517e94d9795004a39431a14cb"
# mode -> what the pixels, 0 to 255, are divided by; then, by channel, the mean that is
# taken away and the standard deviation that is divided by
_MODES = {
    "caffe": (1.0, (103.939, 116.779, 123.68), (1.0, 1.0, 1.0)),
    "tf": (127.5, (1.0,), (1.0,)),
    "torch": (255.0, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}


def preprocess_input(x, data_format=None, mode="caffe"):
    """Scales pixels as the images were scaled that a model was trained on.

    | mode | y |
    | --- | --- |
    | caffe | channels blue, green, red; x - mean of ImageNet by channel |
    | tf | x / 127.5 - 1, between -1 and 1 |
    | torch | (x / 255 - mean) / standard deviation of ImageNet by channel |

    Args:
        x: Images with pixels 0 to 255 in the order red, green, blue: array or tensor of
            rank 3 or 4. A NumPy array of floats is written over: pass a copy to keep
            it.
        data_format: `"channels_last"`, `"channels_first"`, or None for the one that is
            set.
        mode: `"caffe"`, `"tf"` or `"torch"`.

    Returns:
        Images of the same shape; floats of the default type if `x` had integers.

    >>> preprocess_input(np.full((1, 1, 3), 255, "uint8"), mode="tf")
    array([[[1., 1., 1.]]], dtype=float32)
    """
    owner = "preprocess_input"
    mode = checks.one_of(owner, mode=mode, allowed=tuple(_MODES))
    layouts = ("channels_last", "channels_first")
    layout = data_format or config.image_data_format()
    checks.one_of(owner, data_format=layout, allowed=layouts)
    axis = -1 if layout == "channels_last" else -3
    x = x if isinstance(x, (Tensor, KerasTensor)) else np.asarray(x)
    if mode != "tf" and x.shape[axis] != 3:
        raise ValueError(
            f"preprocess_input: x must have 3 channels for mode={mode!r}, got shape "
            f"{tuple(x.shape)} with data_format={layout!r}. Try "
            "np.repeat(x, 3, axis=-1) for images in grey."
        )
    scale = _scale_array if isinstance(x, np.ndarray) else _scale_tensor
    return scale(x, axis, mode)


def _facts(mode: str, axis: int, dtype) -> tuple:
    """The divisor, mean and deviation of a mode, shaped to meet the images."""
    divisor, *by_channel = _MODES[mode]
    shape = (-1,) if axis == -1 else (-1, 1, 1)
    return divisor, *(np.reshape(row, shape).astype(dtype) for row in by_channel)


def _scale_array(x: np.ndarray, axis: int, mode: str) -> np.ndarray:
    dtype = x.dtype if np.issubdtype(x.dtype, np.floating) else config.floatx()
    divisor, mean, deviation = _facts(mode, axis, dtype)
    x = x.astype(dtype, copy=not x.flags.writeable)
    x = np.flip(x, axis) if mode == "caffe" else x
    x /= divisor
    x -= mean
    x /= deviation
    return x


def _scale_tensor(x, axis: int, mode: str):
    x = x if "float" in str(x.dtype) else ops.cast(x, config.floatx())
    divisor, mean, deviation = _facts(mode, axis, str(x.dtype))
    x = ops.flip(x, axis) if mode == "caffe" else x
    return (x / divisor - mean) / deviation


def decode_predictions(preds, top=5):
    """Returns the names of the best classes of ImageNet, the most likely first.

    Args:
        preds: Scores of a batch, of shape `(n, 1000)`.
        top: How many classes to name for each image.

    Returns:
        For each image a list of tuples `(WordNet id, name, score)`.

    Raises:
        ValueError: The scores have another shape.
        ConnectionError: The names of the classes are not in the folder
            `~/.keras/models` and cannot be downloaded.
    """
    preds = np.asarray(preds)
    if preds.ndim != 2 or preds.shape[1] != 1000:
        raise ValueError(
            "decode_predictions: preds must have shape (n, 1000), a score for each "
            f"class of ImageNet, got {preds.shape}. Try preds.argmax(axis=-1) when the "
            "classes are others."
        )
    names = _class_names(
        download.get_file(_CLASSES, _URL, cache_subdir="models", file_hash=_MD5)
    )
    best = np.argsort(preds, axis=-1)[:, ::-1][:, :top]
    return [
        [(*names[str(k)], scores[k]) for k in order]
        for scores, order in zip(preds, best, strict=True)
    ]


@functools.cache
def _class_names(path: str) -> dict:
    with open(path, encoding="utf-8") as file:
        return json.load(file)
