"""Calls with old keyword arguments in today's spelling: what the doors ask.

On top of the tables of spellings.py stands what concerns code and no files: arguments
that have no effect any more, methods of models, optimizers and callbacks.
"""

import math

from .spellings import (
    CLASSES,
    CONSTRAINTS,
    REGULARIZERS,
    SpellingError,
    modernized,
)
from .training import OBJECTIVES, OPTIMIZERS

__all__ = ["modern_argument", "modern_call", "modern_word"]

_WORDS = {
    "constraint": CONSTRAINTS,
    "initializer": {"one": "ones", "zero": "zeros"},
    "layer": {name: modern for name, (modern, _) in CLASSES.items()},
    "loss": OBJECTIVES,
    "metric": {**OBJECTIVES, "KLD": "kl_divergence", "logcosh": "LogCoshError"},
    "optimizer": OPTIMIZERS,
    "regularizer": REGULARIZERS,
}

_QUEUE = dict.fromkeys(
    "workers use_multiprocessing max_queue_size nb_worker pickle_safe "
    "max_q_size".split(),
    "Batches are made while the model computes: there is no queue to be set.",
)
_DROPPED = {
    "Embedding": {
        "dropout": "Embeddings have no dropout of their own today: put "
        "SpatialDropout1D(rate) behind."
    },
    "Model.compile": {
        "sample_weight_mode": "Weights per time step are read off their shape today.",
        "theano_mode": "There is no Theano here.",
        "distribute": "There is one machine here.",
        "experimental_run_tf_function": "There is no TensorFlow here.",
        "target_tensors": "Targets come with fit today.",
    },
    "TensorBoard": {
        name: f"{name} has no effect today."
        for name in (
            "batch_size write_grads embeddings_layer_names embeddings_data "
            "input_images max_queue_size flush_secs"
        ).split()
    },
    **{
        name: {"implementation": "", "time_major": ""}
        for name in ("ConvLSTM2D", "GRU", "LSTM", "SimpleRNN")
    },
    **{f"Model.{name}": _QUEUE for name in ("fit", "evaluate", "predict")},
}

_RATE = {"lr": "learning_rate"}
_NAMES = {
    **dict.fromkeys(
        "Adadelta Adagrad Adam AdamW Adamax Ftrl Nadam RMSprop SGD".split(), _RATE
    ),
    "backend": {
        "border_mode": "padding",
        "dim_ordering": "data_format",
        "filter_dilation": "dilation_rate",
        "std": "stddev",
        "subsample": "strides",
    },
    "L1": {"l": "l1"},
    "L2": {"l": "l2"},
    "MaxNorm": {"m": "max_value"},
    "Model": {"input": "inputs", "output": "outputs"},
    "Functional": {"input": "inputs", "output": "outputs"},
    "Model.compile": {"objective": "loss"},
    "Model.fit": {
        "X": "x",
        "nb_epoch": "epochs",
        "samples_per_epoch": "steps_per_epoch",
        "nb_val_samples": "validation_steps",
        "generator": "x",
    },
    "Model.evaluate": {"X": "x", "val_samples": "steps", "generator": "x"},
    "Model.predict": {"X": "x", "val_samples": "steps", "generator": "x"},
    "ReduceLROnPlateau": {"epsilon": "min_delta"},
    "imdb.load_data": {"nb_words": "num_words"},
    "reuters.load_data": {"nb_words": "num_words"},
    "Tokenizer": {"nb_words": "num_words"},
}


def modern_word(kind: str, word: str) -> str | None:
    """Returns what a word for a layer, loss, ... is today; None if it was never one.

    >>> modern_word("loss", "cosine_proximity")
    'cosine_similarity'
    """
    return _WORDS.get(kind, {}).get(word)


def modern_argument(owner: str, name: str) -> str:
    """Returns what an argument is called today."""
    return _NAMES.get(owner, {}).get(name, name)


def modern_call(owner: str, args: tuple, kwargs: dict, subject) -> tuple[dict, list]:
    """Returns keyword arguments in the spelling of today, and what else to say.

    Args:
        owner: A class's name, or a method's: "Model.fit".
        args: The positional arguments.
        kwargs: The keyword arguments, some unknown to the modern function.
        subject: The object that is made or whose method is called.

    Raises:
        SpellingError: for an old argument beside its modern one.

    >>> modern_call("SGD", (), {"lr": 0.5}, None)
    ({'learning_rate': 0.5}, [])
    """
    reasons: list[str] = []
    special, result = _SPECIAL.get(owner), kwargs
    if special:
        result = special(args, result, subject, reasons)
    result = modernized(owner, _renamed(owner, result))[1]
    result = _without_effect(owner, result, reasons)
    if owner in _SHAPED:
        result = _with_input_shape(owner, result)
    if "weights" in result and subject is not None:
        subject._initial_weights = result.pop("weights")
        reasons.append("Set the weights by layer.set_weights(...) once it is built.")
    return result, list(dict.fromkeys(filter(None, reasons)))


def _without_effect(owner: str, kwargs: dict, reasons: list) -> dict:
    dropped, result = _DROPPED.get(owner, {}), {}
    for name, value in kwargs.items():
        if name in dropped and (name != "time_major" or not value):
            reasons.append(dropped[name])
        else:
            result[name] = value
    return result


