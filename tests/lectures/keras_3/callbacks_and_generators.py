import numpy as np, os, tempfile
import keras
from keras import layers

keras.utils.set_random_seed(11)

class Data(keras.utils.PyDataset):
    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = n
    def __len__(self):
        return self.n
    def __getitem__(self, i):
        rng = np.random.default_rng(i)
        x = rng.random((16, 3))
        return x, (x[:, 0] > x[:, 1]).astype("float32")

class Weights(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.norm = float(np.linalg.norm(self.model.layers[0].get_weights()[0]))

model = keras.Sequential([keras.Input((3,)), layers.Dense(16, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
folder, watch = tempfile.mkdtemp(), Weights()
history = model.fit(Data(20, workers=2), epochs=30, validation_data=Data(5), verbose=0, callbacks=[
    watch, keras.callbacks.EarlyStopping("val_accuracy", patience=30, restore_best_weights=True),
    keras.callbacks.ModelCheckpoint(os.path.join(folder, "{epoch}.weights.h5"), save_weights_only=True, save_freq=100),
    keras.callbacks.ReduceLROnPlateau("loss", patience=2), keras.callbacks.CSVLogger(os.path.join(folder, "log.csv"))])
assert history.history["val_accuracy"][-1] > 0.85 and watch.norm > 0 and len(os.listdir(folder)) == 7
