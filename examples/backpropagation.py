"""Backpropagation as it runs: the training step of a network, printed as NumPy.

`compile()` turns a training step into a list of NumPy calls, and
`model.source("train")` shows it: forward layer by layer, the loss, then the chain rule
backwards, the update, the metrics. The text runs as it stands; here it does, and comes
to the same weights as the model.
"""

import numpy as np

import minikeras as keras
from minikeras import layers

keras.utils.set_random_seed(1)
x = np.random.rand(96, 3).astype("float32")
y = keras.utils.to_categorical(x.argmax(axis=1)).astype("float32")

model = keras.Sequential(
    [
        keras.Input(shape=(3,)),
        layers.Dense(4, activation="sigmoid"),
        layers.Dense(4, activation="sigmoid"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=32, epochs=1, verbose=0)

text = model.source("train")
print(text)

step = {}
exec(text, step)
for layer in model.layers:
    for name, array in zip(("kernel", "bias"), layer.get_weights(), strict=True):
        step[f"{layer.name}_{name}"][...] = array

model.train_on_batch(x[:32], y[:32])
step["train_step"](x[:32], y[:32])
apart = max(
    np.abs(step[f"{layer.name}_kernel"] - layer.get_weights()[0]).max()
    for layer in model.layers
)
print("Largest difference between the text and the model:", apart)
