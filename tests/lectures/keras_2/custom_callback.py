import numpy as np
import keras
from keras.callbacks import (
    Callback,
    EarlyStopping,
    ReduceLROnPlateau,
    ModelCheckpoint,
    CSVLogger,
    LambdaCallback,
)
from keras.models import Sequential, load_model
from keras.layers import Dense
from keras import backend as K
import tempfile, os

np.random.seed(13)


class Rates(Callback):
    def on_train_begin(self, logs=None):
        self.rates = []

    def on_epoch_end(self, epoch, logs=None):
        self.rates.append(float(K.get_value(self.model.optimizer.lr)))
        assert self.params["epochs"] == 25 and set(logs) >= {"loss", "val_loss"}


X = np.random.randn(200, 4)
y = X[:, 0] - X[:, 1]
model = Sequential([Dense(16, activation="tanh", input_dim=4), Dense(1)])
model.compile(
    optimizer=keras.optimizers.Adam(lr=0.02), loss="mean_squared_error", metrics=["mae"]
)
folder = tempfile.mkdtemp()
best = os.path.join(folder, "best.h5")
rates, seen = Rates(), []
callbacks = [
    rates,
    EarlyStopping(monitor="val_loss", patience=25, mode="auto"),
    ReduceLROnPlateau(
        monitor="val_loss", factor=0.5, patience=1, epsilon=0.5, verbose=0
    ),
    ModelCheckpoint(
        best,
        monitor="val_mean_absolute_error",
        mode="min",
        save_best_only=True,
        verbose=0,
    ),
    CSVLogger(os.path.join(folder, "log.csv")),
    LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch)),
]
history = model.fit(
    X,
    y,
    validation_split=0.25,
    epochs=25,
    batch_size=10,
    verbose=0,
    callbacks=callbacks,
)
assert rates.rates[-1] < rates.rates[0] and len(seen) == 25
assert (
    history.history["mean_absolute_error"][-1]
    < history.history["mean_absolute_error"][0]
)
assert load_model(best).evaluate(X, y, verbose=0)[0] < 1
assert len(history.history["lr"]) == 25
