"""`ops.image`, and what belongs to it in `ops`, next to real Keras."""

import itertools

import numpy as np
import pytest

from minikeras import ops
from minikeras.tensor import GradientTape, KerasTensor, Tensor

jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "jax":
    pytest.skip("slopes are compared with JAX's", allow_module_level=True)

rng = np.random.default_rng(0)
X = rng.random((2, 7, 6, 3)).astype("float32")
FIRST = np.ascontiguousarray(X.transpose(0, 3, 1, 2))
BYTES = (X * 255).astype("uint8")
VOLUME = rng.random((2, 5, 5, 6, 2)).astype("float32")
CF = {"data_format": "channels_first"}
MODES = ("constant", "nearest", "wrap", "mirror", "reflect")
TURNS = np.array(
    [[0.9, 0.21, -1.3, -0.13, 1.1, 0.72, 0, 0], [1, 0, 2, 0, 1, -1, 0, 0]], "float32"
)
STARTS = np.array([[0, 0], [0, 6], [5, 0], [5, 6]], "float32")
ENDS = STARTS + rng.normal(size=(4, 2)).astype("float32") * 0.6
PAIR = np.stack([STARTS, STARTS]), np.stack([ENDS, STARTS])


def resizing():
    kinds = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
    sizes = ((3, 7), (14, 12), (7, 6), (5, 3))
    for kind, smooth, size in itertools.product(kinds, (False, True), sizes):
        options = {"interpolation": kind, "antialias": smooth}
        yield "resize", [X, size], options
        yield "resize", [BYTES, size], options
        for way in ("crop", "pad"):
            more = {f"{way}_to_aspect_ratio": True, "fill_value": 0.3}
            yield "resize", [X, size], options | more
    yield "resize", [FIRST, (4, 9)], CF
    yield "resize", [X[0], (4, 9)], {}
    methods = ("linear", "cubic", "lanczos3", "lanczos5", "bilinear", "tricubic")
    for method, smooth, s in itertools.product(methods, (True, False), (0.4, 1.0, 2.3)):
        scale = np.array([s, 1.2], "float32"), np.array([0.3, -1.0], "float32")
        args = [X, (2, 5, 9, 3), *scale, (1, 2), method, smooth]
        yield "scale_and_translate", args, {}


def patching():
    for padding, step, gap, size in itertools.product(
        ("valid", "same"), (None, 1, 2), (1, 2), (2, (3, 2))
    ):
        yield "extract_patches", [X, size, step, gap, padding], {}
        yield "extract_patches", [FIRST, size, step, gap, padding], CF
    for padding, step in itertools.product(("valid", "same"), (None, 1, 2)):
        yield "extract_patches_3d", [VOLUME, 2, step, 1, padding], {}
        turned = VOLUME.transpose(0, 4, 1, 2, 3)
        yield "extract_patches_3d", [turned, (2, 1, 3), step, 1, padding], CF
    for cut in (
        {"top_cropping": 1, "left_cropping": 2, "target_height": 3, "target_width": 2},
        {"bottom_cropping": 1, "right_cropping": 2, "target_height": 3,
         "target_width": 2},
        {"top_cropping": 1, "bottom_cropping": 0, "left_cropping": 0,
         "right_cropping": 3},
    ):  # fmt: skip
        yield "crop_images", [X], cut
        yield "crop_images", [FIRST], cut | CF
        put = {k.replace("cropping", "padding"): v for k, v in cut.items()}
        put = {k: v + 9 * k.startswith("target") for k, v in put.items()}
        yield "pad_images", [X], put
        yield "pad_images", [BYTES[0]], put
    z = rng.random((2, 3, 5, 6)).astype("float32")
    for k, gap, around, step in (
        (2, 1, 0, 1), ((2, 3), 1, 1, 2), (2, 2, 1, 1), (3, 1, (1, 0), (2, 1)),
    ):  # fmt: skip
        yield "unfold", [z, k, gap, around, step], {}
        columns = np.asarray(ops.unfold(z, k, gap, around, step))
        yield "fold", [columns, (5, 6), k, gap, around, step], {}
    for form in ("channels_last", "channels_first"):
        blocks = rng.random((2, 8, 4, 8)).astype("float32")
        yield "depth_to_space", [blocks, 2, form], {}
        yield "space_to_depth", [blocks, 2, form], {}


