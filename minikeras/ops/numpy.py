"""Keras's path `ops.numpy`: what NumPy has too."""

from . import paths

__getattr__, __dir__, __all__ = paths.namespace("numpy")
