"""`Trainer`: the half of `Model` with the loops: `fit`, `evaluate`, `predict`.

settings.py holds `compile`, steps.py what happens to one batch, loop.py the loop
itself; data.py makes batches of what users pass.
"""

import contextlib
import warnings

from .. import callbacks as hooks
from .. import config
from ..legacy import doors
from ..legacy.methods import Logs
from ..tensor import KerasTensor, PlannedFunction, Tensor, as_array, no_history
from ..utils import blas, changes, checks, tree
from ..utils.batches import unpack_x_y_sample_weight
from ..utils.interrupts import Interrupts
from ..utils.lazy import LazyModule
from ..utils.tracebacks import short_traceback
from .loop import Inventory, join_outputs, outputs_as_logs, run_epoch, to_floats
from .plans import fingerprint, planned
from .resume import take_up
from .settings import Settings
from .sources import Sources
from .steps import Steps

__all__ = ["Trainer"]

compiling = LazyModule(f"{__package__}.compile")  # late, for the sake of
feeding = LazyModule(f"{__package__}.data")  # the package's import time


_INTERRUPTED = (
    "Interrupted: training ends after this batch. Ctrl-C once more ends it at once."
)
_STOPS = {
    "train": "stop_training",
    "test": "stop_evaluating",
    "predict": "stop_predicting",
}


