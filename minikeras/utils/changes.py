"""Counts changes of settings: what took them for granted knows when to look again."""

__all__ = ["Watched", "count", "note"]

_count = [0]

# What calls and training loops set on layers and models themselves.
BOOKKEEPING = frozenset(
    ("_call_number", "_losses", "_losses_of", "_inventory", "_is_primed", "history",
     "_tapped", "predict_function", "stop_evaluating", "stop_predicting",
     "stop_training", "test_function", "train_function")
)  # fmt: skip


def count() -> int:
    """Returns a number that is another one after each change."""
    return _count[0]


def note() -> None:
    """Notes that a setting has changed."""
    _count[0] += 1


class Watched:
    """An object whose attributes count as settings.

    >>> before, thing = count(), Watched()
    >>> thing.rate = 0.5
    >>> count() > before
    True
    """

    def __setattr__(self, name: str, value) -> None:
        object.__setattr__(self, name, value)
        if name not in BOOKKEEPING:
            _count[0] += 1
