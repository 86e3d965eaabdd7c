"""What a model computes, as text: scripts that need nothing but NumPy; pictures."""

from .export import Step, write_script

__all__ = ["Step", "write_script"]
