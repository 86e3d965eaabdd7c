"""MobileNet: convolutions split into a depthwise and a pointwise one.

A. G. Howard et al. (2017), *MobileNets: Efficient Convolutional Neural Networks for
Mobile Vision Applications*, arXiv:1704.04861.
"""

import functools

from ..layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    ReLU,
    Reshape,
    ZeroPadding2D,
)
from ..legacy import doors
from .common import ARGUMENTS, architecture, preprocessing
from .imagenet_utils import decode_predictions

__all__ = ["MobileNet", "decode_predictions", "preprocess_input"]

# Filters and stride of each block, the first of which follows a convolution of stride 2
_BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)
_ALPHAS = {0.25: "2_5", 0.5: "5_0", 0.75: "7_5", 1.0: "1_0"}
_SIZES = (128, 160, 192, 224)


def _mobilenet(request):
    _check_multipliers(request)
    x = request.images(request.trained_size(_SIZES), smallest=32)
    size = request.trained_size(_SIZES, is_final=True)
    alpha = request.alpha
    rows = size if request.is_imagenet else request.rows
    request.name = request.name or f"mobilenet_{alpha:.2f}_{rows}"
    x = Conv2D(
        int(32 * alpha), 3, strides=2, padding="same", use_bias=False, name="conv1"
    )(x)
    x = _activated(request, x, "conv1")
    for k, (filters, stride) in enumerate(_BLOCKS, 1):
        x = _block(request, x, int(filters * alpha), stride, k)
    if request.include_top:
        x, end = _top(request, x), ""
    else:
        x, end = request.pooled(x), "_no_top"
    return request.model(
        x, f"mobilenet/mobilenet_{_ALPHAS.get(alpha)}_{size}_tf{end}.h5"
    )


def _check_multipliers(request) -> None:
    if not request.is_imagenet:
        return
    if request.depth_multiplier != 1:
        request.refuse(
            "weights='imagenet' needs depth_multiplier=1, got "
            f"{request.depth_multiplier!r}.",
            "depth_multiplier=1",
        )
    request.check_alpha(tuple(_ALPHAS))


def _activated(request, x, name):
    x = BatchNormalization(axis=request.last_axis, name=f"{name}_bn")(x)
    return ReLU(6.0, name=f"{name}_relu")(x)


def _block(request, x, filters, stride, k):
    if stride == 2:
        x = ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{k}")(x)
    x = DepthwiseConv2D(
        3,
        strides=stride,
        padding="same" if stride == 1 else "valid",
        depth_multiplier=request.depth_multiplier,
        use_bias=False,
        name=f"conv_dw_{k}",
    )(x)
    x = _activated(request, x, f"conv_dw_{k}")
    name = f"conv_pw_{k}"
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=name)(x)
    return _activated(request, x, name)


def _top(request, x):
    activation = request.checked_activation()
    x = GlobalAveragePooling2D(keepdims=True)(x)
    x = Dropout(request.dropout, name="dropout")(x)
    x = Conv2D(request.classes, 1, padding="same", name="conv_preds")(x)
    x = Reshape((request.classes,), name="reshape_2")(x)
    return Activation(activation, name="predictions")(x)


MobileNet = architecture(
    "MobileNet",
    _mobilenet,
    "MobileNet: 4,253,864 parameters.",
    name=None,
    arguments={
        "input_shape": None,
        "alpha": 1.0,
        "depth_multiplier": 1,
        "dropout": 0.001,
        **ARGUMENTS,
    },
)
preprocess_input = preprocessing("tf")
__getattr__ = functools.partial(doors.find_attribute, __name__)
