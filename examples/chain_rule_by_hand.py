"""One training step by hand with the chain rule, next to what GradientTape says.

The lecture's network, 3 -> 4 sigmoid -> 4 sigmoid -> 3 softmax, with cross-entropy:

    h1 = sigmoid(x W1 + b1)
    h2 = sigmoid(h1 W2 + b2)
    p  = softmax(h2 W3 + b3)
    loss = mean of -log p[the right class]

Run it:  python examples/chain_rule_by_hand.py
"""

import numpy as np

import minikeras as keras
from minikeras import layers

LEARNING_RATE = 0.5

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x = rng.normal(size=(8, 3)).astype("float32")
y = rng.integers(3, size=8)

model = keras.Sequential(
    [
        keras.Input(shape=(3,)),
        layers.Dense(4, activation="sigmoid", name="hidden_1"),
        layers.Dense(4, activation="sigmoid", name="hidden_2"),
        layers.Dense(3, activation="softmax", name="output"),
    ]
)
loss_function = keras.losses.SparseCategoricalCrossentropy()
model.compile(keras.optimizers.SGD(LEARNING_RATE), loss_function)
W1, b1, W2, b2, W3, b3 = weights = model.get_weights()


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    exponentials = np.exp(z - z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


# 1. Forward.

h1 = sigmoid(x @ W1 + b1)
h2 = sigmoid(h1 @ W2 + b2)
p = softmax(h2 @ W3 + b3)
loss = -np.log(p[np.arange(8), y]).mean()

# 2. Backward. `d3` is the derivative of the loss by what goes into the third layer's
#    activation, and so on. Softmax and cross-entropy together have the simple one:

d3 = (p - np.eye(3)[y]) / 8
gW3, gb3 = h2.T @ d3, d3.sum(axis=0)

d2 = (d3 @ W3.T) * h2 * (1 - h2)  # the chain rule: back through W3, times the slope
gW2, gb2 = h1.T @ d2, d2.sum(axis=0)

d1 = (d2 @ W2.T) * h1 * (1 - h1)
gW1, gb1 = x.T @ d1, d1.sum(axis=0)

by_hand = [gW1, gb1, gW2, gb2, gW3, gb3]

# 3. The same from the tape, which writes down what happens and walks it back.

with keras.GradientTape() as tape:
    tape_loss = loss_function(y, model(x))
by_tape = tape.gradient(tape_loss, model.trainable_variables)

print(f"loss by hand {loss:.6f}, by the model {float(tape_loss):.6f}\n")
print("gradient of           shape    by hand   by tape   largest difference")
for variable, hand, tape in zip(model.weights, by_hand, by_tape, strict=True):
    tape, name = np.asarray(tape), variable.path.removeprefix("sequential/")
    first = f"{hand.flat[0]:10.6f}{tape.flat[0]:10.6f}"
    print(f"{name:<20}{hand.shape!s:>7} {first}   {np.abs(hand - tape).max():.1e}")

# 4. The step: against the gradient. `train_on_batch` does all of the above at once.

stepped = [w - LEARNING_RATE * g for w, g in zip(weights, by_hand, strict=True)]
model.train_on_batch(x, y)
trained = model.get_weights()
differences = [np.abs(a - b).max() for a, b in zip(stepped, trained, strict=True)]

print(f"\nweights after one step: largest difference {max(differences):.1e}")
print(f"loss after one step:    {float(loss_function(y, model(x))):.6f}")
