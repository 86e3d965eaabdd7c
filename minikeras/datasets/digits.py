"""Handwritten digits of 8x8 pixels, bundled with the package.

1,797 images of the digits 0 to 9, written by 13 people: the test part of "Optical
Recognition of Handwritten Digits" in the form in which scikit-learn redistributes it.
Source, licence and how the file was made: README.md in this folder.
"""

import os

import numpy as np

__all__ = ["load_data"]

_FILE = os.path.join(os.path.dirname(__file__), "digits.npz")
_NUM_TRAIN = 1437


def load_data():
    """Loads the handwritten digits; no network is needed.

    The images lie in a fixed, shuffled order: the first 1,437 are for training, the
    last 360 for testing.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, all uint8. The images have shape
        `(n, 8, 8)` and values from 0 (paper) to 16 (ink); the labels shape `(n,)`.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, y_train.shape, x_test.shape
    ((1437, 8, 8), (1437,), (360, 8, 8))
    >>> for row in x_test[0][:, 1:7]:
    ...     print("".join(".:+*#"[ink // 4] for ink in row))
    .:+*+.
    .*#+*:
    .#*.:+
    :#:.:+
    :+..+:
    :+..*.
    .#**+.
    .:**..
    """
    with np.load(_FILE) as file:
        images, labels = file["images"], file["labels"]
    train, test = slice(None, _NUM_TRAIN), slice(_NUM_TRAIN, None)
    return (images[train], labels[train]), (images[test], labels[test])
