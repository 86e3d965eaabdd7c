"""Small data sets to learn with: `digits` is bundled, `mnist` comes from the net."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(__name__, {}, ("digits", "mnist"))
