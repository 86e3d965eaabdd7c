"""Layers as configs and back (`keras.layers.serialize`, `keras.layers.deserialize`)."""

from .layer import LAYERS


def serialize(layer):
    """Returns a layer's config with its class, from which `deserialize` makes a twin.

    >>> from minikeras.layers import Dense
    >>> serialize(Dense(3))["class_name"]
    'Dense'
    """
    return LAYERS.serialize(layer)


def deserialize(config, custom_objects=None):
    """Makes a layer of what `serialize` returned.

    Args:
        config: The dict, with "class_name" and "config".
        custom_objects: Dict from names to classes and functions of your own.
    """
    return LAYERS.deserialize(config, custom_objects)