class Trainer(Settings, Sources, Steps):
    """Gives a layer `compile`, `fit`, `evaluate`, `predict` and their single steps."""

    history = None
    stop_training = stop_evaluating = stop_predicting = False
    train_function = test_function = predict_function = None

    # Loops ----------------------------------------------------------------------------

    @doors.open_function("Model.fit", 1)
    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        class_weight=None,
        sample_weight=None,
        initial_epoch=0,
        steps_per_epoch=None,
        validation_steps=None,
        validation_batch_size=None,
        validation_freq=1,
    ):
        """Trains the model: goes through the data `epochs` times, batch by batch.

        Args:
            x: Array, or list or dict of arrays for several inputs; or a generator or
                sequence of batches `(x, y)` or `(x, y, sample_weight)`.
            y: Targets, in like forms.
            batch_size: Samples in a batch of arrays; 32 if None.
            epochs: Number of the epoch after which to stop.
            verbose: 0 silent, 1 or "auto" a live bar (a line an epoch in files), 2 a
                line an epoch.
            callbacks: `Callback` or list of them.
            validation_split: Part of the samples in [0, 1) to hold back for validation:
                the last ones, before shuffling.
            validation_data: `(x, y)` or `(x, y, sample_weight)`, or batches.
            shuffle: Whether arrays are shuffled before each epoch, "batch" for inside
                each batch only. Generators are taken as they come.
            class_weight: Dict from class number to the weight of its samples.
            sample_weight: One weight per sample, in the structure of `y` or for all.
            initial_epoch: Number of the epoch to start with.
            steps_per_epoch: Number of batches in an epoch; all if None.
            validation_steps: Number of batches of validation; all if None.
            validation_batch_size: As `batch_size`, for validation.
            validation_freq: Validate after every so many epochs, or a list of those
                epochs, counted from 1.

        Returns:
            A `History`: `history.history["loss"]` has one value per epoch.
        """
        self._check_compiled("fit")
        epochs = _limited(checks.integer("fit", epochs=epochs))
        first = checks.non_negative_int("fit", initial_epoch=initial_epoch)
        is_due = _schedule(validation_freq)
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = feeding.split(
                "fit", (x, y, sample_weight), validation_split
            )
        reader = feeding.batches(
            "fit", x, y, sample_weight, class_weight, batch_size, shuffle=shuffle
        )
        source, validation = feeding.Epochs("fit", reader, steps_per_epoch), None
        if validation_data is not None:
            size = validation_batch_size or batch_size
            validation = _validation(validation_data, size, validation_steps)
        for data in (source, validation):
            if data is not None and self.refuses_nan:
                data.refuse_nan()
        self._prime(reader)
        callbacks = self._callbacks(callbacks, verbose, source, epochs, is_fit=True)
        self._run_epochs(range(first, epochs), source, validation, is_due, callbacks)
        return self.history

    def _run_epochs(self, epochs, source, validation, is_due, callbacks) -> None:
        self.make_train_function()
        self.stop_training = False
        logs = {}
        self._resume = None
        callbacks.on_train_begin()
        if self._resume is not None:
            epochs = range(self._resume[0], epochs.stop)
        with Interrupts(_INTERRUPTED) as self._interrupts:
            for epoch in epochs:
                if self.stop_training or source.is_spent(epoch, epochs.stop):
                    break
                callbacks.on_epoch_begin(epoch)
                made = self._pass("train", self.train_function, source, callbacks)
                if self._interrupts.is_asked:
                    break
                logs = Logs(made)
                if validation is not None and is_due(epoch + 1):
                    measured = self._measure(validation, callbacks)
                    logs |= {f"val_{name}": value for name, value in measured.items()}
                callbacks.on_epoch_end(epoch, logs)
        if epochs:
            self.optimizer.finalize_variable_values(self.trainable_weights)
        callbacks.on_train_end(logs)

    def _measure(self, source, callbacks) -> dict:
        """Evaluates: for `evaluate`, and for the validation in `fit`."""
        self.make_test_function()
        self.stop_evaluating = False
        callbacks.on_test_begin()
        logs = self._pass("test", self.test_function, source, callbacks)
        callbacks.on_test_end(logs)
        return logs

    def _pass(self, kind: str, step, source, callbacks) -> dict:
        """Runs through an epoch with fresh metrics; returns their values at its end."""
        self.reset_metrics()
        self._refresh(step, is_thorough=True)
        is_plain = self._is_plain(kind, step)
        if isinstance(source.reader, feeding.ArrayBatches):
            source.reader.step = step if isinstance(step, PlannedFunction) else None
        with _taking_stock(self) as known:

            def report(results):
                known.is_unread = False
                logs = to_floats(self.get_metrics_result() if is_plain else results)
                known.is_unread = is_plain
                return logs

            known.is_unread = is_plain
            return report(self._run(kind, step, source, callbacks, report))

    def _is_plain(self, kind: str, step) -> bool:
        """Whether a step returns the metrics' values, which can be read later too."""
        plain = (f"{kind}_step", "compute_metrics", "get_metrics_result")
        own = getattr(self, f"{kind}_step")
        return own in (step, getattr(step, "function", None)) and all(
            getattr(type(self), name) is getattr(Steps, name) for name in plain
        )

    def _run(self, kind: str, step, source, callbacks, report):
        """Runs an epoch until its end, or until the model is told to stop."""
        stop, is_fit = _STOPS[kind], kind == "train"
        group = self.steps_per_execution
        # our own threads share the work
        with short_traceback(), blas.single_threaded():
            batches, done = take_up(self, source) if is_fit else (source, 0)
            results = run_epoch(
                kind,
                step,
                batches,
                callbacks,
                lambda: getattr(self, stop) or (is_fit and self._interrupts.is_asked),
                report,
                group,
                done,
            )
        if results is None and done:  # the run was interrupted at an epoch's end
            return self.get_metrics_result()
        if results is None:
            raise ValueError(
                f"{source.owner}: the data gave no batch. A generator can be run "
                "through once only: make a new one for each call."
            )
        return results

    @doors.open_function("Model.evaluate", 1)
    def evaluate(
        self,
        x=None,
        y=None,
        batch_size=None,
        verbose="auto",
        sample_weight=None,
        steps=None,
        callbacks=None,
        return_dict=False,
    ):
        """Measures loss and metrics on data, without learning from them.

        Args:
            x: Inputs, in the forms of `fit`.
            y: Targets.
            batch_size: Samples in a batch of arrays; 32 if None.
            verbose: As for `fit`.
            sample_weight: One weight per sample.
            steps: Number of batches; all if None.
            callbacks: `Callback` or list of them.
            return_dict: Whether to return a dict by name instead of a list.

        Returns:
            The loss; if there are metrics, a list of the loss and their values, or a
            dict.
        """
        self._check_compiled("evaluate")
        reader = feeding.batches("evaluate", x, y, sample_weight, batch_size=batch_size)
        source = feeding.Epochs("evaluate", reader, steps, is_continued=False)
        if self.refuses_nan:
            source.refuse_nan()
        self._prime(reader)
        callbacks = self._callbacks(callbacks, verbose, source)
        return self._as_results(self._measure(source, callbacks), return_dict)

    @doors.open_function("Model.predict", 1)
    def predict(self, x, batch_size=None, verbose="auto", steps=None, callbacks=None):
        """Computes the outputs for inputs, batch by batch.

        Args:
            x: Inputs, in the forms of `fit`.
            batch_size: Samples in a batch of arrays; 32 if None.
            verbose: As for `fit`.
            steps: Number of batches; all if None.
            callbacks: `Callback` or list of them.

        Returns:
            An array, or arrays in the structure of the model's outputs.
        """
        is_watched = verbose or callbacks or steps is not None
        if not is_watched and feeding.is_one_batch(x, batch_size):
            return self._predict_at_once(x)
        reader = feeding.batches("predict", x, batch_size=batch_size)
        source = feeding.Epochs("predict", reader, steps, is_continued=False)
        callbacks = self._callbacks(callbacks, verbose, source)
        predict, parts = self.make_predict_function(), []
        self._refresh(predict, is_thorough=True)

        def step(batch):
            parts.append(predict(batch))
            return parts[-1]

        self.stop_predicting = False
        callbacks.on_predict_begin()
        self._run("predict", step, source, callbacks, outputs_as_logs)
        callbacks.on_predict_end()
        return join_outputs(parts)

    def _predict_at_once(self, x):
        """`predict` for one batch that nobody watches: the step alone."""
        predict = self.make_predict_function()
        self._refresh(predict)
        with short_traceback(), blas.single_threaded():
            outputs = predict(Tensor(x))
        if type(outputs) is Tensor:
            return outputs.array.copy()
        return tree.map_structure(lambda y: as_array(y).copy(), outputs)

    # Single batches -------------------------------------------------------------------

    def train_on_batch(
        self, x, y=None, sample_weight=None, class_weight=None, return_dict=False
    ):
        """Takes one training step on one batch.

        Args:
            x: Inputs of one batch: an array, or a list or dict of arrays.
            y: Targets.
            sample_weight: One weight per sample.
            class_weight: Dict from class number to the weight of its samples.
            return_dict: Whether to return a dict by name.

        Returns:
            Loss and metrics of this batch, as from `evaluate`.
        """
        self._check_compiled("train_on_batch")
        batch = feeding.to_batch("train_on_batch", (x, y, sample_weight), class_weight)
        self.make_train_function()
        return self._on_batch("train", self.train_function, batch, return_dict)

    def test_on_batch(self, x, y=None, sample_weight=None, return_dict=False):
        """Measures one batch without learning from it.

        Args:
            x: Inputs of one batch: an array, or a list or dict of arrays.
            y: Targets.
            sample_weight: One weight per sample.
            return_dict: Whether to return a dict by name.

        Returns:
            Loss and metrics of this batch, as from `evaluate`.
        """
        self._check_compiled("test_on_batch")
        batch = feeding.to_batch("test_on_batch", (x, y, sample_weight))
        self.make_test_function()
        return self._on_batch("test", self.test_function, batch, return_dict)

    def predict_on_batch(self, x):
        """Returns the outputs for one batch, as arrays."""
        self._refresh(self.make_predict_function())
        with short_traceback(), blas.single_threaded():
            outputs = self.predict_function(feeding.to_batch("predict_on_batch", (x,)))
        return tree.map_structure(as_array, outputs)

    def _on_batch(self, kind: str, step, batch, return_dict: bool):
        if self.refuses_nan:
            feeding.refuse_nan(f"{kind}_on_batch", unpack_x_y_sample_weight(batch)[1])
        self._is_primed = True
        self.reset_metrics()
        self._refresh(step)
        is_plain = self._is_plain(kind, step)
        with _taking_stock(self) as known:
            known.is_unread = is_plain
            with short_traceback(), blas.single_threaded():
                results = step(batch)
            known.is_unread = False
            logs = to_floats(self.get_metrics_result() if is_plain else results)
        return self._as_results(logs, return_dict)

    def _as_results(self, logs: dict, return_dict: bool):
        """Returns a dict as it is, or the values in Keras's order.

        That is the order of `metrics`; those of several outputs come last, sorted.
        """
        if return_dict:
            return logs
        names = []
        for metric in self.metrics:
            is_group = isinstance(metric, compiling.CompileMetrics)
            names += metric.result_names if is_group else [metric.name]
        names = [name for name in names if name in logs]
        values = [logs[name] for name in dict.fromkeys([*names, *logs])]
        return values[0] if len(values) == 1 else values

    # What a loop needs ----------------------------------------------------------------

    def make_train_function(self, force=False):
        """Sets `train_function`, which `fit` calls with each batch; returns it.

        Args:
            force: Whether to make it again.
        """
        if self.train_function is None or force:
            self.train_function = self._step("train")
        return self.train_function

    def make_test_function(self, force=False):
        """Sets `test_function`, which `evaluate` calls with each batch; returns it.

        Args:
            force: Whether to make it again.
        """
        if self.test_function is None or force:
            self.test_function = self._step("test")
        return self.test_function

    def make_predict_function(self, force=False):
        """Sets `predict_function`, which `predict` calls with each batch; returns it.

        Args:
            force: Whether to make it again.
        """
        if self.predict_function is None or force:
            self.predict_function = self._step("predict")
        return self.predict_function

    def _step(self, kind: str):
        """Returns a step as the loops call it: compiled, unless that is not wanted."""
        if self.run_eagerly or self._jit_compile is False:
            return getattr(self, f"{kind}_step")
        return planned(self, kind)

    def _refresh(self, step, is_thorough=False) -> None:
        """Lets a compiled step start afresh if the model has changed.

        Single batches trust that a change sets an attribute. Loops look at everything.
        """
        if isinstance(step, PlannedFunction):
            now = changes.count()
            if is_thorough or step.seen != now:
                step.refresh(fingerprint(self))
                step.seen = now

    def _callbacks(self, callbacks, verbose, source, epochs=1, is_fit=False):
        if isinstance(callbacks, hooks.CallbackList):
            return callbacks
        return hooks.CallbackList(
            callbacks,
            add_history=is_fit,
            add_progbar=verbose != 0,
            model=self,
            verbose=verbose,
            epochs=epochs,
            steps=source.num_batches,
        )

    def _prime(self, reader) -> None:
        """Builds model and optimizer before the first batch, for callbacks to see.

        Keras looks at a batch for this, which costs one shuffle. So do we, to train on
        the same batches in the same order.
        """
        if self._is_primed:
            return
        x, _, _ = unpack_x_y_sample_weight(reader.peek())
        if not self.built:
            self._build_on(x)
        if self.built and not self.optimizer.built:
            self.optimizer.build(self.trainable_weights)
        self._is_primed = True

    def _build_on(self, x) -> None:
        """Makes the weights by trying the model on the shapes of a batch.

        A model that reads values in `call` cannot be tried: the first step builds it,
        and reports what is wrong if there is anything.
        """
        symbols = tree.map_structure(
            lambda a: None if a is None else KerasTensor(a.shape, a.dtype.name), x
        )
        with contextlib.suppress(Exception), no_history():
            self(symbols)


