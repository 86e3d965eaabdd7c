import numpy as np
from keras.models import Model
from keras.layers import Input, Dense, Lambda
from keras import backend as K

np.random.seed(9)


def accuracy(y_true, y_pred):
    return K.mean(K.equal(y_true, K.cast(y_pred < 0.5, y_true.dtype)))


def contrastive_loss(y_true, y_pred):
    margin = 1
    square_pred = K.square(y_pred)
    margin_square = K.square(K.maximum(margin - y_pred, 0))
    return K.mean(y_true * square_pred + (1 - y_true) * margin_square)


def euclidean_distance(vects):
    x, y = vects
    sum_square = K.sum(K.square(x - y), axis=1, keepdims=True)
    return K.sqrt(K.maximum(sum_square, K.epsilon()))


input = Input(shape=(8,))
x = Dense(32, activation="relu")(input)
base_network = Model(input, Dense(16, activation="relu")(x))
input_a, input_b = Input(shape=(8,)), Input(shape=(8,))
distance = Lambda(euclidean_distance, output_shape=lambda shapes: (shapes[0][0], 1))(
    [base_network(input_a), base_network(input_b)]
)
model = Model([input_a, input_b], distance)
model.compile(loss=contrastive_loss, optimizer="rmsprop", metrics=[accuracy])
centers = np.random.rand(4, 8)
labels = np.random.randint(0, 4, size=(300, 2))
pairs = centers[labels] + 0.05 * np.random.randn(300, 2, 8)
same = (labels[:, 0] == labels[:, 1]).astype("float32")
history = model.fit(
    [pairs[:, 0], pairs[:, 1]], same, batch_size=30, epochs=25, verbose=0
)
assert history.history["accuracy"][-1] > 0.9
