import numpy as np

np.random.seed(12)
from keras.models import Sequential
from keras.layers import Dense


def generate_arrays():
    while 1:
        x = np.random.rand(16, 3)
        yield x, (x[:, 0] > x[:, 1]).astype(int)


model = Sequential(
    [Dense(16, input_dim=3, activation="relu"), Dense(1, activation="sigmoid")]
)
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit_generator(
    generate_arrays(),
    samples_per_epoch=320,
    nb_epoch=25,
    verbose=0,
    validation_data=generate_arrays(),
    nb_val_samples=64,
    max_q_size=5,
    nb_worker=1,
    pickle_safe=False,
)
assert len(history.history["acc"]) == 25 and history.history["val_acc"][-1] > 0.85
loss, acc = model.evaluate_generator(generate_arrays(), val_samples=160)
assert acc > 0.85
assert model.predict_generator(generate_arrays(), val_samples=32).shape == (32, 1)
