"""Boston housing: 506 towns with 13 features and the median price of a house.

D. Harrison and D. L. Rubinfeld, 1978, Hedonic Housing Prices and the Demand for Clean
Air. One of the features rests on an assumption about the colour of people's skin; for
teaching, `california_housing` is the better choice.
"""

import numpy as np

from ..utils import checks, download

__all__ = ["load_data"]

_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/boston_housing.npz"
_SHA256 = "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5"


def load_data(path="boston_housing.npz", test_split=0.2, seed=113):
    """Loads the prices, from the net the first time.

    Args:
        path: Name of the file in `~/.keras/datasets`.
        test_split: Share of the samples to test with, in [0, 1).
        seed: Seed of the order.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: features (n, 13), prices in thousands of
        dollars.

    Raises:
        OSError: The file is not there and cannot be downloaded.
    """
    checks.in_range("load_data", 0.0, 1.0, test_split=test_split)
    file = download.get_file(path, origin=_URL, file_hash=_SHA256)
    with np.load(file, allow_pickle=False) as arrays:
        x, y = arrays["x"], arrays["y"]
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    x, y = x[order], y[order]
    count = int(len(x) * (1 - test_split))
    return (x[:count], y[:count]), (x[count:], y[count:])
