"""Intersection over union, for segmentation: counted in a confusion matrix.

iou = true_positives / (true_positives + false_positives + false_negatives)
"""

from .. import config, ops
from ..losses.pairing import as_tensor
from ..utils import checks
from .confusion import expand_weight
from .metric import METRICS, Metric

__all__ = ["BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"]


@METRICS.register("io_u")
class IoU(Metric):
    """Intersection over union of target and prediction, averaged over some classes.

    Args:
        num_classes: Number of classes.
        target_class_ids: Classes to average over.
        name: As in `Metric`.
        dtype: Dtype of the counts; int32 if None, so that weights are cut to ints.
        ignore_class: Class number whose samples do not count, or None.
        sparse_y_true: Whether targets are class numbers, not one-hot.
        sparse_y_pred: Whether predictions are class numbers, not scores.
        axis: Axis of the classes where they are not sparse.

    >>> metric = IoU(num_classes=2, target_class_ids=[0])
    >>> round(float(metric([0, 0, 1, 1], [0, 1, 0, 1])), 4)
    0.3333
    """

    def __init__(
        self,
        num_classes,
        target_class_ids,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_true=True,
        sparse_y_pred=True,
        axis=-1,
    ):
        super().__init__(name=name, dtype=dtype or "int32")
        self.num_classes = checks.positive_int(self, num_classes=num_classes)
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        if self.target_class_ids and max(self.target_class_ids) >= self.num_classes:
            raise ValueError(
                f"{type(self).__name__} {self.name!r}: target_class_ids must be below "
                f"num_classes={num_classes}, got {target_class_ids}."
            )
        self.total_confusion_matrix = self.add_weight(
            (self.num_classes, self.num_classes), name="total_confusion_matrix"
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch."""
        true = self._classes(y_true, self.sparse_y_true)
        pred = self._classes(y_pred, self.sparse_y_pred)
        if true.size != pred.size:
            raise ValueError(
                f"{type(self).__name__} {self.name!r}: y_true and y_pred must hold the "
                f"same number of classes, got shapes {true.shape} and {pred.shape}."
            )
        weight = expand_weight(type(self).__name__, sample_weight, true, self._dtype)
        weight, true, pred = (ops.reshape(x, (-1,)) for x in (weight, true, pred))
        if self.ignore_class is not None:
            counts = ops.not_equal(true, self.ignore_class)
            weight = weight * ops.cast(counts, self.dtype)
        true_rows = ops.one_hot(true, self.num_classes, dtype=self.dtype)
        pred_rows = ops.one_hot(pred, self.num_classes, dtype=self.dtype)
        weighted = true_rows * ops.expand_dims(weight, 1)
        matrix = ops.matmul(ops.transpose(weighted), pred_rows)
        self.total_confusion_matrix.assign_add(matrix)

    def _classes(self, y, is_sparse):
        y = as_tensor(y)
        return ops.cast(y if is_sparse else ops.argmax(y, axis=self.axis), "int32")

    def result(self):
        """Returns the mean over the target classes that occurred."""
        matrix = ops.cast(self.total_confusion_matrix.value, config.floatx())
        hits = ops.diagonal(matrix)
        union = ops.sum(matrix, axis=0) + ops.sum(matrix, axis=1) - hits
        ids = self.target_class_ids
        hits, union = ops.take(hits, ids), ops.take(union, ids)
        seen = ops.cast(ops.greater(union, 0.0), config.floatx())
        return ops.divide_no_nan(
            ops.sum(hits / (union + config.epsilon())), ops.sum(seen)
        )

    def get_config(self):
        """Returns the constructor's arguments."""
        names = (
            "num_classes",
            "target_class_ids",
            "ignore_class",
            "sparse_y_true",
            "sparse_y_pred",
            "axis",
        )
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _without(config, *names):
    return {name: value for name, value in config.items() if name not in names}


@METRICS.register("binary_io_u")
class BinaryIoU(IoU):
    """Intersection over union of classes 0 and 1, from probabilities of 1.

    Args:
        target_class_ids: Classes to average over: (0,), (1,) or (0, 1).
        threshold: From here on a probability counts as 1.
        name: As in `Metric`.
        dtype: As in `IoU`.

    >>> float(BinaryIoU(target_class_ids=[1])([0, 1, 1], [0.1, 0.2, 0.9]))
    0.5
    """

    def __init__(self, target_class_ids=(0, 1), threshold=0.5, name=None, dtype=None):
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch."""
        y_pred = ops.greater_equal(as_tensor(y_pred), self.threshold)
        super().update_state(y_true, y_pred, sample_weight)

    def get_config(self):
        """Returns the constructor's arguments."""
        config = {**Metric.get_config(self), "threshold": self.threshold}
        return {**config, "target_class_ids": self.target_class_ids}


@METRICS.register("mean_io_u")
class MeanIoU(IoU):
    """Intersection over union, averaged over all classes.

    Args:
        num_classes: Number of classes.
        name: As in `Metric`.
        dtype: As in `IoU`.
        ignore_class: Class number whose samples do not count, or None.
        sparse_y_true: Whether targets are class numbers, not one-hot.
        sparse_y_pred: Whether predictions are class numbers, not scores.
        axis: Axis of the classes where they are not sparse.

    >>> round(float(MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1])), 4)
    0.3333
    """

    def __init__(
        self,
        num_classes,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_true=True,
        sparse_y_pred=True,
        axis=-1,
    ):
        super().__init__(
            num_classes,
            range(num_classes),
            name,
            dtype,
            ignore_class,
            sparse_y_true,
            sparse_y_pred,
            axis,
        )

    def get_config(self):
        """Returns the constructor's arguments."""
        return _without(super().get_config(), "target_class_ids")


@METRICS.register("one_hot_io_u")
class OneHotIoU(IoU):
    """Intersection over union of one-hot targets, averaged over some classes.

    Args:
        num_classes: Number of classes.
        target_class_ids: Classes to average over.
        name: As in `Metric`.
        dtype: As in `IoU`.
        ignore_class: Class number whose samples do not count, or None.
        sparse_y_pred: Whether predictions are class numbers, not scores.
        axis: Axis of the classes.

    >>> metric = OneHotIoU(num_classes=2, target_class_ids=[0])
    >>> float(metric([[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]]))
    0.5
    """

    def __init__(
        self,
        num_classes,
        target_class_ids,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_pred=False,
        axis=-1,
    ):
        super().__init__(
            num_classes,
            target_class_ids,
            name,
            dtype,
            ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )

    def get_config(self):
        """Returns the constructor's arguments."""
        return _without(super().get_config(), "sparse_y_true")


@METRICS.register("one_hot_mean_io_u")
class OneHotMeanIoU(MeanIoU):
    """Intersection over union of one-hot targets, averaged over all classes.

    Args:
        num_classes: Number of classes.
        name: As in `Metric`.
        dtype: As in `IoU`.
        ignore_class: Class number whose samples do not count, or None.
        sparse_y_pred: Whether predictions are class numbers, not scores.
        axis: Axis of the classes.

    >>> metric = OneHotMeanIoU(num_classes=2)
    >>> float(metric([[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]]))
    0.25
    """

    def __init__(
        self,
        num_classes,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_pred=False,
        axis=-1,
    ):
        super().__init__(
            num_classes,
            name,
            dtype,
            ignore_class,
            sparse_y_true=False,
            sparse_y_pred=sparse_y_pred,
            axis=axis,
        )

    def get_config(self):
        """Returns the constructor's arguments."""
        return _without(super().get_config(), "sparse_y_true")
