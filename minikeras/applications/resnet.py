"""ResNet: blocks of convolutions that learn what to add to their input.

K. He, X. Zhang, S. Ren and J. Sun (2015), *Deep Residual Learning for Image
Recognition*, arXiv:1512.03385.
"""

from ..layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    MaxPooling2D,
    ZeroPadding2D,
)
from .common import architecture, preprocessing
from .imagenet_utils import decode_predictions

__all__ = [
    "ResNet50",
    "ResNet101",
    "ResNet152",
    "decode_predictions",
    "normalization",
    "preprocess_input",
    "stem",
    "weight_file",
]


def normalization(request, name: str):
    """Returns the batch normalization of all ResNets and DenseNets.

    Args:
        request: The user's arguments.
        name: Name of the layer.
    """
    return BatchNormalization(axis=request.channel_axis, epsilon=1.001e-5, name=name)


def weight_file(request) -> str:
    """Returns the path of the file of weights: of the whole model, or without top."""
    name = request.owner.lower()
    end = "" if request.include_top else "_notop"
    return f"resnet/{name}_weights_tf_dim_ordering_tf_kernels{end}.h5"


def stem(request, is_normalized: bool):
    """Returns a quarter-sized map of features: a 7x7 convolution and a pooling.

    Args:
        request: The user's arguments.
        is_normalized: Whether the convolution is followed by normalization and ReLU.
    """
    x = request.images(size=224, smallest=32)
    x = ZeroPadding2D(3, name="conv1_pad")(x)
    x = Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    if is_normalized:
        x = normalization(request, "conv1_bn")(x)
        x = Activation("relu", name="conv1_relu")(x)
    x = ZeroPadding2D(1, name="pool1_pad")(x)
    return MaxPooling2D(3, strides=2, name="pool1_pool")(x)


def _resnet(request, repeats, hashes):
    x = stem(request, is_normalized=True)
    for stack, repeat in enumerate(repeats, 2):
        filters = 2 ** (stack + 4)
        for k in range(1, repeat + 1):
            stride = 2 if k == 1 and stack > 2 else 1
            x = _block(request, x, filters, stride, k == 1, f"conv{stack}_block{k}")
    return request.model(
        request.top(x), weight_file(request), hashes[not request.include_top]
    )


def _block(request, x, filters, stride, is_first, name):
    """Narrow, look around, widen: 1x1, 3x3 and 1x1 convolutions, and a shortcut."""
    shortcut = x
    if is_first:
        shortcut = Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
        shortcut = normalization(request, f"{name}_0_bn")(shortcut)
    x = Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x)
    x = normalization(request, f"{name}_1_bn")(x)
    x = Activation("relu", name=f"{name}_1_relu")(x)
    x = Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = normalization(request, f"{name}_2_bn")(x)
    x = Activation("relu", name=f"{name}_2_relu")(x)
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    x = normalization(request, f"{name}_3_bn")(x)
    x = Add(name=f"{name}_add")([shortcut, x])
    return Activation("relu", name=f"{name}_out")(x)


ResNet50 = architecture(
    "ResNet50",
    _resnet,
    "ResNet with 50 layers: 25,636,712 parameters.",
    repeats=(3, 4, 6, 3),
    hashes=("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
)
ResNet101 = architecture(
    "ResNet101",
    _resnet,
    "ResNet with 101 layers: 44,707,176 parameters.",
    repeats=(3, 4, 23, 3),
    hashes=("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
)
ResNet152 = architecture(
    "ResNet152",
    _resnet,
    "ResNet with 152 layers: 60,419,944 parameters.",
    repeats=(3, 8, 36, 3),
    hashes=("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
)
preprocess_input = preprocessing("caffe")
