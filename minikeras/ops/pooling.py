"""Pooling: images made smaller, each window by its largest value or its mean."""

import numpy as np

from .. import config
from ..tensor import KerasTensor, dtypes, operation
from ..utils import checks
from .common import shape_of
from .indexing import take
from .kernels.pooling import average_pooling, count_windows, max_pooling
from .movement import moveaxis
from .products import tensordot

__all__ = [
    "adaptive_average_pool",
    "adaptive_max_pool",
    "average_pool",
    "max_pool",
]

FIRST_AXIS = {"channels_last": 1, "channels_first": 2}  # of those that are pooled


@operation
def max_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    """Returns the largest value in each window.

    y[n, i, c] = max over k < pool_size of x[n, i * strides + k, c]

    The gradient goes to the first of the largest values of a window, row by row.

    Args:
        inputs: Tensor (batch, *sizes, channels), of any number of sizes.
        pool_size: Size of the windows, an int for all axes or one for each.
        strides: Steps between windows, likewise; None means `pool_size`.
        padding: "valid": windows lie inside the input. "same": they may stick out, and
            there are size / strides of them, rounded up.
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, *sizes); None means the configured one.

    >>> max_pool([[[1.0], [5.0], [2.0], [3.0]]], 2).tolist()
    [[[5.0], [3.0]]]
    """
    window = window_of(
        "max_pool", shape_of(inputs), pool_size, strides, padding, data_format
    )
    return max_pooling(inputs, window=window)


@operation
def average_pool(inputs, pool_size, strides=None, padding="valid", data_format=None):
    """Returns the mean of each window; what sticks out of the input does not count.

    y[n, i, c] = mean over k < pool_size of x[n, i * strides + k, c]

    Args:
        inputs: Tensor (batch, *sizes, channels), of any number of sizes.
        pool_size: Size of the windows, an int for all axes or one for each.
        strides: Steps between windows, likewise; None means `pool_size`.
        padding: "valid" or "same", see `max_pool`.
        data_format: "channels_last" or "channels_first"; None means the configured one.

    >>> average_pool([[[1.0], [5.0], [2.0], [3.0]]], 2).tolist()
    [[[3.0], [2.5]]]
    """
    window = window_of(
        "average_pool", shape_of(inputs), pool_size, strides, padding, data_format
    )
    return average_pooling(inputs, window=window)


def window_of(owner, shape, pool_size, strides, padding, data_format) -> tuple:
    """Returns the `window` that the kernels take (see kernels/pooling.py).

    Args:
        owner: Whom messages name.
        shape: Shape of the inputs.
        pool_size, strides, padding, data_format: As users give them.
    """
    rank, first = _rank(owner, shape), FIRST_AXIS[_format(owner, data_format)]
    pool = checks.int_or_tuple(owner, rank, pool_size=pool_size)
    strides = pool if strides is None else strides
    strides = checks.int_or_tuple(owner, rank, strides=strides)
    padding = padding.lower() if isinstance(padding, str) else padding
    checks.one_of(owner, padding=padding, allowed=("valid", "same"))
    sizes = shape[first : first + rank]
    axes = zip(sizes, pool, strides, strict=True)
    counts = [count_windows(*axis, padding) for axis in axes]
    if any(count is not None and count < 1 for count in counts):
        raise ValueError(
            f"{checks.owner_name(owner)}: windows of pool_size={pool} do not fit into "
            f"inputs of shape {shape}: nothing would be left. Try a smaller pool_size "
            "or padding='same'."
        )
    return pool, strides, padding, first


def _rank(owner, shape) -> int:
    if len(shape) < 3:
        raise ValueError(
            f"{checks.owner_name(owner)} expects inputs with a batch axis, one or more "
            f"axes of sizes and a channel axis, got shape {shape}. Try x[..., None]."
        )
    return len(shape) - 2


def _format(owner, data_format) -> str:
    if data_format is None:
        return config.image_data_format()
    return checks.one_of(owner, data_format=data_format, allowed=tuple(FIRST_AXIS))


# As many windows as asked for -------------------------------------------------------


