"""`explain.check_gradients`: what is right passes, what is broken is named."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import explain, layers, ops
from tests.cases.layer_case import arguments_of, arrays_of, called, dtype_of
from tests.cases.layers import CASES

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(6, 4)), RNG.normal(size=(6, 2))
EVERY = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
    if case.gives == "float32" and case.words is None
]


class Weighted(layers.Layer):
    """Multiplies by weights: so gradients have to come through what follows."""

    def build(self, input_shape):
        self.scale = self.add_weight(input_shape[1:], initializer="ones")

    def call(self, x):
        return x * self.scale


def model_of(name, case):
    """A model with the layer of a case, behind weights of its own if it can be."""
    keras.utils.set_random_seed(0)
    shapes = case.shape if isinstance(case.shape, list) else [case.shape]
    dtype = dtype_of(case)
    entries = [keras.Input(shape, batch_size=2, dtype=dtype) for shape in shapes]
    values = [Weighted()(x) if dtype == "float32" else x for x in entries]
    layer = getattr(keras.layers, name)(**arguments_of(case, keras))
    return keras.Model(entries, called(layer, case, values, training=True))


@pytest.mark.parametrize(("name", "case"), EVERY)
def test_every_layer_passes(name, case):
    model = model_of(name, case)
    if not model.trainable_weights:
        pytest.skip("It has no weight, and ints have no gradient.")
    for i, w in enumerate(model.weights):  # away from zeros, where losses have kinks
        if w.dtype == "float32":
            rng = np.random.default_rng(i)
            w.assign(np.abs(rng.normal(size=w.shape)) + 0.2)
    xs = arrays_of(case, 2, np.random.default_rng(0))
    shares = np.random.default_rng(1)
    fixed: dict = {}

    def loss(_, y):
        share = fixed.setdefault(y.shape, shares.normal(size=y.shape))
        return ops.sum((y + ops.square(y)) * share)

    found = explain.check_gradients(model, xs, loss=loss, samples=3)
    assert found, str(found)


# ------------------------------------------------------------------ broken on purpose


def square_with(gradient):
    """x -> x^2, with a gradient of its own."""

    @keras.ops.custom_gradient
    def square(x):
        return ops.square(x), lambda g: gradient(g, x)

    return square


class Homework(layers.Layer):
    """y = (x w)^2 + b, with a gradient to be checked."""

    def __init__(self, function, **kwargs):
        super().__init__(**kwargs)
        self.function = function

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1], 2), name="w")
        self.b = self.add_weight((2,), name="b")

    def call(self, x):
        return self.function(ops.matmul(x, self.w)) + self.b


def homework(function):
    keras.utils.set_random_seed(0)
    layer = Homework(function, name="homework")
    first = layers.Dense(4, name="first")
    model = keras.Sequential([keras.Input((4,)), first, layer], name="net")
    model.compile("sgd", "mse")
    return model


BROKEN = {
    "the sign is wrong": lambda g, x: -2 * x * g,
    "it is 2 times what it should be": lambda g, x: 4 * x * g,
    "a term is missing, nothing comes back here": lambda g, x: 0 * g,
    "a term is missing or wrong": lambda g, x: 2 * g,
}


def test_the_right_gradient_passes():
    found = explain.check_gradients(homework(square_with(lambda g, x: 2 * x * g)), X, Y)
    assert found and found.passed and "all are right" in str(found)
    assert all(row.error < 1e-6 for row in found.rows)


@pytest.mark.parametrize("reason", BROKEN)
def test_a_broken_gradient_is_named(reason):
    found = explain.check_gradients(homework(square_with(BROKEN[reason])), X, Y)
    assert not found
    wrong = {row.path: row for row in found.rows if not row.passed}
    assert set(wrong) == {
        "net/first/kernel",
        "net/first/bias",
        "net/homework/w",
    }
    row = wrong["net/homework/w"]
    assert row.reason.endswith(reason)
    assert str(row).startswith("net/homework/w[")
    assert str(row) in " ".join(str(found).split("\n")).replace("  ", " ")
    assert "3 of 4 are wrong" in str(found) and "3 of 4" in found._repr_html_()
    assert max(map(len, str(found).splitlines())) < 80
    right = square_with(lambda g, x: 2 * x * g)
    expected = explain.check_gradients(homework(right), X, Y, samples=None)
    (truth,) = (r for r in expected.rows if r.path == row.path)
    assert row.numeric == pytest.approx(truth.numeric, rel=1e-4) or (
        row.worst != truth.worst
    )


def test_one_wrong_entry_is_found_without_looking_at_it():
    @keras.ops.custom_gradient
    def scaled(x, w):
        def gradient(g):
            share = np.ones(w.shape)
            share[7] = 3.0
            return g * w, ops.sum(g * x, axis=0) * share

        return x * w, gradient

    class Large(layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((400,), initializer="ones", name="w")

        def call(self, x):
            return scaled(x, self.w.value)

    model = keras.Sequential([keras.Input((400,)), Large(name="large")])
    model.compile("sgd", "mse")
    x = np.random.default_rng(3).normal(size=(4, 400))
    found = explain.check_gradients(model, x, np.zeros((4, 400)), samples=1, seed=1)
    assert not found and found.rows[0].worst is None
    assert "along a random direction" in str(found)


def test_a_loss_of_ones_own():
    @keras.ops.custom_gradient
    def wrong(y):
        return ops.mean(ops.square(y)), lambda g: g * y  # 1/n is forgotten

    model = homework(square_with(lambda g, x: 2 * x * g))
    assert not explain.check_gradients(
        model, X, Y, loss=lambda y, y_pred: wrong(y_pred)
    )
    right = keras.losses.Huber(0.5)
    assert explain.check_gradients(model, X, Y, loss=right)
    assert right.dtype == "float32"


# ------------------------------------------------------------------ what it works on


def test_a_single_layer():
    layer = layers.LSTM(3)
    layer(np.ones((1, 5, 4)))
    found = explain.check_gradients(
        layer, np.random.default_rng(0).normal(size=(2, 5, 4))
    )
    assert found and [row.path for row in found.rows] == [w.path for w in layer.weights]


def test_kinks_are_no_mistakes():
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(2)]
    )
    model.layers[0].kernel.assign(np.zeros((4, 3)))  # every sum is at the kink
    model.compile("sgd", "mse")
    found = explain.check_gradients(model, X, Y)
    assert found
    assert found.rows[0].kinks > 0 and "at kinks" in str(found)


def test_several_inputs_dicts_and_a_call_of_its_own():
    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.table, self.last = layers.Embedding(5, 3), layers.Dense(2)

        def call(self, data):
            words = ops.mean(self.table(data["words"]), axis=1)
            return self.last(ops.concatenate([words, data["numbers"]], axis=-1))

    model = Mine()
    model.compile("sgd", "mse")
    data = {"words": RNG.integers(0, 5, (6, 7)), "numbers": X.astype("float32")}
    model(data)
    assert explain.check_gradients(model, data, Y)


def test_nothing_changes():
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(3, "relu", dtype="mixed_float16"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(2),
        ]
    )
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, verbose=0)
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    arrays, before = [v.array for v in variables], [v.numpy() for v in variables]
    policies = [layer.dtype_policy for layer in model.layers]
    assert explain.check_gradients(model, X, Y)
    with pytest.raises(ValueError):
        explain.check_gradients(model, X[:, :2], Y)
    for v, array, value in zip(variables, arrays, before, strict=True):
        assert v.array is array and v.array.dtype == value.dtype
        np.testing.assert_array_equal(v.array, value)
    assert [layer.dtype_policy for layer in model.layers] == policies
    assert keras.config.floatx() == "float32"
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    history = model.fit(X, Y, verbose=0, epochs=2).history
    assert np.isfinite(history["loss"]).all()


def test_errors_are_clear():
    model = homework(square_with(lambda g, x: 2 * x * g))
    cases = {
        "has no weights yet": (keras.Sequential([layers.Dense(2)]), X, Y),
        "has no loss yet": (
            keras.Sequential([keras.Input((4,)), layers.Dense(2)]),
            X,
            Y,
        ),
        "x and y must have one entry": (model, X, Y[:2]),
        "the loss is nan": (model, X * np.nan, Y),
        "has no trainable weight": (layers.Flatten(), X, None),
        "model must be a Model": (len, X, Y),
    }
    for message, (subject, x, y) in cases.items():
        with pytest.raises(ValueError, match=message) as error:
            explain.check_gradients(subject, x, y)
        assert str(error.value).startswith("explain.check_gradients: ")
    with pytest.raises(ValueError, match="samples must be a positive int"):
        explain.check_gradients(model, X, Y, samples=0)
