"""A convolutional network reads handwritten digits.

Run it:  python examples/mnist_cnn.py         the small digits bundled with minikeras
         python examples/mnist_cnn.py mnist   MNIST, downloaded the first time
         python examples/mnist_cnn.py FOLDER  MNIST from a folder with mnist.npz or with
                                              *-images-idx3-ubyte.gz and its labels
"""

import gzip
import pathlib
import sys

import numpy as np

import minikeras as keras
from minikeras import layers

TRAIN, VALIDATE = 8000, 2000  # of MNIST's 70,000 images: enough for 98%, in a minute

# The data -----------------------------------------------------------------------------


def small_digits():
    """Returns the bundled images of 8x8 pixels, whose ink goes from 0 to 16."""
    (x, y), (x_test, y_test) = keras.datasets.digits.load_data()
    return (x / 16, y), (x_test / 16, y_test)


def mnist_digits(place):
    """Returns 10,000 images of 28x28 pixels, from the net or from a folder."""
    if place == "mnist":
        (x, y), _ = keras.datasets.mnist.load_data()
    else:
        x, y = read_folder(pathlib.Path(place))
    x, y = x[: TRAIN + VALIDATE] / 255, y[: TRAIN + VALIDATE]
    return (x[:TRAIN], y[:TRAIN]), (x[TRAIN:], y[TRAIN:])


def read_folder(folder):
    """Returns images and labels from the files of MNIST, in either form."""
    if (folder / "mnist.npz").exists():
        with np.load(folder / "mnist.npz") as arrays:
            return arrays["x_train"], arrays["y_train"]
    for path in sorted(folder.glob("*-images-idx3-ubyte.gz"), reverse=True):
        labels = path.with_name(path.name.replace("images-idx3", "labels-idx1"))
        return bytes_of(path, 16).reshape(-1, 28, 28), bytes_of(labels, 8)
    sys.exit(f"{folder} holds neither mnist.npz nor *-images-idx3-ubyte.gz.")


def bytes_of(path, start):
    """Returns the numbers in a compressed file, without its header."""
    return np.frombuffer(gzip.decompress(path.read_bytes()), "uint8", offset=start)


# The network --------------------------------------------------------------------------


def network(size):
    """Two times convolution and pooling, then one dense layer, on square images.

    Each pooling halves the image, so the second convolution sees twice as far, and has
    twice as many patterns to look for.
    """
    return keras.Sequential(
        [
            keras.Input((size, size, 1)),  # the last axis: one channel, the grey
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def picture(image):
    """Returns the rows of an image as text, two characters a pixel."""
    return ["".join(" .:*#"[int(4 * ink)] * 2 for ink in row) for row in image]


keras.utils.set_random_seed(0)
place = sys.argv[1] if len(sys.argv) > 1 else None
train, (x_val, y_val) = small_digits() if place is None else mnist_digits(place)

model = network(x_val.shape[1])
model.summary()
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(
    train[0][..., None],
    train[1],
    batch_size=64,
    epochs=8 if place else 20,
    validation_data=(x_val[..., None], y_val),
    verbose=2,
)

# What it got wrong is the best way to see what it has learnt.

probabilities = model.predict(x_val[..., None], verbose=0)
answers = probabilities.argmax(axis=1)
print(f"\nValidation accuracy {np.mean(answers == y_val):.2%}")
wrong = np.flatnonzero(answers != y_val)[:2]
for i in wrong:
    print(f"\nA {y_val[i]}, read as {answers[i]} ({probabilities[i].max():.0%} sure):")
    print("\n".join(picture(x_val[i])))
