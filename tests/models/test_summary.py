"""`summary`: the tables that Keras prints, widths, nesting, ranges, totals."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.models.table import draw_table


def text_of(model, **kwargs):
    texts = []
    model.summary(print_fn=texts.append, **kwargs)
    (text,) = texts
    return text


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def chain():
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, name="hidden"),
            layers.Dense(4, name="a_very_long_name_for_a_layer_indeed_it_is"),
        ],
        name="net",
    )


def test_chain():
    assert text_of(chain()) == (
        """\
Model: "net"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ hidden (Dense)                  │ (None, 4)              │            16 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ a_very_long_name_for_a_layer_i… │ (None, 4)              │            20 │
│ (Dense)                         │                        │               │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 36 (144.00 B)
 Trainable params: 36 (144.00 B)
 Non-trainable params: 0 (0.00 B)"""
    )


def test_graph_with_a_model_inside():
    x = keras.Input((3,), name="x")
    inner = keras.Sequential([layers.Dense(3, name="in")], name="deep")
    y = layers.Concatenate(name="cat")([inner(x), x * 2.0])
    model = keras.Model(x, y, name="graph")
    inner.trainable = False
    assert text_of(model, expand_nested=True, show_trainable=True) == (
        """\
Model: "graph"
┏━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━┳━━━━━━━━━━━━━━━━┳━━━━━━━┓
┃ Layer (type)      ┃ Output Shape    ┃   Param # ┃ Connected to   ┃ Trai… ┃
┡━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━╇━━━━━━━━━━━━━━━━╇━━━━━━━┩
│ x (InputLayer)    │ (None, 3)       │         0 │ -              │   -   │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│ deep (Sequential) │ (None, 3)       │        12 │ x[0][0]        │   N   │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│    └ in (Dense)   │ (None, 3)       │        12 │ -              │   N   │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│ multiply          │ (None, 3)       │         0 │ x[0][0]        │   -   │
│ (Multiply)        │                 │           │                │       │
├───────────────────┼─────────────────┼───────────┼────────────────┼───────┤
│ cat (Concatenate) │ (None, 6)       │         0 │ deep[0][0],    │   -   │
│                   │                 │           │ multiply[0][0] │       │
└───────────────────┴─────────────────┴───────────┴────────────────┴───────┘
 Total params: 12 (48.00 B)
 Trainable params: 0 (0.00 B)
 Non-trainable params: 12 (48.00 B)"""
    )


def test_model_that_is_not_built():
    model = keras.Sequential([layers.Dense(2)], name="net")
    text = text_of(model)
    assert (
        "│ dense (Dense)                   │ ?                      │   0 (unbuilt) │"
        in text
    )
    assert " Total params: 0 (0.00 B)" in text


def test_layers_of_a_subclass_show_the_shapes_that_they_were_built_for():
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, inputs):
            return self.dense(inputs)

    model = Net()
    model(np.ones((5, 3)))
    assert "│ (5, 2) " in text_of(model)


def test_several_outputs_are_listed():
    class Halves(layers.Layer):
        def call(self, inputs):
            return inputs[:, :1], inputs[:, 1:]

    x = keras.Input((3,))
    left, right = Halves(name="halves")(x)
    text = text_of(keras.Model(x, [left, right]), line_length=120)
    assert "[(None, 1), (None, 2)]" in text


def test_state_of_the_optimizer_is_counted():
    model = chain()
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    text = text_of(model)
    assert " Total params: 110 (440.00 B)" in text
    assert text.endswith(" Optimizer params: 74 (296.00 B)")


@pytest.mark.parametrize(
    ("size", "text"),
    [(200, "800.00 B"), (400, "1.56 KB"), (400_000, "1.53 MB")],
)
def test_sizes_are_readable(size, text):
    model = keras.Sequential([keras.Input((1,)), layers.Embedding(size, 1)])
    assert f"Total params: {size:,} ({text})" in text_of(model)


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_table_fits_the_terminal(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = text_of(chain()).split("\n")
    assert len(lines[1]) == min(columns - 4, 88)


def test_width_and_positions_are_as_asked():
    text = text_of(chain(), line_length=100)
    assert [len(cell) for cell in text.split("\n")[1].split("┳")] == [45, 33, 20]
    text = text_of(chain(), line_length=80, positions=[0.2, 0.5, 1.0])
    assert [len(cell) for cell in text.split("\n")[1].split("┳")] == [16, 22, 40]
    text = text_of(chain(), positions=[20, 40, 60])
    assert len(text.split("\n")[1]) == 60


@pytest.mark.parametrize(
    ("names", "listed"),
    [
        (("b", "c"), ["b", "c"]),
        (("c", "b"), ["b", "c"]),
        (("[ab]", "b"), ["a", "b"]),
        (("d", "d"), ["d"]),
    ],
)
def test_layer_range(names, listed):
    model = keras.Sequential([layers.Identity(name=name) for name in "abcd"])
    text = text_of(model, layer_range=names)
    assert [name for name in "abcd" if f"│ {name} (Identity)" in text] == listed


def test_text_is_printed(capsys):
    chain().summary()
    assert capsys.readouterr().out == text_of(chain()) + "\n"


# ------------------------------------------------------------------------- errors


def test_layer_range_must_name_layers():
    message = r"Sequential 'net': no layer matches 'hiden' in layer_range. Did you mean"
    with pytest.raises(ValueError, match=message):
        chain().summary(layer_range=("hiden", "hidden"))


def test_layer_range_must_have_two_names():
    with pytest.raises(ValueError, match=r"'net': layer_range must be two names, got"):
        chain().summary(layer_range=("hidden",))


def test_positions_must_fit_the_columns():
    message = (
        r"positions must have one entry for each of the 3 columns, got \[0.5, 1.0\]"
    )
    with pytest.raises(ValueError, match=message):
        chain().summary(positions=[0.5, 1.0])


# -------------------------------------------------------------------------- table


def test_words_wrap_and_long_ones_are_cut():
    columns = [("A", "<"), ("B", "^")]
    table = draw_table(columns, [["one two seventeen", "x"], ["", "yz"]], [11, 18])
    assert table == (
        """\
┏━━━━━━━━━┳━━━━━━┓
┃ A       ┃  B   ┃
┡━━━━━━━━━╇━━━━━━┩
│ one two │  x   │
│ sevent… │      │
├─────────┼──────┤
│         │  yz  │
└─────────┴──────┘"""
    )
