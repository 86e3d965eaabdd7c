"""`explain.backprop`: the lecture's network to the last digit, and every rule."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import explain, layers, ops

X = np.array([[1.0, -0.5, 0.25], [0.5, 2.0, -1.0]], "float32")
Y = np.array([0, 2])

WHOLE = """\
Backpropagation of 2 samples through Sequential 'lecture': J = 1.36646

output: Dense, softmax, (2, 4) -> (2, 3)
  dJ/dz3 = (ŷ - y) / 2  (2, 3)           [-0.29169  0.21356  0.07813]
                                         [ 0.20890  0.21306 -0.42196]
  dJ/dW3 = a2ᵀ · dJ/dz3  (4, 3)          [-0.05990  0.31234 -0.25243]
                                         [-0.07150  0.33414 -0.26264]
                                         [-0.06032  0.25374 -0.19342]
                                         [-0.02661  0.12590 -0.09929]
  dJ/db3 = sum of dJ/dz3  (3,)           [-0.08279  0.42662 -0.34383]

hidden_2: Dense, sigmoid, (2, 4) -> (2, 4)
  dJ/dz2 = (dJ/dz3 · W3ᵀ) * sigmoid'(z2) [-0.00792 -0.00095  0.01225 -0.02031]
           (2, 4)                        [ 0.06059 -0.04331  0.04262 -0.02068]
  dJ/dW2 = a1ᵀ · dJ/dz2  (4, 4)          [ 0.00833 -0.01194  0.02200 -0.02369]
                                         [ 0.04129 -0.03521  0.04439 -0.03390]
                                         [ 0.05272 -0.04051  0.04469 -0.02781]
                                         [ 0.04758 -0.03471  0.03534 -0.01866]
  dJ/db2 = sum of dJ/dz2  (4,)           [ 0.05267 -0.04426  0.05487 -0.04099]

hidden_1: Dense, sigmoid, (2, 3) -> (2, 4)
  dJ/dz1 = (dJ/dz2 · W2ᵀ) * sigmoid'(z1) [ 0.00082 -0.00050 -0.00100  0.00090]
           (2, 4)                        [ 0.00633 -0.00629  0.00117  0.00260]
  dJ/dW1 = xᵀ · dJ/dz1  (3, 4)           [ 0.00398 -0.00365 -0.00042  0.00220]
                                         [ 0.01226 -0.01233  0.00284  0.00476]
                                         [-0.00613  0.00617 -0.00142 -0.00238]
  dJ/db1 = sum of dJ/dz1  (4,)           [ 0.00715 -0.00679  0.00016  0.00350]"""


def lecture(loss="sparse_categorical_crossentropy", last="softmax"):
    """3 -> 4 sigmoid -> 4 sigmoid -> 3 softmax, with weights that are easy to write."""
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, activation="sigmoid", name="hidden_1"),
            layers.Dense(4, activation="sigmoid", name="hidden_2"),
            layers.Dense(3, activation=last, name="output"),
        ],
        name="lecture",
    )
    for w in model.weights:
        steps = np.arange(np.prod(w.shape)).reshape(w.shape)
        w.assign(np.sin(steps + 1))
    model.compile("sgd", loss)
    return model


def by_hand(model):
    """The gradients of the lecture's network in plain NumPy, in float64."""
    w1, b1, w2, b2, w3, b3 = (w.astype("float64") for w in model.get_weights())
    a1 = 1 / (1 + np.exp(-(X @ w1 + b1)))
    a2 = 1 / (1 + np.exp(-(a1 @ w2 + b2)))
    exponentials = np.exp(a2 @ w3 + b3)
    y_pred = exponentials / exponentials.sum(axis=1, keepdims=True)
    dz3 = (y_pred - np.eye(3)[Y]) / 2
    dz2 = (dz3 @ w3.T) * a2 * (1 - a2)
    dz1 = (dz2 @ w2.T) * a1 * (1 - a1)
    return {
        "z3": dz3,
        "W3": a2.T @ dz3,
        "b3": dz3.sum(axis=0),
        "z2": dz2,
        "W2": a1.T @ dz2,
        "b2": dz2.sum(axis=0),
        "z1": dz1,
        "W1": X.T @ dz1,
        "b1": dz1.sum(axis=0),
    }


