import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(6)
x = np.zeros((60, 8, 8, 1), "float32")
for i in range(60):
    a, b = np.random.randint(0, 6, 2)
    x[i, a:a + 3, b:b + 3] = 1
model = keras.Sequential([keras.Input((8, 8, 1)),
    layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
    layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"),
    layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu"),
    layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu"),
    layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
losses = model.fit(x, x, epochs=30, batch_size=10, verbose=0).history["loss"]
assert losses[-1] < 0.5 * losses[0]
