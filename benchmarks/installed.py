"""Which packages an interpreter has, and how much disk they take with their needs.

    python -m benchmarks.installed keras jax

imports them and prints their versions and bytes as JSON; it fails where one is missing.
Compiled copies (`__pycache__`) do not count: they come with use.
"""

import importlib
import importlib.metadata
import json
import pathlib
import platform
import re
import sys

SOURCE_NEEDS = ("numpy", "h5py", "tqdm")  # of minikeras, run from its repository


def main(modules: list[str]) -> dict:
    """Imports the modules; returns their versions and their size."""
    versions = {name: importlib.import_module(name).__version__ for name in modules}
    return {"versions": versions | python_version(), "bytes": total_bytes(modules)}


def python_version() -> dict[str, str]:
    """Returns Python's version as if it were a module's."""
    return {"Python": platform.python_version()}


def total_bytes(modules: list[str]) -> int:
    """Returns the bytes of the modules' distributions and all that these require."""
    owners, roots, size = importlib.metadata.packages_distributions(), [], 0
    for module in modules:
        folder = pathlib.Path(sys.modules[module].__file__).parent
        if (folder.parent / "pyproject.toml").exists():
            size += folder_bytes(folder)
            roots += SOURCE_NEEDS
        else:
            roots += owners[module]
    return size + sum(distribution_bytes(each) for each in closure(roots))


def closure(roots: list[str]) -> list[importlib.metadata.Distribution]:
    """Returns the installed distributions that the roots need, themselves included."""
    found, waiting = {}, list(roots)
    while waiting:
        name = canonical(waiting.pop())
        if name in found:
            continue
        try:
            found[name] = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system, or another Python
        waiting += required(found[name])
    return list(found.values())


def required(distribution: importlib.metadata.Distribution) -> list[str]:
    """Returns the names that a distribution requires, its extras left out."""
    lines = [line for line in distribution.requires or [] if "extra ==" not in line]
    return [re.match(r"[\w.-]+", line).group() for line in lines]


def canonical(name: str) -> str:
    """Returns the one spelling of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distribution_bytes(distribution: importlib.metadata.Distribution) -> int:
    """Returns the bytes of the files that a distribution lists."""
    paths = [file.locate() for file in distribution.files or [] if is_counted(file)]
    return sum(path.stat().st_size for path in paths if path.is_file())


def folder_bytes(folder: pathlib.Path) -> int:
    """Returns the bytes of the files in a folder."""
    paths = [path for path in folder.rglob("*") if is_counted(path)]
    return sum(path.stat().st_size for path in paths if path.is_file())


def is_counted(path: pathlib.PurePath) -> bool:
    """Whether a file came with the installation."""
    return "__pycache__" not in path.parts


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
