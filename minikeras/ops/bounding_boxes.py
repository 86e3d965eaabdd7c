"""`keras.utils.bounding_boxes`: boxes of detectors, in nine formats.

A format says what the four numbers are: corners (`"xyxy"`, `"yxyx"`), a corner and the
size (`"xywh"`), the centre and the size (`"center_xywh"`, `"center_yxhw"`). In `"rel_"`
formats they are fractions of the image's width and height.
"""

import math

from .. import config
from ..tensor import cast, convert_to_tensor
from ..utils import checks
from .arithmetic import divide_no_nan, square
from .bounds import maximum, minimum
from .common import shape_of
from .elementwise import arctan, cos, deg2rad, exp, log, sin, tan
from .joining import concatenate, stack
from .logic import logical_and, where
from .movement import expand_dims
from .reductions import max, min

__all__ = [
    "affine_transform",
    "clip_to_image_size",
    "compute_ciou",
    "compute_iou",
    "convert_format",
    "crop",
    "decode_deltas_to_boxes",
    "encode_box_to_deltas",
    "pad",
]

FORMATS = (
    "xyxy",
    "yxyx",
    "xywh",
    "center_xywh",
    "center_yxhw",
    "rel_xyxy",
    "rel_yxyx",
    "rel_xywh",
    "rel_center_xywh",
)
CENTERED = ("center_xywh", "center_yxhw")


def _as_boxes(name: str, boxes, dtype="float32"):
    boxes = boxes if hasattr(boxes, "shape") else convert_to_tensor(boxes)
    if not shape_of(boxes) or shape_of(boxes)[-1] != 4:
        raise ValueError(
            f"{name}: boxes must have 4 numbers in the last axis, got shape "
            f"{shape_of(boxes)}."
        )
    return cast(boxes, dtype=dtype)


def convert_format(boxes, source, target, height=None, width=None, dtype="float32"):
    """Writes boxes in another format.

    Args:
        boxes: (..., 4), or a dict with such `boxes` and anything else.
        source: Format that they are in, upper or lower case.
        target: Format to write.
        height, width: Of the image in pixels, needed between fractions and pixels.
        dtype: Dtype of the result.

    >>> convert_format([[10, 20, 30, 50]], "xyxy", "center_xywh").tolist()
    [[20.0, 35.0, 20.0, 30.0]]
    """
    if isinstance(boxes, dict):
        written = convert_format(boxes["boxes"], source, target, height, width, dtype)
        return {**boxes, "boxes": written}
    owner, source, target = "convert_format", str(source).lower(), str(target).lower()
    checks.one_of(owner, source=source, allowed=FORMATS)
    checks.one_of(owner, target=target, allowed=FORMATS)
    boxes = _as_boxes(owner, boxes, dtype)
    if source == target:
        return boxes
    corners = _corners(boxes, source)
    if source.startswith("rel") != target.startswith("rel"):
        if height is None or width is None:
            raise ValueError(
                f"convert_format: height and width must be given to get from {source!r}"
                f" to {target!r}, got height={height}, width={width}."
            )
        sizes = convert_to_tensor([width, height], dtype=dtype)
        is_shrinking = target.startswith("rel")
        corners = [x / sizes if is_shrinking else x * sizes for x in corners]
    return _written(*corners, target)


def _corners(boxes, source: str) -> list:
    """The upper left and the lower right corner, each as x, y."""
    first, last = boxes[..., :2], boxes[..., 2:]
    if _is_y_first(source):
        first, last = first[..., ::-1], last[..., ::-1]
    if "center" in source:
        return [first - last / 2, first + last / 2]
    return [first, first + last if source.endswith("xywh") else last]


def _is_y_first(form: str) -> bool:
    return form.rpartition("_")[2].startswith("y")


def _written(first, last, target: str):
    size = last - first
    if "center" in target:
        first, last = first + size / 2, size
    elif target.endswith("xywh"):
        last = size
    if _is_y_first(target):
        first, last = first[..., ::-1], last[..., ::-1]
    return concatenate([first, last], axis=-1)


def _on_corners(boxes, bounding_box_format: str, change, height=None, width=None):
    """Changes boxes as corners in pixels; the result is in their own format."""
    sizes = {"height": height, "width": width}
    corners = convert_format(boxes, bounding_box_format, "xyxy", **sizes)
    return convert_format(change(corners), "xyxy", bounding_box_format, **sizes)


