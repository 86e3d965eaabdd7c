import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(9)
base = keras.Sequential([keras.Input((8,)), layers.Dense(32, activation="relu"), layers.Dense(16), layers.UnitNormalization()])
a, b = keras.Input((8,)), keras.Input((8,))
distance = layers.Lambda(lambda v: ops.sqrt(ops.sum(ops.square(v[0] - v[1]), axis=1, keepdims=True) + 1e-7), output_shape=(1,))([base(a), base(b)])
model = keras.Model([a, b], distance)

def contrastive(y, d):
    return ops.mean(y * ops.square(d) + (1 - y) * ops.square(ops.maximum(1 - d, 0)))

model.compile("adam", contrastive)
centers = np.random.randn(4, 8)
labels = np.random.randint(0, 4, (300, 2))
x = centers[labels] + 0.2 * np.random.randn(300, 2, 8)
same = (labels[:, 0] == labels[:, 1]).astype("float32")
model.fit([x[:, 0], x[:, 1]], same, epochs=25, verbose=0)
pred = model.predict([x[:, 0], x[:, 1]], verbose=0).ravel()
assert ((pred < 0.5) == same).mean() > 0.9
