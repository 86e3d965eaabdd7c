"""Windows: overlapping pieces of a tensor side by side, and the way back.

What a locally connected layer multiplies. (Convolutions cut their windows block by
block inside their kernels: all at once take many times the memory of the input.)
"""

import numpy as np

from ..tensor import primitive

__all__ = ["windows"]


def _windowed(x, *, sizes, strides, **metadata):
    triples = zip(x[1:], sizes, strides, strict=True)
    places = [None if n is None else (n - m) // step + 1 for n, m, step in triples]
    return (x[0], *places, *sizes)


@primitive(shape=_windowed, is_whole=True)
def windows(x, *, sizes: tuple, strides: tuple, out=None):
    """Copies the window at each place: (batch, ...) -> (batch, *places, *sizes).

    Args:
        x: Tensor.
        sizes: Length of the window along each axis but the first.
        strides: How far the window moves along each of them.

    >>> windows([[1, 2, 3]], sizes=(2,), strides=(1,)).tolist()
    [[[1, 2], [2, 3]]]
    """
    axes = tuple(range(1, x.ndim))
    every = np.lib.stride_tricks.sliding_window_view(x, sizes, axes)
    kept = every[(slice(None), *(slice(None, None, step) for step in strides))]
    if out is None:
        return kept.copy()
    np.copyto(out, kept)
    return out


@primitive(shape=lambda dy, *, shape, **metadata: shape, is_whole=True)
def windows_grad(dy, *, shape: tuple, sizes: tuple, strides: tuple, out=None):
    """Adds the windows up where they came from.

    One offset within the window at a time; axes with a single place go as a whole.
    """
    if out is None:
        out = np.empty(shape, dy.dtype)
    out[...] = 0
    count = len(sizes)
    places = dy.shape[1 : count + 1]
    order = [n for i in range(1, count + 1) for n in (i, i + count)]
    paired = dy.transpose(0, *order)  # each axis of places beside that of offsets
    triples = list(zip(places, sizes, strides, strict=True))
    for offset in np.ndindex(*(1 if p == 1 else size for p, size, _ in triples)):
        target, source = [slice(None)], [slice(None)]
        for i, (p, size, step) in zip(offset, triples, strict=True):
            if p == 1:
                target.append(slice(0, size))
                source += 0, slice(None)
            else:
                target.append(slice(i, i + (p - 1) * step + 1, step))
                source += slice(None), i
        out[tuple(target)] += paired[tuple(source)]
    return out


windows.grad(
    x=lambda g, x_shape, sizes, strides: windows_grad(
        g, shape=x_shape, sizes=sizes, strides=strides
    )
)
windows_grad.grad(dy=lambda g, sizes, strides: windows(g, sizes=sizes, strides=strides))
