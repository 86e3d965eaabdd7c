"""Functional models: structures, shared layers, sub-models, and wrong graphs."""

import weakref

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers, tree
from minikeras.models import Functional


@pytest.fixture
def pair():
    """A model with two inputs, a and b."""
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    x = layers.Concatenate(name="both")([layers.Dense(4, name="d")(a), b])
    return keras.Model([a, b], x, name="pair")


A, B = np.ones((5, 3), "float32"), np.zeros((5, 2), "float32")


def test_model_of_inputs_and_outputs_is_functional(pair):
    assert type(pair) is Functional and pair.built
    assert [layer.name for layer in pair.layers] == ["a", "d", "b", "both"]
    assert pair.input_names == ["a", "b"] and pair.output_names == ["both"]


def test_inputs_come_as_list_or_dict_by_name(pair):
    by_list, by_dict = pair([A, B]), pair({"b": B, "a": A, "unknown": B})
    np.testing.assert_array_equal(by_list, by_dict)


@pytest.mark.parametrize(
    "pack",
    [
        lambda x, y: [x, y],
        lambda x, y: (x, y),
        lambda x, y: {"y": y, "x": x},
        lambda x, y: {"pair": [x, y], "again": x},
    ],
)
def test_outputs_keep_their_structure(pack):
    x = keras.Input((3,))
    outputs = pack(x, layers.Dense(2)(x))
    results = keras.Model(x, outputs)(A)
    tree.assert_same_structure(results, outputs)
    assert list(results) == list(outputs) if isinstance(outputs, dict) else True


def test_single_output_in_a_list_comes_alone():
    x = keras.Input((3,))
    assert keras.Model([x], [layers.Dense(2)(x)])([A]).shape == (5, 2)


def test_nested_input_structure():
    a, b, c = (keras.Input((2,), name=name) for name in "abc")
    model = keras.Model({"first": [a, b], "last": c}, a + b * c)
    ones = np.ones((1, 2))
    y = model({"first": [ones, 2 * ones], "last": 3 * ones})
    assert y.numpy().tolist() == [[7, 7]]


def test_list_for_a_dict_warns():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    model = keras.Model({"a": a, "b": b}, [a, b], name="net")
    with pytest.warns(UserWarning, match=r"Functional 'net': the inputs were declared"):
        model([A, B])


def test_shared_layer_is_one_layer_with_two_calls():
    a, b = keras.Input((3,)), keras.Input((3,))
    twin = layers.Dense(2, name="twin")
    model = keras.Model([a, b], [twin(a), twin(b)])
    assert [layer.name for layer in model.layers].count("twin") == 1
    first, second = model([A, A])
    np.testing.assert_array_equal(first, second)
    assert len(model.weights) == 2


def test_inner_output_gives_a_feature_extractor(pair):
    features = keras.Model(pair.input, pair.get_layer("d").output)
    assert features([A, B]).shape == (5, 4)
    assert features.get_layer("d") is pair.get_layer("d")


def test_inner_tensor_may_be_an_input():
    x = keras.Input((3,))
    hidden = layers.Dense(4, name="hidden")(x)
    whole = keras.Model(x, layers.Dense(2, name="out")(hidden))
    head = keras.Model(hidden, whole.output)
    assert [layer.name for layer in head.layers] == ["hidden_output", "out"]
    middle = whole.get_layer("hidden")(A)
    np.testing.assert_array_equal(head(middle), whole(A))
    twin = Functional.from_config(head.get_config())
    twin.set_weights(head.get_weights())
    np.testing.assert_array_equal(twin(middle), whole(A))


def test_input_may_be_an_output():
    x = keras.Input((3,))
    y, z = keras.Model(x, [x, x + 1])(A)
    assert (y.numpy() == A).all() and (z.numpy() == A + 1).all()


def test_input_that_no_output_needs():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    model = keras.Model([a, b], layers.Dense(2, name="d")(a))
    assert [layer.name for layer in model.layers] == ["a", "b", "d"]
    assert model([A, B]).shape == (5, 2)


def test_model_called_in_a_model_is_one_node(pair):
    a, b = keras.Input((3,)), keras.Input((2,))
    outer = keras.Model([a, b], layers.Dense(1)(pair([a, b])))
    assert [type(layer).__name__ for layer in outer.layers] == [
        "InputLayer",
        "InputLayer",
        "Functional",
        "Dense",
    ]
    assert outer([A, B]).shape == (5, 1)


def test_layers_with_several_outputs():
    class Halves(layers.Layer):
        def call(self, inputs):
            return {"left": inputs[:, :1], "right": inputs[:, 1:]}

    x = keras.Input((3,))
    halves = Halves()(x)
    model = keras.Model(x, halves["right"] * 2)
    assert model(A).numpy().tolist() == [[2, 2]] * 5


