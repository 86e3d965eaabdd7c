import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

np.random.seed(5)
digits = np.random.randint(0, 5, (300, 4))
x, y = np.eye(5)[digits], np.eye(5)[np.sort(digits, axis=1)]
model = keras.Sequential()
model.add(layers.LSTM(32, input_shape=(4, 5)))
model.add(layers.RepeatVector(4))
model.add(layers.LSTM(32, return_sequences=True))
model.add(layers.Dense(5, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(learning_rate=0.01), metrics=["accuracy"])
model.fit(x, y, batch_size=30, epochs=25, verbose=0)
assert model.evaluate(x, y, verbose=0)[1] > 0.7
query = keras.Input((None, 5))
attended = layers.Attention()([layers.LSTM(8, return_sequences=True)(query)] * 2)
model = keras.Model(query, layers.Dense(5, 'softmax')(attended))
model.compile('adam', 'categorical_crossentropy')
losses = model.fit(x, y, epochs=10, verbose=0).history['loss']
assert losses[-1] < losses[0]
