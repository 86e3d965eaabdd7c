"""Why deep networks of sigmoids do not learn: the gradient vanishes on its way back.

On the way back each layer multiplies the gradient by the slope of its activation. A
sigmoid's slope is 1/4 at best, so that after ten layers hardly anything is left. The
slope of tanh is 1 at zero, that of ReLU is 1 for every positive input, and a leaky ReLU
lets a little through for the negative ones, too.

Run it:  python examples/vanishing_gradients.py
         (with matplotlib installed it also draws vanishing_gradients.png)
"""

import numpy as np

import minikeras as keras
from minikeras import layers

try:
    from matplotlib.figure import Figure
except ImportError:
    Figure = None

ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu"]
DEPTH = 10

(x, y), _ = keras.datasets.digits.load_data()
x = x.reshape(-1, 64) / 16


def build(activation):
    """A deep, narrow network; the same in everything but its activation."""
    keras.utils.set_random_seed(0)
    hidden = [layers.Dense(32, activation=activation) for _ in range(DEPTH)]
    output = layers.Dense(10, activation="softmax")
    return keras.Sequential([keras.Input(shape=(64,)), *hidden, output])


def gradient_norms(model):
    """The length of the loss's gradient for the weights of each layer."""
    kernels = [layer.kernel for layer in model.layers]
    with keras.GradientTape() as tape:
        probabilities = model(x[:256])
        loss = keras.losses.SparseCategoricalCrossentropy()(y[:256], probabilities)
    gradients = tape.gradient(loss, kernels)
    return [float(np.linalg.norm(gradient)) for gradient in gradients]


def accuracy_after_training(model, epochs=3):
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=epochs, verbose=0)
    return history.history["accuracy"][-1]


models = {activation: build(activation) for activation in ACTIVATIONS}
norms = {name: gradient_norms(model) for name, model in models.items()}

print("Length of the gradient in each layer, before any training:\n")
print("layer   " + "".join(f"{name:>13}" for name in ACTIVATIONS))
for i in range(DEPTH + 1):
    label = "output" if i == DEPTH else f"{i + 1:>4}  "
    print(f"{label}  " + "".join(f"{norms[name][i]:13.2e}" for name in ACTIVATIONS))

print("\nfirst / output")
print(" " * 8 + "".join(f"{norms[n][0] / norms[n][-1]:13.1e}" for n in ACTIVATIONS))

print("\nWhat that means: accuracy after three epochs (guessing gives 0.10)")
for name, model in models.items():
    accuracy = accuracy_after_training(model)
    print(f"  {name:<12}{accuracy:.2f}  {'#' * round(40 * accuracy)}")

if Figure is not None:
    axes = (figure := Figure()).add_subplot()
    for name in ACTIVATIONS:
        axes.semilogy(range(1, DEPTH + 2), norms[name], "o-", label=name)
    axes.set(xlabel="layer", ylabel="length of the gradient", title="On its way back")
    axes.legend()
    figure.savefig("vanishing_gradients.png")
    print("\nSaved vanishing_gradients.png")
