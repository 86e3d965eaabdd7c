"""Runs scripts and notebooks as they are: their `keras` is minikeras.

`import keras`, `from tensorflow import keras` and `tf.keras` find this package,
whatever else is installed. Anything else that is asked of `tensorflow` fails with a
message that says what is missing.
"""

import contextlib
import importlib
import importlib.machinery
import json
import os
import pathlib
import re
import runpy
import sys
import types

from .utils.lazy import LazyModule

__all__ = ["keras_is_minikeras", "run_file", "run_module", "run_notebook"]

_ROOT = __package__
_NAMES = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")
ast = LazyModule("ast")

# What TensorFlow calls objects that are Keras's own here.
_OF_TENSORFLOW = ("GradientTape", "Variable", "function")


class Names:
    """Finds minikeras and its modules under the names of Keras."""

    @staticmethod
    def find_spec(name: str, path=None, target=None):
        """Returns a spec that leads to a module of ours; None for other names."""
        if name in ("tensorflow", "tensorflow.python", "tensorflow.random"):
            return importlib.machinery.ModuleSpec(name, TensorFlow, is_package=True)
        if name.startswith("tensorflow.") and not name.startswith(_NAMES):
            raise ModuleNotFoundError(_missing(name), name=name)
        ours = _ours(name)
        if ours is None:
            return None
        return importlib.machinery.ModuleSpec(name, Twin(ours), is_package=True)


class Twin:
    """Loads one of our modules under another name."""

    def __init__(self, name: str):
        self.name = name

    def create_module(self, spec):
        """Returns our module itself."""
        self.module = importlib.import_module(self.name)
        self.spec = self.module.__spec__
        return self.module

    def exec_module(self, module) -> None:
        """Gives the module its own spec back: it has run already."""
        module.__spec__ = self.spec


class TensorFlow:
    """Makes a `tensorflow` that has Keras, and says so for everything else."""

    @staticmethod
    def create_module(spec):
        """Lets Python make the module."""

    @staticmethod
    def exec_module(module) -> None:
        """Gives the module its names."""
        name = module.__name__
        if name == "tensorflow.random":
            set_seed = importlib.import_module(f"{_ROOT}.utils").set_random_seed
            module.set_seed = module.set_random_seed = set_seed
        if name == "tensorflow":
            module.__version__ = "2.15.0"

        def __getattr__(wanted: str):
            if name == "tensorflow" and wanted in ("keras", "random", "python"):
                return importlib.import_module(f"tensorflow.{wanted}")
            if name == "tensorflow" and wanted in _OF_TENSORFLOW:
                return getattr(sys.modules[_ROOT], wanted)
            if wanted.startswith("__"):
                raise AttributeError(wanted)
            raise AttributeError(_missing(f"{name}.{wanted}"))

        module.__getattr__ = __getattr__


def _missing(name: str) -> str:
    return (
        f"{name} is not there: this script runs on minikeras, which has Keras and "
        "NumPy, but no TensorFlow. Look for the function in keras.ops or numpy."
    )


def _ours(name: str) -> str | None:
    """Our module for a name of Keras's."""
    for known in _NAMES:
        if name == known or name.startswith(f"{known}."):
            return _ROOT + name[len(known) :]
    return None


@contextlib.contextmanager
def keras_is_minikeras():
    """Context in which `import keras` and `tensorflow.keras` give this package."""
    roots = {name.partition(".")[0] for name in _NAMES}
    before = {
        name: module
        for name, module in sys.modules.items()
        if name.partition(".")[0] in roots
    }
    for name in before:
        del sys.modules[name]
    sys.meta_path.insert(0, Names)
    try:
        yield
    finally:
        sys.meta_path.remove(Names)
        for name in [*sys.modules]:
            if name.partition(".")[0] in roots:
                del sys.modules[name]
        sys.modules.update(before)


@contextlib.contextmanager
def _as_program(path: str, arguments: list[str]):
    """Context with `sys.argv` and `sys.path` as a script of its own finds them."""
    argv, first = sys.argv, sys.path[0]
    sys.argv = [path, *arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(path)) if path else os.getcwd()
    try:
        yield
    finally:
        sys.argv, sys.path[0] = argv, first


def run_file(path: str, arguments=()) -> dict:
    """Runs a script, or a notebook, with `keras` meaning minikeras.

    Args:
        path: Path of the file, `.py` or `.ipynb`.
        arguments: The words behind it, its `sys.argv[1:]`.

    Returns:
        What its names stand for at the end.
    """
    if not os.path.isfile(path):
        raise FileNotFoundError(
            f"There is no file {path!r} to run. Usage: python -m minikeras lecture.py"
        )
    if path.endswith(".ipynb"):
        return run_notebook(path, arguments)
    with keras_is_minikeras(), _as_program(path, list(arguments)):
        return runpy.run_path(path, run_name="__main__")


def run_module(name: str, arguments=()) -> dict:
    """Runs a module as `python -m` does, with `keras` meaning minikeras."""
    with keras_is_minikeras(), _as_program("", list(arguments)):
        return runpy.run_module(name, run_name="__main__", alter_sys=True)


# ------------------------------------------------------------------------- notebooks

_MAGIC = re.compile(r"^\s*[%!]")


def cells_of(path: str) -> list[str]:
    """Returns the code of a notebook, cell by cell.

    Args:
        path: Path of an `.ipynb` file, in the format of any version of Jupyter.
    """
    try:
        content = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        sheets = content.get("worksheets") or [content]
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        found = [
            cell.get("source", cell.get("input", ""))
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path!r} is no notebook that can be read: {type(error).__name__}: "
            f"{error}. Expected JSON with a list of cells."
        ) from error
    return [x if isinstance(x, str) else "".join(x) for x in found]


def run_notebook(path: str, arguments=()) -> dict:
    """Runs the code cells of a notebook, one after the other.

    Lines for the shell and magics (`!pip install`, `%matplotlib inline`) are left out.
    The last expression of a cell is printed, as a notebook shows it.
    """
    module = types.ModuleType("__main__")
    names = vars(module)
    names["display"] = print
    with keras_is_minikeras(), _as_program(path, list(arguments)):
        main, sys.modules["__main__"] = sys.modules["__main__"], module
        try:
            for number, text in enumerate(cells_of(path), 1):
                _run_cell(text, f"{path}[{number}]", names)
        finally:
            sys.modules["__main__"] = main
    return names


def _run_cell(text: str, place: str, names: dict) -> None:
    if text.lstrip().startswith("%%"):
        return
    kept = [
        re.sub(r"[%!].*", "pass", line) if _MAGIC.match(line) else line
        for line in text.splitlines()
    ]
    tree = ast.parse("\n".join(kept), place)
    last = tree.body[-1] if tree.body else None
    shown = last is not None and isinstance(last, ast.Expr)
    if shown:
        tree.body.pop()
    exec(compile(tree, place, "exec"), names)
    if shown:
        value = eval(compile(ast.Expression(last.value), place, "eval"), names)
        if value is not None and not text.rstrip().endswith(";"):
            print(repr(value))
