"""Hits and misses above one or many thresholds, and the metrics that rest on them.

A prediction above a threshold says yes. Whether that is right makes it a true or false
positive; the others are true or false negatives:

                  y_pred > threshold    otherwise
    y_true 1      true positive         false negative
    y_true 0      false positive        true negative
"""

import numpy as np

from .. import ops
from ..losses.pairing import as_tensor, match, same_rank
from ..tensor import dtypes, primitive
from ..utils import checks
from .metric import METRICS, Metric

__all__ = [
    "ConfusionMetric",
    "FalseNegatives",
    "FalsePositives",
    "Precision",
    "Recall",
    "TrueNegatives",
    "TruePositives",
    "count_above",
    "expand_weight",
]

NEVER = -1e10  # a score no threshold lies below: what top_k leaves out


def _count_shape(weight, y_pred, thresholds, **metadata):
    return (*thresholds, weight[-1])


@primitive(shape=_count_shape, dtype=dtypes.first)
def count_above(weight, y_pred, thresholds, *, out=None):
    """Adds up, for each threshold and column, the weights of predictions above it.

    One pass over the predictions, however many thresholds there are.

    Args:
        weight: Weights, of shape (samples, columns).
        y_pred: Predictions, of the same shape.
        thresholds: Thresholds, of shape (thresholds,), in any order.

    Returns:
        Sums of shape (thresholds, columns).

    >>> ones = [[1.0], [1.0], [1.0]]
    >>> count_above(ones, [[0.2], [0.5], [0.9]], [0.1, 0.5]).tolist()
    [[3.0], [1.0]]
    """
    if len(thresholds) == 1:
        above = np.multiply(weight, np.greater(y_pred, thresholds))
        return np.add.reduce(above, axis=0, keepdims=True, out=out)
    order = np.argsort(thresholds)
    num_columns, num_bins = y_pred.shape[-1], len(order) + 1
    passed = np.searchsorted(thresholds, y_pred, sorter=order)
    passed[np.isnan(y_pred)] = 0
    bins = passed + np.arange(num_columns) * num_bins
    sums = np.bincount(bins.ravel(), weight.ravel(), minlength=num_columns * num_bins)
    above = sums.reshape(num_columns, num_bins)[:, ::-1].cumsum(axis=1)[:, -2::-1]
    result = np.empty((len(order), num_columns), weight.dtype) if out is None else out
    result[order] = above.T
    return result


