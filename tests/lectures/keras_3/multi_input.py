import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(12)
image, number = keras.Input((8, 8, 1), name="image"), keras.Input((2,), name="number")
h = layers.Flatten()(layers.MaxPooling2D(2)(layers.Conv2D(4, 3, activation="relu")(image)))
h = layers.Concatenate()([h, layers.Dense(4, activation="relu")(number)])
model = keras.Model({"image": image, "number": number}, {"a": layers.Dense(1, name="a")(h), "b": layers.Dense(2, activation="softmax", name="b")(h)})
x = {"image": np.random.rand(100, 8, 8, 1), "number": np.random.rand(100, 2)}
y = {"a": x["number"].sum(axis=1), "b": (x["image"].mean(axis=(1, 2, 3)) > 0.5).astype(int)}
model.compile("adam", {"a": "mse", "b": "sparse_categorical_crossentropy"}, loss_weights={"a": 1.0, "b": 0.5}, metrics={"b": ["accuracy"]})
history = model.fit(x, y, epochs=15, verbose=0).history
assert history["loss"][-1] < 0.8 * history["loss"][0] and "b_accuracy" in history
