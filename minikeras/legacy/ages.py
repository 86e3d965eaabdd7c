"""Which Keras wrote a file: the version and backend that it names, or does not name."""

from typing import NamedTuple

__all__ = ["Age", "age_of"]


class Age(NamedTuple):
    """The Keras that wrote a file.

    Attributes:
        version: Its version as numbers: (2, 2, 4). Files without one are of Keras 1.
        is_tensorflow: Whether it was tf.keras.
        backend: "theano", "tensorflow", "cntk", "jax", ...; None if it is not told.
    """

    version: tuple[int, ...]
    is_tensorflow: bool
    backend: str | None

    @property
    def major(self) -> int:
        """1, 2 or 3."""
        return self.version[0]

    @property
    def is_multi_backend(self) -> bool:
        """Whether it is Keras 1, or Keras 2 up to 2.3.1, before TensorFlow had it."""
        return not self.is_tensorflow and self.major < 3


def age_of(keras_version: str | None, backend: str | None = None) -> Age:
    """Returns the age that the attributes of a file tell.

    >>> age_of("2.2.4-tf", "tensorflow").is_tensorflow
    True
    >>> age_of(None).version
    (1,)
    """
    number, _, suffix = (keras_version or "1").partition("-")
    parts = tuple(int(part) for part in number.split(".") if part.isdigit()) or (1,)
    is_tensorflow = suffix.startswith("tf") or (2, 4) <= parts < (3,)
    return Age(parts, is_tensorflow, backend)
