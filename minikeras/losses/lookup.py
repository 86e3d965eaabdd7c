"""Losses by name: `get`, `serialize` and `deserialize`."""

from .loss import LOSSES

__all__ = ["deserialize", "get", "serialize"]


def get(identifier):
    """Returns the loss meant by a name, config, class, function or object.

    Args:
        identifier: `"mse"`, `"MeanSquaredError"`, a config dict, a class, a function, a
            `Loss`, or None (which gives None).

    Raises:
        ValueError: for an unknown name; the message says which one is near.

    >>> get("mse").__name__
    'mean_squared_error'
    """
    return LOSSES.get(identifier)


def serialize(loss):
    """Returns the config of a loss, from which `deserialize` makes another.

    >>> serialize(get("MeanSquaredError"))["config"]["name"]
    'mean_squared_error'
    """
    return LOSSES.serialize(loss)


def deserialize(name, custom_objects=None):
    """Makes a loss from its name or config.

    Args:
        name: Name or config dict.
        custom_objects: The user's own classes and functions by name, asked first.
    """
    return LOSSES.deserialize(name, custom_objects)
