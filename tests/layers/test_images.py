"""Layers on images: single images, channels first, dicts, models, errors."""

import numpy as np
import pytest

from minikeras import layers, models, ops
from minikeras.random import SeedGenerator
from tests.cases.layers_images import CASES

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 255, (4, 6, 5, 3)).astype("float32")
BOXES = np.array([[[1, 0, 3, 2.0]]] * 4, "float32")


def parts(**more):
    """Images with what belongs to them."""
    return {
        "images": IMAGES,
        "labels": np.eye(4, dtype="float32"),
        "bounding_boxes": {"boxes": BOXES, "labels": np.ones((4, 1), "int32")},
        "segmentation_masks": (IMAGES[..., :1] > 99).astype("float32"),
        **more,
    }


@pytest.mark.parametrize("name", sorted(CASES))
def test_channels_may_come_first(name):
    kwargs = {**CASES[name][0].kwargs}
    noise = name == "RandomErasing"  # drawn for the batch: fill it with one number
    kwargs |= {"fill_value": 1.0} if noise else {}
    last = getattr(layers, name)(**kwargs)
    first = getattr(layers, name)(**kwargs, data_format="channels_first")
    y = last(IMAGES, training=True)
    z = first(np.moveaxis(IMAGES, -1, 1), training=True)
    np.testing.assert_allclose(np.moveaxis(z.numpy(), 1, -1), y.numpy(), atol=1e-4)


@pytest.mark.parametrize("name", sorted(set(CASES) - {"Equalization"}))
def test_one_image_is_a_batch_of_one(name):
    kwargs = CASES[name][0].kwargs
    one = getattr(layers, name)(**kwargs)(IMAGES[0], training=True)
    batch = getattr(layers, name)(**kwargs)(IMAGES[:1], training=True)
    np.testing.assert_array_equal(one.numpy(), batch.numpy()[0])


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_belongs_to_images_comes_along(name):
    layer = getattr(layers, name)(
        **CASES[name][0].kwargs, bounding_box_format="rel_xyxy"
    )
    given = parts(extra="as it is")
    if name in ("CutMix", "RandomElasticTransform"):
        with pytest.raises(ValueError, match=f"{name} '.*': .* no boxes"):
            layer(given, training=True)
        del given["bounding_boxes"]
    made = layer(given, training=True)
    assert made.keys() == given.keys() and made["extra"] == "as it is"
    assert given["images"] is IMAGES
    size = made["images"].shape[1:3]
    assert made["segmentation_masks"].shape[1:3] == size
    assert made["labels"].shape == (4, 4)
    if "bounding_boxes" in made:
        assert made["bounding_boxes"]["boxes"].shape[0] == 4


@pytest.mark.parametrize("name", sorted(n for n in CASES if n.startswith("Random")))
def test_nothing_is_drawn_outside_of_training(name):
    if name == "RandomCrop":
        pytest.skip("resizes")
    layer = getattr(layers, name)(**CASES[name][0].kwargs)
    np.testing.assert_array_equal(layer(IMAGES, training=False).numpy(), IMAGES)


def test_flipped_boxes_and_masks_lie_where_the_images_do():
    layer = layers.RandomFlip("horizontal", seed=3, bounding_box_format="xyxy")
    images = np.zeros((8, 6, 5, 1), "float32")
    images[:, 0:2, 1:3] = 1
    boxes = {"boxes": np.repeat(BOXES[:1], 8, 0), "labels": np.ones((8, 1), "int32")}
    made = layer(
        {"images": images, "bounding_boxes": boxes, "segmentation_masks": images},
        training=True,
    )
    lefts = set()
    for image, mask, (box,) in zip(
        made["images"].numpy(),
        made["segmentation_masks"].numpy(),
        made["bounding_boxes"]["boxes"].numpy().astype(int),
        strict=True,
    ):
        left, top, right, bottom = box
        assert image[top:bottom, left:right].sum() == image.sum() == 4
        np.testing.assert_array_equal(mask, image)
        lefts.add(left)
    assert lefts == {1, 2}


def test_rotated_boxes_hold_what_they_held():
    layer = layers.RandomRotation(0.2, "constant", seed=1, bounding_box_format="xyxy")
    images = np.zeros((4, 40, 40, 1), "float32")
    images[:, 12:20, 15:28] = 1
    boxes = np.array([[[15, 12, 28, 20.0]]] * 4, "float32")
    labels = np.ones((4, 1), "int32")
    data = {"images": images, "bounding_boxes": {"boxes": boxes, "labels": labels}}
    made = layer(data, training=True)
    for image, (box,) in zip(
        made["images"].numpy(), made["bounding_boxes"]["boxes"].numpy(), strict=True
    ):
        left, top = np.floor(box[:2]).astype(int) - 1
        right, bottom = np.ceil(box[2:]).astype(int) + 1
        inside = image[max(top, 0) : bottom, max(left, 0) : right].sum()
        assert inside == pytest.approx(image.sum(), rel=1e-3)
        assert (right - left) < 24 and (bottom - top) < 24


def test_ints_come_out_as_floats_or_as_they_were():
    images = IMAGES.astype("uint8")
    assert layers.RandomFlip(seed=1)(images).dtype == "float32"
    assert layers.Resizing(3, 3)(images).dtype == "uint8"
    bright = layers.RandomBrightness((0.5, 0.5))(images).numpy()
    assert bright.dtype == "uint8" and bright.min() >= 127  # no overflow


