"""Losses between numbers: the mean of an elementwise error over the last axis."""

import math

from .. import config, ops
from .loss import LOSSES, FunctionLoss, loss_class
from .pairing import paired

__all__ = [
    "CosineSimilarity",
    "Huber",
    "LogCosh",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "cosine_similarity",
    "huber",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
]


@paired
def mean_squared_error(y_true, y_pred):
    """Squares the errors, so that large ones dominate.

    loss = mean((y_true - y_pred) ** 2)

    >>> mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]]).tolist()
    [2.5]
    """
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


MeanSquaredError = loss_class("MeanSquaredError", mean_squared_error, "mse", "MSE")


@paired
def mean_absolute_error(y_true, y_pred):
    """Takes errors as they are; outliers pull less than with squares.

    loss = mean(abs(y_true - y_pred))

    >>> mean_absolute_error([[0.0, 1.0]], [[1.0, 3.0]]).tolist()
    [1.5]
    """
    return ops.mean(ops.abs(y_true - y_pred), axis=-1)


MeanAbsoluteError = loss_class("MeanAbsoluteError", mean_absolute_error, "mae", "MAE")


@paired
def mean_absolute_percentage_error(y_true, y_pred):
    """Measures errors in percent of the target.

    loss = 100 * mean(abs((y_true - y_pred) / max(abs(y_true), epsilon)))

    >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 4.0]]).tolist()
    [25.0]
    """
    scale = ops.maximum(ops.abs(y_true), config.epsilon())
    return 100.0 * ops.mean(ops.abs((y_true - y_pred) / scale), axis=-1)


MeanAbsolutePercentageError = loss_class(
    "MeanAbsolutePercentageError", mean_absolute_percentage_error, "mape", "MAPE"
)


@paired
def mean_squared_logarithmic_error(y_true, y_pred):
    """Squares the ratio's logarithm: for targets that span orders of magnitude.

    loss = mean((log(y_true + 1) - log(y_pred + 1)) ** 2), negative values taken as 0

    >>> round(float(mean_squared_logarithmic_error([0.0], [1.0])), 4)
    0.4805
    """
    log_true, log_pred = (
        ops.log(ops.maximum(y, config.epsilon()) + 1.0) for y in (y_true, y_pred)
    )
    return ops.mean(ops.square(log_true - log_pred), axis=-1)


MeanSquaredLogarithmicError = loss_class(
    "MeanSquaredLogarithmicError", mean_squared_logarithmic_error, "msle", "MSLE"
)


@LOSSES.register
@paired
def huber(y_true, y_pred, delta=1.0):
    """Squares small errors and takes large ones as they are. (Huber, 1964)

    error = y_pred - y_true
    loss = mean(error ** 2 / 2                     where abs(error) <= delta,
                delta * abs(error) - delta ** 2 / 2  elsewhere)

    Args:
        y_true: Targets.
        y_pred: Predictions.
        delta: Error from which on the loss grows linearly, above 0.

    >>> huber([[0.0, 0.0]], [[0.5, 3.0]]).tolist()
    [1.3125]
    """
    error = ops.abs(y_pred - y_true)
    quadratic = 0.5 * ops.square(error)
    linear = delta * error - 0.5 * delta**2
    return ops.mean(ops.where(error <= delta, quadratic, linear), axis=-1)


@LOSSES.register
class Huber(FunctionLoss):
    """Squares small errors and takes large ones as they are: see `huber`.

    Args:
        delta: Error from which on the loss grows linearly, above 0.
        reduction: As in `Loss`.
        name: As in `Loss`.
        dtype: As in `Loss`.

    >>> float(Huber()([[0.0, 0.0]], [[0.5, 3.0]]))
    1.3125
    """

    keras_omits = (("delta", 1.0),)

    def __init__(
        self,
        delta=1.0,
        reduction="sum_over_batch_size",
        name="huber_loss",
        dtype=None,
    ):
        super().__init__(huber, reduction, name, dtype, delta=delta)


@paired
def log_cosh(y_true, y_pred):
    """Behaves like error ** 2 / 2 near zero and like abs(error) - log(2) far away.

    loss = mean(log(cosh(y_pred - y_true)))

    >>> round(float(log_cosh([0.0], [1.0])), 4)
    0.4338
    """
    error = y_pred - y_true
    # log(cosh(x)) = x + log(1 + exp(-2x)) - log(2), which does not overflow
    loss = error + ops.softplus(-2.0 * error) - math.log(2.0)
    return ops.mean(loss, axis=-1)


LogCosh = loss_class("LogCosh", log_cosh)


@paired
def poisson(y_true, y_pred):
    """Compares counts with predicted rates: a Poisson likelihood without its constant.

    loss = mean(y_pred - y_true * log(y_pred + epsilon))

    >>> round(float(poisson([2.0, 0.0], [1.0, 3.0])), 4)
    2.0
    """
    log_rate = ops.log(y_pred + config.epsilon())
    return ops.mean(y_pred - y_true * log_rate, axis=-1)


Poisson = loss_class("Poisson", poisson)


@LOSSES.register
@paired
def cosine_similarity(y_true, y_pred, axis=-1):
    """Compares directions: -1 for the same, 0 for orthogonal, 1 for opposite ones.

    loss = -sum(y_true / norm(y_true) * y_pred / norm(y_pred))

    Args:
        y_true: Targets.
        y_pred: Predictions.
        axis: Axis along which the vectors lie.

    >>> cosine_similarity([[0.0, 2.0]], [[3.0, 0.0]]).tolist()
    [-0.0]
    """
    product = unit_vectors(y_true, axis) * unit_vectors(y_pred, axis)
    return -ops.sum(product, axis=axis)


def unit_vectors(x, axis):
    """Divides by the Euclidean norm along an axis; a zero vector stays zero."""
    squared_norm = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return x * ops.rsqrt(ops.maximum(squared_norm, config.epsilon() ** 2))


@LOSSES.register
class CosineSimilarity(FunctionLoss):
    """Compares directions: see `cosine_similarity`.

    Args:
        axis: Axis along which the vectors lie.
        reduction: As in `Loss`.
        name: As in `Loss`.
        dtype: As in `Loss`.

    >>> float(CosineSimilarity()([[0.0, 2.0]], [[0.0, 5.0]]))
    -1.0
    """

    keras_omits = (("axis", -1),)

    def __init__(
        self,
        axis=-1,
        reduction="sum_over_batch_size",
        name="cosine_similarity",
        dtype=None,
    ):
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)
