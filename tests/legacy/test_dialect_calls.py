"""Each old spelling of a call does what the modern one does, number for number."""

import re

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers as L
from tests.cases import dialect_calls as cases

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 3)).astype("float32")
Y = (X.sum(axis=1, keepdims=True) > 0).astype("float32")
CLASSES = np.eye(3, dtype="float32")[RNG.integers(0, 3, 24)]
TRUE = RNG.uniform(0.1, 0.9, size=(6, 4)).astype("float32")
FOUND = RNG.uniform(0.1, 0.9, size=(6, 4)).astype("float32")
TABLE = RNG.normal(size=(9, 3)).astype("float32")


def net(outputs=1, *more):
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((3,)), L.Dense(outputs, "sigmoid"), *more])


def compiled(outputs=1, *more, **settings):
    model = net(outputs, *more)
    settings = {"loss": "binary_crossentropy", **settings}
    model.compile(optimizer=keras.optimizers.SGD(0.1), **settings)
    return model


def batches(size=8):
    while True:
        for i in range(0, len(X), size):
            yield X[i : i + size], Y[i : i + size]


def branch(size):
    return keras.Sequential([L.Dense(4, input_dim=size)])


def product():
    """Two branches, their product and a layer, as a graph."""
    left, right = L.Dense(4), L.Dense(4)
    a, b = keras.Input((3,)), keras.Input((2,))
    return keras.Model([a, b], L.Dense(1)(L.Multiply()([left(a), right(b)])))


def names():
    """What the names in the cases stand for; fresh, with equal weights each time."""
    keras.utils.clear_session()
    inner = keras.Input((3,), name="inner")
    return {
        **{name: getattr(keras, name) for name in MODULES},
        "np": np,
        "L": L,
        "keras": keras,
        "X": X,
        "Y": Y,
        "CLASSES": CLASSES,
        "schedules": keras.optimizers.schedules,
        "TINY": {"epsilon": 1e-8},
        "TABLE": TABLE,
        "table": lambda shape, dtype=None: TABLE,
        "named": lambda word, shape: keras.initializations.get(word)(shape, name="w"),
        "scaled": lambda word, shape: getattr(keras.initializations, word)(shape, 0.2),
        "batches": batches,
        "compiled": compiled,
        "model": compiled(metrics=["binary_accuracy"]),
        "plain": compiled(),
        "several": compiled(3),
        "dropping": compiled(1, L.Dropout(0.5)),
        "a": inner,
        "b": L.Dense(2, name="outer")(inner),
    }


MODULES = "optimizers callbacks regularizers constraints initializers losses".split()


def both(old, new):
    """Evaluates an old expression and a modern one."""
    values = []
    for text in (old, new):
        given = names()
        keras.utils.set_random_seed(1)
        values.append(eval(text, given))
    return values


def assert_equal(found, expected):
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        found, expected = list(found.values()), list(expected.values())
    if isinstance(expected, (list, tuple)):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            assert_equal(a, b)
    elif isinstance(expected, (str, bool, type(None))):
        assert found == expected
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def by_call(rows):
    return pytest.mark.parametrize(("old", "new"), rows, ids=[old for old, _ in rows])


@by_call(cases.FIT)
def test_fit(old, new):
    found, expected = both(old, new)
    assert_equal(found.history, expected.history)
    assert_equal(found.model.get_weights(), expected.model.get_weights())


@by_call(cases.METHODS)
def test_methods(old, new):
    found, expected = both(old, new)
    assert_equal(found, expected)


def config_of(x):
    """The config of an object without its name; a function stays what it is."""
    config = x.get_config() if hasattr(x, "get_config") else {"function": x}
    return {k: v for k, v in config.items() if k != "name"}


@by_call(cases.OPTIMIZERS)
def test_optimizers(old, new):
    found, expected = both(old, new)
    assert type(found) is type(expected)
    assert config_of(found) == config_of(expected)
    weights = []
    for optimizer in (found, expected):
        model = net()
        model.compile(optimizer, "binary_crossentropy")
        before = model.get_weights()
        model.fit(X, Y, batch_size=8, epochs=1, shuffle=False, verbose=0)
        weights.append(model.get_weights())
        assert not np.array_equal(before[0], weights[-1][0])
    assert_equal(*weights)


@by_call(cases.CALLBACKS)
def test_callbacks(old, new, tmp_path):
    effects = []
    for place, text in (("old", old), ("new", new)):
        given = {**names(), "folder": str(tmp_path / place)}
        callback = eval(text, given)
        history = compiled(metrics=["accuracy"]).fit(
            *(X, Y, 8, 4, 0), callbacks=[callback], validation_data=(X, Y)
        )
        files = sorted((tmp_path / place).rglob("*"))
        stems = [re.sub(r"\.\d{5,}.*", "", path.name) for path in files]
        effects.append([stems, history.history])
    assert_equal(*effects)
    assert (
        effects[0][0]
        or len(effects[0][1]["loss"]) < 4
        or "learning_rate" in (effects[0][1])
    )


@by_call(cases.REGULARIZERS)
def test_regularizers_and_constraints(old, new):
    found, expected = both(old, new)
    assert config_of(found) == config_of(expected)
    np.testing.assert_array_equal(found(X), expected(X))
    assert not np.array_equal(expected(X), X) and np.any(expected(X))


@by_call(cases.INITIALIZERS)
def test_initializers(old, new):
    drawn = []
    for text in (old, new):
        given = names()
        keras.utils.set_random_seed(3)
        function = eval(text, given)
        drawn.append(np.asarray(function((4, 4))))
    np.testing.assert_allclose(*drawn, rtol=1e-6)


@by_call(cases.LOSSES)
def test_losses(old, new):
    found, expected = both(old, new)
    np.testing.assert_array_equal(found(TRUE, FOUND), expected(TRUE, FOUND))


@pytest.mark.parametrize(("loss", "outputs", "targets", "modern"), cases.ACCURACIES)
def test_accuracy_is_chosen_by_the_targets(loss, outputs, targets, modern):
    y, results = eval(targets, {"Y": Y, "CLASSES": CLASSES}), {}
    for name in ("acc", "accuracy", modern):
        history = compiled(outputs, loss=loss, metrics=[name]).fit(X, y, verbose=0)
        results[name] = history.history[name]
    assert results["acc"] == results["accuracy"] == results[modern]


@by_call(cases.MODELS)
def test_models(old, new):
    models = []
    for text in (old, new):
        given = {**names(), "branch": branch, "product": product}
        keras.utils.set_random_seed(1)
        made = eval(text, given)
        models.append(keras.Sequential(made) if isinstance(made, list) else made)
    found, expected = models
    assert found.input_shape == expected.input_shape
    assert found.output_shape == expected.output_shape
    assert len(found.trainable_weights) == len(expected.trainable_weights)
    for a, b in zip(found.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


SPELLINGS = [name for name in vars(cases) if name.endswith("_SPELLINGS")]


@pytest.mark.parametrize("name", SPELLINGS)
def test_each_spelling_has_a_case(name):
    rows = getattr(cases, name.removesuffix("_SPELLINGS"))
    used = set(re.findall(r"\w+", " ".join(old for old, _ in rows)))
    assert set(getattr(cases, name).split()) <= used
