"""Losses between distributions: crossentropies and the Kullback-Leibler divergence.

Targets are probabilities (one-hot rows, or one number for two classes) or, in the
sparse losses, class numbers. Predictions are probabilities, or, with
`from_logits`, logits.
"""

import warnings

from .. import config, ops
from ..ops import shortcuts  # noqa: F401  they apply once they are loaded
from ..tensor import Tensor, state
from .loss import LOSSES, FunctionLoss, loss_class
from .pairing import matched, paired, sparse_labels

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "KLDivergence",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "kl_divergence",
    "sparse_categorical_crossentropy",
]


def smooth(y_true, label_smoothing, num_classes):
    """Moves part of each target to all classes alike. (Szegedy et al., 2016)"""
    if not label_smoothing:
        return y_true
    return y_true * (1.0 - label_smoothing) + label_smoothing / num_classes


@LOSSES.register("bce", "BCE")
@matched
def binary_crossentropy(
    y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1
):
    """Compares probabilities of yes/no questions.

    loss = -mean(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred))

    Args:
        y_true: Targets in [0, 1].
        y_pred: Probabilities, or logits.
        from_logits: Whether `y_pred` holds logits.
        label_smoothing: In [0, 1]; targets move this far towards 0.5.
        axis: Axis to take the mean over.

    >>> round(float(binary_crossentropy([1.0], [0.5])), 4)
    0.6931
    """
    y_true = smooth(y_true, label_smoothing, 2)
    losses = ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits)
    return ops.mean(losses, axis=axis)


@LOSSES.register
class BinaryCrossentropy(FunctionLoss):
    """Compares probabilities of yes/no questions: see `binary_crossentropy`.

    Args:
        from_logits: Whether predictions are logits.
        label_smoothing: In [0, 1]; targets move this far towards 0.5.
        axis: Axis to take the mean over.
        reduction: As in `Loss`.
        name: As in `Loss`.
        dtype: As in `Loss`.

    >>> round(float(BinaryCrossentropy(from_logits=True)([[1.0]], [[0.0]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_crossentropy",
        dtype=None,
    ):
        super().__init__(
            binary_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@LOSSES.register
@matched
def categorical_crossentropy(
    y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1
):
    """Compares distributions over classes; targets are one-hot rows or probabilities.

    loss = -sum(y_true * log(y_pred))

    Args:
        y_true: Targets, one column per class.
        y_pred: Probabilities (rescaled to sum to 1), or logits.
        from_logits: Whether `y_pred` holds logits.
        label_smoothing: In [0, 1]; this much of each target is spread over all classes.
        axis: Axis of the classes.

    >>> round(float(categorical_crossentropy([0.0, 1.0], [0.5, 0.5])), 4)
    0.6931
    """
    if y_pred.shape[-1:] == (1,):
        warnings.warn(_ONE_CLASS.format(y_pred.shape), stacklevel=3)
    y_true = smooth(y_true, label_smoothing, y_true.shape[-1])
    return ops.categorical_crossentropy(
        y_true, y_pred, from_logits=from_logits, axis=axis
    )


_ONE_CLASS = (
    "categorical_crossentropy: y_pred of shape {} has one class, so that every loss is "
    "0. Try binary_crossentropy."
)


@LOSSES.register
class CategoricalCrossentropy(FunctionLoss):
    """Compares distributions over classes: see `categorical_crossentropy`.

    Args:
        from_logits: Whether predictions are logits.
        label_smoothing: In [0, 1]; this much of each target is spread over all classes.
        axis: Axis of the classes.
        reduction: As in `Loss`.
        name: As in `Loss`.
        dtype: As in `Loss`.

    >>> round(float(CategoricalCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(
            categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )


@LOSSES.register
def sparse_categorical_crossentropy(
    y_true, y_pred, from_logits=False, ignore_class=None, axis=-1
):
    """Compares a distribution over classes with the number of the right class.

    loss = -log(y_pred[y_true])

    Args:
        y_true: Class numbers, from 0.
        y_pred: Probabilities, or logits, one column per class.
        from_logits: Whether `y_pred` holds logits.
        ignore_class: Class number whose samples do not count, or None.
        axis: Axis of the classes.

    >>> round(float(sparse_categorical_crossentropy([1], [[0.5, 0.5]])[0]), 4)
    0.6931
    """
    y_true, y_pred = sparse_labels("sparse_categorical_crossentropy", y_true, y_pred)
    check_classes(y_true, y_pred.shape[axis], ignore_class)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(
            y_true, y_pred, from_logits=from_logits, axis=axis
        )
    valid = ops.not_equal(y_true, ignore_class)
    losses = ops.sparse_categorical_crossentropy(
        ops.where(valid, y_true, 0), y_pred, from_logits=from_logits, axis=axis
    )
    losses = ops.where(valid, losses, 0.0)
    losses._keras_mask = valid
    return losses


def check_classes(labels, num_classes, ignore_class=None):
    """Raises if a label is no class number. (Keras on JAX would call its loss 0.)"""
    if type(labels) is not Tensor or num_classes is None:
        return
    if state.recorder is not None:
        state.recorder.check(check_numbers, labels.array, num_classes, ignore_class)
    check_numbers(labels.array, num_classes, ignore_class)


def check_numbers(numbers, num_classes, ignore_class=None):
    """Raises if a number in an array is no class number."""
    if ignore_class is not None:
        numbers = numbers[numbers != ignore_class]
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < num_classes):
        raise ValueError(
            f"sparse_categorical_crossentropy: labels must be class numbers from 0 to "
            f"{num_classes - 1}, one for each output, got {numbers.min()} to "
            f"{numbers.max()}. Do they start at 1? Try y - 1; or give the last layer "
            f"{int(numbers.max()) + 1} units."
        )


@LOSSES.register
class SparseCategoricalCrossentropy(FunctionLoss):
    """Compares distributions with class numbers: see `sparse_categorical_crossentropy`.

    Args:
        from_logits: Whether predictions are logits.
        ignore_class: Class number whose samples do not count, or None.
        reduction: As in `Loss`.
        axis: Axis of the classes.
        name: As in `Loss`.
        dtype: As in `Loss`.

    >>> round(float(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])), 4)
    0.6931
    """

    keras_omits = (("axis", -1),)

    def __init__(
        self,
        from_logits=False,
        ignore_class=None,
        reduction="sum_over_batch_size",
        axis=-1,
        name="sparse_categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(
            sparse_categorical_crossentropy,
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )


@paired
def kl_divergence(y_true, y_pred):
    """Measures how far a distribution is from the target, in nats. (Kullback, 1951)

    loss = sum(y_true * log(y_true / y_pred))

    >>> round(float(kl_divergence([1.0, 0.0], [0.5, 0.5])), 4)
    0.6931
    """
    y_true = ops.clip(y_true, config.epsilon(), 1.0)
    y_pred = ops.clip(y_pred, config.epsilon(), 1.0)
    return ops.sum(y_true * ops.log(y_true / y_pred), axis=-1)


KLDivergence = loss_class("KLDivergence", kl_divergence, "kld", "KLD")
