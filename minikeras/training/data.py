"""From what users pass to `fit` to batches: arrays, sequences of batches, generators.

`batches(...)` picks the reader; each is iterated once an epoch and gives batches
`(x, y, sample_weight)` of Tensors, as `pack_x_y_sample_weight` packs them. `Epochs`
cuts their stream into epochs. A batch of arrays costs one `ndarray.take` each.
"""

import itertools
import random
import warnings
from functools import partial

import numpy as np

from .. import config
from ..tensor import Tensor
from ..utils import checks, tree
from ..utils.batches import pack_x_y_sample_weight, unpack_x_y_sample_weight
from .arrays import (
    common_length,
    gives_batches,
    refuse_nan,
    split,
    to_arrays,
    weights_of_classes,
)
from .pydataset import ahead

__all__ = [
    "ArrayBatches",
    "BatchSequence",
    "BatchStream",
    "Epochs",
    "batches",
    "is_one_batch",
    "refuse_nan",
    "split",
    "to_batch",
]

DEFAULT_BATCH_SIZE = 32


def batches(
    owner: str,
    x,
    y=None,
    sample_weight=None,
    class_weight=None,
    batch_size=None,
    shuffle=False,
):
    """Returns the reader that suits the kind of `x`.

    Args:
        owner: Who asks, for error messages: "fit", "evaluate" ...
        x: Array, list or dict of arrays; or a sequence or generator of batches.
        y: Targets in like forms; None where `x` gives whole batches.
        sample_weight: One weight per sample, or a structure of such arrays like `y`.
        class_weight: Dict class number -> weight, or None.
        batch_size: Samples in a batch of arrays; 32 if None.
        shuffle: True, False, or "batch" to shuffle inside each batch only.

    Raises:
        ValueError: where the data cannot be what was meant.
    """
    if x is None:
        raise ValueError(
            f"{owner}: x is None. Pass the inputs: an array, a list or dict of arrays, "
            "or a generator of batches."
        )
    if not gives_batches(x):
        return ArrayBatches(
            owner, x, y, sample_weight, class_weight, batch_size, shuffle
        )
    named = {"y": y, "sample_weight": sample_weight, "batch_size": batch_size}
    for name, value in named.items():
        if value is not None:
            raise ValueError(
                f"{owner}: {name} must not be given when x is a "
                f"{type(x).__name__}, which gives whole batches. Let it give "
                "(x, y, sample_weight)."
            )
    if hasattr(x, "__getitem__") and (
        hasattr(x, "__len__") or hasattr(x, "num_batches")
    ):
        return BatchSequence(owner, x, class_weight, shuffle)
    return BatchStream(owner, x, class_weight)


def is_one_batch(x, batch_size) -> bool:
    """Whether x is a plain array, of the default dtype, that fits in one batch."""
    batch_size = DEFAULT_BATCH_SIZE if batch_size is None else batch_size
    return (
        type(x) is np.ndarray
        and x.ndim > 0
        and x.dtype == config.floatx()
        and type(batch_size) is int  # what is none is refused elsewhere
        and 0 < len(x) <= batch_size
    )


def gather(targets: list, indices) -> None:
    """Copies rows of arrays, each to its buffers."""
    for array, (first, *rest) in targets:
        array.take(indices, 0, first, "clip")
        for buffer in rest:
            np.copyto(buffer, first)


def _gather_half(halves: list, indices: list, half: int) -> None:
    gather(halves[half], indices[half])


