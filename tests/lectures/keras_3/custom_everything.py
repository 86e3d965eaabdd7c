import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(10)

@keras.saving.register_keras_serializable("course")
class Antirectifier(layers.Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1] * 2, input_shape[-1]), initializer="he_normal", name="kernel", trainable=True)
    def call(self, inputs):
        inputs -= ops.mean(inputs, axis=-1, keepdims=True)
        pos, neg = ops.relu(inputs), ops.relu(-inputs)
        return ops.matmul(ops.concatenate([pos, neg], axis=-1), self.kernel)

class Loss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred) ** 1.5, axis=-1)

class Largest(keras.metrics.Metric):
    def __init__(self, name="largest", **kwargs):
        super().__init__(name=name, **kwargs)
        self.value = self.add_variable(shape=(), initializer="zeros", name="value")
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.value.assign(ops.maximum(self.value, ops.max(ops.abs(y_true - y_pred))))
    def result(self):
        return self.value

x = np.random.randn(256, 6).astype("float32")
y = np.abs(x[:, :1]) + x[:, 1:2]
model = keras.Sequential([keras.Input((6,)), layers.Dense(16), Antirectifier(), layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), Loss(), metrics=[Largest()])
history = model.fit(x, y, epochs=25, verbose=0).history
assert history["loss"][-1] < 0.3 * history["loss"][0] and history["largest"][-1] > 0
import tempfile, os
path = os.path.join(tempfile.mkdtemp(), "m.keras")
model.save(path)
again = keras.saving.load_model(path, custom_objects={"Loss": Loss, "Largest": Largest})
assert np.allclose(again.predict(x, verbose=0), model.predict(x, verbose=0))
