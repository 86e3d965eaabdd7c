"""`keras.preprocessing.sequence`: sequences as arrays, and batches of them."""

import json
import random

import numpy as np

from ..training.pydataset import PyDataset
from ..utils import checks

__all__ = ["TimeseriesGenerator", "make_sampling_table", "pad_sequences", "skipgrams"]

ENDS = ("pre", "post")


def pad_sequences(
    sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0
):
    """Makes sequences equally long: short ones are filled up, long ones cut off.

    Args:
        sequences: List of sequences: numbers, or arrays of one shape each.
        maxlen: Their length then; that of the longest if None.
        dtype: Dtype of the result; `object` for strings.
        padding: "pre" or "post": where short ones are filled up.
        truncating: "pre" or "post": where long ones are cut off.
        value: What they are filled up with.

    Returns:
        Array (number of sequences, maxlen, ...).

    >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2).tolist()
    [[0, 1], [2, 3], [5, 6]]
    """
    owner = "pad_sequences"
    checks.one_of(owner, ENDS, padding=padding)
    checks.one_of(owner, ENDS, truncating=truncating)
    sequences = _as_lists(owner, sequences)
    if maxlen is None:
        maxlen = max(map(len, sequences), default=0)
    shape = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    if isinstance(value, str) and np.dtype(dtype).kind not in "OUS":
        raise ValueError(
            f"{owner}: value {value!r} is a str and dtype is {dtype}. Try dtype=object."
        )
    padded = np.full((len(sequences), maxlen, *shape), value, dtype)
    for i, (row, sequence) in enumerate(zip(padded, sequences, strict=True)):
        if not len(sequence) or not maxlen:
            continue
        kept = sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen]
        kept = np.asarray(kept, dtype)
        if kept.shape[1:] != shape:
            raise ValueError(
                f"{owner}: the elements of sequence {i} must have shape {shape}, as "
                f"those before it, got {kept.shape[1:]}."
            )
        place = slice(-len(kept), None) if padding == "pre" else slice(len(kept))
        row[place] = kept
    return padded


def _as_lists(owner: str, sequences) -> list:
    if not hasattr(sequences, "__len__"):
        must = "be a list of sequences"
        checks.fail(owner, "sequences", sequences, must, [[1, 2], [3]])
    for i, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ValueError(
                f"{owner}: sequences must be a list of sequences, got "
                f"{checks.show(sequence)} at position {i}. Try [[...], [...]]."
            )
    return list(sequences)


def make_sampling_table(size, sampling_factor=1e-5):
    """Returns how likely `skipgrams` is to keep each word, the most frequent first.

    Words are taken to be as frequent as Zipf's law says: the word of rank r stands
    once in about r * (ln(r) + 0.577) + 1/2 - 1/(12 r) words. One of frequency f is kept
    with probability min(1, sqrt(f / sampling_factor) / (f / sampling_factor)), as
    word2vec does (Mikolov et al., 2013).

    Args:
        size: Number of words.
        sampling_factor: The smaller, the fewer frequent words are kept.
    """
    size = checks.positive_int("make_sampling_table", size=size)
    rank = np.arange(size, dtype="float64")
    rank[0] = 1
    rarity = rank * (np.log(rank) + 0.577) + 0.5 - 1.0 / (12.0 * rank)
    return np.minimum(1.0, np.sqrt(sampling_factor * rarity))


