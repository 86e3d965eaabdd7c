"""`keras.utils.legacy`: objects as `{"class_name", "config"}`, the form of Keras 2.

Names are looked up among the user's own objects and in `module_objects`, nowhere else.
"""

from . import checks
from .custom_objects import (
    custom_object_scope,
    get_registered_name,
    get_registered_object,
)

__all__ = ["deserialize_keras_object", "serialize_keras_object"]


def serialize_keras_object(instance):
    """Returns `{"class_name", "config"}` of an object, or the name of a function.

    >>> serialize_keras_object(abs)
    'abs'
    """
    if instance is None:
        return None
    if hasattr(instance, "get_config"):
        name = get_registered_name(type(instance))
        return {"class_name": name, "config": instance.get_config()}
    if hasattr(instance, "__name__"):
        return get_registered_name(instance)
    raise ValueError(
        f"Cannot serialize {checks.show(instance)}: it has no get_config method. Write "
        "one that returns its constructor's arguments."
    )


def deserialize_keras_object(
    identifier,
    module_objects=None,
    custom_objects=None,
    printable_module_name="object",
):
    """Returns the object of a `{"class_name", "config"}` dict, or of a name.

    Args:
        identifier: The dict, a name, None or a function, which is returned as it is.
        module_objects: Name -> class or function, asked last.
        custom_objects: Name -> class or function.
        printable_module_name: What such an object is called in messages.

    >>> deserialize_keras_object("abs", module_objects={"abs": abs})(-3)
    3
    """

    def found(name):
        value = get_registered_object(name, custom_objects, module_objects)
        if value is None:
            raise ValueError(
                f"Unknown {printable_module_name}: {name!r}. Try "
                f"custom_objects={{{name!r}: ...}}."
            )
        return value

    if isinstance(identifier, dict):
        if not {"class_name", "config"} <= identifier.keys():
            form = "a dict with class_name and config"
            checks.fail(printable_module_name, "config", identifier, f"be {form}")
        with custom_object_scope(custom_objects):
            return found(identifier["class_name"]).from_config(identifier["config"])
    if isinstance(identifier, str):
        value = found(identifier)
        return value() if isinstance(value, type) else value
    if identifier is None or callable(identifier):
        return identifier
    return checks.fail(
        printable_module_name, "identifier", identifier, "be a dict, a name or None"
    )
