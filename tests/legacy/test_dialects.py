"""Each old spelling of a layer makes the layer of the modern one, with its results."""

import re
import warnings

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers as L
from minikeras.legacy import spellings
from tests.cases import dialect_arguments, dialects

NAMES = {
    "L": L,
    "keras": keras,
    "np": np,
    "regularizers": keras.regularizers,
    "difference": lambda pair: pair[0] - pair[1],
}
ROWS = {**dialects.CLASSES, **dialect_arguments.ARGUMENTS}
CALLS = [(row.shape, *call) for row in ROWS.values() for call in row.calls]


def made(text):
    """Evaluates a call in a fresh session; returns its warnings, too."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        layer = eval(compile(text, "lecture.py", "eval"), dict(NAMES))
    assert all(w.category is DeprecationWarning for w in told)
    assert all(w.filename == "lecture.py" for w in told)
    return layer, told


def nameless(config):
    """A config without the names of the objects in it."""
    if isinstance(config, dict):
        return {k: nameless(v) for k, v in config.items() if k != "name"}
    if isinstance(config, (list, tuple)):
        return [nameless(x) for x in config]
    return config


def inputs_for(layer, shape):
    """A batch of two samples; of the axes in the layer's name if there is no shape."""
    rng = np.random.default_rng(0)
    if shape is None:
        axes = int(re.search(r"(\d)D", type(layer).__name__)[1])
        shape = (4, 5, 6, 2)[-axes - 1 :]
    shapes = shape if isinstance(shape, list) else [shape]
    arrays = [rng.normal(size=(2, *s)).astype("float32") for s in shapes]
    if isinstance(layer, L.Embedding):
        arrays = [np.abs(x).astype("int32") for x in arrays]
    return arrays if isinstance(shape, list) else arrays[0]


def results_of(layer, shape, training):
    """The outputs of a layer, its losses and its weights."""
    keras.utils.set_random_seed(2)
    y = layer(inputs_for(layer, shape), training=training)
    return [np.asarray(x) for x in (y, *layer.losses, *layer.get_weights())]


@pytest.mark.parametrize(("shape", "old", "new"), CALLS, ids=[c[1] for c in CALLS])
def test_a_layer(shape, old, new):
    (found, told), (expected, silence) = made(old), made(new)
    assert not silence and bool(told) is not bool(re.match(dialects.KEPT, old))
    assert type(found) is type(expected)
    assert nameless(found.get_config()) == nameless(expected.get_config())
    for training in (False, True):
        pairs = [results_of(x, shape, training) for x in (found, expected)]
        for a, b in zip(*pairs, strict=True):
            np.testing.assert_array_equal(a, b)


INPUTS = dialect_arguments.INPUTS.calls


@pytest.mark.parametrize(("old", "shape", "new"), INPUTS, ids=[c[0] for c in INPUTS])
def test_the_shape_of_the_input(old, shape, new):
    first, _ = made(old)
    found = keras.Sequential([first])
    modern, _ = made(new)
    entry = keras.Input(batch_shape=eval(shape), dtype=found.inputs[0].dtype)
    expected = keras.Sequential([entry, modern])
    assert found.input_shape == expected.input_shape
    assert found.output_shape == expected.output_shape
    assert first.trainable is modern.trainable
    for a, b in zip(found.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
        assert a.dtype == b.dtype


@pytest.mark.parametrize("name", [*ROWS, "INPUTS"])
def test_each_spelling_has_a_case(name):
    row = {**ROWS, "INPUTS": dialect_arguments.INPUTS}[name]
    used = set(re.findall(r"\w+", " ".join(call[0] for call in row.calls)))
    assert set(row.spellings.split()) <= used


CLASSES = sorted({re.match(r"L\.(\w+)", new)[1] for _, _, new in CALLS})
BOTH = [
    (cls, old, modern)
    for cls in CLASSES
    for old, modern in spellings.renamed_arguments(cls).items()
]


@pytest.mark.parametrize(("cls", "old", "modern"), BOTH)
def test_an_old_name_beside_the_modern_one(cls, old, modern):
    message = f"'{old}' is the old name of '{modern}', and both were"
    with pytest.raises(TypeError, match=message):
        getattr(L, cls)(**{old: 1, modern: 1})


FIRST = {re.match(r".*?\(", new)[0]: new for _, _, new in CALLS}  # class -> call


@pytest.mark.parametrize("new", FIRST.values())
def test_an_unknown_name(new):
    call = re.sub(r"\)$", ", nmae='it')", new).replace("(, ", "(")
    with pytest.raises(TypeError, match=r"'nmae'\. Did you mean 'name'"):
        eval(call, dict(NAMES))
