"""Headings in the source of a program: layers, shapes, and the chain rule."""

from itertools import groupby

import numpy as np

from .chain_rules import chain_rule
from .names import ROLES
from .primitive import PRIMITIVES
from .program import Equation, Value

__all__ = ["with_headings"]


def with_headings(written: list[tuple[Equation, list[str]]]) -> list[str]:
    """Returns lines of code with a heading per layer, and on the way back per rule.

    Args:
        written: The calls, in order, each with its lines.
    """
    lines, place = [], None
    pieces = []
    for equation, code in written:
        place = equation.place or place
        pieces.append((place, equation, code))
    for (phase, layer), group in groupby(pieces, lambda piece: _section(piece[0])):
        group = list(group)
        if phase is not None:
            lines += ["", _heading(phase, layer, group), *_rules(phase, group)]
        first = True
        for primitive, part in groupby(group, lambda piece: _primitive(piece[0])):
            part = list(part)
            words = []
            if phase == "backward":
                words = chain_rule(part[0][0])
            elif phase == "loss":
                words = _formula(primitive)
            if first and words:
                lines[-1] += f"  {words.pop(0)}"
            lines += [f"#   {line}" for line in words]
            first = False
            lines += [line for _, _, code in part for line in code]
    return lines


def _section(place) -> tuple:
    return (None, None) if place is None else (place.phase, place.layer)


def _primitive(place) -> str:
    return "" if place is None else place.primitive


def _heading(phase: str, layer: str, group: list) -> str:
    """`# Forward: dense (Dense, sigmoid)  (32, 3) -> (32, 4)`."""
    place, equations = group[0][0], [equation for _, equation, _ in group]
    words = [f"# {phase.capitalize() or 'Then'}"]
    if layer:
        primitives = dict.fromkeys(_primitive(p) for p, _, _ in group)
        roles = [name for name in primitives if ROLES.get(name) == "a"]
        kinds = [place.kind, *(roles if phase == "forward" else ())]
        words.append(f"{layer} ({', '.join(kinds)})")
    formulas = (getattr(e.function, "formula", "") for e in equations)
    formula = next(filter(None, formulas), "")
    if phase == "update" and ";" not in formula:
        words += [formula] if formula else []
    text = ": ".join(words)
    return f"{text}{_shapes(equations)}" if layer and phase == "forward" else text


def _rules(phase: str, group: list) -> list[str]:
    """The rule of an optimizer that takes several formulas, one to a line."""
    found = (getattr(e.function, "formula", "") for _, e, _ in group)
    parts = next(filter(None, found), "").split("; ") if phase == "update" else []
    return [f"#   {part}" for part in parts] if len(parts) > 1 else []


def _shapes(equations: list[Equation]) -> str:
    """From which shape to which a layer leads."""
    made, given = set(), None
    for equation in equations:
        reads = [v for v in equation.reads() if v.root.array is None]
        given = given or next((v for v in reads if id(v.root) not in made), None)
        made.update(id(v.root) for v in equation.outputs)
    last = equations[-1]
    result = (*last.outputs, last.target)[0]
    if type(given) is not Value or result is None:
        return ""
    return f"  {given.shape} -> {result.shape}"


def _formula(primitive: str) -> list[str]:
    """The first line of a primitive's description, if it is a formula."""
    known = PRIMITIVES.get(primitive)
    text = (known.__doc__ or "").strip().partition("\n")[0] if known else ""
    is_basic = known is None or getattr(np, primitive, None) is not None
    return [text.rstrip(".")] if not is_basic and "(" in text else []
