import numpy as np

np.random.seed(14)
from keras.models import Graph, Sequential
from keras.layers.core import Dense, Highway, MaxoutDense
from keras.layers.advanced_activations import SReLU, PReLU, ParametricSoftplus
from keras.regularizers import l2, activity_l2
from keras.constraints import maxnorm

X = np.random.rand(200, 8)
y = np.c_[X[:, 0] * X[:, 1], X.mean(axis=1)]
graph = Graph()
graph.add_input(name="input1", input_shape=(8,))
graph.add_node(Dense(16, activation="relu"), name="dense1", input="input1")
graph.add_node(Dense(8), name="dense2", input="input1")
graph.add_output(name="output1", inputs=["dense1", "dense2"], merge_mode="concat")
graph.add_node(
    Dense(2), name="dense3", inputs=["dense1", "dense2"], merge_mode="concat"
)
graph.add_output(name="output2", input="dense3")
graph.compile("rmsprop", {"output1": "mse", "output2": "mse"})
data = {"input1": X, "output1": np.zeros((200, 24)), "output2": y}
losses = graph.fit(data, nb_epoch=10, verbose=0).history["loss"]
assert losses[-1] < 0.5 * losses[0]

model = Sequential()
model.add(MaxoutDense(12, nb_feature=3, input_dim=8, W_constraint=maxnorm(2)))
model.add(Highway(activation="relu", W_regularizer=l2(1e-4)))
model.add(SReLU())
model.add(Dense(6, activity_regularizer=activity_l2(1e-5)))
model.add(ParametricSoftplus())
model.add(Dense(2))
model.add(PReLU())
model.compile("adam", "mse")
losses = model.fit(X, y, nb_epoch=40, batch_size=20, verbose=0).history["loss"]
assert losses[-1] < 0.3 * losses[0]
