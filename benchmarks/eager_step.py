"""A training step of the lecture's network: minikeras eagerly, next to Keras on JAX.

The network has 3 features, two hidden layers of 4 sigmoid units and 3 softmax outputs;
it is compiled with SGD and accuracy and fitted with batches of 32.
"""

import importlib
import sys
import time

import numpy as np

from .contest import alternate, printed_number

NUM_BATCHES = 600


def run(rounds: int, python: str) -> None:
    """Prints the ratio of the times per step."""
    commands = {
        name: [python if name == "keras" else sys.executable, "-m", __name__, name]
        for name in ("minikeras", "keras")
    }
    times = alternate(commands, rounds, printed_number)
    print(
        f"eager_step: minikeras takes {times['minikeras'] / times['keras']:.2f} times "
        f"Keras on JAX ({1e6 * times['minikeras']:.0f} us and "
        f"{1e6 * times['keras']:.0f} us per step)"
    )


def lecture_network(keras):
    """The network, compiled."""
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, activation="sigmoid"),
            layers.Dense(4, activation="sigmoid"),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model


def seconds_per_step(name: str) -> float:
    """Fits the network of a package; minikeras may not compile the step."""
    keras = importlib.import_module(name)
    model = lecture_network(keras)
    model.run_eagerly = name == "minikeras"
    rng = np.random.default_rng(0)
    x = rng.normal(size=(32 * NUM_BATCHES, 3)).astype("float32")
    y = np.eye(3, dtype="float32")[rng.integers(0, 3, len(x))]
    model.fit(x[:320], y[:320], batch_size=32, verbose=0)
    start = time.perf_counter()
    model.fit(x, y, batch_size=32, verbose=0)
    return (time.perf_counter() - start) / NUM_BATCHES


if __name__ == "__main__":
    print(seconds_per_step(sys.argv[1]))
