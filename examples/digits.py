"""Reading handwritten digits: train, save, load in a new process, predict.

Run it:  python examples/digits.py          trains and saves digits.h5
         python examples/digits.py --load   loads digits.h5 and predicts the same
"""

import sys

import minikeras as keras
from minikeras import layers

FILE = "digits.h5"

# The data: 1,797 images of 8x8 pixels, bundled with minikeras. Ink goes from 0 to 16;
# networks like numbers between 0 and 1.

(x_train, y_train), (x_test, y_test) = keras.datasets.digits.load_data()
x_train, x_test = x_train / 16, x_test / 16


def train():
    """Builds a network, trains it and saves it."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input(shape=(8, 8)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.summary()
    model.compile(
        optimizer="adam",
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    model.fit(x_train, y_train, epochs=25, validation_data=(x_test, y_test))
    model.save(FILE)
    print(f"\nSaved {FILE}. Now load it in a new process: add --load")
    return model


def show(model):
    """Prints how good the network is, and some digits with its answers."""
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"\nTest accuracy {accuracy:.2%}, loss {loss:.4f}\n")
    probabilities = model.predict(x_test[:6], verbose=0)
    for row in range(8):
        print("   ".join(picture_row(image[row]) for image in x_test[:6]).rstrip())
    answers = zip(probabilities.argmax(axis=1), probabilities.max(axis=1), strict=True)
    print("   ".join(f"{digit} ({sure:.2%})".ljust(16) for digit, sure in answers))


def picture_row(pixels):
    """Returns a row of an image as text, two characters a pixel."""
    return "".join(" .:*#"[int(ink * 4)] * 2 for ink in pixels)


if "--load" in sys.argv[1:]:
    model = keras.models.load_model(FILE)
    print(f"Loaded {FILE}, which another process saved.")
    show(model)
else:
    show(train())
