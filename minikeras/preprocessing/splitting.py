"""Two parts of a data set: to learn from and to test with."""

import numpy as np

from ..utils import checks, tree
from .dataset import Dataset

__all__ = ["split_dataset"]


def split_dataset(
    dataset,
    left_size=None,
    right_size=None,
    shuffle=False,
    seed=None,
    preferred_backend=None,
):
    """Splits samples into a left and a right `Dataset`.

    Args:
        dataset: Array, tuple, list or dict of arrays of one length, or `Dataset` or
            other iterable of samples.
        left_size: Share in [0, 1] or number of samples on the left; None: the others.
        right_size: The same on the right.
        shuffle: Whether samples are put in a random order first.
        seed: Seed of that order.
        preferred_backend: None or "numpy": there is no other.

    >>> left, right = split_dataset(np.arange(5), left_size=0.6)
    >>> [int(x) for x in left], len(right)
    ([0, 1, 2], 2)
    """
    owner = "split_dataset"
    checks.one_of(owner, (None, "numpy"), preferred_backend=preferred_backend)
    samples = _samples(owner, dataset)
    left, right = _sizes(owner, len(samples), left_size, right_size)
    order = np.arange(len(samples))
    if shuffle:
        np.random.default_rng(seed).shuffle(order)
    return tuple(
        Dataset(lambda part=part: (samples[i] for i in part), len(part))
        for part in (order[:left], order[len(order) - right :])
    )


def _samples(owner: str, dataset) -> list:
    if _is_list_of_arrays(dataset):
        dataset = tuple(dataset)
    if isinstance(dataset, (np.ndarray, tuple, dict)):
        return list(Dataset.from_tensor_slices(dataset))
    if not hasattr(dataset, "__iter__"):
        must = "be arrays, or an iterable of samples"
        checks.fail(owner, "dataset", dataset, must)
    return list(dataset)


def _is_list_of_arrays(dataset) -> bool:
    return isinstance(dataset, list) and all(
        isinstance(leaf, np.ndarray) for leaf in tree.flatten(dataset)
    )


def _sizes(owner: str, total: int, left, right) -> tuple[int, int]:
    if left is None and right is None:
        raise ValueError(
            f"{owner}: left_size or right_size must be given. Try left_size=0.8."
        )
    counts = [
        _count(owner, name, size, total)
        for name, size in (("left_size", left), ("right_size", right))
    ]
    if counts[0] is None:
        counts[0] = total - counts[1]
    if counts[1] is None:
        counts[1] = total - counts[0]
    if sum(counts) > total or 0 in counts:
        raise ValueError(
            f"{owner}: both parts must have samples, and {total} together at most, got "
            f"left_size={left} and right_size={right}: {counts[0]} and {counts[1]}."
        )
    return counts[0], counts[1]


def _count(owner: str, name: str, size, total: int) -> int | None:
    if size is None:
        return None
    if isinstance(size, float) and 0 <= size <= 1:
        return round(size * total)
    if isinstance(size, (int, np.integer)) and 0 < size < total:
        return int(size)
    must = f"be a share in [0, 1], or a number of samples below {total}"
    return checks.fail(owner, name, size, must, 0.5)
