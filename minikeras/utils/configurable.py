"""Configs from constructors: an object keeps each argument under the argument's name.

So `get_config` need not be written: the names come from the constructor's signature,
the values from the attributes.
"""

from . import serialization

__all__ = ["argument_names", "arguments"]

_VARIABLE_KEYWORDS = 8  # inspect.CO_VARKEYWORDS


def argument_names(cls: type) -> list[str]:
    """Returns the constructor's argument names, through `**kwargs` to its bases.

    >>> class Base:
    ...     def __init__(self, name=None): ...
    >>> class Derived(Base):
    ...     def __init__(self, units, **kwargs): ...
    >>> argument_names(Derived)
    ['units', 'name']
    """
    names: list[str] = []
    for base in cls.__mro__:
        init = vars(base).get("__init__")
        while hasattr(init, "__wrapped__"):
            init = init.__wrapped__
        code = getattr(init, "__code__", None)
        if code is None:
            continue
        count = code.co_argcount + code.co_kwonlyargcount
        names += [n for n in code.co_varnames[1:count] if n not in names]
        if not code.co_flags & _VARIABLE_KEYWORDS:
            break
    return names


def arguments(obj, skip=(), lenient: bool = False) -> dict:
    """Returns the constructor's arguments of an object, as configs hold them.

    Args:
        obj: The object.
        skip: Names to leave out.
        lenient: Whether arguments that were not kept are left out in silence.

    Raises:
        ValueError: if an argument was not kept as an attribute of its name.
    """
    config = {}
    for name in argument_names(type(obj)):
        if name in skip:
            continue
        if name in vars(obj) or hasattr(type(obj), name):
            config[name] = serialization.config_value(getattr(obj, name))
        elif not lenient:
            owner = type(obj).__name__
            raise ValueError(
                f"{owner}: the argument {name!r} was not kept, so there is no config. "
                f"Set self.{name} = {name} in __init__, or override get_config."
            )
    return config
