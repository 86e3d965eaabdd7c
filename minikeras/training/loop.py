"""The loop over the batches of an epoch, for `fit`, `evaluate` and `predict` alike."""

import functools
import itertools

import numpy as np

from ..layers.call_context import signature_of
from ..legacy import doors
from ..utils import checks, tree

__all__ = [
    "Inventory",
    "Kept",
    "join_outputs",
    "outputs_as_logs",
    "run_epoch",
    "to_floats",
    "track",
]


class Kept:
    """The weights that were trained when a model was compiled."""

    __slots__ = ("variables",)

    def __init__(self, variables: list):
        self.variables = variables


class Inventory:
    """What a step asks of a model again and again, looked up once.

    Walking through all layers for their weights, metrics and penalties takes longer
    than a step of a small network. A loop takes a new inventory for each epoch, so what
    a callback changes between epochs (`trainable`, say) counts from the next one.
    """

    def __init__(self, model):
        self.model = model
        self.is_unread = False  # whether nobody looks at the results of this step

    @functools.cached_property
    def variables(self) -> list:
        """The weights to train.

        A model that was frozen as a whole after it was compiled is trained as it was
        compiled: that is how GANs of Keras 1 and 2 train their discriminator.
        """
        found, kept = self.model.trainable_weights, self.model._compiled_with
        if not found and kept is not None and kept.variables:
            doors.warn(
                f"{checks.owner_name(self.model)} was frozen after it was compiled, "
                "and is trained as it was compiled. To train it alone, set trainable = "
                "True for it, and False again for the model around it."
            )
            return kept.variables
        return found

    @functools.cached_property
    def metrics(self) -> list:
        """The model's metrics."""
        return list(self.model.metrics)

    @functools.cached_property
    def layers(self) -> list:
        """The layers, with those inside of layers."""
        return self.model._flatten_layers()

    @functools.cached_property
    def penalised(self) -> list:
        """The weights that have a regularizer."""
        return [
            v
            for layer in self.layers
            if layer.trainable
            for v in layer._own_variables()
            if v.regularizer is not None and v.trainable
        ]

    @functools.cached_property
    def loss_takes_training(self) -> bool:
        """Whether `compute_loss` has an argument `training`; a user's may not."""
        return "training" in signature_of(self.model.compute_loss).names

    def losses(self) -> list:
        """The same as `model.losses`: what layers added, and penalties on weights."""
        number = self.model._call_number
        added = [
            loss
            for layer in self.layers
            if layer._losses_of == number
            for loss in layer._losses
        ]
        return added + [v.regularizer(v) for v in self.penalised]


def track(mean, value, weight: int) -> None:
    """Adds a scalar that stands for `weight` samples to a `Mean`.

    The same as `mean.update_state(value, sample_weight=weight)`, by a short way that a
    training step can afford.
    """
    mean.total.assign_add(value * weight)
    mean.count.assign_add(weight)


def run_epoch(kind, step, batches, callbacks, is_stopped, report, group=1, done=0):
    """Runs a step on each batch and tells the callbacks. Returns the last results.

    Args:
        kind: "train", "test" or "predict": whose hooks are called.
        step: Function of a batch.
        batches: Iterable of batches.
        callbacks: A `CallbackList`.
        is_stopped: Function without arguments, asked after each group of batches.
        report: Function of a step's results that returns the logs for callbacks; asked
            only when one of them wants to know.
        group: Number of batches between calls of the hooks (`steps_per_execution`).
        done: Number of batches of this epoch that an earlier run has done.

    Returns:
        What the last step returned; None if there was no batch.
    """
    hook = f"on_{kind}_batch_begin"
    begin = getattr(callbacks, hook) if callbacks.listens(hook) else None
    hook = f"on_{kind}_batch_end"
    end = getattr(callbacks, hook) if callbacks.listens(hook) else None
    wants = callbacks.wants
    batches, results = iter(batches), None
    for first in itertools.count(done, group):
        batch = next(batches, _NO_BATCH)
        if batch is _NO_BATCH:
            break
        if begin is not None:
            begin(first)
        results = step(batch)
        for batch in itertools.islice(batches, group - 1) if group > 1 else ():
            results = step(batch)
        last = first + group - 1
        if end is not None and wants(hook, last):
            end(last, report(results))
        if is_stopped():
            break
    return results


_NO_BATCH = object()


def to_floats(results) -> dict:
    """Returns the results of a step as floats, in the order of their names.

    Metrics that return dicts are opened; values that are no single number stay arrays.
    """
    flat = {}
    for name, value in results.items():
        if isinstance(value, dict):
            flat.update(to_floats(value))
        else:
            flat[name] = _to_float(value)
    return dict(sorted(flat.items()))


def _to_float(value):
    array = np.asarray(value)
    return float(array.item()) if array.size == 1 else array


def outputs_as_logs(outputs) -> dict:
    """Returns the outputs of a prediction as callbacks get them."""
    return {"outputs": tree.map_structure(np.asarray, outputs)}


def join_outputs(batches: list):
    """Returns the outputs of all batches as one structure of arrays."""
    if not tree.is_nested(batches[0]):
        return np.concatenate(batches)
    return tree.map_structure(lambda *parts: np.concatenate(parts), *batches)
