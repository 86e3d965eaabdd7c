"""Descriptions of the arrays that primitives are tested on.

`R(2, 3)` real numbers, `P` positive ones, `U` between -0.9 and 0.9, `D` distributions
along the last axis, `Z(n)(...)` whole numbers below n, `B` truth values. Python numbers
stand for themselves.
"""

from collections import namedtuple

import numpy as np

# reference: the result in plain NumPy, from arrays and metadata
# args:      descriptions of the array arguments
# metadata:  the primitive's keyword arguments
# order:     how often it can be differentiated (as far as there are gradient rules)
Case = namedtuple("Case", "reference args metadata order")


def case(reference, *args, order=2, **metadata):
    return Case(reference, args, metadata, order)


class Described:
    """An array to be drawn: a recipe `(rng, shape) -> array` and its shape."""

    def __init__(self, recipe, shape):
        self.recipe = recipe
        self.shape = shape

    def draw(self, rng):
        array = np.asarray(self.recipe(rng, self.shape))
        return array.astype("int32") if array.dtype == np.int64 else array


def described(recipe):
    return lambda *shape: Described(recipe, shape)


def away_from_kinks(rng, shape):
    """Normal numbers no nearer than 0.1 to a multiple of 0.5."""
    x = rng.normal(size=shape) * 1.5
    nearest = np.round(x * 2) / 2
    return nearest + np.where(x < nearest, -1, 1) * rng.uniform(0.1, 0.2, shape)


def distributions(rng, shape):
    x = rng.uniform(0.2, 1.0, shape)
    return x / x.sum(-1, keepdims=True)


def Z(below):
    return described(lambda rng, shape: rng.integers(0, below, shape))


def exactly(values):
    return Described(lambda rng, shape: np.array(values), np.shape(values))


R = described(away_from_kinks)
P = described(lambda rng, shape: rng.uniform(0.5, 2.0, shape))
U = described(lambda rng, shape: rng.uniform(-0.9, 0.9, shape))
D = described(distributions)
B = described(lambda rng, shape: rng.random(shape) < 0.5)
