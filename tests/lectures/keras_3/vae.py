import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(7)

class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)
    def call(self, inputs):
        z_mean, z_log_var = inputs
        batch, dim = ops.shape(z_mean)[0], ops.shape(z_mean)[1]
        epsilon = keras.random.normal(shape=(batch, dim), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon

class VAE(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.hidden = layers.Dense(16, activation="relu")
        self.z_mean, self.z_log_var = layers.Dense(2), layers.Dense(2)
        self.sampling = Sampling()
        self.decoder = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(12, activation="sigmoid")])
    def call(self, x):
        h = self.hidden(x)
        z_mean, z_log_var = self.z_mean(h), self.z_log_var(h)
        kl = -0.5 * (1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var))
        self.add_loss(ops.mean(ops.sum(kl, axis=1)))
        return self.decoder(self.sampling([z_mean, z_log_var]))

kinds = np.random.randint(0, 2, 200)
x = np.where(kinds[:, None], np.arange(12) < 6, np.arange(12) >= 6).astype("float32")
vae = VAE()
vae.compile(keras.optimizers.Adam(0.01), loss=lambda y, p: 12 * keras.losses.binary_crossentropy(y, p))
losses = vae.fit(x, x, epochs=25, batch_size=20, verbose=0).history["loss"]
assert losses[-1] < 0.6 * losses[0]
