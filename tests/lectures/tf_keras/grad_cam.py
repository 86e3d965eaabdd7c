import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

np.random.seed(10)
model = keras.Sequential([
    keras.Input((12, 12, 1)), layers.Conv2D(8, 3, activation='relu', name='last_conv'),
    layers.GlobalAveragePooling2D(), layers.Dense(2)])
y = np.arange(80) % 2
x = 0.1 * np.random.rand(80, 12, 12, 1).astype('float32')
x[y == 1, 2:6, 2:6] += 1
model.compile('adam', keras.losses.SparseCategoricalCrossentropy(from_logits=True))
losses = model.fit(x, y, epochs=20, verbose=0).history['loss']
assert losses[-1] < losses[0]
grad_model = tf.keras.models.Model([model.inputs], [model.get_layer('last_conv').output, model.output])
with tf.GradientTape() as tape:
    last_conv_layer_output, preds = grad_model(x[1:2])
    class_channel = preds[:, 1]
grads = tape.gradient(class_channel, last_conv_layer_output)
pooled_grads = grads.numpy().mean(axis=(0, 1, 2))
heatmap = np.maximum(last_conv_layer_output.numpy()[0] @ pooled_grads, 0)
assert heatmap.shape == (10, 10)
img = tf.Variable(np.random.rand(1, 12, 12, 1).astype('float32'))
values = []
for _ in range(10):
    with tf.GradientTape() as tape:
        loss = keras.ops.mean(grad_model(img)[0])
    g = tape.gradient(loss, img)
    img.assign_add(100. * g)
    values.append(float(loss))
assert values[-1] > values[0]
