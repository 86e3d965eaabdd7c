"""Fashion-MNIST: 70,000 images of 28x28 pixels of clothes, in 10 classes.

H. Xiao, K. Rasul and R. Vollgraf, 2017, arXiv:1708.07747; MIT licence.
"""

import gzip

import numpy as np

from ..utils import download

__all__ = ["load_data"]

_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_PARTS = ("train", "t10k")


def load_data():
    """Loads Fashion-MNIST, from the net the first time.

    The files are in `~/.keras/datasets/fashion-mnist`, as Keras keeps them.

    Returns:
        `(x_train, y_train), (x_test, y_test)`, all uint8: images of shape
        `(60000, 28, 28)` and `(10000, 28, 28)`, labels 0 to 9: T-shirt, trousers,
        pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.

    Raises:
        OSError: A file is not there and cannot be downloaded.
    """
    return tuple((_images(part), _labels(part)) for part in _PARTS)


def _bytes(name: str, header: int) -> np.ndarray:
    path = download.get_file(
        name, origin=_URL + name, cache_subdir="datasets/fashion-mnist"
    )
    with gzip.open(path, "rb") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def _images(part: str) -> np.ndarray:
    return _bytes(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)


def _labels(part: str) -> np.ndarray:
    return _bytes(f"{part}-labels-idx1-ubyte.gz", 8)
