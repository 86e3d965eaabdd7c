import numpy as np

np.random.seed(6)
from keras.layers import Input, Dense, Lambda
from keras.models import Model
from keras import backend as K
from keras import objectives

batch_size, original_dim, latent_dim, intermediate_dim = 20, 12, 2, 16
epsilon_std = 0.01

x = Input(batch_shape=(batch_size, original_dim))
h = Dense(intermediate_dim, activation="relu")(x)
z_mean = Dense(latent_dim)(h)
z_log_std = Dense(latent_dim)(h)


def sampling(args):
    z_mean, z_log_std = args
    epsilon = K.random_normal(shape=(batch_size, latent_dim), mean=0.0, std=epsilon_std)
    return z_mean + K.exp(z_log_std) * epsilon


z = Lambda(sampling, output_shape=(latent_dim,))([z_mean, z_log_std])
decoder_h = Dense(intermediate_dim, activation="relu")
decoder_mean = Dense(original_dim, activation="sigmoid")
x_decoded_mean = decoder_mean(decoder_h(z))


def vae_loss(x, x_decoded_mean):
    xent_loss = original_dim * objectives.binary_crossentropy(x, x_decoded_mean)
    kl_loss = -0.5 * K.mean(
        1 + z_log_std - K.square(z_mean) - K.exp(z_log_std), axis=-1
    )
    return xent_loss + kl_loss


vae = Model(x, x_decoded_mean)
vae.compile(optimizer="rmsprop", loss=vae_loss)

kinds = np.random.randint(0, 2, 200)
x_train = np.where(kinds[:, None], np.arange(12) < 6, np.arange(12) >= 6).astype(
    "float32"
)
history = vae.fit(
    x_train,
    x_train,
    shuffle=True,
    nb_epoch=30,
    batch_size=batch_size,
    validation_data=(x_train, x_train),
    verbose=0,
)
assert history.history["loss"][-1] < 0.7 * history.history["loss"][0]

encoder = Model(x, z_mean)
codes = encoder.predict(x_train, batch_size=batch_size)
assert abs(codes[kinds == 0].mean(axis=0) - codes[kinds == 1].mean(axis=0)).max() > 0.3
decoder_input = Input(shape=(latent_dim,))
generator = Model(decoder_input, decoder_mean(decoder_h(decoder_input)))
assert generator.predict(np.array([[0.05, -0.1]])).shape == (1, original_dim)
