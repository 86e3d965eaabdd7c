import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras import backend as K

np.random.seed(7)
kinds = np.random.randint(0, 2, 200)
x_train = np.where(kinds[:, None], np.arange(12) < 6, np.arange(12) >= 6).astype("float32")

class Sampling(layers.Layer):
    """Uses (z_mean, z_log_var) to sample z."""
    def call(self, inputs):
        z_mean, z_log_var = inputs
        batch = K.shape(z_mean)[0]
        dim = K.shape(z_mean)[1]
        epsilon = K.random_normal(shape=(batch, dim))
        return z_mean + K.exp(0.5 * z_log_var) * epsilon

encoder_inputs = keras.Input(shape=(12,))
x = layers.Dense(16, activation="relu")(encoder_inputs)
z_mean = layers.Dense(2, name="z_mean")(x)
z_log_var = layers.Dense(2, name="z_log_var")(x)
z = Sampling()([z_mean, z_log_var])
encoder = keras.Model(encoder_inputs, [z_mean, z_log_var, z], name="encoder")
latent_inputs = keras.Input(shape=(2,))
h = layers.Dense(16, activation="relu")(latent_inputs)
decoder = keras.Model(latent_inputs, layers.Dense(12, activation="sigmoid")(h), name="decoder")

class KLDivergenceLayer(layers.Layer):
    def call(self, inputs):
        mu, log_var = inputs
        kl = -0.5 * K.sum(1 + log_var - K.square(mu) - K.exp(log_var), axis=-1)
        self.add_loss(K.mean(kl))
        return inputs

class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super(VAE, self).__init__(**kwargs)
        self.encoder, self.decoder, self.kl = encoder, decoder, KLDivergenceLayer()
        self.total_loss_tracker = keras.metrics.Mean(name="total_loss")

    def call(self, x):
        z_mean, z_log_var, z = self.encoder(x)
        self.kl([z_mean, z_log_var])
        return self.decoder(z)

vae = VAE(encoder, decoder)
vae.compile(optimizer=keras.optimizers.Adam(0.01), loss=lambda y, p: 12 * keras.losses.binary_crossentropy(y, p))
losses = vae.fit(x_train, x_train, epochs=25, batch_size=20, verbose=0).history["loss"]
assert losses[-1] < 0.6 * losses[0], losses
