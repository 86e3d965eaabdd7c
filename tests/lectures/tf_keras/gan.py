import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

np.random.seed(8)
keras.utils.set_random_seed(8)
generator = keras.Sequential([keras.Input((4,)), layers.Dense(16, "relu"), layers.Dense(2)])
discriminator = keras.Sequential([keras.Input((2,)), layers.Dense(16), layers.LeakyReLU(0.2), layers.Dense(1)])
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
generator_optimizer, discriminator_optimizer = keras.optimizers.Adam(0.01, beta_1=0.5), keras.optimizers.Adam(0.01, beta_1=0.5)

@tf.function
def train_step(images, noise):
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        generated_images = generator(noise, training=True)
        real_output = discriminator(images, training=True)
        fake_output = discriminator(generated_images, training=True)
        gen_loss = cross_entropy(np.ones((32, 1)), fake_output)
        disc_loss = cross_entropy(np.ones((32, 1)), real_output) + cross_entropy(np.zeros((32, 1)), fake_output)
    gradients_of_generator = gen_tape.gradient(gen_loss, generator.trainable_variables)
    gradients_of_discriminator = disc_tape.gradient(disc_loss, discriminator.trainable_variables)
    generator_optimizer.apply_gradients(zip(gradients_of_generator, generator.trainable_variables))
    discriminator_optimizer.apply_gradients(zip(gradients_of_discriminator, discriminator.trainable_variables))
    return gen_loss, disc_loss

seed = np.random.normal(size=(200, 4)).astype("float32")
target = np.array([2., -1.])
before = abs(generator(seed).numpy().mean(axis=0) - target).sum()
for step in range(200):
    real = (target + 0.1 * np.random.randn(32, 2)).astype("float32")
    train_step(real, np.random.normal(size=(32, 4)).astype("float32"))
after = abs(generator(seed).numpy().mean(axis=0) - target).sum()
assert after < 0.6 * before, (before, after)
