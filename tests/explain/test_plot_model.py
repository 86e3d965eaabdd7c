"""Pictures of models: what they show, where it stands, both ways to draw it."""

import itertools
import sys

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.explain import drawing, picture
from minikeras.explain.layout import Layout
from minikeras.explain.outline import outline
from minikeras.utils import model_to_dot, plot_model

colors = pytest.importorskip("matplotlib.colors")


@pytest.fixture(autouse=True)
def no_graphviz(monkeypatch):
    monkeypatch.setattr(drawing, "_has_graphviz", lambda: False)


def chain():
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, activation="relu", name="first"),
            layers.Dropout(0.5, name="drop"),
            layers.Dense(2, name="last", trainable=False),
        ],
        name="chain",
    )


def branched():
    """Two inputs, a shared layer, a model in the model, two ways to the end."""
    x, y = keras.Input((4,), name="x"), keras.Input((4,), name="y")
    shared = layers.Dense(3, name="shared")
    both = layers.Concatenate(name="both")([shared(x), shared(y)])
    ends = layers.Concatenate(name="ends")([both, chain()(x)])
    return keras.Model([x, y], layers.Dense(1, name="out")(ends), name="branched")


def looped():
    x, again = keras.Input((4,), name="x"), layers.Dense(4, name="again")
    return keras.Model(x, again(layers.Activation("relu", name="r")(again(again(x)))))


def names_of(group) -> dict:
    found = {}
    for member in group.members:
        found |= names_of(member) if hasattr(member, "members") else {}
        found |= {} if hasattr(member, "members") else {member.key: member.name}
    return found


def edges_of(group) -> set:
    names = names_of(group)
    inner = [m for m in group.members if hasattr(m, "members")]
    pairs = [*group.edges, *(pair for m in inner for pair in m.edges)]
    return {(names[tail], names[head]) for tail, head in pairs}


BETWEEN = {("x", "shared"), ("y", "shared"), ("shared", "both"), ("both", "ends")}


def test_edges_of_a_graph():
    found = edges_of(outline(branched()))
    assert found == BETWEEN | {("x", "chain"), ("chain", "ends"), ("ends", "out")}


def test_models_are_opened():
    found = edges_of(outline(branched(), expand_nested=True))
    inside = {("x", "first"), ("first", "drop"), ("drop", "last"), ("last", "ends")}
    assert found == BETWEEN | inside | {("ends", "out")}


def test_edges_to_the_right_ends_of_an_opened_model():
    a, b = keras.Input((2,), name="a"), keras.Input((3,), name="b")
    left, right = layers.Dense(2, name="left")(a), layers.Dense(2, name="right")(b)
    pair = keras.Model([a, b], [left, right])
    c, d = keras.Input((2,), name="c"), keras.Input((3,), name="d")
    p, q = pair([c, d])
    ends = [layers.ReLU(name="p")(p), layers.ReLU(name="q")(q)]
    found = edges_of(outline(keras.Model([c, d], ends), expand_nested=True))
    assert {("c", "a"), ("d", "b"), ("left", "p"), ("right", "q")} <= found
    assert len(found) == 6


def test_facts():
    options = dict.fromkeys(
        ["show_shapes", "show_dtype", "show_layer_activations", "show_trainable"], True
    )
    first, drop, last = outline(chain(), **options).members
    assert first.facts == [
        ("Input shape", "(None, 4)"),
        ("Output shape", "(None, 3)"),
        ("Output dtype", "float32"),
    ]
    assert [box.activation for box in (first, drop, last)] == ["relu", None, "linear"]
    assert [box.is_trainable for box in (first, drop, last)] == [True, None, False]
    entry, *_, ends, _out = outline(branched(), **options).members
    assert entry.facts[0] == ("Output shape", "(None, 4)")
    assert ends.facts[0] == ("Input shape", "[(None, 6), (None, 2)]")


def test_subclassed_model_is_one_box():
    class Own(keras.Model):
        def call(self, x):
            return x

    model = Own(name="own")
    with pytest.raises(ValueError, match="Own 'own' is not built, so there is nothing"):
        outline(model)
    model(np.ones((2, 3)))
    (box,) = outline(model, show_shapes=True).members
    assert (box.name, box.kind) == ("own", "Own")


# Layout -----------------------------------------------------------------------------


def overlaps(a, b) -> bool:
    return all(abs(a[k] - b[k]) < (a[k + 2] + b[k + 2]) / 2 for k in (0, 1))


@pytest.mark.parametrize("seed", range(5))
def test_layout_of_random_graphs(seed):
    rng = np.random.default_rng(seed)
    pairs = [*itertools.combinations(range(12), 2)]
    edges = [pairs[k] for k in rng.choice(len(pairs), 18, replace=False)]
    sizes = [tuple(map(float, size)) for size in rng.integers(20, 90, (12, 2))]
    layout = Layout(sizes, [*edges, (7, 2), (3, 3)])
    places = [(*c, *s) for c, s in zip(layout.centers[:12], sizes, strict=True)]
    assert not any(overlaps(a, b) for a, b in itertools.combinations(places, 2))
    for x, y, w, h in places:
        assert -1e-6 <= x - w / 2 and x + w / 2 <= layout.size[0] + 1e-6
        assert -1e-6 <= y - h / 2 and y + h / 2 <= layout.size[1] + 1e-6
    for i, j in edges:
        assert places[i][1] < places[j][1]
        pieces = layout.route(i, j, places[i][0], places[j][0])
        assert all(upper[1] < turn < lower[1] for upper, lower, turn in pieces)


