"""Model itself: subclasses, get_layer, building, and what a model is made of."""

import copy
import pickle

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers


class Net(keras.Model):
    """Three layers, two of them in a list."""

    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.first = layers.Dense(4, name="first")
        self.rest = [layers.Dense(3, name="second"), layers.Dense(units, name="third")]

    def call(self, inputs, training=None):
        x = self.first(inputs)
        for layer in self.rest:
            x = layer(x)
        return x


def test_layers_are_found_in_attributes_and_lists():
    assert [layer.name for layer in Net().layers] == ["first", "second", "third"]


def test_first_data_build_the_layers():
    model = Net()
    assert not model.built and model.weights == []
    assert model(np.ones((5, 3))).shape == (5, 2)
    assert model.built and len(model.weights) == 6


def test_build_makes_the_weights_without_data():
    model = Net(name="net")
    model.build((None, 3))
    assert [v.path for v in model.weights][:2] == [
        "net/first/kernel",
        "net/first/bias",
    ]
    assert model.get_build_config() == {"input_shape": (None, 3)}


def test_build_says_what_is_wrong():
    class Wrong(keras.Model):
        def call(self, inputs):
            return keras.ops.matmul(inputs, inputs)

    with pytest.raises(ValueError, match="matmul"):
        Wrong().build((2, 3))


def test_call_that_reads_values_is_not_tried_symbolically():
    class Reading(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs) if float(inputs[0, 0]) > 0 else inputs

    assert Reading()(np.ones((2, 3))).shape == (2, 1)


def test_losses_of_a_call_are_those_of_its_data():
    class Penalised(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs):
            self.add_loss(keras.ops.sum(inputs))
            return self.dense(inputs)

    model = Penalised()
    model(np.ones((2, 3)))
    assert [float(loss) for loss in model.losses] == [6.0]


def test_config_is_made_of_the_constructor():
    twin = Net.from_config(Net(units=5, name="net").get_config())
    assert (twin.units, twin.name) == (5, "net")


def test_own_weights_come_with_those_of_the_layers():
    class Scaled(keras.Model):
        def __init__(self):
            super().__init__()
            self.scale = self.add_weight(shape=(), name="scale", initializer="ones")
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return self.scale * self.dense(inputs)

    model = Scaled()
    model(np.ones((1, 2)))
    assert [v.name for v in model.weights] == ["scale", "kernel", "bias"]


def test_get_layer_by_name_and_index():
    model = Net()
    assert model.get_layer("second") is model.get_layer(index=1) is model.rest[0]
    assert model.get_layer(index=-1) is model.rest[1]


def test_model_can_be_called_on_symbols_and_extended():
    x = keras.Input((3,))
    model = keras.Model(x, layers.Dense(1)(Net()(x)))
    assert model(np.ones((4, 3))).shape == (4, 1)


# ------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"name": "secnd"},
            "Net 'net': there is no layer 'secnd'. Did you mean 'second'?",
        ),
        ({"index": 3}, "Net 'net': there is no layer at index 3, there are 3 layers."),
        ({}, "Net 'net': get_layer takes either a name or an index, got name=None and"),
        ({"name": "a", "index": 1}, "takes either a name or an index, got name='a'"),
    ],
)
def test_get_layer_says_what_there_is(arguments, message):
    with pytest.raises(ValueError) as error:
        Net(name="net").get_layer(**arguments)
    assert message in str(error.value)


def test_forgotten_super_init_is_named():
    class Forgetful(keras.Model):
        def __init__(self):
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    message = (
        r"Forgetful: super\(\).__init__\(\) was not called. Make it the first line"
    )
    with pytest.raises(RuntimeError, match=message):
        Forgetful()(np.ones((1, 2)))


def test_call_must_be_defined():
    class Empty(keras.Model):
        pass

    with pytest.raises(TypeError, match="Empty 'e' has no call method. Define"):
        Empty(name="e")(np.ones((1, 2)))


@pytest.mark.parametrize("kwargs", [{"inputs": 1}, {"outputs": 1}])
def test_inputs_and_outputs_belong_together(kwargs):
    with pytest.raises(ValueError, match="takes both inputs and outputs, or neither"):
        keras.Model(**kwargs)


def test_inputs_alone_are_not_enough():
    with pytest.raises(ValueError, match=r"got 1 positional arguments and \[\]. Try"):
        keras.Model(keras.Input((3,)))


def test_parameters_are_counted_only_when_they_are_there():
    with pytest.raises(ValueError, match="Net 'net': the number of parameters is not"):
        Net(name="net").count_params()


def test_weights_cannot_be_saved_before_they_are_there(tmp_path):
    with pytest.raises(ValueError, match="the weights of model 'net': it has none yet"):
        Net(name="net").save_weights(tmp_path / "net.h5")


def trained(build):
    model = build()
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    return model


def sequential():
    output = layers.Dense(2, activation="softmax")
    return keras.Sequential([layers.Input((3,)), layers.Dense(4, "tanh"), output])


def functional():
    x = layers.Input((3,))
    hidden = layers.BatchNormalization()(layers.Dense(4, activation="gelu")(x))
    return keras.Model(x, layers.Dense(2)(layers.add([hidden, hidden * 2.0])))


X = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
Y = np.random.default_rng(1).normal(size=(16, 2)).astype("float32")


@pytest.mark.parametrize("build", [sequential, functional, Net])
@pytest.mark.parametrize(
    "twin_of", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))]
)
def test_a_copy_trains_on_alike_and_by_itself(build, twin_of):
    model = trained(build)
    twin = twin_of(model)
    before = model.get_weights()
    losses = twin.fit(X, Y, epochs=2, shuffle=False, verbose=0).history["loss"]
    for weight, untouched in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, untouched)
    history = model.fit(X, Y, epochs=2, shuffle=False, verbose=0).history
    assert losses == history["loss"]
