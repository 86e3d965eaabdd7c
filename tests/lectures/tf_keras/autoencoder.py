import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses
from tensorflow.keras.models import Model

np.random.seed(6)
x_train = (np.random.rand(200, 3) @ np.random.rand(3, 16)).reshape(200, 4, 4).astype('float32') / 3
latent_dim = 4

class Autoencoder(Model):
    def __init__(self, latent_dim):
        super(Autoencoder, self).__init__()
        self.latent_dim = latent_dim
        self.encoder = tf.keras.Sequential([
            layers.Flatten(),
            layers.Dense(latent_dim, activation='relu'),
        ])
        self.decoder = tf.keras.Sequential([
            layers.Dense(16, activation='sigmoid'),
            layers.Reshape((4, 4)),
        ])

    def call(self, x):
        encoded = self.encoder(x)
        decoded = self.decoder(encoded)
        return decoded

autoencoder = Autoencoder(latent_dim)
autoencoder.compile(optimizer='adam', loss=losses.MeanSquaredError())
history = autoencoder.fit(x_train, x_train, epochs=40, shuffle=True, validation_data=(x_train, x_train), verbose=0)
assert history.history['val_loss'][-1] < 0.6 * history.history['val_loss'][0]
encoded_imgs = autoencoder.encoder(x_train).numpy()
assert autoencoder.decoder(encoded_imgs).numpy().shape == (200, 4, 4)
