"""IMDB: 50,000 film reviews as lists of word numbers, half of them kind.

A. Maas et al., 2011, Learning Word Vectors for Sentiment Analysis.
"""

import json

import numpy as np

from ..legacy import doors
from ..utils import download
from .words import filtered, shifted, shorter, shuffled

__all__ = ["get_word_index", "load_data"]

_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_SHA256 = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
_INDEX_MD5 = "bfafd718b763782e994055a2d397834f"


@doors.open_function("imdb.load_data")
def load_data(
    path="imdb.npz",
    num_words=None,
    skip_top=0,
    maxlen=None,
    seed=113,
    start_char=1,
    oov_char=2,
    index_from=3,
):
    """Loads the reviews, from the net the first time.

    Args:
        path: Name of the file in `~/.keras/datasets`.
        num_words: Only the so many most frequent words are kept; all if None.
        skip_top: The so many most frequent ones are left out.
        maxlen: Reviews of this length or longer are left out; None for none.
        seed: Seed of the order.
        start_char: What each review begins with; None for nothing.
        oov_char: What stands for words that are left out; None for nothing.
        index_from: What word numbers are raised by.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: arrays of lists of ints, and labels 0
        (unkind) and 1 (kind).

    Raises:
        OSError: The file is not there and cannot be downloaded.
    """
    file = download.get_file(path, origin=f"{_URL}imdb.npz", file_hash=_SHA256)
    with np.load(file, allow_pickle=True) as data:  # of a file whose hash is known
        parts = [(data[f"x_{p}"], data[f"y_{p}"]) for p in ("train", "test")]
    rng = np.random.RandomState(seed)
    parts = [shuffled(rng, *part) for part in parts]
    parts = [
        shorter(shifted(texts, start_char, index_from), labels, maxlen)
        for texts, labels in parts
    ]
    (train, y_train), (test, y_test) = parts
    texts = filtered([*train, *test], num_words, skip_top, oov_char)
    return (texts[: len(train)], y_train), (texts[len(train) :], y_test)


def get_word_index(path="imdb_word_index.json") -> dict:
    """Returns the number of each word, without `index_from`.

    Args:
        path: Name of the file in `~/.keras/datasets`.
    """
    origin = f"{_URL}imdb_word_index.json"
    with open(download.get_file(path, origin, file_hash=_INDEX_MD5)) as file:
        return json.load(file)
