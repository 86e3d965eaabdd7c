import numpy as np, os, tempfile
import keras
from keras import layers

keras.utils.set_random_seed(13)
base = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(8, 3, activation="relu"), layers.GlobalAveragePooling2D()], name="base")
x = np.random.rand(80, 8, 8, 3)
x[:40, ..., 0] += 1.0
y = (np.arange(80) < 40).astype("float32")
base.trainable = False
inputs = keras.Input((8, 8, 3))
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(base(inputs, training=False)))
model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
before = base.get_weights()
model.fit(x, y, epochs=30, verbose=0)
assert all(np.array_equal(a, b) for a, b in zip(before, base.get_weights()))
base.trainable = True
model.compile(keras.optimizers.Adam(1e-2), "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=30, verbose=0)
assert model.evaluate(x, y, verbose=0)[1] > 0.85
folder = tempfile.mkdtemp()
for name in ("model.keras", "model.h5"):
    model.save(os.path.join(folder, name))
    again = keras.models.load_model(os.path.join(folder, name))
    assert np.allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6)
model.save_weights(os.path.join(folder, "w.weights.h5"))
keras.models.clone_model(model).load_weights(os.path.join(folder, "w.weights.h5"))
