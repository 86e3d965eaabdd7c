"""How well predictions follow the targets: correlations and R2."""

import warnings

from .. import config, ops
from ..losses.pairing import as_tensor, match, paired
from ..utils import checks
from .metric import METRICS, Metric
from .reduction import FunctionMetric

__all__ = [
    "ConcordanceCorrelation",
    "PearsonCorrelation",
    "R2Score",
    "concordance_correlation",
    "pearson_correlation",
]


@paired
def pearson_correlation(y_true, y_pred, axis=-1):
    """Measures how far two series are linear functions of each other, from -1 to 1.

    r = mean((y_true - mean) * (y_pred - mean)) / (std(y_true) * std(y_pred))

    Args:
        y_true: Targets.
        y_pred: Predictions.
        axis: Axis along which the series lie.

    >>> round(float(pearson_correlation([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]])[0]), 4)
    1.0
    """
    standard_true, standard_pred = (
        _centred(y, axis) / ops.std(y, axis=axis, keepdims=True)
        for y in (y_true, y_pred)
    )
    return ops.mean(standard_true * standard_pred, axis=axis)


def _centred(x, axis):
    return x - ops.mean(x, axis=axis, keepdims=True)


@METRICS.register("pearson_correlation")
class PearsonCorrelation(FunctionMetric):
    """Mean correlation of the series: see `pearson_correlation`.

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.
        axis: Axis along which the series lie.

    >>> round(float(PearsonCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]])), 4)
    1.0
    """

    def __init__(self, name="pearson_correlation", dtype=None, axis=-1):
        super().__init__(pearson_correlation, name, dtype, axis=axis)


@paired
def concordance_correlation(y_true, y_pred, axis=-1):
    """Correlation that also asks for the same mean and scale. (Lin, 1989)

    ccc = 2 * mean((y_true - mean) * (y_pred - mean))
          / (var(y_true) + var(y_pred) + (mean(y_true) - mean(y_pred)) ** 2)

    Args:
        y_true: Targets.
        y_pred: Predictions.
        axis: Axis along which the series lie.

    >>> round(float(concordance_correlation([0.0, 1.0, 2.0], [1.0, 2.0, 3.0])), 4)
    0.5714
    """
    shift = ops.mean(y_true, axis=axis) - ops.mean(y_pred, axis=axis)
    covariance = ops.mean(_centred(y_true, axis) * _centred(y_pred, axis), axis=axis)
    spread = ops.var(y_true, axis=axis) + ops.var(y_pred, axis=axis) + ops.square(shift)
    return 2.0 * covariance / (spread + config.epsilon())


@METRICS.register("concordance_correlation")
class ConcordanceCorrelation(FunctionMetric):
    """Mean concordance of the series: see `concordance_correlation`.

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.
        axis: Axis along which the series lie.

    >>> metric = ConcordanceCorrelation()
    >>> round(float(metric([[0.0, 1.0, 2.0]], [[1.0, 2.0, 3.0]])), 4)
    0.5714
    """

    def __init__(self, name="concordance_correlation", dtype=None, axis=-1):
        super().__init__(concordance_correlation, name, dtype, axis=axis)


@METRICS.register("r2_score")
class R2Score(Metric):
    """Share of the targets' variance that predictions explain; 1 is perfect.

    R2 = 1 - sum((y_true - y_pred) ** 2) / sum((y_true - mean(y_true)) ** 2)

    Args:
        class_aggregation: What becomes of several columns: "uniform_average",
            "variance_weighted_average", or None (one score per column).
        num_regressors: Number of inputs the predictions rest on; above 0, the score is
            adjusted for it.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> round(float(R2Score()([[1.0], [2.0], [3.0]], [[1.0], [2.0], [4.0]])), 4)
    0.5
    """

    def __init__(
        self,
        class_aggregation="uniform_average",
        num_regressors=0,
        name="r2_score",
        dtype=None,
    ):
        super().__init__(name=name, dtype=dtype)
        self.class_aggregation = checks.one_of(
            self,
            class_aggregation=class_aggregation,
            allowed=(None, "uniform_average", "variance_weighted_average"),
        )
        self.num_regressors = checks.non_negative_int(
            self, num_regressors=num_regressors
        )
        self.num_samples = self.add_weight(name="num_samples")
        self.squared_sum = None

    def _build(self, num_columns):
        for name in ("squared_sum", "sum", "residual", "count"):
            setattr(self, name, self.add_weight((num_columns,), name=name))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch of shape (samples, columns)."""
        y_true, y_pred = match("R2Score", y_true, y_pred, self._dtype)
        if len(y_true.shape) != 2:
            raise ValueError(
                f"R2Score {self.name!r}: y_true and y_pred must have shape (samples, "
                f"columns), got {y_true.shape}. Try y_true[:, None]."
            )
        if self.squared_sum is None:
            self._build(y_true.shape[1])
        weight = 1.0 if sample_weight is None else sample_weight
        weight = as_tensor(weight, self._dtype)
        if len(weight.shape) == 1:
            weight = ops.expand_dims(weight, 1)
        weight = ops.broadcast_to(weight, y_true.shape)
        weighted = y_true * weight
        error = ops.square(y_true - y_pred)
        self.sum.assign_add(ops.sum(weighted, axis=0))
        self.squared_sum.assign_add(ops.sum(y_true * weighted, axis=0))
        self.residual.assign_add(ops.sum(error * weight, axis=0))
        self.count.assign_add(ops.sum(weight, axis=0))
        self.num_samples.assign_add(y_true.size)

    def result(self):
        """Returns the score over all batches since the last reset."""
        if self.squared_sum is None:
            return ops.zeros((), self.dtype)
        total = self.squared_sum - ops.square(self.sum.value) / self.count
        scores = 1.0 - self.residual / total
        scores = ops.where(ops.isinf(scores), 0.0, scores)
        return self._adjusted(self._aggregated(scores, total))

    def _aggregated(self, scores, total):
        if self.class_aggregation == "uniform_average":
            return ops.mean(scores)
        if self.class_aggregation == "variance_weighted_average":
            return ops.sum(scores * total) / ops.sum(total)
        return scores

    def _adjusted(self, score):
        """Takes off what that many regressors explain by chance."""
        if not self.num_regressors:
            return score
        freedom = float(self.num_samples) - self.num_regressors - 1
        if freedom <= 0:
            warnings.warn(
                f"R2Score: {self.num_regressors} regressors need more than "
                f"{self.num_regressors + 1} samples for the adjusted score, got "
                f"{int(self.num_samples)}; the plain score is returned.",
                stacklevel=3,
            )
            return score
        return 1.0 - (1.0 - score) * (freedom + self.num_regressors) / freedom

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }
