"""Methods and attributes that models and layers had before Keras 3.

Functions of the object, which `missing` binds to it: `model.fit_generator(...)`. None
of them needs more than the object's methods of today.
"""

import itertools
import math

from . import doors
from .optimizer_methods import METHODS as _OPTIMIZER

__all__ = ["Logs", "missing"]

_QUEUE = frozenset(
    "max_queue_size workers use_multiprocessing max_q_size nb_worker "
    "pickle_safe wait_time".split()
)


def missing(obj, kind: str, name: str):
    """Returns what an attribute that an object does not have was in earlier Keras.

    Args:
        obj: A model, layer or optimizer.
        kind: "model", "layer" or "optimizer".
        name: The attribute.

    Raises:
        AttributeError: it never had it; with the words of the class itself, if its
            property failed.
    """
    if name in _MISSING[kind] and not hasattr(type(obj), name):
        return _MISSING[kind][name].__get__(obj)
    modern = _RENAMED[kind].get(name)
    if modern is not None and (modern in vars(obj) or hasattr(type(obj), modern)):
        owner = type(obj).__name__
        doors.warn(f"{owner}.{name} is {owner}.{modern} today.")
        return getattr(obj, modern)
    return object.__getattribute__(obj, name)  # fails, in the words of the class


# ----------------------------------------------------------------- model: generators


def fit_generator(
    model,
    generator,
    steps_per_epoch=None,
    epochs=1,
    verbose=1,
    callbacks=None,
    validation_data=None,
    validation_steps=None,
    validation_freq=1,
    class_weight=None,
    shuffle=True,
    initial_epoch=0,
    **old,
):
    """`fit` on a generator of batches."""
    generator, old = iterated(generator), _checked("fit_generator", old, _FIT)
    epochs = old.get("nb_epoch", epochs)
    steps_per_epoch, validation_steps = (
        _whole(steps_per_epoch),
        _whole(validation_steps),
    )
    if "samples_per_epoch" in old:
        count, generator = _batches(generator, old["samples_per_epoch"])
        steps_per_epoch = count
    if "nb_val_samples" in old and not isinstance(validation_data, tuple):
        validation_data = iterated(validation_data)
        count, validation_data = _batches(validation_data, old["nb_val_samples"])
        validation_steps = count
    options = {
        "steps_per_epoch": steps_per_epoch,
        "epochs": epochs,
        "verbose": verbose,
        "callbacks": callbacks,
        "validation_data": validation_data,
        "validation_steps": validation_steps,
        "validation_freq": validation_freq,
        "class_weight": class_weight,
        "shuffle": shuffle,
        "initial_epoch": initial_epoch,
    }
    _say("fit_generator", "fit", "generator", options)
    return model.fit(generator, **options)


def evaluate_generator(model, generator, steps=None, callbacks=None, verbose=0, **old):
    """`evaluate` on a generator of batches."""
    generator, old = iterated(generator), _checked("evaluate_generator", old, _TEST)
    if "val_samples" in old:
        steps, generator = _batches(generator, old["val_samples"])
    options = {"steps": _whole(steps), "callbacks": callbacks, "verbose": verbose}
    _say("evaluate_generator", "evaluate", "generator", options)
    return model.evaluate(generator, **options)


def predict_generator(model, generator, steps=None, callbacks=None, verbose=0, **old):
    """`predict` on a generator of batches."""
    generator, old = iterated(generator), _checked("predict_generator", old, _TEST)
    if "val_samples" in old:
        steps, generator = _batches(generator, old["val_samples"])
    options = {"steps": _whole(steps), "callbacks": callbacks, "verbose": verbose}
    _say("predict_generator", "predict", "generator", options)
    return model.predict(generator, **options)


def _whole(steps):
    """`len(x) / batch_size` was a number of steps, too."""
    return math.ceil(steps) if isinstance(steps, float) else steps


_FIT = _QUEUE | {"nb_epoch", "samples_per_epoch", "nb_val_samples"}
_TEST = _QUEUE | {"val_samples"}


