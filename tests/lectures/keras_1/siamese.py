import numpy as np

np.random.seed(1337)
from keras.models import Sequential, Model
from keras.layers import Dense, Dropout, Input, Lambda
from keras.optimizers import RMSprop
from keras import backend as K


def euclidean_distance(vects):
    x, y = vects
    return K.sqrt(K.sum(K.square(x - y), axis=1, keepdims=True))


def eucl_dist_output_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)


def contrastive_loss(y_true, y_pred):
    margin = 1
    return K.mean(
        y_true * K.square(y_pred)
        + (1 - y_true) * K.square(K.maximum(margin - y_pred, 0))
    )


def create_base_network(input_dim):
    seq = Sequential()
    seq.add(Dense(32, input_shape=(input_dim,), activation="relu"))
    seq.add(Dropout(0.1))
    seq.add(Dense(16, activation="relu"))
    return seq


centers = np.random.rand(4, 8)
labels = np.random.randint(0, 4, size=(300, 2))
pairs = centers[labels] + 0.05 * np.random.randn(300, 2, 8)
same = (labels[:, 0] == labels[:, 1]).astype("float32")

base_network = create_base_network(8)
input_a, input_b = Input(shape=(8,)), Input(shape=(8,))
processed_a, processed_b = base_network(input_a), base_network(input_b)
distance = Lambda(euclidean_distance, output_shape=eucl_dist_output_shape)(
    [processed_a, processed_b]
)
model = Model(input=[input_a, input_b], output=distance)
model.compile(loss=contrastive_loss, optimizer=RMSprop(lr=0.003))
model.fit([pairs[:, 0], pairs[:, 1]], same, batch_size=30, nb_epoch=15, verbose=0)
pred = model.predict([pairs[:, 0], pairs[:, 1]])
assert ((pred.ravel() < 0.5) == same).mean() > 0.9
