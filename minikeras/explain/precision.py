"""A model for a while in float64, to be put back bit for bit."""

import contextlib

import numpy as np

from .. import config
from ..dtype_policies import DTypePolicy
from ..losses import Loss
from ..tensor import Variable
from ..utils import tree

__all__ = ["in_float64"]


@contextlib.contextmanager
def in_float64(model, *losses):
    """Lets a model or layer compute in float64; at the end it is as it was before.

    Its variables get other storage in the meantime, so whatever is written to them is
    forgotten.

    Args:
        model: A model or layer.
        losses: Losses beside those that the model holds.
    """
    with contextlib.ExitStack() as stack:
        stack.callback(config.set_floatx, config.floatx())
        config.set_floatx("float64")
        for variable in _variables(model):
            stack.callback(_seat, variable, variable.array, variable.arena)
            is_float = variable.array.dtype.kind == "f"
            dtype = "float64" if is_float else variable.array.dtype
            _seat(variable, np.array(variable.array, dtype), None)
        for layer in model._flatten_layers():
            stack.callback(vars(layer).update, dtype_policy=layer.dtype_policy)
            vars(layer)["dtype_policy"] = DTypePolicy("float64")
        for loss in _losses(model, losses):
            stack.callback(vars(loss).update, dtype=loss.dtype, _dtype=loss._dtype)
            vars(loss).update(dtype="float64", _dtype=np.dtype("float64"))
        yield


def _seat(variable: Variable, array: np.ndarray, arena) -> None:
    variable.part_from_reader()
    variable.array, variable.arena = array, arena
    Variable.moves += 1


def _variables(model) -> list[Variable]:
    found = [*model.variables, *getattr(model, "metrics_variables", ())]
    return list({id(v): v for v in found}.values())


def _losses(model, more) -> list[Loss]:
    """The losses that a model was compiled with, or holds itself, and some more."""
    compiled = vars(model).get("_compile_loss")
    held = [
        *more,
        *vars(model).values(),
        *(vars(compiled).values() if compiled else ()),
    ]
    found = [x for values in held for x in _leaves(values) if isinstance(x, Loss)]
    return list({id(x): x for x in found}.values())


def _leaves(value) -> list:
    return tree.flatten(value) if isinstance(value, (dict, list, tuple)) else [value]
