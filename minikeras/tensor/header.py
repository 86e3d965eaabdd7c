"""The head of a program's text: weights, buffers, views, and what else it calls.

With it, the text runs as it stands. The plan does not run the head: it has the arrays.
"""

import re

import numpy as np

from .calls import WIDTH, filled, index_text
from .helpers import Helpers
from .literals import (
    assigned,
    each,
    empty,
    is_odd,
    literal,
    reshaped,
    scalars,
    together,
)
from .program import Equation, Value
from .random import SeedGenerator, global_seed_generator
from .variable import Variable

__all__ = ["RESERVED", "Header"]

RESERVED = ("saved", "load", "predict", "in_parallel", "blocks", "shares", "both",
            "half", "whole",
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
        source: A `Source`, or several that share their names.
        saved: Where to put the numbers that the text shall load, name -> array; None
            if all numbers are to stand in the text.
    """

    def __init__(self, source, saved: dict | None = None):
        self.source = source
        self.saved = saved
        self.names = source.names
        self._shared = getattr(source, "shared", [])
        text = "\n".join([*source.rules, *source.body, *self._shared_lines()])
        self.used = set(re.findall(r"\w+", text))
        self.values = [
            *source.program.values(),
            *(v for arena in source.arenas for e in arena.rule for v in e.touches()),
            *(half for shared in self._shared for _, half in shared.inner),
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
            lines += self._shares() + self._shared_lines()
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
            self._save_slots(arena, flats)
            shown = arena.columns[:2]
            for i, offset in enumerate(arena.offsets):
                row = [column[i] for column in shown]
                size = int(np.prod(row[0].shape))
                part = f"[{offset}:{offset + size}]{reshaped(row[0].shape)}"
                names = [self.names.of(v) for v in row]
                self._save(names[0], row[0].label.array)
                lines += assigned(names, f"(a{part} for a in both)")
        return lines

    def _save(self, name: str, array: np.ndarray) -> bool:
        """Keeps an array for the file of numbers, if there is one."""
        if self.saved is not None:
            self.saved[name] = array.copy()
        return self.saved is not None

    def _save_slots(self, arena, flats: list[str]) -> None:
        for name, column in zip(flats[2:], arena.columns[2:], strict=True):
            flat = np.zeros(arena.size, column[0].dtype)
            for v, offset in zip(column, arena.offsets, strict=True):
                flat[offset : offset + v.label.array.size] = v.label.array.reshape(-1)
            self._save(name, flat)

    def _variables(self) -> list[str]:
        """Variables that are in no arena: with their values, if they are small."""
        lines, numbers = [], {}
        for v in self._unique(self.values):
            is_own = isinstance(v.label, Variable) and id(v) not in self._seated
            if not (is_own and v.root is v and self._is_used(v)):
                continue
            name, array = self.names.of(v), v.label.array
            self._save(name, array)
            if v.shape == ():
                numbers[name] = (array.item(), v.dtype)
            else:
                lines.append(f"{name} = {literal(array, f'zeros({v.shape}, ')}")
        return lines + scalars(numbers)

    def _seeds(self, helpers) -> list[str]:
        """The states of generators of random numbers."""
        seeds = {
            name: x
            for name, x in self.source.functions.items()
            if isinstance(x, SeedGenerator)
        }
        if "global_seed" in helpers.needs:
            seeds["global_seed"] = global_seed_generator()
        for name, x in seeds.items():
            self._save(name, x.state.array)
        return [f"{name} = {literal(x.state.array)}" for name, x in seeds.items()]

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
        return scalars(numbers)

    def _constants(self) -> list[str]:
        lines = {}
        for v in self._unique(self.values):
            if self.names.is_constant(v) and v.shape != () and self._is_used(v):
                name, text = self.names.of(v), literal(v.array)
                if len(text) > WIDTH and self._save(name, v.array):
                    text = f'np.empty({v.shape}, "{v.dtype.name}")'
                lines[name] = text
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
            if shape == () or is_odd(group[0]):
                lines += each(names, empty(group[0]))
            else:
                lines += together(names, shape, dtype, "empty")
        return lines

    def _is_part(self, v: Value) -> bool:
        return any(v is part for arena in self.source.arenas for part in arena.parts)

    def _hoisted(self) -> list[Equation]:
        """The views that are made once, those included that others show."""
        views: list[Equation] = []
        if self.source.fresh:
            return views
        within = [e for halves in self._shared for e in halves.equations]
        for equation in reversed([*self.source.program.equations, *within]):
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
        shown = {self.names.of(e.args[0]) for e in self._views}  # they come before
        turned = [
            (name, text)
            for name, text in pairs
            if text[:-2] in self.plain and name not in shown
        ]
        lines = [
            f"{name} = {text}" for name, text in pairs if (name, text) not in turned
        ]
        row: list[tuple[str, str]] = []
        for pair in turned:
            if row and len(_in_one([*row, pair])) > WIDTH:
                lines.append(_in_one(row))
                row = []
            row.append(pair)
        return [*lines, _in_one(row)] if row else lines

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

    def _shared_lines(self) -> list[str]:
        """What threads share: halves of the batch, and products."""
        lines = []
        for shared in self._shared:
            lines += (
                self._pieces(shared) if hasattr(shared, "jobs") else self._cut(shared)
            )
        return lines

    def _cut(self, halves) -> list[str]:
        cut = ", ".join(self.names.of(whole) for whole, _ in halves.cut)
        inner = ", ".join(["*half", *(self.names.of(half) for _, half in halves.inner)])
        return [
            *filled("whole = (", cut, ")" if len(halves.cut) > 1 else ",)"),
            f"{halves.names[1]} = [",
            *(
                f"    {line}"
                for line in filled("(", inner, ")" if "," in inner else ",)")
            ),
            "    for half in zip(*(np.split(a, 2) for a in whole))",
            "]",
        ]

    def _pieces(self, products) -> list[str]:
        lines = [f"{products.names[1]} = ["]
        for job in products.jobs:
            lines.append("    [")
            for *values, rows, _ in job:
                a, b, made = map(self.names.of, values)
                part = "" if rows == slice(None) else f"[{index_text(rows)}]"
                lines.append(f"        ({a}{part}, {b}, {made}{part}),")
            lines.append("    ],")
        return [*lines, "]"]

    # ----------------------------------------------------------------------------------

    def _is_used(self, v: Value) -> bool:
        return self.names.of(v) in self.used

    @staticmethod
    def _unique(values) -> list[Value]:
        return list({id(v): v for v in values}.values())


def _in_one(pairs: list[tuple[str, str]]) -> str:
    """One assignment to several names."""
    names, texts = zip(*pairs, strict=True)
    return f"{', '.join(names)} = {', '.join(texts)}"


VIEWS = "Views"
BUFFERS = "Buffers (in minikeras, those of different times share memory)"
