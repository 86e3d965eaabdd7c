"""Calls of `keras.applications`: every member, and a small model of every family."""

import itertools

__all__ = ["FAMILIES", "MEMBERS", "RARE"]


_NAMES = (
    *(f"ConvNeXt{size}" for size in ("Base", "Large", "Small", "Tiny", "XLarge")),
    *(f"DenseNet{depth}" for depth in (121, 169, 201)),
    *(f"EfficientNetB{k}" for k in range(8)),
    *(f"EfficientNetV2{size}" for size in "B0 B1 B2 B3 L M S".split()),
    *("InceptionResNetV2", "InceptionV3"),
    *("MobileNet", "MobileNetV2", "MobileNetV3Large", "MobileNetV3Small"),
    *("NASNetLarge", "NASNetMobile"),
    *(f"ResNet{depth}{version}" for depth in (50, 101, 152) for version in ("", "V2")),
    *("VGG16", "VGG19", "Xception"),
)
_VARIANTS = (
    *(("MobileNet", {"alpha": alpha}) for alpha in (0.25, 0.5, 0.75)),
    *(("MobileNet", {"input_shape": [n, n, 3]}) for n in (128, 160, 192)),
    *(("MobileNetV2", {"alpha": alpha}) for alpha in (0.35, 0.5, 0.75, 1.3, 1.4)),
    *(("MobileNetV2", {"input_shape": [n, n, 3]}) for n in (96, 128, 160, 192)),
    *(
        (f"MobileNetV3{size}", arguments)
        for size in ("Large", "Small")
        for arguments in ({"alpha": 0.75}, {"minimalistic": True})
    ),
)
# Everything that there are weights of ImageNet for, with the top and without
MEMBERS = [
    (name, {**arguments, "include_top": include_top})
    for (name, arguments), include_top in itertools.product(
        (*((name, {}) for name in _NAMES), *_VARIANTS), (True, False)
    )
]
# The smallest member of each family, and a small size of its images
FAMILIES = {
    "ConvNeXtTiny": 32,
    "DenseNet121": 32,
    "EfficientNetB0": 32,
    "EfficientNetV2B0": 32,
    "InceptionResNetV2": 75,
    "InceptionV3": 75,
    "MobileNet": 32,
    "MobileNetV2": 32,
    "MobileNetV3Large": 32,
    "MobileNetV3Small": 32,
    "NASNetMobile": 32,
    "ResNet50": 32,
    "ResNet50V2": 32,
    "VGG16": 32,
    "VGG19": 32,
    "Xception": 71,
}
# Arguments of one family only, and combinations of others
RARE = [
    ("ConvNeXtTiny", {"include_top": False, "pooling": "avg", "name": "mine"}),
    ("ConvNeXtTiny", {"include_preprocessing": False, "input_shape": (33, 64, 3)}),
    ("EfficientNetB1", {"include_top": False, "input_shape": (33, 64, 3)}),
    ("EfficientNetV2B1", {"include_top": False, "pooling": "max"}),
    ("EfficientNetV2S", {"include_top": False, "include_preprocessing": False}),
    ("InceptionV3", {"include_top": False, "pooling": "avg"}),
    ("NASNetMobile", {"include_top": False, "input_shape": (33, 64, 3)}),
    ("Xception", {"include_top": False, "pooling": "max"}),
    ("VGG16", {"include_top": False, "input_shape": (40, 32, 1), "pooling": "max"}),
    ("ResNet50", {"include_top": False, "pooling": "max"}),
    ("ResNet50V2", {"include_top": False, "pooling": "avg"}),
    ("DenseNet121", {"include_top": False, "input_shape": (None, 49, 3)}),
    ("MobileNet", {"alpha": 0.35, "depth_multiplier": 2, "dropout": 0.5}),
    ("MobileNet", {"include_top": False, "pooling": "avg", "name": "features"}),
    ("MobileNetV2", {"alpha": 1.4, "input_shape": (49, 64, 3), "classes": 7}),
    ("MobileNetV2", {"alpha": 0.35, "include_top": False, "pooling": "avg"}),
    ("MobileNetV3Small", {"alpha": 1.5, "input_shape": (51, 33, 3)}),
    (
        "MobileNetV3Large",
        {"minimalistic": True, "include_preprocessing": False, "dropout_rate": 0.0},
    ),
]
