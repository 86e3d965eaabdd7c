"""Boxes of detectors: formats, moves with the image, anchors, overlap."""

import itertools

import numpy as np
import pytest

import minikeras as keras
from minikeras.ops.bounding_boxes import FORMATS
from minikeras.utils import bounding_boxes as boxes_

RNG = np.random.default_rng(0)
START = RNG.uniform(0, 50, (2, 5, 2)).astype("float32")
BOXES = np.concatenate([START, START + RNG.uniform(2, 40, (2, 5, 2))], -1)
BOXES = BOXES.astype("float32")


def equal(a, b, tolerance=1e-4):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    "target, expected",
    [
        ("xyxy", [10, 20, 30, 50]),
        ("yxyx", [20, 10, 50, 30]),
        ("xywh", [10, 20, 20, 30]),
        ("center_xywh", [20, 35, 20, 30]),
        ("center_yxhw", [35, 20, 30, 20]),
        ("rel_xyxy", [0.1, 0.1, 0.3, 0.25]),
        ("rel_yxyx", [0.1, 0.1, 0.25, 0.3]),
        ("rel_xywh", [0.1, 0.1, 0.2, 0.15]),
        ("REL_center_xywh", [0.2, 0.175, 0.2, 0.15]),
    ],
)
def test_formats(target, expected):
    found = boxes_.convert_format([10, 20, 30, 50], "XYXY", target, 200, 100)
    equal(found, expected)


@pytest.mark.parametrize("source, target", [*itertools.product(FORMATS, repeat=2)])
def test_formats_there_and_back(source, target):
    there = boxes_.convert_format(BOXES, source, target, 70, 90)
    equal(boxes_.convert_format(there, target, source, 70, 90), BOXES, 1e-3)


def test_dicts_keep_the_rest_and_symbols_their_shape():
    found = boxes_.convert_format({"boxes": BOXES, "labels": [1]}, "xyxy", "xywh")
    assert found["labels"] == [1] and found["boxes"].shape == (2, 5, 4)
    symbol = boxes_.convert_format(keras.Input((5, 4)), "xyxy", "center_yxhw")
    assert symbol.shape == (None, 5, 4)


@pytest.mark.parametrize("form", FORMATS)
def test_clipping_marks_boxes_without_area(form):
    corners = np.float32([[-10, -20, 150, 160], [50, 40, 70, 80], [200, 10, 300, 20]])
    given = boxes_.convert_format(corners, "xyxy", form, 100, 120)
    inside = boxes_.clip_to_image_size(
        {"boxes": given, "labels": np.array([0, 1, 2])}, 100, 120, form
    )
    found = boxes_.convert_format(inside["boxes"], form, "xyxy", 100, 120)
    equal(found, [[0, 0, 120, 100], [50, 40, 70, 80], [120, 10, 120, 20]], 1e-3)
    assert inside["labels"].tolist() == [0, 1, -1]


@pytest.mark.parametrize("form", ["xyxy", "yxyx", "xywh", "center_xywh"])
def test_crop_undoes_pad(form):
    given = boxes_.convert_format(BOXES, "xyxy", form)
    moved = boxes_.pad(given, top=3, left=5, bounding_box_format=form)
    corners = boxes_.convert_format(moved, form, "xyxy")
    equal(corners, BOXES + np.float32([5, 3, 5, 3]))
    equal(boxes_.crop(moved, 3, 5, 100, 100, form), given, 1e-3)


def test_crop_cuts_at_the_border():
    assert boxes_.crop([[10, 20, 50, 60]], 30, 0, 10, 40).tolist() == [[10, 0, 40, 10]]


def moved(**change):
    options = {"angle": 0, "translate_x": 0, "translate_y": 0, "scale": 1}
    options |= {"shear_x": 0, "shear_y": 0, "height": 11, "width": 21} | change
    return boxes_.affine_transform([[4.0, 2.0, 6.0, 6.0]], **options)


