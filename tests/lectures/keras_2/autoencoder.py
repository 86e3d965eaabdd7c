import numpy as np
from keras.layers import Input, Conv2D, MaxPooling2D, UpSampling2D
from keras.models import Model
from keras.callbacks import TensorBoard
import tempfile

np.random.seed(6)
x_train = np.zeros((60, 8, 8, 1))
for i in range(60):
    a, b = np.random.randint(0, 6, 2)
    x_train[i, a : a + 3, b : b + 3] = 1.0
noisy = np.clip(x_train + 0.2 * np.random.normal(size=x_train.shape), 0.0, 1.0)

input_img = Input(shape=(8, 8, 1))
x = Conv2D(8, (3, 3), activation="relu", padding="same")(input_img)
x = MaxPooling2D((2, 2), padding="same")(x)
encoded = Conv2D(4, (3, 3), activation="relu", padding="same")(x)
x = Conv2D(8, (3, 3), activation="relu", padding="same")(encoded)
x = UpSampling2D((2, 2))(x)
decoded = Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)
autoencoder = Model(input_img, decoded)
autoencoder.compile(optimizer="adadelta", loss="binary_crossentropy")
from keras import backend as K

K.set_value(autoencoder.optimizer.lr, 1.0)
losses = autoencoder.fit(
    noisy,
    x_train,
    epochs=15,
    batch_size=10,
    shuffle=True,
    verbose=0,
    validation_data=(noisy, x_train),
    callbacks=[
        TensorBoard(
            log_dir=tempfile.mkdtemp(),
            histogram_freq=0,
            write_graph=False,
            batch_size=10,
        )
    ],
)
assert losses.history["loss"][-1] < 0.6 * losses.history["loss"][0]
