"""VGG with 16 layers; VGG19 is built by the same function.

K. Simonyan and A. Zisserman (2014), *Very Deep Convolutional Networks for Large-Scale
Image Recognition*, arXiv:1409.1556.
"""

from ..layers import Conv2D, Dense, Flatten, MaxPooling2D
from .common import architecture, preprocessing
from .imagenet_utils import decode_predictions

__all__ = ["VGG16", "decode_predictions", "preprocess_input", "vgg"]

_FILTERS = (64, 128, 256, 512, 512)


def vgg(request, repeats, hashes):
    """Builds blocks of 3x3 convolutions, each with a pooling; two wide layers on top.

    Args:
        request: The user's arguments.
        repeats: Number of convolutions in each of the five blocks.
        hashes: MD5 of the files of weights, with the top and without.
    """
    x = request.images(size=224, smallest=32)
    for block, (filters, repeat) in enumerate(zip(_FILTERS, repeats, strict=True), 1):
        for k in range(1, repeat + 1):
            name = f"block{block}_conv{k}"
            x = Conv2D(filters, 3, padding="same", activation="relu", name=name)(x)
        x = MaxPooling2D(2, 2, name=f"block{block}_pool")(x)
    folder = request.owner.lower()
    file = f"{folder}/{folder}_weights_tf_dim_ordering_tf_kernels"
    if not request.include_top:
        return request.model(request.pooled(x), f"{file}_notop.h5", hashes[1])
    x = Flatten(name="flatten")(x)
    x = Dense(4096, activation="relu", name="fc1")(x)
    x = Dense(4096, activation="relu", name="fc2")(x)
    return request.model(request.scores(x), f"{file}.h5", hashes[0])


VGG16 = architecture(
    "VGG16",
    vgg,
    "VGG with 13 convolutions and 3 dense layers: 138,357,544 parameters.",
    repeats=(2, 2, 3, 3, 3),
    hashes=("64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"),
)
preprocess_input = preprocessing("caffe")