def _pixels_only(name: str, bounding_box_format: str) -> str:
    known = [form for form in FORMATS if not form.startswith("rel")]
    chosen = bounding_box_format.lower()
    return checks.one_of(name, bounding_box_format=chosen, allowed=known)


# Together with the image ------------------------------------------------------------


def clip_to_image_size(
    bounding_boxes, height=None, width=None, bounding_box_format="xyxy"
):
    """Cuts boxes off at the borders; boxes without area get the label -1.

    Args:
        bounding_boxes: Dict with `boxes` of (..., 4) and perhaps `labels` of (...).
        height, width: Of the image in pixels; not needed for fractions.
        bounding_box_format: Format of the boxes.
    """
    if not isinstance(bounding_boxes, dict):
        must = 'be a dict such as {"boxes": ..., "labels": ...}'
        checks.fail("clip_to_image_size", "bounding_boxes", bounding_boxes, must)
    chosen, boxes = bounding_box_format.lower(), bounding_boxes["boxes"]
    is_relative = chosen.startswith("rel")
    if is_relative:
        height = width = 1
    if height is None or width is None:
        raise ValueError(
            f"clip_to_image_size: height and width must be given for {chosen!r}, got "
            f"height={height}, width={width}."
        )
    dtype = getattr(boxes, "dtype", "float32")
    corners = convert_format(boxes, chosen, "xyxy", height, width)
    limits = convert_to_tensor([width, height] * 2, dtype=corners.dtype)
    corners = minimum(maximum(corners, 0.0), limits)
    sides = corners[..., 2:] - corners[..., :2]
    clipped = convert_format(corners, "xyxy", chosen, height, width, dtype)
    result = {**bounding_boxes, "boxes": clipped}
    if "labels" in bounding_boxes:
        labels = convert_to_tensor(bounding_boxes["labels"])
        minus_one = cast(-1, dtype=labels.dtype)
        result["labels"] = where(min(sides, axis=-1) > 0, labels, minus_one)
    return result


def crop(boxes, top, left, height, width, bounding_box_format="xyxy"):
    """Moves boxes into a part cut out of the image, and cuts off what is outside.

    Args:
        boxes: (..., 4), in pixels.
        top, left: Where the part begins.
        height, width: Of the part.
        bounding_box_format: Format of the boxes.

    >>> crop([[10, 20, 50, 60]], top=10, left=20, height=40, width=30).tolist()
    [[0.0, 10.0, 30.0, 40.0]]
    """

    def change(corners):
        moved = pad(corners, -top, -left)
        limits = convert_to_tensor([width, height] * 2, dtype=moved.dtype)
        return minimum(maximum(moved, 0.0), limits)

    return _on_corners(boxes, _pixels_only("crop", bounding_box_format), change)


def pad(boxes, top, left, height=None, width=None, bounding_box_format="xyxy"):
    """Moves boxes as the image moves when it is padded.

    Args:
        boxes: (..., 4), in pixels.
        top, left: Rows and columns added before the image.
        height, width: Of the padded image, which boxes in pixels need not know.
        bounding_box_format: Format of the boxes.
    """

    def change(corners):
        return corners + convert_to_tensor([left, top] * 2, dtype=corners.dtype)

    return _on_corners(boxes, _pixels_only("pad", bounding_box_format), change)


