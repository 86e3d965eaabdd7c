"""What every kind of model owes, checked for every class in the registry."""

import json

import numpy as np
import pytest

import minikeras as keras
from minikeras import tree
from minikeras.models.model import MODELS
from tests.cases.models import CASES, inputs

EVERY = [
    pytest.param(case, id=f"{name}-{case.build.__name__}")
    for name, cases in CASES.items()
    for case in cases
]
MADE_OF_LAYERS = [param for param in EVERY if not param.id.startswith("Model")]
every_model = pytest.mark.parametrize("case", EVERY)
every_listed_model = pytest.mark.parametrize("case", MADE_OF_LAYERS)


def built(case):
    model = case.build(keras)
    model(inputs(case))
    return model


def outputs(model, case):
    return [y.numpy() for y in tree.flatten(model(inputs(case)))]


def same(first, second):
    assert len(first) == len(second)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_every_model_class_has_a_case():
    assert {name for name, _ in MODELS.items()} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_cases_make_the_class_that_they_are_for(name):
    for case in CASES[name]:
        assert isinstance(case.build(keras), MODELS.find(name))


@every_listed_model
def test_config_makes_a_twin(case):
    model = built(case)
    twin = type(model).from_config(model.get_config())
    twin.build(None) if not twin.built else None
    twin.set_weights(model.get_weights())
    same(outputs(model, case), outputs(twin, case))
    assert json.dumps(twin.get_config()) == json.dumps(model.get_config())


@every_listed_model
def test_json_makes_a_twin(case):
    model = built(case)
    twin = keras.models.model_from_json(model.to_json())
    twin.set_weights(model.get_weights())
    same(outputs(model, case), outputs(twin, case))
    assert twin.to_json() == model.to_json()


@every_listed_model
def test_clone_has_the_same_layers_and_other_weights(case):
    model = built(case)
    clone = keras.models.clone_model(model)
    assert [x.name for x in clone.layers] == [x.name for x in model.layers]
    assert not {id(v) for v in clone.weights} & {id(v) for v in model.weights}
    clone.set_weights(model.get_weights())
    same(outputs(model, case), outputs(clone, case))


@every_listed_model
def test_symbolic_call_gives_the_shapes_of_the_eager_one(case):
    model = built(case)
    symbols = tree.map_structure(lambda x: keras.Input(x.shape[1:]), inputs(case))
    called = model(symbols)
    eager = model(inputs(case, batch=5))
    tree.assert_same_structure(called, eager)
    for symbol, value in zip(tree.flatten(called), tree.flatten(eager), strict=True):
        assert symbol.shape[1:] == value.shape[1:]
        assert symbol.shape[0] is None
    assert len(model._inbound_nodes) == 1


@every_listed_model
def test_output_shape_is_known_for_a_shape(case):
    model = built(case)
    given = inputs(case, batch=5)
    shapes = model.compute_output_shape(tree.map_structure(lambda x: x.shape, given))
    assert shapes == tree.map_structure(lambda y: y.shape, model(given))


@every_listed_model
def test_new_graph_on_the_symbolic_ends_is_the_same_model(case):
    model = built(case)
    again = keras.Model(model.inputs, model.outputs)
    given = tree.flatten(inputs(case))
    same(outputs(model, case), [y.numpy() for y in tree.flatten(again(given))])


@every_model
def test_layers_hold_all_weights(case):
    model = built(case)
    held = [v for layer in model.layers for v in layer.weights]
    assert list(dict.fromkeys(map(id, held))) == [id(v) for v in model.weights]
    assert model.count_params() == sum(v.size for v in model.weights)
    assert all(model.get_layer(layer.name) is layer for layer in model.layers)


@every_model
def test_summary_counts_the_parameters(case):
    model, lines = built(case), []
    model.summary(print_fn=lines.append)
    (text,) = lines
    assert f" Total params: {model.count_params():,} (" in text
    assert all(layer.name in text for layer in model.layers)


@every_model
def test_freezing_leaves_nothing_to_train(case):
    model = built(case)
    model.trainable = False
    assert model.trainable_weights == []
    assert len(model.non_trainable_weights) == len(model.weights)


@every_model
def test_training_step_changes_all_trainable_weights(case):
    model = built(case)
    before = [v.numpy() for v in model.trainable_weights]
    with keras.GradientTape() as tape:
        results = tree.flatten(model(inputs(case), training=True))
        loss = sum(keras.ops.sum(y * y) + keras.ops.sum(y) for y in results)
    gradients = tape.gradient(loss, model.trainable_weights)
    assert all(g is not None for g in gradients)
    for v, g in zip(model.trainable_weights, gradients, strict=True):
        v.assign_sub(0.1 * g)
    if case.build.__name__ != "training_in_graph":  # sums of normalised values
        changed = zip(before, model.trainable_weights, strict=True)
        assert any(not np.array_equal(a, v.numpy()) for a, v in changed)
