"""Area under a curve, and points on it: counts at many thresholds."""

import numpy as np

from .. import config, ops
from ..losses.pairing import as_tensor
from ..utils import checks, serialization
from .confusion import ConfusionMetric
from .metric import METRICS

__all__ = [
    "AUC",
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
]

COUNTS = ("true_positives", "false_positives", "true_negatives", "false_negatives")


class CurveMetric(ConfusionMetric):
    """Base of metrics that keep all four counts at many thresholds."""

    def _rates(self):
        """Returns recall, false positive rate and precision at each threshold."""
        hits, false_alarms = self.true_positives.value, self.false_positives.value
        recall = ops.divide_no_nan(hits, hits + self.false_negatives)
        alarm_rate = ops.divide_no_nan(false_alarms, false_alarms + self.true_negatives)
        precision = ops.divide_no_nan(hits, hits + false_alarms)
        return recall, alarm_rate, precision

    def _specificity(self):
        quiet = self.true_negatives.value
        return ops.divide_no_nan(quiet, quiet + self.false_positives)


@METRICS.register("auc")
class AUC(CurveMetric):
    """Area under the ROC curve (or another one), by sums over many thresholds.

    ROC: the probability that a sample of class 1 gets a higher score than one of class
    0. PR: precision over recall. PRGAIN: their gains over saying yes to all. (Flach and
    Kull, 2015)

    Args:
        num_thresholds: Number of thresholds, above 1; more are more exact.
        curve: "ROC", "PR" or "PRGAIN".
        summation_method: "interpolation" (trapezoids; for PR after Davis and Goadrich,
            2006), "minoring" or "majoring" (the lower or higher end of each piece).
        name: As in `Metric`.
        dtype: As in `Metric`.
        thresholds: Own thresholds between 0 and 1, used in place of evenly spaced ones.
        multi_label: Whether every column has a curve of its own; areas are averaged.
        num_labels: Number of columns with `multi_label`; found at the first batch if
            None.
        label_weights: Weight of each column, or None for equal ones.
        from_logits: Whether predictions are logits.

    >>> float(AUC(num_thresholds=3)([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9]))
    0.75
    """

    def __init__(
        self,
        num_thresholds=200,
        curve="ROC",
        summation_method="interpolation",
        name=None,
        dtype=None,
        thresholds=None,
        multi_label=False,
        num_labels=None,
        label_weights=None,
        from_logits=False,
    ):
        inner = _inner_thresholds(num_thresholds, thresholds)
        super().__init__(inner, default=0.5, name=name, dtype=dtype)
        self.init_thresholds = None if thresholds is None else inner
        tiny = config.epsilon()
        self.thresholds = [-tiny, *inner, 1.0 + tiny]
        self._limits = as_tensor(np.array(self.thresholds), self._dtype)
        self.num_thresholds = len(self.thresholds)
        methods = ("interpolation", "majoring", "minoring")
        self.curve = checks.one_of(
            self, curve=str(curve).upper(), allowed=("ROC", "PR", "PRGAIN")
        )
        self.summation_method = checks.one_of(
            self, summation_method=str(summation_method).lower(), allowed=methods
        )
        self.multi_label = multi_label
        self.num_labels = num_labels
        given = label_weights is not None
        self.label_weights = np.asarray(label_weights).tolist() if given else None
        self.from_logits = from_logits
        self._counts = dict.fromkeys(COUNTS)
        self.true_positives = None
        if num_labels is not None and not multi_label:
            raise ValueError(
                f"AUC {self.name!r}: num_labels={num_labels} needs multi_label=True."
            )
        if num_labels or not multi_label:
            self._build(num_labels)

    def _build(self, num_labels):
        """Makes the counts; their second axis, if any, is that of the labels."""
        weights = self.label_weights
        if self.multi_label and weights is not None and len(weights) != num_labels:
            raise ValueError(
                f"AUC {self.name!r}: label_weights must hold one weight for each of "
                f"the {num_labels} labels, got {len(weights)}."
            )
        labels = (num_labels,) if self.multi_label else ()
        for name in COUNTS:
            shape = (self.num_thresholds, *labels)
            setattr(self, name, self.add_weight(shape, name=name))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch of targets 0 or 1 and probabilities (or logits)."""
        y_true, y_pred, weight = self._prepare(y_true, y_pred, sample_weight)
        if self.from_logits:
            y_pred = ops.sigmoid(y_pred)
        if self.multi_label:
            columns = self._by_label(y_true, y_pred, weight)
        else:
            if self.label_weights is not None:
                weight = weight * as_tensor(self.label_weights, self._dtype)
            columns = [ops.reshape(x, (-1, 1)) for x in (y_true, y_pred, weight)]
        for name, count in self._count(*columns).items():
            shape = getattr(self, name).shape
            getattr(self, name).assign_add(ops.reshape(count, shape))

    def _by_label(self, y_true, y_pred, weight):
        if len(y_pred.shape) != 2:
            raise ValueError(
                f"AUC {self.name!r}: with multi_label=True, y_pred must have shape "
                f"(samples, labels), got {y_pred.shape}."
            )
        if self.true_positives is None:
            self._build(y_pred.shape[1])
        num_labels = self.true_positives.shape[1]
        if y_pred.shape[1] != num_labels:
            raise ValueError(
                f"AUC {self.name!r}: y_pred must have num_labels={num_labels} columns, "
                f"got shape {y_pred.shape}."
            )
        return y_true, y_pred, weight

    def result(self):
        """Returns the area so far; 0 before the first batch."""
        if self.true_positives is None:
            return ops.zeros((), self.dtype)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._averaged(self._interpolated_pr())
        x, y = self._curve()
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) * 0.5
        elif self.summation_method == "minoring":
            heights = ops.minimum(y[:-1], y[1:])
        else:
            heights = ops.maximum(y[:-1], y[1:])
        return self._averaged((x[:-1] - x[1:]) * heights)

    def _curve(self):
        """Returns the curve's x and y at each threshold."""
        recall, alarm_rate, precision = self._rates()
        if self.curve == "ROC":
            return alarm_rate, recall
        if self.curve == "PR":
            return recall, precision
        return self._gains()

    def _gains(self):
        """Recall gain and precision gain: 0 for always saying yes, 1 for the best."""
        hits = self.true_positives.value
        positives = hits + self.false_negatives
        negatives = self.false_positives + self.true_negatives
        odds = ops.divide_no_nan(positives, negatives)
        recall_gain = 1.0 - odds * ops.divide_no_nan(self.false_negatives, hits)
        precision_gain = 1.0 - odds * ops.divide_no_nan(self.false_positives, hits)
        # Without a hit the recall gain is minus infinity; the curve starts at 0.
        recall_gain = ops.where(hits > 0, ops.maximum(recall_gain, 0.0), 0.0)
        return recall_gain, precision_gain

    def _interpolated_pr(self):
        """Areas between thresholds where hits and alarms both change linearly."""
        hits = self.true_positives.value
        yes = hits + self.false_positives
        new_hits, new_yes = hits[:-1] - hits[1:], yes[:-1] - yes[1:]
        slope = ops.divide_no_nan(new_hits, ops.maximum(new_yes, 0.0))
        intercept = hits[1:] - slope * yes[1:]
        both = ops.logical_and(yes[:-1] > 0, yes[1:] > 0)
        ratio = ops.divide_no_nan(yes[:-1], ops.maximum(yes[1:], 0.0))
        ratio = ops.where(both, ratio, 1.0)
        gained = slope * (new_hits + intercept * ops.log(ratio))
        positives = hits[1:] + self.false_negatives[1:]
        return ops.divide_no_nan(gained, ops.maximum(positives, 0.0))

    def _averaged(self, pieces):
        areas = ops.sum(pieces, axis=0)
        if not self.multi_label:
            return areas
        if self.label_weights is None:
            return ops.mean(areas)
        weights = as_tensor(self.label_weights, self._dtype)
        return ops.divide_no_nan(ops.sum(areas * weights), ops.sum(weights))

    def get_config(self):
        """Returns the constructor's arguments."""
        config = {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self.from_logits,
        }
        if self.init_thresholds is None:
            del config["thresholds"]
        return config

    @classmethod
    def from_config(cls, config):
        """Makes a metric from what `get_config` returned; Keras writes a tensor."""
        weights = serialization.deserialize_keras_object(config.get("label_weights"))
        return cls(**{**config, "label_weights": weights})


