"""The head of a program's text: weights, buffers, views, and what else it calls.

With it, the text runs as it stands. The plan does not run the head: it has the arrays.
"""

import re

import numpy as np

from .helpers import Helpers
from .program import Equation, Value
from .random import SeedGenerator, global_seed_generator
from .variable import Variable

__all__ = ["RESERVED", "Header", "empty", "literal"]

WIDTH = 88
RESERVED = ("saved", "load", "predict", "in_parallel", "blocks", "shares", "both",
            "a", "n", "v")  # fmt: skip
IN_PARALLEL = '''
def in_parallel(function, shares, *numbers):
    """Calls a function with each share; in minikeras, several threads do."""
    for share in shares:
        function(share, *numbers)
'''


class Header:
    """Writes the head for a source.

    Args:
        source: A `Source`.
    """

    def __init__(self, source):
        self.source = source
        self.names = source.names
        text = "\n".join([*source.rules, *source.body])
        self.used = set(re.findall(r"\w+", text))
        self.values = [
            *source.program.values(),
            *(v for arena in source.arenas for e in arena.rule for v in e.touches()),
        ]
        self._views = self._hoisted()
        self._seated = {
            id(v) for a in source.arenas for column in a.columns for v in column
        }

    def lines(self) -> list[str]:
        """Returns the head."""
        helpers = Helpers(self.source.functions, self.names)
        kept = [*self._arenas(), *self._variables(), *self._seeds(helpers)]
        numbers = self._numbers() + self._constants()
        lines = [f'"""{self.source.title}."""', "", *helpers.imports()]
        for comment, part in (
            ("What lasts from step to step", kept),
            ("Numbers", numbers),
            (BUFFERS, self._buffers()),
            (VIEWS, self._view_lines()),
        ):
            if part:
                lines += ["", f"# {comment}"] if comment is not VIEWS else []
                lines += part
        if "in_parallel" in self.used:
            lines += ["", *IN_PARALLEL.rstrip().split("\n"), ""]
            lines += self._shares()
        return lines + helpers.lines()

    # What lasts -----------------------------------------------------------------------

    def _arenas(self) -> list[str]:
        """Flat arrays, and the weights and gradients that are parts of them."""
        lines = []
        for arena in self.source.arenas:
            flats = [self.names.of(part) for part in arena.parts]
            made = together(flats, (arena.size,), arena.parts[0].dtype, "zeros")
            if len(flats) == 2:
                made[-1] = made[-1].replace(" = ", " = both = ")
            else:
                made.append(f"both = {flats[0]}, {flats[1]}")
            lines += made
            shown = arena.columns[:2]
            for i, offset in enumerate(arena.offsets):
                row = [column[i] for column in shown]
                size = int(np.prod(row[0].shape))
                part = f"[{offset}:{offset + size}]{_reshaped(row[0].shape)}"
                names = [self.names.of(v) for v in row]
                lines += _assigned(names, f"(a{part} for a in both)")
        return lines

    def _variables(self) -> list[str]:
        """Variables that are in no arena: with their values, if they are small."""
        lines, numbers = [], {}
        for v in self._unique(self.values):
            is_own = isinstance(v.label, Variable) and id(v) not in self._seated
            if not (is_own and v.root is v and self._is_used(v)):
                continue
            name, array = self.names.of(v), v.label.array
            if v.shape == ():
                numbers[name] = (array.item(), v.dtype)
            else:
                lines.append(f"{name} = {literal(array, f'zeros({v.shape}, ')}")
        return lines + _scalars(numbers)

    def _seeds(self, helpers) -> list[str]:
        """The states of generators of random numbers."""
        lines = [
            f"{name} = {literal(x.state.array)}"
            for name, x in self.source.functions.items()
            if isinstance(x, SeedGenerator)
        ]
        if "global_seed" in helpers.needs:
            lines.append(f"global_seed = {literal(global_seed_generator().state.array)}")
        return lines

    # Numbers and constants ------------------------------------------------------------

    def _numbers(self) -> list[str]:
        """Numbers as arrays without axes, a line for each dtype."""
        numbers = {
            name: (x, dtype)
            for name, (x, dtype) in self.source.numbers.items()
            if name in self.used
        }
        for v in self._unique(self.values):
            if self.names.is_constant(v) and v.shape == () and self._is_used(v):
                numbers[self.names.of(v)] = (v.array.item(), v.dtype)
        return _scalars(numbers)

    def _constants(self) -> list[str]:
        lines = {}
        for v in self._unique(self.values):
            if self.names.is_constant(v) and v.shape != () and self._is_used(v):
                lines[self.names.of(v)] = literal(v.array)
        return [f"{name} = {text}" for name, text in lines.items()]

    # Buffers and views ----------------------------------------------------------------

    def _buffers(self) -> list[str]:
        if self.source.fresh:
            return []
        groups: dict[tuple, list[Value]] = {}
        for v in self._unique(self.values):
            is_made = v.array is None and v.root is v and id(v) not in self._seated
            if is_made and self._is_used(v) and not self._is_part(v):
                if id(v) not in self.source.loose:
                    groups.setdefault((v.shape, v.dtype, v.strides), []).append(v)
        lines = []
        for (shape, dtype, _), group in groups.items():
            names = [self.names.of(v) for v in group]
            if shape == () or _is_odd(group[0]):
                lines += _each(names, empty(group[0]))
            else:
                lines += together(names, shape, dtype, "empty")
        return lines

    def _is_part(self, v: Value) -> bool:
        return any(v is part for arena in self.source.arenas for part in arena.parts)

    def _hoisted(self) -> list[Equation]:
        """The views that are made once, those included that others show."""
        views = []
        for equation in reversed(self.source.program.equations):
            if equation.style != "view" or self.source._is_loose(equation.outputs[0]):
                continue
            if self.names.of(equation.outputs[0]) in self.used:
                views.append(equation)
                self.used.add(self.names.of(equation.args[0]))
        return views[::-1]

    def _view_lines(self) -> list[str]:
        pairs = [
            (self.names.of(e.outputs[0]), self.source._view(e)) for e in self._views
        ]
        turned = [(name, text) for name, text in pairs if text[:-2] in self.plain]
        lines = [f"{name} = {text}" for name, text in pairs if (name, text) not in turned]
        for i in range(0, len(turned), 3):
            names, texts = zip(*turned[i : i + 3], strict=True)
            line = f"{', '.join(names)} = {', '.join(texts)}"
            lines += [line] if len(line) <= WIDTH else [
                f"{name} = {text}" for name, text in turned[i : i + 3]
            ]  # fmt: skip
        return lines

    @property
    def plain(self) -> set[str]:
        """The names of the arrays that are no views."""
        return {self.names.of(v) for v in self.values if v.root is v}

    def _shares(self) -> list[str]:
        """The blocks of the arenas that are worked through in blocks."""
        lines = []
        for i, arena in enumerate(self.source.arenas):
            if arena.count == 1:
                continue
            flats = [self.names.of(part) for part in arena.parts]
            between = [self.names.of(v) for v in arena.between]
            lines += together(between, (arena.block,), arena.parts[0].dtype, "empty")
            parts = [f"{flat}[i : i + {arena.block}]" for flat in flats]
            name = f"shares_{i}".removesuffix("_0")
            lines += [f"{name} = [", "    ["]
            lines += [f"        ({', '.join([*parts, *between])},)"]
            lines += [f"        for i in range(0, {arena.size}, {arena.block})"]
            lines += ["    ]", "]"]
        return lines

    # ----------------------------------------------------------------------------------

    def _is_used(self, v: Value) -> bool:
        return self.names.of(v) in self.used

    @staticmethod
    def _unique(values) -> list[Value]:
        return list({id(v): v for v in values}.values())


