"""The state of a model as nested dicts of values, by the paths of its variables."""

import numpy as np

from ..utils import checks

__all__ = ["read", "write"]

FORMATS = ("backend_tensor", "numpy_array")


def _variables(model) -> dict:
    optimizer = getattr(model, "optimizer", None)
    return {
        "trainable_variables": model.trainable_variables,
        "non_trainable_variables": model.non_trainable_variables,
        "optimizer_variables": optimizer.variables if optimizer else [],
        "metrics_variables": model.metrics_variables,
    }


def read(model, value_format: str) -> dict:
    """Returns the state of a model, of its optimizer and its metrics.

    Args:
        model: The model.
        value_format: "backend_tensor" or "numpy_array": what the values are.
    """
    checks.one_of(model, value_format=value_format, allowed=FORMATS)
    found: dict = {}
    for kind, variables in _variables(model).items():
        found[kind] = {}
        for v in variables:
            *groups, name = v.path.split("/")
            inner = found[kind]
            for group in groups:
                inner = inner.setdefault(group, {})
            if name in inner:
                raise ValueError(
                    f"{checks.owner_name(model)}: two variables have the path "
                    f"{v.path!r}, so a tree cannot hold both. Give their layers names "
                    "of their own."
                )
            inner[name] = v.numpy() if value_format == "numpy_array" else v.value
    return found


def write(model, state: dict) -> None:
    """Sets variables from a tree; what is not in it stays as it is.

    Args:
        model: The model.
        state: What `read` returned, or a part of it.
    """
    known = {
        (kind, *v.path.split("/")): v
        for kind, variables in _variables(model).items()
        for v in variables
    }
    found = []
    stack = [((), state)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            stack.extend(((*path, key), inner) for key, inner in value.items())
            continue
        if path not in known:
            must = f"name variables of the model; {'/'.join(path)} is none"
            checks.fail(model, "state_tree", "/".join(path), must)
        found.append((known[path], value))
    for v, value in found:
        if tuple(np.shape(value)) != v.shape:
            must = f"hold a value of shape {v.shape} for {v.path}"
            checks.fail(model, "state_tree", np.shape(value), must)
    for v, value in found:
        v.assign(value)
