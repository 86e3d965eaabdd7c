from keras.models import Sequential
from keras.layers import LSTM, Dense
import numpy as np

np.random.seed(4)
data_dim, timesteps, num_classes, batch_size = 3, 4, 2, 8
model = Sequential()
model.add(
    LSTM(
        16,
        return_sequences=True,
        stateful=True,
        batch_input_shape=(batch_size, timesteps, data_dim),
    )
)
model.add(LSTM(16, stateful=True))
model.add(Dense(num_classes, activation="softmax"))
model.compile(
    loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"]
)
x_train = np.random.random((batch_size * 12, timesteps, data_dim))
y_train = np.eye(2)[(x_train[:, :, 0].mean(axis=1) > 0.5).astype(int)]
first = model.evaluate(x_train, y_train, batch_size=batch_size, verbose=0)[0]
for epoch in range(30):
    model.fit(
        x_train, y_train, batch_size=batch_size, epochs=1, shuffle=False, verbose=0
    )
    model.reset_states()
assert (
    model.evaluate(x_train, y_train, batch_size=batch_size, verbose=0)[0] < 0.8 * first
)
