"""MobileNet V2: widen, look around, narrow; shortcuts between the narrow maps.

M. Sandler, A. Howard, M. Zhu, A. Zhmoginov and L.-C. Chen (2018), *MobileNetV2:
Inverted Residuals and Linear Bottlenecks*, arXiv:1801.04381.
"""

from ..layers import (
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    ReLU,
    ZeroPadding2D,
)
from .common import (
    ARGUMENTS,
    architecture,
    multiple_of_8,
    preprocessing,
    stride_padding,
)
from .imagenet_utils import decode_predictions

__all__ = ["MobileNetV2", "decode_predictions", "preprocess_input"]

# How much the blocks of a row widen, their filters, their number, stride of the first
_BLOCKS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_ALPHAS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
_SIZES = (96, 128, 160, 192, 224)


def _mobilenet_v2(request):
    request.check_same_shape()
    request.check_alpha(_ALPHAS)
    x = request.images(request.trained_size(_SIZES), smallest=32)
    size = request.trained_size(_SIZES, is_final=True)
    alpha = request.alpha
    rows = size if request.is_imagenet else request.rows
    request.name = request.name or f"mobilenetv2_{alpha:.2f}_{rows}"
    filters = multiple_of_8(32 * alpha)
    x = Conv2D(filters, 3, strides=2, padding="same", use_bias=False, name="Conv1")(x)
    x = _normalized(request, x, "bn_Conv1")
    x = ReLU(6.0, name="Conv1_relu")(x)
    number = 0
    for expansion, filters, repeat, stride in _BLOCKS:
        for k in range(repeat):
            step, width = stride if k == 0 else 1, multiple_of_8(int(filters * alpha))
            x = _block(request, x, expansion, width, step, number)
            number += 1
    x = Conv2D(multiple_of_8(1280 * max(1.0, alpha)), 1, use_bias=False, name="Conv_1")(
        x
    )
    x = _normalized(request, x, "Conv_1_bn")
    x = ReLU(6.0, name="out_relu")(x)
    file = "mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_"
    end = "" if request.include_top else "_no_top"
    return request.model(
        request.top(x, pool_name=None, is_named=False),
        f"{file}{float(alpha)}_{size}{end}.h5",
    )


def _normalized(request, x, name):
    axis = request.last_axis
    return BatchNormalization(axis=axis, epsilon=1e-3, momentum=0.999, name=name)(x)


def _block(request, x, expansion, filters, stride, number):
    """Widen, filter each channel by itself, narrow without activation."""
    shortcut, channels = x, x.shape[request.last_axis]
    name = f"block_{number}" if number else "expanded_conv"
    if number:
        x = Conv2D(
            expansion * channels,
            1,
            padding="same",
            use_bias=False,
            name=f"{name}_expand",
        )(x)
        x = _normalized(request, x, f"{name}_expand_BN")
        x = ReLU(6.0, name=f"{name}_expand_relu")(x)
    if stride == 2:
        zeros = stride_padding(x, 3, request.channel_axis)
        x = ZeroPadding2D(zeros, name=f"{name}_pad")(x)
    padding = "same" if stride == 1 else "valid"
    x = DepthwiseConv2D(
        3, strides=stride, padding=padding, use_bias=False, name=f"{name}_depthwise"
    )(x)
    x = _normalized(request, x, f"{name}_depthwise_BN")
    x = ReLU(6.0, name=f"{name}_depthwise_relu")(x)
    name_of_last = f"{name}_project"
    x = Conv2D(filters, 1, padding="same", use_bias=False, name=name_of_last)(x)
    x = _normalized(request, x, f"{name}_project_BN")
    if channels != filters or stride != 1:
        return x
    return Add(name=f"{name}_add")([shortcut, x])


MobileNetV2 = architecture(
    "MobileNetV2",
    _mobilenet_v2,
    "MobileNet V2: 3,538,984 parameters.",
    name=None,
    arguments={"input_shape": None, "alpha": 1.0, **ARGUMENTS},
)
preprocess_input = preprocessing("tf")
