import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(5)
digits = np.random.randint(1, 6, (300, 4))
target = digits[:, ::-1]
fed = np.c_[np.zeros(300, int), target[:, :-1]]
enc_in, dec_in = keras.Input((None,), name="enc"), keras.Input((None,), name="dec")
embed = layers.Embedding(6, 16)
_, *state = layers.LSTM(32, return_state=True)(embed(enc_in))
h = layers.LSTM(32, return_sequences=True)(embed(dec_in), initial_state=state)
model = keras.Model([enc_in, dec_in], layers.Dense(6, activation="softmax")(h))
model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit({"enc": digits, "dec": fed}, target, epochs=20, batch_size=30, verbose=0)
assert model.evaluate([digits, fed], target, verbose=0)[1] > 0.75
