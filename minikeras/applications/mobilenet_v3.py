"""MobileNet V3: found by search; blocks with squeeze-and-excite and hard-swish.

A. Howard et al. (2019), *Searching for MobileNetV3*, arXiv:1905.02244.
"""

from ..layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    Multiply,
    ReLU,
    Rescaling,
    ZeroPadding2D,
)
from .common import (
    architecture,
    multiple_of_8,
    preprocessing,
    stride_padding,
)
from .imagenet_utils import decode_predictions

__all__ = [
    "MobileNetV3Large",
    "MobileNetV3Small",
    "decode_predictions",
    "preprocess_input",
]

# A block: how much it widens, filters, kernel, stride, squeeze-and-excite, hard-swish
_SMALL = (
    (1, 16, 3, 2, True, False),
    (72 / 16, 24, 3, 2, False, False),
    (88 / 24, 24, 3, 1, False, False),
    (4, 40, 5, 2, True, True),
    (6, 40, 5, 1, True, True),
    (6, 40, 5, 1, True, True),
    (3, 48, 5, 1, True, True),
    (3, 48, 5, 1, True, True),
    (6, 96, 5, 2, True, True),
    (6, 96, 5, 1, True, True),
    (6, 96, 5, 1, True, True),
)
_LARGE = (
    (1, 16, 3, 1, False, False),
    (4, 24, 3, 2, False, False),
    (3, 24, 3, 1, False, False),
    (3, 40, 5, 2, True, False),
    (3, 40, 5, 1, True, False),
    (3, 40, 5, 1, True, False),
    (6, 80, 3, 2, False, True),
    (2.5, 80, 3, 1, False, True),
    (2.3, 80, 3, 1, False, True),
    (2.3, 80, 3, 1, False, True),
    (6, 112, 3, 1, True, True),
    (6, 112, 3, 1, True, True),
    (6, 160, 5, 2, True, True),
    (6, 160, 5, 1, True, True),
    (6, 160, 5, 1, True, True),
)
# Variant -> MD5 of the files of weights, with the top and without
_HASHES = {
    "large_224_0.75_float": (
        "765b44a33ad4005b3ac83185abf1d0eb",
        "40af19a13ebea4e2ee0c676887f69a2e",
    ),
    "large_224_1.0_float": (
        "59e551e166be033d707958cf9e29a6a7",
        "07fb09a5933dd0c8eaafa16978110389",
    ),
    "large_minimalistic_224_1.0_float": (
        "675e7b876c45c57e9e63e6d90a36599c",
        "ec5221f64a2f6d1ef965a614bdae7973",
    ),
    "small_224_0.75_float": (
        "cb65d4e5be93758266aa0a7f2c6708b7",
        "ebdb5cc8e0b497cd13a7c275d475c819",
    ),
    "small_224_1.0_float": (
        "8768d4c2e7dee89b9d02b2d03d65d862",
        "d3e8ec802a04aa4fc771ee12a9a9b836",
    ),
    "small_minimalistic_224_1.0_float": (
        "99cd97fb2fcdad2bf028eb838de69e37",
        "cde8136e733e811080d9fcd8a252f7e4",
    ),
}


def _mobilenet_v3(request, size, blocks, last):
    request.check_same_shape()
    request.check_alpha((1.0,) if request.minimalistic else (0.75, 1.0))
    x = _stem(request)
    for k, (expansion, filters, *facts) in enumerate(blocks):
        name = f"expanded_conv_{k}" if k else "expanded_conv"
        x = _block(request, x, expansion, filters, *facts, name)
    channels = x.shape[request.channel_axis]
    x = _convolution(x, multiple_of_8(6 * channels), name="conv_1")
    x = _activation(request, _normalized(request, x, "conv_1_bn"), is_swish=True)
    alpha = request.alpha
    variant = "_minimalistic" if request.minimalistic else ""
    variant = f"{size}{variant}_224_{float(alpha)}_float"
    with_top, without = _HASHES.get(variant, (None, None))
    file = f"mobilenet_v3/weights_mobilenet_v3_{variant}"
    if not request.include_top:
        x = request.pooled(x, is_named=True)
        return request.model(x, f"{file}_no_top_v2.h5", without)
    last = multiple_of_8(last * alpha) if alpha > 1 else last
    return request.model(_top(request, x, last), f"{file}.h5", with_top)


