"""The shape of the house: floors, sizes, and names that are what they say.

A module imports only from its own floor or a lower one, at the top of the file. The
budgets keep files and functions short enough to be read.
"""

import ast
import importlib
import pathlib
import re
import statistics
import subprocess
import sys

import pytest

import minikeras

ROOT = pathlib.Path(minikeras.__file__).parent
FLOORS = {
    0: ["utils", "config", "version", "tree", "legacy"],
    1: ["tensor"],
    2: ["ops"],
    3: [
        "activations",
        "constraints",
        "dtype_policies",
        "initializers",
        "losses",
        "metrics",
        "mixed_precision",
        "optimizers",
        "random",
        "regularizers",
    ],
    4: ["layers"],
    5: ["callbacks", "explain", "saving"],
    6: ["models", "training"],
    7: [
        "__main__",
        "applications",
        "backend",
        "datasets",
        "porting",
        "preprocessing",
        "runner",
        "wrappers",
    ],
}
FLOOR_OF = {name: floor for floor, names in FLOORS.items() for name in names}
FILES = sorted(ROOT.rglob("*.py"))
SLOW_TO_LOAD = {"h5py", "tqdm", "matplotlib", "pandas", "PIL", "urllib", "zipfile"}


def module_name(path: pathlib.Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree_of(path: pathlib.Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: pathlib.Path):
    """Yields (line, dotted name) for everything that a file imports."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join(base + ([node.module] if node.module else []))
            yield from ((node.lineno, f"{stem}.{a.name}") for a in node.names)


def functions(path: pathlib.Path):
    """Yields (name, number of body lines without the docstring) of all functions."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            size = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            yield f"{path.name}:{node.lineno} {node.name}", size


def test_modules_import_only_from_their_own_floor_or_below():
    wrong = []
    for path in FILES:
        parts = module_name(path).split(".")
        if len(parts) == 1:
            continue  # the public face is a lazy table
        for line, name in imported(path):
            target = name.split(".")
            if target[0] != "minikeras" or len(target) < 2:
                continue
            if FLOOR_OF.get(target[1], 0) > FLOOR_OF[parts[1]]:
                wrong.append(f"{path.name}:{line} imports {name}")
    assert wrong == []


def test_every_module_is_on_a_floor():
    top = {module_name(path).split(".")[1] for path in FILES if path.parent != ROOT}
    top |= {path.stem for path in ROOT.glob("*.py")} - {"__init__", "__main__"}
    assert top <= set(FLOOR_OF)


def test_imports_stand_at_the_top_of_the_file():
    inner = [
        f"{path.name}:{node.lineno}"
        for path in FILES
        for function in ast.walk(tree_of(path))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert inner == []


def test_modules_that_are_slow_to_load_are_loaded_lazily():
    eager = [
        f"{path.name}:{line} imports {name}"
        for path in FILES
        for line, name in imported(path)
        if name.split(".")[0] in SLOW_TO_LOAD
    ]
    assert eager == []


def loaded_after(statement: str) -> set:
    """The slow modules that a new process has loaded after a statement."""
    code = f"import sys; {statement}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return SLOW_TO_LOAD & set(done.stdout.split())


def test_importing_the_package_loads_nothing_slow():
    with_minikeras = loaded_after("import minikeras as keras; keras.Sequential")
    assert with_minikeras == loaded_after("import numpy")


def test_files_and_functions_are_short():
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert [path.name for path, n in lengths.items() if n > 500] == []
    assert sum(lengths.values()) < 75_000
    sizes = [size for path in FILES for _, size in functions(path)]
    assert statistics.median(sizes) < 8
    assert statistics.quantiles(sizes, n=10)[-1] <= 30


def test_no_function_is_a_stub():
    empty = [
        f"{path.name}:{node.lineno} {node.name}"
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef)
        and any(
            isinstance(line, ast.Raise) and "NotImplementedError" in ast.dump(line)
            for line in node.body
        )
    ]
    assert empty == []


def reading_order(name: str) -> tuple:
    """CONSTANTS, then Classes, then functions: as isort and ruff sort names."""
    rank = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return rank, [int(x) if x.isdigit() else x for x in re.split(r"(\d+)", name)]


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_public_names_exist_and_are_sorted(path):
    module = importlib.import_module(module_name(path))
    names = list(getattr(module, "__all__", ()))
    assert [name for name in names if not hasattr(module, name)] == []
    written = [
        ast.literal_eval(node.value)
        for node in tree_of(path).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.List)
        and [getattr(target, "id", None) for target in node.targets] == ["__all__"]
    ]
    assert all(names == sorted(names, key=reading_order) for names in written)
    if not hasattr(module, "__getattr__"):
        assert set(names) <= set(vars(module))


def test_every_package_has_a_short_readme():
    packages = [path.parent for path in FILES if path.name == "__init__.py"]
    for package in packages:
        if package == ROOT:
            continue
        text = (package / "README.md").read_text("utf-8")
        assert len(text.splitlines()) <= 60, package.name
