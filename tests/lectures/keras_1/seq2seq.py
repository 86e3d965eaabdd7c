import numpy as np

np.random.seed(4)
from keras.models import Sequential
from keras.layers import Activation, TimeDistributed, Dense, RepeatVector, recurrent

# reverse a sequence of digits
RNN = recurrent.LSTM
steps, digits = 3, 4
numbers = np.random.randint(0, digits, size=(300, steps))
X = np.eye(digits)[numbers]
y = np.eye(digits)[numbers[:, ::-1]]

model = Sequential()
model.add(RNN(48, input_shape=(steps, digits)))
model.add(RepeatVector(steps))
for _ in range(1):
    model.add(RNN(48, return_sequences=True))
model.add(TimeDistributed(Dense(digits)))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
for iteration in range(1, 3):
    model.fit(X, y, batch_size=20, nb_epoch=15, verbose=0)
    rowX, rowy = X[:1], y[:1]
    preds = model.predict_classes(rowX, verbose=0)
    assert preds.shape == (1, steps)
assert model.evaluate(X, y, verbose=0)[1] > 0.7