def test_operators_are_operations_but_not_layers():
    x = keras.Input((3,))
    model = keras.Model(x, (x * 2.0 + 1.0)[:, :2])
    names = [operation.name for operation in model.operations]
    assert names == ["input_layer", "multiply", "add", "get_item"]
    assert [layer.name for layer in model.layers] == ["input_layer"]
    assert model(A).numpy().tolist() == [[3, 3]] * 5


def test_keyword_arguments_may_be_tensors():
    class Scaled(layers.Layer):
        def call(self, inputs, by=None, bias=0.0):
            return inputs * by + bias

    x, by = keras.Input((3,)), keras.Input((3,))
    model = keras.Model([x, by], Scaled()(x, by=by, bias=1.0))
    assert model([A, 2 * A]).numpy().tolist() == [[3, 3, 3]] * 5


class Flagged(layers.Layer):
    """Multiplies by 1 for training, by 0 else."""

    def call(self, inputs, training=None):
        return inputs * (1.0 if training else 0.0)


@pytest.mark.parametrize(
    ("told", "asked", "expected"),
    [
        (None, None, 0),
        (None, True, 1),
        (True, None, 1),
        (True, False, 0),
        (False, True, 1),
    ],
)
def test_training_flag_of_the_model_comes_first(told, asked, expected):
    x = keras.Input((3,))
    kwargs = {} if told is None else {"training": told}
    model = keras.Model(x, Flagged()(x, **kwargs))
    assert float(model(A, training=asked)[0, 0]) == expected
    assert float(model.call(A, training=asked)[0, 0]) == expected


def test_training_flag_reaches_layers_in_inner_models():
    x = keras.Input((3,))
    inner = keras.Model(x, Flagged()(x))
    model = keras.Model(x, inner(x))
    assert float(model(A, training=True)[0, 0]) == 1


def test_masks_flow_through_the_graph():
    x = keras.Input((None,))
    embedded = layers.Embedding(5, 3, mask_zero=True)(x)
    model = keras.Model(x, layers.Dense(2)(embedded))
    y = model(np.array([[1, 0, 2]]))
    assert y._keras_mask.numpy().tolist() == [[True, False, True]]


def test_mask_of_an_inner_model_reaches_the_layer_after_it():
    class Counts(layers.Layer):
        def call(self, inputs, mask=None):
            total = keras.ops.sum(keras.ops.cast(mask, "float32"), axis=-1)
            return inputs[:, 0, 0] * 0 + total

    x = keras.Input((None,))
    inner = keras.Model(x, layers.Embedding(5, 3, mask_zero=True)(x))
    model = keras.Model(x, Counts()(inner(x)))
    assert model(np.array([[1, 0, 2]])).numpy().tolist() == [2]


def test_given_mask_is_put_on_the_inputs():
    x = keras.Input((3, 2))
    model = keras.Model(x, layers.Dense(2)(x))
    mask = np.array([[True, False, True]])
    y = model(np.ones((1, 3, 2)), mask=keras.ops.convert_to_tensor(mask))
    assert y._keras_mask.numpy().tolist() == mask.tolist()


def test_optional_input_may_be_none():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b", optional=True)

    class First(layers.Layer):
        def call(self, inputs):
            return inputs[0]

        def compute_output_shape(self, input_shape):
            return input_shape[0]

    model = keras.Model([a, b], First()([a, b]), name="net")
    assert model([A, None]).shape == (5, 3)
    with pytest.raises(
        ValueError, match="Functional 'net': input 'a' must be a tensor"
    ):
        model([None, B])


@pytest.mark.parametrize("shape", [(5,), (5, 1), (5, 1, 1)])
def test_last_axis_of_length_one_may_be_missing_or_extra(shape):
    x = keras.Input((1,))
    assert keras.Model(x, layers.Dense(2)(x))(np.ones(shape)).shape == (5, 2)


def test_long_chain_needs_no_recursion():
    x = first = keras.Input((2,))
    for _ in range(3000):
        x = x + 1.0
    model = keras.Model(first, x)
    assert model(np.zeros((1, 2))).numpy().tolist() == [[3000, 3000]]


def test_activations_are_let_go_after_their_last_use():
    seen, alive = [], []

    class Watch(layers.Layer):
        def call(self, inputs):
            if isinstance(inputs, keras.Tensor):
                seen.append(weakref.ref(inputs))
                alive[:] = [reference() is not None for reference in seen]
            return inputs + 1

    x = keras.Input((2,))
    model = keras.Model(x, Watch()(Watch()(Watch()(Watch()(x)))))
    data = keras.ops.convert_to_tensor(np.ones((1, 2), "float32"))
    model(data)
    assert alive == [True, False, False, True]


