"""`utils`, `models`, `config`, `tree`, `backend`, `saving` next to those of Keras."""

import html
import inspect
import json
import re

import numpy as np
import pytest

import minikeras
from tests.parity.signatures import public, signature

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras")

PATHS = [
    "backend",
    "config",
    "models",
    "preprocessing.image",
    "saving",
    "tree",
    "utils",
    "utils.bounding_boxes",
    "utils.legacy",
]
PATTERN_OF_IDS = re.compile(r"\b\d{9,}\b")


def pairs():
    for path in PATHS:
        for name, value in public(keras, path).items():
            if callable(value):
                yield pytest.param(path, name, value, id=f"{path}.{name}")


@pytest.mark.parametrize("path, name, theirs", [*pairs()])
def test_names_and_signatures(path, name, theirs):
    ours = public(minikeras, path)[name]
    if name != "Sequential":  # Keras hides its arguments behind *args
        assert signature(ours) == signature(theirs)
    if inspect.isclass(theirs) and path == "utils":
        own = {n for n in vars(theirs) if not n.startswith("_")}
        assert own <= set(dir(ours))


def both(function):
    """What a function of the package gives on Keras and here, as arrays."""
    theirs, ours = function(keras), function(minikeras)
    for a, b in zip(keras.tree.flatten(theirs), keras.tree.flatten(ours), strict=True):
        np.testing.assert_allclose(np.asarray(b), np.asarray(a), rtol=1e-4, atol=1e-4)


# Boxes ------------------------------------------------------------------------------

RNG = np.random.default_rng(3)
START = RNG.uniform(0, 50, (2, 6, 2))
BOXES = np.concatenate([START, START + RNG.uniform(2, 40, (2, 6, 2))], -1)
BOXES = BOXES.astype("float32")
FORMATS = ["xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw"]
FORMATS += ["rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"]


@pytest.mark.parametrize("source", FORMATS)
def test_formats_of_boxes(source):
    for target in FORMATS:
        both(
            lambda k, target=target: k.utils.bounding_boxes.convert_format(
                BOXES, source, target, height=70, width=90
            )
        )


def test_boxes_move_with_the_image():
    changes = {"angle": 25, "translate_x": 0.1, "translate_y": -0.2, "scale": 1.3}
    changes |= {"shear_x": 12, "shear_y": -9, "center_x": 0.3, "center_y": 0.6}
    changes = {k: np.float32([v, v / 2]) for k, v in changes.items()}
    labels = np.arange(12).reshape(2, 6)
    both(
        lambda k: [
            k.utils.bounding_boxes.affine_transform(
                BOXES, height=70, width=90, **changes
            ),
            k.utils.bounding_boxes.crop(BOXES, 10, 20, 40, 30),
            k.utils.bounding_boxes.pad(BOXES, 10, 20),
            k.utils.bounding_boxes.clip_to_image_size(
                {"boxes": BOXES - 20, "labels": labels}, 60, 30
            ),
        ]
    )


@pytest.mark.parametrize("encoding", ["center_yxhw", "center_xywh"])
@pytest.mark.parametrize("variance", [None, [0.1, 0.1, 0.2, 0.2]])
def test_anchors(encoding, variance):
    options = (encoding, variance, (70, 90, 3))

    def run(k):
        boxes = k.utils.bounding_boxes
        deltas = boxes.encode_box_to_deltas(BOXES[0], BOXES, "xywh", "xyxy", *options)
        back = boxes.decode_deltas_to_boxes(
            BOXES[1], deltas, "xyxy", "rel_xywh", *options
        )
        return deltas, back

    both(run)


@pytest.mark.parametrize("form", FORMATS)
def test_overlap(form):
    masked = BOXES.copy()
    masked[:, 2] = -1
    shape = (70, 90, 3)

    def run(k):
        boxes = k.utils.bounding_boxes
        results = [
            boxes.compute_iou(BOXES, BOXES[0], form, image_shape=shape),
            boxes.compute_iou(masked, BOXES, form, True, -3, shape),
        ]
        if not form.startswith("rel"):  # Keras refuses these
            results.append(boxes.compute_ciou(BOXES[0], BOXES, form))
        return results

    both(run)


# Images -----------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("keep", [True, False])
def test_image_files(tmp_path, channels, keep):
    pytest.importorskip("PIL")
    x = RNG.uniform(-20, 300, (23, 31, channels))

    def run(k):
        path, modes = tmp_path / f"{k.__name__}.png", ["grayscale", "rgb", "rgba"]
        k.utils.save_img(path, x)
        return [
            k.utils.img_to_array(
                k.utils.load_img(path, mode, (11, 17), kind, keep), "channels_first"
            )
            for mode in modes
            for kind in ["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"]
        ]

    both(run)


