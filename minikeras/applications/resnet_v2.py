"""ResNet V2: normalization and ReLU come before the convolution, not after it.

K. He, X. Zhang, S. Ren and J. Sun (2016), *Identity Mappings in Deep Residual
Networks*, arXiv:1603.05027.
"""

from ..layers import Activation, Add, Conv2D, MaxPooling2D, ZeroPadding2D
from .common import architecture, preprocessing
from .imagenet_utils import decode_predictions
from .resnet import normalization, stem, weight_file

__all__ = [
    "ResNet50V2",
    "ResNet101V2",
    "ResNet152V2",
    "decode_predictions",
    "preprocess_input",
]


def _resnet_v2(request, repeats, hashes):
    x = stem(request, is_normalized=False)
    for stack, repeat in enumerate(repeats, 2):
        filters = 2 ** (stack + 4)
        for k in range(1, repeat + 1):
            stride = 2 if k == repeat and stack < 5 else 1
            x = _block(request, x, filters, stride, k == 1, f"conv{stack}_block{k}")
    x = normalization(request, "post_bn")(x)
    x = Activation("relu", name="post_relu")(x)
    return request.model(
        request.top(x), weight_file(request), hashes[not request.include_top]
    )


def _block(request, x, filters, stride, is_first, name):
    """Narrow, look around, widen; the shortcut is never normalized."""
    shortcut = x
    x = normalization(request, f"{name}_preact_bn")(x)
    x = Activation("relu", name=f"{name}_preact_relu")(x)
    if is_first:
        shortcut = Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
    elif stride > 1:
        shortcut = MaxPooling2D(1, strides=stride)(shortcut)
    x = Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(x)
    x = normalization(request, f"{name}_1_bn")(x)
    x = Activation("relu", name=f"{name}_1_relu")(x)
    x = ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = normalization(request, f"{name}_2_bn")(x)
    x = Activation("relu", name=f"{name}_2_relu")(x)
    x = Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return Add(name=f"{name}_out")([shortcut, x])


ResNet50V2 = architecture(
    "ResNet50V2",
    _resnet_v2,
    "ResNet V2 with 50 layers: 25,613,800 parameters.",
    repeats=(3, 4, 6, 3),
    hashes=("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
)
ResNet101V2 = architecture(
    "ResNet101V2",
    _resnet_v2,
    "ResNet V2 with 101 layers: 44,675,560 parameters.",
    repeats=(3, 4, 23, 3),
    hashes=("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
)
ResNet152V2 = architecture(
    "ResNet152V2",
    _resnet_v2,
    "ResNet V2 with 152 layers: 60,380,648 parameters.",
    repeats=(3, 8, 36, 3),
    hashes=("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"),
)
preprocess_input = preprocessing("tf")
