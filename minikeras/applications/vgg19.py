"""VGG with 19 layers (K. Simonyan and A. Zisserman, 2014, arXiv:1409.1556)."""

from .common import architecture, preprocessing
from .imagenet_utils import decode_predictions
from .vgg16 import vgg

__all__ = ["VGG19", "decode_predictions", "preprocess_input"]

VGG19 = architecture(
    "VGG19",
    vgg,
    "VGG with 16 convolutions and 3 dense layers: 143,667,240 parameters.",
    repeats=(2, 2, 4, 4, 4),
    hashes=("cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6"),
)
preprocess_input = preprocessing("caffe")
