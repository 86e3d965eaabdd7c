"""The source of functions that a program calls as a whole, taken from their files.

A kernel that is one call of the program is shown as it is written, and so is all of
ours that it calls. Decorators and annotations go; `softmax.kernel(x)` becomes
`softmax(x)`; tables of a module become literals.
"""

import ast
import functools
import re
import types
from collections.abc import Sequence

import numpy as np

from .. import config
from ..utils import blas, parallel, workspace
from ..utils.lazy import LazyModule
from .primitive import PRIMITIVES, Primitive
from .random import SeedGenerator, draw_seed

__all__ = ["Helpers", "NotShown"]

inspect = LazyModule("inspect")
textwrap = LazyModule("textwrap")

PACKAGE = __name__.partition(".")[0]
STANDARD = ("importlib", "itertools", "math", "operator")


class NotShown(ValueError):
    """A function has no text that could stand in a script of its own."""


# In place of our own: without threads, and with the state of a seed as an array.
STAND_INS = {
    draw_seed: '''
def draw_seed(state=None):
    """Returns the key of the next draw and moves on, as minikeras's does."""
    if isinstance(state, int):
        return np.array([state, 0], "uint32")
    key = (global_seed if state is None else state).copy()
    if state is None:
        global_seed[...] = (key + np.uint32(1)) * np.uint32(5387) % np.uint32(933199)
    else:
        state[1] += 1
    return key
''',
    parallel.run_all: '''
def run_all(jobs):
    """Calls every job; in minikeras, several threads do."""
    for job in jobs:
        job()
''',
    parallel.alongside: '''
class alongside:
    """Calls jobs at the end of a `with` block; in minikeras, other threads do."""

    def __init__(self, jobs):
        self.jobs = jobs

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for job in self.jobs:
            job()
''',
    blas.single_threaded: '''
class single_threaded:
    """Does nothing; in minikeras, BLAS works with one thread in such a block."""

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        return None
''',
    workspace.borrow.__wrapped__: '''
class borrow:
    """An array to work with; in minikeras, its memory is used again and again."""

    def __init__(self, shape, dtype):
        self.array = np.empty(shape, dtype)

    def __enter__(self):
        return self.array

    def __exit__(self, *failure):
        return None
''',
    functools.partial: '''
def partial(function, *args, **options):
    """Returns the function with its first arguments given."""
    return lambda *more: function(*args, *more, **options)
''',
    Sequence: "Sequence = (list, tuple, range)",
    parallel.num_threads: '''
def num_threads():
    """Returns 1: here, one thread does it all."""
    return 1
''',
}


