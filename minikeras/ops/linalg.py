"""Keras's path `ops.linalg`: linear algebra."""

from . import paths

__getattr__, __dir__, __all__ = paths.namespace("linalg")
