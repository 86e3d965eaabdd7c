"""Configs: what they hold, what older ones looked like, and broken ones."""

import json

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.models import Functional, model_from_json
from minikeras.models.nodes import upgrade


def twin_of(model):
    return model_from_json(model.to_json())


def node(*place):
    config = {"shape": [None, 3], "dtype": "float32", "keras_history": list(place)}
    return {"class_name": "__keras_tensor__", "config": config}


def test_config_of_a_graph():
    x = keras.Input((3,), name="x")
    dense = layers.Dense(3, name="d")
    model = keras.Model(x, {"y": dense(dense(x)) * 2.0}, name="net")
    config = json.loads(model.to_json())
    assert config["module"] == "keras.src.models.functional"
    assert (config["class_name"], config["registered_name"]) == ("Functional",) * 2
    config = config["config"]
    assert config["input_layers"] == ["x", 0, 0]
    assert config["output_layers"] == {"y": ["multiply", 0, 0]}
    x, d, multiply = config["layers"]
    assert x["inbound_nodes"] == []
    assert d["inbound_nodes"] == [
        {"args": [node("x", 0, 0)], "kwargs": {}},
        {"args": [node("d", 0, 0)], "kwargs": {}},
    ]
    assert multiply == {
        "module": "keras.src.ops.numpy",
        "class_name": "Multiply",
        "config": {"name": "multiply"},
        "registered_name": "Multiply",
        "name": "multiply",
        "inbound_nodes": [{"args": [node("d", 1, 0), 2.0], "kwargs": {}}],
    }


def test_calls_are_counted_within_the_model():
    x = keras.Input((3,), name="x")
    dense = layers.Dense(3, name="d")
    dense(x), dense(x)
    config = keras.Model(x, dense(x)).get_config()
    assert config["output_layers"] == ["d", 0, 0]
    assert len(config["layers"][1]["inbound_nodes"]) == 1


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[:, None, 0],
        lambda x: x[..., 1:],
        lambda x: keras.ops.concatenate([x, 2 * x], axis=1),
        lambda x: keras.ops.reshape(x, (-1, 1)),
        lambda x: keras.ops.max(x, axis=1, keepdims=True),
        lambda x: x @ np.ones((3, 2), "float32"),
    ],
)
def test_ops_come_back(function):
    x = keras.Input((3,))
    model = keras.Model(x, function(x))
    data = np.arange(6, dtype="float32").reshape(2, 3)
    np.testing.assert_array_equal(twin_of(model)(data), model(data))


def test_layers_in_any_order_are_read():
    x = keras.Input((3,))
    model = keras.Model(x, layers.Dense(2)(layers.Dense(4)(x)))
    config = model.get_config()
    config["layers"] = config["layers"][::-1]
    assert Functional.from_config(config).output_shape == (None, 2)


def test_model_config_of_any_module_is_read():
    form = json.loads(keras.Sequential([keras.Input((3,)), layers.Dense(2)]).to_json())
    for module in ("keras", "keras.models", "keras.src.models.sequential", None):
        model = model_from_json(json.dumps({**form, "module": module}))
        assert type(model) is keras.Sequential


def test_class_model_with_a_graph_is_functional():
    x = keras.Input((3,))
    form = json.loads(keras.Model(x, layers.Dense(2)(x)).to_json())
    form = {"class_name": "Model", "config": form["config"]}
    assert type(model_from_json(json.dumps(form))) is Functional