def by_tape(model, x, y):
    with keras.GradientTape() as tape:
        loss = model.compute_loss(x=x, y=y, y_pred=model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    return {
        v.path: np.asarray(g)
        for v, g in zip(model.trainable_variables, gradients, strict=True)
    }


def all_rules(found):
    return {rule.symbol: rule for step in found.layers for rule in step.rules}


def test_the_text_of_the_lecture_network():
    text = str(explain.backprop(lecture(), X, Y))
    assert text == WHOLE
    lines = text.splitlines()
    assert len(lines) <= 30 and max(map(len, lines)) < 80


def test_the_numbers_are_those_of_the_chain_rule_by_hand():
    model = lecture()
    rules = all_rules(explain.backprop(model, X, Y))
    expected = by_hand(model)
    assert rules.keys() == expected.keys()
    for symbol, rule in rules.items():
        np.testing.assert_allclose(rule.value, expected[symbol], atol=5e-7)


def test_the_numbers_are_those_of_the_tape():
    model = lecture()
    found = explain.backprop(model, X, Y)
    tape = by_tape(model, X, Y)
    assert found.gradients.keys() == tape.keys()
    for path, gradient in tape.items():
        np.testing.assert_array_equal(found.gradients[path], gradient)
    assert all_rules(found)["W2"].value is found.gradients["lecture/hidden_2/kernel"]


def test_html_has_all_of_it():
    text = explain.backprop(lecture(), X, Y)._repr_html_()
    assert text.count("<table>") == text.count("</table>") == 3
    assert "dJ/dz2 = (dJ/dz3 · W3ᵀ) * sigmoid&#x27;(z2)" in text
    for line in WHOLE.splitlines():
        assert line.partition("[")[2] in text


# ------------------------------------------------------------------- the error's rule

LOSSES = {
    "softmax and cross-entropy": (
        "sparse_categorical_crossentropy",
        "softmax",
        "(ŷ - y) / 2",
    ),
    "sigmoids and cross-entropy": ("binary_crossentropy", "sigmoid", "(ŷ - y) / 6"),
    "linear and squared error": ("mse", None, "2 (ŷ - y) / 6"),
    "linear and absolute error": ("mae", None, "sign(ŷ - y) / 6"),
    "tanh and squared error": ("mse", "tanh", "(2 (ŷ - y) / 6) * tanh'(z3)"),
    "softmax and squared error": (
        "mse",
        "softmax",
        "(2 (ŷ - y) / 6) through softmax'(z3)",
    ),
    "another loss": ("log_cosh", None, "slope of log_cosh"),
    "smoothed labels": (
        keras.losses.CategoricalCrossentropy(label_smoothing=0.3),
        "softmax",
        "(slope of categorical_crossentropy) through softmax'(z3)",
    ),
}


@pytest.mark.parametrize("case", LOSSES)
def test_the_loss_in_symbols(case):
    loss, last, text = LOSSES[case]
    y = Y if str(loss).startswith("sparse") else np.eye(3)[Y]
    found = explain.backprop(lecture(loss, last), X, y)
    assert found.layers[0].rules[0].text == text


def test_weights_of_samples_are_no_plain_error():
    model = lecture("categorical_crossentropy")
    model.compute_loss = lambda x, y, y_pred: ops.mean(
        ops.categorical_crossentropy(y, y_pred) * np.array([1.0, 3.0])
    )
    found = explain.backprop(model, X, np.eye(3)[Y])
    assert found.layers[0].rules[0].text.startswith("(slope of")


# ------------------------------------------------------------------- other layers


def compiled(*stack, shape=(6, 6, 2), outputs=1):
    keras.utils.set_random_seed(3)
    end = [layers.Flatten(), layers.Dense(outputs, name="end")]
    model = keras.Sequential([keras.Input(shape), *stack, *end])
    model.compile("sgd", "mse")
    return model


def batch(shape=(6, 6, 2)):
    rng = np.random.default_rng(1)
    return rng.normal(size=(3, *shape)).astype("float32"), np.ones((3, 1))


def test_convolutions_and_pooling():
    model = compiled(
        layers.Conv2D(3, 3, activation="relu", name="filters"),
        layers.MaxPooling2D(2),
        layers.Activation("tanh"),
        layers.AveragePooling2D(2),
    )
    x, y = batch()
    found = explain.backprop(model, x, y)
    texts = {symbol: rule.text for symbol, rule in all_rules(found).items()}
    assert texts == {
        "z6": "2 (ŷ - y) / 3",
        "W6": "a5ᵀ · dJ/dz6",
        "b6": "sum of dJ/dz6",
        "a5": "dJ/dz6 · W6ᵀ",
        "a4": "dJ/da5 in the shape (3, 1, 1, 3)",
        "z3": "(dJ/da4 / 4 at each entry of a window) * tanh'(z3)",
        "a2": "dJ/dz3",
        "z1": "(dJ/da2 at the largest of each window, else 0) * relu'(z1)",
        "W1": "x correlated with dJ/dz1",
        "b1": "sum of dJ/dz1",
    }


def test_each_rule_is_true():
    """The texts of the test above, computed by hand from the gradients they name."""
    model = compiled(
        layers.Conv2D(3, 3, activation="relu", name="filters"),
        layers.MaxPooling2D(2),
        layers.Activation("tanh"),
        layers.AveragePooling2D(2),
    )
    x, y = batch()
    rules = all_rules(explain.backprop(model, x, y))
    g = {symbol: rule.value for symbol, rule in rules.items()}
    values = [x]
    for layer in model.layers:
        values.append(np.asarray(layer(values[-1])))
    kernel = model.get_layer("end").kernel.numpy()
    spread = np.repeat(np.repeat(g["a4"] / 4, 2, axis=1), 2, axis=2)
    wide = np.repeat(np.repeat(values[2], 2, axis=1), 2, axis=2)
    largest = np.repeat(np.repeat(g["a2"], 2, axis=1), 2, axis=2) * (values[1] == wide)
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (1, 2))
    expected = {
        "z6": 2 * (values[6] - y) / 3,
        "W6": values[5].T @ g["z6"],
        "b6": g["z6"].sum(axis=0),
        "a5": g["z6"] @ kernel.T,
        "a4": g["a5"].reshape(3, 1, 1, 3),
        "z3": spread * (1 - values[3] ** 2),
        "a2": g["z3"],
        "z1": largest * (values[1] > 0),
        "W1": np.einsum("nijchw,nijf->hwcf", windows, g["z1"]),
        "b1": g["z1"].sum(axis=(0, 1, 2)),
    }
    for symbol, value in expected.items():
        np.testing.assert_allclose(g[symbol], value, rtol=1e-4, atol=1e-6)


