"""ScheduleFreeAdamW: averages in place of a falling rate."""

import numpy as np

from ..utils import checks
from .adam_rule import below_one
from .arguments import with_shared_arguments
from .base import OPTIMIZERS, Optimizer

__all__ = ["ScheduleFreeAdamW"]


@OPTIMIZERS.register("schedulefreeadamw")
class ScheduleFreeAdamW(Optimizer):
    """Adam that needs no schedule: the weights lean towards the mean of their path.

    z = z - rate * g / (sqrt(v / (1 - beta_2^t)) + epsilon), with v as in `Adam`
    x = x + (z - x) / t, the mean of all z;  w = (1 - beta_1) * z + beta_1 * x
    (Defazio et al., 2024)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        beta_1: How much of the mean the weights are, in (0, 1).
        beta_2: Share of the old mean of the gradient's square, in [0, 1).
        epsilon: Small number that keeps the division finite, 0 or more.
        warmup_steps: Steps in which the rate rises from 0.
        **shared: `weight_decay` and others: see `Optimizer`.
    """

    slots = (("momentum", "velocity"),)

    @with_shared_arguments
    def __init__(
        self,
        learning_rate=0.0025,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        warmup_steps=0,
        **shared,
    ):
        super().__init__(learning_rate, **shared)
        self.beta_1 = below_one(self, beta_1=beta_1)
        self.beta_2 = below_one(self, beta_2=beta_2)
        self.epsilon = checks.non_negative(self, epsilon=epsilon)
        self.warmup_steps = checks.integer(self, least=0, warmup_steps=warmup_steps)

    def build(self, variables):
        """Makes what is kept beside these weights; z starts where they are."""
        if not self.built:
            super().build(variables)
            for w, (path, _) in zip(variables, self._slots, strict=True):
                path.assign(w)

    def scalars(self, step, rate):
        """Returns the rate, the newest point's share in the mean, and v's bias."""
        return {
            "rate": rate,
            "share": 1 / step,
            "of_square": 1 / (1 - self.beta_2**step),
            "slower": self.warmup_steps / step,
        }

    def update(self, w, g, momentum, velocity, *, rate, share, of_square, slower):
        """Takes one step."""
        velocity += (g * g - velocity) * (1 - self.beta_2)
        mean = (w - momentum * (1 - self.beta_1)) / self.beta_1
        spread = np.sqrt(of_square * velocity) + self.epsilon
        if self.warmup_steps:
            spread = np.maximum(spread, slower * spread)
        momentum -= rate * g / spread
        mean += (momentum - mean) * share
        w[...] = momentum * (1 - self.beta_1) + mean * self.beta_1
