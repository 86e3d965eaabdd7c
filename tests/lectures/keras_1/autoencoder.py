import numpy as np

np.random.seed(5)
from keras.layers import Input, Dense
from keras.models import Model
from keras import regularizers

encoding_dim = 4
x = np.dot(np.random.rand(200, 3), np.random.rand(3, 16))
x /= x.max()

input_img = Input(shape=(16,))
encoded = Dense(
    encoding_dim, activation="relu", activity_regularizer=regularizers.activity_l1(1e-7)
)(input_img)
decoded = Dense(16, activation="sigmoid")(encoded)
autoencoder = Model(input=input_img, output=decoded)
encoder = Model(input=input_img, output=encoded)
encoded_input = Input(shape=(encoding_dim,))
decoder = Model(input=encoded_input, output=autoencoder.layers[-1](encoded_input))

autoencoder.compile(optimizer="adam", loss="mse")
history = autoencoder.fit(
    x, x, nb_epoch=40, batch_size=20, shuffle=True, verbose=0, validation_data=(x, x)
)
assert history.history["loss"][-1] < 0.6 * history.history["loss"][0]
codes = encoder.predict(x)
assert np.allclose(decoder.predict(codes), autoencoder.predict(x), atol=1e-5)