def test_shared_layers_and_shortcuts():
    entry = keras.Input((4,))
    shared = layers.Dense(4, activation="tanh", name="shared")
    first = shared(entry)
    joined = layers.Add()([shared(first), first])
    model = keras.Model(entry, layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(3, 4)), np.ones((3, 1))
    rules = all_rules(explain.backprop(model, x, y))
    assert rules["z1"].text == "(dJ/dz2 · W1ᵀ + dJ/da3) * tanh'(z1)"
    assert rules["W1"].text == "xᵀ · dJ/dz1 + a1ᵀ · dJ/dz2"
    a1 = np.tanh(x @ shared.kernel.numpy() + shared.bias.numpy())
    by_hand = x.T @ rules["z1"].value + a1.T @ rules["z2"].value
    np.testing.assert_allclose(rules["W1"].value, by_hand, rtol=1e-4, atol=1e-6)
    assert "W2" not in rules


def test_layers_without_a_formula_are_named():
    x, y = np.random.default_rng(0).integers(0, 9, (3, 5)), np.ones((3, 1))
    model = compiled(
        layers.Embedding(9, 4), layers.LSTM(6), layers.LayerNormalization(), shape=(5,)
    )
    found = explain.backprop(model, x, y)
    texts = {symbol: rule.text for symbol, rule in all_rules(found).items()}
    assert texts["U2"] == texts["W2"] == "back through LSTM"
    assert texts["a1"] == "dJ/da2 back through LSTM"
    assert texts["E1"] == "rows of dJ/da1, summed by index"
    assert texts["gamma3"] == "sum of dJ/da3 * x̂"
    assert "(6, 24)" in str(found) and "norm" in str(found)


def test_a_layer_with_a_call_of_its_own_gets_no_formula_of_its_base():
    class Twice(layers.Dense):
        def call(self, inputs):
            return super().call(2 * inputs)

    class Plain(layers.Dense):
        pass

    model = keras.Sequential([keras.Input((3,)), Plain(4), Twice(4), Plain(1)])
    model.compile("sgd", "mse")
    rules = all_rules(explain.backprop(model, X, np.ones((2, 1))))
    assert rules["z1"].text == "dJ/dz2 back through Twice"
    assert rules["W2"].text == "back through Twice"
    assert rules["z2"].text == "dJ/dz3 · W3ᵀ" and rules["W1"].text == "xᵀ · dJ/dz1"


