"""Lion: the sign of the momentum."""

import numpy as np

from .adam_rule import below_one
from .arguments import with_shared_arguments
from .base import OPTIMIZERS, Optimizer

__all__ = ["Lion"]


@OPTIMIZERS.register("lion")
class Lion(Optimizer):
    """Steps of one length for all weights, in the direction of the momentum.

    w = w - rate * sign(beta_1 * m + (1 - beta_1) * g)
    m = beta_2 * m + (1 - beta_2) * g  (Chen et al., 2023)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
            A third to a tenth of Adam's is usual.
        beta_1: Share of the momentum in the step, in (0, 1].
        beta_2: Share of the old momentum, in [0, 1).
        **shared: `weight_decay` and others: see `Optimizer`.
    """

    slots = (("momentum",),)

    @with_shared_arguments
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.99, **shared):
        super().__init__(learning_rate, **shared)
        if not 0 < beta_1 <= 1:
            raise ValueError(f"Lion: beta_1 must be in (0, 1], got {beta_1}. Try 0.9.")
        self.beta_1 = beta_1
        self.beta_2 = below_one(self, beta_2=beta_2)

    def update(self, w, g, momentum, *, rate):
        """Takes one step."""
        w -= rate * np.sign(momentum * self.beta_1 + g * (1 - self.beta_1))
        momentum += (g - momentum) * (1 - self.beta_2)
