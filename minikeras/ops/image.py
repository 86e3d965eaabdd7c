"""Keras's path `ops.image`: what is done to pictures.

These functions are not in `ops` itself.
"""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __package__,
    {
        "resizing": [],
    },
)
