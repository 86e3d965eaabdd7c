from keras.layers import Input, Conv2D, MaxPooling2D
from keras.models import Model
from keras import backend as K
import numpy as np

np.random.seed(10)
K.set_learning_phase(0)
inputs = Input(shape=(None, None, 3))
x = Conv2D(8, 3, activation="relu", padding="same", name="mixed2")(inputs)
x = MaxPooling2D(2)(x)
x = Conv2D(8, 3, activation="relu", padding="same", name="mixed3")(x)
model = Model(inputs, x)
dream = model.input
settings = {"features": {"mixed2": 0.2, "mixed3": 0.5}}
layer_dict = dict([(layer.name, layer) for layer in model.layers])

loss = K.variable(0.0)
for layer_name in settings["features"]:
    coeff = settings["features"][layer_name]
    x = layer_dict[layer_name].output
    scaling = K.prod(
        K.cast(K.shape(layer_dict[layer_name].get_weights()[0]), "float32")
    )
    loss = loss + coeff * K.sum(K.square(x[:, 2:-2, 2:-2, :])) / scaling
grads = K.gradients(loss, dream)[0]
grads /= K.maximum(K.mean(K.abs(grads)), K.epsilon())
fetch_loss_and_grads = K.function([dream], [loss, grads])


def gradient_ascent(x, iterations, step, max_loss=None):
    values = []
    for i in range(iterations):
        loss_value, grad_values = fetch_loss_and_grads([x])
        values.append(loss_value)
        x += step * grad_values
    return x, values


img = np.random.rand(1, 16, 16, 3).astype("float32")
img, values = gradient_ascent(img, 10, 0.01)
assert values[-1] > values[0]
