"""Repeating and padding: tensors grow, and gradients are summed back."""

import numpy as np

from ..tensor import primitive, shapes
from .common import deliver, room
from .movement import reshape
from .reductions import sum

__all__ = ["pad", "repeat", "tile"]

# Tiles ------------------------------------------------------------------------------


def _tiling(shape: tuple, repeats) -> tuple[tuple, tuple]:
    """Shape and repeats, filled up with ones to the same rank."""
    repeats = (repeats,) if isinstance(repeats, int) else tuple(repeats)
    ndim = max(len(shape), len(repeats))
    ones = (1,) * ndim
    return (ones + shape)[-ndim:], (ones + repeats)[-ndim:]


def _tiled(x, *, repeats, **metadata):
    dims, repeats = _tiling(x, repeats)
    return tuple(
        None if n is None else n * r for n, r in zip(dims, repeats, strict=True)
    )


@primitive(shape=_tiled)
def tile(x, *, repeats, out=None):
    """Lays copies of a tensor side by side, so many along each axis.

    >>> tile([1, 2], 2).tolist()
    [1, 2, 1, 2]
    """
    dims, repeats = _tiling(x.shape, repeats)
    return _spread(x, dims, repeats, True, out)


def _spread(x, dims: tuple, repeats: tuple, as_tiles: bool, out):
    """Repeats x, seen in the shape `dims`: as a whole, or each element by itself."""
    shape = tuple(n * r for n, r in zip(dims, repeats, strict=True))
    out = room(x, out, shape)
    pairs = [(r, n) if as_tiles else (n, r) for n, r in zip(dims, repeats, strict=True)]
    ones = [(1, n) if as_tiles else (n, 1) for n in dims]
    copies = out.reshape([n for pair in pairs for n in pair])
    copies[...] = x.reshape([n for pair in ones for n in pair])
    return out


def _tile_slope(g, x_shape, repeats):
    dims, repeats = _tiling(x_shape, repeats)
    pairs = tuple(n for pair in zip(repeats, dims, strict=True) for n in pair)
    copies = sum(reshape(g, pairs), axis=tuple(range(0, len(pairs), 2)))
    return reshape(copies, x_shape)


tile.grad(x=_tile_slope)

# Repeats ----------------------------------------------------------------------------


def _repeated(x, *, repeats, axis=None, **metadata):
    if axis is None:
        total = 1
        for n in x:
            total = None if n is None or total is None else total * n
        x, axis = (total,), 0
    x = x or (1,)
    shapes.axes(axis, len(x))
    dims = list(x)
    if isinstance(repeats, int):
        dims[axis] = None if dims[axis] is None else dims[axis] * repeats
    else:
        times = np.asarray(repeats)
        length = dims[axis] if times.size == 1 else 1
        dims[axis] = None if length is None else int(times.sum()) * length
    return tuple(dims)


@primitive(shape=_repeated)
def repeat(x, *, repeats, axis: int | None = None, out=None):
    """Repeats each element along an axis; None: of all elements in a row.

    Args:
        x: Tensor.
        repeats: How often, for all elements or for each along the axis.
        axis: Axis to repeat along.

    >>> repeat([1, 2], 2).tolist()
    [1, 1, 2, 2]
    """
    if type(repeats) is not int:
        return deliver(np.repeat(x, np.asarray(repeats), axis), out)
    dims = (x.size,) if axis is None or not x.ndim else x.shape
    return _spread(x, dims, _times(repeats, axis, len(dims)), False, out)


def _times(repeats: int, axis: int | None, ndim: int) -> tuple[int, ...]:
    """How often elements are repeated along each axis."""
    along = 0 if axis is None else axis % ndim
    return tuple(repeats if i == along else 1 for i in range(ndim))


