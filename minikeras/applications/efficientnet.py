"""EfficientNet: one small network, scaled in width, depth and resolution at once.

M. Tan and Q. V. Le (2019), *EfficientNet: Rethinking Model Scaling for Convolutional
Neural Networks*, arXiv:1905.11946.
"""

import math
import string

from ..initializers import VarianceScaling
from ..layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    DepthwiseConv2D,
    Dropout,
    GlobalAveragePooling2D,
    Multiply,
    Normalization,
    Rescaling,
    Reshape,
    ZeroPadding2D,
)
from .common import architecture, multiple_of_8, preprocessing, stride_padding
from .imagenet_utils import decode_predictions

__all__ = [
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetB3",
    "EfficientNetB4",
    "EfficientNetB5",
    "EfficientNetB6",
    "EfficientNetB7",
    "block_names",
    "convolution",
    "decode_predictions",
    "excited",
    "initializer",
    "preprocess_input",
    "shortened",
    "top",
]

# Blocks of B0: how much they widen, filters, number, kernel, stride of the first
_BLOCKS = (
    (1, 16, 1, 3, 1),
    (6, 24, 2, 3, 2),
    (6, 40, 2, 5, 2),
    (6, 80, 3, 3, 2),
    (6, 112, 3, 5, 1),
    (6, 192, 4, 5, 2),
    (6, 320, 1, 3, 1),
)
_DROPPED = 0.2  # share of the samples whose last block is skipped in training
_DEVIATIONS = (0.229, 0.224, 0.225)  # of ImageNet's colours


def initializer() -> VarianceScaling:
    """Returns the initializer of the convolutions."""
    return VarianceScaling(2.0, "fan_out", "truncated_normal")


def block_names(number: int):
    """Yields the names of the blocks of a stage: `block2a`, `block2b`."""
    for letter in string.ascii_lowercase:
        yield f"block{number}{letter}"


def convolution(request, x, filters, kernel, stride, name, end, momentum=0.99):
    """Returns a convolution with normalization, and activation for most.

    Args:
        request: The user's arguments.
        x: Map of features.
        filters, kernel, stride: Of the convolution.
        name: How the layers' names begin: `stem_`.
        end: Whether the activation follows: its name, or "".
        momentum: Of the normalization.
    """
    x = Conv2D(
        filters,
        kernel,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer=initializer(),
        name=f"{name}conv",
    )(x)
    return _activated(request, x, name, end, momentum)


def _activated(request, x, name, end="activation", momentum=0.99):
    axis = request.channel_axis
    x = BatchNormalization(axis=axis, momentum=momentum, name=f"{name}bn")(x)
    return Activation("swish", name=f"{name}{end}")(x) if end else x


def excited(request, x, squeezed, name):
    """Returns a map whose channels are weighed by what the means of all of them say.

    Args:
        request: The user's arguments.
        x: Map of features.
        squeezed: Number of channels between the two dense layers.
        name: Name of the block.
    """
    channels, name = x.shape[request.channel_axis], f"{name}_se_"
    y = GlobalAveragePooling2D(name=f"{name}squeeze")(x)
    shape = (1, 1, channels) if request.channel_axis == 3 else (channels, 1, 1)
    y = Reshape(shape, name=f"{name}reshape")(y)
    for filters, activation, part in (
        (squeezed, "swish", "reduce"),
        (channels, "sigmoid", "expand"),
    ):
        y = Conv2D(
            filters,
            1,
            padding="same",
            activation=activation,
            kernel_initializer=initializer(),
            name=f"{name}{part}",
        )(y)
    return Multiply(name=f"{name}excite")([x, y])


def shortened(x, shortcut, rate, name):
    """Returns a block's result and its input, added; some samples skip the block.

    Args:
        x: What the block has made.
        shortcut: What it was made of.
        rate: Share of samples that skip it in training.
        name: Name of the block.
    """
    if rate > 0:
        noise_shape = (None, 1, 1, 1)
        x = Dropout(rate, noise_shape=noise_shape, name=f"{name}_drop")(x)
    return Add(name=f"{name}_add")([x, shortcut])


def top(request, x, dropout, bias="zeros"):
    """Returns the scores of the classes, or the pooled features.

    Args:
        request: The user's arguments.
        x: Map of features.
        dropout: Rate before the scores.
        bias: Initializer of the bias of the scores.
    """
    if not request.include_top:
        return request.pooled(x, is_named=True)
    x = GlobalAveragePooling2D(name="avg_pool")(x)
    x = Dropout(dropout, name="top_dropout")(x)
    return request.scores(
        x,
        kernel_initializer=VarianceScaling(1.0 / 3.0, "fan_out", "uniform"),
        bias_initializer=bias,
    )