def test_a_model_augments_only_while_training():
    model = models.Sequential(
        [
            layers.Input((6, 5, 3)),
            layers.RandomFlip(seed=1),
            layers.RandomRotation(0.1, seed=2),
            layers.RandomZoom(0.2, seed=3),
            layers.RandomContrast(0.2, seed=4),
            layers.Resizing(4, 4),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    assert model.output_shape == (None, 1)
    model.compile("sgd", "mse")
    history = model.fit(IMAGES / 255, np.ones((4, 1)), epochs=20, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    y = model.predict(IMAGES / 255, verbose=0)
    np.testing.assert_array_equal(model.predict(IMAGES / 255, verbose=0), y)
    twin = models.Sequential.from_config(model.get_config())
    twin.set_weights(model.get_weights())
    np.testing.assert_array_equal(twin.predict(IMAGES / 255, verbose=0), y)


def test_mixed_labels_go_with_mixed_images():
    images = np.arange(4.0).reshape(4, 1, 1, 1) + np.zeros((4, 8, 8, 1))
    labels = np.eye(4, dtype="float32")
    for layer in (layers.MixUp(0.9, seed=1), layers.CutMix((1.0, 1.0), seed=2)):
        made = layer({"images": images, "labels": labels}, training=True)
        means = made["images"].numpy().mean((1, 2, 3))
        shares = made["labels"].numpy()
        np.testing.assert_allclose(shares.sum(-1), 1, rtol=1e-6)
        # a cut has whole pixels: its share is that of the labels to a row and a column
        np.testing.assert_allclose(shares @ np.arange(4.0), means, atol=0.8)


@pytest.mark.parametrize("name", ["RandomRotation", "RandomErasing", "RandomCrop"])
def test_a_transformation_can_be_drawn_alone(name):
    kwargs = CASES[name][0].kwargs
    layer = getattr(layers, name)(**kwargs)
    first = getattr(layers, name)(**kwargs, data_format="channels_first")

    def draw(layer, data, seed=5):
        drawn = layer.get_random_transformation(data, seed=seed)
        return drawn.values() if isinstance(drawn, dict) else drawn

    expected = list(map(np.asarray, draw(layer, IMAGES)))
    for made in (
        draw(layer, {"images": IMAGES}),
        draw(layer, IMAGES, SeedGenerator(5)),
        draw(first, np.moveaxis(IMAGES, -1, 1)),
    ):
        for x, y in zip(made, expected, strict=True):
            np.testing.assert_array_equal(np.asarray(x), y)
    one, batch = (np.shape(next(iter(draw(layer, x)))) for x in (IMAGES[0], IMAGES))
    assert one == (batch and (1, *batch[1:]))


def test_cropped_boxes_lie_where_the_images_do():
    layer = layers.RandomCrop(4, 3, seed=3, bounding_box_format="xyxy")
    images = np.zeros((1, 6, 5, 1), "float32")
    images[:, 2:4, 2:3] = 1
    boxes = {"boxes": np.array([[[2, 2, 3, 4.0]]]), "labels": np.ones((1, 1))}
    for training in (True, False):
        made = layer({"images": images, "bounding_boxes": boxes}, training=training)
        (left, top, right, bottom) = made["bounding_boxes"]["boxes"].numpy()[0, 0]
        inside = slice(int(top), int(np.ceil(bottom))), slice(int(left), int(right) + 1)
        image = made["images"].numpy()[0, ..., 0]
        assert image[inside].sum() == pytest.approx(image.sum(), rel=0.2)


def test_elastic_images_stay_in_their_range():
    layer = layers.RandomElasticTransform((1.0, 1.0), value_range=(0, 100), seed=1)
    y = layer(IMAGES * 2 - 200, training=True).numpy()
    assert y.min() == 0 and y.max() == 100


def test_boxes_are_cut_off_or_filled_up():
    boxes = {"boxes": np.ones((2, 3, 4), "float32"), "labels": np.ones((2, 3))}
    for number in (2, 5):
        layer = layers.MaxNumBoundingBoxes(number, fill_value=-1)
        made = layer({"images": IMAGES[:2], "bounding_boxes": boxes})
        made = made["bounding_boxes"]
        assert made["boxes"].shape == (2, number, 4)
        assert made["labels"].shape == (2, number)
        assert ops.sum(made["labels"]) == 2 * (min(number, 3) - max(number - 3, 0))


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: layers.RandomFlip("up"), "RandomFlip '.*': mode must be one of"),
        (
            lambda: layers.RandomRotation(2.0),
            r"factor must be a number in \[-1, 1\], or a pair \(least, most\)",
        ),
        (
            lambda: layers.RandomInvert((0.5, 2.0)),
            r"factor must be a number in \[0, 1\], or a pair .* of them",
        ),
        (lambda: layers.MixUp(0), "alpha must be a number above 0"),
        (
            lambda: layers.RandomBrightness(0.1, value_range=(1,)),
            r"value_range must be a pair of numbers \(low, high\)",
        ),
        (lambda: layers.Resizing(0, 3), "height must be a positive int"),
        (
            lambda: layers.Resizing(
                3, 3, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True
            ),
            "crop_to_aspect_ratio must be False where pad_to_aspect_ratio is True",
        ),
        (lambda: layers.RandomGaussianBlur(kernel_size=2), "kernel_size must be odd"),
        (
            lambda: layers.RandomFlip()(parts()),
            "bounding_box_format must say how they are written, got None",
        ),
        (
            lambda: layers.RandomFlip()(np.ones((4, 4))),
            "RandomFlip 'random_flip.*': expected one image",
        ),
    ],
)
def test_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()
