"""Xception: convolutions split into a depthwise and a pointwise one, with shortcuts.

F. Chollet (2016), *Xception: Deep Learning with Depthwise Separable Convolutions*,
arXiv:1610.02357.
"""

from ..layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    MaxPooling2D,
    SeparableConv2D,
)
from .common import architecture, preprocessing
from .imagenet_utils import decode_predictions

__all__ = ["Xception", "decode_predictions", "preprocess_input"]

_MIDDLE = (728, 728, 728)
# Filters of the convolutions of each block, from the second on. A block with two of
# them ends in a pooling that halves height and width.
_BLOCKS = ((128, 128), (256, 256), (728, 728), *[_MIDDLE] * 8, (728, 1024))


def _xception(request, hashes):
    x = request.images(size=299, smallest=71)
    for k, (filters, stride) in enumerate(((32, 2), (64, 1)), 1):
        name = f"block1_conv{k}"
        x = Conv2D(filters, 3, strides=stride, use_bias=False, name=name)(x)
        x = _normalized(request, x, f"{name}_bn")
        x = Activation("relu", name=f"{name}_act")(x)
    for number, filters in enumerate(_BLOCKS, 2):
        x = _block(request, x, filters, f"block{number}")
    for k, filters in enumerate((1536, 2048), 1):
        x = _convolution(request, x, filters, f"block14_sepconv{k}")
        x = Activation("relu", name=f"block14_sepconv{k}_act")(x)
    end = "" if request.include_top else "_notop"
    file = f"xception/xception_weights_tf_dim_ordering_tf_kernels{end}.h5"
    top = request.top(x, is_named=False)
    return request.model(top, file, hashes[not request.include_top])


def _block(request, x, filters, name):
    """Convolutions, each after its activation, and a shortcut."""
    shortcut, halves = x, len(filters) == 2
    if halves:
        shortcut = Conv2D(filters[-1], 1, strides=2, padding="same", use_bias=False)(x)
        shortcut = _normalized(request, shortcut, None)
    for k, width in enumerate(filters, 1):
        if (name, k) != ("block2", 1):  # the stem ends in an activation
            x = Activation("relu", name=f"{name}_sepconv{k}_act")(x)
        x = _convolution(request, x, width, f"{name}_sepconv{k}")
    if halves:
        x = MaxPooling2D(3, strides=2, padding="same", name=f"{name}_pool")(x)
    return Add()([x, shortcut])


def _convolution(request, x, filters, name):
    x = SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return _normalized(request, x, f"{name}_bn")


def _normalized(request, x, name):
    return BatchNormalization(axis=request.last_axis, name=name)(x)


Xception = architecture(
    "Xception",
    _xception,
    "Xception: 22,910,480 parameters.",
    hashes=("0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97"),
)
preprocess_input = preprocessing("tf")
