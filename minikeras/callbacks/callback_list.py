"""Many callbacks as one; a hook that nobody overrides costs nothing."""

from ..utils import checks
from .callback import Callback
from .history import History
from .progbar_logger import ProgbarLogger

__all__ = ["CallbackList"]

_HOOKS = tuple(name for name in vars(Callback) if name.startswith("on_"))
_ALIASES = {
    "on_train_batch_begin": "on_batch_begin",
    "on_train_batch_end": "on_batch_end",
}


class CallbackList(Callback):
    """Calls several callbacks in their order, as if they were one.

    Which callbacks listen to which hook is looked up when a loop begins, so in a
    training step only the callbacks that have something to do are called. With
    `listens(hook)` and `wants(hook, batch)` a loop asks whether it need call a hook at
    all, in this run and at this batch.

    Args:
        callbacks: One callback, a list of them (which may hold lists), or None.
        add_history: Adds a `History`, unless there is one.
        add_progbar: Adds a `ProgbarLogger`, unless there is one.
        model: The model to hand to the callbacks.
        **params: Settings of the loop: `verbose`, `epochs`, `steps`.

    >>> from minikeras.callbacks import LambdaCallback
    >>> late = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs))
    >>> callbacks = CallbackList([late], add_history=True, epochs=1)
    >>> callbacks.on_train_begin()
    >>> callbacks.on_epoch_end(0, {"loss": 0.5})
    0 {'loss': 0.5}
    >>> callbacks.listens("on_train_batch_end")
    False
    """

    def __init__(
        self, callbacks=None, add_history=False, add_progbar=False, model=None, **params
    ):
        super().__init__()
        self.callbacks = _flatten(callbacks)
        self._history = self._find_or_add(History, add_history)
        self._progbar = self._find_or_add(ProgbarLogger, add_progbar)
        self._listeners = {}
        self._find_listeners()
        if model is not None:
            self.set_model(model)
        self.set_params(params)

    def _find_or_add(self, kind: type, add: bool):
        for callback in self.callbacks:
            if isinstance(callback, kind):
                return callback
        if not add:
            return None
        self.callbacks.append(kind())
        return self.callbacks[-1]

    def _find_listeners(self) -> None:
        order = sorted(self.callbacks, key=lambda each: getattr(each, "_turn", 0))
        hearing = {
            hook: [each for each in order if _hears(each, hook)] for hook in _HOOKS
        }
        self._listeners = {
            hook: [getattr(each, hook) for each in callbacks]
            for hook, callbacks in hearing.items()
        }
        self._only_progbar = {
            hook for hook in _HOOKS if hearing[hook] == [self._progbar]
        }

    def append(self, callback):
        """Adds a callback; it gets the model and the settings of the list."""
        self.callbacks += _flatten(callback)
        self.set_params(self.params)
        if self.model is not None:
            self.set_model(self.model)
        self._find_listeners()

    def listens(self, hook: str) -> bool:
        """Tells whether any callback does something at a hook."""
        return bool(self._listeners[hook])

    def wants(self, hook: str, batch: int) -> bool:
        """Tells whether a hook at the end of this batch need be called, with its logs.

        A progress bar that is alone only counts the batches between two drawings. That
        is done here, so that a loop need not turn its results into numbers for it.
        """
        return hook not in self._only_progbar or self._progbar.wants(hook, batch)

    def set_params(self, params):
        """Hands the settings of the loop to every callback."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model):
        """Hands the model to every callback; `model.history` becomes the `History`."""
        super().set_model(model)
        if self._history is not None:
            model.history = self._history
        for callback in self.callbacks:
            callback.set_model(model)
            if isinstance(callback, Callback):
                callback._peers = tuple(self.callbacks)

    def _begin(self, hook: str, logs) -> None:
        self._find_listeners()
        self._call(hook, logs)

    def _call(self, hook: str, logs) -> None:
        logs = {} if logs is None else logs
        for listener in self._listeners[hook]:
            listener(logs)

    def _call_at(self, hook: str, index: int, logs) -> None:
        logs = {} if logs is None else logs
        for listener in self._listeners[hook]:
            listener(index, logs)

    def on_train_begin(self, logs=None):
        self._begin("on_train_begin", logs)

    def on_train_end(self, logs=None):
        self._call("on_train_end", logs)

    def on_test_begin(self, logs=None):
        self._begin("on_test_begin", logs)

    def on_test_end(self, logs=None):
        self._call("on_test_end", logs)

    def on_predict_begin(self, logs=None):
        self._begin("on_predict_begin", logs)

    def on_predict_end(self, logs=None):
        self._call("on_predict_end", logs)

    def on_epoch_begin(self, epoch, logs=None):
        self._call_at("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._call_at("on_epoch_end", epoch, logs)

    def on_batch_begin(self, batch, logs=None):
        self._call_at("on_batch_begin", batch, logs)

    def on_batch_end(self, batch, logs=None):
        self._call_at("on_batch_end", batch, logs)

    def on_train_batch_begin(self, batch, logs=None):
        self._call_at("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        self._call_at("on_train_batch_end", batch, logs)

    def on_test_batch_begin(self, batch, logs=None):
        self._call_at("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch, logs=None):
        self._call_at("on_test_batch_end", batch, logs)

    def on_predict_batch_begin(self, batch, logs=None):
        self._call_at("on_predict_batch_begin", batch, logs)

    def on_predict_batch_end(self, batch, logs=None):
        self._call_at("on_predict_batch_end", batch, logs)


def _flatten(callbacks) -> list:
    """Returns a flat list of callbacks, each checked."""
    if callbacks is None:
        return []
    if isinstance(callbacks, (list, tuple)):
        return [each for item in callbacks for each in _flatten(item)]
    missing = [hook for hook in _HOOKS if not hasattr(callbacks, hook)]
    if isinstance(callbacks, type) or missing:
        raise TypeError(
            f"CallbackList: each callback must be a Callback object, got "
            f"{checks.show(callbacks)}. Try callbacks=[EarlyStopping(patience=3)]."
        )
    return [callbacks]


def _hears(callback, hook: str) -> bool:
    """Tells whether a callback has its own method for a hook (or for its alias)."""
    own = vars(callback)
    names = (hook, _ALIASES.get(hook, hook))
    return any(
        name in own
        or getattr(type(callback), name, None) is not getattr(Callback, name)
        for name in names
    )