class ConfusionMetric(Metric):
    """Base of metrics that keep some of the four counts, one per threshold.

    Args:
        thresholds: Thresholds in [0, 1], one or several; None means `default`.
        default: The threshold that None stands for.
        name: As in `Metric`.
        dtype: As in `Metric`.
    """

    top_k = None
    class_id = None

    def __init__(self, thresholds, default=0.5, name=None, dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self.thresholds = _as_thresholds(self, thresholds, default)
        self._limits = as_tensor(np.array(self.thresholds), self._dtype)

    def _keep(self, counts):
        """Makes a variable for each of these counts; (kind, name of the variable)."""
        self._counts = counts
        for _, name in counts.items():
            setattr(self, name, self.add_weight((len(self.thresholds),), name=name))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch of targets 0 or 1 and probabilities."""
        y_true, y_pred, weight = self._prepare(y_true, y_pred, sample_weight)
        columns = [ops.reshape(x, (-1, 1)) for x in (y_true, y_pred, weight)]
        counted = self._count(*columns)
        for kind, name in self._counts.items():
            getattr(self, name).assign_add(ops.squeeze(counted[kind], -1))

    def _prepare(self, y_true, y_pred, sample_weight):
        """Brings targets, predictions and weights to one shape."""
        owner = type(self).__name__
        y_true, y_pred = match(owner, y_true, y_pred, self._dtype)
        weight = expand_weight(owner, sample_weight, y_pred, self._dtype)
        if self.top_k is not None:
            y_pred = _only_best(y_pred, self.top_k)
        if self.class_id is not None:
            self._check_class(y_pred.shape)
            y_true, y_pred, weight = (
                x[..., self.class_id] for x in (y_true, y_pred, weight)
            )
        return y_true, y_pred, weight

    def _count(self, y_true, y_pred, weight):
        """Returns counts by kind, from tensors of shape (samples, columns)."""
        wanted, counted = self._counts, {}
        positive = ops.cast(ops.not_equal(y_true, 0), self.dtype)
        for label, yes, no in (
            (positive, "true_positives", "false_negatives"),
            (1.0 - positive, "false_positives", "true_negatives"),
        ):
            if yes in wanted or no in wanted:
                label = label * weight
                counted[yes] = count_above(label, y_pred, self._limits)
            if no in wanted:
                counted[no] = ops.sum(label, axis=0) - counted[yes]
        return counted

    def _check_class(self, shape):
        if not -shape[-1] <= self.class_id < shape[-1]:
            raise ValueError(
                f"{type(self).__name__} {self.name!r}: class_id must be below the "
                f"number of columns, got {self.class_id} for y_pred of shape {shape}."
            )

    def _scalar(self, values):
        """One number instead of a list of one."""
        return values[0] if len(self.thresholds) == 1 else values

    def get_config(self):
        """Returns the constructor's arguments."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


def _as_thresholds(owner, thresholds, default):
    if thresholds is None:
        return [default]
    several = isinstance(thresholds, (list, tuple, np.ndarray))
    found = list(thresholds) if several else [thresholds]
    if not found:
        checks.fail(owner, "thresholds", thresholds, "hold at least one", 0.5)
    return [checks.in_range(owner, 0, 1, thresholds=one) for one in found]


def expand_weight(owner, sample_weight, y_pred, dtype):
    """Returns a weight for every prediction."""
    if sample_weight is None:
        return ops.ones(y_pred.shape, dtype)
    weight = as_tensor(sample_weight, dtype)
    _, weight = same_rank(y_pred, weight, expand=False)
    missing = len(y_pred.shape) - len(weight.shape)
    if missing > 0:
        weight = ops.reshape(weight, (*weight.shape, *[1] * missing))
    try:
        return ops.broadcast_to(weight, y_pred.shape)
    except ValueError:
        raise ValueError(
            f"{owner}: sample_weight of shape {np.shape(sample_weight)} does not fit "
            f"y_pred of shape {y_pred.shape}. Give one weight per sample."
        ) from None


def _only_best(y_pred, k):
    """Keeps the k highest scores of each row."""
    num_classes = y_pred.shape[-1]
    _, best = ops.top_k(y_pred, min(k, num_classes))
    is_best = ops.any(ops.one_hot(best, num_classes, dtype="bool"), axis=-2)
    return ops.where(is_best, y_pred, NEVER)


# Counts themselves --------------------------------------------------------------------


class _Count(ConfusionMetric):
    """Base of the metrics that are one of the four counts."""

    kind = None

    def __init__(self, thresholds=None, name=None, dtype=None):
        super().__init__(thresholds, name=name, dtype=dtype)
        self._keep({self.kind: "accumulator"})

    def result(self):
        """Returns the count, or one for each threshold."""
        return self._scalar(self.accumulator.value)


@METRICS.register("true_positives")
class TruePositives(_Count):
    """Number (or weight) of samples that are 1 and predicted so.

    Args:
        thresholds: What is above it counts as 1; 0.5 if None. Several give several.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(TruePositives()([0, 1, 1], [0.9, 0.8, 0.1]))
    1.0
    """

    kind = "true_positives"


@METRICS.register("true_negatives")
class TrueNegatives(_Count):
    """Number (or weight) of samples that are 0 and predicted so.

    Args:
        thresholds: What is above it counts as 1; 0.5 if None. Several give several.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(TrueNegatives()([0, 0, 1], [0.9, 0.2, 0.1]))
    1.0
    """

    kind = "true_negatives"


@METRICS.register("false_positives")
class FalsePositives(_Count):
    """Number (or weight) of samples that are 0 and predicted as 1.

    Args:
        thresholds: What is above it counts as 1; 0.5 if None. Several give several.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(FalsePositives()([0, 0, 1], [0.9, 0.2, 0.1]))
    1.0
    """

    kind = "false_positives"


@METRICS.register("false_negatives")
class FalseNegatives(_Count):
    """Number (or weight) of samples that are 1 and predicted as 0.

    Args:
        thresholds: What is above it counts as 1; 0.5 if None. Several give several.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(FalseNegatives()([0, 1, 1], [0.9, 0.8, 0.1]))
    1.0
    """

    kind = "false_negatives"


# Shares of them -----------------------------------------------------------------------


class _Share(ConfusionMetric):
    """Base of Precision and Recall: true positives among them and another count."""

    other = None

    def __init__(
        self, thresholds=None, top_k=None, class_id=None, name=None, dtype=None
    ):
        default = 0.5 if top_k is None else NEVER
        super().__init__(thresholds, default, name=name, dtype=dtype)
        if top_k is not None:
            top_k = checks.positive_int(self, top_k=top_k)
        self.top_k = top_k
        self.class_id = class_id
        self._keep({"true_positives": "true_positives", self.other: self.other})

    def result(self):
        """Returns the share, or one for each threshold."""
        hits, others = self.true_positives.value, getattr(self, self.other).value
        return self._scalar(ops.divide_no_nan(hits, hits + others))

    def get_config(self):
        """Returns the constructor's arguments."""
        return {**super().get_config(), "top_k": self.top_k, "class_id": self.class_id}


@METRICS.register("precision")
class Precision(_Share):
    """Share of samples predicted as 1 that are 1.

    precision = true_positives / (true_positives + false_positives)

    Args:
        thresholds: What is above it counts as 1; 0.5 if None. Several give several.
        top_k: Only the k highest scores of a row may count as 1; all if None.
        class_id: Column to look at; all if None.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(Precision()([0, 1, 1], [0.9, 0.8, 0.1]))
    0.5
    """

    other = "false_positives"


@METRICS.register("recall")
class Recall(_Share):
    """Share of samples that are 1 that are predicted as 1.

    recall = true_positives / (true_positives + false_negatives)

    Args:
        thresholds: What is above it counts as 1; 0.5 if None. Several give several.
        top_k: Only the k highest scores of a row may count as 1; all if None.
        class_id: Column to look at; all if None.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(Recall()([0, 1, 1], [0.9, 0.8, 0.1]))
    0.5
    """

    other = "false_negatives"
