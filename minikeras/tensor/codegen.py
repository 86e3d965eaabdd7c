"""The program as Python source that a student can read, and as a function.

The source has three parts: the weights and buffers, functions that are no single NumPy
call, and the step. It runs as it stands, with NumPy alone. The plan runs the step of
that very text, on arrays of its own: see `Source.function`.
"""

import re

import numpy as np

from ..utils.lazy import LazyModule
from .arenas import Arena
from .names import Names
from .program import Equation, Host, Program, Value

__all__ = ["Source"]

linecache = LazyModule("linecache")

WIDTH = 88
INDENT = "    "


class Source:
    """Writes a program down.

    Args:
        program: The program, after the passes.
        arenas: Its arenas.
        name: The name of the function.
        inputs: The names of its arguments.
        title: What it is, for the head of the text.
        chain: Primitive -> how the chain rule reads for it, for comments.
    """

    def __init__(self, program: Program, arenas, name, inputs, title, chain=None):
        self.program = program
        self.arenas = arenas
        self.name = name
        self.title = title
        self.chain = chain or {}
        self.names = Names([name, "share", "shares", *inputs])
        self.names.name_inputs(program.inputs, [f"the_{name}" for name in inputs])
        self.arguments = inputs
        self.numbers: dict[str, tuple] = {}  # name -> number and dtype
        self.functions: dict[str, object] = {}  # name -> function, beside NumPy's
        self.rules: list[str] = []
        self._hosts: dict[int, str] = {}
        self.names.name_all(program)
        self.loose = program.loose()
        self.body = self._body()

    # The step -------------------------------------------------------------------------

    def _body(self) -> list[str]:
        arguments = ", ".join(self.arguments)
        lines = [f"def {self.name}({arguments}):", f'{INDENT}"""{self.title}"""']
        for v, given in zip(self.program.inputs, self.arguments, strict=True):
            name = self.names.of(v)
            lines += [f"if {given} is not {name}:", f"{INDENT}np.copyto({name}, {given})"]
        here = None
        for equation in self.program.equations:
            written = self._lines(equation)
            if written:
                lines += self._heading(here, equation.place) + written
                here = equation.place or here
        results = [self.names.of(v) for v in self.program.results if type(v) is Value]
        if results:
            lines.append(f"return {', '.join(results)}{',' * (len(results) == 1)}")
        return [lines[0], *(f"{INDENT}{x}" if x else x for x in _unindent(lines[1:]))]

    def _heading(self, before, place) -> list[str]:
        """Comments where another layer begins; on the way back, the chain rule."""
        lines = []
        if place is None:
            return lines
        same = before is not None and (before.phase, before.layer) == (
            place.phase,
            place.layer,
        )
        if not same:
            words = [place.phase.capitalize() or "Then"]
            if place.layer:
                words.append(f"{place.layer} ({place.kind})")
            lines += ["", f"# {': '.join(words)}"]
        is_new = not same or before.primitive != place.primitive
        if place.phase == "backward" and is_new:
            rule = self.chain.get(place.primitive, f"through {place.primitive}")
            lines += [f"#   {line}" for line in rule.split("; ")]
        return lines

    # Calls ----------------------------------------------------------------------------

    def _lines(self, equation: Equation) -> list[str]:
        style = equation.style
        if style == "view" and not self._is_loose(equation.outputs[0]):
            return []
        if style == "arena":
            return self._arena(equation)
        if style == "view":
            made = self.names.of(equation.outputs[0])
            return [f"{made} = {self._view(equation)}"]
        call = self._callee(equation)
        arguments = [self._argument(x, equation) for x in equation.args]
        options = [f"{k}={self._constant(v)}" for k, v in _shown(equation)]
        outputs = [self.names.of(v) for v in equation.outputs]
        if equation.call == "np.copyto":
            made = equation.target or equation.outputs[0]
            if equation.args and _needs_cast(equation.args[0], made.dtype):
                options.append('casting="unsafe"')
            return _call(call, [self.names.of(made), *arguments, *options])
        if style == "write":
            outputs = [self.names.of(equation.target)]
        if style in ("out", "write"):
            out = outputs[0] if len(outputs) == 1 else f"({', '.join(outputs)})"
            return _call(call, [*arguments, *options, f"out={out}"])
        result = f"{', '.join(outputs)} = " if style == "assign" else ""
        return _call(result + call, [*arguments, *options])

    def _is_loose(self, v: Value) -> bool:
        return id(v) in self.loose

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
        if is_number and len(dtypes) == 1:
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
        name = self.names.function(x, getattr(x, "name", None) or type(x).__name__)
        self.functions[name] = x
        return name

    def _host(self, x: Host) -> str:
        if id(x) in self._hosts:
            return self._hosts[id(x)]
        parts = []
        for operand in x.operands:
            text = self._constant(operand)
            is_sum = type(operand) is Host and id(operand) not in self._hosts
            compound = is_sum and " " in operand.text
            parts.append(f"({text})" if compound else text)
        return x.text.format(*parts)

    def _view(self, equation: Equation) -> str:
        name, rest = self.names.of(equation.args[0]), equation.args[1:]
        shown = [self._constant(x) for x in rest]
        shown += [f"{k}={self._constant(v)}" for k, v in equation.options.items()]
        if equation.call == "reshape":
            dims = ", ".join(map(repr, equation.outputs[0].shape))
            return f"{name}.reshape({dims})"
        if equation.call == "transpose" and rest in ((), (None,)):
            return f"{name}.T"
        if equation.call == "getitem":
            return f"{name}[{_index(rest[0])}]"
        return f"np.{equation.call}({', '.join([name, *shown])})"

    # Optimizers -----------------------------------------------------------------------

    def _arena(self, equation: Equation) -> list[str]:
        """The numbers that the rule needs; where there are blocks, its call."""
        arena, lines = equation.function, []
        self._last_arena = arena
        for name, host in equation.options.items():
            text = self._constant(host)
            if text != name:
                self._hosts[id(host)] = word = self.names.free(name)
                lines.append(f"{word} = {text}")
        if arena.count > 1:
            shares = f"shares_{self.arenas.index(arena)}".removesuffix("_0")
            rule = self._rule(arena)
            words = [self._hosts.get(id(h)) for h in equation.options.values()]
            numbers = ", ".join(["", *filter(None, words)])
            lines.append(f"in_parallel({rule}, {shares}{numbers})")
        return lines

    def _rule(self, arena: Arena) -> str:
        """Writes the function that moves the blocks of one share; returns its name."""
        rule = Program(arena.rule, [], [])
        self.names.name_all(rule)
        arena.between = [v for v in rule.values() if _is_between(v, arena)]
        words = [self._hosts.get(id(h)) for h in arena.scalars.values()]
        name = self.names.free("move_blocks")
        columns = [self.names.of(v) for v in [*arena.parts, *arena.between]]
        self.rules += [
            f"def {name}({', '.join(['share', *filter(None, words)])}):",
            f"    for {', '.join(columns)} in share:",
        ]
        for e in arena.rule:
            self.rules += [f"        {line}" for line in self._lines(e)]
        return name

    # The whole ------------------------------------------------------------------------

    def compiled(self, namespace: dict, arrays: dict, filename: str):
        """Returns the step as a function that works on these arrays.

        Args:
            namespace: Names besides those of the program.
            arrays: id of a Value -> its array.
            filename: Under which tracebacks find the text.
        """
        found = {"np": np, **self.functions, **namespace}
        for name, (number, dtype) in self.numbers.items():
            found[name] = np.array(number, dtype)
        for v in self.program.values():
            if id(v) in arrays:
                found[self.names.of(v)] = arrays[id(v)]
        head = "\n".join(self.head())
        text = "\n".join([head, *self.rules, "", *self.body]) + "\n"
        below = "\n" * head.count("\n") + "\n" + "\n".join([*self.rules, "", *self.body])
        exec(compile(below, filename, "exec"), found)
        linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
        self.text = text
        return found[self.name]

    def head(self) -> list[str]:
        """The lines that make weights, buffers and views."""
        return [f'"""{self.title}"""', "", "import numpy as np", ""]