# -------------------------------------------------------------- classes of one's own


def test_subclass_may_pass_a_graph_to_model():
    class Classifier(keras.Model):
        def __init__(self, units):
            x = keras.Input((3,))
            super().__init__(x, layers.Dense(units)(x), name="classifier")
            self.units = units

    model = Classifier(2)
    assert isinstance(model, Functional) and isinstance(model, Classifier)
    assert model(A).shape == (5, 2) and model.name == "classifier"
    assert "layers" not in model.get_config() and model.get_config()["units"] == 2


def test_subclass_of_a_subclass_may_pass_a_graph():
    class Base(keras.Model):
        def double(self, x):
            return 2 * self(x)

    class Derived(Base):
        def __init__(self):
            x = keras.Input((3,))
            super().__init__(inputs=x, outputs=x + 1)

    assert Derived().double(A).numpy().tolist() == [[4, 4, 4]] * 5


def test_class_with_the_same_constructor_keeps_its_graph():
    class Custom(keras.Model):
        def train_step(self, data):
            return {"loss": 0.0}

    x = keras.Input((3,))
    model = Custom(x, layers.Dense(2)(x))
    twin = Custom.from_config(model.get_config())
    assert type(twin) is Custom and twin.output_shape == (None, 2)


def test_attributes_of_a_functional_model_hold_layers_too():
    class Model(keras.Model):
        def __init__(self):
            x = keras.Input((3,))
            super().__init__(x, layers.Dense(2)(x))
            self.extra = layers.Dense(1, name="extra")

    assert Model().layers[-1].name == "extra"


# ------------------------------------------------------------------------- errors


def test_graph_must_be_connected():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    x = layers.Concatenate(name="both")([a, b])
    message = (
        r"Functional 'net': the graph is not connected: layer 'both' needs the tensor "
        r"'b' of shape \(None, 2\), which cannot be reached from the inputs \['a'\]. "
        r"Add it: Model\(inputs=\[a, b\], ...\)."
    )
    with pytest.raises(ValueError, match=message):
        keras.Model(a, x, name="net")


def test_output_must_come_from_the_inputs():
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    with pytest.raises(
        ValueError, match="not connected: an output needs the tensor 'b'"
    ):
        keras.Model(a, [a, b])


def test_tensor_without_history_is_not_connected():
    x = keras.KerasTensor((None, 3), name="loose")
    with pytest.raises(ValueError, match="an output needs the tensor 'loose'"):
        keras.Model(keras.Input((3,)), x)


def test_layer_names_must_differ():
    x = keras.Input((3,))
    y = layers.ReLU(name="same")(layers.Dense(2, name="same")(x))
    message = (
        r"Functional 'net': two layers have the name 'same': a Dense with output shape "
        r"\(None, 2\) and a ReLU with output shape \(None, 2\). Give one of them "
        r"another: ReLU\(..., name='same_2'\)."
    )
    with pytest.raises(ValueError, match=message):
        keras.Model(x, y, name="net")


def test_ends_must_be_symbolic():
    x = keras.Input((3,))
    message = r"Functional 'net': outputs must be KerasTensors, got array\(\[1., 1.\]\)"
    with pytest.raises(ValueError, match=message):
        keras.Model(x, np.ones(2), name="net")
    message = r"Functional 'net': inputs must be KerasTensors, got <Dense .* They come"
    with pytest.raises(ValueError, match=message):
        keras.Model(layers.Dense(2), x, name="net")


@pytest.mark.parametrize("count", [1, 3])
def test_number_of_inputs_must_fit(pair, count):
    message = (
        rf"Functional 'pair' expects 2 input\(s\), \['a', 'b'\], got {count}. "
        r"Try {'a': ..., 'b': ...}."
    )
    with pytest.raises(ValueError, match=message):
        pair([A] * count)


def test_missing_key_is_named(pair):
    message = (
        r"Functional 'pair': there is no data for the input 'b'; the dict has the keys "
        r"\['a', 'bb'\]."
    )
    with pytest.raises(ValueError, match=message):
        pair({"a": A, "bb": B})


@pytest.mark.parametrize("shape", [(5, 3), (5,), (5, 2, 2)])
def test_shape_of_data_must_fit(pair, shape):
    message = (
        r"Functional 'pair': input 'b' must have shape \(None, 2\), got "
        rf"\({str(shape)[1:-1]}\). Reshape the data, or build the model with "
        rf"Input\(shape=\({str(shape[1:])[1:-1]}\)\)."
    )
    with pytest.raises(ValueError, match=message):
        pair([A, np.ones(shape)])


def test_unknown_argument_is_named():
    x = keras.Input((3,))
    with pytest.raises(TypeError, match="unknown argument 'nam'. Did you mean 'name'?"):
        keras.Model(x, x, nam="net")
