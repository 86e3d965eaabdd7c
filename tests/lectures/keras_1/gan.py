import numpy as np

np.random.seed(7)
from keras.models import Sequential
from keras.layers.core import Dense, Activation
from keras.layers.advanced_activations import LeakyReLU
from keras.optimizers import Adam


def generator_model():
    model = Sequential()
    model.add(Dense(input_dim=4, output_dim=16))
    model.add(Activation("tanh"))
    model.add(Dense(2))
    return model


def discriminator_model():
    model = Sequential()
    model.add(Dense(16, input_dim=2))
    model.add(LeakyReLU(alpha=0.2))
    model.add(Dense(1))
    model.add(Activation("sigmoid"))
    return model


def generator_containing_discriminator(generator, discriminator):
    model = Sequential()
    model.add(generator)
    discriminator.trainable = False
    model.add(discriminator)
    return model


discriminator = discriminator_model()
generator = generator_model()
both = generator_containing_discriminator(generator, discriminator)
generator.compile(loss="binary_crossentropy", optimizer="SGD")
both.compile(loss="binary_crossentropy", optimizer=Adam(lr=0.01))
discriminator.trainable = True
discriminator.compile(loss="binary_crossentropy", optimizer=Adam(lr=0.01))
start = generator.predict(np.random.uniform(-1, 1, (200, 4)), verbose=0).mean(axis=0)
for index in range(300):
    real = np.array([2.0, -1.0]) + 0.1 * np.random.randn(32, 2)
    noise = np.random.uniform(-1, 1, (32, 4))
    fake = generator.predict(noise, verbose=0)
    X, y = np.concatenate((real, fake)), [1] * 32 + [0] * 32
    d_loss = discriminator.train_on_batch(X, np.array(y))
    discriminator.trainable = False
    g_loss = both.train_on_batch(np.random.uniform(-1, 1, (32, 4)), np.array([1] * 32))
    discriminator.trainable = True
end = generator.predict(np.random.uniform(-1, 1, (200, 4)), verbose=0).mean(axis=0)
target = np.array([2.0, -1.0])
assert abs(end - target).sum() < 0.8 * abs(start - target).sum(), (start, end)
