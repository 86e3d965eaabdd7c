"""Keras's path `ops.nn`: what networks are made of."""

from . import paths

__getattr__, __dir__, __all__ = paths.namespace("nn")
