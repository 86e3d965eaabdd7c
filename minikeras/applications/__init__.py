"""Architectures that are known by name, with the weights that Keras has for them."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "convnext": [
            f"ConvNeXt{size}" for size in "Base Large Small Tiny XLarge".split()
        ],
        "densenet": ["DenseNet121", "DenseNet169", "DenseNet201"],
        "efficientnet": [f"EfficientNetB{k}" for k in range(8)],
        "efficientnet_v2": [
            f"EfficientNetV2{size}" for size in "B0 B1 B2 B3 L M S".split()
        ],
        "inception_resnet_v2": ["InceptionResNetV2"],
        "inception_v3": ["InceptionV3"],
        "mobilenet": ["MobileNet"],
        "mobilenet_v2": ["MobileNetV2"],
        "mobilenet_v3": ["MobileNetV3Large", "MobileNetV3Small"],
        "nasnet": ["NASNetLarge", "NASNetMobile"],
        "resnet": ["ResNet101", "ResNet152", "ResNet50"],
        "resnet_v2": ["ResNet101V2", "ResNet152V2", "ResNet50V2"],
        "vgg16": ["VGG16"],
        "vgg19": ["VGG19"],
        "xception": ["Xception"],
    },
    (
        "convnext",
        "densenet",
        "efficientnet",
        "efficientnet_v2",
        "imagenet_utils",
        "inception_resnet_v2",
        "inception_v3",
        "mobilenet",
        "mobilenet_v2",
        "mobilenet_v3",
        "nasnet",
        "resnet",
        "resnet50",
        "resnet_v2",
        "vgg16",
        "vgg19",
        "xception",
    ),
)
