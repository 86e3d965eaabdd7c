import numpy as np

np.random.seed(8)
from keras.models import Sequential
from keras.layers import Convolution2D, ZeroPadding2D, MaxPooling2D
from keras import backend as K

model = Sequential()
model.add(ZeroPadding2D((1, 1), batch_input_shape=(1, 16, 16, 3)))
first_layer = model.layers[-1]
input_img = first_layer.input
model.add(Convolution2D(8, 3, 3, activation="relu", name="conv1_1"))
model.add(ZeroPadding2D((1, 1)))
model.add(Convolution2D(8, 3, 3, activation="relu", name="conv1_2"))
model.add(MaxPooling2D((2, 2), strides=(2, 2)))
layer_dict = dict([(layer.name, layer) for layer in model.layers])


def normalize(x):
    return x / (K.sqrt(K.mean(K.square(x))) + 1e-5)


rising = 0
for filter_index in range(4):
    layer_output = layer_dict["conv1_2"].output
    loss = K.mean(layer_output[:, :, :, filter_index])
    grads = K.gradients(loss, input_img)[0]
    grads = normalize(grads)
    iterate = K.function([input_img, K.learning_phase()], [loss, grads])
    input_img_data = np.random.random((1, 16, 16, 3)) * 0.2 + 0.5
    values = []
    for i in range(10):
        loss_value, grads_value = iterate([input_img_data, 0])
        input_img_data += grads_value * 0.1
        values.append(loss_value)
        if loss_value <= 0.0:
            break
    rising += values[-1] > values[0]
assert rising >= 2
