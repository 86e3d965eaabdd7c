from __future__ import print_function
import numpy as np

np.random.seed(1337)

from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Activation
from keras.optimizers import SGD
from keras.utils import np_utils

nb_classes = 3
X = np.random.randn(300, 10).astype("float32")
y = X[:, :3].argmax(axis=1)
Y = np_utils.to_categorical(y, nb_classes)

model = Sequential()
model.add(Dense(32, init="uniform", input_shape=(10,)))
model.add(Activation("relu"))
model.add(Dropout(p=0.1))
model.add(Dense(output_dim=nb_classes, init="uniform"))
model.add(Activation("softmax"))

sgd = SGD(lr=0.3, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss="categorical_crossentropy", optimizer=sgd, metrics=["accuracy"])
history = model.fit(X, Y, batch_size=32, nb_epoch=15, verbose=0, validation_split=0.1)
score = model.evaluate(X, Y, verbose=0)
print("Test score:", score[0])
print("Test accuracy:", score[1])
assert len(history.history["val_acc"]) == 15
assert score[1] > 0.85
assert (model.predict_classes(X, verbose=0) == y).mean() > 0.85