def test_custom_layers_are_passed_by_name():
    class Twice(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    x = keras.Input((3,))
    text = keras.Model(x, Twice()(x)).to_json()
    model = model_from_json(text, custom_objects={"Twice": Twice})
    assert model(np.ones((1, 3))).numpy().tolist() == [[2, 2, 2]]


def test_frozen_layers_stay_frozen():
    x = keras.Input((3,))
    model = keras.Model(x, layers.Dense(2, trainable=False)(x), trainable=False)
    assert not twin_of(model).trainable
    model.trainable = True
    model.layers[1].trainable = False
    assert twin_of(model).trainable and not twin_of(model).layers[1].trainable


# --------------------------------------------------------------- Keras 1 and 2


def old(name, cls, nodes, **config):
    return {
        "name": name,
        "class_name": cls,
        "config": {"name": name, **config},
        "inbound_nodes": nodes,
    }


def test_nodes_of_keras_2_are_read():
    config = {
        "name": "old",
        "layers": [
            old("a", "InputLayer", [], batch_shape=[None, 3], dtype="float32"),
            old("b", "InputLayer", [], batch_shape=[None, 3], dtype="float32"),
            old("d", "Dense", [[["a", 0, 0, {}]], [["b", 0, 0, {}]]], units=2),
            old("sum", "Add", [[["d", 0, 0, {}], ["d", 1, 0, {}]]]),
        ],
        "input_layers": [["a", 0, 0], ["b", 0, 0]],
        "output_layers": [["sum", 0, 0]],
    }
    model = Functional.from_config(config)
    assert model([np.ones((4, 3)), np.ones((4, 3))]).shape == (4, 2)
    assert len(model.get_layer("d")._inbound_nodes) == 2


def test_calls_of_inner_models_counted_from_one():
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(3)], name="inner")
    first, second = [["a", 0, 0, {}]], [["inner", 1, 0, {}]]
    form = {
        "name": "inner",
        "class_name": "Sequential",
        "config": inner.get_config(),
        "inbound_nodes": [first, second],
    }
    config = {
        "layers": [
            old("a", "InputLayer", [], batch_shape=[None, 3]),
            form,
            old("r", "ReLU", [[["inner", 2, 0, {}]]]),
        ],
        "input_layers": [["a", 0, 0]],
        "output_layers": [["r", 0, 0]],
    }
    model = Functional.from_config(config)
    assert model(np.ones((4, 3))).shape == (4, 3)


def test_tensors_among_old_keyword_arguments():
    call = [["a", 0, 0, {"state": ["b", 0, 0], "flag": True}]]
    config = {
        "layers": [old("a", "InputLayer", []), old("d", "Dense", [call])],
        "output_layers": [["d", 0, 0]],
    }
    (new,) = upgrade(config)["layers"][1]["inbound_nodes"]
    assert new["args"][0]["config"] == {"keras_history": ["a", 0, 0]}
    assert new["kwargs"]["state"]["config"] == {"keras_history": ["b", 0, 0]}
    assert new["kwargs"]["flag"] is True


def test_other_forms_of_old_nodes():
    nodes = [
        ["a", 0, 0, {}],
        {"x": ["a", 0, 0, {}], "y": ["b", 0, 0, {}]},
        [["a", 0, 0], ["_CONSTANT_VALUE", -1, 2.0, {}]],
    ]
    config = {"layers": [old("d", "Dense", nodes)], "output_layers": ["d", 0, 0]}
    bare, by_name, constant = upgrade(config)["layers"][0]["inbound_nodes"]
    assert bare["args"][0]["config"] == {"keras_history": ["a", 0, 0]}
    assert sorted(by_name["args"][0]) == ["x", "y"]
    assert constant["args"][0][1] == 2.0


# ------------------------------------------------------------------------- errors


def test_reference_to_nothing_is_named():
    config = {
        "layers": [
            old("a", "InputLayer", [], batch_shape=[None, 3]),
            old("d", "Dense", [[["c", 0, 0, {}]]], units=2),
        ],
        "input_layers": [["a", 0, 0]],
        "output_layers": [["d", 0, 0]],
    }
    message = (
        r"The config is inconsistent: layer 'd' takes the output of 'c' \(call 0\), "
        r"which cannot be made. The layers are \['a', 'd'\]."
    )
    with pytest.raises(ValueError, match=message):
        Functional.from_config(config)


def test_output_that_does_not_exist_is_named():
    x = keras.Input((3,))
    config = keras.Model(x, layers.Dense(2, name="d")(x)).get_config()
    config["output_layers"] = ["d", 1, 0]
    message = r"The config is inconsistent: its output_layers, \['d', 1, 0\], are not"
    with pytest.raises(ValueError, match=message):
        Functional.from_config(config)


def test_unknown_op_is_named():
    x = keras.Input((3,))
    text = keras.Model(x, x * 2.0).to_json().replace('"Multiply"', '"Multipli"')
    with pytest.raises(
        ValueError, match="Unknown op 'Multipli'. Did you mean 'multiply'?"
    ):
        model_from_json(text)


def test_unknown_layer_is_named():
    x = keras.Input((3,))
    text = keras.Model(x, layers.Dense(2)(x)).to_json().replace('"Dense"', '"Dens"')
    with pytest.raises(ValueError, match="Unknown layer 'Dens'. Did you mean 'Dense'?"):
        model_from_json(text)