def _inner_thresholds(num_thresholds, thresholds):
    """Returns the thresholds between the two that lie just outside [0, 1]."""
    if thresholds is not None:
        return sorted(float(threshold) for threshold in thresholds)
    if checks.positive_int("AUC", num_thresholds=num_thresholds) < 2:
        checks.fail("AUC", "num_thresholds", num_thresholds, "be above 1", 200)
    return _evenly_spaced(num_thresholds)[1:-1]


def _evenly_spaced(count):
    return [i / (count - 1) for i in range(count)]


class _AtPoint(CurveMetric):
    """Base of metrics that give the best of one rate where another is good enough.

    Subclasses write `_point`, which returns the rate that must be good enough and the
    rate to make best, and name in `wanted` the argument that says how good.
    """

    wanted = None

    def __init__(self, value, num_thresholds, class_id, name, dtype):
        checks.in_range(type(self).__name__, 0, 1, **{self.wanted: value})
        checks.positive_int(type(self).__name__, num_thresholds=num_thresholds)
        several = num_thresholds > 1
        thresholds = _evenly_spaced(num_thresholds) if several else [0.5]
        super().__init__(thresholds, name=name, dtype=dtype)
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        self.value = value
        self._keep({name: name for name in COUNTS})

    def result(self):
        """Returns the best rate so far; 0 where the other is never good enough."""
        given, best = self._point()
        return ops.max(ops.where(given >= self.value, best, 0.0))

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            "name": self.name,
            "dtype": self.dtype,
            "class_id": self.class_id,
            "num_thresholds": self.num_thresholds,
            self.wanted: self.value,
        }


