import numpy as np

np.random.seed(3)
from keras.models import Sequential
from keras.layers import Dense, LSTM

tsteps, batch_size = 1, 10
wave = np.cos(2 * np.pi * np.arange(500) / 25.0).reshape(-1, 1, 1)
expected = np.roll(wave, -1, axis=0)[:, 0]

model = Sequential()
model.add(
    LSTM(
        20,
        batch_input_shape=(batch_size, tsteps, 1),
        return_sequences=True,
        stateful=True,
    )
)
model.add(LSTM(20, return_sequences=False, stateful=True))
model.add(Dense(1))
model.compile(loss="mse", optimizer="adam")
losses = []
for i in range(6):
    history = model.fit(
        wave, expected, batch_size=batch_size, verbose=0, nb_epoch=1, shuffle=False
    )
    losses.append(history.history["loss"][0])
    model.reset_states()
assert losses[-1] < losses[0]
predicted = model.predict(wave, batch_size=batch_size)
assert predicted.shape == (500, 1)