def test_neighbours_stand_below_each_other():
    layout = Layout([(50.0, 20.0)] * 5, [(0, 2), (1, 3), (0, 4), (3, 4)])
    assert layout.ranks[:2] == [0, 0] and layout.ranks[4] == 2
    straight = Layout([(50.0, 20.0), (90.0, 20.0)], [(0, 1)])
    assert straight.centers == [(45.0, 10.0), (45.0, 70.0)]


# Pictures ---------------------------------------------------------------------------


@pytest.mark.parametrize("model", [chain, branched, looped])
@pytest.mark.parametrize(
    "rankdir, splines",
    [("TB", "ortho"), ("BT", "curved"), ("LR", "polyline"), ("RL", "ortho")],
)
def test_boxes_keep_apart_and_hold_their_text(model, rankdir, splines):
    group = outline(model(), show_shapes=True, show_trainable=True, expand_nested=True)
    drawn = picture.Picture(group, rankdir, splines)
    places = [*drawn.boxes.values()]
    assert len(places) == len(names_of(group))
    assert not any(overlaps(a, b) for a, b in itertools.combinations(places, 2))
    renderer = drawn.figure._get_renderer()
    boxes = [p.get_window_extent(renderer) for p in drawn.axes.patches]
    boxes = [box for box in boxes if box.height > 20]
    for text in drawn.axes.texts:
        area = text.get_window_extent(renderer)
        assert drawn.figure.bbox.x0 <= area.x0 and area.x1 <= drawn.figure.bbox.x1
        assert any(b.x0 <= area.x0 and area.x1 <= b.x1 for b in boxes), text
        assert text.get_fontsize() >= 10


@pytest.mark.parametrize(
    "rankdir, axis, sign", [("TB", 1, 1), ("BT", 1, -1), ("LR", 0, 1), ("RL", 0, -1)]
)
def test_direction(rankdir, axis, sign):
    group = outline(chain())
    drawn = picture.Picture(group, rankdir, "ortho")
    first, *_, last = (drawn.boxes[box.key][:2] for box in group.members)
    assert np.sign(drawn._at(*last)[axis] - drawn._at(*first)[axis]) == sign


def test_colours_differ_for_everybody():
    """Blue is what those who confuse red and green still see."""
    blue = [colors.to_rgb(look[2])[2] for _, look in picture.TRAINED.values()]
    assert abs(blue[0] - blue[1]) > 0.5
    red, green, blue = (c**2.2 for c in colors.to_rgb(picture.INK))
    brightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert 1.05 / (brightness + 0.05) > 7  # the contrast of the white titles


@pytest.mark.parametrize("suffix, start", [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_files(tmp_path, suffix, start):
    path = tmp_path / f"model.{suffix}"
    plot_model(branched(), path, show_shapes=True, expand_nested=True, dpi=60)
    assert path.read_bytes().startswith(start)
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name]


def test_dots_per_inch_and_a_file_without_suffix(tmp_path):
    plot_model(chain(), tmp_path / "small", dpi=50)
    plot_model(chain(), tmp_path / "large", dpi=100)
    read = pytest.importorskip("matplotlib.image").imread
    small, large = (read(tmp_path / n, "png").shape[0] for n in ("small", "large"))
    assert abs(large - 2 * small) <= 2


def test_picture_is_legible_at_800_pixels():
    group = outline(branched(), show_shapes=True, show_layer_names=True)
    width, _ = picture.Picture(group, "TB", "ortho").figure.get_size_inches()
    assert 10 / 72 * 800 / width >= 9  # pixels of a letter's height


@pytest.mark.parametrize(
    "options, message",
    [
        ({"rankdir": "DT"}, "rankdir must be one of 'TB'"),
        ({"splines": "straight"}, "splines must be one of"),
        ({"colour": 3}, "there is no argument 'colour'"),
        ({"layer_range": ["a", "b"]}, "layer_range is gone"),
    ],
)
def test_errors(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        plot_model(chain(), tmp_path / "x.png", **options)
    assert not (tmp_path / "x.png").exists()


def test_without_packages_the_error_names_the_command(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'minikeras\[plot\]'"):
        plot_model(chain(), tmp_path / "x.png")
    monkeypatch.setitem(sys.modules, "pydot", None)
    with pytest.raises(ImportError, match=r"pip install 'minikeras\[plot\]'"):
        model_to_dot(chain())


# Graphviz ---------------------------------------------------------------------------


def test_dot():
    pytest.importorskip("pydot")
    options = {"show_shapes": True, "show_trainable": True, "expand_nested": True}
    text = model_to_dot(branched(), rankdir="LR", dpi=96, **options).to_string()
    assert "rankdir=LR" in text and "dpi=96" in text and "splines=ortho" in text
    assert "subgraph cluster_chain" in text and text.count("->") == 9
    assert "Input shape: <b>[(None, 6), (None, 2)]</b>" in text
    assert text.count("forestgreen") == 3 and text.count("firebrick") == 1
    cluster = model_to_dot(chain(), subgraph=True, show_layer_names=False)
    assert cluster.to_string().startswith("subgraph cluster_chain")
    assert "<b>Dense</b>" in cluster.to_string()


def test_names_are_escaped_in_dot():
    pytest.importorskip("pydot")
    layer = layers.Dense(2, activation=lambda x: x)
    model = keras.Sequential([keras.Input((2,)), layer])
    assert (
        "&lt;lambda&gt;" in model_to_dot(model, show_layer_activations=True).to_string()
    )
