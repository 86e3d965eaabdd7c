"""Order: sorting, ranking, searching, counting."""

import numpy as np

from ..tensor import dtypes, operation, primitive, shapes
from .common import deliver, shape_of
from .creation import ones_like
from .indexing import take_along_axis
from .logic import logical_not
from .movement import reshape

__all__ = [
    "argpartition",
    "argsort",
    "bincount",
    "digitize",
    "in_top_k",
    "isin",
    "searchsorted",
    "sort",
    "top_k",
    "unique",
    "unravel_index",
]

# Sorting ----------------------------------------------------------------------------


def _ranked(x, *, axis=-1, **metadata):
    if axis is not None:
        return x
    return (None if None in x else int(np.prod(x)),)


ranking = primitive(shape=_ranked, dtype=dtypes.index)


@ranking
def argsort(x, *, axis: int | None = -1, out=None):
    """Returns the positions that put elements in rising order; equal ones stay.

    >>> argsort([3, 1, 2]).tolist()
    [1, 2, 0]
    """
    return deliver(np.argsort(x, axis=axis, kind="stable").astype(np.int32), out)


@ranking
def argpartition(x, *, kth: int, axis: int | None = -1, out=None):
    """Returns positions with the kth smallest in its place and smaller ones before."""
    return deliver(np.argpartition(x, kth, axis).astype(np.int32), out)


@operation
def sort(x, axis=-1):
    """Puts elements in rising order along an axis; None: all in one row.

    >>> sort([3, 1, 2]).tolist()
    [1, 2, 3]
    """
    if axis is None:
        x, axis = reshape(x, (-1,)), 0
    return take_along_axis(x, argsort(x, axis=axis), axis=axis)


@primitive(shape=lambda x, *, k, **metadata: (*x[:-1], k), dtype=dtypes.index)
def top_places(x, *, k: int, out=None):
    """The positions of the k largest elements along the last axis, largest first."""
    falling = np.argsort(-x if x.dtype.kind == "f" else ~x, axis=-1, kind="stable")
    return deliver(falling[..., :k].astype(np.int32), out)


@operation
def top_k(x, k, sorted=True):
    """Returns the k largest elements along the last axis, and their positions.

    Args:
        x: Tensor.
        k: How many.
        sorted: They come in falling order either way.

    >>> [r.tolist() for r in top_k([1, 5, 3], 2)]
    [[5, 3], [1, 2]]
    """
    length = shape_of(x)[-1] if shape_of(x) else 0
    if length is not None and k > length:
        raise ValueError(
            "top_k: k must be at most the length of the last axis, got "
            f"k={k} and shape {shape_of(x)}."
        )
    places = top_places(x, k=k)
    return take_along_axis(x, places, axis=-1), places


@primitive(shape=shapes.same, dtype=dtypes.fixed("bool"))
def in_top_k(targets, predictions, *, k: int, out=None):
    """Tells for each row whether the target class is among the k most likely.

    Equal predictions count for the target. A target that is no class, or whose
    prediction is not finite, is not among them.

    >>> in_top_k([2, 0], [[0.1, 0.4, 0.5], [0.1, 0.5, 0.4]], k=2).tolist()
    [True, False]
    """
    valid = np.logical_and(targets >= 0, targets < predictions.shape[-1])
    places = np.where(valid, targets, 0).astype(np.intp)[..., None]
    own = np.take_along_axis(predictions, places, axis=-1)
    above = np.count_nonzero(predictions > own, axis=-1)
    valid &= np.isfinite(own[..., 0])
    return np.logical_and(above < k, valid, out=out)


# Searching and counting -------------------------------------------------------------


@primitive(shape=lambda sequence, values, **metadata: values, dtype=dtypes.index)
def searchsorted(sorted_sequence, values, *, side: str = "left", out=None):
    """Returns where values belong in a rising sequence.

    Args:
        sorted_sequence: Rising vector.
        values: Values to find a place for.
        side: "left": before equal elements. "right": after them.

    >>> searchsorted([1, 2, 3], [2], side="right").tolist()
    [2]
    """
    return deliver(np.searchsorted(sorted_sequence, values, side).astype(np.int32), out)


@primitive(shape=shapes.same, dtype=dtypes.index)
def digitize(x, bins, *, out=None):
    """Returns the number of the bin that each value falls into.

    Args:
        x: Tensor.
        bins: Rising limits: bin i holds bins[i - 1] <= x < bins[i].

    >>> digitize([0.5, 1.5], [1.0, 2.0]).tolist()
    [0, 1]
    """
    return deliver(np.digitize(x, bins).astype(np.int32), out)