class ArrayBatches:
    """Batches cut out of whole arrays, in Keras's order.

    With `shuffle`, each epoch draws one permutation of all samples from NumPy's global
    generator, as Keras does: the same `set_random_seed`, the same batches.
    """

    is_restartable = True

    def __init__(
        self,
        owner,
        x,
        y=None,
        sample_weight=None,
        class_weight=None,
        batch_size=None,
        shuffle=False,
    ):
        batch_size = DEFAULT_BATCH_SIZE if batch_size is None else batch_size
        self.batch_size = checks.positive_int(owner, batch_size=batch_size)
        self.shuffle = checks.one_of(
            owner, shuffle=shuffle, allowed=(True, False, "batch")
        )
        x, y = to_arrays(owner, x, "x", text=True), to_arrays(owner, y, "y")
        if class_weight is not None:
            if sample_weight is not None:
                raise ValueError(
                    f"{owner}: class_weight and sample_weight exclude each other. "
                    "Multiply them into one sample_weight."
                )
            sample_weight = weights_of_classes(owner, y, class_weight)
        sample_weight = to_arrays(owner, sample_weight, "sample_weight")
        self.data = (x, y, sample_weight)
        self.num_samples = common_length(owner, x=x, y=y, sample_weight=sample_weight)
        self.num_batches = -(-self.num_samples // self.batch_size)
        self._arrays = [a for a in tree.flatten(self.data) if a is not None]
        places = {}  # an autoencoder's targets are its inputs: they are gathered once
        for i, array in enumerate(self._arrays):
            places.setdefault(id(array), []).append(i)
        self._places = [(self._arrays[i[0]], i) for i in places.values()]
        self._pack = _packer(self.data)
        self.step = None  # a compiled step: its buffers are filled in place

    def __iter__(self):
        if not self.shuffle:
            for part in self._slices():
                yield self._pack([Tensor(a[part]) for a in self._arrays])
            return
        plan, home, size = None, None, None
        for indices in self._shuffled():
            if self.step is not None and (plan is None or len(indices) != size):
                size = len(indices)
                plan, home = self._home(size) or (None, None)
                now, late = self._buffers(plan) if plan else ((), ())
            if plan is None:
                yield self._pack([Tensor(a.take(indices, 0)) for a in self._arrays])
                continue
            gather(now, indices)
            if late:
                plan.fill_late(partial(_gather_half, late, np.split(indices, 2)))
            yield home

    def _buffers(self, plan) -> tuple[list, list]:
        """Which arrays go to which buffers of a plan: at once; and in halves, later."""
        now, late = [], []
        for array, places in self._places:
            can_wait = plan.late.issuperset(places)
            buffers = [plan.inputs[i] for i in places]
            (late if can_wait else now).append((array, buffers))
        halves = [
            [(array, [np.split(b, 2)[i] for b in buffers]) for array, buffers in late]
            for i in range(2)
        ]
        return now, halves if late else []

    def _home(self, size: int):
        """The step's own buffers for a batch of this size, if it has a plan for it."""
        like = self._pack([Tensor(a[:size]) for a in self._arrays])
        return self.step.home(like, self._pack)

    def _slices(self):
        for start in range(0, self.num_samples, self.batch_size):
            yield slice(start, min(start + self.batch_size, self.num_samples))

    def _shuffled(self):
        """Yields the samples' indices, batch by batch."""
        if self.shuffle is True:
            indices = np.random.permutation(self.num_samples)
            yield from (indices[part] for part in self._slices())
            return
        for part in self._slices():
            yield part.start + np.random.permutation(part.stop - part.start)

    def peek(self):
        """Returns the first batch of an epoch of its own; costs a shuffle."""
        return next(iter(self))


class BatchSequence:
    """Batches of an object with `__getitem__` and a length, such as a `PyDataset`.

    With `shuffle`, Python's global generator shuffles the order of the batches. The
    object's `on_epoch_begin` and `on_epoch_end` are called, if it has them.
    """

    is_restartable = True

    def __init__(self, owner, sequence, class_weight=None, shuffle=False):
        self.owner = owner
        self.sequence = sequence
        self.class_weight = class_weight
        self.shuffle = bool(shuffle)
        count = getattr(sequence, "num_batches", None)
        if count is None and hasattr(sequence, "__len__"):
            count = len(sequence)
        self.num_batches = None if count is None else int(count)
        if self.num_batches is not None and self.num_batches < 1:
            raise ValueError(
                f"{owner}: x is a {type(sequence).__name__} of no batches."
            )

    def __iter__(self):
        self._tell("on_epoch_begin")
        for data in ahead(self.sequence, self._order()):
            yield to_batch(self.owner, data, self.class_weight)
        self._tell("on_epoch_end")

    def _tell(self, hook: str) -> None:
        getattr(self.sequence, hook, bool)()

    def _order(self):
        """The numbers of an epoch's batches."""
        if self.num_batches is None:
            return itertools.count()
        order = list(range(self.num_batches))
        if self.shuffle:
            random.shuffle(order)
        return order

    def peek(self):
        """Returns the first batch of an epoch of its own; costs a shuffle."""
        self._tell("on_epoch_begin")
        data = self.sequence[next(iter(self._order()))]
        self._tell("on_epoch_end")
        return to_batch(self.owner, data, self.class_weight)


class BatchStream:
    """Batches of an iterable; of a generator, in one pass that nobody can repeat."""

    def __init__(self, owner, iterable, class_weight=None):
        self.owner = owner
        self.class_weight = class_weight
        self.iterable = iterable
        self.is_restartable = iter(iterable) is not iterable
        if hasattr(iterable, "num_batches"):
            self.num_batches = iterable.num_batches
        else:
            self.num_batches = len(iterable) if hasattr(iterable, "__len__") else None
        self._held = []

    def __iter__(self):
        source = iter(self.iterable)
        while self._held:
            yield self._held.pop()
        for data in source:
            yield to_batch(self.owner, data, self.class_weight)

    def peek(self):
        """Returns the first batch; a generator's is kept for the first epoch."""
        for data in self:
            if not self.is_restartable:
                self._held.append(data)
            return data
        raise ValueError(
            f"{self.owner}: x is a {type(self.iterable).__name__} without any batch. A "
            "generator can be run through once only: make a new one for each call."
        )


class Epochs:
    """Cuts the stream of batches into epochs.

    Without `steps`, an epoch is one pass. With it, an epoch is that many batches, and
    the next one goes on where it stopped. Where data end early, a warning says so, and
    the epoch is shorter.

    Args:
        owner: Who asks, for messages.
        reader: One of the readers above.
        steps: Number of batches in an epoch, or None.
        is_continued: Whether an epoch goes on where the last one stopped.
    """

    def __init__(self, owner, reader, steps=None, is_continued=True):
        self.owner = owner
        self.reader = reader
        self.steps = None if steps is None else checks.positive_int(owner, steps=steps)
        limit, known = config.max_steps_per_epoch(), self.num_batches
        if limit is not None and (known is None or known > limit):
            warnings.warn(f"{owner}: limited to {limit} steps.", stacklevel=4)
            self.steps = limit
        self.is_continued = is_continued or not reader.is_restartable
        self._stream = None
        self._is_at_end = False
        self._refuses_nan = False

    def refuse_nan(self) -> None:
        """Has NaN among the targets refused: at once, or batch by batch."""
        self._refuses_nan = not isinstance(self.reader, ArrayBatches)
        if not self._refuses_nan:
            refuse_nan(self.owner, self.reader.data[1])

    @property
    def num_batches(self) -> int | None:
        """Number of batches expected in an epoch; None if nobody knows."""
        return self.steps or self.reader.num_batches

    def is_spent(self, epoch: int, epochs: int) -> bool:
        """Whether a generator is used up before all epochs are done; warns if so."""
        is_spent = self._is_at_end and not self.reader.is_restartable
        if is_spent:
            warnings.warn(
                f"{self.owner}: the generator is used up, training stops after {epoch} "
                f"of {epochs} epochs. Let it go on for ever and pass steps_per_epoch.",
                stacklevel=4,
            )
        return is_spent

    def __iter__(self):
        return self._checked() if self._refuses_nan else self._batches()

    def _checked(self):
        for batch in self._batches():
            refuse_nan(self.owner, unpack_x_y_sample_weight(batch)[1])
            yield batch

    def _batches(self):
        if self.steps is None:
            yield from self.reader
            self._is_at_end = True
            return
        if self._stream is None or not self.is_continued:
            self._stream = iter(self.reader)
        for step in range(self.steps):
            batch = self._next(is_first=step == 0)
            if batch is _NO_BATCH:
                self._stop_early(step)
                return
            yield batch

    def _next(self, is_first: bool):
        """Returns the next batch; where the last epoch ended on the very end, anew."""
        batch = next(self._stream, _NO_BATCH)
        if batch is _NO_BATCH and is_first and self.reader.is_restartable:
            self._stream = iter(self.reader)
            batch = next(self._stream, _NO_BATCH)
        return batch

    def _stop_early(self, step: int) -> None:
        self._stream = None
        self._is_at_end = True
        if step:
            warnings.warn(
                f"{self.owner}: the data ran out after {step} of {self.steps} batches, "
                "so the epoch ends here. Give more data, or fewer steps.",
                stacklevel=4,
            )


_NO_BATCH = object()


def _packer(data: tuple):
    """Returns the function from the list of a batch's leaves to the packed batch."""
    _, y, sample_weight = data
    is_flat = not any(map(tree.is_nested, data))
    if is_flat and y is None and sample_weight is None:
        return lambda leaves: leaves[0]
    if is_flat and y is not None:
        return tuple
    template = tree.map_structure(lambda a: None if a is None else True, data)

    def pack(leaves: list):
        remaining = iter(leaves)
        return pack_x_y_sample_weight(
            *tree.map_structure(lambda used: used and next(remaining), template)
        )

    return pack


def to_batch(owner: str, data, class_weight=None):
    """Returns a batch that a user's generator gave, its arrays as Tensors."""
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    x, y = to_arrays(owner, x, "x", text=True), to_arrays(owner, y, "y")
    if class_weight is not None:
        if sample_weight is not None:
            raise ValueError(
                f"{owner}: class_weight and sample_weight exclude each other, but the "
                "batches bring a sample_weight."
            )
        sample_weight = weights_of_classes(owner, y, class_weight)
    sample_weight = to_arrays(owner, sample_weight, "sample_weight")
    common_length(owner, x=x, y=y, sample_weight=sample_weight)
    return tree.map_structure(_to_tensor, pack_x_y_sample_weight(x, y, sample_weight))


def _to_tensor(array):
    return None if array is None else Tensor(np.asarray(array))
