"""Values and objects as JSON, in the form that Keras 3 writes and reads.

`serialize_keras_object` turns anything that a config may hold into plain lists, dicts,
strings and numbers; `deserialize_keras_object` turns it back. Objects become
`{"module", "class_name", "config", "registered_name"}`; values that JSON lacks become
`{"class_name": "__slice__", "config": ...}` and the like. Classes and functions are
found by name (registry.py) and never imported because a file says so.

Types of higher floors (tensors) join with `add_handler`.
"""

import builtins
import codecs
import marshal
import threading
import types
import warnings
from collections.abc import Callable

import numpy as np

from .. import config as settings
from . import checks, registry
from .custom_objects import visible_custom_objects

__all__ = [
    "add_handler",
    "config_value",
    "deserialize_keras_object",
    "dump_code",
    "in_safe_mode",
    "load_code",
    "refuse_code",
    "safe_mode_scope",
    "serialize_keras_object",
]

_PLAIN = (str, int, float, bool, type(None))
_encoders: list[tuple[Callable, Callable, str]] = []  # (applies, encode, tag)
_decoders: dict[str, Callable] = {}  # "__tensor__" -> decode


def add_handler(kind, encode: Callable, tag: str, decode: Callable) -> None:
    """Teaches both directions a type of value.

    Args:
        kind: A type, or a predicate on values.
        encode: Value -> JSON-like config dict.
        tag: The `class_name` in files, such as `"__tensor__"`.
        decode: Config dict -> value.
    """
    applies = _isinstance_of(kind) if isinstance(kind, (type, tuple)) else kind
    _encoders.append((applies, encode, tag))
    _decoders[tag] = decode


def _isinstance_of(kind) -> Callable:
    return lambda value: isinstance(value, kind)


# ------------------------------------------------------------------- safe mode

_local = threading.local()


class safe_mode_scope:
    """Sets, inside a `with` block, whether code stored in files is refused."""

    def __init__(self, safe_mode: bool):
        self.safe_mode = safe_mode

    def __enter__(self):
        self.before = getattr(_local, "safe_mode", None)
        _local.safe_mode = self.safe_mode

    def __exit__(self, *exc_info):
        _local.safe_mode = self.before


def in_safe_mode(safe_mode: bool | None = None) -> bool:
    """Tells whether stored code is refused: the scope decides, then the argument."""
    if settings.is_unsafe_deserialization_enabled():
        return False
    scoped = getattr(_local, "safe_mode", None)
    chosen = scoped if scoped is not None else safe_mode
    return True if chosen is None else chosen


# -------------------------------------------------------------------- encoding


def serialize_keras_object(obj):
    """Returns the JSON-like form of a value, object, function or structure of them.

    >>> serialize_keras_object({"shape": (2, None), "step": slice(1, 5)})["step"]
    {'class_name': '__slice__', 'config': {'start': 1, 'stop': 5, 'step': None}}
    """
    if isinstance(obj, _PLAIN):
        return obj
    if isinstance(obj, (list, tuple)):
        items = [serialize_keras_object(item) for item in obj]
        return items if isinstance(obj, list) else tuple(items)
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    for applies, encode, tag in _encoders:
        if applies(obj):
            return {"class_name": tag, "config": encode(obj)}
    if isinstance(obj, (np.generic, np.dtype)):
        return obj.name if isinstance(obj, np.dtype) else obj.item()
    if isinstance(obj, type):
        return _describe_type(obj)
    return registry.describe(obj)


def config_value(value):
    """Returns a constructor argument as configs hold it.

    As `serialize_keras_object`, but a tuple becomes a list and a named function is
    its name alone (`"relu"`), as Keras writes activations.
    """
    if isinstance(value, (list, tuple)):
        return [config_value(item) for item in value]
    if _is_named_function(value):
        return registry.name_of(value)
    return serialize_keras_object(value)


def _is_named_function(value) -> bool:
    """Tells functions, ops too, from lambdas and from objects that have a config."""
    is_function = callable(value) and not isinstance(value, type)
    return (
        is_function
        and not hasattr(value, "get_config")
        and getattr(value, "__name__", "<lambda>") != "<lambda>"
    )


def _describe_type(obj: type) -> dict:
    is_scalar = obj in (int, float, bool, str) or issubclass(obj, np.generic)
    if not is_scalar:
        raise TypeError(
            f"Cannot serialize the class {obj.__name__}: give an object, such as "
            f"{obj.__name__}(...)."
        )
    return {
        "module": "builtins",
        "class_name": "type",
        "config": obj.__name__,
        "registered_name": "type",
    }


def _find_scalar_type(name: str) -> type:
    table = {"int": int, "float": float, "bool": bool, "str": str}
    found = table.get(name) or getattr(np, str(name), None)
    if found in table.values() or _is_subclass(found, np.generic):
        return found
    raise ValueError(f"Unknown scalar type {name!r}. Give a name such as 'float32'.")


def _is_subclass(found, base: type) -> bool:
    return isinstance(found, type) and issubclass(found, base)


# -------------------------------------------------------------------- decoding


