"""The errors of this floor.

SavingError (a ValueError and an OSError)   a file or path that cannot be used
└── MissingFileError (and FileNotFoundError)   there is no such file
"""

from contextlib import contextmanager

__all__ = ["MissingFileError", "SavingError", "explained"]

# What a damaged file can make of code that expects a whole one.
_FOREIGN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


class SavingError(ValueError, OSError):
    """A model or weights file cannot be read or written, and why.

    Code written for Keras catches ValueError or OSError, depending on what was wrong
    with the file: this is both.
    """


@contextmanager
def explained(what: str):
    """Turns any error that a file can cause into a SavingError.

    Args:
        what: What is read, for the message.
    """
    try:
        yield
    except SavingError:
        raise
    except _FOREIGN as error:
        name = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        raise SavingError(f"Cannot load {what}. {name}{error}") from error


class MissingFileError(SavingError, FileNotFoundError):
    """There is no file at that path."""
