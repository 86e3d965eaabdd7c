"""F scores: one number for precision and recall."""

from .. import config, ops
from ..losses.pairing import as_tensor, match
from ..utils import checks
from .metric import METRICS, Metric

__all__ = ["F1Score", "FBetaScore"]

COUNTS = (
    "true_positives",
    "false_positives",
    "false_negatives",
    "intermediate_weights",
)


@METRICS.register("f_beta_score")
class FBetaScore(Metric):
    """Weighted harmonic mean of precision and recall. (van Rijsbergen, 1979)

    F = (1 + beta ** 2) * precision * recall / (beta ** 2 * precision + recall)

    Args:
        average: What becomes of several columns: None (one score for each), "micro"
            (all counted together), "macro" (the mean) or "weighted" (the mean weighted
            by how often each class occurs).
        beta: Weight of recall against precision, above 0.
        threshold: What is above it counts as 1; None: the largest score of each row.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> y_true, y_pred = [[1, 0], [1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.8], [0.1, 0.9]]
    >>> [round(score, 4) for score in FBetaScore(beta=1.0)(y_true, y_pred).tolist()]
    [0.6667, 0.6667]
    """

    def __init__(
        self, average=None, beta=1.0, threshold=None, name="fbeta_score", dtype=None
    ):
        super().__init__(name=name, dtype=dtype)
        self.average = checks.one_of(
            self, average=average, allowed=(None, "micro", "macro", "weighted")
        )
        self.beta = float(checks.positive(self, beta=beta))
        if threshold is not None:
            threshold = float(checks.positive(self, threshold=threshold))
        self.threshold = threshold
        self.true_positives = None

    def _build(self, num_classes):
        shape = () if self.average == "micro" else (num_classes,)
        for name in COUNTS:
            setattr(self, name, self.add_weight(shape, name=name))

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch of shape (samples, classes)."""
        owner = type(self).__name__
        y_true, y_pred = match(owner, y_true, y_pred, self._dtype)
        if len(y_true.shape) != 2:
            raise ValueError(
                f"{owner} {self.name!r}: y_true and y_pred must have shape (samples, "
                f"classes), got {y_true.shape}. Try y_true[:, None]."
            )
        if self.true_positives is None:
            self._build(y_true.shape[1])
        y_pred = self._decide(y_pred)
        weight = _column(sample_weight, self._dtype)
        axis = None if self.average == "micro" else 0
        hits = y_true * y_pred
        for name, part in zip(
            COUNTS,
            (hits, y_pred * (1.0 - y_true), (1.0 - y_pred) * y_true, y_true),
            strict=True,
        ):
            getattr(self, name).assign_add(ops.sum(part * weight, axis=axis))

    def _decide(self, y_pred):
        """Returns 1 where a class is predicted, else 0."""
        if self.threshold is None:
            best = ops.max(y_pred, axis=-1, keepdims=True)
            # a row of zeros predicts nothing
            chosen = ops.logical_and(y_pred >= best, ops.abs(y_pred) > 1e-9)
        else:
            chosen = y_pred > self.threshold
        return ops.cast(chosen, self.dtype)

    def result(self):
        """Returns the score over all batches since the last reset."""
        if self.true_positives is None:
            return ops.zeros((), self.dtype)
        tiny, square = config.epsilon(), self.beta**2
        hits = self.true_positives.value
        precision = hits / (hits + self.false_positives + tiny)
        recall = hits / (hits + self.false_negatives + tiny)
        score = precision * recall * (1.0 + square)
        score = score / (square * precision + recall + tiny)
        if self.average == "macro":
            return ops.mean(score)
        if self.average == "weighted":
            frequency = self.intermediate_weights.value
            return ops.sum(score * frequency) / (ops.sum(frequency) + tiny)
        return score

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "average": self.average,
            "beta": self.beta,
            "threshold": self.threshold,
        }


def _column(sample_weight, dtype):
    """Returns weights that broadcast along the classes."""
    if sample_weight is None:
        return 1.0
    weight = as_tensor(sample_weight, dtype)
    return ops.expand_dims(weight, 1) if len(weight.shape) == 1 else weight


@METRICS.register("f1_score")
class F1Score(FBetaScore):
    """Harmonic mean of precision and recall.

    F1 = 2 * precision * recall / (precision + recall)

    Args:
        average: As in `FBetaScore`.
        threshold: As in `FBetaScore`.
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> metric = F1Score(average="micro")
    >>> round(float(metric([[1, 0], [0, 1]], [[0.9, 0.1], [0.8, 0.2]])), 4)
    0.5
    """

    def __init__(self, average=None, threshold=None, name="f1_score", dtype=None):
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self):
        """Returns the constructor's arguments."""
        config = super().get_config()
        del config["beta"]
        return config
