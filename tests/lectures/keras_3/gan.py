import numpy as np
import keras
from keras import layers, ops

keras.utils.set_random_seed(8)
generator = keras.Sequential([keras.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(2)])
discriminator = keras.Sequential([keras.Input((2,)), layers.Dense(16), layers.LeakyReLU(negative_slope=0.2), layers.Dense(1)])
discriminator.compile(keras.optimizers.Adam(0.01, beta_1=0.5), keras.losses.BinaryCrossentropy(from_logits=True))
frozen = keras.models.clone_model(discriminator)
combined = keras.Sequential([generator, frozen])
frozen.trainable = False
combined.compile(keras.optimizers.Adam(0.01, beta_1=0.5), keras.losses.BinaryCrossentropy(from_logits=True))
target = np.array([2.0, -1.0])
seed = np.random.normal(size=(200, 4))
before = abs(generator.predict(seed, verbose=0).mean(axis=0) - target).sum()
for _ in range(200):
    noise = np.random.normal(size=(32, 4))
    real = target + 0.1 * np.random.randn(32, 2)
    both = np.concatenate([real, generator.predict(noise, verbose=0)])
    discriminator.train_on_batch(both, np.r_[np.ones(32), np.zeros(32)])
    frozen.set_weights(discriminator.get_weights())
    combined.train_on_batch(noise, np.ones(32))
after = abs(generator.predict(seed, verbose=0).mean(axis=0) - target).sum()
assert after < 0.7 * before, (before, after)
