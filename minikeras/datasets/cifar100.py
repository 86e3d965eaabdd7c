"""CIFAR-100: 60,000 colour pictures of 32x32 pixels in 100 classes, 20 groups.

A. Krizhevsky, 2009, Learning Multiple Layers of Features from Tiny Images.
"""

import os

from ..utils import checks
from .cifar import folder_of, read_batch, shaped

__all__ = ["load_data"]

_SHA256 = "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7"


def load_data(label_mode="fine"):
    """Loads CIFAR-100, from the net the first time.

    Args:
        label_mode: "fine" for the 100 classes, "coarse" for the 20 groups of them.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: pictures as uint8 of shape
        `(50000, 32, 32, 3)` and `(10000, 32, 32, 3)`, labels `(n, 1)` as int64.

    Raises:
        OSError: The archive is not there and cannot be downloaded.
    """
    checks.one_of("load_data", label_mode=label_mode, allowed=("fine", "coarse"))
    folder = folder_of("cifar-100-python", "cifar-100-python.tar.gz", _SHA256)
    labels = f"{label_mode}_labels"
    return tuple(
        shaped(*read_batch(os.path.join(folder, part), labels), "int64")
        for part in ("train", "test")
    )
