"""How often predictions are right."""

import numpy as np

from .. import config, ops
from ..losses.pairing import matched, paired, sparse_labels
from ..ops.common import deliver
from ..tensor import primitive, shapes
from .metric import METRICS
from .reduction import FunctionMetric, metric_class

__all__ = [
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


def _as_number(hits):
    return ops.cast(hits, config.floatx())


@paired
def accuracy(y_true, y_pred):
    """Counts predictions equal to the target.

    >>> accuracy([1, 2, 3], [1, 2, 4]).tolist()
    [1.0, 1.0, 0.0]
    """
    return _as_number(ops.equal(y_true, y_pred))


Accuracy = metric_class("Accuracy", accuracy)


@paired
def binary_accuracy(y_true, y_pred, threshold=0.5):
    """Counts probabilities on the right side of a threshold.

    Args:
        y_true: Targets, 0 or 1.
        y_pred: Probabilities.
        threshold: What is above it counts as 1.

    >>> binary_accuracy([1, 0, 0], [0.6, 0.7, 0.1]).tolist()
    [1.0, 0.0, 1.0]
    """
    decision = ops.cast(ops.greater(y_pred, threshold), y_true.dtype)
    return _as_number(ops.equal(y_true, decision))


@METRICS.register("binary_accuracy")
class BinaryAccuracy(FunctionMetric):
    """Share of probabilities on the right side of a threshold.

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.
        threshold: What is above it counts as 1.

    >>> float(BinaryAccuracy()([[1], [0]], [[0.6], [0.7]]))
    0.5
    """

    def __init__(self, name="binary_accuracy", dtype=None, threshold=0.5):
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


@primitive(
    shape=lambda x1, x2: shapes.broadcast_two(x1, x2)[:-1],
    dtype=lambda *given: (None, config.floatx()),
)
def same_winner(x1, x2, *, out=None):
    """1 where the largest value on the last axis stands in the same place, else 0."""
    hits = np.equal(np.argmax(x1, axis=-1), np.argmax(x2, axis=-1))
    return deliver(hits.astype(config.floatx()), out)


@matched
def categorical_accuracy(y_true, y_pred):
    """Counts rows whose largest score is that of the right class.

    Args:
        y_true: Targets, one-hot or probabilities, one column per class.
        y_pred: Scores, one column per class.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]]).tolist()
    [1.0, 0.0]
    """
    return same_winner(y_true, y_pred)


CategoricalAccuracy = metric_class("CategoricalAccuracy", categorical_accuracy)


def sparse_categorical_accuracy(y_true, y_pred):
    """Counts rows whose largest score is that of the class with the given number.

    Args:
        y_true: Class numbers, from 0.
        y_pred: Scores, one column per class.

    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.4, 0.6]]).tolist()
    [1.0, 0.0]
    """
    y_true, y_pred = sparse_labels("sparse_categorical_accuracy", y_true, y_pred)
    return _as_number(ops.equal(y_true, ops.argmax(y_pred, axis=-1)))


SparseCategoricalAccuracy = metric_class(
    "SparseCategoricalAccuracy", sparse_categorical_accuracy
)


def _among_best(labels, scores, k):
    """Whether fewer than k classes have a higher score than the right one."""
    labels = ops.expand_dims(ops.cast(labels, "int32"), -1)
    score = ops.take_along_axis(scores, labels, axis=-1)
    higher = ops.sum(ops.cast(ops.greater(scores, score), "int32"), axis=-1)
    is_number = ops.squeeze(ops.isfinite(score), -1)
    return _as_number(ops.logical_and(ops.less(higher, k), is_number))


@matched
def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """Counts rows where the right class is among the k highest scores.

    Args:
        y_true: Targets, one-hot or probabilities, one column per class.
        y_pred: Scores, one column per class.
        k: How many of the highest scores to look at.

    >>> top_k_categorical_accuracy([[0, 0, 1]], [[0.5, 0.2, 0.3]], k=2).tolist()
    [1.0]
    """
    return _among_best(ops.argmax(y_true, axis=-1), y_pred, k)


@METRICS.register("top_k_categorical_accuracy")
class TopKCategoricalAccuracy(FunctionMetric):
    """Share of rows where the right class is among the k highest scores.

    Args:
        k: How many of the highest scores to look at.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(TopKCategoricalAccuracy(k=2)([[0, 0, 1]], [[0.5, 0.2, 0.3]]))
    1.0
    """

    def __init__(self, k=5, name="top_k_categorical_accuracy", dtype=None):
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5, from_sorted_ids=False):
    """Counts rows where the class given by number has one of the k highest scores.

    Args:
        y_true: Class numbers, from 0.
        y_pred: Scores, one column per class; or class numbers, the best first.
        k: How many of the highest scores to look at.
        from_sorted_ids: Whether `y_pred` holds class numbers, the best first.

    >>> sparse_top_k_categorical_accuracy([2], [[0.5, 0.2, 0.3]], k=2).tolist()
    [1.0]
    """
    owner = "sparse_top_k_categorical_accuracy"
    y_true, y_pred = sparse_labels(owner, y_true, y_pred)
    if not from_sorted_ids:
        return _among_best(y_true, y_pred, k)
    matches = ops.equal(ops.expand_dims(y_true, -1), y_pred[..., :k])
    return _as_number(ops.any(matches, axis=-1))


@METRICS.register("sparse_top_k_categorical_accuracy")
class SparseTopKCategoricalAccuracy(FunctionMetric):
    """Share of rows where the class given by number has one of the k highest scores.

    Args:
        k: How many of the highest scores to look at.
        name: As in `Metric`.
        dtype: As in `Metric`.
        from_sorted_ids: Whether predictions are class numbers, the best first.

    >>> float(SparseTopKCategoricalAccuracy(k=2)([2], [[0.5, 0.2, 0.3]]))
    1.0
    """

    keras_omits = (("from_sorted_ids", False),)

    def __init__(
        self,
        k=5,
        name="sparse_top_k_categorical_accuracy",
        dtype=None,
        from_sorted_ids=False,
    ):
        super().__init__(
            sparse_top_k_categorical_accuracy,
            name,
            dtype,
            k=k,
            from_sorted_ids=from_sorted_ids,
        )
