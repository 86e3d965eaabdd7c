"""Losses watched as metrics: the mean over all samples since the last reset."""

from .. import ops
from ..losses.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from ..losses.focal import binary_focal_crossentropy, categorical_focal_crossentropy
from ..losses.margin import categorical_hinge, hinge, squared_hinge
from ..losses.pairing import paired
from ..losses.regression import (
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    unit_vectors,
)
from .metric import METRICS
from .reduction import FunctionMetric, Mean, metric_class

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Hinge",
    "KLDivergence",
    "LogCoshError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "RootMeanSquaredError",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "sparse_categorical_crossentropy",
    "squared_hinge",
]

MeanSquaredError = metric_class("MeanSquaredError", mean_squared_error, "mse", "MSE")
MeanAbsoluteError = metric_class("MeanAbsoluteError", mean_absolute_error, "mae", "MAE")
MeanAbsolutePercentageError = metric_class(
    "MeanAbsolutePercentageError", mean_absolute_percentage_error, "mape", "MAPE"
)
MeanSquaredLogarithmicError = metric_class(
    "MeanSquaredLogarithmicError", mean_squared_logarithmic_error, "msle", "MSLE"
)
LogCoshError = metric_class("LogCoshError", log_cosh, name="logcosh")
Poisson = metric_class("Poisson", poisson)
KLDivergence = metric_class("KLDivergence", kl_divergence)
Hinge = metric_class("Hinge", hinge)
SquaredHinge = metric_class("SquaredHinge", squared_hinge)
CategoricalHinge = metric_class("CategoricalHinge", categorical_hinge)


@METRICS.register("root_mean_squared_error")
class RootMeanSquaredError(Mean):
    """The root of the mean squared error, in the unit of the targets.

    result = sqrt(mean((y_true - y_pred) ** 2))

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(RootMeanSquaredError()([[0.0], [0.0]], [[3.0], [3.0]]))
    3.0
    """

    def __init__(self, name="root_mean_squared_error", dtype=None):
        super().__init__(name, dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch."""
        super().update_state(_squared_error(y_true, y_pred), sample_weight)

    def result(self):
        """Returns the root of the mean so far."""
        return ops.sqrt(super().result())


@paired
def _squared_error(y_true, y_pred):
    return ops.square(y_true - y_pred)


@paired
def cosine_similarity(y_true, y_pred, axis=-1):
    """Compares directions; 1 is the same, unlike in the loss, where it is -1."""
    return ops.sum(unit_vectors(y_true, axis) * unit_vectors(y_pred, axis), axis=axis)


@METRICS.register("cosine_similarity")
class CosineSimilarity(FunctionMetric):
    """Mean cosine of the angle between targets and predictions.

    result = mean(sum(y_true / norm(y_true) * y_pred / norm(y_pred)))

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.
        axis: Axis along which the vectors lie.

    >>> float(CosineSimilarity()([[0.0, 2.0]], [[0.0, 5.0]]))
    1.0
    """

    keras_omits = (("axis", -1),)

    def __init__(self, name="cosine_similarity", dtype=None, axis=-1):
        super().__init__(cosine_similarity, name, dtype, axis=axis)


@METRICS.register("binary_crossentropy", "bce", "BCE")
class BinaryCrossentropy(FunctionMetric):
    """Mean crossentropy of yes/no questions: see `losses.binary_crossentropy`.

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.
        from_logits: Whether predictions are logits.
        label_smoothing: In [0, 1]; targets move this far towards 0.5.

    >>> round(float(BinaryCrossentropy()([[1.0]], [[0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        name="binary_crossentropy",
        dtype=None,
        from_logits=False,
        label_smoothing=0,
    ):
        super().__init__(
            binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


@METRICS.register("categorical_crossentropy")
class CategoricalCrossentropy(FunctionMetric):
    """Mean crossentropy over classes: see `losses.categorical_crossentropy`.

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.
        from_logits: Whether predictions are logits.
        label_smoothing: In [0, 1]; this much of each target is spread over all classes.
        axis: Axis of the classes.

    >>> round(float(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        name="categorical_crossentropy",
        dtype=None,
        from_logits=False,
        label_smoothing=0,
        axis=-1,
    ):
        super().__init__(
            categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@METRICS.register("sparse_categorical_crossentropy")
class SparseCategoricalCrossentropy(FunctionMetric):
    """Mean of `losses.sparse_categorical_crossentropy`: targets are class numbers.

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.
        from_logits: Whether predictions are logits.
        ignore_class: Class number whose samples have crossentropy 0, or None.
        axis: Axis of the classes.

    >>> round(float(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        name="sparse_categorical_crossentropy",
        dtype=None,
        from_logits=False,
        ignore_class=None,
        axis=-1,
    ):
        super().__init__(
            sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
