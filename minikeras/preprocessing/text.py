"""`keras.preprocessing.text` of Keras 1 and 2: words of texts as numbers.

Today `layers.TextVectorization` does this inside of a model.
"""

import hashlib
import json
import math
import warnings
from collections import Counter

import numpy as np

from ..utils import checks

__all__ = [
    "Tokenizer",
    "hashing_trick",
    "one_hot",
    "text_to_word_sequence",
    "tokenizer_from_json",
]

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
MODES = ("binary", "count", "freq", "tfidf")
_TABLES = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")


def text_to_word_sequence(input_text, filters=FILTERS, lower=True, split=" "):
    """Returns the words of a text.

    Args:
        input_text: The text.
        filters: Characters that separate words too.
        lower: Whether to make it lower case.
        split: What separates words.

    >>> text_to_word_sequence("Hi, you and me!")
    ['hi', 'you', 'and', 'me']
    """
    text = input_text.lower() if lower else input_text
    text = text.translate(str.maketrans(dict.fromkeys(filters, split)))
    return [word for word in text.split(split) if word]


def one_hot(input_text, n, filters=FILTERS, lower=True, split=" ", analyzer=None):
    """Returns a number from 1 to n - 1 for each word of a text, by Python's `hash`.

    Different words may get one number, and another process gives other numbers.

    Args:
        input_text: The text.
        n: How many numbers there are, 0 included.
        filters, lower, split: See `text_to_word_sequence`.
        analyzer: Function that takes the text apart instead.
    """
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


def hashing_trick(
    text,
    n,
    hash_function=None,
    filters=FILTERS,
    lower=True,
    split=" ",
    analyzer=None,
):
    """Returns a number from 1 to n - 1 for each word of a text, made by hashing.

    Args:
        text: The text.
        n: How many numbers there are, 0 included; at least 2.
        hash_function: "md5", which is the same everywhere; a function from a word to
            an int; None means Python's `hash`.
        filters, lower, split: See `text_to_word_sequence`.
        analyzer: Function that takes the text apart instead.

    >>> hashing_trick("a b c a", 10, hash_function="md5")
    [2, 5, 8, 2]
    """
    if checks.positive_int("hashing_trick", n=n) < 2:
        checks.fail("hashing_trick", "n", n, "be at least 2", 1000)
    if hash_function == "md5":
        hash_function = _md5
    hash_function = hash_function or hash
    words = analyzer(text) if analyzer else None
    if words is None:
        words = text_to_word_sequence(text, filters, lower, split)
    return [hash_function(word) % (n - 1) + 1 for word in words]


def _md5(word: str) -> int:
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)


