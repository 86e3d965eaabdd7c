import numpy as np

np.random.seed(2)
from keras.models import Sequential
from keras.layers.core import Dense, Activation, TimeDistributedDense
from keras.layers.recurrent import LSTM, GRU

X = np.random.rand(200, 8, 2)
y = (X[:, :, 0] * (X[:, :, 1] > 0.5)).sum(axis=1)

model = Sequential()
model.add(
    LSTM(
        output_dim=16,
        input_dim=2,
        input_length=8,
        inner_init="orthogonal",
        forget_bias_init="one",
        inner_activation="hard_sigmoid",
        return_sequences=True,
        consume_less="cpu",
    )
)
model.add(TimeDistributedDense(8, activation="relu"))
model.add(GRU(8, dropout_W=0.0, dropout_U=0.0))
model.add(Dense(1))
model.add(Activation("linear"))
model.compile(loss="mean_squared_error", optimizer="rmsprop")
first = model.evaluate(X, y, verbose=0)
model.fit(X, y, nb_epoch=10, batch_size=20, verbose=0)
assert model.evaluate(X, y, verbose=0) < 0.5 * first
