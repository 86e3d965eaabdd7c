"""DenseNet: each layer sees what all layers before it in its block have made.

G. Huang, Z. Liu, L. van der Maaten and K. Q. Weinberger (2016), *Densely Connected
Convolutional Networks*, arXiv:1608.06993.
"""

from ..layers import (
    Activation,
    AveragePooling2D,
    Concatenate,
    Conv2D,
    MaxPooling2D,
    ZeroPadding2D,
)
from .common import architecture, preprocessing
from .imagenet_utils import decode_predictions
from .resnet import normalization

__all__ = [
    "DenseNet121",
    "DenseNet169",
    "DenseNet201",
    "decode_predictions",
    "preprocess_input",
]

_GROWTH = 32  # channels that a layer adds


def _densenet(request, repeats, hashes):
    x = request.images(size=224, smallest=32)
    x = ZeroPadding2D(3)(x)
    x = Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x)
    x = normalization(request, "conv1_bn")(x)
    x = Activation("relu", name="conv1_relu")(x)
    x = ZeroPadding2D(1)(x)
    x = MaxPooling2D(3, strides=2, name="pool1")(x)
    for stack, repeat in enumerate(repeats, 2):
        x = x if stack == 2 else _transition(request, x, f"pool{stack - 1}")
        for k in range(1, repeat + 1):
            x = _layer(request, x, f"conv{stack}_block{k}")
    x = normalization(request, "bn")(x)
    x = Activation("relu", name="relu")(x)
    name, end = request.owner.lower(), "" if request.include_top else "_notop"
    file = f"densenet/{name}_weights_tf_dim_ordering_tf_kernels{end}.h5"
    return request.model(request.top(x), file, hashes[not request.include_top])


def _layer(request, x, name):
    y = normalization(request, f"{name}_0_bn")(x)
    y = Activation("relu", name=f"{name}_0_relu")(y)
    y = Conv2D(4 * _GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(y)
    y = normalization(request, f"{name}_1_bn")(y)
    y = Activation("relu", name=f"{name}_1_relu")(y)
    y = Conv2D(_GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(y)
    return Concatenate(axis=request.channel_axis, name=f"{name}_concat")([x, y])


def _transition(request, x, name):
    """Halves the channels, the height and the width."""
    filters = x.shape[request.channel_axis] // 2
    x = normalization(request, f"{name}_bn")(x)
    x = Activation("relu", name=f"{name}_relu")(x)
    x = Conv2D(filters, 1, use_bias=False, name=f"{name}_conv")(x)
    return AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)


DenseNet121 = architecture(
    "DenseNet121",
    _densenet,
    "DenseNet with 121 layers: 8,062,504 parameters.",
    repeats=(6, 12, 24, 16),
    hashes=("9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"),
)
DenseNet169 = architecture(
    "DenseNet169",
    _densenet,
    "DenseNet with 169 layers: 14,307,880 parameters.",
    repeats=(6, 12, 32, 32),
    hashes=("d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"),
)
DenseNet201 = architecture(
    "DenseNet201",
    _densenet,
    "DenseNet with 201 layers: 20,242,984 parameters.",
    repeats=(6, 12, 48, 32),
    hashes=("1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1"),
)
preprocess_input = preprocessing("torch")
