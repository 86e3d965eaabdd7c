"""Ftrl: follow the regularized leader."""

import numpy as np

from ..utils import checks
from .arguments import with_shared_arguments
from .base import OPTIMIZERS, Optimizer

__all__ = ["Ftrl"]

STRENGTHS = (
    "l1_regularization_strength",
    "l2_regularization_strength",
    "l2_shrinkage_regularization_strength",
)


@OPTIMIZERS.register("ftrl")
class Ftrl(Optimizer):
    """Weights that would have been best so far, many of them zero.

    a' = a + g^2;  s = (a'^-power - a^-power) / rate
    z = z + g + 2 * shrinkage * w - s * w
    w = (clip(z, -l1, l1) - z) / (a'^-power / rate + 2 * l2 + beta / rate)
    (McMahan et al., 2013)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        learning_rate_power: How the rate falls as gradients add up, 0 or less; 0 keeps
            it.
        initial_accumulator_value: What a starts from, 0 or more.
        l1_regularization_strength: Factor of the sum of |w|, 0 or more.
        l2_regularization_strength: Factor of the sum of w^2, 0 or more.
        l2_shrinkage_regularization_strength: Factor of w in the gradient, 0 or more.
        beta: Added to the root of a, in the paper's terms.
        **shared: `weight_decay` and others: see `Optimizer`.
    """

    slots = (("accumulator", "linear"),)

    @with_shared_arguments
    def __init__(
        self,
        learning_rate=0.001,
        learning_rate_power=-0.5,
        initial_accumulator_value=0.1,
        l1_regularization_strength=0.0,
        l2_regularization_strength=0.0,
        l2_shrinkage_regularization_strength=0.0,
        beta=0.0,
        **shared,
    ):
        super().__init__(learning_rate, **shared)
        if learning_rate_power > 0:
            must = "be 0 or less"
            checks.fail(self, "learning_rate_power", learning_rate_power, must, -0.5)
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        for name in ("initial_accumulator_value", *STRENGTHS):
            checks.non_negative(self, **{name: getattr(self, name)})
        self.beta = beta
        self.starts = {"accumulator": initial_accumulator_value}

    def update(self, w, g, accumulator, linear, *, rate):
        """Takes one step."""
        power = -self.learning_rate_power
        before = accumulator**power
        accumulator += g * g
        after = accumulator**power
        linear -= (after - before) / rate * w
        linear += g + 2 * self.l2_shrinkage_regularization_strength * w
        most = self.l1_regularization_strength
        clipped = np.minimum(np.maximum(linear, -most), most)
        total = (after + self.beta) / rate + 2 * self.l2_regularization_strength
        w[...] = (clipped - linear) / np.maximum(total, np.finfo(w.dtype).tiny)
