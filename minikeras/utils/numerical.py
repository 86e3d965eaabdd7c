"""Small helpers for data: one-hot targets and unit-length rows."""

import numpy as np

from . import checks

__all__ = ["normalize", "to_categorical"]


def to_categorical(x, num_classes: int | None = None) -> np.ndarray:
    """Turns class numbers into one-hot rows.

    Args:
        x: Integers in [0, num_classes), of any shape; a last axis of size 1 is
            dropped.
        num_classes: Number of classes; the largest number plus one by default.

    Shape: that of `x`, with an axis of `num_classes` at the end.

    Raises:
        ValueError: A number lies outside [-num_classes, num_classes).

    >>> to_categorical([0, 2, 1])
    array([[1., 0., 0.],
           [0., 0., 1.],
           [0., 1., 0.]])
    """
    labels = _as_labels(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None:
        num_classes = int(labels.max()) + 1 if labels.size else 0
    num_classes = checks.non_negative_int("to_categorical", num_classes=num_classes)
    outside = labels[(labels >= num_classes) | (labels < -num_classes)]
    if outside.size:
        raise ValueError(
            f"to_categorical: class {outside[0]} does not fit num_classes="
            f"{num_classes}. Classes go from 0 to {num_classes - 1}."
        )
    one_hot = np.zeros((*labels.shape, num_classes))
    np.put_along_axis(one_hot, (labels % max(num_classes, 1))[..., None], 1, axis=-1)
    return one_hot


def _as_labels(x) -> np.ndarray:
    array = np.asarray(x)
    if array.dtype.kind not in "iufb":
        raise ValueError(
            f"to_categorical needs class numbers, got an array of {array.dtype}. Map "
            "names to numbers first: np.unique(x, return_inverse=True)[1]."
        )
    return array.astype("int64")


def normalize(x, axis: int = -1, order: float = 2) -> np.ndarray:
    """Divides an array by its norm along an axis; zero vectors stay zero.

    Args:
        x: Array.
        axis: Axis along which to measure.
        order: Order of the norm: 2 for Euclidean, 1 for the sum of magnitudes.

    Shape: that of `x`.

    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    array = np.atleast_1d(x)
    norm = np.linalg.norm(array, order, axis, keepdims=True)
    return array / np.where(norm == 0, norm.dtype.type(1), norm)
