import numpy as np

np.random.seed(11)
from keras.callbacks import (
    Callback,
    ModelCheckpoint,
    EarlyStopping,
    LearningRateScheduler,
)
from keras.models import Sequential
from keras.layers.core import Dense
from keras.optimizers import SGD


class LossHistory(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get("loss"))


class AccHistory(Callback):
    def on_epoch_end(self, epoch, logs={}):
        self.last = logs.get("val_acc")


import os, tempfile

X = np.random.rand(160, 4)
y = (X.sum(axis=1) > 2).astype(int)
model = Sequential()
model.add(Dense(8, input_dim=4, init="glorot_normal", activation="tanh"))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer=SGD(lr=0.5), metrics=["accuracy"])
history, acc = LossHistory(), AccHistory()
path = os.path.join(tempfile.mkdtemp(), "weights.{epoch:02d}.hdf5")
saver = ModelCheckpoint(filepath=path, verbose=0, period=5)
rates = LearningRateScheduler(lambda epoch: 0.5 * 0.95**epoch)
model.fit(
    X,
    y,
    batch_size=20,
    nb_epoch=20,
    verbose=0,
    validation_data=(X, y),
    callbacks=[
        history,
        acc,
        saver,
        rates,
        EarlyStopping(monitor="val_acc", patience=30),
    ],
)
assert len(history.losses) == 20 * 8 and history.losses[-1] < history.losses[0]
assert acc.last > 0.85
assert len(os.listdir(os.path.dirname(path))) == 4