def _efficientnet(request, width, depth, size, dropout, hashes):
    x = _stem(request, size, multiple_of_8(32 * width))
    repeats = [math.ceil(depth * block[2]) for block in _BLOCKS]
    place = 0
    for number, (widening, filters, _, kernel, stride) in enumerate(_BLOCKS, 1):
        filters = multiple_of_8(filters * width)
        names = block_names(number)
        for k in range(repeats[number - 1]):
            rate = _DROPPED * place / sum(repeats)
            step = stride if k == 0 else 1
            facts = (widening, filters, kernel, step, rate)
            x = _block(request, x, *facts, next(names))
            place += 1
    x = convolution(request, x, multiple_of_8(1280 * width), 1, 1, "top_", "activation")
    end = "" if request.include_top else "_notop"
    folder = "https://storage.googleapis.com/keras-applications/"
    file = f"{folder}{request.owner.lower()}{end}.h5"
    x = top(request, x, dropout)
    return request.model(x, file, hashes[not request.include_top])


def _stem(request, size, filters):
    x = request.images(size, smallest=32)
    x = Rescaling(1.0 / 255.0)(x)
    x = Normalization(axis=request.channel_axis)(x)
    if request.is_imagenet:
        # These weights were trained on colours divided by the deviation once more.
        x = Rescaling([1.0 / math.sqrt(deviation) for deviation in _DEVIATIONS])(x)
    zeros = stride_padding(x, 3, request.channel_axis)
    x = ZeroPadding2D(zeros, name="stem_conv_pad")(x)
    x = Conv2D(
        filters,
        3,
        strides=2,
        use_bias=False,
        kernel_initializer=initializer(),
        name="stem_conv",
    )(x)
    return _activated(request, x, "stem_")


def _block(request, x, widening, filters, kernel, stride, rate, name):
    """Widen, filter each channel by itself, weigh the channels, narrow."""
    shortcut, channels = x, x.shape[request.channel_axis]
    if widening != 1:
        width = channels * widening
        x = convolution(request, x, width, 1, 1, f"{name}_expand_", "activation")
    if stride == 2:
        zeros = stride_padding(x, kernel, request.channel_axis)
        x = ZeroPadding2D(zeros, name=f"{name}_dwconv_pad")(x)
    x = DepthwiseConv2D(
        kernel,
        strides=stride,
        padding="same" if stride == 1 else "valid",
        use_bias=False,
        depthwise_initializer=initializer(),
        name=f"{name}_dwconv",
    )(x)
    x = _activated(request, x, f"{name}_")
    x = excited(request, x, max(1, channels // 4), name)
    x = convolution(request, x, filters, 1, 1, f"{name}_project_", "")
    if stride == 2 or channels != filters:
        return x
    return shortened(x, shortcut, rate, name)


def _member(number, width, depth, size, dropout, parameters, hashes):
    return architecture(
        f"EfficientNetB{number}",
        _efficientnet,
        f"EfficientNet B{number}, for images of {size}x{size}: {parameters:,} "
        "parameters.",
        width=width,
        depth=depth,
        size=size,
        dropout=dropout,
        hashes=hashes,
    )


EfficientNetB0 = _member(
    0,
    width=1.0,
    depth=1.0,
    size=224,
    dropout=0.2,
    parameters=5_330_571,
    hashes=("902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"),
)
EfficientNetB1 = _member(
    1,
    width=1.0,
    depth=1.1,
    size=240,
    dropout=0.2,
    parameters=7_856_239,
    hashes=("1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"),
)
EfficientNetB2 = _member(
    2,
    width=1.1,
    depth=1.2,
    size=260,
    dropout=0.3,
    parameters=9_177_569,
    hashes=("b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"),
)
EfficientNetB3 = _member(
    3,
    width=1.2,
    depth=1.4,
    size=300,
    dropout=0.3,
    parameters=12_320_535,
    hashes=("ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"),
)
EfficientNetB4 = _member(
    4,
    width=1.4,
    depth=1.8,
    size=380,
    dropout=0.4,
    parameters=19_466_823,
    hashes=("18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"),
)
EfficientNetB5 = _member(
    5,
    width=1.6,
    depth=2.2,
    size=456,
    dropout=0.4,
    parameters=30_562_527,
    hashes=("ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"),
)
EfficientNetB6 = _member(
    6,
    width=1.8,
    depth=2.6,
    size=528,
    dropout=0.5,
    parameters=43_265_143,
    hashes=("165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"),
)
EfficientNetB7 = _member(
    7,
    width=2.0,
    depth=3.1,
    size=600,
    dropout=0.5,
    parameters=66_658_687,
    hashes=("8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"),
)
preprocess_input = preprocessing(None)
