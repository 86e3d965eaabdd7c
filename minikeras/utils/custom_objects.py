"""The user's own classes and functions, by the names that model files give them.

They join for good with `register_keras_serializable`, for a while with
`custom_object_scope`, or for one call with a `custom_objects` argument.
"""

import threading

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "find_custom",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "register_keras_serializable",
    "registered_name",
    "visible_custom_objects",
]

_custom_objects: dict[str, object] = {}  # "package>Name" -> class or function
_custom_names: dict[object, str] = {}
_local = threading.local()


def _scopes() -> list[dict]:
    if not hasattr(_local, "scopes"):
        _local.scopes = []
    return _local.scopes


def register_keras_serializable(package: str = "Custom", name: str | None = None):
    """Lets saved models name a class or function of yours; a decorator.

    Args:
        package: Goes before the name in files, as in `package>Name`.
        name: Name in files; the object's own `__name__` by default.

    >>> @register_keras_serializable("course")
    ... def leaky(x):
    ...     return x
    >>> get_registered_name(leaky)
    'course>leaky'
    """
    if not isinstance(package, str):
        raise TypeError(
            "register_keras_serializable is called before it decorates: write "
            "@register_keras_serializable() with parentheses."
        )

    def decorator(target):
        if isinstance(target, type) and not hasattr(target, "get_config"):
            raise ValueError(
                f"{target.__name__} cannot be registered: it has no get_config "
                "method. Write one that returns its constructor's arguments."
            )
        registered = f"{package}>{name or target.__name__}"
        _custom_objects[registered] = target
        _custom_names[target] = registered
        return target

    return decorator


def get_custom_objects() -> dict[str, object]:
    """Returns the global table of user classes and functions; it may be changed."""
    return _custom_objects


class CustomObjectScope:
    """Makes names known inside a `with` block.

    Args:
        custom_objects: Name -> class or function.

    >>> with custom_object_scope({"twice": lambda x: 2 * x}):
    ...     get_registered_object("twice")(4)
    8
    """

    def __init__(self, custom_objects: dict | None):
        self.custom_objects = custom_objects or {}

    def __enter__(self):
        _scopes().append(self.custom_objects)
        return self

    def __exit__(self, *exc_info):
        _scopes().pop()


custom_object_scope = CustomObjectScope


def registered_name(obj) -> str | None:
    """Returns the `package>Name` of a registered class or function, or None."""
    return _custom_names.get(obj)


def get_registered_name(obj) -> str:
    """Returns the name under which a class or function is saved."""
    return _custom_names.get(obj, getattr(obj, "__name__", None) or str(obj))


def get_registered_object(name, custom_objects=None, module_objects=None):
    """Returns the class or function of a name, or None.

    Asked in turn: the scopes around, the global table, `custom_objects`,
    `module_objects`.
    """
    tables = [*reversed(_scopes()), _custom_objects, custom_objects, module_objects]
    return _first(tables, name)


def _first(tables, name):
    for table in tables:
        if table and name in table:
            return table[name]
    return None


def find_custom(name: str, custom_objects: dict | None):
    """Finds a user's object; `package>Name` is also found as plain `Name`."""
    if not (custom_objects or _scopes() or _custom_objects):
        return None
    tables = [custom_objects, *reversed(_scopes()), _custom_objects]
    found = _first(tables, name)
    return found if found is not None else _first(tables, name.rpartition(">")[2])


def visible_custom_objects() -> dict[str, object]:
    """Returns all names that are known here: the global ones, then the scopes'."""
    visible = dict(_custom_objects)
    for scope in _scopes():
        visible.update(scope)
    return visible
