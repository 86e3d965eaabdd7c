"""Cases of the layer contract: resizing layers."""

from .layer_case import Case

FIRST = {"data_format": "channels_first"}


def one(kwargs, shape):
    return Case(kwargs, shape, masks=False)


CASES: dict = {
    "Cropping1D": [one({}, (4, 3)), one({"cropping": (0, 2)}, (4, 3))],
    "Cropping2D": [
        one({}, (3, 4, 2)),
        one({"cropping": (0, 1)}, (3, 4, 2)),
        one({"cropping": ((1, 0), (0, 2)), **FIRST}, (2, 3, 4)),
    ],
    "Cropping3D": [
        one({}, (3, 4, 5, 2)),
        one({"cropping": (0, 1, 2)}, (3, 4, 5, 2)),
        one({"cropping": ((1, 0), (0, 2), (1, 1)), **FIRST}, (2, 3, 4, 3)),
    ],
    "UpSampling1D": [one({}, (3, 2)), one({"size": 3}, (2, 16))],
    "UpSampling2D": [
        one({}, (2, 3, 2)),
        one({"size": (1, 3), **FIRST}, (2, 2, 3)),
        one({"interpolation": "bilinear"}, (3, 2, 2)),
        one({"size": 3, "interpolation": "bicubic", **FIRST}, (2, 3, 4)),
        one({"size": (2, 1), "interpolation": "lanczos3"}, (4, 3, 2)),
        one({"size": (2, 3), "interpolation": "lanczos5"}, (3, 4, 2)),
    ],
    "UpSampling3D": [
        one({}, (2, 1, 3, 2)),
        one({"size": (1, 2, 3), **FIRST}, (2, 3, 2, 2)),
    ],
    "ZeroPadding1D": [
        one({}, (3, 2)),
        one({"padding": (0, 2), **FIRST}, (2, 3)),
    ],
    "ZeroPadding2D": [
        one({}, (2, 3, 2)),
        one({"padding": (0, 1)}, (2, 3, 2)),
        one({"padding": ((1, 2), (0, 1)), **FIRST}, (2, 3, 2)),
    ],
    "ZeroPadding3D": [
        one({}, (2, 1, 3, 2)),
        one({"padding": ((0, 1), 2, (1, 0)), **FIRST}, (2, 2, 1, 3)),
    ],
}
