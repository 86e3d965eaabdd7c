import numpy as np

np.random.seed(9)
from keras.layers import Input, Embedding, LSTM, Dense, merge
from keras.models import Model, Sequential
from keras.layers import Merge

headlines = np.random.randint(1, 20, size=(200, 6))
extra = np.random.rand(200, 3)
labels = ((headlines == 7).any(axis=1) | (extra[:, 0] > 0.8)).astype(int)

main_input = Input(shape=(6,), dtype="int32", name="main_input")
x = Embedding(output_dim=8, input_dim=20, input_length=6)(main_input)
lstm_out = LSTM(8)(x)
auxiliary_loss = Dense(1, activation="sigmoid", name="aux_output")(lstm_out)
auxiliary_input = Input(shape=(3,), name="aux_input")
x = merge([lstm_out, auxiliary_input], mode="concat")
x = Dense(16, activation="relu")(x)
main_loss = Dense(1, activation="sigmoid", name="main_output")(x)
model = Model(input=[main_input, auxiliary_input], output=[main_loss, auxiliary_loss])
model.compile(
    optimizer="rmsprop",
    loss={"main_output": "binary_crossentropy", "aux_output": "binary_crossentropy"},
    loss_weights={"main_output": 1.0, "aux_output": 0.2},
)
history = model.fit(
    {"main_input": headlines, "aux_input": extra},
    {"main_output": labels, "aux_output": labels},
    nb_epoch=30,
    batch_size=20,
    verbose=0,
)
assert history.history["loss"][-1] < 0.8 * history.history["loss"][0]

left_branch = Sequential()
left_branch.add(Dense(8, input_dim=3, activation="relu"))
right_branch = Sequential()
right_branch.add(Dense(8, input_dim=6, activation="relu"))
merged = Merge([left_branch, right_branch], mode="sum")
final_model = Sequential()
final_model.add(merged)
final_model.add(Dense(1, activation="sigmoid"))
final_model.compile(optimizer="rmsprop", loss="binary_crossentropy")
losses = final_model.fit(
    [extra, headlines / 20.0], labels, nb_epoch=10, verbose=0
).history["loss"]
assert losses[-1] < losses[0]
