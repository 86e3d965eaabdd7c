"""Adamax, Nadam and Lamb: Adam with another norm, with look-ahead, layer by layer."""

import numpy as np

from .. import ops
from ..tensor import number
from ..utils import checks
from .adam_rule import below_one
from .arguments import with_shared_arguments
from .base import OPTIMIZERS, Optimizer

__all__ = ["Adamax", "Lamb", "Nadam"]


class _AdamLike(Optimizer):
    """The arguments of Adam."""

    slots = (("momentum", "velocity"),)

    @with_shared_arguments
    def __init__(
        self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **shared
    ):
        super().__init__(learning_rate, **shared)
        self.beta_1 = below_one(self, beta_1=beta_1)
        self.beta_2 = below_one(self, beta_2=beta_2)
        self.epsilon = checks.non_negative(self, epsilon=epsilon)


@OPTIMIZERS.register("adamax")
class Adamax(_AdamLike):
    """Adam with the largest gradient of late in place of the mean square.

    m = m + (1 - beta_1) * (g - m);  u = max(beta_2 * u, |g|)
    w = w - rate / (1 - beta_1^t) * m / (u + epsilon) at step t. (Kingma and Ba, 2014)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        beta_1: Share of the old mean of the gradient, in [0, 1).
        beta_2: How fast a large gradient is forgotten, in [0, 1).
        epsilon: Small number that keeps the division finite, 0 or more.
        **shared: `weight_decay` and others: see `Optimizer`.
    """

    slots = (("momentum", "norm"),)

    def scalars(self, step, rate):
        """Returns the rate that makes up for the running mean's start at zero."""
        return {"rate": rate / (1 - self.beta_1**step)}

    def update(self, w, g, momentum, norm, *, rate):
        """Takes one step."""
        momentum += (g - momentum) * (1 - self.beta_1)
        norm *= self.beta_2
        np.maximum(norm, np.abs(g), out=norm)
        w -= rate * momentum / (norm + self.epsilon)


@OPTIMIZERS.register("nadam")
class Nadam(_AdamLike):
    """Adam with Nesterov momentum: the mean of the gradient, one step ahead.

    u(t) = beta_1 * (1 - 0.96^t / 2);  p(t) = u(1) * ... * u(t)
    ahead = u(t + 1) * m / (1 - p(t + 1)) + (1 - u(t)) * g / (1 - p(t)), m as in `Adam`
    w = w - rate * ahead / (sqrt(v / (1 - beta_2^t)) + epsilon)  (Dozat, 2015)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        beta_1: Share of the old mean of the gradient in the end, in [0, 1).
        beta_2: Share of the old mean of its square, in [0, 1).
        epsilon: Small number that keeps the division finite, 0 or more.
        **shared: `weight_decay` and others: see `Optimizer`.
    """

    def build(self, variables):
        """Makes what is kept beside these weights, and the product p."""
        if not self.built:
            super().build(variables)
            self._product = self.add_variable((), "ones", name="variable")

    def at_step(self, steps: int):
        """Returns the number of steps and the product p, with their variables."""
        product = np.prod(self._share(np.arange(1.0, steps + 1)))
        return [*super().at_step(steps), (self._product, product)]

    def _share(self, step):
        return self.beta_1 * (1 - 0.5 * 0.96**step)

    def _move(self, pairs):
        step = ops.cast(self.iterations, "float32") + 1
        share = self.beta_1 * (1 - 0.5 * ops.power(0.96, step))
        self._product.assign(self._product.value * share)
        super()._move(pairs)

    def scalars(self, step, rate):
        """Returns the weights of mean and gradient, and of the mean square."""
        product = number(self._product)
        ahead = self._share(step + 1)
        return {
            "rate": rate,
            "of_mean": ahead / (1 - product * ahead),
            "own": (1 - self._share(step)) / (1 - product),
            "of_square": 1 / (1 - self.beta_2**step),
        }

    def update(self, w, g, momentum, velocity, *, rate, of_mean, own, of_square):
        """Takes one step."""
        momentum += (g - momentum) * (1 - self.beta_1)
        velocity += (g * g - velocity) * (1 - self.beta_2)
        ahead = of_mean * momentum + own * g
        w -= rate * ahead / (np.sqrt(of_square * velocity) + self.epsilon)


@OPTIMIZERS.register("lamb")
class Lamb(_AdamLike):
    """Adam with steps in proportion to each weight's length, for large batches.

    m, v as in `Adam`
    r = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon)
    w = w - rate * |w| / |r| * r, with norms over all elements. (You et al., 2019)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        beta_1: Share of the old mean of the gradient, in [0, 1).
        beta_2: Share of the old mean of its square, in [0, 1).
        epsilon: Small number that keeps the division finite, 0 or more.
        **shared: `weight_decay` and others: see `Optimizer`.
    """

    elementwise = False

    def scalars(self, step, rate):
        """Returns what makes up for the running means' start at zero."""
        return {
            "rate": rate,
            "of_mean": 1 / (1 - self.beta_1**step),
            "of_square": 1 / (1 - self.beta_2**step),
        }

    def update(self, w, g, momentum, velocity, *, rate, of_mean, of_square):
        """Takes one step."""
        momentum += (g - momentum) * (1 - self.beta_1)
        velocity += (g * g - velocity) * (1 - self.beta_2)
        step = of_mean * momentum / (np.sqrt(of_square * velocity) + self.epsilon)
        length, own = np.sqrt(np.sum(step * step)), np.sqrt(np.sum(w * w))
        is_zero = np.minimum(length, own) == 0
        ratio = np.where(is_zero, 1, own / np.where(is_zero, 1, length))
        w -= rate * ratio * step
