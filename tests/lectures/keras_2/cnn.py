from __future__ import print_function
import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout, Flatten
from keras.layers import Conv2D, MaxPooling2D
from keras.layers.normalization import BatchNormalization
from keras import backend as K

np.random.seed(1)
img_rows, img_cols, num_classes = 12, 12, 2
x_train = 0.1 * np.random.rand(120, img_rows, img_cols)
y_train = np.random.randint(0, 2, 120)
for i in range(120):
    k = np.random.randint(2, 10)
    if y_train[i]:
        x_train[i, k] += 1
    else:
        x_train[i, :, k] += 1

if K.image_data_format() == "channels_first":
    x_train = x_train.reshape(x_train.shape[0], 1, img_rows, img_cols)
    input_shape = (1, img_rows, img_cols)
else:
    x_train = x_train.reshape(x_train.shape[0], img_rows, img_cols, 1)
    input_shape = (img_rows, img_cols, 1)
y_train = keras.utils.to_categorical(y_train, num_classes)

model = Sequential()
model.add(Conv2D(8, kernel_size=(3, 3), activation="relu", input_shape=input_shape))
model.add(Conv2D(8, (3, 3), kernel_initializer="he_normal", use_bias=False))
model.add(BatchNormalization())
model.add(keras.layers.Activation("relu"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.1))
model.add(Flatten())
model.add(Dense(num_classes, activation="softmax"))
model.compile(
    loss=keras.losses.categorical_crossentropy,
    optimizer=keras.optimizers.Adadelta(lr=1.0),
    metrics=["accuracy"],
)
model.fit(
    x_train,
    y_train,
    batch_size=20,
    epochs=10,
    verbose=0,
    validation_data=(x_train, y_train),
)
assert model.evaluate(x_train, y_train, verbose=0)[1] > 0.9
