import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(4)
x = np.random.randint(0, 2, (8, 60, 1)).astype("float32")
y = np.cumsum(x, axis=1) % 2
model = keras.Sequential([keras.Input(batch_shape=(8, 6, 1)), layers.GRU(16, stateful=True, return_sequences=True), layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
losses = []
for epoch in range(60):
    total = 0
    for i in range(10):
        part = slice(6 * i, 6 * i + 6)
        total += model.train_on_batch(x[:, part], y[:, part])
    losses.append(float(total) / 10)
    for layer in model.layers:
        if hasattr(layer, "reset_states"):
            layer.reset_states()
assert losses[-1] < 0.8 * losses[0], losses
