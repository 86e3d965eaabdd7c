"""EfficientNet V2: the first blocks are plain convolutions, which train faster.

M. Tan and Q. V. Le (2021), *EfficientNetV2: Smaller Models and Faster Training*,
arXiv:2104.00298.
"""

import math

from ..initializers import Constant
from ..layers import (
    Activation,
    BatchNormalization,
    DepthwiseConv2D,
    Normalization,
    Rescaling,
)
from .common import ARGUMENTS, architecture, preprocessing
from .efficientnet import (
    block_names,
    convolution,
    excited,
    initializer,
    shortened,
    top,
)
from .imagenet_utils import decode_predictions

__all__ = [
    "EfficientNetV2B0",
    "EfficientNetV2B1",
    "EfficientNetV2B2",
    "EfficientNetV2B3",
    "EfficientNetV2L",
    "EfficientNetV2M",
    "EfficientNetV2S",
    "decode_predictions",
    "preprocess_input",
]

# A stage: how much its blocks widen, filters, number, stride of the first, and whether
# they are fused: one convolution that widens and looks around at once.
_B = (
    (1, 16, 1, 1, True),
    (4, 32, 2, 2, True),
    (4, 48, 2, 2, True),
    (4, 96, 3, 2, False),
    (6, 112, 5, 1, False),
    (6, 192, 8, 2, False),
)
_S = (
    (1, 24, 2, 1, True),
    (4, 48, 4, 2, True),
    (4, 64, 4, 2, True),
    (4, 128, 6, 2, False),
    (6, 160, 9, 1, False),
    (6, 256, 15, 2, False),
)
_M = (
    (1, 24, 3, 1, True),
    (4, 48, 5, 2, True),
    (4, 80, 5, 2, True),
    (4, 160, 7, 2, False),
    (6, 176, 14, 1, False),
    (6, 304, 18, 2, False),
    (6, 512, 5, 1, False),
)
_L = (
    (1, 32, 4, 1, True),
    (4, 64, 7, 2, True),
    (4, 96, 7, 2, True),
    (4, 192, 10, 2, False),
    (6, 224, 19, 1, False),
    (6, 384, 25, 2, False),
    (6, 640, 7, 1, False),
)
_DROPPED = 0.2  # share of the samples whose last block is skipped, at depth 1
_MEANS = (0.485, 0.456, 0.406)  # of ImageNet's colours
_VARIANCES = (0.229**2, 0.224**2, 0.225**2)


def _efficientnet(request, stages, stem, width, depth, size, hashes):
    x = request.images(size, smallest=32)
    if request.include_preprocessing:
        x = _scaled(request, x, is_normalized=stages is _B)
    x = _convolution(request, x, _round(stem * width), 3, 2, "stem_")
    place, total = 0, sum(stage[2] for stage in stages)
    for number, (widening, filters, repeats, stride, is_fused) in enumerate(stages, 1):
        names, block = block_names(number), _fused_block if is_fused else _block
        for k in range(math.ceil(depth * repeats)):
            facts = (widening, _round(filters * width), stride if k == 0 else 1)
            x = block(request, x, *facts, _DROPPED * place / total, next(names))
            place += 1
    x = _convolution(request, x, _round(1280 * width), 1, 1, "top_")
    name = request.owner.removeprefix("EfficientNetV2").lower()
    end = "" if request.include_top else "_notop"
    file = f"efficientnet_v2/efficientnetv2-{name}{end}.h5"
    x = top(request, x, dropout=0.2, bias=Constant(0.0))
    return request.model(x, file, hashes[not request.include_top])


def _round(filters: float) -> int:
    """The nearest multiple of 8."""
    return max(8, int(filters + 4) // 8 * 8)


def _scaled(request, x, is_normalized):
    if not is_normalized:
        return Rescaling(1.0 / 128.0, offset=-1)(x)
    x = Rescaling(1.0 / 255.0)(x)
    axis = request.channel_axis
    return Normalization(axis=axis, mean=list(_MEANS), variance=list(_VARIANCES))(x)


def _convolution(request, x, filters, kernel, stride, name, end="activation"):
    return convolution(request, x, filters, kernel, stride, name, end, momentum=0.9)


def _fused_block(request, x, widening, filters, stride, rate, name):
    """Widen and look around, narrow; a single convolution if nothing is widened."""
    shortcut, channels, part = x, x.shape[request.channel_axis], f"{name}_project_"
    if widening == 1:
        x = _convolution(request, x, filters, 3, stride, part)
    else:
        width = channels * widening
        x = _convolution(request, x, width, 3, stride, f"{name}_expand_")
        x = _convolution(request, x, filters, 1, 1, part, end="")
    if stride != 1 or channels != filters:
        return x
    return shortened(x, shortcut, rate, name)


def _block(request, x, widening, filters, stride, rate, name):
    """Widen, filter each channel by itself, weigh the channels, narrow."""
    shortcut, channels = x, x.shape[request.channel_axis]
    x = _convolution(request, x, channels * widening, 1, 1, f"{name}_expand_")
    x = DepthwiseConv2D(
        3,
        strides=stride,
        padding="same",
        use_bias=False,
        depthwise_initializer=initializer(),
        name=f"{name}_dwconv2",
    )(x)
    axis = request.channel_axis
    x = BatchNormalization(axis=axis, momentum=0.9, name=f"{name}_bn")(x)
    x = Activation("swish", name=f"{name}_activation")(x)
    x = excited(request, x, max(1, channels // 4), name)
    x = _convolution(request, x, filters, 1, 1, f"{name}_project_", end="")
    if stride != 1 or channels != filters:
        return x
    return shortened(x, shortcut, rate, name)


def _member(size_name, stages, stem, size, parameters, hashes, width=1.0, depth=1.0):
    arguments = {**ARGUMENTS, "include_preprocessing": True}
    return architecture(
        f"EfficientNetV2{size_name}",
        _efficientnet,
        f"EfficientNet V2 {size_name}, for images of {size}x{size}: {parameters:,} "
        "parameters.",
        arguments=arguments,
        name=f"efficientnetv2-{size_name.lower()}",
        stages=stages,
        stem=stem,
        width=width,
        depth=depth,
        size=size,
        hashes=hashes,
    )


EfficientNetV2B0 = _member(
    "B0",
    _B,
    stem=32,
    size=224,
    parameters=7_200_312,
    hashes=("21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff"),
)
EfficientNetV2B1 = _member(
    "B1",
    _B,
    stem=32,
    size=240,
    parameters=8_212_124,
    hashes=("069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37"),
    width=1.0,
    depth=1.1,
)
EfficientNetV2B2 = _member(
    "B2",
    _B,
    stem=32,
    size=260,
    parameters=10_178_374,
    hashes=("424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb"),
    width=1.1,
    depth=1.2,
)
EfficientNetV2B3 = _member(
    "B3",
    _B,
    stem=32,
    size=300,
    parameters=14_467_622,
    hashes=("1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856"),
    width=1.2,
    depth=1.4,
)
EfficientNetV2S = _member(
    "S",
    _S,
    stem=24,
    size=384,
    parameters=21_612_360,
    hashes=("e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070"),
)
EfficientNetV2M = _member(
    "M",
    _M,
    stem=24,
    size=480,
    parameters=54_431_388,
    hashes=("a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342"),
)
EfficientNetV2L = _member(
    "L",
    _L,
    stem=32,
    size=480,
    parameters=119_027_848,
    hashes=("27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615"),
)
preprocess_input = preprocessing(None)
