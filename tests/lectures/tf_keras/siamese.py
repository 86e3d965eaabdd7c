import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
import tensorflow.keras.backend as K

np.random.seed(9)
def triplet_loss(y_true, y_pred, alpha=0.3):
    anchor, positive, negative = y_pred[:, 0:8], y_pred[:, 8:16], y_pred[:, 16:24]
    pos_dist = K.sum(K.square(anchor - positive), axis=1)
    neg_dist = K.sum(K.square(anchor - negative), axis=1)
    return K.maximum(pos_dist - neg_dist + alpha, 0.0)

def create_base(shape):
    inputs = layers.Input(shape=shape)
    x = layers.Dense(16, activation='relu')(inputs)
    x = layers.Dense(8)(x)
    x = layers.Lambda(lambda t: K.l2_normalize(t, axis=1))(x)
    return keras.Model(inputs, x)

base = create_base((6,))
a, p, n = [layers.Input(shape=(6,), name=name) for name in ('anchor', 'positive', 'negative')]
merged = layers.concatenate([base(a), base(p), base(n)], axis=-1)
model = keras.Model(inputs=[a, p, n], outputs=merged)
model.compile(loss=triplet_loss, optimizer='adam')
centers = np.random.randn(3, 6)
first = np.random.randint(0, 3, 200)
second = (first + np.random.randint(1, 3, 200)) % 3
noise = 0.3 * np.random.randn(3, 200, 6)
data = [centers[first] + noise[0], centers[first] + noise[1], centers[second] + noise[2]]
losses = model.fit(data, np.zeros(200), epochs=20, verbose=0).history['loss']
assert losses[-1] < 0.5 * losses[0] or losses[-1] < 0.05