def test_affine_transforms():
    equal(moved(), [[4, 2, 6, 6]])
    equal(moved(translate_x=0.1, translate_y=-0.2), [[6, 0, 8, 4]])
    equal(moved(scale=2), [[-2, -1, 2, 7]])
    equal(moved(angle=90), [[7, 9, 11, 11]])
    equal(moved(angle=180, center_x=0, center_y=0), [[-6, -6, -4, -2]])
    equal(moved(shear_x=45), [[1, 2, 7, 6]])
    equal(moved(angle=np.array([0, 90])), [[[4, 2, 6, 6]], [[7, 9, 11, 11]]])


@pytest.mark.parametrize("encoding", ["center_yxhw", "center_xywh"])
@pytest.mark.parametrize("variance", [None, [0.1, 0.1, 0.2, 0.2]])
def test_decoding_undoes_encoding(encoding, variance):
    given = boxes_.convert_format(BOXES, "xyxy", "rel_xywh", 70, 90)
    options = (encoding, variance, (70, 90, 3))
    deltas = boxes_.encode_box_to_deltas(BOXES[0], given, "xyxy", "rel_xywh", *options)
    equal(deltas[0], np.zeros((5, 4)))
    found = boxes_.decode_deltas_to_boxes(
        {"P3": BOXES[0]}, {"P3": deltas}, "xyxy", "rel_xywh", *options
    )
    equal(found["P3"], given, 1e-3)


def test_iou_with_masks():
    a = np.float32([[0, 0, 2, 2], [-1, -1, -1, -1]])
    b = np.float32([[[1, 1, 3, 3], [0, 0, 2, 2]]])
    equal(boxes_.compute_iou(a, b, "xyxy"), [[[1 / 7, 1], [0, 0]]])
    found = boxes_.compute_iou(a, b, "xyxy", use_masking=True, mask_val=-2)
    equal(found, [[[1 / 7, 1], [-2, -2]]])


def test_ciou_of_equal_and_of_distant_boxes():
    assert float(boxes_.compute_ciou([0, 0, 2, 2], [0, 0, 2, 2], "xywh")) == 1
    far = boxes_.compute_ciou([0, 0, 2, 2], [8, 0, 10, 2], "xyxy")
    equal(far, -64 / 104)
    options = {"bounding_box_format": "rel_xyxy", "image_shape": (2, 10)}
    equal(boxes_.compute_ciou([0, 0, 0.2, 1], [0.8, 0, 1, 1], **options), far)


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: boxes_.convert_format(BOXES, "xyxy", "xyhw"),
            "convert_format: target must be one of",
        ),
        (
            lambda: boxes_.convert_format(BOXES, "xyxy", "rel_xyxy", height=3),
            "convert_format: height and width must be given .* width=None",
        ),
        (
            lambda: boxes_.convert_format([[1, 2, 3]], "xyxy", "xywh"),
            r"must have 4 numbers in the last axis, got shape \(1, 3\)",
        ),
        (lambda: boxes_.clip_to_image_size(BOXES), "must be a dict such as"),
        (
            lambda: boxes_.clip_to_image_size({"boxes": BOXES}),
            "clip_to_image_size: height and width must be given",
        ),
        (
            lambda: boxes_.crop(BOXES, 1, 1, 5, 5, "rel_xyxy"),
            "crop: bounding_box_format must be one of",
        ),
        (
            lambda: boxes_.encode_box_to_deltas(BOXES, BOXES, "xyxy", "xyxy", "xyxy"),
            "encoding_format must be one of 'center_xywh'",
        ),
        (
            lambda: boxes_.decode_deltas_to_boxes(
                BOXES, BOXES, "xyxy", "xyxy", variance=[1]
            ),
            "variance must have 4 numbers",
        ),
        (lambda: boxes_.compute_iou(BOXES[0, 0], BOXES, "xyxy"), "must have 2 axes"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
