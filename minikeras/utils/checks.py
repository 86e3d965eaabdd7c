"""Argument checks that teach: who asked, what must hold, what came, what to write.

Each check takes the owner and one keyword argument, whose name and value make the
message, and returns the value in its plain form (a NumPy integer becomes an int):

>>> positive_int("Dense", units=3)
3
>>> positive_int("Dense", units=2.5)
Traceback (most recent call last):
ValueError: Dense: units must be a positive int, got 2.5 (float). Try units=2.
"""

import operator
from collections.abc import Sequence

from .lazy import LazyModule

__all__ = [
    "axis",
    "boolean",
    "did_you_mean",
    "fail",
    "in_range",
    "int_or_tuple",
    "integer",
    "non_negative",
    "non_negative_int",
    "one_of",
    "owner_name",
    "positive",
    "positive_int",
    "rate",
    "shape",
    "show",
]

difflib = LazyModule("difflib")


def owner_name(owner) -> str:
    """Returns how messages name an owner: `Dense 'fc1'`, or the string itself."""
    if isinstance(owner, str):
        return owner
    cls = owner if isinstance(owner, type) else type(owner)
    name = getattr(owner, "name", None) if cls is not owner else None
    return f"{cls.__name__} {name!r}" if isinstance(name, str) else cls.__name__


def show(value) -> str:
    """Returns a value as messages print it: `2.5 (float)`, long ones cut short.

    >>> show("same"), show(None)
    ("'same' (str)", 'None')
    """
    if value is None:
        return "None"
    text = repr(value)
    return f"{text if len(text) <= 80 else text[:77] + '...'} ({type(value).__name__})"


def did_you_mean(name, known) -> str:
    """Returns `Did you mean 'x'?`, or which names there are when none is near."""
    names = {str(n).lower(): n for n in known}
    near = _nearest(str(name).lower(), names)
    if near:
        return f"Did you mean {names[near]!r}?"
    shown = sorted(names.values())
    tail = ", ..." if len(shown) > 12 else ""
    return f"Known names: {', '.join(map(repr, shown[:12]))}{tail}."


def _nearest(name: str, known) -> str | None:
    return next(iter(difflib.get_close_matches(name, list(known), 1)), None)


def fail(owner, name: str, value, must: str, suggestion=None):
    """Raises the ValueError that every check raises.

    Args:
        owner: Layer-like object, class or string.
        name: The argument.
        value: What came.
        must: What should have come, to follow the word "must": `"be a positive int"`.
        suggestion: A value that would do, printed ready to paste.
    """
    message = f"{owner_name(owner)}: {name} must {must}, got {show(value)}."
    if suggestion is not None:
        call = f"{name}={suggestion!r}"
        if not isinstance(owner, str):
            cls = owner if isinstance(owner, type) else type(owner)
            call = f"{cls.__name__}({call})"
        message += f" Try {call}."
    raise ValueError(message)


def _the_one(named: dict) -> tuple:
    ((name, value),) = named.items()
    return name, value


def _as_int(value) -> int | None:
    """Returns a Python or NumPy integer as int; None for bools and anything else."""
    if type(value) is int:
        return value
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None


def _as_float(value) -> float | None:
    """Returns a real number as float; None for strings, bools, arrays, the rest."""
    if isinstance(value, (bool, str, bytes)):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _near_int(value, least: int) -> int:
    number = _as_float(value)
    usable = number is not None and least <= number < 2**31
    return int(number) if usable else max(least, 1)


def integer(owner, least: int | None = None, **named) -> int:
    """Checks an int, at least `least` when that is given."""
    name, value = _the_one(named)
    number = _as_int(value)
    if number is None or (least is not None and number < least):
        must = "be an int" if least is None else f"be an int of at least {least}"
        fail(owner, name, value, must, _near_int(value, least or 0))
    return number


def positive_int(owner, **named) -> int:
    """Checks an int of 1 or more."""
    name, value = _the_one(named)
    number = _as_int(value)
    if number is None or number < 1:
        fail(owner, name, value, "be a positive int", _near_int(value, 1))
    return number


def non_negative_int(owner, **named) -> int:
    """Checks an int of 0 or more."""
    name, value = _the_one(named)
    number = _as_int(value)
    if number is None or number < 0:
        fail(owner, name, value, "be an int of 0 or more", _near_int(value, 0))
    return number


def _plain(value):
    """Returns a NumPy or 0-d array number as the Python number it stands for."""
    return value.item() if hasattr(value, "item") else value


def positive(owner, **named):
    """Checks a number above 0."""
    name, value = _the_one(named)
    number = _as_float(value)
    if number is None or not number > 0:
        fail(owner, name, value, "be a number above 0")
    return _plain(value)


