"""Conditions that weights keep after each update (`keras.constraints` in Keras 3).

A constraint turns a weight into one near it that meets the condition; the optimizer
applies it after each step.
"""

import functools

from . import config, ops
from .legacy import doors
from .utils import changes, checks, configurable
from .utils.registry import Registry

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]

CONSTRAINTS = Registry("constraint", "keras.constraints")


@CONSTRAINTS.register
class Constraint(changes.Watched):
    """Base of constraints: a subclass says in `__call__` what becomes of a weight.

    >>> class Rounded(Constraint):
    ...     def __call__(self, w):
    ...         return ops.round(w)
    >>> Rounded()([0.4, 1.6]).tolist()
    [0.0, 2.0]
    """

    def __call__(self, w):
        """Returns the weight as it may be. Here: as it is."""
        return w

    def get_config(self) -> dict:
        """Returns the constructor's arguments, as far as they are kept by name."""
        return configurable.arguments(self, lenient=True)

    @classmethod
    def from_config(cls, config: dict) -> "Constraint":
        """Makes a constraint from what `get_config` returned."""
        return cls(**config)


def _norm(w, axis):
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


@CONSTRAINTS.register("max_norm")
class MaxNorm(Constraint):
    """Shrinks what is longer than `max_value` to that length.

    w * clip(norm, 0, max_value) / (epsilon + norm). (Srivastava et al., 2014)

    Args:
        max_value: Greatest Euclidean norm, 0 or more.
        axis: Axis, or list of axes, over which the norm is taken: 0 for the kernel of
            a Dense layer, [0, 1, 2] for that of a Conv2D layer.

    >>> print(MaxNorm(1.0)([[3.0], [4.0]]).numpy().ravel().round(3))
    [0.6 0.8]
    """

    def __init__(self, max_value=2, axis=0):
        self.max_value = checks.non_negative(self, max_value=max_value)
        self.axis = axis

    def __call__(self, w):
        """Returns the weight with norms of at most `max_value`."""
        norms = _norm(w, self.axis)
        allowed = ops.clip(norms, 0, self.max_value)
        return w * (allowed / (config.epsilon() + norms))


@CONSTRAINTS.register("non_neg")
class NonNeg(Constraint):
    """Sets what is negative to zero.

    >>> NonNeg()([-1.0, 2.0]).tolist()
    [0.0, 2.0]
    """

    def __call__(self, w):
        """Returns the weight without negative numbers."""
        return ops.maximum(w, 0)


@CONSTRAINTS.register("unit_norm")
class UnitNorm(Constraint):
    """Scales to Euclidean norm 1: w / (epsilon + norm).

    Args:
        axis: Axis, or list of axes, over which the norm is taken: 0 for the kernel of
            a Dense layer, [0, 1, 2] for that of a Conv2D layer.

    >>> print(UnitNorm()([[3.0], [4.0]]).numpy().ravel().round(3))
    [0.6 0.8]
    """

    def __init__(self, axis=0):
        self.axis = axis

    def __call__(self, w):
        """Returns the weight with norms of 1."""
        return w / (config.epsilon() + _norm(w, self.axis))


@CONSTRAINTS.register("min_max_norm")
class MinMaxNorm(Constraint):
    """Brings norms into [min_value, max_value], or some of the way there.

    w * (rate * clip(norm, min_value, max_value) + (1 - rate) * norm) / (epsilon + norm)

    Args:
        min_value: Least Euclidean norm, 0 or more.
        max_value: Greatest Euclidean norm, at least `min_value`.
        rate: How far to go at each step, in [0, 1]; 1 enforces the condition.
        axis: Axis, or list of axes, over which the norm is taken: 0 for the kernel of
            a Dense layer, [0, 1, 2] for that of a Conv2D layer.

    >>> print(MinMaxNorm(max_value=1.0)([[3.0], [4.0]]).numpy().ravel().round(3))
    [0.6 0.8]
    """

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value = checks.non_negative(self, min_value=min_value)
        self.max_value = checks.non_negative(self, max_value=max_value)
        self.rate = checks.rate(self, rate=rate)
        if max_value < min_value:
            must = f"be at least min_value={min_value}"
            checks.fail(self, "max_value", max_value, must, min_value)
        self.axis = axis

    def __call__(self, w):
        """Returns the weight with norms nearer to the interval, or in it."""
        norms = _norm(w, self.axis)
        allowed = ops.clip(norms, self.min_value, self.max_value)
        desired = self.rate * allowed + (1 - self.rate) * norms
        return w * (desired / (config.epsilon() + norms))


def get(identifier):
    """Returns the constraint meant by a name, config, class, function or object.

    >>> get("max_norm").get_config()
    {'max_value': 2, 'axis': 0}
    """
    return CONSTRAINTS.get(identifier)


def serialize(constraint) -> dict:
    """Returns the config form of a constraint."""
    return CONSTRAINTS.serialize(constraint)


def deserialize(config, custom_objects: dict | None = None):
    """Makes a constraint from what `serialize` returned."""
    return CONSTRAINTS.deserialize(config, custom_objects)


max_norm = MaxNorm
min_max_norm = MinMaxNorm
non_neg = NonNeg
unit_norm = UnitNorm


__getattr__ = functools.partial(doors.find_attribute, __name__)
