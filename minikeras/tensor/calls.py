"""Calls as text: their arguments, options and indices."""

import numpy as np

from ..utils.lazy import LazyModule
from .program import Equation, Value

__all__ = [
    "INDENT",
    "WIDTH",
    "call_lines",
    "filled",
    "index_text",
    "needs_cast",
    "shown_options",
]

textwrap = LazyModule("textwrap")

WIDTH = 88
INDENT = "    "


def needs_cast(x, dtype: np.dtype) -> bool:
    """Whether NumPy copies an array to this dtype only when told to."""
    return type(x) is Value and not np.can_cast(x.dtype, dtype, "same_kind")


def shown_options(equation: Equation) -> list[tuple]:
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
        and x.dtype.kind in "fV"
        and x.dtype == dtype == (made and made.dtype)
    )


def index_text(index) -> str:
    """An index as it stands between brackets."""
    parts = index if type(index) is tuple else (index,)
    return ", ".join(map(_part, parts))


def _part(part) -> str:
    if part is ...:
        return "..."
    if type(part) is not slice:
        return repr(part)
    ends = ["" if x is None else repr(x) for x in (part.start, part.stop)]
    return ":".join([*ends, *([repr(part.step)] if part.step is not None else [])])


def call_lines(call: str, arguments: list[str]) -> list[str]:
    """A call as one line, or as several where it would be too long."""
    line = f"{call}({', '.join(arguments)})"
    if len(line) <= WIDTH - len(INDENT):
        return [line]
    filled = ", ".join(arguments)
    if len(filled) <= WIDTH - 2 * len(INDENT):
        return [f"{call}(", f"{INDENT}{filled}", ")"]
    return [f"{call}(", *(f"{INDENT}{x}," for x in arguments), ")"]


def filled(start: str, words: str, end: str) -> list[str]:
    """Words between brackets, in as many lines as they take."""
    if len(start + words + end) <= WIDTH - len(INDENT):
        return [start + words + end]
    room = WIDTH - 2 * len(INDENT)
    lines = textwrap.wrap(words, room, break_long_words=False)
    return [start, *(f"{INDENT}{line}" for line in lines), end]
