"""What a model computes, as text: scripts that need nothing but NumPy."""

from .export import write_script

__all__ = ["write_script"]
