"""The MNIST handwritten digits: 70,000 images of 28x28 pixels.

Y. LeCun, C. Cortes and C. J. C. Burges; licence CC BY-SA 3.0. The file is the one Keras
uses, in the place where Keras keeps it, so a machine that has it for Keras has it here.
"""

import numpy as np

from ..utils import download

__all__ = ["load_data"]

_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"


def load_data(path="mnist.npz"):
    """Loads MNIST, from the net the first time.

    Args:
        path: Name of the file in the folder `~/.keras/datasets` (or
            `$KERAS_HOME/datasets`).

    Returns:
        `(x_train, y_train), (x_test, y_test)`, all uint8: images of shape
        `(60000, 28, 28)` and `(10000, 28, 28)` with values 0 to 255, labels 0 to 9.

    Raises:
        OSError: The file is not there and cannot be downloaded; the message says
            what to put where.
    """
    file = download.get_file(path, origin=_URL, file_hash=_SHA256)
    with np.load(file, allow_pickle=False) as arrays:
        return tuple(
            (arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test")
        )
