"""The program as Python source that a student can read, and as a function.

The source has three parts: the weights and buffers, functions that are no single NumPy
call, and the step. It runs as it stands, with NumPy alone. The plan runs the step of
that very text, on arrays of its own: see `Source.compiled`.
"""

import re
import weakref

import numpy as np

from ..utils.lazy import LazyModule
from .blocks import Blocks
from .calls import (
    INDENT,
    call_lines,
    index_text,
    needs_cast,
    shown_options,
)
from .header import RESERVED, Header
from .headings import with_headings
from .literals import empty
from .names import Names
from .program import Equation, Host, Program, Value
from .random import SeedGenerator

__all__ = ["Source"]

linecache = LazyModule("linecache")

CALLS = ("assign", "call", "out")


class Source(Blocks):
    """Writes a program down.

    Args:
        program: The program, after the passes.
        arenas: Its arenas.
        name: The name of the function.
        inputs: The names of its array arguments.
        title: What it is, for the head of the text.
        fresh: Whether each call makes a new array, so that the number of samples need
            not be known; otherwise calls write to buffers.
        result_names: Names of the results, for a dict; a tuple if None.
        names: The `Names` of a text that has several functions.
    """

    def __init__(
        self, program: Program, arenas, name, inputs, title, fresh=False,
        result_names=None, names=None,
    ):  # fmt: skip
        self.program = program
        self.arenas = arenas
        self.name = name
        self.title = title
        self.fresh = fresh
        self.arguments = inputs if fresh else [f"batch_{x}" for x in inputs]
        self.names = names or Names([name, *RESERVED])
        if not fresh:
            self.arguments = [self.names.free(x) for x in self.arguments]
        self.names.name_inputs(program.inputs, inputs)
        self.numbers: dict[str, tuple] = {}  # name -> number and dtype
        self.functions: dict[str, object] = {}  # name -> function, beside NumPy's
        self.rules: list[str] = []
        self._hosts: dict[int, str] = {}
        self._place = None
        self._result_names = result_names
        self.shared = [e.function for e in program.equations if e.style == "shared"]
        within = [e for one in self.shared for e in one.equations]
        for equation in [*program.equations, *within]:
            if not equation.call.startswith("np.") and equation.style in CALLS:
                self._callee(equation)
        self.names.name_all(program)
        self.loose = program.loose()
        self._there = {id(v.root) for v in program.values() if v.root.array is not None}
        self._there.update(map(id, program.inputs))
        self._there.update(id(v) for a in arenas for c in a.columns for v in c)
        self._there.update(id(v) for a in arenas for v in a.parts)
        self._fixed = set(self._there)
        self.body = self._body()

    # The step -------------------------------------------------------------------------

    def _body(self) -> list[str]:
        lines = [f"def {self.name}({', '.join(self.arguments)}):"]
        lines.append(f'{INDENT}"""{self.title}."""')
        written = [(e, self._lines(e)) for e in self.program.equations]
        steps = self._beginning()
        steps += with_headings(
            [(e, code) for e, code in written if code or e.style == "arena"]
        )
        results = self._results()
        if results:
            steps.append(f"return {results}")
        if any(re.search(r"\bn\b", x) for x in steps if not x.startswith("#")):
            steps.insert(0, f"n = len({self.arguments[0]})")
        return lines + [f"{INDENT}{x}" if x else x for x in steps or ["pass"]]

    def _beginning(self) -> list[str]:
        """The lines that take the arguments in, where there are buffers for them."""
        lines = []
        for v, given in zip(self.program.inputs, self.arguments, strict=True):
            name = self.names.of(v)
            if not self.fresh:
                lines.append(f"if {given} is not {name}: np.copyto({name}, {given})")
            else:
                column = ".reshape(-1, 1)" if v.shape[1:] == (1,) else ""
                made = f'np.ascontiguousarray({name}, "{v.dtype.name}"){column}'
                lines.append(f"{name} = {made}")
        return lines

    def _results(self) -> str:
        if self._result_names:
            named = zip(self._result_names, self.program.results, strict=True)
            pairs = (f'"{key}": {self._result(x)}' for key, x in named)
            return f"{{{', '.join(pairs)}}}"
        made = [self._result(v) for v in self.program.results if type(v) is Value]
        is_one = len(made) == 1 and not self.fresh
        return ", ".join(made) + "," * is_one

    def _result(self, x) -> str:
        """A result; of what the next step would change, a copy."""
        is_kept = type(x) is Value and self.fresh and x.root.array is not None
        return f"{self._constant(x)}.copy()" if is_kept else self._constant(x)

    # Calls ----------------------------------------------------------------------------

    def _lines(self, equation: Equation) -> list[str]:
        self._place = equation.place
        if equation.style == "view" and not self._is_loose(equation.outputs[0]):
            return []
        lines = self._missing(equation) if self.fresh else []
        if equation.style == "arena":
            return [*lines, *self._arena(equation)]
        if equation.style == "shared":
            return self._shared(equation)
        if equation.style == "view":
            made = self.names.of(equation.outputs[0])
            return [*lines, f"{made} = {self._view(equation)}"]
        return lines + self._written_call(equation)

    def _missing(self, equation: Equation) -> list[str]:
        """Lines that make the arrays that a call changes or shows before all others."""
        lines, made = [], {id(v.root) for v in equation.outputs if v.root is v}
        if equation.style == "out" and not self._is_new(equation):
            made.clear()  # some results have their places: all are written to
        for root in dict.fromkeys(v.root for v in equation.touches()):
            if id(root) not in self._there and id(root) not in made:
                lines.append(f"{self.names.of(root)} = {empty(root)}")
            self._there.add(id(root))
        return lines

    def _written_call(self, equation: Equation) -> list[str]:
        call, style = self._callee(equation), equation.style
        arguments = [self._argument(x, equation) for x in equation.args]
        options = [f"{k}={self._constant(v)}" for k, v in shown_options(equation)]
        outputs = [self.names.of(v) for v in equation.outputs]
        is_new = self._is_new(equation)
        if equation.call == "np.copyto" and is_new:
            v = equation.outputs[0]
            same = v.dtype == equation.args[0].dtype
            copied = "copy()" if same else f'astype("{v.dtype.name}")'
            return [f"{outputs[0]} = {arguments[0]}.{copied}"]
        if equation.call == "np.copyto":
            made = equation.target or equation.outputs[0]
            if equation.args and needs_cast(equation.args[0], made.dtype):
                options.append('casting="unsafe"')
            return call_lines(call, [self.names.of(made), *arguments, *options])
        if style == "write":
            outputs = [self.names.of(equation.target)]
        if style in ("out", "write") and not is_new:
            out = outputs[0] if len(outputs) == 1 else f"({', '.join(outputs)})"
            return call_lines(call, [*arguments, *options, f"out={out}"])
        if is_new and self._becomes_a_scalar(equation):
            inner = ", ".join([*arguments, *options])
            return [f"{outputs[0]} = np.asarray({call}({inner}))"]
        result = f"{', '.join(outputs)} = " if outputs else ""
        return call_lines(result + call, [*arguments, *options])

    def _is_new(self, equation: Equation) -> bool:
        """Whether a call returns its result, instead of writing to a given array."""
        is_made = equation.style in ("out", "copy") and bool(equation.outputs)
        return self.fresh and is_made and not any(
            id(v) in self._fixed for v in equation.outputs
        )  # fmt: skip

    def _becomes_a_scalar(self, equation: Equation) -> bool:
        """Whether NumPy would return a scalar where an array is written to later."""
        (v, *_) = equation.outputs
        return v.shape == () and id(v) in self.names.written

    def _is_loose(self, v: Value) -> bool:
        return self.fresh or id(v) in self.loose

    def _callee(self, equation: Equation) -> str:
        if equation.call.startswith("np."):
            return equation.call
        name = self.names.function(equation.function, equation.call)
        self.functions[name] = equation.function
        return name

    def _argument(self, x, equation: Equation) -> str:
        """An argument; a number beside arrays becomes an array, which is faster."""
        is_number = type(x) in (int, float) and type(equation.function) is np.ufunc
        dtypes = {v.dtype for v in equation.reads()}
        if is_number and len(dtypes) == 1 and not self.fresh:
            (dtype,) = dtypes
            if dtype.kind == "f" or (dtype.kind == "i" and type(x) is int):
                name = self.names.number(x, dtype)
                self.numbers[name] = (x, dtype)
                return name
        return self._constant(x)

    def _constant(self, x) -> str:
        if type(x) is Value:
            return self.names.of(x)
        if type(x) is Host:
            return self._host(x)
        if type(x) is list:
            return f"[{', '.join(map(self._constant, x))}]"
        if type(x) is tuple:
            return f"({', '.join(map(self._constant, x))}{',' * (len(x) == 1)})"
        if type(x) is dict:
            pairs = (f"{k!r}: {self._constant(v)}" for k, v in x.items())
            return f"{{{', '.join(pairs)}}}"
        return self._plain(x)

    def _plain(self, x) -> str:
        if isinstance(x, np.dtype) or (isinstance(x, type) and x.__module__ == "numpy"):
            return f'"{np.dtype(x).name}"'
        if isinstance(x, (str, int, type(None), type(...), slice)):
            return repr(x).replace("'", '"')
        if isinstance(x, float):
            return repr(x) if np.isfinite(x) else f'float("{x}")'
        if isinstance(x, SeedGenerator) and self._place is not None:
            wish = f"{self._place.layer}_seed"
        else:
            wish = getattr(x, "__name__", None) or type(x).__name__
        name = self.names.function(x, wish)
        self.functions[name] = x
        return name

    def _host(self, x: Host) -> str:
        if id(x) in self._hosts:
            return self._hosts[id(x)]
        if x.text == "{0} // {1}" and x.operands[1] == 1:
            return self._constant(x.operands[0])
        parts = []
        for operand in x.operands:
            text = self._constant(operand)
            is_sum = type(operand) is Host and id(operand) not in self._hosts
            compound = is_sum and " " in operand.text
            compound = compound or text.startswith("-")  # -1 ** 2 is -(1 ** 2)
            parts.append(f"({text})" if compound else text)
        return x.text.format(*parts)

    def _view(self, equation: Equation) -> str:
        name, rest = self.names.of(equation.args[0]), equation.args[1:]
        shown = [self._constant(x) for x in rest]
        shown += [f"{k}={self._constant(v)}" for k, v in equation.options.items()]
        if equation.call == "reshape":
            dims = ", ".join(map(repr, equation.outputs[0].shape))
            return f"{name}.reshape({dims})"
        v = equation.outputs[0]
        is_plain = equation.call == "transpose" and rest in ((), (None,))
        if is_plain or (equation.call == "swapaxes" and len(v.shape) == 2):
            return f"{name}.T"
        if equation.call == "getitem":
            return f"{name}[{index_text(rest[0])}]"
        return f"np.{equation.call}({', '.join([name, *shown])})"

    # The whole ------------------------------------------------------------------------

    def compiled(self, namespace: dict, arrays: dict, filename: str):
        """Returns the step as a function that works on these arrays.

        Args:
            namespace: Names besides those of the program.
            arrays: id of a Value -> its array.
            filename: Under which tracebacks and debuggers find the text.
        """
        found = {"np": np, **self.functions, **namespace}
        for name, (number, dtype) in self.numbers.items():
            found[name] = np.array(number, dtype)
        for v in self.program.values():
            if id(v) in arrays:
                found[self.names.of(v)] = arrays[id(v)]
        self.arrays = arrays
        text = self.step
        exec(compile(text, filename, "exec"), found)
        linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
        weakref.finalize(self, linecache.cache.pop, filename, None).atexit = False
        return found[self.name]

    def local_names(self) -> list[str]:
        """The names that only the step itself knows, where each call makes arrays."""
        fixed = self._fixed - set(map(id, self.program.inputs))
        return [
            self.names.of(v)
            for v in self.program.values()
            if id(v) not in fixed and v.array is None
        ]

    @property
    def step(self) -> str:
        """The text of the step itself: what the plan runs."""
        rules = [*self.rules, "", ""] if self.rules else []
        return "\n".join([*rules, *self.body]) + "\n"

    @property
    def text(self) -> str:
        """The whole text, which runs as it stands, with NumPy alone."""
        return "\n".join([*Header(self).lines(), "", "", self.step])
