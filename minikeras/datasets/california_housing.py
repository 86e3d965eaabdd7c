"""California housing: 20,640 blocks with 8 features and the median price of a house.

R. K. Pace and R. Barry, 1997, Sparse Spatial Autoregressions.
"""

import numpy as np

from ..utils import checks, download

__all__ = ["load_data"]

_URL = (
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/california_housing.npz"
)
_SHA256 = "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f"


def load_data(version="large", path="california_housing.npz", test_split=0.2, seed=113):
    """Loads the prices, from the net the first time.

    Args:
        version: "large" for all blocks, "small" for the first 600.
        path: Name of the file in `~/.keras/datasets`.
        test_split: Share of the samples to test with, in [0, 1).
        seed: Seed of the order.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: features (n, 8), prices in dollars.

    Raises:
        OSError: The file is not there and cannot be downloaded.
    """
    checks.one_of("load_data", version=version, allowed=("large", "small"))
    checks.in_range("load_data", 0.0, 1.0, test_split=test_split)
    file = download.get_file(path, origin=_URL, file_hash=_SHA256)
    with np.load(file, allow_pickle=False) as arrays:
        x, y = arrays["x"], arrays["y"]
    if version == "small":
        x, y = x[:600], y[:600]
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    x, y = x[order], y[order]
    count = int(len(x) * (1 - test_split))
    return (x[:count], y[:count]), (x[count:], y[count:])