def _renamed(owner: str, kwargs: dict) -> dict:
    names, result = _NAMES.get(owner) or _NAMES.get(owner.partition(".")[0], {}), {}
    for name, value in kwargs.items():
        target = names.get(name, name)
        if target in result or (target != name and target in kwargs):
            raise SpellingError(
                f"{owner.rpartition('.')[2]}: {name!r} is the old name of {target!r}, "
                f"and both were given. Give {target!r} alone."
            )
        result[target] = value
    return result


# --------------------------------------------------------------------- input shapes

_SHAPED = frozenset(
    "Embedding LSTM GRU SimpleRNN RNN Conv1D ConvLSTM2D LocallyConnected1D "
    "TimeDistributed Bidirectional Masking".split()
)


def _with_input_shape(owner: str, kwargs: dict) -> dict:
    """Makes an input shape of `input_dim` and `input_length`."""
    if "input_length" not in kwargs and (
        "input_dim" not in kwargs or owner == "Embedding"
    ):
        return kwargs
    rest = dict(kwargs)
    size, length = rest.pop("input_dim", None), rest.pop("input_length", None)
    if owner == "Embedding":
        length = tuple(length) if isinstance(length, (list, tuple)) else (length,)
        return {
            **rest,
            **({} if size is None else {"input_dim": size}),
            "input_shape": length,
        }
    if size is None:
        raise SpellingError(
            f"{owner}: input_length={length!r} needs input_dim beside it. Today both "
            f"are input_shape=({length!r}, features)."
        )
    return {**rest, "input_shape": (length, size)}


# ------------------------------------------------ what takes more than another name


def _optimizer(args, kwargs: dict, subject, reasons: list) -> dict:
    """Turns `decay` into the schedule that it was, and `epsilon=None` into nothing."""
    result = {k: v for k, v in kwargs.items() if k != "decay"}
    if "epsilon" in result and result["epsilon"] is None:
        del result["epsilon"]
    decay = kwargs.get("decay")
    if not decay:
        return result
    names = [name for name in ("lr", "learning_rate") if name in kwargs]
    defaults = {"SGD": 0.01, "Adagrad": 0.01, "Adadelta": 1.0, "Adamax": 0.002}
    name = type(subject).__name__
    rate = kwargs[names[0]] if names else (args or [defaults.get(name, 0.001)])[0]
    if args:
        raise SpellingError(
            f"{name}: decay={decay!r} changes the learning rate, which was given by "
            f"position. Write {name}(learning_rate={rate!r}, decay={decay!r})."
        )
    if not isinstance(rate, (int, float)):
        raise SpellingError(
            f"{name}: decay={decay!r} needs a number as the learning rate. Put the "
            "decay into the schedule."
        )
    for known in names:
        del result[known]
    result["learning_rate"] = {
        "class_name": "InverseTimeDecay",
        "config": {
            "initial_learning_rate": rate,
            "decay_steps": 1,
            "decay_rate": decay,
        },
    }
    return result


def _nadam(args, kwargs: dict, subject, reasons: list) -> dict:
    result = {k: v for k, v in kwargs.items() if k != "schedule_decay"}
    if kwargs.get("schedule_decay", 0.004) != 0.004:
        reasons.append("The momentum's schedule is 0.004 today.")
    return _optimizer(args, result, subject, reasons)


def _fit(args, kwargs: dict, subject, reasons: list) -> dict:
    kwargs = _accuracy_shown(kwargs, subject, reasons)
    size = kwargs.get("batch_size") or 32
    for old in ("samples_per_epoch", "nb_val_samples"):
        if old in kwargs:
            kwargs[old] = math.ceil(kwargs[old] / size)
    return kwargs


def _accuracy_shown(kwargs: dict, subject, reasons: list) -> dict:
    """Compiles the model with the accuracy that `show_accuracy=True` asks for."""
    result = dict(kwargs)
    if result.pop("show_accuracy", False) and subject is not None:
        reasons.append("The accuracy is asked for by compile(metrics=['acc']).")
        if len(subject.metrics) < 2:
            subject.compile(subject.optimizer, subject.loss, metrics=["acc"])
    return result


def _evaluated(args, kwargs: dict, subject, reasons: list) -> dict:
    return _accuracy_shown(kwargs, subject, reasons)


def _compiled(args, kwargs: dict, subject, reasons: list) -> dict:
    """`class_mode` of Keras 0: only for categorical targets did it say anything."""
    result = dict(kwargs)
    if "class_mode" in result:
        del result["class_mode"]
        reasons.append("class_mode follows from the loss today.")
    return result


def _checkpoint(args, kwargs: dict, subject, reasons: list) -> dict:
    result = dict(kwargs)
    period = result.pop("period", 1)
    if not isinstance(period, int) or period < 1:
        raise SpellingError(
            f"ModelCheckpoint: period must be a positive int, got {period!r}."
        )
    if period > 1:
        subject._epochs_apart = period
        reasons.append("Every so many batches is save_freq=... today.")
    return result


_SPECIAL = {
    **dict.fromkeys(
        "Adadelta Adagrad Adam AdamW Adamax Ftrl RMSprop SGD".split(), _optimizer
    ),
    "Nadam": _nadam,
    "Model.compile": _compiled,
    "Model.evaluate": _evaluated,
    "Model.fit": _fit,
    "ModelCheckpoint": _checkpoint,
}