@pytest.mark.parametrize("size", [(5, 9), (40, 12), (23, 31)])
def test_smart_resize(size):
    x = RNG.uniform(0, 255, (2, 23, 31, 3)).astype("float32")
    kinds = ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"]
    both(
        lambda k: [k.preprocessing.image.smart_resize(x, size, kind) for kind in kinds]
    )


# Graphs -----------------------------------------------------------------------------


def graph(k):
    k.utils.clear_session()
    x, y = k.Input((4,), name="x"), k.Input((4,), name="y")
    inner = k.Sequential(
        [
            k.Input((4,)),
            k.layers.Dense(3, activation="relu", name="a"),
            k.layers.Dropout(0.5, name="b"),
        ],
        name="inner",
    )
    pair_in = k.Input((4,), name="pair_in")
    ends = [k.layers.Dense(3, name=n, trainable=n == "p")(pair_in) for n in "pq"]
    pair = k.Model([pair_in], ends, name="pair")
    shared = k.layers.Dense(3, name="shared")
    p, q = pair(y)
    merged = k.layers.Concatenate(name="c")([shared(x), shared(y), inner(x), p, q])
    return k.Model([x, y], [merged * 2.0], name="whole")


def lines_of_dot(k, **options) -> list:
    text = k.utils.model_to_dot(graph(k), **options).to_string()
    names: dict = {}
    for key, name in re.findall(r"(\d{9,}) \[label=.*?<b>(.*?)</b>", text):
        names[key] = name
    text = PATTERN_OF_IDS.sub(lambda found: names[found.group()], text)
    return sorted(html.unescape(text).splitlines())


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"show_shapes": True, "show_layer_activations": True, "rankdir": "LR"},
        {"expand_nested": True, "show_shapes": True, "show_trainable": True},
        {"subgraph": True, "expand_nested": True},
        {"show_dtype": True, "expand_nested": True, "dpi": 96, "splines": "curved"},
    ],
)
def test_dot(options):
    pytest.importorskip("pydot")
    assert lines_of_dot(minikeras, **options) == lines_of_dot(keras, **options)


def test_source_inputs():
    def names(k):
        return [x.name for x in k.utils.get_source_inputs(graph(k).outputs[0])]

    assert names(minikeras) == names(keras) == ["x", "y"]


# Small helpers ----------------------------------------------------------------------


def test_small_helpers_give_the_same():
    labels = np.array([[1], [0], [3]])
    both(lambda k: k.utils.to_categorical(labels))
    both(lambda k: k.utils.to_categorical(labels, 5))
    for order in (1, 2, 3):
        both(lambda k, order=order: k.utils.normalize(BOXES, axis=1, order=order))
    both(lambda k: list(k.utils.Config(a=1, b=2.0).values()))


def test_trees_give_the_same():
    structure = {"b": [1, (2, None)], "a": {"z": 3, "y": []}}

    def run(k):
        tree = k.tree
        return json.dumps(
            [
                tree.flatten(structure),
                tree.flatten_with_path(structure),
                tree.map_structure(lambda x: x and x * 2, structure),
                tree.pack_sequence_as(structure, [5, 6, 7, 8]),
                tree.lists_to_tuples(structure),
                tree.is_nested(structure),
                tree.map_shape_structure(list, {"a": (1, None), "b": [(2,)]}),
                tree.map_structure_up_to({"b": 0}, lambda a: a, {"b": [1, 2]}),
                tree.traverse(
                    lambda x: tree.MAP_TO_NONE if x == 3 else None, structure
                ),
            ]
        )

    assert run(minikeras) == run(keras)


def test_random_seed_gives_the_same_weights():
    def run(k):
        k.utils.set_random_seed(7)
        return k.Sequential([k.Input((3,)), k.layers.Dense(4)]).get_weights()

    if keras.backend.backend() == "numpy":
        both(run)
    np.testing.assert_array_equal(run(minikeras)[0], run(minikeras)[0])


def test_clones_and_json():
    theirs = keras.models.model_from_json(graph(keras).to_json())
    ours = minikeras.models.model_from_json(graph(keras).to_json())
    cloned = minikeras.models.clone_model(ours)
    for model in (ours, cloned):
        shapes = [w.shape for w in model.get_weights()]
        assert shapes == [w.shape for w in theirs.get_weights()]
        assert [x.name for x in model.layers] == [x.name for x in theirs.layers]
