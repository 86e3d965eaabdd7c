import os
os.environ["KERAS_BACKEND"] = "numpy"
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(812)
x = np.random.randn(400, 10).astype("float32")
y = x[:, :3].argmax(axis=1)
model = keras.Sequential([
    layers.Input((10,)),
    layers.Dense(32, activation="relu", kernel_regularizer=keras.regularizers.L2(1e-5)),
    layers.Dropout(0.1, seed=3),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.AdamW(0.01), loss="sparse_categorical_crossentropy",
              metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")])
history = model.fit(x, y, epochs=15, validation_split=0.2, verbose=0)
assert model.evaluate(x, y, verbose=0, return_dict=True)["acc"] > 0.9
assert keras.backend.backend() == "numpy"
