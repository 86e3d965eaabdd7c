"""The version of minikeras, and of the Keras it follows."""

__all__ = ["KERAS_VERSION", "version"]

__version__ = "0.1.0"

KERAS_VERSION = "3.15.1"  # the reference for names, defaults and files


def version() -> str:
    """Returns the version of minikeras."""
    return __version__
