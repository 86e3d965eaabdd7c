import numpy as np

np.random.seed(0)
from keras.models import Sequential
from keras.layers.core import Dense, Activation, Flatten
from keras.layers.convolutional import Convolution2D, MaxPooling2D, ZeroPadding2D
from keras.utils.np_utils import to_categorical

# images with the channels first, as Theano had them: a bar that lies or stands
X = 0.1 * np.random.rand(120, 1, 12, 12)
y = np.random.randint(0, 2, 120)
for i in range(120):
    k = np.random.randint(2, 10)
    if y[i]:
        X[i, 0, k, :] += 1
    else:
        X[i, 0, :, k] += 1
Y = to_categorical(y, 2)

model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=(1, 12, 12), dim_ordering="th"))
model.add(Convolution2D(8, 3, 3, activation="relu", dim_ordering="th"))
model.add(
    Convolution2D(8, 3, 3, border_mode="same", subsample=(2, 2), dim_ordering="th")
)
model.add(Activation("relu"))
model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2), dim_ordering="th"))
model.add(Flatten())
model.add(Dense(2, activation="softmax", W_regularizer="l2"))
assert model.layers[1].output_shape == (None, 8, 12, 12)
model.compile(
    loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"]
)
from keras import backend as K

K.set_value(model.optimizer.lr, 1.0)
model.fit(X, Y, nb_epoch=12, batch_size=20, verbose=0)
assert model.evaluate(X, Y, verbose=0)[1] > 0.9