@operation
def adaptive_average_pool(inputs, output_size, data_format=None):
    """Cuts each axis into so many windows, nearly equal, and returns their means.

    Window i of m on an axis of n goes from floor(i n / m) to ceil((i + 1) n / m).

    Args:
        inputs: Tensor (batch, *sizes, channels), of any number of sizes.
        output_size: Number of windows, an int for all axes or one for each.
        data_format: "channels_last" or "channels_first"; None means the configured one.

    >>> adaptive_average_pool([[[1.0], [2.0], [6.0]]], 2).tolist()
    [[[1.5], [4.0]]]
    """
    windows = windows_of("adaptive_average_pool", inputs, output_size, data_format)
    return average_of_windows(inputs, *windows)


@operation
def adaptive_max_pool(inputs, output_size, data_format=None):
    """Cuts each axis into so many windows, nearly equal, and returns their maxima.

    Window i of m on an axis of n goes from floor(i n / m) to ceil((i + 1) n / m).

    Args:
        inputs: Tensor (batch, *sizes, channels), of any number of sizes.
        output_size: Number of windows, an int for all axes or one for each.
        data_format: "channels_last" or "channels_first"; None means the configured one.

    >>> adaptive_max_pool([[[1.0], [2.0], [6.0]]], 2).tolist()
    [[[2.0], [6.0]]]
    """
    windows = windows_of("adaptive_max_pool", inputs, output_size, data_format)
    return max_of_windows(inputs, *windows)


def windows_of(owner, inputs, output_size, data_format) -> tuple:
    """Returns the numbers of windows along the axes, and the first axis they are on."""
    shape = shape_of(inputs)
    rank, first = _rank(owner, shape), FIRST_AXIS[_format(owner, data_format)]
    counts = checks.int_or_tuple(owner, rank, output_size=output_size)
    if 0 in shape[first : first + rank]:
        raise ValueError(
            f"{checks.owner_name(owner)}: there is nothing to pool in inputs of shape "
            f"{shape}."
        )
    return counts, first


def average_of_windows(inputs, counts: tuple, first: int):
    """Returns the means of so many windows on each axis."""
    shape = _shape_after(shape_of(inputs), counts, first)
    if type(inputs) is KerasTensor:
        return KerasTensor(shape, dtypes.floating(inputs.dtype)[1])
    window = _even_window(shape_of(inputs), counts, first)
    if window:
        return average_pooling(inputs, window=window)
    for axis, count in enumerate(counts, first):
        weights = _weights(
            shape_of(inputs)[axis], count, getattr(inputs, "dtype", None)
        )
        inputs = moveaxis(tensordot(inputs, weights, axes=((axis,), (0,))), -1, axis)
    return inputs


def max_of_windows(inputs, counts: tuple, first: int):
    """Returns the maxima of so many windows on each axis."""
    if type(inputs) is KerasTensor:
        shape = _shape_after(inputs.shape, counts, first)
        return KerasTensor(shape, inputs.dtype)
    ones = (1,) * len(counts)
    for i, count in enumerate(counts):  # the order decides between equals, as in Keras
        size = shape_of(inputs)[first + i]
        length = size // count
        if size % count:
            chosen = _members(size, count)
            inputs = take(inputs, chosen.ravel(), axis=first + i)
            length = chosen.shape[1]
        pool = (*ones[:i], length, *ones[i + 1 :])
        inputs = max_pooling(inputs, window=(pool, pool, "valid", first))
    return inputs


def _shape_after(shape: tuple, counts: tuple, first: int) -> tuple:
    return (*shape[:first], *counts, *shape[first + len(counts) :])


def _even_window(shape: tuple, counts: tuple, first: int) -> tuple | None:
    """The window of plain pooling that does it, where there is one."""
    pairs = list(zip(shape[first:], counts, strict=False))
    if any(size % count for size, count in pairs):
        return None
    pool = tuple(size // count for size, count in pairs)
    return pool, pool, "valid", first


def _ends(size: int, count: int) -> tuple:
    """Where the windows begin, and where they end."""
    i = np.arange(count)
    return i * size // count, -(-(i + 1) * size // count)


def _members(size: int, count: int) -> np.ndarray:
    """The places in each window, a row each; short rows repeat their last place."""
    starts, ends = _ends(size, count)
    places = starts[:, None] + np.arange((ends - starts).max())
    return np.minimum(places, ends[:, None] - 1).astype("int32")


def _weights(size: int, count: int, dtype) -> np.ndarray:
    """The matrix that takes the means of windows."""
    starts, ends = _ends(size, count)
    place = np.arange(size)[:, None]
    inside = (place >= starts) & (place < ends)
    name = dtypes.floating(dtypes.standardize(dtype))[1]
    return (inside / (ends - starts)).astype(name)
