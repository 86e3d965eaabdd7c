"""Targets next to predictions: one dtype, one rank, shapes that fit, or a clear error.

Loss functions are decorated with `paired` (shapes must broadcast) or `matched` (shapes
must be equal), and then read as their formula.
"""

import functools
from collections.abc import Callable

from .. import ops
from ..tensor import KerasTensor, Tensor, shapes

__all__ = ["as_tensor", "match", "matched", "paired", "same_rank", "sparse_labels"]


def as_tensor(x, dtype=None):
    """Returns `x` as a tensor of a dtype: `x` itself if it is one already."""
    if type(x) is not Tensor and type(x) is not KerasTensor:
        x = ops.convert_to_tensor(x)
    return x if dtype is None or x.dtype == dtype else ops.cast(x, dtype)


def same_rank(x1, x2, expand: bool = True):
    """Evens out a last axis of length 1 that only one of two tensors has.

    Args:
        x1: Tensor.
        x2: Tensor.
        expand: Whether (n,) against (n, 1) becomes (n, 1); else both become (n,).

    >>> [x.shape for x in same_rank(ops.ones((4,)), ops.ones((4, 1)))]
    [(4, 1), (4, 1)]
    """
    long, short = (x1, x2) if len(x1.shape) > len(x2.shape) else (x2, x1)
    if len(long.shape) != len(short.shape) + 1 or long.shape[-1] != 1:
        return x1, x2
    if expand and len(short.shape) == 1:
        short = ops.expand_dims(short, -1)
    else:
        long = ops.squeeze(long, -1)
    return (long, short) if len(x1.shape) > len(x2.shape) else (short, long)


def _decorator(check: Callable) -> Callable:
    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def loss(y_true, y_pred, *args, **kwargs):
            if not _alike(y_true, y_pred):
                y_true, y_pred = _pair(function.__name__, y_true, y_pred, None, check)
            return function(y_true, y_pred, *args, **kwargs)

        return loss

    return decorate


def _alike(y_true, y_pred) -> bool:
    return (
        type(y_true) is type(y_pred) is Tensor
        and y_true.array.dtype == y_pred.array.dtype
        and y_true.array.shape == y_pred.array.shape
    )


def _pair(owner: str, y_true, y_pred, dtype, check: Callable):
    y_pred = as_tensor(y_pred, dtype)
    y_true = as_tensor(y_true, y_pred.dtype)
    y_true, y_pred = same_rank(y_true, y_pred)
    if not check(y_true.shape, y_pred.shape):
        raise ValueError(_mismatch(owner, y_true.shape, y_pred.shape))
    return y_true, y_pred


def _broadcasts(y_true: tuple, y_pred: tuple) -> bool:
    try:
        shapes.broadcast(y_true, y_pred)
    except ValueError:
        return False
    return True


def _equal(y_true: tuple, y_pred: tuple) -> bool:
    return len(y_true) == len(y_pred) and all(
        m == n or m is None or n is None for m, n in zip(y_true, y_pred, strict=True)
    )


paired = _decorator(_broadcasts)
matched = _decorator(_equal)


def match(owner: str, y_true, y_pred, dtype):
    """Returns both as tensors of one dtype and shape.

    Args:
        owner: Who asks, for the message.
        y_true: Targets.
        y_pred: Predictions.
        dtype: Dtype of both.

    Raises:
        ValueError: if their shapes differ, but for a last axis of length 1.
    """
    return _pair(owner, y_true, y_pred, dtype, _equal)


def sparse_labels(owner: str, y_true, y_pred):
    """Returns class numbers without an axis of length 1, and the scores they index.

    Raises:
        ValueError: if there is not one class number per row of scores.
    """
    y_true, y_pred = as_tensor(y_true), as_tensor(y_pred)
    if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    if not _equal(y_true.shape, y_pred.shape[:-1]):
        raise ValueError(
            f"{owner}: y_true must hold one class number per row of y_pred, got shapes "
            f"{y_true.shape} and {y_pred.shape}. {_sparse_advice(y_true, y_pred)}"
        )
    return y_true, y_pred


def _mismatch(owner: str, y_true: tuple, y_pred: tuple) -> str:
    return (
        f"{owner}: y_true and y_pred must have the same shape, got {y_true} and "
        f"{y_pred}. {_advice(y_true, y_pred)}"
    )


def _advice(y_true: tuple, y_pred: tuple) -> str:
    if y_true[:1] != y_pred[:1]:
        return _LENGTHS.format(*y_true[:1] or (1,), *y_pred[:1] or (1,))
    if y_true in (y_pred[:-1], (*y_pred[:-1], 1)):
        return (
            "If y_true holds class numbers, use sparse_categorical_crossentropy, or "
            f"utils.to_categorical(y_true, num_classes={y_pred[-1]})."
        )
    if len(y_true) == len(y_pred) and y_true[:-1] == y_pred[:-1]:
        return (
            f"Give the last layer {y_true[-1]} units, or y_true {y_pred[-1]} columns."
        )
    return "Reshape one of them."


def _sparse_advice(y_true, y_pred) -> str:
    if y_true.shape[:1] != y_pred.shape[:1]:
        return _LENGTHS.format(*y_true.shape[:1] or (1,), *y_pred.shape[:1] or (1,))
    if y_true.shape == y_pred.shape:
        return "If y_true is one-hot, use categorical_crossentropy."
    return "Reshape one of them."


_LENGTHS = "They hold {} and {} samples: give x and y the same length."