def _is_between(v: Value, arena: Arena) -> bool:
    return v.array is None and not any(v is part for part in arena.parts)


def _needs_cast(x, dtype: np.dtype) -> bool:
    return type(x) is Value and not np.can_cast(x.dtype, dtype, "same_kind")


def _shown(equation: Equation) -> list[tuple]:
    """The options that say something; NumPy's own defaults are left out."""
    made = equation.outputs[0] if equation.outputs else equation.target
    return [
        (name, x)
        for name, x in equation.options.items()
        if not (name == "keepdims" and x is False)
        and not (name == "dtype" and _is_natural(equation, x, made))
        and not (name == "dtype" and x is None)
    ]


def _is_natural(equation: Equation, dtype, made) -> bool:
    """Whether a call on floats would have this dtype anyway."""
    x = equation.args[0] if equation.args else None
    return (
        equation.call.startswith("np.")
        and type(x) is Value
        and x.dtype.kind == "f"
        and x.dtype == dtype == (made and made.dtype)
    )


def _index(index) -> str:
    parts = index if type(index) is tuple else (index,)
    return ", ".join(map(_index_part, parts))


def _index_part(part) -> str:
    if part is ...:
        return "..."
    if type(part) is not slice:
        return repr(part)
    ends = ["" if x is None else repr(x) for x in (part.start, part.stop)]
    return ":".join([*ends, *([repr(part.step)] if part.step is not None else [])])


def _call(call: str, arguments: list[str]) -> list[str]:
    """A call as one line, or as several where it would be too long."""
    line = f"{call}({', '.join(arguments)})"
    if len(line) <= WIDTH - len(INDENT):
        return [line]
    return [f"{call}(", *(f"{INDENT}{x}," for x in arguments), ")"]


def _unindent(lines: list[str]) -> list[str]:
    """The docstring keeps its place; the lines after it have none of their own."""
    return [re.sub(rf"^{INDENT}(?=\"\"\")", "", line) for line in lines]