def _checked(method: str, old: dict, known: frozenset) -> dict:
    for name in old:
        if name not in known:
            raise TypeError(
                f"{method}: unknown argument {name!r}. It took {sorted(known)} beside "
                "those of today."
            )
    if _QUEUE & old.keys():
        doors.warn(
            f"{', '.join(sorted(_QUEUE & old.keys()))}: there is no queue to be set; "
            "PyDataset(workers=...) makes batches ahead."
        )
    return old


def iterated(data):
    """Iterators of Keras 1 that have `next` and no `__next__`, as iterators."""
    if (
        hasattr(data, "next")
        and not hasattr(data, "__next__")
        and not hasattr(data, "__getitem__")
    ):
        return iter(data.next, object())
    return data


def _batches(generator, samples: int):
    """How many batches hold so many samples; the first one is put back."""
    size = getattr(generator, "batch_size", None)
    if size is None and hasattr(generator, "__getitem__"):
        size = len(_first_array(generator[0]))
    elif size is None:
        first = next(generator)
        size, generator = len(_first_array(first)), itertools.chain([first], generator)
    return math.ceil(samples / size), generator


def _first_array(batch):
    while isinstance(batch, (list, tuple, dict)):
        batch = next(iter(batch.values())) if isinstance(batch, dict) else batch[0]
    return batch


def _say(old: str, new: str, data: str, options: dict) -> None:
    shown = {k: v for k, v in options.items() if v is not None}
    shown = {k: v for k, v in shown.items() if _DEFAULTS.get(k, object()) != v}
    call = doors.describe_call(f"model.{new}", (), shown).replace("(", f"({data}, ", 1)
    doors.warn(f"{old} is {new} today: {call.replace(', )', ')')}.")


_DEFAULTS = {
    "epochs": 1,
    "initial_epoch": 0,
    "shuffle": True,
    "validation_freq": 1,
}


# -------------------------------------------------------------- model: other methods


def predict_classes(model, x, batch_size=None, verbose=0, steps=None):
    """Returns class numbers: the largest output, or if the only one is over 0.5."""
    doors.warn(
        "predict_classes(x) is np.argmax(model.predict(x), axis=-1) today, or "
        "(model.predict(x) > 0.5).astype('int32') for one output."
    )
    outputs = model.predict(x, batch_size=batch_size, verbose=verbose, steps=steps)
    if outputs.shape[-1] > 1:
        return outputs.argmax(axis=-1)
    return (outputs > 0.5).astype("int32")


def predict_proba(model, x, batch_size=None, verbose=0, steps=None):
    """Returns the outputs."""
    doors.warn("predict_proba(x) is predict(x) today.")
    return model.predict(x, batch_size=batch_size, verbose=verbose, steps=steps)


def reset_states(model) -> None:
    """Sets the states of all stateful layers to zero."""
    for layer in model._flatten_layers(include_self=False):
        reset = getattr(layer, "reset_states", None) or getattr(
            layer, "reset_state", None
        )
        if reset is not None and getattr(layer, "stateful", False):
            reset()


def to_yaml(model, **kwargs) -> str:
    """Returns the config as JSON, which is YAML too."""
    doors.warn("to_yaml is to_json today; JSON is YAML too.")
    return model.to_json(**kwargs)


def get_output_at(layer, node_index):
    """Returns the symbolic output of one of the calls of a layer."""
    return layer._inbound_nodes[node_index].outputs


def get_input_at(layer, node_index):
    """Returns the symbolic input of one of the calls of a layer."""
    found = layer._inbound_nodes[node_index].input_tensors
    return found[0] if len(found) == 1 else found


def get_output_shape_at(layer, node_index):
    """Returns the shape of the output of one of the calls of a layer."""
    return get_output_at(layer, node_index).shape


def get_input_shape_at(layer, node_index):
    """Returns the shape of the input of one of the calls of a layer."""
    return get_input_at(layer, node_index).shape


@property
def output_shape(layer):
    """The shape of the output of the first call."""
    outputs = layer.output
    if isinstance(outputs, (list, tuple)):
        return [x.shape for x in outputs]
    return outputs.shape