@primitive(shape=lambda dy, *, shape, **metadata: shape)
def repeat_grad(dy, *, shape: tuple, repeats, axis: int | None, out=None):
    """Sums what `repeat` made of each element."""
    along = 0 if axis is None else axis % len(shape)
    dims = (int(np.prod(shape)),) if axis is None else shape
    if type(repeats) is int:
        copies = dy.reshape((*dims[: along + 1], repeats, *dims[along + 1 :]))
        return deliver(np.add.reduce(copies, axis=along + 1).reshape(shape), out)
    times = np.broadcast_to(np.asarray(repeats), (dims[along],))
    rows = np.zeros((dims[along], *np.moveaxis(dy, along, 0).shape[1:]), dy.dtype)
    owners = np.repeat(np.arange(dims[along]), times)
    np.add.at(rows, owners, np.moveaxis(dy, along, 0))
    return deliver(np.moveaxis(rows, 0, along).reshape(shape), out)


repeat.grad(
    x=lambda g, x_shape, repeats, axis: repeat_grad(
        g, shape=x_shape, repeats=repeats, axis=axis
    )
)
repeat_grad.grad(dy=lambda g, repeats, axis: repeat(g, repeats=repeats, axis=axis))

# Borders ----------------------------------------------------------------------------


def _widths(pad_width, ndim: int) -> tuple[tuple[int, int], ...]:
    """One (before, after) pair per axis, from any of the forms NumPy takes."""
    pairs = np.broadcast_to(np.asarray(pad_width), (ndim, 2)).tolist()
    return tuple((before, after) for before, after in pairs)


def _padded(x, *, pad_width, **metadata):
    pairs = _widths(pad_width, len(x))
    return tuple(
        None if n is None else before + n + after
        for n, (before, after) in zip(x, pairs, strict=True)
    )


@primitive(shape=_padded)
def pad(x, *, pad_width, mode: str = "constant", constant_values=None, out=None):
    """Adds a border around a tensor.

    Args:
        x: Tensor.
        pad_width: `((before, after), ...)` per axis, or one pair or number for all.
        mode: What the border holds: "constant", "edge", "reflect", "symmetric" or
            another mode of `numpy.pad`.
        constant_values: Value of a constant border, 0 if None.

    >>> pad([1, 2], (1, 2)).tolist()
    [0, 1, 2, 0, 0]
    """
    if mode != "constant":
        if constant_values is not None:
            raise ValueError(
                f"pad: constant_values is for mode='constant', got mode={mode!r}. "
                "Leave out constant_values."
            )
        return deliver(np.pad(x, _widths(pad_width, x.ndim), mode), out)
    out = room(x, out, _padded(x.shape, pad_width=pad_width))
    inside = _inside(x.shape, pad_width)
    for axis, middle in enumerate(inside):
        borders = np.moveaxis(out, axis, 0)
        for border in (borders[: middle.start], borders[middle.stop :]):
            if len(border):
                border[...] = 0 if constant_values is None else constant_values
    out[inside] = x
    return out


def _inside(shape: tuple, pad_width) -> tuple:
    """The slices of a padded tensor that hold the original."""
    pairs = _widths(pad_width, len(shape))
    starts = [before for before, _ in pairs]
    return tuple(slice(a, a + n) for a, n in zip(starts, shape, strict=True))


@primitive(shape=lambda dy, *, shape, **metadata: shape)
def unpad(dy, *, shape: tuple, pad_width, mode: str, out=None):
    """Cuts the border off; copied borders are added to where they came from."""
    for axis, pair in enumerate(_widths(pad_width, len(shape))):
        owners = np.pad(np.arange(shape[axis]), pair, mode)
        rows = np.moveaxis(dy, axis, 0)
        total = np.zeros((shape[axis], *rows.shape[1:]), dy.dtype)
        np.add.at(total, owners, rows)
        dy = np.moveaxis(total, 0, axis)
    return deliver(dy, out)


def _pad_slope(g, x_shape, pad_width, mode):
    if mode in ("constant", "empty"):
        return g[_inside(x_shape, pad_width)]
    return unpad(g, shape=x_shape, pad_width=pad_width, mode=mode)


pad.grad(x=_pad_slope)
unpad.grad(dy=lambda g, pad_width, mode: pad(g, pad_width=pad_width, mode=mode))
