import os, tempfile
import numpy as np
from keras.models import Model, Sequential, load_model
from keras.layers import Dense, Input, Conv2D, GlobalAveragePooling2D, Flatten, Dropout
from keras.optimizers import SGD

np.random.seed(15)
X = np.random.rand(80, 8, 8, 3)
X[:40, ..., 0] += 0.3
inputs = Input(shape=(8, 8, 3))
h = Conv2D(8, (3, 3), activation="relu", name="block1_conv1")(inputs)
base_model = Model(
    inputs=inputs, outputs=Conv2D(8, (3, 3), activation="relu", name="block1_conv2")(h)
)
path = os.path.join(tempfile.mkdtemp(), "base.h5")
base_model.save_weights(path)

x = base_model.output
x = GlobalAveragePooling2D()(x)
x = Dense(16, activation="relu")(x)
predictions = Dense(2, activation="softmax")(x)
model = Model(inputs=base_model.input, outputs=predictions)
for layer in base_model.layers:
    layer.trainable = False
frozen = [w.copy() for w in base_model.get_weights()]
y = (np.arange(80) < 40).astype(int)
model.compile(
    optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.fit(X, y, epochs=5, verbose=0)
assert all(np.array_equal(a, b) for a, b in zip(frozen, base_model.get_weights()))
for layer in model.layers[:2]:
    layer.trainable = False
for layer in model.layers[2:]:
    layer.trainable = True
model.compile(
    optimizer=SGD(lr=0.1, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(X, y, epochs=60, verbose=0)
assert model.evaluate(X, y, verbose=0)[1] > 0.7
assert not np.array_equal(frozen[2], base_model.get_weights()[2])
base_model.load_weights(path)
assert np.array_equal(frozen[2], base_model.get_weights()[2])
model.layers.pop()
features = Model(model.input, model.get_layer("block1_conv2").output).predict(X[:2])
assert features.shape == (2, 4, 4, 8)