VIEWS = "Views"
BUFFERS = "Buffers (minikeras lets them share memory where one ends before another begins)"


def together(names: list[str], shape: tuple, dtype, kind: str) -> list[str]:
    """Makes arrays of one shape, as the rows of a larger one."""
    if len(names) == 1:
        return [f'{names[0]} = np.{kind}({shape}, "{dtype.name}")']
    rows = (len(names), *shape)
    return _assigned(names, f'np.{kind}({rows}, "{dtype.name}")') if names else []


def _scalars(numbers: dict) -> list[str]:
    """Makes arrays without axes: name -> number and dtype; a line for each dtype."""
    lines = []
    for dtype in dict.fromkeys(dtype for _, dtype in numbers.values()):
        chosen = {k: x for k, (x, d) in numbers.items() if d == dtype}
        if len(chosen) == 1:
            ((name, x),) = chosen.items()
            lines.append(f'{name} = np.array({_number(x, dtype)}, "{dtype.name}")')
            continue
        values = ", ".join(_number(x, dtype) for x in chosen.values())
        made = f'(np.array(v, "{dtype.name}") for v in ({values}))'
        lines += _assigned(list(chosen), made)
    return lines


def _each(names: list[str], text: str) -> list[str]:
    if len(names) == 1:
        return [f"{names[0]} = {text}"]
    return _assigned(names, f"({text} for _ in range({len(names)}))")


