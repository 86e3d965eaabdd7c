"""Losses and metrics as `compile` takes them: forms, names, errors, configs."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers

X = np.linspace(-1, 1, 12).reshape(4, 3)
Y = np.linspace(0, 1, 8).reshape(4, 2)


def single(units=2, **settings):
    model = keras.Sequential([layers.Input((3,)), layers.Dense(units, name="only")])
    model.compile(**settings)
    return model


def double(**settings):
    x = layers.Input((3,))
    outputs = [layers.Dense(2, name="a")(x), layers.Dense(1, name="b")(x)]
    model = keras.Model(x, outputs)
    model.compile(**settings)
    return model


def keys(model, y):
    return list(model.evaluate(X, y, verbose=0, return_dict=True))


# Names --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metrics", "weighted", "expected"),
    [
        (None, None, ["loss"]),
        (["mae"], None, ["loss", "mae"]),
        (["mae", "mae"], None, ["loss", "mae", "mae_1"]),
        (["mae"], ["mae", "mse"], ["loss", "mae", "mse", "weighted_mae"]),
        ([["mae"]], None, ["loss", "mae"]),
        ({"only": "mae"}, None, ["loss", "mae"]),
        (["acc", "Accuracy"], None, ["Accuracy", "acc", "loss"]),
        (["crossentropy"], None, ["crossentropy", "loss"]),
        ([lambda y, p: abs(y - p)], None, ["lambda", "loss"]),
        ([keras.metrics.Mean], None, None),
    ],
)
def test_single_outputs_name_metrics_as_the_user_did(metrics, weighted, expected):
    model = single(loss="mse", metrics=metrics, weighted_metrics=weighted)
    if expected:
        assert keys(model, Y) == expected
    else:
        assert model.metrics_names == ["loss", "compile_metrics"]


def test_several_outputs_lead_the_names():
    model = double(
        loss="mse",
        metrics=[["mae", "mae"], ["mae"]],
        weighted_metrics=[["mae"], ["mae"]],
    )
    assert keys(model, [Y, Y[:, :1]]) == [
        "a_loss",
        "a_mae",
        "a_mae_1",
        "a_weighted_mae",
        "b_loss",
        "b_mae",
        "b_weighted_mae",
        "loss",
    ]


def test_outputs_without_names_number_what_is_alike():
    class Two(keras.Model):
        def __init__(self):
            super().__init__()
            self.heads = [layers.Dense(2), layers.Dense(2)]

        def call(self, x):
            return [head(x) for head in self.heads]

    model = Two()
    model.compile("sgd", "mse", metrics=[["mae"], ["mae"]])
    names = ["loss", "mae", "mae_1", "mse_loss", "mse_loss_1"]
    assert keys(model, [Y, Y]) == names


@pytest.mark.parametrize(
    ("units", "y", "kind"),
    [
        (1, Y[:, :1], "BinaryAccuracy"),
        (1, Y[:, 0], "BinaryAccuracy"),
        (2, Y, "CategoricalAccuracy"),
        (2, [0, 1, 1, 0], "SparseCategoricalAccuracy"),
        (2, [[0], [1], [1], [0]], "SparseCategoricalAccuracy"),
    ],
)
def test_accuracy_is_picked_by_the_shapes(units, y, kind):
    is_sparse = kind.startswith("Sparse")
    loss = "sparse_categorical_crossentropy" if is_sparse else "mse"
    model = single(units, loss=loss, metrics=["accuracy"])
    model.evaluate(X, y, verbose=0)
    assert [type(metric).__name__ for metric in model.metrics[1].metrics] == [kind]


# Values -------------------------------------------------------------------------------


def test_the_total_weighs_the_losses_and_adds_penalties():
    model = double(loss=["mse", "mae"], loss_weights={"a": 2.0, "b": 0.5})
    model.get_layer("b").kernel.regularizer = keras.regularizers.L2(0.1)
    results = model.evaluate(X, [Y, Y[:, :1]], verbose=0, return_dict=True)
    penalty = 0.1 * np.sum(model.get_layer("b").kernel.numpy() ** 2)
    total = 2.0 * results["a_loss"] + 0.5 * results["b_loss"] + penalty
    assert results["loss"] == pytest.approx(total, rel=1e-5)


def test_an_output_without_a_loss_needs_no_target():
    model = double(loss={"a": "mse"})
    expected = np.mean((model.predict(X, verbose=0)[0] - Y) ** 2)
    for y in ([Y], {"a": Y}, [Y, None]):
        assert model.evaluate(X, y, verbose=0) == pytest.approx(expected, rel=1e-5)


def test_one_array_of_sample_weights_counts_for_all_outputs():
    model = double(loss="mse")
    y, weights = [Y, Y[:, :1]], np.array([0.0, 1.0, 0.0, 2.0])
    once = model.evaluate(X, y, sample_weight=weights, verbose=0)
    assert model.evaluate(X, y, sample_weight=[weights] * 2, verbose=0) == once
    assert once != model.evaluate(X, y, verbose=0)


# Errors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"loss": "mean_square_error"}, "Did you mean 'mean_squared_error'"),
        ({"loss": "mse", "metrics": ["acuracy"]}, "Unknown metric 'acuracy'"),
        ({"optimizer": "adaam"}, "Did you mean '[Aa]dam"),
        ({"optimizer": None}, "compile needs an optimizer, got None. Try optimizer="),
        (
            {"metrics": "mae"},
            r"metrics must be a list or a dict, .*Try metrics=\['mae'",
        ),
        ({"steps_per_execution": 0}, "steps_per_execution must be a positive int"),
        ({"jit_compile": "yes"}, "jit_compile must be one of 'auto', True, False"),
        ({"loss": "mse", "loss_weights": ["a"]}, "loss_weights must be numbers"),
    ],
)
def test_compile_refuses_at_once(settings, message):
    with pytest.raises(ValueError, match=message):
        single(**settings)


@pytest.mark.parametrize("settings", [{"loss": 3}, {"metrics": [3]}, {"optimizer": 3}])
def test_compile_refuses_numbers(settings):
    with pytest.raises(TypeError, match=r"3 \(int\)"):
        single(**settings)


@pytest.mark.parametrize(
    ("settings", "y", "message"),
    [
        (
            {"loss": {"a": "mse", "bb": "mse"}},
            [Y, Y[:, :1]],
            "loss names the output 'bb', which the model does not have. Did you mean",
        ),
        ({"loss": ["mse"] * 3}, [Y, Y], "one entry for each of the model's 2 outputs"),
        ({"loss": "mse", "metrics": ["mae"]}, [Y, Y[:, :1]], "Try metrics={'a': "),
        ({"loss": "mse"}, {"a": Y, "c": Y}, "y names the output 'c'"),
        ({"loss": "mse"}, {"a": Y}, "needs targets for the output 'b', but y is None"),
        (
            {"loss": "mse"},
            [Y],
            "y must have one array for each of the model's 2 outputs",
        ),
        ({"loss": "mse"}, None, "y must have one array for each"),
        (
            {"loss": "mse"},
            [X, Y],
            r"must have the same shape, got \(4, 3\) and \(4, 2\)",
        ),
    ],
)
def test_what_does_not_fit_is_explained_when_data_come(settings, y, message):
    with pytest.raises(ValueError, match=message):
        double(**settings).evaluate(X, y, verbose=0)


def test_missing_targets_of_a_single_output():
    with pytest.raises(ValueError, match="The loss needs targets, but y is None"):
        single(loss="mse").fit(X, verbose=0)


@pytest.mark.parametrize(
    "method", ["fit", "evaluate", "train_on_batch", "test_on_batch"]
)
def test_a_model_is_compiled_first(method):
    model = keras.Sequential([layers.Dense(1)], name="net")
    message = f"Sequential 'net': {method} needs a compiled model. First call model.co"
    with pytest.raises(ValueError, match=message):
        getattr(model, method)(X, Y)
    assert model.get_compile_config() == {}


def test_training_needs_a_loss_but_measuring_does_not():
    model = single(loss=None, metrics=["mae"])
    assert model.evaluate(X, Y, verbose=0)[0] == 0.0
    with pytest.raises(
        ValueError, match="there is no loss to minimise. Pass one to com"
    ):
        model.fit(X, Y, verbose=0)


# Configs ------------------------------------------------------------------------------


def test_the_config_is_that_of_keras_and_compiles_a_twin():
    model = double(
        optimizer="adam",
        loss=["mse", keras.losses.Huber()],
        loss_weights=[1, 2],
        metrics=[["mae"], [keras.metrics.MeanSquaredError()]],
        steps_per_execution=2,
    )
    config = model.get_compile_config()
    assert list(config) == [  # as Keras 3.15.1 writes it
        "optimizer",
        "loss",
        "loss_weights",
        "metrics",
        "weighted_metrics",
        "run_eagerly",
        "steps_per_execution",
        "jit_compile",
    ]
    assert config["loss"][0] == "mse"
    assert config["loss"][1]["class_name"] == "Huber"
    assert config["metrics"][0] == ["mae"] and config["jit_compile"] is True
    twin = double()
    twin.compile_from_config(config)
    assert twin.get_compile_config() == config
    assert twin.optimizer.built and twin.steps_per_execution == 2


def test_functions_are_written_by_name():
    config = single(loss=keras.losses.mean_squared_error).get_compile_config()
    assert config["loss"]["config"] == "mean_squared_error"


def test_eager_and_compiled_exclude_each_other():
    model = single(loss="mse", run_eagerly=True)
    assert not model.jit_compile
    model.run_eagerly = False
    assert model.jit_compile
