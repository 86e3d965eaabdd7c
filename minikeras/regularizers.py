"""Penalties on weights and activations (`keras.regularizers` in Keras 3).

A regularizer turns a tensor into one number, which is added to the loss, so that
training prefers small or sparse or orthogonal weights.
"""

import functools
import math

import numpy as np

from . import ops
from .legacy import doors
from .utils import changes, checks, configurable
from .utils.registry import Registry

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]

REGULARIZERS = Registry("regularizer", "keras.regularizers")


class Regularizer(changes.Watched):
    """Base of regularizers: a subclass says in `__call__` what the penalty is.

    >>> class L4(Regularizer):
    ...     def __call__(self, x):
    ...         return ops.sum(ops.power(x, 4))
    >>> float(L4()([1.0, 2.0]))
    17.0
    """

    def __call__(self, x):
        """Returns the penalty, a scalar. Here: none."""
        return 0.0

    def get_config(self) -> dict:
        """Returns the constructor's arguments, as far as they are kept by name."""
        return configurable.arguments(self, lenient=True)

    @classmethod
    def from_config(cls, config: dict) -> "Regularizer":
        """Makes a regularizer from what `get_config` returned."""
        return cls(**config)


def _factor(owner, **named) -> float:
    """Checks a finite number of 0 or more; None counts as 0."""
    ((name, value),) = named.items()
    if value is None:
        return 0.0
    value = float(checks.non_negative(owner, **named))
    if math.isinf(value):
        checks.fail(owner, name, value, "be finite", 0.01)
    return value


def _single(value: float) -> float:
    """The number as float32 knows it: so Keras writes some factors to files."""
    return float(np.float32(value))


@REGULARIZERS.register("l1")
class L1(Regularizer):
    """penalty = l1 * sum(|x|): drives small weights to exactly zero.

    Args:
        l1: Factor, 0 or more.

    >>> float(L1(0.5)([1.0, -3.0]))
    2.0
    """

    def __init__(self, l1=0.01):
        self.l1 = _factor(self, l1=l1)

    def __call__(self, x):
        """Returns the penalty."""
        return self.l1 * ops.sum(ops.absolute(x))

    def get_config(self):
        """Returns the factor."""
        return {"l1": _single(self.l1)}


@REGULARIZERS.register("l2")
class L2(Regularizer):
    """penalty = l2 * sum(x^2): keeps weights small, also known as weight decay.

    Args:
        l2: Factor, 0 or more.

    >>> float(L2(0.5)([1.0, -3.0]))
    5.0
    """

    def __init__(self, l2=0.01):
        self.l2 = _factor(self, l2=l2)

    def __call__(self, x):
        """Returns the penalty."""
        return self.l2 * ops.sum(ops.square(x))


@REGULARIZERS.register("l1l2")
class L1L2(Regularizer):
    """penalty = l1 * sum(|x|) + l2 * sum(x^2).

    Args:
        l1: Factor of the absolute values, 0 or more; None for none.
        l2: Factor of the squares, 0 or more; None for none.

    >>> float(L1L2(l1=1.0, l2=0.5)([1.0, -3.0]))
    9.0
    """

    def __init__(self, l1=0.0, l2=0.0):
        self.l1 = _factor(self, l1=l1)
        self.l2 = _factor(self, l2=l2)

    def __call__(self, x):
        """Returns the penalty."""
        penalty = 0.0
        if self.l1:
            penalty += self.l1 * ops.sum(ops.absolute(x))
        if self.l2:
            penalty += self.l2 * ops.sum(ops.square(x))
        return ops.convert_to_tensor(penalty)


@REGULARIZERS.register("orthogonal_regularizer")
class OrthogonalRegularizer(Regularizer):
    """Punishes rows (or columns) of a matrix that are not at right angles.

    penalty = factor * mean of |cos(angle)| over all pairs of rows.

    Args:
        factor: Factor, 0 or more.
        mode: "rows" or "columns".

    >>> float(OrthogonalRegularizer(1.0)([[2.0, 0.0], [0.0, 3.0]]))
    0.0
    """

    def __init__(self, factor=0.01, mode="rows"):
        self.factor = _factor(self, factor=factor)
        self.mode = checks.one_of(self, mode=mode, allowed=("rows", "columns"))

    def __call__(self, x):
        """Returns the penalty; `x` is a matrix."""
        squares = ops.square(x)
        if len(squares.shape) != 2:
            raise ValueError(
                "OrthogonalRegularizer: the weight must be a matrix, got shape "
                f"{squares.shape}."
            )
        axis = 1 if self.mode == "rows" else 0
        norms = ops.sqrt(ops.sum(squares, axis=axis, keepdims=True))
        units = x / ops.maximum(norms, 1e-6)
        left, right = units, ops.transpose(units)
        cosines = ops.matmul(left, right) if axis else ops.matmul(right, left)
        count = cosines.shape[0]
        others = 1 - np.eye(count, dtype=cosines.dtype)
        pairs = max(count * (count - 1) / 2, 1)
        return self.factor * 0.5 * ops.sum(ops.absolute(cosines * others)) / pairs

    def get_config(self):
        """Returns factor and mode."""
        return {"factor": _single(self.factor), "mode": self.mode}


def get(identifier):
    """Returns the regularizer meant by a name, config, class, function or object.

    >>> get("l2").get_config()
    {'l2': 0.01}
    """
    if isinstance(identifier, str) and identifier == "l1_l2":  # so it is documented
        return L1L2(l1=0.01, l2=0.01)
    return REGULARIZERS.get(identifier)


def serialize(regularizer) -> dict:
    """Returns the config form of a regularizer."""
    return REGULARIZERS.serialize(regularizer)


def deserialize(config, custom_objects: dict | None = None):
    """Makes a regularizer from what `serialize` returned."""
    return REGULARIZERS.deserialize(config, custom_objects)


l1 = L1
l2 = L2
l1_l2 = L1L2
orthogonal_regularizer = OrthogonalRegularizer


__getattr__ = functools.partial(doors.find_attribute, __name__)
