import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(3)
series = np.sin(np.arange(300) / 5.0)[:, None]
data = keras.utils.timeseries_dataset_from_array(series[:-10], series[10:], sequence_length=10, batch_size=32)
model = keras.Sequential([layers.Input((10, 1)), layers.LSTM(16, return_sequences=True), layers.Bidirectional(layers.GRU(8)), layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), keras.losses.MeanSquaredError())
losses = model.fit(data, epochs=15, verbose=0).history["loss"]
assert losses[-1] < 0.1 * losses[0]