def _assigned(names: list[str], text: str) -> list[str]:
    """One assignment to several names, in as many lines as it takes."""
    line = f"{', '.join(names)} = {text}"
    if len(line) <= WIDTH:
        return [line]
    lines, row = [], "("
    for i, name in enumerate(names):
        word = f"{name}, " if i < len(names) - 1 else f"{name}) = "
        if len(row) + len(word) > WIDTH + 1:
            lines.append(row.rstrip())
            row = " "
        row += word
    if len(row) + len(text) <= WIDTH or not text.startswith(("(", "np.empty(")):
        return [*lines, row + text]
    start = text.index("(") + 1
    rest = f"    {text[start:]}"
    cut = rest.find(" in (") if len(rest) > WIDTH else -1
    rest = [rest] if cut < 0 else [rest[:cut], f"    {rest[cut:]}"]
    return [*lines, row + text[:start], *rest]


def empty(v: Value) -> str:
    """The text that makes an array for a value, in its order in memory."""
    text = f'np.empty({tuple(v.shape)}, "{v.dtype.name}")'
    if not _is_odd(v):
        return text
    order = sorted(range(len(v.shape)), key=lambda i: -v.strides[i])
    rows = tuple(v.shape[i] for i in order)
    back = tuple(order.index(i) for i in range(len(order)))
    return f'np.empty({rows}, "{v.dtype.name}").transpose{back}'


def _is_odd(v: Value) -> bool:
    """Whether elements lie in another order than NumPy's own."""
    step = v.dtype.itemsize
    for length, stride in zip(v.shape[::-1], v.strides[::-1], strict=True):
        if length > 1 and stride != step:
            return 0 not in v.strides
        step *= length
    return False


def _reshaped(shape: tuple) -> str:
    return "" if len(shape) == 1 else f".reshape({', '.join(map(repr, shape))})"


def _number(x, dtype=None) -> str:
    """The shortest text that stands for a number in this dtype."""
    if not np.isfinite(x):
        return f'float("{x}")'
    short = f"{x:g}" if dtype is None else str(np.array(x, dtype))
    same = np.array(float(short), dtype) == np.array(x, dtype)
    return short.removesuffix(".0") if same and type(x) is float else repr(x)


def literal(array: np.ndarray, large: str | None = None) -> str:
    """The text that makes an array, exactly.

    Args:
        array: The array.
        large: What to write for large arrays of different numbers; None: all numbers.
    """
    ending = f'"{array.dtype.name}")'
    if array.ndim == 0:
        return f"np.array({_number(array.item(), array.dtype)}, {ending}"
    first = array.reshape(-1)[0].item() if array.size else 0
    if array.size and (array == first).all() and np.signbit(first) == 0:
        if first in (0, 1):
            return f"np.{'ones' if first else 'zeros'}({array.shape}, {ending}"
        return f"np.full({array.shape}, {_number(first)}, {ending}"
    if large is not None and array.size > 16:
        return f"np.{large}{ending}"
    if np.isfinite(array).all() and array.size < 1000:
        return f"np.array({array.tolist()}, {ending}"
    packed = np.ascontiguousarray(array).tobytes().hex()
    made = f'np.frombuffer(bytes.fromhex("{packed}"), {ending}'
    return f"{made}.reshape({array.shape})"