def affine_transform(
    boxes,
    angle,
    translate_x,
    translate_y,
    scale,
    shear_x,
    shear_y,
    height,
    width,
    center_x=None,
    center_y=None,
    bounding_box_format="xyxy",
):
    """Turns, moves, scales and shears boxes; upright boxes around the results.

    Args:
        boxes: (num_boxes, 4) or (batch, num_boxes, 4).
        angle: Degrees, counter-clockwise; this and the following: a number, or one
            for each image of the batch.
        translate_x, translate_y: Fractions of width and height.
        scale: Factor.
        shear_x, shear_y: Degrees.
        height, width: Of the image in pixels.
        center_x, center_y: The point that stays, as fractions; the middle by default.
        bounding_box_format: Format of the boxes.
    """
    given = (angle, translate_x, translate_y, scale, shear_x, shear_y)
    angle, translate_x, translate_y, scale, shear_x, shear_y = map(_of_each, given)
    center_x = _of_each(0.5 if center_x is None else center_x) * (width - 1)
    center_y = _of_each(0.5 if center_y is None else center_y) * (height - 1)
    angle, lean_x, lean_y = deg2rad(angle), tan(deg2rad(shear_x)), deg2rad(shear_y)
    down = cos(angle - lean_y) / cos(lean_y)
    across = sin(angle - lean_y) / cos(lean_y)

    def change(corners):
        left, top, right, bottom = (corners[..., i, None] for i in range(4))
        x = concatenate([left, right, left, right], axis=-1)
        y = concatenate([top, top, bottom, bottom], axis=-1)
        x = x - center_x + translate_x * (width - 1)
        y = y - center_y + translate_y * (height - 1)
        new_x = (cos(angle) + lean_x * across) * x + (sin(angle) + lean_x * down) * y
        new_y = down * y - across * x
        new_x, new_y = center_x + scale * new_x, center_y + scale * new_y
        ends = [f(z, axis=-1) for f in (min, max) for z in (new_x, new_y)]
        return stack(ends, axis=-1)

    return _on_corners(boxes, bounding_box_format, change, height, width)


def _of_each(x):
    """A number; or one for each image, for use with (batch, num_boxes, 4)."""
    x = cast(convert_to_tensor(x), dtype="float32")
    return x if x.ndim == 0 else x[:, None, None]


# Against anchors --------------------------------------------------------------------


def _checked(name: str, variance, **encoding):
    checks.one_of(name, **encoding, allowed=CENTERED)
    if variance is None:
        return 1.0
    variance = convert_to_tensor(variance, dtype="float32")
    if variance.shape != (4,):
        checks.fail(name, "variance", variance, "have 4 numbers", [0.1, 0.1, 0.2, 0.2])
    return variance


def _sizes(image_shape) -> dict:
    height, width = (None, None) if image_shape is None else image_shape[:2]
    return {"height": height, "width": width}


def encode_box_to_deltas(
    anchors,
    boxes,
    anchor_format,
    box_format,
    encoding_format="center_yxhw",
    variance=None,
    image_shape=None,
):
    """Describes boxes by how far they are from anchors: what a detector learns.

    Centre: (box - anchor) / anchor size; size: log(box / anchor), all / variance (Ren
    et al. 2015, https://arxiv.org/abs/1506.01497).

    Args:
        anchors: (num_boxes, 4).
        boxes: (num_boxes, 4) or (batch, num_boxes, 4).
        anchor_format, box_format: Their formats.
        encoding_format: `"center_yxhw"` or `"center_xywh"`, the order of the deltas.
        variance: 4 divisors of the deltas.
        image_shape: (height, width, ...) in pixels, for formats of fractions.
    """
    owner = "encode_box_to_deltas"
    variance = _checked(owner, variance, encoding_format=encoding_format)
    sizes = _sizes(image_shape)
    anchors = convert_format(anchors, anchor_format, encoding_format, **sizes)
    boxes = convert_format(boxes, box_format, encoding_format, **sizes)
    anchor_size = maximum(anchors[..., 2:], config.epsilon())
    box_size = maximum(boxes[..., 2:], config.epsilon())
    center = (boxes[..., :2] - anchors[..., :2]) / anchor_size
    return concatenate([center, log(box_size / anchor_size)], axis=-1) / variance


def decode_deltas_to_boxes(
    anchors,
    boxes_delta,
    anchor_format,
    box_format,
    encoded_format="center_yxhw",
    variance=None,
    image_shape=None,
):
    """Returns the boxes that `encode_box_to_deltas` has described.

    Args:
        anchors: (num_boxes, 4), or a dict of these by level.
        boxes_delta: (num_boxes, 4) or (batch, num_boxes, 4), or a dict of these.
        anchor_format: Format of the anchors.
        box_format: Format of the result.
        encoded_format: `"center_yxhw"` or `"center_xywh"`, the order of the deltas.
        variance: 4 factors of the deltas.
        image_shape: (height, width, ...) in pixels, for formats of fractions.
    """
    owner = "decode_deltas_to_boxes"
    scale = _checked(owner, variance, encoded_format=encoded_format)
    if isinstance(anchors, dict):
        options = (anchor_format, box_format, encoded_format, variance, image_shape)
        return {
            level: decode_deltas_to_boxes(anchors[level], deltas, *options)
            for level, deltas in boxes_delta.items()
        }
    sizes = _sizes(image_shape)
    anchors = convert_format(anchors, anchor_format, encoded_format, **sizes)
    deltas = _as_boxes(owner, boxes_delta) * scale
    center = deltas[..., :2] * anchors[..., 2:] + anchors[..., :2]
    boxes = concatenate([center, exp(deltas[..., 2:]) * anchors[..., 2:]], axis=-1)
    return convert_format(boxes, encoded_format, box_format, **sizes)


