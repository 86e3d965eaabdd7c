"""The names that layers had in Keras 1 and 2: `Convolution2D(32, 3, 3)`.

`Convolution2D` makes a `Conv2D` and passes for one with `isinstance`; it takes the
arguments in the order of Keras 1 as well. The classes are made when they are asked for.
"""

from ..legacy import doors, spellings
from .layer import LAYERS

__all__ = ["ThresholdedReLU", "TimeDistributedDense"]

_KEPT = ("Convolution", "SeparableConvolution")  # Keras 3 has these names too
_OUTER = ("input_shape", "batch_input_shape", "input_dim", "input_length", "name")


class Alias(type):
    """The type of classes that only lend a name to another one."""

    def __call__(cls, *args, **kwargs):
        """Makes an object of the modern class, or of a class derived from the alias."""
        if "modern" not in vars(cls):
            return super().__call__(*args, **kwargs)
        if not cls.old_name.startswith(_KEPT):
            doors.warn(f"The layer {cls.old_name} is called {cls.__name__} today.")
        args, kwargs = spellings.by_position(cls.old_name, args, kwargs)
        return cls.modern(*args, **{**cls.implied, **kwargs})

    def __instancecheck__(cls, instance) -> bool:
        return issubclass(type(instance), cls)

    def __subclasscheck__(cls, other) -> bool:
        if "modern" not in vars(cls):
            return super().__subclasscheck__(other)
        return issubclass(other, cls.modern)


def _made(name: str):
    """Returns the class for an old name."""
    modern, implied = spellings.CLASSES[name]
    base = LAYERS.find(modern)

    def __init__(self, *args, **kwargs):  # for classes derived from the alias
        args, kwargs = spellings.by_position(name, args, kwargs)
        base.__init__(self, *args, **{**implied, **kwargs})

    members = {"__init__": __init__, "__doc__": f"The old name of `{modern}`."}
    alias = Alias(modern, (base,), members)
    alias.modern, alias.implied, alias.old_name = base, implied, name
    return alias


def __getattr__(name: str):
    if name not in spellings.CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, _made(name))


def TimeDistributedDense(output_dim, *args, **kwargs):
    """Makes `TimeDistributed(Dense(units))`: one layer of Keras 1 for both.

    Args:
        output_dim: The number of units.
        *args, **kwargs: Those of `Dense`; the input's shape and the name go to the
            layer around it.
    """
    outer = {key: kwargs.pop(key) for key in _OUTER if key in kwargs}
    doors.warn(
        "TimeDistributedDense(...) is TimeDistributed(Dense(...)) today; Dense(...) "
        "alone does the same."
    )
    dense = LAYERS.find("Dense")(output_dim, *args, **kwargs)
    return LAYERS.find("TimeDistributed")(dense, **outer)


def ThresholdedReLU(theta=1.0, **kwargs):
    """Makes `ReLU(threshold=theta)`, which was a layer of its own before Keras 3."""
    call = doors.describe_call("ReLU", (), {"threshold": float(theta)})
    doors.warn(f"ThresholdedReLU({theta!r}) is {call} today.")
    return LAYERS.find("ReLU")(threshold=float(theta), **kwargs)