class Tokenizer:
    """Numbers the words of texts: 1 for the most frequent, 2 for the next, ...

    Args:
        num_words: Only numbers below this are used in sequences and matrices; None:
            all.
        filters: Characters that separate words too.
        lower: Whether upper and lower case are one.
        split: What separates words.
        char_level: Whether each character is a word.
        oov_token: Stands for words that are not known, with the number 1; None: they
            are left out.
        analyzer: Function that takes a text apart instead.
        **kwargs: `document_count`, as configs have it; `nb_words` of Keras 1.

    Attributes:
        word_index: Word -> number.
        index_word: Number -> word.
        word_counts: Word -> how often it occurred.
        word_docs: Word -> in how many texts.
        index_docs: Number -> in how many texts.
        document_count: How many texts there were.

    >>> tokenizer = Tokenizer(oov_token="?")
    >>> tokenizer.fit_on_texts(["The cat sat.", "The dog"])
    >>> tokenizer.texts_to_sequences(["the cat flew"])
    [[2, 3, 1]]
    """

    def __init__(
        self,
        num_words=None,
        filters=FILTERS,
        lower=True,
        split=" ",
        char_level=False,
        oov_token=None,
        analyzer=None,
        **kwargs,
    ):
        if "nb_words" in kwargs and num_words is None:
            num_words = kwargs.pop("nb_words")
            message = f"nb_words is the old name. Try Tokenizer(num_words={num_words})."
            warnings.warn(message, DeprecationWarning, stacklevel=2)
        self.document_count = kwargs.pop("document_count", 0)
        if kwargs:
            raise TypeError(
                f"Tokenizer got unexpected arguments {sorted(kwargs)}. It takes "
                "num_words, filters, lower, split, char_level, oov_token and analyzer."
            )
        self.num_words = num_words
        self.filters = filters
        self.lower = lower
        self.split = split
        self.char_level = char_level
        self.oov_token = oov_token
        self.analyzer = analyzer
        self.word_counts: Counter = Counter()
        self.word_docs: Counter = Counter()
        self.index_docs: Counter = Counter()
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    def _words(self, text) -> list:
        """The words of a text; of a list, its items."""
        if self.char_level or isinstance(text, list):
            if self.lower:
                is_list = isinstance(text, list)
                text = [word.lower() for word in text] if is_list else text.lower()
            return list(text)
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts) -> None:
        """Counts words and numbers them anew.

        Args:
            texts: Texts, or lists of words.
        """
        for text in texts:
            words = self._words(text)
            self.document_count += 1
            self.word_counts.update(words)
            self.word_docs.update(set(words))
        ranked = sorted(self.word_counts.items(), key=lambda item: -item[1])
        first = [] if self.oov_token is None else [self.oov_token]
        known = first + [word for word, _ in ranked]
        self.word_index = {word: i for i, word in enumerate(known, 1)}
        self.index_word = {i: word for word, i in self.word_index.items()}
        docs = self.word_docs.items()
        self.index_docs = Counter({self.word_index[word]: n for word, n in docs})

    def fit_on_sequences(self, sequences) -> None:
        """Counts in how many sequences each number is, for "tfidf".

        Args:
            sequences: Lists of numbers.
        """
        for sequence in sequences:
            self.document_count += 1
            self.index_docs.update(set(sequence))

    def _is_used(self, number) -> bool:
        return number is not None and not (self.num_words and number >= self.num_words)

    def texts_to_sequences(self, texts) -> list:
        """Returns the list of numbers of each text."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts):
        """Yields the list of numbers of each text."""
        unknown = self.word_index.get(self.oov_token)
        for text in texts:
            numbers = [self.word_index.get(word) for word in self._words(text)]
            numbers = [n if self._is_used(n) else unknown for n in numbers]
            yield [n for n in numbers if n is not None]

    def sequences_to_texts(self, sequences) -> list:
        """Returns the text of each list of numbers, words with spaces between."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences):
        """Yields the text of each list of numbers."""
        for sequence in sequences:
            used = [n if self._is_used(n) else None for n in sequence]
            words = [self.index_word.get(n, self.oov_token) for n in used]
            yield " ".join(word for word in words if word is not None)

    def texts_to_matrix(self, texts, mode="binary") -> np.ndarray:
        """Returns a matrix with a row for each text: see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences, mode="binary") -> np.ndarray:
        """Returns a matrix with a row for each sequence, a column for each number.

        Args:
            sequences: Lists of numbers.
            mode: What stands in it: "binary", whether the number occurs; "count", how
                often; "freq", as a share of the sequence; "tfidf", (1 + log(count)) *
                log(1 + documents / (1 + documents with it)).

        Shape: (sequences, num_words), num_words being all words and one if it is None.
        """
        checks.one_of("Tokenizer", mode=mode, allowed=MODES)
        if not self.num_words and not self.word_index:
            raise ValueError(
                "Tokenizer: how many columns? Give num_words, or call fit_on_texts "
                "first."
            )
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Tokenizer: mode 'tfidf' needs fit_on_texts first.")
        width = self.num_words or len(self.word_index) + 1
        matrix = np.zeros((len(sequences), width))
        for row, sequence in zip(matrix, sequences, strict=True):
            for number, count in Counter(sequence).items():
                if number < width:
                    row[number] = self._entry(mode, number, count, len(sequence))
        return matrix

    def _entry(self, mode: str, number: int, count: int, length: int) -> float:
        if mode == "count":
            return count
        if mode == "freq":
            return count / length
        if mode == "binary":
            return 1.0
        inverse = self.document_count / (1 + self.index_docs.get(number, 0))
        return (1 + math.log(count)) * math.log(1 + inverse)

    def get_config(self) -> dict:
        """Returns the settings and, as JSON texts, what was counted."""
        names = "num_words filters lower split char_level oov_token document_count"
        config = {name: getattr(self, name) for name in names.split()}
        return config | {name: json.dumps(getattr(self, name)) for name in _TABLES}

    def to_json(self, **kwargs) -> str:
        """Returns the tokenizer as JSON, for `tokenizer_from_json`.

        Args:
            **kwargs: Passed to `json.dumps`.
        """
        form = {"class_name": type(self).__name__, "config": self.get_config()}
        return json.dumps(form, **kwargs)


def tokenizer_from_json(json_string) -> Tokenizer:
    """Returns the Tokenizer that `to_json` wrote, here or in Keras."""
    config = dict(json.loads(json_string)["config"])
    tables = {name: json.loads(config.pop(name)) for name in _TABLES}
    tokenizer = Tokenizer(**config)
    for name in ("word_counts", "word_docs"):
        setattr(tokenizer, name, Counter(tables[name]))
    by_number = {int(n): count for n, count in tables["index_docs"].items()}
    tokenizer.index_docs = Counter(by_number)
    tokenizer.index_word = {int(n): word for n, word in tables["index_word"].items()}
    tokenizer.word_index = tables["word_index"]
    return tokenizer
