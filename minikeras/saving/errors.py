"""The errors of this floor.

SavingError (a ValueError and an OSError)   a file or path that cannot be used
└── MissingFileError (and FileNotFoundError)   there is no such file
"""

__all__ = ["MissingFileError", "SavingError"]


class SavingError(ValueError, OSError):
    """A model or weights file cannot be read or written, and why.

    Code written for Keras catches ValueError or OSError, depending on what was wrong
    with the file: this is both.
    """


class MissingFileError(SavingError, FileNotFoundError):
    """There is no file at that path."""
