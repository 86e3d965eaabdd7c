import numpy as np
from keras import backend as K
from keras.layers import Input, Conv2D, AveragePooling2D
from keras.models import Model

np.random.seed(11)
rows, cols = 12, 12
base_image = K.variable(np.random.rand(1, rows, cols, 3))
style_image = K.variable(np.random.rand(1, rows, cols, 3))
combination_image = K.placeholder((1, rows, cols, 3))
input_tensor = K.concatenate([base_image, style_image, combination_image], axis=0)
img_input = Input(tensor=input_tensor)
x = Conv2D(6, 3, activation="relu", padding="same", name="block1")(img_input)
x = AveragePooling2D(2)(x)
x = Conv2D(6, 3, activation="relu", padding="same", name="block2")(x)
model = Model(img_input, x)
outputs_dict = dict([(layer.name, layer.output) for layer in model.layers])


def gram_matrix(x):
    assert K.ndim(x) == 3
    features = K.batch_flatten(K.permute_dimensions(x, (2, 0, 1)))
    return K.dot(features, K.transpose(features))


def style_loss(style, combination):
    S, C = gram_matrix(style), gram_matrix(combination)
    return K.sum(K.square(S - C)) / (4.0 * (3**2) * ((rows * cols) ** 2))


def content_loss(base, combination):
    return K.sum(K.square(combination - base))


def total_variation_loss(x):
    a = K.square(x[:, : rows - 1, : cols - 1, :] - x[:, 1:, : cols - 1, :])
    b = K.square(x[:, : rows - 1, : cols - 1, :] - x[:, : rows - 1, 1:, :])
    return K.sum(K.pow(a + b, 1.25))


loss = K.variable(0.0)
layer_features = outputs_dict["block2"]
loss = loss + 0.025 * content_loss(
    layer_features[0, :, :, :], layer_features[2, :, :, :]
)
for layer_name in ["block1", "block2"]:
    layer_features = outputs_dict[layer_name]
    loss = loss + 0.5 * style_loss(
        layer_features[1, :, :, :], layer_features[2, :, :, :]
    )
loss = loss + 0.01 * total_variation_loss(combination_image)
grads = K.gradients(loss, combination_image)
f_outputs = K.function([combination_image], [loss] + list(grads))

x = np.random.rand(1, rows, cols, 3)
values = []
for i in range(60):
    value, gradient = f_outputs([x])
    values.append(value)
    x = x - 0.2 * gradient
assert values[-1] < 0.5 * values[0]
