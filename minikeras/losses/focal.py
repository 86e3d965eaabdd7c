"""Crossentropies that weigh samples by how well they are predicted already."""

from .. import config, ops
from ..utils import checks
from .crossentropy import smooth
from .loss import LOSSES, FunctionLoss
from .pairing import as_tensor, matched, sparse_labels

__all__ = [
    "BinaryFocalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "binary_focal_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
]


@LOSSES.register
@matched
def binary_focal_crossentropy(
    y_true,
    y_pred,
    apply_class_balancing=False,
    alpha=0.25,
    gamma=2.0,
    from_logits=False,
    label_smoothing=0.0,
    axis=-1,
):
    """Turns down what is already predicted well. (Lin et al., 2018)

    p_right = y_true * y_pred + (1 - y_true) * (1 - y_pred)
    loss = mean((1 - p_right) ** gamma * binary_crossentropy)

    Args:
        y_true: Targets in [0, 1].
        y_pred: Probabilities, or logits.
        apply_class_balancing: Whether to weigh the classes with `alpha`.
        alpha: Weight of class 1, in [0, 1]; class 0 has 1 - alpha.
        gamma: How much easy cases are turned down, at least 0.
        from_logits: Whether `y_pred` holds logits.
        label_smoothing: In [0, 1]; targets move this far towards 0.5.
        axis: Axis to take the mean over.

    >>> round(float(binary_focal_crossentropy([1.0], [0.5])), 4)
    0.1733
    """
    y_true = smooth(y_true, label_smoothing, 2)
    if from_logits:
        y_pred = ops.sigmoid(y_pred)
    p_right = y_true * y_pred + (1.0 - y_true) * (1.0 - y_pred)
    losses = ops.power(1.0 - p_right, gamma) * ops.binary_crossentropy(y_true, y_pred)
    if apply_class_balancing:
        losses = losses * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
    return ops.mean(losses, axis=axis)


@LOSSES.register
class BinaryFocalCrossentropy(FunctionLoss):
    """Turns down what is already predicted well: see `binary_focal_crossentropy`.

    Args:
        apply_class_balancing: Whether to weigh the classes with `alpha`.
        alpha: Weight of class 1, in [0, 1]; class 0 has 1 - alpha.
        gamma: How much easy cases are turned down, at least 0.
        from_logits: Whether predictions are logits.
        label_smoothing: In [0, 1]; targets move this far towards 0.5.
        axis: Axis to take the mean over.
        reduction: As in `Loss`.
        name: As in `Loss`.
        dtype: As in `Loss`.

    >>> round(float(BinaryFocalCrossentropy(gamma=0.0)([[1.0]], [[0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        apply_class_balancing=False,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(
            binary_focal_crossentropy,
            reduction,
            name,
            dtype,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@LOSSES.register
@matched
def categorical_focal_crossentropy(
    y_true,
    y_pred,
    alpha=0.25,
    gamma=2.0,
    from_logits=False,
    label_smoothing=0.0,
    axis=-1,
):
    """Turns down what is already predicted well, for classes. (Lin et al., 2018)

    loss = sum(alpha * (1 - y_pred) ** gamma * -y_true * log(y_pred))

    Args:
        y_true: Targets, one column per class.
        y_pred: Probabilities (rescaled to sum to 1), or logits.
        alpha: Weight of all classes, or a list with one per class.
        gamma: How much easy cases are turned down, at least 0.
        from_logits: Whether `y_pred` holds logits.
        label_smoothing: In [0, 1]; this much of each target is spread over all classes.
        axis: Axis of the classes.

    >>> round(float(categorical_focal_crossentropy([0.0, 1.0], [0.5, 0.5])), 4)
    0.0433
    """
    y_true = smooth(y_true, label_smoothing, y_true.shape[-1])
    if from_logits:
        y_pred = ops.softmax(y_pred, axis=axis)
    y_pred = y_pred / ops.sum(y_pred, axis=axis, keepdims=True)
    y_pred = ops.clip(y_pred, config.epsilon(), 1.0 - config.epsilon())
    focus = ops.power(1.0 - y_pred, gamma) * alpha
    return -ops.sum(focus * y_true * ops.log(y_pred), axis=axis)


@LOSSES.register
class CategoricalFocalCrossentropy(FunctionLoss):
    """Turns down what is already predicted well: see `categorical_focal_crossentropy`.

    Args:
        alpha: Weight of all classes, or a list with one per class.
        gamma: How much easy cases are turned down, at least 0.
        from_logits: Whether predictions are logits.
        label_smoothing: In [0, 1]; this much of each target is spread over all classes.
        axis: Axis of the classes.
        reduction: As in `Loss`.
        name: As in `Loss`.
        dtype: As in `Loss`.

    >>> loss = CategoricalFocalCrossentropy(alpha=1.0, gamma=0.0)
    >>> round(float(loss([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_focal_crossentropy",
        dtype=None,
    ):
        super().__init__(
            categorical_focal_crossentropy,
            reduction,
            name,
            dtype,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@LOSSES.register
def categorical_generalized_cross_entropy(y_true, y_pred, q):
    """Lies between crossentropy and absolute error: forgives wrong labels.

    loss = (1 - y_pred[y_true] ** q) / q  (Zhang and Sabuncu, 2018)

    Args:
        y_true: Class numbers, from 0, of shape (samples,). In shape (samples, 1) each
            is compared with every row of `y_pred`, as Keras does.
        y_pred: Probabilities, one column per class.
        q: In (0, 1); near 0 it is the crossentropy, near 1 the absolute error.

    >>> categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5).tolist()
    [1.0]
    """
    y_true, y_pred = as_tensor(y_true), as_tensor(y_pred)
    if len(y_true.shape) < len(y_pred.shape):
        owner = "categorical_generalized_cross_entropy"
        y_true, y_pred = sparse_labels(owner, y_true, y_pred)
    one_hot = ops.one_hot(
        ops.cast(y_true, "int32"), y_pred.shape[-1], dtype=y_pred.dtype
    )
    p_right = ops.sum(one_hot * y_pred, axis=-1)
    return (1.0 - ops.power(p_right, q)) / q


@LOSSES.register
class CategoricalGeneralizedCrossEntropy(FunctionLoss):
    """Forgives wrong labels: see `categorical_generalized_cross_entropy`.

    Args:
        q: In (0, 1); near 0 it is the crossentropy, near 1 the absolute error.
        reduction: As in `Loss`.
        name: As in `Loss`.
        dtype: As in `Loss`.

    >>> float(CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]]))
    1.0
    """

    def __init__(
        self,
        q=0.5,
        reduction="sum_over_batch_size",
        name="categorical_generalized_cross_entropy",
        dtype=None,
    ):
        if not 0 < q < 1:
            checks.fail(type(self), "q", q, "be above 0 and below 1", 0.5)
        super().__init__(
            categorical_generalized_cross_entropy, reduction, name, dtype, q=q
        )
