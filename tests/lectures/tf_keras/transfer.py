import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

np.random.seed(14)
base_model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(8, 3, activation='relu'), layers.BatchNormalization(), layers.GlobalAveragePooling2D()], name='base')
base_model.trainable = False
inputs = keras.Input(shape=(8, 8, 3))
x = base_model(inputs, training=False)
x = layers.Dropout(0.1)(x)
model = keras.Model(inputs, layers.Dense(1)(x))
assert len(model.trainable_weights) == 2
x = np.random.rand(80, 8, 8, 3).astype('float32')
x[:40, ..., 0] += 1.0
y = (np.arange(80) < 40).astype('float32')
before = [w.numpy() for w in base_model.weights]
model.compile(optimizer=keras.optimizers.Adam(0.05), loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
model.fit(x, y, epochs=10, verbose=0)
assert all(np.array_equal(a, b.numpy()) for a, b in zip(before, base_model.weights))
base_model.trainable = True
model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
model.fit(x, y, epochs=40, verbose=0)
assert model.evaluate(x, y, verbose=0)[1] > 0.85
