import numpy as np

np.random.seed(10)
from keras import backend as K
from keras import initializations
from keras.engine.topology import Layer
from keras.models import Sequential
from keras.layers import Dense


class MyLayer(Layer):
    def __init__(self, output_dim, **kwargs):
        self.output_dim = output_dim
        self.init = initializations.get("glorot_uniform")
        super(MyLayer, self).__init__(**kwargs)

    def build(self, input_shape):
        input_dim = input_shape[1]
        self.W = self.init((input_dim, self.output_dim), name="{}_W".format(self.name))
        self.b = K.zeros((self.output_dim,), name="{}_b".format(self.name))
        self.trainable_weights = [self.W, self.b]

    def call(self, x, mask=None):
        return K.tanh(K.dot(x, self.W) + self.b)

    def get_output_shape_for(self, input_shape):
        return (input_shape[0], self.output_dim)

    def get_config(self):
        config = {"output_dim": self.output_dim}
        base_config = super(MyLayer, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))


def my_init(shape, name=None):
    return initializations.normal(shape, scale=0.1, name=name)


X = np.random.randn(200, 5)
y = np.sin(X[:, 0]) + X[:, 1]
model = Sequential()
model.add(MyLayer(16, input_shape=(5,)))
model.add(Dense(1, init=my_init))
assert model.output_shape == (None, 1) and len(model.trainable_weights) == 4
model.compile("adam", "mse")
K.set_value(model.optimizer.lr, 0.01)
losses = model.fit(X, y, nb_epoch=20, verbose=0).history["loss"]
assert losses[-1] < 0.2 * losses[0]
assert MyLayer.from_config(model.layers[0].get_config()).output_dim == 16