@property
def input_shape(layer):
    """The shape of the input of the first call."""
    inputs = layer.input
    if isinstance(inputs, (list, tuple)):
        return [x.shape for x in inputs]
    return inputs.shape


@property
def uses_learning_phase(model) -> bool:
    """Whether a layer computes otherwise in training."""
    kinds = ("Dropout", "Noise", "BatchNormalization")
    return any(
        kind in type(layer).__name__
        for layer in model._flatten_layers()
        for kind in kinds
    )


@property
def flattened_layers(model) -> list:
    """All layers, those of models in the model too."""
    return [x for x in model._flatten_layers(include_self=False) if not x._children()]


@property
def state_updates(model) -> list:
    """Nothing: layers update their own states."""
    return []


_LAYER = {
    "get_input_at": get_input_at,
    "get_input_shape_at": get_input_shape_at,
    "get_output_at": get_output_at,
    "get_output_shape_at": get_output_shape_at,
    "input_shape": input_shape,
    "output_shape": output_shape,
    "updates": state_updates,
}
_MISSING = {
    "layer": _LAYER,
    "optimizer": _OPTIMIZER,
    "model": {
        **_LAYER,
        "evaluate_generator": evaluate_generator,
        "fit_generator": fit_generator,
        "flattened_layers": flattened_layers,
        "predict_classes": predict_classes,
        "predict_generator": predict_generator,
        "predict_proba": predict_proba,
        "reset_states": reset_states,
        "state_updates": state_updates,
        "to_yaml": to_yaml,
        "uses_learning_phase": uses_learning_phase,
    },
}
_RENAMED = {
    "layer": {
        "W": "kernel",
        "b": "bias",
        "U": "recurrent_kernel",
        "inbound_nodes": "_inbound_nodes",
        "outbound_nodes": "_outbound_nodes",
        "nb_filter": "filters",
        "output_dim": "units",
        "init": "kernel_initializer",
        "inner_init": "recurrent_initializer",
        "inner_activation": "recurrent_activation",
        "border_mode": "padding",
        "subsample": "strides",
        "p": "rate",
        "sigma": "stddev",
        "alpha": "negative_slope",
        "W_regularizer": "kernel_regularizer",
        "b_regularizer": "bias_regularizer",
        "W_constraint": "kernel_constraint",
        "b_constraint": "bias_constraint",
    },
    "model": {"inbound_nodes": "_inbound_nodes", "outbound_nodes": "_outbound_nodes"},
    "optimizer": {},
}


# ---------------------------------------------------------------------------- logs

# Names of metrics in logs, and the names that they may be found under.
_TWINS = (
    ("acc", "accuracy", "binary_accuracy", "categorical_accuracy",
     "sparse_categorical_accuracy"),
    ("mae", "mean_absolute_error"),
    ("mse", "mean_squared_error"),
    ("mape", "mean_absolute_percentage_error"),
    ("msle", "mean_squared_logarithmic_error"),
    ("kld", "kl_divergence", "kullback_leibler_divergence"),
    ("lr", "learning_rate"),
    ("cosine_proximity", "cosine_similarity"),
)  # fmt: skip


class Logs(dict):
    """Values by the names of metrics, which are found by their other names as well.

    >>> Logs({"val_accuracy": 0.9}).get("val_mse") is None
    True
    """

    def __missing__(self, name):
        found = self._twin(name)
        if found is None:
            raise KeyError(name)
        doors.warn(f"{name!r} is {found!r} here, as it was compiled.")
        return self[found]

    def get(self, name, default=None):
        """Returns a value, under its own or its other name."""
        if name in self or self._twin(name) is None:
            return dict.get(self, name, default)
        return self[name]

    def _twin(self, name) -> str | None:
        if not isinstance(name, str):
            return None
        head = "val_" if name.startswith("val_") else ""
        for twins in _TWINS:
            if name[len(head) :] in twins:
                return next((head + x for x in twins if head + x in self), None)
        return None
