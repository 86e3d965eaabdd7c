"""What threads share, as text: functions of blocks and of halves, and their calls."""

import re

from .arenas import Arena
from .calls import INDENT, WIDTH, filled
from .headings import with_headings
from .program import Equation, Program, Value

__all__ = ["Blocks"]


class Blocks:
    """The part of `Source` for optimizers' rules, and for halves of the batch."""

    def _arena(self, equation: Equation) -> list[str]:
        """The numbers that the rule needs; where there are blocks, its call."""
        arena, lines = equation.function, []
        for name, host in equation.options.items():
            text = self._constant(host)
            if text != name:
                self._hosts[id(host)] = word = self.names.free(name)
                line = f"{word} = {text}"
                is_long = len(line) > WIDTH - len(INDENT)
                lines += [f"{word} = (", f"{INDENT}{text}", ")"] if is_long else [line]
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
        between = [v for v in rule.values() if _is_between(v, arena)]
        arena.between = [] if self.fresh else between
        words = [self._hosts.get(id(h)) for h in arena.scalars.values()]
        name = self.names.free("move_blocks")
        self.rules += ["", ""] if self.rules else []
        columns = [self.names.of(v) for v in [*arena.parts, *arena.between]]
        self.rules += [
            f"def {name}({', '.join(['blocks', *filter(None, words)])}):",
            f"    for {', '.join(columns)}{',' * (len(columns) == 1)} in blocks:",
        ]
        for e in arena.rule:
            self.rules += [f"        {line}" for line in self._lines(e)]
        return name

    def _shared(self, equation: Equation) -> list[str]:
        """Writes the function that each thread runs; returns the line that calls it."""
        shared = equation.function
        is_halves = hasattr(shared, "cut")
        wishes = ("half_step", "halves") if is_halves else ("multiply", "products")
        shared.names = tuple(map(self.names.free, wishes))
        function, shares = shared.names
        lines = self._half(shared, function) if is_halves else _product(function)
        self.rules += ["", "", *lines] if self.rules else lines
        return [f"in_parallel({function}, {shares})"]

    def _half(self, halves, function: str) -> list[str]:
        """The function that runs a half."""
        read_whole = {id(v) for e in halves.equations for v in e.touches()}
        for whole, half in halves.cut + halves.inner:
            name = self.names.of(whole)
            if id(whole) in read_whole:
                name = self.names.free(f"half_{name}")
            self.names.share(half, name)
        program = Program(halves.equations, [], [])
        self.names.name_all(program)
        code = [(e, self._lines(e)) for e in halves.equations]
        lines = with_headings([(e, text) for e, text in code if text])
        self._keep_used(halves, lines)
        values = [self.names.of(v) for v in halves.values()]
        words = ", ".join(values) + ("," if len(values) == 1 else "")
        return [
            f"def {function}(half):",
            f'{INDENT}"""What either half of the batch goes through."""',
            *(f"{INDENT}{line}" for line in filled("(", words, ") = half")),
            *(f"{INDENT}{line}" if line else line for line in lines),
        ]

    def _keep_used(self, halves, lines: list[str]) -> None:
        """Leaves out the arrays that no line names."""
        used = set(re.findall(r"\w+", " ".join(x for x in lines if x[:1] != "#")))
        for pairs in (halves.cut, halves.inner):
            pairs[:] = [pair for pair in pairs if self.names.of(pair[1]) in used]


def _product(function: str) -> list[str]:
    return [
        f"def {function}(some):",
        f'{INDENT}"""Some of the products, or halves of products."""',
        f"{INDENT}for a, b, product in some:",
        f"{INDENT * 2}np.dot(a, b, out=product)",
    ]


def _is_between(v: Value, arena: Arena) -> bool:
    return v.array is None and not any(v is part for part in arena.parts)
