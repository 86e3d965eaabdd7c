"""A callback put together from functions."""

from ..utils import checks
from .callback import Callback

__all__ = ["LambdaCallback"]

_METHODS = tuple(name for name in vars(Callback) if name.startswith(("on_", "set_")))


class LambdaCallback(Callback):
    """Makes a callback of functions, for things too small for a class.

    The functions get what the methods of `Callback` get: `(epoch, logs)`,
    `(batch, logs)` or `(logs)`.

    Args:
        on_epoch_begin: Called with `(epoch, logs)`.
        on_epoch_end: Called with `(epoch, logs)`.
        on_train_begin: Called with `(logs)`.
        on_train_end: Called with `(logs)`.
        on_train_batch_begin: Called with `(batch, logs)`.
        on_train_batch_end: Called with `(batch, logs)`.
        **kwargs: Functions for any other method of `Callback`, by name.

    >>> losses = []
    >>> keep = LambdaCallback(on_epoch_end=lambda epoch, logs: losses.append(logs))
    >>> keep.on_epoch_end(0, {"loss": 0.5})
    >>> losses
    [{'loss': 0.5}]
    """

    def __init__(
        self,
        on_epoch_begin=None,
        on_epoch_end=None,
        on_train_begin=None,
        on_train_end=None,
        on_train_batch_begin=None,
        on_train_batch_end=None,
        **kwargs,
    ):
        super().__init__()
        self._adopt(
            on_epoch_begin=on_epoch_begin,
            on_epoch_end=on_epoch_end,
            on_train_begin=on_train_begin,
            on_train_end=on_train_end,
            on_train_batch_begin=on_train_batch_begin,
            on_train_batch_end=on_train_batch_end,
            **kwargs,
        )

    def _adopt(self, **functions) -> None:
        for name, function in functions.items():
            if name not in _METHODS:
                raise TypeError(
                    f"LambdaCallback: there is no hook {name!r}. "
                    f"{checks.did_you_mean(name, _METHODS)}"
                )
            if function is None:
                continue
            if not callable(function):
                raise TypeError(
                    f"LambdaCallback: {name} must be a function, got "
                    f"{checks.show(function)}."
                )
            setattr(self, name, function)
