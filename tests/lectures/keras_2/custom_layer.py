import numpy as np
from keras import backend as K
from keras.engine.topology import Layer
from keras import initializers, regularizers, constraints
from keras.layers import Dense, Input, LSTM, Embedding
from keras.models import Model

np.random.seed(12)


class Attention(Layer):
    def __init__(
        self, step_dim, W_regularizer=None, b_regularizer=None, bias=True, **kwargs
    ):
        self.supports_masking = True
        self.init = initializers.get("glorot_uniform")
        self.W_regularizer = regularizers.get(W_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.bias = bias
        self.step_dim = step_dim
        self.features_dim = 0
        super(Attention, self).__init__(**kwargs)

    def build(self, input_shape):
        assert len(input_shape) == 3
        self.W = self.add_weight(
            (input_shape[-1],),
            initializer=self.init,
            name="{}_W".format(self.name),
            regularizer=self.W_regularizer,
        )
        self.features_dim = input_shape[-1]
        if self.bias:
            self.b = self.add_weight(
                (input_shape[1],), initializer="zero", name="{}_b".format(self.name)
            )
        self.built = True

    def compute_mask(self, input, input_mask=None):
        return None

    def call(self, x, mask=None):
        features_dim, step_dim = self.features_dim, self.step_dim
        eij = K.reshape(
            K.dot(
                K.reshape(x, (-1, features_dim)), K.reshape(self.W, (features_dim, 1))
            ),
            (-1, step_dim),
        )
        if self.bias:
            eij += self.b
        eij = K.tanh(eij)
        a = K.exp(eij)
        if mask is not None:
            a *= K.cast(mask, K.floatx())
        a /= K.cast(K.sum(a, axis=1, keepdims=True) + K.epsilon(), K.floatx())
        a = K.expand_dims(a)
        return K.sum(x * a, axis=1)

    def compute_output_shape(self, input_shape):
        return input_shape[0], self.features_dim


x = np.random.randint(0, 12, (200, 7))
y = (x == 5).any(axis=1).astype(int)
inp = Input(shape=(7,))
h = LSTM(16, return_sequences=True)(Embedding(12, 8, mask_zero=True)(inp))
model = Model(inputs=inp, outputs=Dense(1, activation="sigmoid")(Attention(7)(h)))
model.compile("adam", "binary_crossentropy", ["accuracy"])
K.set_value(model.optimizer.lr, 0.01)
model.fit(x, y, epochs=25, batch_size=20, verbose=0)
assert model.evaluate(x, y, verbose=0)[1] > 0.85
