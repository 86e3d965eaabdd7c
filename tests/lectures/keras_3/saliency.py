import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(14)
x = np.random.randn(200, 6).astype("float32")
y = 3 * x[:, 2]
model = keras.Sequential([keras.Input((6,)), layers.Dense(16, activation="tanh"), layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.02), "mse")
losses = model.fit(x, y, epochs=20, verbose=0).history["loss"]
assert losses[-1] < 0.3 * losses[0]
features = keras.Model(model.inputs, model.layers[0].output)
assert features.predict(x[:2], verbose=0).shape == (2, 16)
base = model.predict(x, verbose=0)
influence = []
for j in range(6):
    moved = x.copy()
    moved[:, j] += 0.1
    influence.append(abs(model.predict(moved, verbose=0) - base).mean())
assert int(np.argmax(influence)) == 2
