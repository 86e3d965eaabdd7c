"""Reading and writing at lists of positions, and in boxes."""

import builtins

import numpy as np

from ..tensor import GradientError, dtypes, operation, primitive, shapes
from .arithmetic import multiply
from .common import deliver
from .indexing import get_item_, get_item_grad

__all__ = ["scatter", "scatter_update", "slice", "slice_update"]

# Scattering ---------------------------------------------------------------------------


def _key(indices) -> tuple:
    """The key of which the last axis of `indices` holds the parts."""
    return tuple(np.moveaxis(indices, -1, 0))


@primitive(
    shape=lambda x, indices: (*indices[:-1], *x[indices[-1] :]), dtype=dtypes.first
)
def gather_nd(x, indices, *, out=None):
    """Returns the elements (or sub-tensors) at a list of positions."""
    return deliver(x[_key(indices)], out)


@primitive(shape=shapes.to, dtype=lambda indices, values: dtypes.first(values))
def scatter(indices, values, *, shape: tuple, out=None):
    """Returns zeros with values added at a list of positions.

    Args:
        indices: Integer tensor, one position per row.
        values: One value (or sub-tensor) per position.
        shape: Shape of the result.

    >>> scatter([[0], [2]], [5, 7], shape=(3,)).tolist()
    [5, 0, 7]
    """
    if out is None:
        out = np.empty(shape, values.dtype)
    out[...] = 0
    np.add.at(out, _key(indices), values)
    return out


gather_nd.grad(x=lambda g, indices, x_shape: scatter(indices, g, shape=x_shape))
scatter.grad(values=lambda g, indices: gather_nd(g, indices))

_REDUCTIONS = {"add": np.add, "max": np.maximum, "min": np.minimum, "mul": np.multiply}


def _updated_dtypes(inputs, indices, updates):
    return (None, None, inputs), inputs


@primitive(shape=shapes.same, dtype=_updated_dtypes)
def scatter_update(inputs, indices, updates, *, reduction: str | None = None, out=None):
    """Writes updates at a list of positions.

    Args:
        inputs: Tensor to start from.
        indices: Integer tensor, one position per row.
        updates: One value (or sub-tensor) per position.
        reduction: None replaces; "add", "mul", "max" and "min" combine.

    >>> scatter_update([1, 1, 1], [[1]], [5]).tolist()
    [1, 5, 1]
    """
    if reduction is not None and reduction not in _REDUCTIONS:
        raise ValueError(
            "scatter_update: reduction must be None, 'add', 'max', 'min' or 'mul', got "
            f"{reduction!r}."
        )
    out = deliver(inputs.copy(), out)
    if reduction is None:
        out[_key(indices)] = updates
    else:
        _REDUCTIONS[reduction].at(out, _key(indices), updates)
    return out


def _scattered_inputs_slope(g, indices, updates, reduction):
    if reduction == "add":
        return g
    if reduction == "mul":
        return scatter_update(g, indices, updates, reduction="mul")
    _refuse_extremes(reduction)
    return scatter_update(g, indices, multiply(gather_nd(g, indices), 0.0))


def _scattered_updates_slope(g, inputs, indices, reduction):
    _refuse_extremes(reduction)
    read = gather_nd(g, indices)
    return multiply(read, gather_nd(inputs, indices)) if reduction == "mul" else read


def _refuse_extremes(reduction) -> None:
    if reduction in ("max", "min"):
        raise GradientError(
            f"scatter_update has no gradient with reduction={reduction!r}. "
            "Try stop_gradient(...) around it."
        )


scatter_update.grad(inputs=_scattered_inputs_slope, updates=_scattered_updates_slope)

# Boxes --------------------------------------------------------------------------------


def _box(start, shape) -> tuple:
    return tuple(
        builtins.slice(i, None if n == -1 else i + n)
        for i, n in zip(start, shape, strict=True)
    )


def _boxed(x, *, start, shape):
    ends = [None if n == -1 else i + n for i, n in zip(start, shape, strict=True)]
    if any(None not in (i, n) and i > n for i, n in zip(ends, x, strict=True)):
        raise ValueError(
            "slice: the box must lie inside of inputs, got start_indices="
            f"{start} and shape={shape} for shape {x}."
        )
    rest = [None if n is None else n - i for i, n in zip(start, x, strict=True)]
    return tuple(m if n == -1 else n for n, m in zip(shape, rest, strict=True))


@primitive(shape=_boxed, kind="view")
def box(inputs, *, start: tuple, shape: tuple):
    """The kernel of `slice`."""
    return inputs[_box(start, shape)]


box.grad(
    inputs=lambda g, start, shape, inputs_shape: get_item_grad(
        g, key=_box(start, shape), shape=inputs_shape
    )
)


@operation
def slice(inputs, start_indices, shape):
    """Returns a box of elements.

    Args:
        inputs: Tensor.
        start_indices: First position along each axis.
        shape: Lengths of the box.

    >>> slice([[1, 2, 3], [4, 5, 6]], (0, 1), (2, 2)).tolist()
    [[2, 3], [5, 6]]
    """
    start = tuple(int(i) for i in start_indices)
    return box(inputs, start=start, shape=tuple(shape))


@primitive(shape=shapes.same, dtype=lambda inputs, updates: ((None, inputs), inputs))
def write_box(inputs, updates, *, start: tuple, out=None):
    """The kernel of `slice_update`."""
    out = deliver(inputs.copy(), out)
    out[_box(start, updates.shape)] = updates
    return out


write_box.grad(
    inputs=lambda g, updates, start: write_box(g, multiply(updates, 0.0), start=start),
    updates=lambda g, updates_shape, start: get_item_(
        g, key=_box(start, updates_shape)
    ),
)


@operation
def slice_update(inputs, start_indices, updates):
    """Writes a box of elements.

    Args:
        inputs: Tensor to start from.
        start_indices: First position of the box along each axis.
        updates: The box; as many axes as inputs.

    >>> slice_update([1, 1, 1], [1], [5, 6]).tolist()
    [1, 5, 6]
    """
    return write_box(inputs, updates, start=tuple(int(i) for i in start_indices))
