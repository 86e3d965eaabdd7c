"""The network of the lecture, twice: as a Sequential and as a functional model.

    3 features  ->  4 sigmoid units  ->  4 sigmoid units  ->  3 softmax outputs

Run it:  python examples/lecture_network.py
"""

import numpy as np

import minikeras as keras
from minikeras import layers

# 1. The data: three clouds of points in space, one for each class.

rng = np.random.default_rng(0)
centres = np.array([[0, 0, 0], [2, 2, 0], [0, 2, 2]])
y = rng.integers(3, size=600)
x = (centres[y] + rng.normal(scale=0.6, size=(600, 3))).astype("float32")


# 2. The model, in two styles. A Sequential is a pile of layers ...


def sequential_model():
    return keras.Sequential(
        [
            keras.Input(shape=(3,)),
            layers.Dense(4, activation="sigmoid", name="hidden_1"),
            layers.Dense(4, activation="sigmoid", name="hidden_2"),
            layers.Dense(3, activation="softmax", name="output"),
        ],
        name="pile",
    )


# ... a functional model is a graph: each layer is called on what comes before it.


def functional_model():
    inputs = keras.Input(shape=(3,))
    hidden = layers.Dense(4, activation="sigmoid", name="hidden_1")(inputs)
    hidden = layers.Dense(4, activation="sigmoid", name="hidden_2")(hidden)
    outputs = layers.Dense(3, activation="softmax", name="output")(hidden)
    return keras.Model(inputs, outputs, name="graph")


# 3. Compile (choose loss, optimizer and metrics), fit, evaluate, predict.


def train(build):
    keras.utils.set_random_seed(1)  # the same first weights and the same shuffling
    model = build()
    model.summary()
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.02),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x, y, epochs=15, batch_size=32, validation_split=0.25)
    return model


pile = train(sequential_model)
graph = train(functional_model)

# 4. Both are the same network: the same weights, the same answers.

points = np.array([[0, 0, 0], [2, 2, 0], [0, 2, 2]], dtype="float32")
probabilities = pile.predict(points, verbose=0)
print("\nProbability of each class, at the centres of the clouds:")
for point, row in zip(points, probabilities, strict=True):
    print(f"  {point}  ->  {np.round(row, 3)}  class {row.argmax()}")

difference = np.abs(probabilities - graph.predict(points, verbose=0)).max()
print(f"\nLargest difference between the two models: {difference}")
print(f"Parameters: {pile.count_params()} = (3*4 + 4) + (4*4 + 4) + (4*3 + 3)")
