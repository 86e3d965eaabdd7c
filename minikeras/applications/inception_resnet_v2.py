"""Inception-ResNet V2: blocks of Inception that learn what to add to their input.

C. Szegedy, S. Ioffe, V. Vanhoucke and A. Alemi (2016), *Inception-v4, Inception-ResNet
and the Impact of Residual Connections on Learning*, arXiv:1602.07261.
"""

from ..layers import Activation, Conv2D, Layer
from .common import ARCHITECTURE_LAYERS, architecture, preprocessing
from .imagenet_utils import decode_predictions
from .inception_v3 import convolution, joined, mixed, stem

__all__ = [
    "CustomScaleLayer",
    "InceptionResNetV2",
    "decode_predictions",
    "preprocess_input",
]

# Branches as in `inception_v3`: (filters, kernel), or (filters, kernel, stride).
_FIRST = ([(96, 1)], [(48, 1), (64, 5)], [(64, 1), (96, 3), (96, 3)])
# Blocks: name, how often, how much of it is added, branches
_STAGES = (
    (
        ("block35", 10, 0.17),
        ([(32, 1)], [(32, 1), (32, 3)], [(32, 1), (48, 3), (64, 3)]),
    ),
    (
        ("block17", 20, 0.1),
        ([(192, 1)], [(128, 1), (160, (1, 7)), (192, (7, 1))]),
    ),
    (
        ("block8", 10, 0.2),
        ([(192, 1)], [(192, 1), (224, (1, 3)), (256, (3, 1))]),
    ),
)
# What halves height and width after each stage but the last: name, branches
_REDUCTIONS = (
    ("mixed_6a", ([(384, 3, 2)], [(256, 1), (256, 3), (384, 3, 2)])),
    (
        "mixed_7a",
        (
            [(256, 1), (384, 3, 2)],
            [(256, 1), (288, 3, 2)],
            [(256, 1), (288, 3), (320, 3, 2)],
        ),
    ),
    None,
)


@ARCHITECTURE_LAYERS.register(module="keras.src.applications.inception_resnet_v2")
class CustomScaleLayer(Layer):
    """Adds a part of its second input to the first.

    y = x1 + scale * x2

    Args:
        scale: The part that is added.

    Shape: two of `(...)` -> `(...)`
    """

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        first, second = inputs
        return first + second * self.scale


def _inception_resnet(request, hashes):
    x = mixed(request, stem(request), _FIRST, 64, "mixed_5b")
    for (facts, branches), reduction in zip(_STAGES, _REDUCTIONS, strict=True):
        name, repeats, scale = facts
        for k in range(1, repeats + 1):
            is_last = k == repeats and reduction is None
            part = 1.0 if is_last else scale
            x = _block(request, x, branches, part, f"{name}_{k}", not is_last)
        if reduction is not None:
            x = mixed(request, x, reduction[1], None, reduction[0])
    x = convolution(request, x, 1536, 1, name="conv_7b")
    folder, end = "inception_resnet_v2", "" if request.include_top else "_notop"
    file = f"{folder}/{folder}_weights_tf_dim_ordering_tf_kernels{end}.h5"
    top = request.top(x, is_named=False)
    return request.model(top, file, hashes[not request.include_top])


def _block(request, x, branches, scale, name, is_activated):
    """Branches, joined and brought to the channels of the input that they add to."""
    found = []
    for branch in branches:
        y = x
        for filters, kernel in branch:
            y = convolution(request, y, filters, kernel)
        found.append(y)
    y = joined(request, found, f"{name}_mixed")
    channels = x.shape[request.channel_axis]
    y = Conv2D(channels, 1, padding="same", name=f"{name}_conv")(y)
    x = CustomScaleLayer(scale)([x, y])
    return Activation("relu", name=f"{name}_ac")(x) if is_activated else x


InceptionResNetV2 = architecture(
    "InceptionResNetV2",
    _inception_resnet,
    "Inception-ResNet V2: 55,873,736 parameters.",
    name="inception_resnet_v2",
    hashes=("e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4"),
)
preprocess_input = preprocessing("tf")