def non_negative(owner, **named):
    """Checks a number of 0 or more."""
    name, value = _the_one(named)
    number = _as_float(value)
    if number is None or not number >= 0:
        fail(owner, name, value, "be a number of 0 or more")
    return _plain(value)


def in_range(owner, low: float, high: float, **named):
    """Checks a number in [low, high]."""
    name, value = _the_one(named)
    number = _as_float(value)
    if number is None or not low <= number <= high:
        fail(owner, name, value, f"be a number in [{low}, {high}]")
    return _plain(value)


def rate(owner, **named):
    """Checks a fraction to drop: 0 <= rate <= 1, as Keras has it.

    >>> rate("Dropout", rate=20)
    Traceback (most recent call last):
    ValueError: Dropout: rate must be a number in [0, 1], got 20 (int). Try rate=0.2.
    """
    name, value = _the_one(named)
    number = _as_float(value)
    if number is None or not 0 <= number <= 1:
        percent = number is not None and 1 < number <= 100
        hint = round(number / 100, 6) if percent else 0.5
        fail(owner, name, value, "be a number in [0, 1]", hint)
    return _plain(value)


def boolean(owner, **named) -> bool:
    """Checks True or False (NumPy's too)."""
    name, value = _the_one(named)
    if isinstance(value, bool):
        return value
    if type(value).__name__ in ("bool_", "bool"):
        return bool(value)
    return fail(owner, name, value, "be True or False")


def one_of(owner, allowed: Sequence, **named):
    """Checks that a value is among those allowed.

    >>> one_of("Conv2D", padding="smae", allowed=("valid", "same"))
    Traceback (most recent call last):
    ValueError: Conv2D: padding must be one of 'valid', 'same', got 'smae' (str). Try \
padding='same'.
    """
    name, value = _the_one(named)
    for candidate in allowed:
        if value is candidate or (
            type(value) is type(candidate) and value == candidate
        ):
            return value
    choices = ", ".join(map(repr, allowed))
    texts = {option: option for option in allowed if isinstance(option, str)}
    near = _nearest(value.lower(), texts) if isinstance(value, str) else None
    return fail(owner, name, value, f"be one of {choices}", near)


def axis(owner, ndim: int | None = None, **named) -> int | tuple[int, ...]:
    """Checks an axis, or several; within [-ndim, ndim) when `ndim` is given."""
    name, value = _the_one(named)
    if isinstance(value, (list, tuple)):
        return tuple(axis(owner, ndim, **{name: item}) for item in value)
    number = _as_int(value)
    if number is None:
        fail(owner, name, value, "be an int or a tuple of ints", -1)
    if ndim is not None and not -ndim <= number < ndim:
        fail(owner, name, value, f"be in [{-ndim}, {ndim})", -1)
    return number


def int_or_tuple(
    owner, length: int, least: int = 1, allow_none: bool = False, **named
) -> tuple[int, ...] | None:
    """Checks an int, repeated `length` times, or that many ints.

    >>> int_or_tuple("Conv2D", length=2, kernel_size=3)
    (3, 3)
    """
    name, value = _the_one(named)
    if value is None and allow_none:
        return None
    single = _as_int(value)
    items = (single,) * length if single is not None else _as_ints(value)
    if items is None or len(items) != length or min(items, default=least) < least:
        several = f"{length} ints" if length > 1 else "a tuple of 1 int"
        must = f"be an int or {several}, each at least {least}"
        example = max(least, 1)
        fail(owner, name, value, must, (example,) * length if length > 1 else example)
    return items


def _as_ints(value) -> tuple[int, ...] | None:
    try:
        items = tuple(_as_int(item) for item in value)
    except TypeError:
        return None
    return None if isinstance(value, str) or None in items else items


def shape(owner, **named) -> tuple[int | None, ...]:
    """Checks a shape: non-negative ints, or None for a size not known yet.

    >>> shape("Input", shape=[None, 3])
    (None, 3)
    """
    name, value = _the_one(named)
    must = "be a tuple of ints of 0 or more, or None where a size is open"
    single = _as_int(value)
    if single is not None:
        fail(owner, name, value, must, (single,))
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        fail(owner, name, value, must)
    sizes = tuple(None if item is None else _as_int(item) for item in value)
    given = tuple(value)
    if any(s is None and g is not None for s, g in zip(sizes, given, strict=True)):
        fail(owner, name, value, must)
    if any(size is not None and size < 0 for size in sizes):
        fail(owner, name, value, must, tuple(None if s == -1 else s for s in sizes))
    return sizes