@contextlib.contextmanager
def _taking_stock(model):
    """Looks up once, not at every step, what `Inventory` holds."""
    before, model._inventory = model._inventory, Inventory(model)
    try:
        yield model._inventory
    finally:
        model._inventory = before


def _limited(epochs: int) -> int:
    limit = config.max_epochs()
    if limit is None or epochs <= limit:
        return epochs
    warnings.warn(f"fit: limited to {limit} epochs.", stacklevel=3)
    return limit


def _schedule(validation_freq):
    """Returns the function that tells whether an epoch (from 1) is validated."""
    if isinstance(validation_freq, (list, tuple, set, range)):
        return lambda epoch: epoch in validation_freq
    every = checks.positive_int("fit", validation_freq=validation_freq)
    return lambda epoch: epoch % every == 0


def _validation(data, batch_size, steps):
    x, y, sample_weight = data, None, None
    if isinstance(data, (list, tuple)):
        if not 1 <= len(data) <= 3:
            raise ValueError(
                "fit: validation_data must be (x, y) or (x, y, sample_weight), got a "
                f"{type(data).__name__} of {len(data)} elements."
            )
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        reader = feeding.batches(
            "validation", x, y, sample_weight, batch_size=batch_size
        )
    else:
        reader = feeding.batches("validation", x)
    return feeding.Epochs("validation", reader, steps, is_continued=False)