class Helpers:
    """Collects functions and what they need, and writes them down.

    Args:
        functions: Name in the program -> function or other object.
        names: The `Names` of the program.

    Attributes:
        needs: Names that the functions expect from elsewhere.
    """

    def __init__(self, functions: dict, names):
        self.names = names
        self.needs: set[str] = set()
        self._modules: set[str] = set()
        self._built_ins: set[str] = set()
        self._known: dict[int, str] = {}
        self._alive: list = []
        self._texts: list[list[str]] = []
        for name, function in functions.items():
            if not isinstance(function, SeedGenerator):
                self._known[id(function)] = name
        for name, function in functions.items():
            if not isinstance(function, SeedGenerator):
                self._write(name, function)
        self._settle_built_ins()

    def _settle_built_ins(self) -> None:
        """Python's own functions lose their module where nothing of ours hides them."""
        hidden = self._built_ins & set(self._known.values())
        self._modules |= {"builtins"} if hidden else set()
        for name in self._built_ins - hidden:
            self._texts = [
                [re.sub(rf"\bbuiltins\.{name}\b", name, line) for line in text]
                for text in self._texts
            ]

    def imports(self) -> list[str]:
        """The lines that import what is needed."""
        return [
            *(f"import {name}" for name in sorted(self._modules)),
            "import numpy as np",
        ]

    def lines(self) -> list[str]:
        """Tables and functions, those first that others need."""
        return [line for text in self._texts for line in ["", "", *text]]

    def _name_of(self, x, wish: str) -> str:
        """The name of an object in the text; writes it down if it is new."""
        if isinstance(x, Primitive):
            x = x.kernel
        if id(x) not in self._known:
            hidden = "_" if wish.startswith("_") else ""
            self._known[id(x)] = name = hidden + self.names.free(wish)
            self._alive.append(x)
            self._write(name, x)
        return self._known[id(x)]

    def _write(self, name: str, x) -> None:
        x = inspect.unwrap(x) if callable(x) else x
        if isinstance(x, types.MethodType):
            self._write_source(name, x.__func__, owner=x.__self__)
            return
        is_plain = isinstance(x, (types.FunctionType, type))
        stand_in = STAND_INS.get(x) if is_plain else None
        if x in (config.floatx, config.epsilon):
            stand_in = f'def {name}():\n    """As in minikeras."""\n    return {x()!r}'
        if stand_in is not None:
            if "global_seed" in stand_in:
                self.needs.add("global_seed")
            old = getattr(x, "__name__", name)
            stand_in = re.sub(
                rf"^(def|class) {old}\b", rf"\1 {name}", stand_in.strip("\n")
            )
            self._texts.append(re.sub(rf"^{old} =", f"{name} =", stand_in).split("\n"))
        elif is_plain:
            self._write_source(name, x)
        else:
            self._texts.append([f"{name} = {self._literal(x, name)}"])

    def _write_source(self, name: str, function, owner=None) -> None:
        function = inspect.unwrap(function)
        try:
            text = textwrap.dedent(inspect.getsource(function))
            (node,) = ast.parse(text).body
        except (OSError, TypeError, ValueError, SyntaxError) as error:
            raise NotShown(f"{name} has no text of its own ({error})") from error
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            raise NotShown(f"{name} is not a plain function")
        node.name = name
        if owner is not None:
            self._bind(node, owner)
        node = Rewriter(self, function).visit(_bare(node))
        self._texts.append(ast.unparse(ast.fix_missing_locations(node)).split("\n"))

    def _bind(self, node, owner) -> None:
        """Turns a method into a function: what it reads of its owner is written out."""
        node.args.args.pop(0)
        read = {
            part.attr
            for part in ast.walk(node)
            if isinstance(part, ast.Attribute)
            and getattr(part.value, "id", "") == "self"
        }
        kept = {name: getattr(owner, name) for name in sorted({"name", *read})}
        literal = self._literal(kept, type(owner).__name__)
        made = ast.parse(f'self = type("{type(owner).__name__}", (), {literal})()').body
        start = 1 if ast.get_docstring(node) else 0
        node.body[start:start] = made

    def _literal(self, x, name: str) -> str:
        if isinstance(x, np.ndarray):
            return f'np.array({x.tolist()}, "{x.dtype.name}")'
        if isinstance(x, np.dtype):
            return f'np.dtype("{x.name}")'
        if isinstance(x, np.generic):
            return f"np.{x.dtype.name}({x.item()!r})"
        if isinstance(x, dict):
            pairs = (f"{self._literal(k, name)}: {self._literal(v, name)}"
                     for k, v in x.items())  # fmt: skip
            return f"{{{', '.join(pairs)}}}"
        if isinstance(x, (list, tuple, set, frozenset)):
            inner = ", ".join(self._literal(item, name) for item in x)
            return f"{type(x).__name__}([{inner}])"
        if isinstance(x, (bool, int, str, bytes, type(None), type(...))):
            return repr(x)
        if isinstance(x, float):
            return repr(x) if np.isfinite(x) else f'float("{x}")'
        if isinstance(x, np.ufunc) or getattr(x, "__module__", "") == "numpy":
            return f"np.{x.__name__}"
        if isinstance(x, (Primitive, types.FunctionType)):
            return self._name_of(x, x.__name__)
        if type(x).__name__ == "_local":  # workspace of each thread
            return 'type("Workspace", (), {})()'
        raise NotShown(f"{name} is a {type(x).__name__}")

    def built_in(self, name: str):
        """Python's own function of this name, where a primitive may have it too."""
        self._built_ins.add(name)
        return ast.Attribute(ast.Name("builtins", ast.Load()), name, ast.Load())

    def resolve(self, x, wish: str) -> str:
        """What stands in the text for an object that a function names."""
        if x is np:
            return "np"
        if isinstance(x, types.ModuleType) and x.__name__ in STANDARD:
            self._modules.add(x.__name__)
            return x.__name__
        module = str(getattr(x, "__module__", None))
        if module in STANDARD and hasattr(x, "__name__"):
            self._modules.add(module)
            return f"{module}.{x.__name__}"
        if module == "numpy" and getattr(np, getattr(x, "__name__", ""), None) is x:
            return f"np.{x.__name__}"
        return self._name_of(x, wish)


