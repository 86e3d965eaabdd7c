import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Flatten
from keras.utils import Sequence

np.random.seed(14)


class Batches(Sequence):
    def __init__(self, x_set, y_set, batch_size):
        self.x, self.y, self.batch_size = x_set, y_set, batch_size

    def __len__(self):
        return int(np.ceil(len(self.x) / float(self.batch_size)))

    def __getitem__(self, idx):
        part = slice(idx * self.batch_size, (idx + 1) * self.batch_size)
        return self.x[part], self.y[part]


X = np.random.rand(200, 2, 3)
Y = (X[:, 0, 0] > X[:, 1, 2]).astype(int)
model = Sequential(
    [
        Flatten(input_shape=(2, 3)),
        Dense(16, activation="relu"),
        Dense(1, activation="sigmoid"),
    ]
)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
history = model.fit_generator(
    Batches(X, Y, 20),
    steps_per_epoch=10,
    epochs=40,
    verbose=0,
    workers=2,
    use_multiprocessing=False,
    validation_data=Batches(X, Y, 50),
    validation_steps=4,
    max_queue_size=10,
)
assert history.history["val_acc"][-1] > 0.85
scores = model.evaluate_generator(Batches(X, Y, 20), steps=10)
assert scores[1] > 0.85
assert model.predict_generator(Batches(X, Y, 20)).shape == (200, 1)
