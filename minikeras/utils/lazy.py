"""Load late: modules that are slow to import, and packages of many files.

`import minikeras` must stay near the time of `import numpy`. Two helpers do that:
`LazyModule` stands in for a third-party module until its first attribute is read, and
`attach` turns a package into a table from public names to the files that define them.
"""

import importlib
import sys
from collections.abc import Callable

__all__ = ["LazyModule", "attach"]


class LazyModule:
    """Stands for a module; imports it when an attribute is first read.

    Args:
        name: Dotted name of the module, for example `"h5py"`.
        extra: Name of the optional extra of minikeras that installs it, if any.

    >>> json = LazyModule("json")
    >>> json.dumps([1])
    '[1]'
    """

    def __init__(self, name: str, extra: str | None = None):
        self._name = name
        self._extra = extra

    def __getattr__(self, attribute: str):
        if attribute == "__wrapped__":  # `inspect` looks for it everywhere
            raise AttributeError(attribute)
        return getattr(self._load(), attribute)

    def _load(self):
        try:
            return importlib.import_module(self._name)
        except ImportError as error:
            package = f"minikeras[{self._extra}]" if self._extra else self._name
            raise ImportError(
                f"{self._name} is needed here and could not be imported ({error}). "
                f"Install it: python -m pip install '{package}'"
            ) from error

    def __repr__(self) -> str:
        return f"<lazy module {self._name}>"


_ROOT = __name__.split(".")[0]
doors = LazyModule(f"{_ROOT}.legacy.doors")  # asked on a miss
old_modules = LazyModule(f"{_ROOT}.legacy.importing")


class OldModules:
    """Finds the modules of earlier Keras; Python asks it last of all finders."""

    @staticmethod
    def find_spec(name: str, path=None, target=None):
        """Returns what Python imports a module by, or None if it never was one."""
        return old_modules.find_spec(name) if name.startswith(f"{_ROOT}.") else None


if OldModules not in sys.meta_path:
    sys.meta_path.append(OldModules)


def attach(
    package: str,
    table: dict[str, list[str]],
    submodules: tuple[str, ...] = (),
    home: str | None = None,
) -> tuple[Callable, Callable, list[str]]:
    """Makes `__getattr__`, `__dir__` and `__all__` for a lazy package.

    Args:
        package: The package's own `__name__`.
        table: Submodule (dotted, relative to the package) -> public names it defines.
        submodules: Submodules that are public themselves.
        home: The module that publishes the names, if not the package itself.

    >>> __getattr__, __dir__, __all__ = attach("json", {"decoder": ["JSONDecoder"]})
    >>> __getattr__("JSONDecoder").__name__
    'JSONDecoder'
    """
    origin = {name: module for module, names in table.items() for name in names}
    public, home = sorted({*origin, *submodules}), home or package

    def __getattr__(name: str):
        if name in submodules:
            return importlib.import_module(f"{package}.{name}")
        if name not in origin:
            return doors.find_attribute(home, name)
        value = getattr(importlib.import_module(f"{package}.{origin[name]}"), name)
        setattr(sys.modules[home], name, value)
        return value

    def __dir__() -> list[str]:
        return sorted({*vars(sys.modules[home]), *public})

    return __getattr__, __dir__, public
