import numpy as np
from keras.models import Sequential
from keras.layers import (
    Dense,
    Embedding,
    LSTM,
    Bidirectional,
    SpatialDropout1D,
    CuDNNGRU,
)
from keras.preprocessing import sequence

np.random.seed(3)
x = [list(np.random.randint(1, 10, np.random.randint(3, 9))) for _ in range(200)]
y = np.array([int(5 in row) for row in x])
x = sequence.pad_sequences(x, maxlen=8)
model = Sequential()
model.add(Embedding(10, 16, mask_zero=True))
model.add(SpatialDropout1D(0.1))
model.add(Bidirectional(LSTM(12, dropout=0.1, recurrent_dropout=0.1, implementation=2)))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x, y, batch_size=20, epochs=15, verbose=0)
loss, acc = model.evaluate(x, y, batch_size=20, verbose=0)
assert acc > 0.85, acc
fast = Sequential([CuDNNGRU(4, input_shape=(5, 2)), Dense(1)])
assert fast.predict(np.zeros((2, 5, 2))).shape == (2, 1)