def test_dropout_and_penalties():
    model = compiled(layers.Dropout(0.5), layers.Dense(2, kernel_regularizer="l2"))
    rules = all_rules(explain.backprop(model, *batch()))
    assert rules["W2"].text.endswith(" + slope of its penalty")
    assert rules["a1"].text == "nothing: no weight before it needs it"
    model = compiled(layers.Dense(2), layers.Dropout(0.5))
    rules = all_rules(explain.backprop(model, *batch()))
    assert rules["z1"].text == "dJ/da2 * mask / 0.5"
    kept = rules["z1"].value != 0
    np.testing.assert_allclose(
        rules["z1"].value, np.where(kept, rules["a2"].value * 2, 0), rtol=1e-6
    )


def test_models_in_models_and_two_outputs():
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2, "relu", name="deep")])
    entry = keras.Input((3,))
    middle = inner(entry)
    outputs = [
        layers.Dense(1, name="left")(middle),
        layers.Dense(1, name="right")(middle),
    ]
    model = keras.Model(entry, outputs)
    model.compile("sgd", ["mse", "mae"])
    found = explain.backprop(model, X, [np.ones((2, 1)), np.ones((2, 1))])
    assert found.layers[-1].name == "deep" and len(found.layers) == 3
    assert all_rules(found)["z1"].text == "(dJ/dz2 · W2ᵀ + dJ/dz3 · W3ᵀ) * relu'(z1)"
    assert found.gradients.keys() == {v.path for v in model.trainable_variables}


def test_a_model_with_a_call_of_its_own():
    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.last = layers.Dense(4, "relu"), layers.Dense(1)

        def call(self, x):
            return self.last(ops.square(self.first(x)))

    model = Mine()
    model.compile("sgd", "mse")
    model(X)
    rules = all_rules(explain.backprop(model, X, np.ones((2, 1))))
    assert rules["W2"].text == "?ᵀ · dJ/dz2"
    assert rules["z1"].text.startswith(
        "(what the operations behind it hand back) * relu"
    )


# ------------------------------------------------------------------- and its manners


def test_the_model_stays_as_it_is():
    model = compiled(layers.BatchNormalization(), layers.Dropout(0.5))
    model.fit(*batch(), verbose=0)
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    before = [v.numpy().copy() for v in variables]
    attributes = [dict(vars(layer)) for layer in model.layers]
    explain.backprop(model, *batch())
    for v, array in zip(variables, before, strict=True):
        np.testing.assert_array_equal(v.numpy(), array)
    for layer, names in zip(model.layers, attributes, strict=True):
        assert vars(layer).keys() == names.keys()
        assert vars(layer).get("activation") is names.get("activation")


def test_it_is_put_back_after_an_error():
    model = compiled(layers.Dense(2, "relu"))
    activation = model.layers[0].activation
    with pytest.raises(ValueError, match="shape"):
        explain.backprop(model, np.ones((3, 5)), np.ones((3, 1)))
    assert "call" not in vars(model.layers[0])
    assert model.layers[0].activation is activation


def frozen():
    model = lecture()
    model.trainable = False
    return model


ERRORS = {
    "has no weights yet. Give it keras.Input": lambda: (
        keras.Sequential([layers.Dense(1)]),
        X,
        Y,
    ),
    "has no loss yet. Try model.compile": lambda: (
        keras.Sequential([keras.Input((3,)), layers.Dense(1)]),
        X,
        Y,
    ),
    "has no trainable weight": lambda: (frozen(), X, Y),
    "model must be a Model": lambda: (layers.Dense(1), X, Y),
    "x and y must have one entry for each sample": lambda: (lecture(), X, Y[:1]),
    "got the shapes \\(\\)": lambda: (lecture(), X[0, 0], Y),
}


@pytest.mark.parametrize("message", ERRORS)
@pytest.mark.parametrize("function", [explain.backprop, explain.gradient_flow])
def test_errors_are_clear(message, function):
    with pytest.raises(ValueError, match=message) as error:
        function(*ERRORS[message]())
    assert str(error.value).startswith(f"explain.{function.__name__}: ")


def test_random_numbers_go_on_as_before():
    noisy = layers.Lambda(lambda x: x + keras.random.normal((2, 2)))
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2), noisy])
    model.compile("sgd", "mse")
    drawn = []
    for look in (False, True):
        keras.utils.set_random_seed(5)
        if look:
            explain.backprop(model, X, np.ones((2, 2)))
        drawn.append(keras.random.normal((3,)).numpy())
    np.testing.assert_array_equal(*drawn)
