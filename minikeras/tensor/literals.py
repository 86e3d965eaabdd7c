"""Arrays as text: assignments that make them, with or without their numbers."""

import numpy as np

from .calls import WIDTH
from .program import Value

__all__ = [
    "assigned",
    "each",
    "empty",
    "is_odd",
    "literal",
    "reshaped",
    "scalars",
    "together",
]


def together(names: list[str], shape: tuple, dtype, kind: str) -> list[str]:
    """Makes arrays of one shape, as the rows of a larger one."""
    if len(names) == 1:
        return [f'{names[0]} = np.{kind}({shape}, "{dtype.name}")']
    rows = (len(names), *shape)
    return assigned(names, f'np.{kind}({rows}, "{dtype.name}")') if names else []


def scalars(numbers: dict) -> list[str]:
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
        lines += assigned(list(chosen), made)
    return lines


def each(names: list[str], text: str) -> list[str]:
    """Makes an array for each name by the same text."""
    if len(names) == 1:
        return [f"{names[0]} = {text}"]
    return assigned(names, f"({text} for _ in range({len(names)}))")


def assigned(names: list[str], text: str) -> list[str]:
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
    if not is_odd(v):
        return text
    order = sorted(range(len(v.shape)), key=lambda i: -v.strides[i])
    rows = tuple(v.shape[i] for i in order)
    back = tuple(order.index(i) for i in range(len(order)))
    return f'np.empty({rows}, "{v.dtype.name}").transpose{back}'


def is_odd(v: Value) -> bool:
    """Whether elements lie in another order than NumPy's own."""
    step = v.dtype.itemsize
    for length, stride in zip(v.shape[::-1], v.strides[::-1], strict=True):
        if length > 1 and stride != step:
            return 0 not in v.strides
        step *= length
    return False


def reshaped(shape: tuple) -> str:
    """What turns a part of a flat array into this shape."""
    return "" if len(shape) == 1 else f".reshape({', '.join(map(repr, shape)) or '()'})"


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
