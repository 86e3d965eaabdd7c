"""`PyDataset`: batches by number, which workers may make ahead of time."""

import warnings
from collections import deque

from ..utils import checks
from ..utils.lazy import LazyModule

__all__ = ["PyDataset", "Sequence", "ahead"]

futures = LazyModule("concurrent.futures")

_of_process: list = []  # a worker process's own copy of the dataset


class PyDataset:
    """A data set that gives its batches by number; a subclass says how.

    Args:
        workers: How many threads or processes make batches ahead of time. 0 and 1: the
            training loop asks for each batch itself.
        use_multiprocessing: Whether they are processes, each with a copy of the data
            set. Then even one worker makes batches ahead.
        max_queue_size: How many batches may wait for the training loop.

    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, index):
    ...         x = np.full((2, 1), float(index))
    ...         return x, x**2
    >>> Squares(workers=2)[2][1].tolist()
    [[4.0], [4.0]]
    """

    def __init__(self, workers=1, use_multiprocessing=False, max_queue_size=10):
        self._workers = checks.integer(self, least=0, workers=workers)
        self._use_multiprocessing = use_multiprocessing
        self._max_queue_size = checks.positive_int(self, max_queue_size=max_queue_size)

    def _setting(self, name: str, default):
        """A setting, also of subclasses that never call `super().__init__`."""
        return getattr(self, f"_{name}", default)

    @property
    def workers(self) -> int:
        """How many threads or processes make batches ahead of time."""
        return self._setting("workers", 1)

    @workers.setter
    def workers(self, value) -> None:
        self._workers = checks.integer(self, least=0, workers=value)

    @property
    def use_multiprocessing(self) -> bool:
        """Whether the workers are processes."""
        return self._setting("use_multiprocessing", False)

    @use_multiprocessing.setter
    def use_multiprocessing(self, value) -> None:
        self._use_multiprocessing = value

    @property
    def max_queue_size(self) -> int:
        """How many batches may wait for the training loop."""
        return self._setting("max_queue_size", 10)

    @max_queue_size.setter
    def max_queue_size(self, value) -> None:
        self._max_queue_size = checks.positive_int(self, max_queue_size=value)

    def __getitem__(self, index: int):
        """Returns batch number `index`: `x`, `(x, y)` or `(x, y, sample_weight)`."""
        raise TypeError(
            f"{type(self).__name__} has no batches. Define "
            "`def __getitem__(self, index)` and `def __len__(self)`."
        )

    @property
    def num_batches(self) -> int | None:
        """Number of batches in an epoch; None: there is no end."""
        if not hasattr(self, "__len__"):
            raise TypeError(
                f"{type(self).__name__} does not say how many batches it has. Define "
                "`def __len__(self)`."
            )
        return len(self)

    def on_epoch_begin(self) -> None:
        """Is called before the first batch of an epoch."""

    def on_epoch_end(self) -> None:
        """Is called after the last batch of an epoch."""


Sequence = PyDataset  # its name in Keras 2


def ahead(dataset, numbers):
    """Yields the batches of these numbers, in their order, made by the workers.

    An error of a worker is raised where its batch would come; no worker is left behind.

    Args:
        dataset: An object with `__getitem__`; its `workers`, `use_multiprocessing` and
            `max_queue_size` count, if it has them.
        numbers: Iterable of batch numbers.
    """
    workers = getattr(dataset, "workers", 1)
    by_process = getattr(dataset, "use_multiprocessing", False)
    if workers < 1 or (workers == 1 and not by_process):
        yield from map(dataset.__getitem__, numbers)
        return
    pool, make = _pool(dataset, workers, by_process)
    most = max(getattr(dataset, "max_queue_size", 10), 1)
    numbers, waiting = iter(numbers), deque()
    try:
        with warnings.catch_warnings():
            # Forked workers only make batches: they never wait for our threads.
            warnings.filterwarnings("ignore", "This process", DeprecationWarning)
            for number in numbers:
                waiting.append(pool.submit(make, number))
                if len(waiting) >= most:
                    break
        while waiting:
            yield waiting.popleft().result()
            for number in numbers:
                waiting.append(pool.submit(make, number))
                break
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(dataset, workers: int, by_process: bool):
    """The workers, and the function that they run for a batch number."""
    if not by_process:
        return futures.ThreadPoolExecutor(workers), dataset.__getitem__
    pool = futures.ProcessPoolExecutor(
        workers, initializer=_of_process.append, initargs=(dataset,)
    )
    return pool, _batch_of_process


def _batch_of_process(number: int):
    return _of_process[-1][number]