def _stem(request):
    if request.input_shape is None and hasattr(request.input_tensor, "shape"):
        request.input_shape = tuple(request.input_tensor.shape[1:])
    x = request.images(size=224, smallest=32, static=False)
    request.trained_size((224,), is_final=True)
    if request.include_preprocessing:
        x = Rescaling(1 / 127.5, offset=-1.0)(x)
    x = Conv2D(16, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    return _activation(request, _normalized(request, x, "conv_bn"), is_swish=True)


def _block(request, x, expansion, filters, kernel, stride, is_excited, is_swish, name):
    """Widen, filter each channel by itself, weigh the channels, narrow."""
    shortcut, channels = x, x.shape[request.channel_axis]
    filters, width = multiple_of_8(filters * request.alpha), channels
    if name != "expanded_conv":
        width = multiple_of_8(channels * expansion)
        x = _convolution(x, width, name=f"{name}_expand")
        x = _normalized(request, x, f"{name}_expand_bn")
        x = _activation(request, x, is_swish)
    kernel = 3 if request.minimalistic else kernel
    x = _depthwise(request, x, kernel, stride, f"{name}_depthwise")
    x = _activation(request, x, is_swish)
    if is_excited and not request.minimalistic:
        x = _squeeze_and_excite(x, width, f"{name}_squeeze_excite")
    x = _convolution(x, filters, name=f"{name}_project")
    x = _normalized(request, x, f"{name}_project_bn")
    if stride == 2 or channels != filters:
        return x
    return Add(name=f"{name}_add")([shortcut, x])


def _convolution(x, filters, name, use_bias=False):
    return Conv2D(filters, 1, padding="same", use_bias=use_bias, name=name)(x)


def _depthwise(request, x, kernel, stride, name):
    if stride == 2:
        zeros = stride_padding(x, kernel, request.channel_axis)
        x = ZeroPadding2D(zeros, name=f"{name}_pad")(x)
    padding = "same" if stride == 1 else "valid"
    x = DepthwiseConv2D(
        kernel, strides=stride, padding=padding, use_bias=False, name=name
    )(x)
    return _normalized(request, x, f"{name}_bn")


def _normalized(request, x, name):
    axis = request.last_axis
    return BatchNormalization(axis=axis, epsilon=1e-3, momentum=0.999, name=name)(x)


def _activation(request, x, is_swish):
    if is_swish and not request.minimalistic:
        return Activation("hard_silu")(x)
    return ReLU()(x)


def _squeeze_and_excite(x, channels, name):
    """Weighs each channel by a number from 0 to 1, got from the means of them all."""
    y = GlobalAveragePooling2D(keepdims=True, name=f"{name}_avg_pool")(x)
    y = _convolution(y, multiple_of_8(channels / 4), f"{name}_conv", use_bias=True)
    y = ReLU(name=f"{name}_relu")(y)
    y = _convolution(y, channels, f"{name}_conv_1", use_bias=True)
    weights = ReLU(6.0)(y + 3.0) * (1.0 / 6.0)  # a sigmoid of straight lines
    return Multiply(name=f"{name}_mul")([x, weights])


def _top(request, x, width):
    activation = request.checked_activation()
    x = GlobalAveragePooling2D(keepdims=True)(x)
    x = _convolution(x, width, "conv_2", use_bias=True)
    x = _activation(request, x, is_swish=True)
    if request.dropout_rate > 0:
        x = Dropout(request.dropout_rate)(x)
    x = _convolution(x, request.classes, "logits", use_bias=True)
    x = Flatten()(x)
    return Activation(activation, name="predictions")(x)


_ARGUMENTS = {
    "input_shape": None,
    "alpha": 1.0,
    "minimalistic": False,
    "include_top": True,
    "weights": "imagenet",
    "input_tensor": None,
    "classes": 1000,
    "pooling": None,
    "dropout_rate": 0.2,
    "classifier_activation": "softmax",
    "include_preprocessing": True,
}
MobileNetV3Large = architecture(
    "MobileNetV3Large",
    _mobilenet_v3,
    "MobileNet V3, large: 5,507,432 parameters.",
    arguments=_ARGUMENTS,
    name="MobileNetV3Large",
    size="large",
    blocks=_LARGE,
    last=1280,
)
MobileNetV3Small = architecture(
    "MobileNetV3Small",
    _mobilenet_v3,
    "MobileNet V3, small: 2,554,968 parameters.",
    arguments=_ARGUMENTS,
    name="MobileNetV3Small",
    size="small",
    blocks=_SMALL,
    last=1024,
)
preprocess_input = preprocessing(None)
