"""Layers of one's own as Keras 1 and 2 had them written."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import backend as K
from minikeras import initializers
from minikeras import layers as L

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")


def trained(layer, count):
    """Trains a layer in a model; asserts how many weights are trained."""
    model = keras.Sequential([L.Input((3,)), layer, L.Dense(1)])
    assert len(model.trainable_weights) == count + 2
    model.compile("sgd", "mse")
    before = [w.numpy() for w in layer.trainable_weights]
    model.fit(X, X[:, :1], epochs=1, verbose=0)
    after = layer.trainable_weights
    assert not any(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    return model


class OfKeras1(L.Layer):
    def build(self, input_shape):
        self.W = K.variable(np.ones((input_shape[1], 4)))
        self.scale = K.ones((4,))
        self.trainable_weights = [self.W]
        self.non_trainable_weights = [self.scale]

    def call(self, x, mask=None):
        return K.dot(x, self.W) * self.scale

    def get_output_shape_for(self, input_shape):
        return (input_shape[0], 4)


def test_a_layer_of_keras_1():
    layer = OfKeras1()
    model = trained(layer, 1)
    assert [w.shape for w in layer.non_trainable_weights] == [(4,)]
    assert layer.scale.numpy().tolist() == [1, 1, 1, 1]
    assert layer.compute_output_shape((None, 3)) == (None, 4)
    assert model.layers[0].output_shape == (None, 4)


class OfKeras2(L.Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight("kernel", (input_shape[-1], 4), None, "uniform")
        self.bias = self.add_weight("bias", shape=(4,), initializer="zero")
        self.rate = self.add_weight(name="rate", shape=(), trainable=False)
        super().build(input_shape)

    def call(self, inputs):
        return K.bias_add(K.dot(inputs, self.kernel), self.bias)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 4)


def test_a_layer_of_keras_2():
    layer = OfKeras2()
    trained(layer, 2)
    assert [w.name for w in layer.weights] == ["kernel", "bias", "rate"]


def test_the_warning_shows_the_order_of_today():
    layer = L.Layer()
    with pytest.warns(DeprecationWarning, match=r"add_weight\(name='w', shape="):
        layer.add_weight("w", (3,))


def test_initializers_that_make_variables():
    layer = L.Layer()
    layer.W = initializers.get("ones")((2, 3), name="W")
    assert K.is_variable(layer.W) and layer.weights == [layer.W]
    assert layer.W.numpy().tolist() == np.ones((2, 3)).tolist()


def test_initializers_that_are_functions_of_a_shape():
    from_function = L.Dense(2, init=lambda shape, name=None: K.zeros(shape, name=name))
    from_function.build((None, 3))
    assert from_function.get_weights()[0].tolist() == np.zeros((3, 2)).tolist()
    modern = L.Dense(2, kernel_initializer=lambda shape, dtype=None: np.ones(shape))
    modern.build((None, 3))
    assert modern.get_weights()[0].tolist() == np.ones((3, 2)).tolist()


def test_only_variables_are_weights():
    layer = L.Layer()
    with pytest.raises(ValueError, match="must be variables"):
        layer.trainable_weights = [np.ones(3)]


def test_old_attributes_are_no_arguments_of_configs():
    class Mine(L.Layer):
        def __init__(self, output_shape=None, **kwargs):
            super().__init__(**kwargs)
            self.shape = output_shape

        def get_config(self):
            return {**super().get_config(), "output_shape": self.shape}

        def call(self, x):
            return x

    layer = Mine((3,))
    layer(keras.Input((3,)))
    assert layer.get_config()["output_shape"] == (3,)
    assert "input_shape" not in layer.get_config()
