import numpy as np
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense, Bidirectional, TimeDistributed, Masking, GRU
from tensorflow.keras.preprocessing.sequence import TimeseriesGenerator

np.random.seed(3)
series = np.sin(np.arange(200) / 5.)
X = np.stack([series[i:i + 10] for i in range(180)])[..., None]
y = series[10:190]
generator = TimeseriesGenerator(series, series, length=10, batch_size=20)
assert len(generator) == 10 and generator[0][0].shape == (20, 10)
model = Sequential([
    Masking(mask_value=-9., input_shape=(10, 1)),
    Bidirectional(LSTM(8, return_sequences=True)),
    TimeDistributed(Dense(4, activation='tanh')),
    GRU(8),
    Dense(1)])
model.compile(optimizer=tf.keras.optimizers.RMSprop(0.005), loss=tf.keras.losses.Huber())
losses = model.fit(X, y, epochs=15, verbose=0).history['loss']
assert losses[-1] < 0.2 * losses[0]
