"""Measures and saves averages of the weights in place of the weights."""

from ..tensor import Tensor
from .callback import Callback

__all__ = ["SwapEMAWeights"]


class SwapEMAWeights(Callback):
    """Puts the optimizer's averages of the weights in their place for evaluation.

    The optimizer must have been made with `use_ema=True`. (Polyak averaging)

    Args:
        swap_on_epoch: Whether the averages are in place at the end of each epoch too,
            for callbacks after this one, such as `ModelCheckpoint`.
    """

    def __init__(self, swap_on_epoch=False):
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._is_swapped = False
        self._last: list = []  # the averages of the last epoch

    def set_model(self, model):
        super().set_model(model)
        optimizer = self._optimizer()
        if optimizer is not None and not optimizer.use_ema:
            raise ValueError(
                "SwapEMAWeights: the optimizer keeps no averages of the weights. Try "
                f"{type(optimizer).__name__}(use_ema=True)."
            )

    def _optimizer(self):
        optimizer = getattr(self.model, "optimizer", None)
        return getattr(optimizer, "inner_optimizer", optimizer)

    def _swap(self, to_averages: bool) -> None:
        optimizer = self._optimizer()
        if self._is_swapped == to_averages or not getattr(optimizer, "built", False):
            return
        weights, averages = optimizer._trainable_variables, optimizer._averages
        for w, average in zip(weights, averages, strict=True):
            value = Tensor(w.numpy().copy())
            w.assign(average.value)
            average.assign(value)
        self._is_swapped = to_averages

    def on_epoch_begin(self, epoch, logs=None):
        if self.swap_on_epoch:
            self._swap(to_averages=False)

    def on_epoch_end(self, epoch, logs=None):
        if self.swap_on_epoch:
            self._swap(to_averages=True)
            self._last = [w.numpy().copy() for w in self.model.trainable_weights]

    def on_train_end(self, logs=None):
        if self._is_swapped:  # `fit` has taken the weights for the averages
            for w, average in zip(
                self.model.trainable_weights, self._last, strict=True
            ):
                w.assign(average)
            self._is_swapped = False

    def on_test_begin(self, logs=None):
        self._swap(to_averages=True)

    def on_test_end(self, logs=None):
        self._swap(to_averages=False)

    def on_predict_begin(self, logs=None):
        self._swap(to_averages=True)

    def on_predict_end(self, logs=None):
        self._swap(to_averages=False)
