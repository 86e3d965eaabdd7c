"""Layers on images beside Keras: the same draws give the same images, masks and boxes.

Ours draws; both apply what was drawn.
"""

import inspect

import numpy as np
import pytest

from minikeras import layers, ops
from tests.cases.layers_images import CASES

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 1, (4, 12, 9, 3)).astype("float32")
MASKS = RNG.integers(0, 3, (4, 12, 9, 1)).astype("float32")
BOXES = np.array([[[1, 2, 5, 6], [0, 0, 9, 12.0]]] * 4, "float32")
LABELS = np.array([[1, 2]] * 4)
RANGE = {"value_range": (0, 1)}
# what Keras leaves undone, does otherwise than documented, or draws while it transforms
WITHOUT_BOXES = {"CutMix", "RandomElasticTransform"}
OWN = {"RandomColorJitter", "RandomElasticTransform", "RandomGrayscale"}
PAIRS = [
    (name, case.kwargs)
    for name in sorted(CASES)
    for case in CASES[name]
    if name not in OWN and case.kwargs.get("height", 0) <= 6
]


def pair(name, kwargs):
    """The layer of both, on values in [0, 1]."""
    theirs, ours = getattr(keras.layers, name), getattr(layers, name)
    if "value_range" in inspect.signature(theirs.__init__).parameters:
        kwargs = {**kwargs, **RANGE}
    options = {} if name in WITHOUT_BOXES else {"bounding_box_format": "xyxy"}
    return theirs(**kwargs, **options), ours(**kwargs, **options)


def plain(x):
    """What was drawn, as NumPy arrays."""
    if isinstance(x, dict):
        return {name: plain(value) for name, value in x.items()}
    if isinstance(x, (list, tuple)):
        return type(x)(map(plain, x))
    return x.numpy() if hasattr(x, "numpy") else x


def drawn(ours):
    images = ops.convert_to_tensor(IMAGES)
    return images, ours.get_random_transformation(images, training=True)


@pytest.mark.parametrize("name, kwargs", PAIRS)
def test_images(name, kwargs):
    theirs, ours = pair(name, kwargs)
    images, ours_drawn = drawn(ours)
    y = theirs.transform_images(keras.ops.array(IMAGES), plain(ours_drawn))
    np.testing.assert_allclose(
        ours.transform_images(images, ours_drawn).numpy(), y, rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("name, kwargs", PAIRS)
def test_configs(name, kwargs):
    theirs, ours = (layer.get_config() for layer in pair(name, kwargs))
    for config in (theirs, ours):
        for key in ("name", "dtype", "seed", "fill_value"):  # Keras forgets two
            config.pop(key, None)
    assert {k: _listed(v) for k, v in ours.items()} == {
        k: _listed(v) for k, v in theirs.items()
    }


def _listed(value):
    return list(value) if isinstance(value, tuple) else value


OPEN = """RandomRotation RandomContrast RandomBrightness RandomSaturation RandomHue
    RandomColorDegeneration RandomSharpness"""


@pytest.mark.parametrize("name", OPEN.split())
@pytest.mark.parametrize("factor", [0, 0.3, 1.0, 1.5, -0.5, (0.5, 2.0), (0.6, 0.2)])
def test_the_same_factors_are_taken(name, factor):
    made = []
    for package in (keras.layers, layers):
        try:
            made.append(getattr(package, name)(factor).factor)
        except ValueError:
            made.append("refused")
    assert made[1] == made[0]


GEOMETRY = [
    (name, kwargs)
    for name, kwargs in PAIRS
    if name in ("RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom")
    or name in ("RandomShear", "RandomPerspective", "Resizing", "CenterCrop")
]


@pytest.mark.parametrize("name, kwargs", GEOMETRY)
def test_masks(name, kwargs):
    theirs, ours = pair(name, kwargs)
    _, ours_drawn = drawn(ours)
    y = theirs.transform_segmentation_masks(
        keras.ops.array(MASKS), plain(ours_drawn), training=True
    )
    z = ours.transform_segmentation_masks(ops.convert_to_tensor(MASKS), ours_drawn)
    np.testing.assert_array_equal(z.numpy(), y)


WITH_BOXES = [case for case in GEOMETRY if case[0] != "RandomShear"]  # not by its map


@pytest.mark.parametrize("name, kwargs", WITH_BOXES)
def test_boxes(name, kwargs):
    theirs, ours = pair(name, kwargs)
    _, ours_drawn = drawn(ours)
    boxes = {"boxes": keras.ops.array(BOXES), "labels": keras.ops.array(LABELS)}
    y = theirs.transform_bounding_boxes(boxes, plain(ours_drawn), training=True)
    boxes = {"boxes": ops.convert_to_tensor(BOXES), "labels": LABELS}
    z = ours.transform_bounding_boxes(boxes, ours_drawn)
    np.testing.assert_allclose(z["boxes"].numpy(), y["boxes"], rtol=1e-4, atol=1e-3)
