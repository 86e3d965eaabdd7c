"""Variational autoencoder with symbolic add_loss."""

from keras.layers import Lambda, Input, Dense
from keras.models import Model
from keras.losses import mse, binary_crossentropy
from keras import backend as K
import numpy as np

np.random.seed(7)


def sampling(args):
    z_mean, z_log_var = args
    batch = K.shape(z_mean)[0]
    dim = K.int_shape(z_mean)[1]
    epsilon = K.random_normal(shape=(batch, dim))
    return z_mean + K.exp(0.5 * z_log_var) * epsilon


original_dim, intermediate_dim, latent_dim = 16, 24, 2
kinds = np.random.randint(0, 2, 240)
x_train = np.where(kinds[:, None], np.arange(16) < 8, np.arange(16) >= 8).astype(
    "float32"
)

inputs = Input(shape=(original_dim,), name="encoder_input")
x = Dense(intermediate_dim, activation="relu")(inputs)
z_mean = Dense(latent_dim, name="z_mean")(x)
z_log_var = Dense(latent_dim, name="z_log_var")(x)
z = Lambda(sampling, output_shape=(latent_dim,), name="z")([z_mean, z_log_var])
encoder = Model(inputs, [z_mean, z_log_var, z], name="encoder")
latent_inputs = Input(shape=(latent_dim,), name="z_sampling")
x = Dense(intermediate_dim, activation="relu")(latent_inputs)
outputs = Dense(original_dim, activation="sigmoid")(x)
decoder = Model(latent_inputs, outputs, name="decoder")
outputs = decoder(encoder(inputs)[2])
vae = Model(inputs, outputs, name="vae_mlp")

reconstruction_loss = binary_crossentropy(inputs, outputs)
reconstruction_loss *= original_dim
kl_loss = 1 + z_log_var - K.square(z_mean) - K.exp(z_log_var)
kl_loss = K.sum(kl_loss, axis=-1)
kl_loss *= -0.5
vae_loss = K.mean(reconstruction_loss + kl_loss)
vae.add_loss(vae_loss)
vae.compile(optimizer="adam")
losses = vae.fit(
    x_train, epochs=40, batch_size=20, verbose=0, validation_data=(x_train, None)
).history
assert losses["loss"][-1] < 0.5 * losses["loss"][0] and len(losses["val_loss"]) == 40
z_mean, _, _ = encoder.predict(x_train, batch_size=20)
assert (
    abs(z_mean[kinds == 0].mean(axis=0) - z_mean[kinds == 1].mean(axis=0)).max() > 0.5
)
