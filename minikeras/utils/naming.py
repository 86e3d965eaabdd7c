"""Names that Keras makes up: `dense`, `dense_1`, ... and `Conv2D` -> `conv2d`."""

import re
from collections import Counter
from collections.abc import Callable

__all__ = [
    "auto_name",
    "clear_session",
    "get_uid",
    "name_scope",
    "on_clear_session",
    "scoped",
    "to_snake_case",
]

_used: Counter = Counter()
_clearers: list[Callable[[], None]] = []
scopes: list[tuple[str, object]] = []  # (name, who opened it)


def to_snake_case(name: str) -> str:
    """Turns a class name into the prefix of its objects' names.

    >>> [to_snake_case(n) for n in ("Dense", "ReLU", "Conv2DTranspose")]
    ['dense', 're_lu', 'conv2d_transpose']
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(prefix: str) -> str:
    """Returns the next free name: `dense`, then `dense_1`, `dense_2`, ..."""
    count = _used[prefix]
    _used[prefix] += 1
    return f"{prefix}_{count}" if count else prefix


def get_uid(prefix: str = "") -> int:
    """Returns 1, 2, 3, ... for each prefix, until `clear_session`."""
    _used[prefix] += 1
    return _used[prefix]


def on_clear_session(action: Callable[[], None]) -> Callable[[], None]:
    """Registers what else `clear_session` resets; usable as a decorator."""
    _clearers.append(action)
    return action


def clear_session(free_memory: bool = True) -> None:
    """Forgets the global state: automatic names start afresh, seeds too.

    Args:
        free_memory: Accepted for Keras code; unused arrays are freed at once anyway.
    """
    _used.clear()
    for action in _clearers:
        action()


class name_scope:
    """Context in which variables get paths that begin with this name.

    Args:
        name: The name.
        caller: Who opens the scope; opening it again right inside adds nothing.

    >>> with name_scope("encoder"):
    ...     scoped("kernel")
    'encoder/kernel'
    """

    def __init__(self, name: str, caller=None):
        self.name = name
        self.caller = caller

    def __enter__(self) -> "name_scope":
        is_open = bool(scopes) and self.caller is not None
        self._adds = not (is_open and scopes[-1][1] is self.caller)
        if self._adds:
            scopes.append((self.name, self.caller))
        return self

    def __exit__(self, *exception) -> None:
        if self._adds:
            scopes.pop()


def scoped(name: str) -> str:
    """Returns the path that a name has inside the present scopes."""
    return "/".join([scope for scope, _ in scopes] + [name])
