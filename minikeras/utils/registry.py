"""Names and the classes they stand for: the one door from a string to an object.

A `Registry` is one family (layers, losses, ...). `"adam"`, `{"class_name": "Adam",
"config": {...}}`, the class and the object itself all mean an optimizer; `get` tells
them apart. Model files hold names, and this is where those names are looked up:
nothing that a file names is ever imported.

The user's own classes are asked first (custom_objects.py).
"""

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..legacy import doors
from . import checks, sharing
from .custom_objects import (
    CustomObjectScope,
    custom_object_scope,
    find_custom,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
    registered_name,
)

__all__ = [
    "CustomObjectScope",
    "Registry",
    "check_form",
    "custom_object_scope",
    "describe",
    "family_of",
    "find_function",
    "find_type",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "name_of",
    "register_keras_serializable",
    "revive",
]

FAMILIES: dict[str, "Registry"] = {}  # "keras.layers" -> the layers' registry
PUBLIC_NAMES: dict[object, tuple[str, str]] = {}  # Dense -> ("keras.layers", "Dense")

# Where Keras's public modules live here: the only modules a lookup may load.
_ROOT = __name__.split(".")[0]
_HOMES = (
    "layers",
    "models",
    "activations",
    "losses",
    "metrics",
    "optimizers",
    "optimizers.schedules",
    "initializers",
    "regularizers",
    "constraints",
    "dtype_policies",
    "random",
    "ops",
)
# Homes that only a config leads to, and what makes their families.
_DOORS = {"applications": ("VGG16",), "utils": ("FeatureSpace",)}


