import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

tf.random.set_seed(0)
np.random.seed(0)
x = np.random.randn(400, 10).astype("float32")
y = x[:, :3].argmax(axis=1)
model = tf.keras.models.Sequential([
    tf.keras.layers.Dense(32, activation=tf.keras.activations.relu, input_shape=(10,)),
    tf.keras.layers.Dropout(0.1),
    layers.Dense(3),
])
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(optimizer=keras.optimizers.Adam(lr=0.01), loss=loss_fn, metrics=['accuracy'])
history = model.fit(x, y, epochs=15, validation_split=0.2, verbose=0)
probability_model = tf.keras.Sequential([model, tf.keras.layers.Softmax()])
assert np.allclose(probability_model.predict(x[:5]).sum(axis=1), 1, atol=1e-5)
assert model.evaluate(x, y, verbose=0)[1] > 0.9
assert set(history.history) == {'loss', 'accuracy', 'val_loss', 'val_accuracy'}
