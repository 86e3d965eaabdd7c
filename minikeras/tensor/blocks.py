"""Blocks as text: functions of what threads share, and calls of them."""

from .arenas import Arena
from .calls import INDENT, WIDTH
from .program import Equation, Program, Value

__all__ = ["Blocks"]


class Blocks:
    """The part of `Source` for optimizers' rules."""

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
        columns = [self.names.of(v) for v in [*arena.parts, *arena.between]]
        self.rules += [
            f"def {name}({', '.join(['blocks', *filter(None, words)])}):",
            f"    for {', '.join(columns)}{',' * (len(columns) == 1)} in blocks:",
        ]
        for e in arena.rule:
            self.rules += [f"        {line}" for line in self._lines(e)]
        return name


def _is_between(v: Value, arena: Arena) -> bool:
    return v.array is None and not any(v is part for part in arena.parts)