class Registry:
    """One family of named objects.

    Args:
        kind: What one member is called in messages: `"layer"`.
        module: The family's public module in Keras: `"keras.layers"`.
        package: Our package that defines the members, loaded when a name is missing:
            `"minikeras.layers"`. None: they are all registered by the creating file.

    >>> SHAPES = Registry("shape", "geometry")
    >>> @SHAPES.register("disc")
    ... class Circle:
    ...     pass
    >>> type(SHAPES.get("disc")).__name__
    'Circle'
    >>> SHAPES.find("circel")
    Traceback (most recent call last):
    ValueError: Unknown shape 'circel'. Did you mean 'Circle'? For your own, pass \
custom_objects={'circel': ...} or decorate it with \
@keras.saving.register_keras_serializable().
    """

    def __init__(self, kind: str, module: str, package: str | None = None):
        self.kind = kind
        self.module = module
        self.package = package
        self._objects: dict[str, object] = {}
        FAMILIES[module] = self

    def register(self, *aliases, module: str | None = None, name: str | None = None):
        """Adds a class or function under its `__name__` and the aliases; a decorator.

        Args:
            *aliases: Other names. Used bare (`@R.register`), the object itself.
            module: Public module written to files, when not the family's own.
            name: Public name, when not `__name__`.
        """
        if len(aliases) == 1 and not isinstance(aliases[0], str):
            return self.register()(aliases[0])

        def decorator(target):
            if isinstance(target, type):
                doors.open_constructor(target)
            public = name or target.__name__
            PUBLIC_NAMES.setdefault(target, (module or self.module, public))
            for known in (public, *aliases):
                self._objects[known] = target
            return target

        return decorator

    def find(self, name: str, custom_objects: dict | None = None):
        """Returns the class or function of a name; ValueError when there is none."""
        found = find_custom(name, custom_objects)
        if found is None:
            found = self.lookup(name)
        if found is None:
            modern = doors.find_word(self.kind, name)
            found = modern and self.lookup(modern)
        if found is None:
            raise ValueError(_unknown(self.kind, name, self._objects))
        return found

    def lookup(self, name: str, is_alias: bool = True):
        """Returns a built-in member by name, loading its file if need be, or None.

        Args:
            name: The name.
            is_alias: Whether it may be an alias, known only when all files are loaded.
        """
        if name not in self._objects and self.package is not None:
            package = importlib.import_module(self.package)
            if name in getattr(package, "__all__", ()):
                getattr(package, name)
            if name not in self._objects and is_alias:
                self._load()
        return self._objects.get(name)

    def get(self, identifier):
        """Returns the object meant by None, a name, a config, a class or an object."""
        if identifier is None:
            return None
        if isinstance(identifier, (str, dict)):
            return self.deserialize(identifier)
        if isinstance(identifier, type):
            return identifier()
        if callable(identifier) or hasattr(identifier, "get_config"):
            return identifier
        article = "an" if self.kind[0] in "aeiou" else "a"
        example = next(iter(self.names()), "name")
        raise TypeError(
            f"Cannot read {checks.show(identifier)} as {article} {self.kind}. Give a "
            f"name such as {example!r}, a config dict, a class or an object."
        )

    def serialize(self, obj):
        """Returns the config of an object, from which `deserialize` makes another."""
        return describe(obj)

    def deserialize(self, config, custom_objects: dict | None = None):
        """Makes an object from a name or from `{"class_name": ..., "config": ...}`."""
        if config is None:
            return None
        if isinstance(config, str):
            found = self.find(config, custom_objects)
            return found() if isinstance(found, type) else found
        check_form(config, self.kind)
        if config["class_name"] == "function":
            return self.find(config["config"], custom_objects)
        found = find_type(config, custom_objects, self)
        return revive(found, config, custom_objects)

    def items(self) -> list[tuple[str, object]]:
        """Returns (name, object) of every distinct member, all files loaded."""
        self._load()
        named = {id(obj): (name, obj) for name, obj in reversed(self._objects.items())}
        return sorted(named.values(), key=lambda item: item[0])

    def names(self) -> list[str]:
        """Returns every name, aliases included, sorted; all files loaded."""
        self._load()
        return sorted(self._objects)

    def __contains__(self, name: str) -> bool:
        return self.lookup(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __repr__(self) -> str:
        return f"<Registry of {self.module}: {len(self._objects)} names loaded>"

    def _load(self) -> None:
        if self.package is not None:
            package = importlib.import_module(self.package)
            for name in getattr(package, "__all__", ()):
                getattr(package, name)


def family_of(module: str | None) -> Registry | None:
    """Returns the family of a Keras module, public or `keras.src...`; else None."""
    if not isinstance(module, str) or not module.startswith("keras."):
        return FAMILIES.get(module)
    path = module.removeprefix("keras.").removeprefix("src.")
    if path.startswith("backend."):  # a backend's own version of a public class
        path = path.partition(".")[2].partition(".")[2]
    while path:
        is_home = path in _HOMES or path in _DOORS
        if is_home and f"keras.{path}" not in FAMILIES:
            _import_home(path)
        if f"keras.{path}" in FAMILIES:
            return FAMILIES[f"keras.{path}"]
        path = path.rpartition(".")[0]
    return None


def _import_home(path: str) -> None:
    name = f"{_ROOT}.{path}"
    try:
        module = importlib.import_module(name)
        names = getattr(module, "__all__", ())[:1]
        for public in _DOORS.get(path, names):
            getattr(module, public)  # a lazy package: one of its files makes the family
    except ModuleNotFoundError as error:
        if not name.startswith(error.name or "?"):
            raise


def _search(config: dict):
    """Looks in every family for a class whose config names no family of its own."""
    module, name = config.get("module"), config["class_name"]
    for path in _HOMES[:-1]:  # operations need their module to be named
        family = family_of(f"keras.{path}")
        found = family.lookup(name, is_alias=False) if family else None
        if found is not None and module in (None, PUBLIC_NAMES[found][0]):
            return found
    return None


def find_type(config: dict, custom_objects=None, family: Registry | None = None):
    """Returns the class that a config names; ValueError when nobody knows it.

    Args:
        config: `{"module", "class_name", "registered_name"}`, the last one and the
            module optional.
        custom_objects: Name -> class, asked first.
        family: Where a class is expected whose config names no module of Keras.
    """
    check_form(config, family.kind if family else "object")
    for name in (config.get("registered_name"), config["class_name"]):
        found = name and find_custom(name, custom_objects)
        if found:
            return found
    family = family_of(config.get("module")) or family
    found = (family and family.lookup(config["class_name"])) or _search(config)
    if found:
        return found
    name = config.get("registered_name") or config["class_name"]
    if family is None:
        layers = FAMILIES.get("keras.layers")
        raise ValueError(_unknown("class", name, layers.names() if layers else ()))
    return family.find(name)


def find_function(name: str, custom_objects: dict | None = None) -> Callable:
    """Returns the function of a name: the user's own, or any family's."""
    found = find_custom(name, custom_objects)
    for path in _HOMES:
        if found is not None:
            return found
        family = family_of(f"keras.{path}")
        found = family.lookup(name) if family else None
        found = None if isinstance(found, type) else found
    raise ValueError(_unknown("function", name, ()))


def _unknown(kind: str, name: str, known) -> str:
    """Returns the message for a name that nobody knows."""
    guess = f"{checks.did_you_mean(name, known)} " if known else ""
    return (
        f"Unknown {kind} {name!r}. {guess}For your own, pass custom_objects="
        f"{{{name!r}: ...}} or decorate it with "
        "@keras.saving.register_keras_serializable()."
    )


# ------------------------------------------------------------- objects <-> configs


def check_form(config, kind: str) -> None:
    """Raises TypeError unless a config names a class."""
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise TypeError(
            f"Cannot make a {kind} from {checks.show(config)}. Expected a dict such as "
            '{"class_name": "Name", "config": {...}}.'
        )


def name_of(function) -> str:
    """Returns the name by which files know a function."""
    public = PUBLIC_NAMES.get(function, (None, function.__name__))[1]
    return registered_name(function) or public


def describe(obj) -> dict | None:
    """Returns the config form of an object that has `get_config`, or of a function."""
    if obj is None:
        return None
    if not hasattr(obj, "get_config"):
        return _describe_function(obj)
    cls = type(obj)
    identity = PUBLIC_NAMES.get(cls)
    module, name = identity or (_user_module(cls), cls.__name__)
    private = identity is None or ".src." in module
    form = {
        "module": module,
        "class_name": name,
        "config": obj.get_config(),
        "registered_name": (registered_name(cls) or name) if private else None,
    }
    for key in ("build_config", "compile_config"):
        getter = getattr(obj, f"get_{key}", None)
        extra = getter() if getter else None
        if extra is not None:
            form[key] = extra
    if hasattr(obj, "save_own_variables"):
        sharing.note(obj, form)
    return form


def _describe_function(function) -> dict:
    if not callable(function) or not hasattr(function, "__name__"):
        raise TypeError(
            f"Cannot serialize {checks.show(function)}: it has no get_config method. "
            "Write one that returns its constructor's arguments."
        )
    return {
        "module": "builtins",
        "class_name": "function",
        "config": name_of(function),
        "registered_name": "function",
    }


def _user_module(cls: type) -> str | None:
    return None if cls.__module__ == "__main__" else cls.__module__


@contextmanager
def _explained(cls: type, config):
    """Adds to a constructor's TypeError which class and config it was."""
    try:
        yield
    except TypeError as error:
        raise TypeError(
            f"{cls.__name__} could not be made from its config: {error}. The config "
            f"was {checks.show(config)}."
        ) from error


def revive(cls, config: dict, custom_objects: dict | None = None):
    """Makes an object of a class from its config form, built and compiled as saved."""
    inner = config.get("config")
    if not isinstance(cls, type) or inner is None:
        return cls
    known = sharing.find(config)
    if type(known) is cls:
        return known
    if not hasattr(cls, "from_config"):
        raise TypeError(
            f"{cls.__name__} cannot be made from a config: it has no from_config "
            "method. Give the class get_config and from_config."
        )
    with custom_object_scope(custom_objects), _explained(cls, inner):
        obj = cls.from_config(inner)
        if config.get("build_config") and not getattr(obj, "built", False):
            obj.build_from_config(config["build_config"])
        if config.get("compile_config"):
            obj.compile_from_config(config["compile_config"])
    sharing.keep(config, obj)
    return obj
