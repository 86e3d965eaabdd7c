"""Inception V3: several ways to look at a map side by side, joined along the channels.

C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens and Z. Wojna (2015), *Rethinking the
Inception Architecture for Computer Vision*, arXiv:1512.00567.
"""

from ..layers import (
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    MaxPooling2D,
)
from .common import architecture, preprocessing
from .imagenet_utils import decode_predictions

__all__ = [
    "InceptionV3",
    "convolution",
    "decode_predictions",
    "joined",
    "mixed",
    "preprocess_input",
    "stem",
]

# A branch is a row of convolutions, (filters, kernel); those with a third entry, the
# stride, have no padding. A block is its branches, and what follows the pooling of the
# last one: the filters of a convolution, or None for the largest of each window.
_ROW, _COLUMN = (1, 7), (7, 1)


def _fine(filters):
    """A block on the largest map."""
    return (
        [(64, 1)],
        [(48, 1), (64, 5)],
        [(64, 1), (96, 3), (96, 3)],
    ), filters


def _long(filters):
    """A block whose 7x7 convolutions are split into rows and columns."""
    return (
        [(192, 1)],
        [(filters, 1), (filters, _ROW), (192, _COLUMN)],
        [
            (filters, 1),
            (filters, _COLUMN),
            (filters, _ROW),
            (filters, _COLUMN),
            (192, _ROW),
        ],
    ), 192


_BLOCKS = (
    _fine(32),
    _fine(64),
    _fine(64),
    (([(384, 3, 2)], [(64, 1), (96, 3), (96, 3, 2)]), None),
    _long(128),
    _long(160),
    _long(160),
    _long(192),
    (
        (
            [(192, 1), (320, 3, 2)],
            [(192, 1), (192, _ROW), (192, _COLUMN), (192, 3, 2)],
        ),
        None,
    ),
)


def convolution(request, x, filters, kernel, stride=0, name=None):
    """Returns a convolution with normalization and ReLU.

    Args:
        request: The user's arguments.
        x: Map of features.
        filters, kernel: Of the convolution.
        stride: Of a convolution without padding; 0: stride 1 and padding.
        name: Name of the convolution; the others' end in `_bn` and `_ac`.
    """
    x = Conv2D(
        filters,
        kernel,
        strides=stride or 1,
        padding="valid" if stride else "same",
        use_bias=False,
        name=name,
    )(x)
    axis = request.channel_axis
    x = BatchNormalization(axis=axis, scale=False, name=name and f"{name}_bn")(x)
    return Activation("relu", name=name and f"{name}_ac")(x)


def stem(request):
    """Returns a map of an eighth of the height and width; Inception-ResNet's too."""
    x = request.images(size=299, smallest=75)
    for filters, kernel, stride in ((32, 3, 2), (32, 3, 1), (64, 3, 0)):
        x = convolution(request, x, filters, kernel, stride)
    x = MaxPooling2D(3, strides=2)(x)
    for filters, kernel in ((80, 1), (192, 3)):
        x = convolution(request, x, filters, kernel, stride=1)
    return MaxPooling2D(3, strides=2)(x)


def mixed(request, x, branches, filters, name):
    """Returns the branches and a pooling, joined.

    Args:
        request: The user's arguments.
        x: Map of features.
        branches: Rows of convolutions, each `(filters, kernel)` or `(filters, kernel,
            stride)`.
        filters: Of the convolution behind an average; None: the largest of each window.
        name: Name of the result.
    """
    found = [_row(request, x, branch) for branch in branches]
    return joined(request, [*found, _pooled(request, x, filters)], name)


def joined(request, branches, name=None):
    """Returns maps of features joined along the channels."""
    return Concatenate(axis=request.channel_axis, name=name)(branches)


def _row(request, x, branch):
    for facts in branch:
        x = convolution(request, x, *facts)
    return x


def _pooled(request, x, filters):
    if filters is None:
        return MaxPooling2D(3, strides=2)(x)
    x = AveragePooling2D(3, strides=1, padding="same")(x)
    return convolution(request, x, filters, 1)


def _wide(request, x, number):
    """A block on the smallest map, whose branches fork into rows and columns."""
    found = [convolution(request, x, 320, 1)]
    for branch, name in (
        ([(384, 1)], f"mixed9_{number}"),
        ([(448, 1), (384, 3)], None),
    ):
        stalk = _row(request, x, branch)
        fork = [convolution(request, stalk, 384, kernel) for kernel in ((1, 3), (3, 1))]
        found.append(joined(request, fork, name))
    found.append(_pooled(request, x, 192))
    return joined(request, found, f"mixed{9 + number}")


def _inception(request, hashes):
    x = stem(request)
    for number, (branches, filters) in enumerate(_BLOCKS):
        x = mixed(request, x, branches, filters, f"mixed{number}")
    for number in range(2):
        x = _wide(request, x, number)
    end = "" if request.include_top else "_notop"
    file = f"inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels{end}.h5"
    top = request.top(x, is_named=False)
    return request.model(top, file, hashes[not request.include_top])


InceptionV3 = architecture(
    "InceptionV3",
    _inception,
    "Inception V3: 23,851,784 parameters.",
    name="inception_v3",
    hashes=("9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63"),
)
preprocess_input = preprocessing("tf")
