"""CIFAR-10: 60,000 colour pictures of 32x32 pixels in 10 classes.

A. Krizhevsky, 2009, Learning Multiple Layers of Features from Tiny Images.
"""

import os

import numpy as np

from .cifar import folder_of, read_batch, shaped

__all__ = ["load_data"]

_SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"


def load_data():
    """Loads CIFAR-10, from the net the first time.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, all uint8: pictures of shape
        `(50000, 32, 32, 3)` and `(10000, 32, 32, 3)`, labels `(n, 1)`, 0 to 9:
        aeroplane, car, bird, cat, deer, dog, frog, horse, ship, lorry.

    Raises:
        OSError: The archive is not there and cannot be downloaded.
    """
    folder = folder_of("cifar-10-batches-py", "cifar-10-python.tar.gz", _SHA256)
    batches = [
        read_batch(os.path.join(folder, f"data_batch_{i}"), "labels")
        for i in range(1, 6)
    ]
    images = np.concatenate([images for images, _ in batches])
    labels = [label for _, some in batches for label in some]
    test = read_batch(os.path.join(folder, "test_batch"), "labels")
    return shaped(images, labels, "uint8"), shaped(*test, "uint8")
