"""`keras.saving`: models and weights to files and back."""

from ..utils import lazy
from ..utils.custom_objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from ..utils.serialization import deserialize_keras_object, serialize_keras_object

__getattr__, __dir__, _ = lazy.attach(
    __name__,
    {
        "api": ["load_model", "load_weights", "save_model", "save_weights"],
        "editor": ["KerasFileEditor"],
        "errors": ["SavingError", "explained"],
    },
)

__all__ = [
    "CustomObjectScope",
    "KerasFileEditor",
    "SavingError",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
