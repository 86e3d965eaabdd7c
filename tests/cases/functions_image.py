"""Calls of the functions of images, for their contract."""

import numpy as np

from .drawing import P, R, U, exactly
from .functions import KERAS, call

TURN = exactly([0.9, 0.2, -0.31, -0.1, 1.1, 0.27, 0.0, 0.0])
CORNERS = np.array([[0.1, 0.2], [0.3, 3.9], [2.8, 0.1], [3.1, 4.2]])


ENDS = CORNERS + np.array([0.31, -0.22])
SHIFT = exactly([1.0, 0, 1.25, 0, 1.0, 0.5, 0, 0])


def shifted(x, *args, **options):
    x = 0.75 * np.roll(x, -1, axis=2) + 0.25 * np.roll(x, -2, axis=2)
    return (x + np.roll(x, -1, axis=1)) / 2


def blurred(x, *args):
    """Smoothed along the height, sigma 1, zeros around."""
    side = np.exp(-0.5)
    y = np.pad(x, ((0, 0), (1, 1), (0, 0), (0, 0)))
    return (side * y[:, :-2] + y[:, 1:-1] + side * y[:, 2:]) / (1 + 2 * side)


def grey(x):
    return x @ np.array([0.2989, 0.587, 0.114])[:, None]


def cut(x, size):
    b, h, w, c = x.shape
    y = x.reshape(b, h // size, size, w // size, size, c)
    return y.swapaxes(2, 3).reshape(b, h // size, w // size, -1)


def between(x, places, order):
    rows = x[2, 3:5].mean() * 0.75 + x[3, 3:5].mean() * 0.25
    return np.array([x[:2, 1:3].mean(), rows])


def down(x):
    step = np.array([4.0, 8, 8, 4]).repeat(3).reshape(x.shape)
    return np.stack([step, x * 0], axis=-1)


def unfolded(x, size, stride):
    x = x.reshape(2, 3, 2, 2, 2, 2).transpose(0, 1, 3, 5, 2, 4)
    return x.reshape(2, 12, 4)


def folded(x, *sizes, stride):
    x = x.reshape(2, 3, 2, 2, 2, 2).transpose(0, 1, 4, 2, 5, 3)
    return x.reshape(2, 3, 4, 4)


def halved(x, *size, **options):
    return x.reshape(2, 2, 2, 2, 2, 3).mean((2, 4))


CASES = {
    "affine_transform": [
        call(P(2, 5, 4, 3), SHIFT, fill_mode="wrap", like=shifted),
        call(P(5, 4, 3), TURN, fill_mode="reflect", like=KERAS),
    ],
    "crop_images": [
        call(R(2, 5, 4, 3), 1, 0, target_height=2, target_width=3,
             like=lambda x, *a, **k: x[:, 1:3, :3])
    ],
    "depth_to_space": [
        call(R(1, 1, 1, 8), 2, like=lambda x, n: x.reshape(1, 2, 2, 2)),
        call(R(2, 2, 3, 8), 2, like=KERAS),
    ],
    "elastic_transform": [call(P(4, 4, 2), seed=3, like=KERAS, traits="random")],
    "extract_patches": [
        call(R(2, 4, 6, 3), 2, like=cut),
        call(R(1, 5, 4, 2), (3, 2), 1, 1, "same", like=KERAS),
    ],
    "extract_patches_3d": [call(R(1, 4, 4, 4, 2), 2, like=KERAS)],
    "fold": [
        call(R(2, 12, 4), (4, 4), 2, stride=2, like=folded)
    ],
    "gaussian_blur": [
        call(R(2, 4, 5, 2), (3, 1), (1.0, 2.0), like=blurred),
        call(R(4, 5, 2), (1, 1), (2.0, 2.0), like=lambda x, *a: x),
    ],
    "hsv_to_rgb": [
        call(exactly([[[0.1, 0.5, 0.8], [0.4, 0.4, 0.5]]]),
             like=lambda x: np.array([[[0.8, 0.64, 0.4], [0.3, 0.5, 0.38]]]))
    ],
    "map_coordinates": [
        call(R(4, 5), exactly([[0.5, 2.25], [1.5, 3.5]]), 1, like=between)
    ],
    "pad_images": [
        call(R(2, 3, 4, 2), 1, 0, 2, 1, like=lambda x, *a: np.pad(
            x, ((0, 0), (1, 2), (0, 1), (0, 0))))
    ],
    "perspective_transform": [
        call(P(5, 4, 3), exactly(CORNERS), exactly(ENDS), like=KERAS)
    ],
    "psnr": [
        call(R(2, 3), R(2, 3), 2.0, like=lambda a, b, m: 10 * np.log10(
            m * m / ((a - b) ** 2).mean()))
    ],
    "resize": [
        call(R(2, 4, 4, 3), (2, 2), like=halved),
        call(R(4, 5, 3), (6, 3), "bicubic", True, like=KERAS),
    ],
    "rgb_to_grayscale": [call(R(2, 3, 4, 3), like=grey)],
    "rgb_to_hsv": [
        call(exactly([[[0.8, 0.64, 0.4], [0.3, 0.5, 0.38]]]),
             like=lambda x: np.array([[[0.1, 0.5, 0.8], [0.4, 0.4, 0.5]]]))
    ],
    "scale_and_translate": [
        call(R(3, 4), (3, 4), (1.0, 1.0), (0.0, 0.0), (0, 1),
             "linear", like=lambda x, *a: x),
        call(R(3, 4), (5, 4), np.array([1.7], "float32"), np.array([0.2], "float32"),
             (0,), "cubic", like=KERAS),
    ],
    "sobel_edges": [
        call(exactly(np.arange(4.0).repeat(3).reshape(1, 4, 3, 1)), like=down)
    ],
    "space_to_depth": [
        call(R(1, 2, 2, 2), 2, like=lambda x, n: x.reshape(1, 1, 1, 8)),
        call(R(2, 4, 6, 3), 2, like=cut),
    ],
    "ssim": [
        call(U(2, 5, 5, 2), U(2, 5, 5, 2), filter_size=3, like=KERAS),
    ],
    "unfold": [
        call(R(2, 3, 4, 4), 2, stride=2, like=unfolded)
    ],
}  # fmt: skip