def _bare(node):
    """A definition without decorators and annotations, its docstring one line."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef):
            inner.decorator_list = [
                d for d in inner.decorator_list
                if getattr(d, "id", "") in ("property", "staticmethod", "classmethod")
            ]  # fmt: skip
            inner.returns = None
        if isinstance(inner, ast.arg):
            inner.annotation = None
        if isinstance(inner, (ast.FunctionDef, ast.ClassDef)):
            text = ast.get_docstring(inner)
            if text:
                inner.body[0].value = ast.Constant(text.partition("\n")[0])
    return node


class Rewriter(ast.NodeTransformer):
    """Puts the names of the text in the place of those of the function's module."""

    def __init__(self, helpers: Helpers, function):
        self.helpers = helpers
        self.function = function
        closure = inspect.getclosurevars(function) if _has_code(function) else None
        self.outer = dict(closure.nonlocals) if closure else {}
        module = inspect.getmodule(function)
        self.globals = getattr(function, "__globals__", vars(module))
        self.locals: set[str] = set()

    def visit_FunctionDef(self, node):
        """Notes what is local to a function."""
        before = set(self.locals)
        self.locals |= {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
        self.locals |= {
            x.id
            for x in ast.walk(node)
            if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)
        }
        self.locals |= {
            x.name
            for x in ast.walk(node)
            if isinstance(x, ast.FunctionDef) and x is not node
        }
        node = self.generic_visit(node)
        self.locals = before
        return node

    def visit_AnnAssign(self, node):
        """An annotated assignment becomes a plain one."""
        node = self.generic_visit(node)
        if node.value is None:
            return None
        return ast.copy_location(ast.Assign([node.target], node.value), node)

    def visit_Expr(self, node):
        """A script does not warn: what it does, minikeras did before."""
        if ast.unparse(node).startswith("warnings.warn("):
            return ast.Pass()
        return self.generic_visit(node)

    def visit_Name(self, node):
        """A name of the module becomes one of the text."""
        if isinstance(node.ctx, ast.Store) or node.id in self.locals:
            return node
        found = self._find(node.id)
        if found is not MISSING:
            node.id = self.helpers.resolve(found, node.id)
        elif node.id in PRIMITIVES:  # Python's own max: in the text, ours may stand
            return self.helpers.built_in(node.id)
        return node

    def visit_Attribute(self, node):
        """`module.function` becomes `function`, `primitive.kernel` a function."""
        found = self._value(node)
        if found is MISSING or not _is_ours(self._value(node.value)):
            return self.generic_visit(node)
        owner = _last(node.value)
        wish = owner if node.attr == "kernel" else f"{owner}_{node.attr}"
        return ast.Name(self.helpers.resolve(found, wish), ast.Load())

    def _find(self, name: str):
        if name in self.outer:
            return self.outer[name]
        return self.globals.get(name, MISSING)

    def _value(self, node):
        """What `a.b.c` stands for, as far as it is ours."""
        if isinstance(node, ast.Name):
            return MISSING if node.id in self.locals else self._find(node.id)
        if isinstance(node, ast.Attribute):
            owner = self._value(node.value)
            return getattr(owner, node.attr, MISSING) if _is_ours(owner) else MISSING
        return MISSING


MISSING = object()


def _has_code(function) -> bool:
    return isinstance(function, types.FunctionType)


def _is_ours(x) -> bool:
    """Whether an object is a module of ours, or a primitive."""
    if isinstance(x, types.ModuleType):
        return x.__name__.partition(".")[0] == PACKAGE
    return isinstance(x, Primitive)


def _last(node) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id
