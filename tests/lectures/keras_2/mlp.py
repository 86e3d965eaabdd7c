"""Trains a simple deep NN on a small dataset."""

from __future__ import print_function

import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout
from keras.optimizers import RMSprop

np.random.seed(0)
batch_size, num_classes, epochs = 32, 3, 20
x_train = np.random.randn(400, 12).astype("float32")
y_train = x_train[:, :3].argmax(axis=1)
y_train = keras.utils.to_categorical(y_train, num_classes)

model = Sequential()
model.add(Dense(32, activation="relu", input_shape=(12,)))
model.add(Dropout(0.1))
model.add(Dense(32, activation="relu"))
model.add(Dense(num_classes, activation="softmax"))
lines = []
model.summary(print_fn=lambda s: lines.append(s))
assert lines
model.compile(
    loss="categorical_crossentropy", optimizer=RMSprop(lr=0.003), metrics=["accuracy"]
)
history = model.fit(
    x_train,
    y_train,
    batch_size=batch_size,
    epochs=epochs,
    verbose=0,
    validation_split=0.2,
)
score = model.evaluate(x_train, y_train, verbose=0)
print("Test accuracy:", score[1])
assert score[1] > 0.9
assert "val_acc" in history.history or len(history.history["val_acc"]) == epochs