def deserialize_keras_object(
    config, custom_objects: dict | None = None, safe_mode: bool = True, **kwargs
):
    """Makes the value or object of a form that `serialize_keras_object` returned.

    Args:
        config: The form.
        custom_objects: Name -> class or function of your own, asked first.
        safe_mode: False lets Python code in the form (a lambda) run.
        **kwargs: `module_objects`, one more table of names, asked last.
    """
    module_objects = kwargs.pop("module_objects", None) or {}
    if kwargs:
        raise TypeError(
            f"deserialize_keras_object got unexpected arguments {sorted(kwargs)}. "
            "It takes custom_objects, safe_mode and module_objects."
        )
    known = {**module_objects, **(custom_objects or {})}
    with registry.custom_object_scope(known):
        return _decode(config, safe_mode, module_objects)


def _decode(config, safe_mode: bool, names: dict):
    if isinstance(config, str):
        return registry.get_registered_object(config, None, names) or config
    if isinstance(config, _PLAIN):
        return config
    if isinstance(config, (list, tuple)):
        return type(config)(_decode(item, safe_mode, names) for item in config)
    if not isinstance(config, dict):
        raise TypeError(f"Cannot deserialize {checks.show(config)}.")
    if not isinstance(config.get("class_name"), str) or "config" not in config:
        return {key: _decode(value, safe_mode, names) for key, value in config.items()}
    return _decode_object(config, safe_mode)


def _decode_object(config: dict, safe_mode: bool):
    tag, inner = config["class_name"], config["config"]
    if tag == "__lambda__":
        refuse_code(safe_mode)
        return load_code(inner)
    if tag in _decoders:
        return _decoders[tag](inner)
    if tag == "function":
        return registry.find_function(inner)
    if tag == "type" and config.get("module") == "builtins":
        return _find_scalar_type(inner)
    with safe_mode_scope(in_safe_mode(safe_mode)):
        return registry.revive(registry.find_type(config), config)


# ---------------------------------------------------- values that JSON lacks


def _encode_bytes(value: bytes) -> dict:
    return {"value": value.decode("utf-8", "surrogateescape")}


def _decode_bytes(config: dict) -> bytes:
    return config["value"].encode("utf-8", "surrogateescape")


def _encode_slice(value: slice) -> dict:
    return {
        name: serialize_keras_object(getattr(value, name))
        for name in ("start", "stop", "step")
    }


def _decode_slice(config: dict) -> slice:
    parts = [config.get(name) for name in ("start", "stop", "step")]
    return slice(*(_decode(part, True, {}) for part in parts))


def _encode_array(value: np.ndarray) -> dict:
    return {"value": value.tolist(), "dtype": value.dtype.name}


def _decode_array(config: dict) -> np.ndarray:
    return np.array(config["value"], dtype=config.get("dtype"))


def _is_lambda(value) -> bool:
    return isinstance(value, types.FunctionType) and value.__name__ == "<lambda>"


def _encode_lambda(function: types.FunctionType) -> dict:
    warnings.warn(
        "A lambda is being saved as Python bytecode: it can be loaded only with "
        "safe_mode=False and on this version of Python. Use a named function and "
        "@keras.saving.register_keras_serializable() instead.",
        UserWarning,
        stacklevel=4,
    )
    return {"value": list(dump_code(function).values())}


def dump_code(function: types.FunctionType) -> dict:
    """Returns a function's bytecode, defaults and closure, as Lambda layers do."""
    code = codecs.encode(marshal.dumps(function.__code__), "base64").decode("ascii")
    cells = function.__closure__
    closure = tuple(cell.cell_contents for cell in cells) if cells else None
    return {"code": code, "defaults": function.__defaults__, "closure": closure}


def load_code(config: dict) -> types.FunctionType:
    """Makes the function of stored bytecode. It can do anything: ask safe mode first.

    Names that the code does not define itself are looked up in the custom objects.
    """
    parts = config.get("value") or (
        config["code"],
        config["defaults"],
        config["closure"],
    )
    text, defaults, closure = parts
    code = None if config.get("is_foreign") else _unmarshalled(text)
    if not isinstance(code, types.CodeType):
        raise ValueError(
            "The file contains a function as bytecode of another version of Python, "
            "which this one cannot run."
        )
    names = {"__builtins__": builtins, **visible_custom_objects()}
    defaults = tuple(defaults) if defaults else None
    cells = tuple(types.CellType(value) for value in closure) if closure else None
    return types.FunctionType(code, names, code.co_name, defaults, cells)


def _unmarshalled(text: str):
    """The code object in a text, None if this version of Python cannot read it."""
    try:
        return marshal.loads(codecs.decode(text.encode("ascii"), "base64"))
    except (ValueError, EOFError, TypeError):
        return None


def refuse_code(safe_mode: bool | None = None) -> None:
    """Raises ValueError in safe mode: to be called before `load_code`."""
    if in_safe_mode(safe_mode):
        raise ValueError(
            "The file contains a lambda, which is Python code that would run on this "
            "machine. If you trust who wrote it, load it with safe_mode=False."
        )


def _never(config):
    raise ValueError("A lambda is read by load_code, behind the safe mode check.")


add_handler(bytes, _encode_bytes, "__bytes__", _decode_bytes)
add_handler(slice, _encode_slice, "__slice__", _decode_slice)
add_handler(types.EllipsisType, lambda _: {}, "__ellipsis__", lambda _: Ellipsis)
add_handler(np.ndarray, _encode_array, "__numpy__", _decode_array)
add_handler(_is_lambda, _encode_lambda, "__lambda__", _never)