@primitive(
    shape=lambda x, weights, *, minlength: (*x[:-1], None),
    dtype=lambda x, weights: (None, weights),
    is_whole=True,
)
def count_up(x, weights, *, minlength, out=None):
    """Adds up the weights of each number from 0 up, along the last axis."""
    x = x.astype(np.intp)
    length = max(minlength, int(x.max(initial=-1)) + 1)
    counts = np.zeros((*x.shape[:-1], length), weights.dtype) if out is None else out
    counts[...] = 0
    np.add.at(counts, (*np.indices(x.shape, sparse=True)[:-1], x), weights)
    return counts


count_up.grad(weights=lambda g, x: take_along_axis(g, x, axis=-1))


@operation
def bincount(x, weights=None, minlength=0, sparse=False):
    """Counts how often each number from 0 up occurs, along the last axis.

    Args:
        x: Integer tensor with one or two axes.
        weights: What each occurrence counts, 1 if None.
        minlength: Least length of the result.
        sparse: Must be False: there are no sparse tensors here.

    >>> bincount([0, 1, 1]).tolist()
    [1, 2]
    """
    if sparse:
        raise ValueError(
            "bincount: sparse=True is not supported on NumPy, which has dense arrays "
            "only. Leave out sparse."
        )
    weights = ones_like(x, dtype="int32") if weights is None else weights
    return count_up(x, weights, minlength=minlength)


@primitive(shape=shapes.same, dtype=dtypes.fixed("bool"))
def contained(x1, x2, *, out=None):
    """Tells for each element of x1 whether it is in x2."""
    return deliver(np.isin(x1, x2), out)


@operation
def isin(x1, x2, assume_unique=False, invert=False):
    """Tells for each element of x1 whether it is in x2.

    Args:
        x1: Elements to look up.
        x2: Elements to look among.
        assume_unique: A hint that no element occurs twice; it is not needed here.
        invert: Whether to tell the opposite.

    >>> isin([1, 2], [2, 3]).tolist()
    [False, True]
    """
    found = contained(x1, x2)
    return logical_not(found) if invert else found


@primitive(
    shape=lambda indices, *, shape: [indices] * len(shape),
    dtype=dtypes.fixed("int32"),
    is_whole=True,
)
def unravel_index(indices, *, shape, out=None):
    """Turns positions in a row of all elements into one position per axis.

    >>> [i.tolist() for i in unravel_index([5], (2, 3))]
    [[1], [2]]
    """
    places = np.unravel_index(indices, shape)
    out = out or tuple(np.empty(np.shape(i), np.int32) for i in places)
    for place, into in zip(places, out, strict=True):
        into[...] = place
    return out


@operation
def unique(
    x,
    sorted=True,
    return_index=False,
    return_inverse=False,
    return_counts=False,
    axis=None,
    size=None,
    fill_value=None,
):
    """Returns the different elements.

    Args:
        x: Tensor.
        sorted: They come in rising order either way.
        return_index: Whether to return where each occurs first.
        return_inverse: Whether to return which of them each element is.
        return_counts: Whether to return how often each occurs.
        axis: Axis whose slices are compared; None: all elements.
        size: Wanted length: more are cut off, fewer are filled up; None: as many as
            there are.
        fill_value: Fills up to `size`; 0 if None.

    >>> unique([3, 1, 1]).tolist()
    [1, 3]
    """
    results = found(x, axis=axis, size=size, fill_value=fill_value or 0)
    asked = (True, return_index, return_inverse, return_counts)
    chosen = tuple(y for y, is_asked in zip(results, asked, strict=True) if is_asked)
    return chosen if len(chosen) > 1 else chosen[0]


def _found_shapes(x, *, axis, size, **metadata):
    if axis is None:
        return [(size,), (size,), x, (size,)]
    (axis,) = shapes.axes(axis, len(x))
    return [(*x[:axis], size, *x[axis + 1 :]), (size,), (x[axis],), (size,)]


@primitive(
    shape=_found_shapes,
    dtype=lambda x: (None, [x, "int32", "int32", "int32"]),
    is_whole=True,
)
def found(x, *, axis, size, fill_value, out=None):
    """The different elements: values, first places, which each is, how many."""
    values, *rest = np.unique(x, True, True, True, axis=axis)
    index, inverse, counts = (y.astype(np.int32) for y in rest)
    made = (
        _sized(values, size, 0 if axis is None else axis, fill_value),
        _sized(index, size, 0, 0),
        inverse,
        _sized(counts, size, 0, 0),
    )
    for y, into in zip(made, out or (), strict=False):
        into[...] = y
    return out or made


def _sized(values: np.ndarray, size: int | None, axis: int, fill) -> np.ndarray:
    """Values cut or filled up to a length along an axis."""
    if size is None:
        return values
    values = np.moveaxis(values, axis, 0)[:size]
    rest = np.full((size - len(values), *values.shape[1:]), fill, values.dtype)
    return np.moveaxis(np.concatenate([values, rest]), 0, axis)
