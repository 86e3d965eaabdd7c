"""The base class of initializers, and the way from a name to one."""

import numpy as np

from ..legacy import doors
from ..tensor import Tensor, Variable, convert_to_tensor
from ..utils import configurable
from ..utils.registry import Registry

__all__ = ["INITIALIZERS", "Initializer", "deserialize", "get", "serialize"]

INITIALIZERS = Registry("initializer", "keras.initializers", "minikeras.initializers")


class Initializer:
    """Base of initializers: a subclass says in `__call__` what the first values are.

    >>> class Threes(Initializer):
    ...     def __call__(self, shape, dtype=None):
    ...         return np.full(shape, 3.0, dtype)
    >>> Threes()((2,)).tolist()
    [3.0, 3.0]
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "__call__" in vars(cls):
            doors.open_initializer(cls)

    def __call__(self, shape, dtype=None):
        """Returns the first values.

        Args:
            shape: Tuple of ints.
            dtype: Dtype of the values; `config.floatx()` if None.
        """
        raise TypeError(
            f"{type(self).__name__} has no __call__ method. Define "
            "`def __call__(self, shape, dtype=None)` and return an array."
        )

    def get_config(self) -> dict:
        """Returns the constructor's arguments, as far as they are kept by name."""
        return configurable.arguments(self, lenient=True)

    @classmethod
    def from_config(cls, config: dict) -> "Initializer":
        """Makes an initializer from what `get_config` returned."""
        return cls(**config)

    def clone(self) -> "Initializer":
        """Returns another initializer with the same config."""
        return type(self).from_config(self.get_config())


class ValueInitializer:
    """Gives one array, whose shape must be the one asked for."""

    def __init__(self, value):
        self.value = value

    def __call__(self, shape, dtype=None) -> Tensor:
        if tuple(shape) != tuple(self.value.shape):
            raise ValueError(
                f"An array given as initializer must have the weight's shape "
                f"{tuple(shape)}, got {tuple(self.value.shape)}."
            )
        return convert_to_tensor(self.value, dtype)


def get(identifier):
    """Returns the initializer meant by a name, config, class, array or object.

    >>> type(get("he_normal")).__name__
    'HeNormal'
    """
    if isinstance(identifier, (np.ndarray, Tensor, Variable)):
        return ValueInitializer(identifier)
    return doors.initializer_of(INITIALIZERS.get(identifier))


def serialize(initializer) -> dict:
    """Returns the config form of an initializer."""
    return INITIALIZERS.serialize(initializer)


def deserialize(config, custom_objects: dict | None = None):
    """Makes an initializer from what `serialize` returned."""
    return INITIALIZERS.deserialize(config, custom_objects)
