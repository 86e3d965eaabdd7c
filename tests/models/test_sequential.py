"""Sequential: adding, popping, building early and late, and what it says when wrong."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers


def test_weights_are_there_as_soon_as_the_shape_is():
    model = keras.Sequential(name="net")
    model.add(keras.Input((3,)))
    assert not model.built and model.layers == []
    model.add(layers.Dense(4))
    assert model.built and model.output_shape == (None, 4)
    model.add(layers.Dense(2))
    assert model.output_shape == (None, 2)
    assert [v.shape for v in model.weights] == [(3, 4), (4,), (4, 2), (2,)]


def test_weights_wait_for_data_without_an_input():
    model = keras.Sequential([layers.Dense(4), layers.Dense(2)])
    assert not model.built and model.weights == []
    assert model(np.ones((5, 3))).shape == (5, 2)
    assert model.built and len(model.weights) == 4


def test_data_of_another_batch_size_fit_a_deferred_model():
    model = keras.Sequential([layers.Dense(2)])
    model(np.ones((5, 3)))
    assert model(np.ones((7, 3))).shape == (7, 2)


@pytest.mark.parametrize(
    "first",
    [
        lambda: [keras.Input((3,)), layers.Dense(2)],
        lambda: [layers.InputLayer(shape=(3,)), layers.Dense(2)],
        lambda: [layers.InputLayer(batch_shape=(None, 3)), layers.Dense(2)],
    ],
)
def test_ways_to_give_the_input_shape(first):
    model = keras.Sequential(first())
    assert model.input_shape == (None, 3)
    assert [layer.name for layer in model.layers] == ["dense"]


@pytest.mark.filterwarnings("ignore:.*input_shape")
@pytest.mark.parametrize("hint", [{"input_shape": (3,)}, {"input_dim": 3}])
def test_first_layer_may_name_the_input_shape(hint):
    model = keras.Sequential([layers.Dense(2, **hint), layers.Dense(1)])
    assert model.built and model.input_shape == (None, 3)


def test_input_may_be_added_late():
    model = keras.Sequential([layers.Dense(2)])
    model.add(keras.Input((3,)))
    assert model.built and model.input_shape == (None, 3)


def test_model_as_first_layer_tells_the_input_shape():
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    model = keras.Sequential([inner, layers.Dense(1)])
    assert model.built and model.input_shape == (None, 3)


def test_model_with_several_inputs_as_first_layer():
    a, b = keras.Input((2,)), keras.Input((2,))
    inner = keras.Model([a, b], layers.Add()([a, b]))
    model = keras.Sequential([inner, layers.Dense(1)])
    assert model([np.ones((3, 2)), np.ones((3, 2))]).shape == (3, 1)
    assert len(model.weights) == 2


def test_pop_returns_the_last_layer_and_shortens_the_model():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2)])
    last = model.layers[-1]
    assert model.pop() is last
    assert model.output_shape == (None, 4) and model.built
    assert model(np.ones((1, 3))).shape == (1, 4)
    model.add(layers.Dense(5))
    assert model.output_shape == (None, 5)
    model.pop(), model.pop()
    assert not model.built and model.layers == []


def test_added_layer_keeps_the_weights_of_the_others():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4)])
    before = model.layers[0].get_weights()
    model.add(layers.Dense(2))
    for a, b in zip(before, model.layers[0].get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(model.layers[0]._inbound_nodes) == 1


def test_layer_added_without_rebuild_is_built_by_the_call():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4)])
    model.add(layers.Dense(2), rebuild=False)
    assert not model.built
    assert model(np.ones((1, 3))).shape == (1, 2)
    assert model.output_shape == (None, 2)


def test_build_takes_the_shape_of_the_input():
    model = keras.Sequential([layers.Dense(2)])
    model.build((None, 3))
    assert model.layers[0].kernel.shape == (3, 2)
    assert model.get_config()["build_input_shape"] == (None, 3)


def test_vector_is_taken_as_a_column():
    model = keras.Sequential([keras.Input((1,)), layers.Dense(2)])
    assert model(np.ones(5)).shape == (5, 2)
    assert model(np.ones((5, 1, 1))).shape == (5, 2)


def test_data_are_cast_to_the_dtype_of_the_input():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    assert model(np.ones((5, 2), "int64")).dtype == "float32"


@pytest.mark.parametrize("wrap", [list, lambda x: {"any": x[0]}])
def test_only_input_may_come_in_a_list_or_dict(wrap):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2)])
    assert model(wrap([np.ones((5, 2))])).shape == (5, 2)


def test_training_flag_reaches_the_layers():
    model = keras.Sequential([keras.Input((50,)), layers.Dropout(0.5, seed=1)])
    x = np.ones((1, 50), "float32")
    assert (model(x).numpy() == 1).all()
    assert (model(x, training=True).numpy() == 0).any()
    assert (
        model.call(keras.ops.convert_to_tensor(x), training=True).numpy() == 0
    ).any()


def test_mask_flows_through():
    model = keras.Sequential([layers.Masking(), layers.Dense(2)])
    x = np.ones((1, 3, 2), "float32")
    x[0, 1] = 0
    assert model(x)._keras_mask.numpy().tolist() == [[True, False, True]]


def test_layer_outputs_make_a_feature_extractor():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2)])
    features = keras.Model(model.inputs, model.layers[0].output)
    assert features(np.ones((5, 3))).shape == (5, 4)
    assert features.layers[-1] is model.layers[0]


def test_model_built_inside_another_has_a_graph():
    inner = keras.Sequential([layers.Dense(4), layers.Dense(2)])
    outer = keras.Sequential([inner])
    outer.build((None, 3))
    assert keras.Model(inner.inputs, inner.layers[0].output).output_shape == (None, 4)


def test_weight_paths_begin_with_the_model():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="d")], name="net")
    assert [v.path for v in model.weights] == ["net/d/kernel", "net/d/bias"]


def test_bare_list_is_a_config():
    config = keras.Sequential([keras.Input((3,)), layers.Dense(2)]).get_config()
    model = keras.Sequential.from_config(config["layers"])
    assert model.output_shape == (None, 2)


def test_subclass_comes_back_as_itself():
    class Mine(keras.Sequential):
        pass

    model = Mine([keras.Input((3,)), layers.Dense(2)], trainable=False)
    twin = Mine.from_config(model.get_config())
    assert type(twin) is Mine and not twin.trainable


# ------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("thing", "advice"),
    [
        (layers.Dense, r"Try Dense\(...\): this is the class, not a layer of it."),
        (len, r"got <built-in function len> .* Try Lambda\(function\)."),
        ("relu", r"Sequential 'net': only layers can be added, got 'relu' \(str\)."),
    ],
)
def test_only_layers_can_be_added(thing, advice):
    with pytest.raises(ValueError, match=advice):
        keras.Sequential(name="net").add(thing)


def test_layer_names_must_differ():
    message = (
        r"Sequential 'net': two layers have the name 'd', a Dense and a ReLU. Give one "
        r"of them another: ReLU\(..., name='d_2'\)."
    )
    with pytest.raises(ValueError, match=message):
        keras.Sequential([layers.Dense(1, name="d"), layers.ReLU(name="d")], name="net")


def test_second_input_is_refused():
    model = keras.Sequential([keras.Input((3,))], name="net")
    message = r"Sequential 'net' has an input already, of shape \(None, 3\); another"
    with pytest.raises(ValueError, match=message):
        model.add(keras.Input((2,)))


def test_pop_of_nothing():
    with pytest.raises(IndexError, match="Sequential 'net': there is no layer to pop."):
        keras.Sequential(name="net").pop()


def test_model_without_layers_cannot_run():
    with pytest.raises(
        ValueError, match="Sequential 'net' has no layers to build. Try"
    ):
        keras.Sequential(name="net")(np.ones((1, 2)))


def test_build_needs_a_shape():
    model = keras.Sequential([layers.Dense(1)], name="net")
    with pytest.raises(
        ValueError, match="Sequential 'net': the input shape is not known"
    ):
        model.build()


def test_build_for_another_shape_is_refused():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)], name="net")
    message = r"'net' is built for inputs of shape \(None, 3\); it cannot be built for"
    with pytest.raises(ValueError, match=message):
        model.build((None, 4))


@pytest.mark.parametrize("wanted", ["input", "outputs", "output_shape"])
def test_ends_are_unknown_before_building(wanted):
    model = keras.Sequential([layers.Dense(1)], name="net")
    with pytest.raises(
        AttributeError, match=f"'net' has no {wanted} before it is built"
    ):
        getattr(model, wanted)


@pytest.mark.parametrize("shape", [(5, 4), (3,), (5, 3, 2)])
def test_shape_of_data_must_fit(shape):
    model = keras.Sequential([keras.Input((3,), name="x"), layers.Dense(1)], name="net")
    message = (
        rf"Sequential 'net': input 'x' must have shape \(None, 3\), got "
        rf"\({str(shape)[1:-1]}\). Reshape the data, or build the model with Input"
    )
    with pytest.raises(ValueError, match=message):
        model(np.ones(shape))


def test_several_inputs_are_refused():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)], name="net")
    with pytest.raises(
        ValueError, match="Sequential 'net' expects 1 input, got 2. Use"
    ):
        model([np.ones((1, 3)), np.ones((1, 3))])