def looking():
    for mode, order in itertools.product(MODES, (0, 1)):
        flat = rng.uniform(-9, 15, (2, 40)).astype("float32")
        yield "map_coordinates", [X[0, :, :, 0], flat, order, mode, 0.7], {}
        yield "map_coordinates", [BYTES[0, :, :, 0], flat, order, mode, 7], {}
        wide = rng.uniform(-3, 9, (4, 3, 5)).astype("float32")
        yield "map_coordinates", [X, wide, order, mode, 0.7], {}
    for mode in MODES:
        yield "affine_transform", [X, TURNS, "bilinear", mode, 0.4], {}
        yield "affine_transform", [X[0], TURNS[0], "bilinear", mode, 0.4], {}
        yield "affine_transform", [FIRST, TURNS, "bilinear", mode, 0.4], CF
        yield "affine_transform", [BYTES, TURNS, "bilinear", mode, 4], {}
        yield "affine_transform", [X, TURNS * 1.01, "nearest", mode, 0.4], {}
    for kind in ("nearest", "bilinear"):
        yield "perspective_transform", [X, *PAIR, kind, 0.2], {}
        yield "perspective_transform", [X[0], STARTS, ENDS, kind], {}
        yield "perspective_transform", [FIRST, *PAIR, kind], CF


def colouring():
    for name in ("rgb_to_grayscale", "rgb_to_hsv", "hsv_to_rgb"):
        for x in (X, X[0], X * 0, X.astype("float16")):
            yield name, [x], {}
        yield name, [FIRST], CF
    yield "rgb_to_grayscale", [BYTES], {}
    for size in (3, 4):
        yield "ssim", [X, X * 0.8, 1.0, size], {}
        yield "ssim", [X[0], X[1], 2.0, size, 1.2, 0.02, 0.05], {}
    yield "psnr", [X, X * 0.9, 1.0], {}


EVERY = [*resizing(), *patching(), *looking(), *colouring()]
CALLS = [pytest.param(*one, id=f"{one[0]}-{i}") for i, one in enumerate(EVERY)]


def found(package, name):
    return getattr(package.image, name, None) or getattr(package, name)


@pytest.mark.parametrize(("name", "args", "kwargs"), CALLS)
def test_values_dtypes_and_symbolic_shapes(name, args, kwargs):
    ours = found(ops, name)(*args, **kwargs)
    theirs = np.asarray(found(keras.ops, name)(*args, **kwargs))
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    tolerance = 1 if theirs.dtype == np.uint8 else 3e-4 if "pers" in name else 3e-5
    tolerance = 2e-3 if theirs.dtype == np.float16 else tolerance
    wanted = theirs.astype("float64")
    np.testing.assert_allclose(
        np.asarray(ours).astype("float64"), wanted, atol=tolerance
    )
    first, *rest = args
    foretold = found(ops, name)(
        KerasTensor(first.shape, first.dtype.name), *rest, **kwargs
    )
    assert (foretold.shape, foretold.dtype) == (theirs.shape, theirs.dtype.name)


SMOOTH = [p for p in CALLS if p.values[1][0].dtype == np.float32][::4]
SMOOTH = [p for p in SMOOTH if p.values[0] != "hsv_to_rgb"]  # it is full of kinks


@pytest.mark.parametrize(("name", "args", "kwargs"), SMOOTH)
def test_slopes(name, args, kwargs):
    first, *rest = args
    source = Tensor(first + np.float32(0.01))
    with GradientTape() as tape:
        tape.watch(source)
        y = found(ops, name)(source, *rest, **kwargs)
        total = ops.sum(y * y)
    theirs = found(keras.ops, name)
    expected = jax.grad(lambda x: (theirs(x, *rest, **kwargs) ** 2).sum())(
        jax.numpy.asarray(source.array)
    )
    size = 1 + np.abs(expected).max()
    np.testing.assert_allclose(
        np.asarray(tape.gradient(total, source)) / size, expected / size, atol=2e-4
    )


WRONG = [
    ("rgb_to_grayscale", [X[0, 0]], {}),
    ("rgb_to_hsv", [BYTES], {}),
    ("hsv_to_rgb", [X[..., :1]], {}),
    ("sobel_edges", [X[0]], {}),
    ("resize", [X, (3, 4)], {"interpolation": "area"}),
    ("resize", [X, (3, 4, 5)], {}),
    (
        "resize",
        [X, (3, 4)],
        {"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True},
    ),
    ("resize", [X, (3, 4)], {"pad_to_aspect_ratio": True, "fill_mode": "wrap"}),
    ("crop_images", [X, 1], {}),
    ("pad_images", [X, 1, 2], {"target_height": 3, "target_width": 9}),
    ("ssim", [X, X[:1]], {}),
    ("ssim", [X, X], {}),
    ("depth_to_space", [X, 2], {}),
    ("space_to_depth", [X, 4], {}),
    ("psnr", [X, X[:1], 1.0], {}),
    ("fold", [X[0], (4, 5), 2], {}),
]


@pytest.mark.parametrize(("name", "args", "kwargs"), WRONG)
def test_the_same_kind_of_error(name, args, kwargs):
    with pytest.raises(ValueError):
        found(keras.ops, name)(*args, **kwargs)
    with pytest.raises(ValueError, match=f"^(image|{name}): "):
        found(ops, name)(*args, **kwargs)
