"""Configs of older files in today's terms: dicts in, dicts out."""

import pytest

from minikeras.legacy.ages import age_of
from minikeras.legacy.configs import model_config
from minikeras.legacy.training import training_config as modern
from minikeras.saving import training_config


def dense(**config):
    return {"class_name": "Dense", "config": {"name": "fc", **config}}


def test_bare_list_of_layers():
    old = {"class_name": "Sequential", "config": [dense(units=2)]}
    new = model_config(old, age_of("2.1.0"))
    assert new["config"] == {"layers": [dense(units=2)]}


def test_first_layer_tells_the_input_shape():
    first = dense(units=2, batch_input_shape=[None, 3], dtype="float32")
    second = dense(units=1, batch_input_shape=[None, 2])
    old = {"class_name": "Sequential", "config": {"layers": [first, second]}}
    entry, *layers = model_config(old, age_of("2.3.0"))["config"]["layers"]
    assert entry["class_name"] == "InputLayer"
    assert entry["config"] == {
        "batch_shape": [None, 3],
        "name": "fc_input",
        "dtype": "float32",
    }
    assert layers == [dense(units=2, dtype="float32"), dense(units=1)]
    assert "batch_input_shape" in first["config"], "the argument is not changed"


def test_input_layer_and_policy_in_a_nested_model():
    policy = {"class_name": "Policy", "config": {"name": "mixed_float16"}}
    entry = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 3]}}
    inner = {"class_name": "Model", "config": {"layers": [entry, dense(dtype=policy)]}}
    outer = {"class_name": "Functional", "config": {"layers": [inner]}}
    new = model_config(outer, age_of("2.4.0"))["config"]["layers"][0]["config"][
        "layers"
    ]
    assert new[0]["config"] == {"batch_shape": [None, 3]}
    assert new[1] == dense(dtype="mixed_float16")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("BatchNormalization", {"axis": [3], "fused": None}, {"axis": 3}),
        ("BatchNormalization", {}, {"axis": -1}),
        ("Embedding", {"output_dim": 4, "input_length": 7}, {"output_dim": 4}),
        ("SpatialDropout2D", {"rate": 0.5, "trainable": True}, {"rate": 0.5}),
        ("Dense", {"trainable": True}, {"trainable": True}),
        ("DepthwiseConv2D", {"strides": 2, "groups": 1}, {"strides": 2}),
        ("Conv2D", {"filters": 2, "groups": 2}, {"filters": 2, "groups": 2}),
        (
            "SeparableConv1D",
            {"groups": 1, "kernel_initializer": "zeros", "use_bias": False},
            {"use_bias": False},
        ),
        ("LSTM", {"units": 2, "implementation": 2, "time_major": False}, {"units": 2}),
        ("MultiHeadAttention", {"key_dim": 2, "query_shape": [1, 2]}, {"key_dim": 2}),
        (
            "TimeDistributed",
            {"layer": {"class_name": "BatchNormalization", "config": {"axis": [1]}}},
            {"layer": {"class_name": "BatchNormalization", "config": {"axis": 1}}},
        ),
        (
            "StackedRNNCells",
            {"cells": [{"class_name": "GRUCell", "config": {"implementation": 2}}]},
            {"cells": [{"class_name": "GRUCell", "config": {}}]},
        ),
    ],
)
def test_keys_that_today_look_otherwise_or_are_gone(name, old, new):
    layers = [{"class_name": name, "config": old}]
    model = {"class_name": "Sequential", "config": {"layers": layers}}
    (layer,) = model_config(model, age_of("2.10.0"))["config"]["layers"]
    assert layer == {"class_name": name, "config": new}


def test_steps_before_the_batch():
    lstm = {"class_name": "LSTM", "config": {"name": "rnn", "time_major": True}}
    model = {"class_name": "Sequential", "config": {"layers": [lstm]}}
    with pytest.raises(ValueError, match="Layer 'rnn' has time_major=True"):
        model_config(model, age_of("2.10.0"))
    own = {"class_name": "Mine", "config": {"time_major": True}}
    model = {"class_name": "Sequential", "config": {"layers": [own]}}
    assert model_config(model, age_of("2.10.0")) == model


@pytest.mark.parametrize("config", [None, [], {"config": {}}])
def test_what_is_no_model_passes(config):
    assert model_config(config, age_of(None)) is config


def test_metrics_of_tf_keras():
    def wrapper(name, fn):
        config = {"name": name, "dtype": "float32", "fn": fn}
        return {"class_name": "MeanMetricWrapper", "config": config}

    old = {
        "loss": {"class_name": "Huber", "config": {"reduction": "auto", "delta": 2}},
        "metrics": [[wrapper("accuracy", "binary_accuracy"), wrapper("mae", "mae")]],
        "weighted_metrics": {"a": ["mse"]},
    }
    new = modern(old, age_of("2.4.0"))
    assert new["metrics"] == [["accuracy", "mae"]]
    assert new["weighted_metrics"] == {"a": ["mse"]}
    assert new["loss"]["config"] == {"reduction": "sum_over_batch_size", "delta": 2}


def test_loss_is_stored_under_its_full_name():
    named = {"class_name": "Huber", "config": {"name": "mse"}}
    stored = training_config.from_compile_config(
        {"optimizer": None, "loss": {"a": "mse", "b": [named, "own", None]}}
    )
    assert stored["loss"] == {"a": "mean_squared_error", "b": [named, "own", None]}


def test_objects_are_stored_without_module():
    loss = {"module": "keras.losses", "class_name": "Huber", "config": {"delta": 2}}
    metric = {"module": "builtins", "class_name": "function", "config": "mae"}
    own = {"module": "x", "class_name": "F1", "config": {}, "registered_name": "my>F1"}
    optimizer = {"module": "keras.optimizers", "class_name": "SGD", "config": {"a": 1}}
    plain = training_config.from_compile_config(
        {"optimizer": optimizer, "loss": {"y": loss}, "metrics": [[metric], own]}
    )
    assert plain == {
        "loss": {"y": {"class_name": "Huber", "config": {"delta": 2}}},
        "metrics": [["mae"], {"class_name": "my>F1", "config": {}}],
        "optimizer_config": {"class_name": "SGD", "config": {"a": 1}},
    }
    assert training_config.from_compile_config({}) is None


def test_states_of_recurrent_layers_were_further_inputs():
    calls = [[["x", 0, 0, {}], ["enc", 0, 1, {}], ["enc", 0, 2, {}]]]
    form = {"class_name": "LSTM", "config": {}, "inbound_nodes": calls}
    old = {"class_name": "Functional", "config": {"layers": [form]}}
    new = model_config(old, age_of("2.15.0"))["config"]["layers"][0]["inbound_nodes"]
    assert new == [[["x", 0, 0, {"initial_state": [["enc", 0, 1], ["enc", 0, 2]]}]]]
    alone = {**form, "inbound_nodes": [[["x", 0, 0, {}]]]}
    old = {"class_name": "Functional", "config": {"layers": [alone]}}
    assert model_config(old, age_of("2.15.0"))["config"]["layers"] == [alone]