# Overlap ----------------------------------------------------------------------------


def _overlap(a, b) -> tuple:
    """Areas that boxes (as corners) share, and that they cover together."""
    sides = maximum(
        minimum(a[..., 2:], b[..., 2:]) - maximum(a[..., :2], b[..., :2]), 0
    )
    shared = sides[..., 0] * sides[..., 1]
    areas = [(x[..., 2] - x[..., 0]) * (x[..., 3] - x[..., 1]) for x in (a, b)]
    return shared, areas[0] + areas[1] - shared


def compute_iou(
    boxes1,
    boxes2,
    bounding_box_format,
    use_masking=False,
    mask_val=-1,
    image_shape=None,
):
    """Intersection over union of each box with each other: a table in [0, 1].

    Args:
        boxes1: (n, 4) or (batch, n, 4).
        boxes2: (m, 4) or (batch, m, 4).
        bounding_box_format: Format of both.
        use_masking: Whether boxes of four negative numbers are none.
        mask_val: What the table holds for these.
        image_shape: (height, width, ...) in pixels, for formats of fractions.

    Shape: (n, m), or (batch, n, m) if one of them has a batch axis.

    >>> compute_iou([[0, 0, 2, 2]], [[1, 1, 3, 3], [0, 0, 2, 2]], "xyxy").tolist()
    [[0.1428571492433548, 1.0]]
    """
    a, b = (
        convert_format(x, bounding_box_format, "xyxy", **_sizes(image_shape))
        for x in (boxes1, boxes2)
    )
    for name, x in (("boxes1", a), ("boxes2", b)):
        if len(shape_of(x)) not in (2, 3):
            raise ValueError(
                f"compute_iou: {name} must have 2 axes, or 3 with a batch, got shape "
                f"{shape_of(x)}."
            )
    shared, union = _overlap(expand_dims(a, axis=-2), expand_dims(b, axis=-3))
    table = divide_no_nan(shared, union)
    if not use_masking:
        return table
    is_box = [max(x, axis=-1) >= 0 for x in (a, b)]
    both = logical_and(is_box[0][..., None], expand_dims(is_box[1], axis=-2))
    return where(both, table, float(mask_val))


def compute_ciou(boxes1, boxes2, bounding_box_format, image_shape=None):
    """Complete IoU of pairs of boxes: overlap, distance and shape in one number.

    iou - distance² / diagonal² - v² / (1 - iou + v), v = 4 / pi² (difference of
    arctan(width / height))² (Zheng et al. 2020, https://arxiv.org/abs/1911.08287).

    Args:
        boxes1, boxes2: (..., 4).
        bounding_box_format: Format of both.
        image_shape: (height, width, ...) in pixels, for formats of fractions.
    """
    a, b = (
        convert_format(x, bounding_box_format, "xyxy", **_sizes(image_shape))
        for x in (boxes1, boxes2)
    )
    shared, union = _overlap(a, b)
    iou, tiny = shared / (union + config.epsilon()), config.epsilon()
    hull = maximum(a[..., 2:], b[..., 2:]) - minimum(a[..., :2], b[..., :2])
    offset = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]) / 2
    distance = _length(offset) / (_length(hull) + tiny)
    shapes = [
        arctan((x[..., 2] - x[..., 0]) / (x[..., 3] - x[..., 1] + tiny)) for x in (a, b)
    ]
    v = square(shapes[0] - shapes[1]) * (4 / math.pi**2)
    return iou - distance - v * v / (1 - iou + v + tiny)


def _length(vector):
    return square(vector[..., 0]) + square(vector[..., 1])
