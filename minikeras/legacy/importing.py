"""Old modules: `minikeras.layers.core` and its like lead to what is today."""

import importlib
import importlib.machinery
import types

from . import doors, paths

__all__ = ["find_spec"]

_ROOT = __name__.split(".")[0]


def find_spec(name: str):
    """Returns the spec of an old module, None for any other."""
    if name.partition(".")[2] not in paths.MODULES:
        return None
    return importlib.machinery.ModuleSpec(name, Loader, is_package=True)


class Loader:
    """Makes the modules of `paths.MODULES`, which have no file."""

    @staticmethod
    def create_module(spec):
        """Lets Python make the module."""

    @staticmethod
    def exec_module(module) -> None:
        """Gives the module its attributes, which are looked up when they are read."""
        old = module.__name__.partition(".")[2]
        homes = [f"{_ROOT}.{home}" for home in paths.MODULES[old]]
        module.__doc__ = f"What `keras.{old}` held, where it is today."
        module.__all__ = sorted(set().union(*map(_public, homes)))

        def __getattr__(name: str):
            for home in () if name.startswith("__") else homes:
                value = getattr(importlib.import_module(home), name, doors.MISSING)
                if value is doors.MISSING:
                    value = doors.old_attribute(home, name)
                if value is not doors.MISSING:
                    doors.warn(f"The module {module.__name__} is {home} today.")
                    setattr(module, name, value)
                    return value
            return doors.find_attribute(module.__name__, name)

        module.__getattr__ = __getattr__
        if old == "layers.merge":  # there was a function of this name, too
            module.__class__ = CallableModule


class CallableModule(types.ModuleType):
    """A module that passes calls on to the function of its own name."""

    def __call__(self, *args, **kwargs):
        return doors.old_attribute(*self.__name__.rsplit(".", 1))(*args, **kwargs)


def _public(home: str) -> list[str]:
    return getattr(importlib.import_module(home), "__all__", [])
