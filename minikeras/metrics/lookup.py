"""Metrics by name: `get`, `serialize` and `deserialize`."""

from .metric import METRICS

__all__ = ["deserialize", "get", "serialize"]


def get(identifier):
    """Returns the metric meant by a name, config, class, function or object.

    Args:
        identifier: `"mse"`, `"MeanSquaredError"`, a config dict, a class, a function, a
            `Metric`, or None (which gives None).

    Raises:
        ValueError: for an unknown name; the message says which one is near.

    >>> get("mae")
    <MeanAbsoluteError name=mean_absolute_error>
    """
    return METRICS.get(identifier)


def serialize(metric):
    """Returns the config of a metric, from which `deserialize` makes another.

    >>> serialize(get("mae"))["class_name"]
    'MeanAbsoluteError'
    """
    return METRICS.serialize(metric)


def deserialize(config, custom_objects=None):
    """Makes a metric from its name or config.

    Args:
        config: Name or config dict.
        custom_objects: The user's own classes and functions by name, asked first.
    """
    return METRICS.deserialize(config, custom_objects)
