"""`Dataset`: elements one after the other, changed by methods as in tf.data.

A data set is run through anew in each epoch. Its methods give new data sets and do no
work until then, so that even data larger than memory pass through.
"""

import itertools
from collections import deque
from concurrent import futures
from functools import partial

import numpy as np

from ..tensor import Tensor
from ..utils import checks, tree

__all__ = ["AUTOTUNE", "Dataset"]

AUTOTUNE = -1
INFINITE, UNKNOWN = -1, -2


class Dataset:
    """A sequence of elements: arrays, or tuples, lists and dicts of arrays.

    Args:
        start: Function that begins to run through the elements: returns an iterator.
        count: How many there are: a number, INFINITE or UNKNOWN.

    >>> data = Dataset.from_tensor_slices(([1, 2, 3, 4], [0, 1, 0, 1]))
    >>> [x.tolist() for x, y in data.map(lambda x, y: (x * 10, y)).batch(3)]
    [[10, 20, 30], [40]]
    """

    def __init__(self, start, count: int = UNKNOWN):
        self._start = start
        self._count = count

    @classmethod
    def from_tensor_slices(cls, tensors):
        """Returns a data set of the rows of arrays, in the structure of the arrays."""
        arrays = _arrays(tensors)
        lengths = {len(a) for a in tree.flatten(arrays)}
        if len(lengths) != 1:
            raise ValueError(
                "Dataset.from_tensor_slices: arrays must have one length, got lengths "
                f"{sorted(lengths)}."
            )
        (count,) = lengths

        def start():
            for i in range(count):
                yield _row(arrays, i)

        return cls(start, count)

    @classmethod
    def from_generator(
        cls,
        generator,
        output_types=None,
        output_shapes=None,
        args=(),
        output_signature=None,
    ):
        """Returns a data set of what a function's generator yields; it is called anew.

        Args:
            generator: Function.
            output_types: As in tf.data; arrays say that by themselves here.
            output_shapes: Likewise.
            args: Arguments of the function.
            output_signature: Likewise.
        """
        return cls(lambda: iter(generator(*args)))

    @classmethod
    def range(cls, *args):
        """Returns a data set of the numbers of Python's `range`."""
        numbers = range(*args)
        return cls(lambda: map(np.int64, numbers), len(numbers))

    @classmethod
    def zip(cls, *datasets):
        """Returns a data set of tuples, one element of each."""
        if len(datasets) == 1 and isinstance(datasets[0], (tuple, list)):
            (datasets,) = datasets
        known = [d._count for d in datasets if d._count != INFINITE]
        count = UNKNOWN if UNKNOWN in known else min(known, default=INFINITE)
        return cls(lambda: zip(*datasets, strict=False), count)

    def __iter__(self):
        return self._start()

    def __len__(self) -> int:
        if self._count < 0:
            known = "infinite" if self._count == INFINITE else "unknown"
            raise TypeError(f"Dataset: its length is {known}. Try cardinality().")
        return self._count

    def cardinality(self) -> int:
        """Returns the number of elements; -1: there is no end, -2: nobody knows."""
        return self._count

    @property
    def num_batches(self) -> int | None:
        """The number of elements for `fit`, which takes each for a batch."""
        return self._count if self._count >= 0 else None

    def _derived(self, start, count: int) -> "Dataset":
        made = Dataset(start, count)
        for name in ("class_names", "file_paths"):
            if hasattr(self, name):
                setattr(made, name, getattr(self, name))
        return made

    def _counted(self, change) -> int:
        return change(self._count) if self._count >= 0 else self._count

    def map(self, function, num_parallel_calls=None, deterministic=None):
        """Changes each element by a function, which gets its parts as arguments.

        Args:
            function: Gets `(x, y)` for an element that is a tuple of two.
            num_parallel_calls: Hint of tf.data; results do not depend on it.
            deterministic: Hint of tf.data; the order is always kept.
        """

        def start():
            for element in self:
                parts = element if isinstance(element, tuple) else (element,)
                yield tree.map_structure(_plain, function(*parts))

        return self._derived(start, self._count)

    def filter(self, predicate):
        """Keeps the elements for which a function is true."""

        def start():
            for element in self:
                parts = element if isinstance(element, tuple) else (element,)
                if bool(predicate(*parts)):
                    yield element

        return self._derived(start, UNKNOWN)

    def batch(
        self,
        batch_size,
        drop_remainder=False,
        num_parallel_calls=None,
        deterministic=None,
    ):
        """Puts so many elements together, along a new first axis.

        Args:
            batch_size: How many.
            drop_remainder: Whether a short last batch is left out.
            num_parallel_calls: Hint of tf.data; results do not depend on it.
            deterministic: Hint of tf.data; the order is always kept.
        """
        size = checks.positive_int("Dataset.batch", batch_size=batch_size)

        def start():
            elements = iter(self)
            while rows := list(itertools.islice(elements, size)):
                if len(rows) == size or not drop_remainder:
                    yield _stacked(rows)

        extra = 0 if drop_remainder else size - 1
        return self._derived(start, self._counted(lambda n: (n + extra) // size))

    def unbatch(self):
        """Takes batches apart again, along the first axis."""

        def start():
            for element in self:
                count = len(tree.flatten(element)[0])
                for i in range(count):
                    yield _row(element, i)

        return self._derived(start, UNKNOWN)

    def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=True):
        """Draws each element at random from a buffer of those to come.

        Args:
            buffer_size: Elements in the buffer; with all of them the order is random.
            seed: Seed; None: another order in each run.
            reshuffle_each_iteration: Whether each epoch has another order.
        """
        size = checks.positive_int("Dataset.shuffle", buffer_size=buffer_size)
        seed = np.random.SeedSequence().entropy if seed is None else seed
        epochs = itertools.count()

        def start():
            epoch = next(epochs) if reshuffle_each_iteration else 0
            rng = np.random.default_rng([seed, epoch])
            elements = iter(self)
            buffer = list(itertools.islice(elements, size))
            for element in elements:
                i = int(rng.integers(len(buffer)))
                yield buffer[i]
                buffer[i] = element
            yield from (buffer[i] for i in rng.permutation(len(buffer)))

        return self._derived(start, self._count)

    def repeat(self, count=None):
        """Runs through the elements so many times; without end if None."""
        times = None if count in (None, -1) else count

        def start():
            epochs = itertools.count() if times is None else range(times)
            return itertools.chain.from_iterable(self for _ in epochs)

        total = INFINITE if times is None else self._counted(lambda n: n * times)
        return self._derived(start, total)

    def take(self, count):
        """Keeps the first so many elements; all of them if -1."""
        if count == -1:
            return self
        known = self._counted(lambda n: min(n, count))
        known = count if known == INFINITE else known
        return self._derived(lambda: itertools.islice(self, count), known)

    def skip(self, count):
        """Leaves out the first so many elements."""
        known = self._counted(lambda n: max(n - count, 0))
        return self._derived(lambda: itertools.islice(self, count, None), known)

    def enumerate(self, start=0):
        """Puts its number before each element."""
        return self._derived(lambda: enumerate(self, start), self._count)

    def concatenate(self, dataset):
        """Goes on with another data set at the end."""
        counts = (self._count, dataset._count)
        total = min(counts) if min(counts) < 0 else sum(counts)
        return self._derived(lambda: itertools.chain(self, dataset), total)

    def cache(self, filename=""):
        """Keeps the elements in memory after the first run; no `filename` here."""
        if filename:
            must = "be empty: elements are kept in memory"
            checks.fail("Dataset.cache", "filename", filename, must)
        kept: list = []

        def start():
            if kept:
                yield from kept[0]
                return
            seen = []
            for element in self:
                seen.append(element)
                yield element
            kept.append(seen)

        return self._derived(start, self._count)

    def prefetch(self, buffer_size):
        """Makes elements ahead, in a thread, while those before are used.

        Args:
            buffer_size: How many at most; AUTOTUNE for 2, 0 for none.
        """
        size = 2 if buffer_size == AUTOTUNE else buffer_size
        size = checks.non_negative_int("Dataset.prefetch", buffer_size=size)
        start = partial(_ahead, self, size) if size else self._start
        return self._derived(start, self._count)

    def as_numpy_iterator(self):
        """Returns an iterator over the elements as NumPy arrays."""
        return (tree.map_structure(_plain, element) for element in self)


def _ahead(dataset: Dataset, size: int):
    """Yields the elements of a data set; a thread makes up to so many before."""
    elements, waiting = iter(dataset), deque()
    with futures.ThreadPoolExecutor(1) as thread:  # one: so they keep their order
        for _ in range(size):
            waiting.append(thread.submit(next, elements, _END))
        try:
            while (element := waiting.popleft().result()) is not _END:
                waiting.append(thread.submit(next, elements, _END))
                yield element
        finally:
            thread.shutdown(wait=False, cancel_futures=True)


_END = object()


def _arrays(tensors):
    """Tuples and dicts keep their form; anything else, lists too, becomes an array."""
    if isinstance(tensors, tuple):
        return tuple(map(_arrays, tensors))
    if isinstance(tensors, dict):
        return {name: _arrays(each) for name, each in tensors.items()}
    return np.asarray(tensors)


def _row(arrays, i: int):
    return tree.map_structure(lambda a: a[i], arrays)


def _plain(x):
    """A Tensor as its NumPy array; other things as they are."""
    return x.numpy() if isinstance(x, Tensor) else x


def _stacked(rows: list):
    return tree.map_structure(lambda *parts: np.stack(parts), *rows)
