"""Exclusive or: what no single layer can learn, and two layers can.

    a b | a xor b           no straight line separates the ones from the zeros:
    0 0 |    0                  1 ┤ 1   0
    0 1 |    1                  0 ┤ 0   1
    1 0 |    1                    └─┴───┴
    1 1 |    0                      0   1

Run it:  python examples/xor.py
"""

import numpy as np

import minikeras as keras
from minikeras import layers

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype="float32")
y = np.array([[0], [1], [1], [0]], dtype="float32")


def train(hidden_layers):
    """Trains on the four rows of the truth table, and prints what was learnt."""
    keras.utils.set_random_seed(3)
    output = layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input(shape=(2,)), *hidden_layers, output])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy")
    history = model.fit(x, y, epochs=400, verbose=0)

    losses = history.history["loss"]
    print(f"  {model.count_params()} parameters, loss {losses[0]:.3f}", end="")
    print(f" at first, {losses[-1]:.3f} after {len(losses)} epochs")
    for (a, b), (answer,) in zip(x, model.predict(x, verbose=0), strict=True):
        print(f"  {a:.0f} xor {b:.0f} = {answer:.2f}")


print("One layer: it cannot do better than 'perhaps'.")
train(hidden_layers=[])

print("\nWith a hidden layer of four tanh units:")
train(hidden_layers=[layers.Dense(4, activation="tanh")])