@METRICS.register("precision_at_recall")
class PrecisionAtRecall(_AtPoint):
    """Best precision at any threshold whose recall is at least the given one.

    Args:
        recall: Least recall, in [0, 1].
        num_thresholds: Number of thresholds to try.
        class_id: Column to look at; all if None.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(PrecisionAtRecall(1.0)([0, 1, 1], [0.2, 0.4, 0.8]))
    1.0
    """

    wanted = "recall"

    def __init__(
        self, recall, num_thresholds=200, class_id=None, name=None, dtype=None
    ):
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall

    def _point(self):
        recall, _, precision = self._rates()
        return recall, precision


@METRICS.register("recall_at_precision")
class RecallAtPrecision(_AtPoint):
    """Best recall at any threshold whose precision is at least the given one.

    Args:
        precision: Least precision, in [0, 1].
        num_thresholds: Number of thresholds to try.
        class_id: Column to look at; all if None.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(RecallAtPrecision(1.0)([0, 1, 1], [0.6, 0.4, 0.8]))
    0.5
    """

    wanted = "precision"

    def __init__(
        self, precision, num_thresholds=200, class_id=None, name=None, dtype=None
    ):
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision

    def _point(self):
        recall, _, precision = self._rates()
        return precision, recall


@METRICS.register("sensitivity_at_specificity")
class SensitivityAtSpecificity(_AtPoint):
    """Best sensitivity at any threshold whose specificity is at least the given one.

    sensitivity = tp / (tp + fn), specificity = tn / (tn + fp)

    Args:
        specificity: Least specificity, in [0, 1].
        num_thresholds: Number of thresholds to try.
        class_id: Column to look at; all if None.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(SensitivityAtSpecificity(1.0)([0, 1, 1], [0.6, 0.4, 0.8]))
    0.5
    """

    wanted = "specificity"

    def __init__(
        self, specificity, num_thresholds=200, class_id=None, name=None, dtype=None
    ):
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity

    def _point(self):
        return self._specificity(), self._rates()[0]


@METRICS.register("specificity_at_sensitivity")
class SpecificityAtSensitivity(_AtPoint):
    """Best specificity at any threshold whose sensitivity is at least the given one.

    sensitivity = tp / (tp + fn), specificity = tn / (tn + fp)

    Args:
        sensitivity: Least sensitivity, in [0, 1].
        num_thresholds: Number of thresholds to try.
        class_id: Column to look at; all if None.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(SpecificityAtSensitivity(1.0)([0, 1, 1], [0.2, 0.4, 0.8]))
    1.0
    """

    wanted = "sensitivity"

    def __init__(
        self, sensitivity, num_thresholds=200, class_id=None, name=None, dtype=None
    ):
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity

    def _point(self):
        return self._rates()[0], self._specificity()
