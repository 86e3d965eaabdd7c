import numpy as np, os, tempfile

np.random.seed(13)
from keras.models import Sequential, Model, model_from_json, load_model
from keras.layers import Dense, Dropout
from keras.optimizers import RMSprop

X = np.random.randn(200, 6)
model = Sequential()
model.add(Dense(16, input_dim=6, activation="relu", name="features"))
model.add(Dense(3, activation="softmax", name="head"))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(X, X[:, :3].argmax(axis=1), nb_epoch=40, verbose=0)
folder = tempfile.mkdtemp()
model.save_weights(os.path.join(folder, "w.h5"))
open(os.path.join(folder, "m.json"), "w").write(model.to_json())

again = model_from_json(open(os.path.join(folder, "m.json")).read())
again.load_weights(os.path.join(folder, "w.h5"))
assert np.allclose(again.predict(X), model.predict(X))

new = Sequential()
new.add(Dense(16, input_dim=6, activation="relu", name="features"))
new.add(Dense(1, activation="sigmoid", name="new_head"))
new.load_weights(os.path.join(folder, "w.h5"), by_name=True)
for layer in new.layers[:1]:
    layer.trainable = False
before = new.layers[0].get_weights()[0].copy()
assert np.allclose(before, model.layers[0].get_weights()[0])
new.compile(
    loss="binary_crossentropy", optimizer=RMSprop(lr=0.03), metrics=["accuracy"]
)
history = new.fit(X, (X[:, 0] > X[:, 1]).astype(int), nb_epoch=80, verbose=0)
assert history.history["acc"][-1] > 0.8
assert np.array_equal(before, new.layers[0].get_weights()[0])
new.save(os.path.join(folder, "new.h5"))
assert np.allclose(
    load_model(os.path.join(folder, "new.h5")).predict(X), new.predict(X)
)
