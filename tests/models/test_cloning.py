"""`clone_model`: functions for layers and calls, other inputs, models in models."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.models import clone_model


def graph():
    x = keras.Input((3,), name="x")
    inner = keras.Sequential([layers.Dense(3, name="in")], name="inner")
    return keras.Model(x, layers.Dense(2, name="out")(inner(x) * 2.0), name="net")


def test_names_stay():
    clone = clone_model(graph())
    assert clone.name == "net"
    assert [operation.name for operation in clone.operations] == [
        "x",
        "inner",
        "multiply",
        "out",
    ]


def test_clone_function_makes_the_layers_but_not_the_inputs():
    seen = []

    def rename(layer):
        seen.append(layer.name)
        config = layer.get_config()
        return type(layer).from_config({**config, "name": f"new_{layer.name}"})

    clone = clone_model(graph(), clone_function=rename)
    assert seen == ["inner", "out"]
    assert [layer.name for layer in clone.layers] == ["x", "new_inner", "new_out"]


def test_clone_function_may_share_layers():
    model = graph()
    clone = clone_model(model, clone_function=lambda layer: layer)
    x = np.ones((2, 3))
    np.testing.assert_array_equal(model(x), clone(x))
    assert clone.get_layer("out") is model.get_layer("out")


def test_recursive_clones_what_is_inside():
    seen = []

    def note(layer):
        seen.append(layer.name)
        return type(layer).from_config(layer.get_config())

    clone = clone_model(graph(), clone_function=note, recursive=True)
    assert seen == ["in", "out"]
    assert [layer.name for layer in clone.get_layer("inner").layers] == ["in"]


def test_call_function_makes_the_calls():
    seen = []

    def call(layer, *args, **kwargs):
        seen.append(layer.name)
        return layer(*args, **kwargs)

    clone_model(graph(), call_function=call)
    assert seen == ["inner", "out"]


@pytest.mark.parametrize("kind", ["functional", "sequential"])
def test_clone_may_begin_at_other_inputs(kind):
    model = graph()
    if kind == "sequential":
        model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    new = keras.Input((3,), name="new")
    clone = clone_model(model, input_tensors=new)
    assert clone.inputs[0] is new
    assert clone(np.ones((2, 3))).shape == (2, 2)


def test_deferred_model_stays_deferred():
    clone = clone_model(keras.Sequential([layers.Dense(2)]))
    assert not clone.built and clone.layers[0].units == 2


class Net(keras.Model):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = layers.Dense(units)

    def call(self, inputs):
        return self.dense(inputs)


def test_subclass_is_made_of_its_config():
    clone = clone_model(Net(5, name="net"))
    assert type(clone) is Net and clone.units == 5


# ------------------------------------------------------------------------- errors


def test_subclass_takes_no_clone_function():
    message = r"Net 'net': only Sequential and functional models can be cloned with"
    with pytest.raises(ValueError, match=message):
        clone_model(Net(5, name="net"), clone_function=lambda layer: layer)


def test_sequential_takes_no_call_function():
    model = keras.Sequential([layers.Dense(2)], name="net")
    message = "Sequential 'net': call_function is for functional models only"
    with pytest.raises(ValueError, match=message):
        clone_model(model, call_function=lambda layer, *args: layer(*args))


def test_clone_function_must_return_layers():
    message = "clone_function must return a layer, got None for Sequential 'inner'."
    with pytest.raises(ValueError, match=message):
        clone_model(graph(), clone_function=lambda layer: None)


def test_input_tensors_must_be_symbolic_and_as_many_as_inputs():
    with pytest.raises(
        ValueError, match="input_tensors must be KerasTensors, got array"
    ):
        clone_model(graph(), input_tensors=np.ones(3))
    x = keras.Input((3,))
    message = r"clone_model: Functional 'net' has 1 input\(s\), got 2 input_tensors."
    with pytest.raises(ValueError, match=message):
        clone_model(graph(), input_tensors=[x, x])


def test_unknown_argument():
    with pytest.raises(TypeError, match="clone_model: unknown argument 'deep'."):
        clone_model(graph(), deep=True)


def test_only_models_are_cloned():
    with pytest.raises(ValueError, match="clone_model: model must be a model, got 3"):
        clone_model(3)
