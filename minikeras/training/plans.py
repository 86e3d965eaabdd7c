"""The compiled steps of a model, and what makes them out of date."""

from .. import config
from ..tensor import PlannedFunction, Variable
from ..utils import changes, tree
from ..utils.batches import unpack_x_y_sample_weight

__all__ = ["TITLES", "fingerprint", "input_names", "planned"]

PLAIN = (bool, int, float, str, tuple, type(None))


def planned(model, kind: str):
    """Returns a step of a model that is compiled: "train", "test" or "predict"."""
    step = getattr(model, f"{kind}_step")
    title = f"{TITLES[kind]} of {model.name}"
    return PlannedFunction(step, f"{kind}_step", input_names, title, model._is_unread)


TITLES = {"train": "Training step", "test": "Test step", "predict": "Prediction"}


def input_names(args: tuple) -> list[str]:
    """x, y, sample_weight; numbered where there are several."""
    names = []
    parts = unpack_x_y_sample_weight(args[0])
    for name, part in zip(("x", "y", "sample_weight"), parts, strict=True):
        leaves = [leaf for leaf in tree.flatten(part) if leaf is not None]
        one = len(leaves) == 1
        names += [name if one else f"{name}_{i + 1}" for i in range(len(leaves))]
    return names


def fingerprint(model) -> tuple:
    """What a recorded step took for granted: settings that a user may change.

    Values of weights are no part of it, nor is what steps change themselves.
    """
    parts = [config.epsilon(), config.fusions_enabled()]
    for layer in model._flatten_layers():
        parts.append(_settings(layer))
        for v in layer._own_variables():
            parts += [id(v), v.trainable]
            parts += [_settings(v.regularizer), _settings(v.constraint)]
    for part in (model.optimizer, model._compile_loss, model._compile_metrics):
        parts.append(_settings(part))
    if model.optimizer is not None:
        rate = model.optimizer._learning_rate
        parts.append(id(rate) if isinstance(rate, Variable) else _settings(rate))
        left_out, patterns = model.optimizer._undecayed
        parts += [*map(id, left_out), *patterns]
    return tuple(parts)


def _settings(thing) -> tuple:
    """The plain public attributes of an object, and which object it is."""
    if thing is None:
        return ()
    if not hasattr(thing, "__dict__"):
        return (id(thing),)
    return (
        id(thing),
        getattr(thing, "trainable", None),
        id(getattr(thing, "dtype_policy", None)),
        *[
            (name, value) if isinstance(value, PLAIN) else (name, id(value))
            for name, value in vars(thing).items()
            if name[0] != "_" and name not in CHANGING
        ],
    )


# What `fit` itself sets on a model.
CHANGING = changes.BOOKKEEPING | {"built"}