def skipgrams(
    sequence,
    vocabulary_size,
    window_size=4,
    negative_samples=1.0,
    shuffle=True,
    categorical=False,
    sampling_table=None,
    seed=None,
):
    """Makes pairs of words: neighbours, labelled 1, and random ones, labelled 0.

    Args:
        sequence: A text as a list of ints; 0 stands for no word and is skipped.
        vocabulary_size: One more than the largest int.
        window_size: How far apart neighbours are at most.
        negative_samples: How many random pairs there are for each pair of neighbours.
        shuffle: Whether the pairs come in random order.
        categorical: Whether labels are [0, 1] and [1, 0] instead of 1 and 0.
        sampling_table: How likely each word is to be kept; all words if None.
        seed: Int for the random order.

    Returns:
        The list of pairs and the list of labels.
    """
    pairs = []
    for i, word in enumerate(sequence):
        if not word:
            continue
        if sampling_table is not None and sampling_table[word] < random.random():
            continue
        first, last = max(0, i - window_size), min(len(sequence), i + window_size + 1)
        near = [sequence[j] for j in range(first, last) if j != i]
        pairs += [[word, other] for other in near if other]
    yes, no = ([0, 1], [1, 0]) if categorical else (1, 0)
    labels = [yes] * len(pairs)
    if negative_samples > 0:
        count = int(len(labels) * negative_samples)
        words = [word for word, _ in pairs]
        random.shuffle(words)
        pairs += [
            [words[i % len(words)], random.randint(1, vocabulary_size - 1)]
            for i in range(count)
        ]
        labels += [no] * count
    if shuffle:
        seed = random.randint(0, 10_000_000) if seed is None else seed
        random.Random(seed).shuffle(pairs)
        random.Random(seed).shuffle(labels)
    return pairs, labels


class TimeseriesGenerator(PyDataset):
    """Batches of stretches of a series, each with the target that follows it.

    Args:
        data: Array or list; its first axis is time.
        targets: The targets, one for each point of time.
        length: How long a stretch is, in points of time.
        sampling_rate: Every so many points of a stretch are taken.
        stride: How many points lie between the beginnings of two stretches.
        start_index, end_index: The part of the series to take; the end is included.
        shuffle: Whether stretches are drawn at random.
        reverse: Whether each stretch runs backwards.
        batch_size: Stretches in a batch; the last batch may be smaller.

    >>> batches = TimeseriesGenerator(list(range(6)), list(range(6)), 2, batch_size=3)
    >>> [part.tolist() for part in batches[0]]
    [[[0, 1], [1, 2], [2, 3]], [2, 3, 4]]
    """

    def __init__(
        self,
        data,
        targets,
        length,
        sampling_rate=1,
        stride=1,
        start_index=0,
        end_index=None,
        shuffle=False,
        reverse=False,
        batch_size=128,
    ):
        super().__init__()
        if len(data) != len(targets):
            raise ValueError(
                f"TimeseriesGenerator: data and targets must be equally long, got "
                f"{len(data)} and {len(targets)}."
            )
        self.data, self.targets = data, targets
        self.length, self.sampling_rate, self.stride = length, sampling_rate, stride
        self.start_index = start_index + length
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle, self.reverse, self.batch_size = shuffle, reverse, batch_size
        if self.start_index > self.end_index:
            raise ValueError(
                f"TimeseriesGenerator: there is no stretch of {length} points between "
                f"{start_index} and {self.end_index}. Make length smaller."
            )

    def __len__(self):
        span = self.end_index - self.start_index + self.batch_size * self.stride
        return span // (self.batch_size * self.stride)

    def __getitem__(self, index):
        if self.shuffle:
            ends = np.random.randint(
                self.start_index, self.end_index + 1, size=self.batch_size
            )
        else:
            first = self.start_index + self.batch_size * self.stride * index
            last = min(first + self.batch_size * self.stride, self.end_index + 1)
            ends = np.arange(first, last, self.stride)
        stretches = [self.data[n - self.length : n : self.sampling_rate] for n in ends]
        samples = np.array(stretches)
        targets = np.array([self.targets[n] for n in ends])
        return (samples[:, ::-1] if self.reverse else samples), targets

    def get_config(self) -> dict:
        """Returns the constructor's arguments; data and targets as JSON texts."""
        return {
            "data": json.dumps(np.asarray(self.data).tolist()),
            "targets": json.dumps(np.asarray(self.targets).tolist()),
            "length": self.length,
            "sampling_rate": self.sampling_rate,
            "stride": self.stride,
            "start_index": self.start_index,
            "end_index": self.end_index,
            "shuffle": self.shuffle,
            "reverse": self.reverse,
            "batch_size": self.batch_size,
        }

    def to_json(self, **kwargs) -> str:
        """Returns the config as JSON.

        Args:
            **kwargs: Passed to `json.dumps`.
        """
        form = {"class_name": type(self).__name__, "config": self.get_config()}
        return json.dumps(form, **kwargs)
