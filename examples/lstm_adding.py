"""The adding problem: an LSTM learns to remember what counts.

Each sequence is a row of random numbers. Beside it stands a row of zeros with two ones
in it, one in the first half and one in the second. The answer is the sum of the two
numbers that are marked:

    numbers  0.7  0.2  0.9  0.4  0.1  0.5
    marks     0    1    0    0    1    0        answer: 0.2 + 0.1 = 0.3

A network that knows nothing of the marks can do no better than to answer 1.0, the
average, always: its mean squared error is the variance of a sum of two, 1/6 = 0.167.
(Hochreiter and Schmidhuber, 1997)

Run it:  python examples/lstm_adding.py
"""

import numpy as np

import minikeras as keras
from minikeras import layers

STEPS, EPOCHS = 20, 12
CHANCE = 1 / 6


def sequences(count, seed):
    """Returns sequences (count, STEPS, 2) of numbers and marks, and their answers."""
    rng = np.random.default_rng(seed)
    numbers, marks = rng.random((count, STEPS)), np.zeros((count, STEPS))
    rows, half = np.arange(count), STEPS // 2
    marks[rows, rng.integers(0, half, count)] = 1
    marks[rows, rng.integers(half, STEPS, count)] = 1
    return np.stack([numbers, marks], axis=-1), (numbers * marks).sum(axis=1)


keras.utils.set_random_seed(1)
model = keras.Sequential(
    [
        keras.Input(shape=(STEPS, 2)),
        layers.LSTM(32),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")

x, y = sequences(4000, seed=1)
x_test, y_test = sequences(1000, seed=2)
history = model.fit(x, y, batch_size=64, epochs=EPOCHS, verbose=0)
for epoch, loss in enumerate(history.history["loss"], 1):
    if epoch in (1, 2) or epoch % 3 == 0:
        print(f"Epoch {epoch:2}: mean squared error {loss:.4f}")

error = model.evaluate(x_test, y_test, verbose=0)
print(f"\nOn new sequences of {STEPS} steps: {error:.4f}. By chance: {CHANCE:.4f}.")
print(f"The LSTM is {CHANCE / error:.0f} times better than chance.\n")

for row, answer in zip(x_test[:3], model.predict(x_test[:3], verbose=0), strict=True):
    marked = row[row[:, 1] == 1, 0]
    print(f"{marked[0]:.2f} + {marked[1]:.2f} = {marked.sum():.2f}", end="")
    print(f"   the LSTM says {answer[0]:.2f}")
