"""The base class of callbacks: every moment of training as a method to override."""

__all__ = ["Callback"]


class Callback:
    """Base class of callbacks: override the methods whose moments matter to you.

    `fit`, `evaluate` and `predict` call them. `logs` maps names of metrics to their
    values so far; at an epoch's end it holds those of validation too (`val_loss`).
    Setting `self.model.stop_training = True` ends `fit` after the current batch.

    Attributes:
        params: Dict with `verbose`, `epochs` and `steps` of the running loop.
        model: The model that is being trained, evaluated or asked.

    >>> class Shout(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(f"epoch {epoch} is over, the loss is {logs['loss']}!")
    >>> Shout().on_epoch_end(0, {"loss": 0.5})
    epoch 0 is over, the loss is 0.5!
    """

    _memory: tuple[str, ...] = ()  # attributes that a backup keeps
    _turn = 0  # -1: called before all others; 1: after them
    _peers: tuple = ()  # all callbacks of the running loop

    def __init__(self):
        self.params = None
        self._model = None

    def set_params(self, params):
        """Takes the settings of the loop that is about to run."""
        self.params = params

    def set_model(self, model):
        """Takes the model that the loop will run."""
        self._model = model

    @property
    def model(self):
        """The model of the running loop, None outside one."""
        return self._model

    def on_train_begin(self, logs=None):
        """Called once, before the first epoch."""

    def on_train_end(self, logs=None):
        """Called once, after the last epoch, with the logs of that epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        """Called before each epoch, counted from 0; in `fit` only."""

    def on_epoch_end(self, epoch, logs=None):
        """Called after each epoch and its validation; in `fit` only."""

    def on_batch_begin(self, batch, logs=None):
        """Short name of `on_train_batch_begin`."""

    def on_batch_end(self, batch, logs=None):
        """Short name of `on_train_batch_end`."""

    def on_train_batch_begin(self, batch, logs=None):
        """Called before each training step, counted from 0 in every epoch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        """Called after each training step, with the means over the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs=None):
        """Called before evaluation, and before the validation of an epoch."""

    def on_test_end(self, logs=None):
        """Called after evaluation, with its results."""

    def on_test_batch_begin(self, batch, logs=None):
        """Called before each step of evaluation or validation."""

    def on_test_batch_end(self, batch, logs=None):
        """Called after each step of evaluation or validation."""

    def on_predict_begin(self, logs=None):
        """Called before `predict`."""

    def on_predict_end(self, logs=None):
        """Called after `predict`."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Called before each batch of `predict`."""

    def on_predict_batch_end(self, batch, logs=None):
        """Called after each batch of `predict`, with `{"outputs": ...}`."""
