"""Keras's path `ops.image`: what is done to pictures.

These functions are not in `ops` itself.
"""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __package__,
    {
        "colors": ["hsv_to_rgb", "rgb_to_grayscale", "rgb_to_hsv"],
        "filters": ["gaussian_blur", "sobel_edges", "ssim"],
        "patches": [
            "crop_images",
            "extract_patches",
            "extract_patches_3d",
            "pad_images",
        ],
        "scaling": ["resize", "scale_and_translate"],
        "warping": [
            "affine_transform",
            "elastic_transform",
            "map_coordinates",
            "perspective_transform",
        ],
    },
    home=__name__,
)
