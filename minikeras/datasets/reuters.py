"""Reuters: 11,228 news of 1987 as lists of word numbers, in 46 topics."""

import json

import numpy as np

from ..legacy import doors
from ..utils import download
from .words import filtered, shifted, shorter, shuffled

__all__ = ["get_label_names", "get_word_index", "load_data"]

_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_SHA256 = "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
_INDEX_MD5 = "4d44cc38712099c9e383dc6e5f11a921"
_TOPICS = """
    cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade
    reserves ship cotton carcass crude nat-gas cpi money-fx interest gnp meal-feed alum
    oilseed gold tin strategic-metal livestock retail ipi iron-steel rubber heat jobs
    lei bop zinc orange pet-chem dlr gas silver wpi hog lead
"""


@doors.open_function("reuters.load_data")
def load_data(
    path="reuters.npz",
    num_words=None,
    skip_top=0,
    maxlen=None,
    test_split=0.2,
    seed=113,
    start_char=1,
    oov_char=2,
    index_from=3,
):
    """Loads the news, from the net the first time.

    Args:
        path: Name of the file in `~/.keras/datasets`.
        num_words: Only the so many most frequent words are kept; all if None.
        skip_top: The so many most frequent ones are left out.
        maxlen: News of this length or longer are left out; None for none.
        test_split: Share of the news to test with.
        seed: Seed of the order.
        start_char: What each text begins with; None for nothing.
        oov_char: What stands for words that are left out; None for nothing.
        index_from: What word numbers are raised by.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: arrays of lists of ints, and topics 0
        to 45.

    Raises:
        OSError: The file is not there and cannot be downloaded.
    """
    file = download.get_file(path, origin=f"{_URL}reuters.npz", file_hash=_SHA256)
    with np.load(file, allow_pickle=True) as data:  # of a file whose hash is known
        texts, labels = data["x"], data["y"]
    texts, labels = shuffled(np.random.RandomState(seed), texts, labels)
    texts = shifted(texts, start_char, index_from)
    texts, labels = shorter(texts, labels, maxlen)
    texts = filtered(texts, num_words, skip_top, oov_char)
    count = int(len(texts) * (1 - test_split))
    return (texts[:count], labels[:count]), (texts[count:], labels[count:])


def get_word_index(path="reuters_word_index.json") -> dict:
    """Returns the number of each word, without `index_from`.

    Args:
        path: Name of the file in `~/.keras/datasets`.
    """
    origin = f"{_URL}reuters_word_index.json"
    with open(download.get_file(path, origin, file_hash=_INDEX_MD5)) as file:
        return json.load(file)


def get_label_names() -> tuple[str, ...]:
    """Returns the names of the topics, in the order of their numbers."""
    return tuple(_TOPICS.split())
