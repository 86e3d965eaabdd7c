"""Adam and AdamW."""

import numpy as np

from ..utils import checks
from .arguments import with_shared_arguments
from .base import OPTIMIZERS, Optimizer

__all__ = ["Adam", "AdamW"]


def below_one(owner, **named):
    """Checks a share in [0, 1): with 1, a running mean would never start to move."""
    ((name, value),) = named.items()
    if checks.in_range(owner, 0.0, 1.0, **named) == 1:
        checks.fail(owner, name, value, "be a number in [0, 1)", 0.9)
    return value


@OPTIMIZERS.register("adam")
class Adam(Optimizer):
    """Steps of nearly equal length for all weights, from running means of the gradient.

    m = m + (1 - beta_1) * (g - m);  v = v + (1 - beta_2) * (g^2 - v)
    w = w - rate * m / (sqrt(v) + epsilon)
    rate = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) at step t. (Kingma and
    Ba, 2014)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        beta_1: Share of the old mean of the gradient, in [0, 1).
        beta_2: Share of the old mean of its square, in [0, 1).
        epsilon: Small number that keeps the division finite, 0 or more.
        amsgrad: Whether to divide by the largest v so far. (Reddi et al., 2018)
        **shared: `weight_decay` and others: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> Adam(learning_rate=0.1).apply([[2.0]], [w])
    >>> print(w.numpy().round(3))
    [0.9]
    """

    @with_shared_arguments
    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        **shared,
    ):
        super().__init__(learning_rate, **shared)
        self.beta_1 = below_one(self, beta_1=beta_1)
        self.beta_2 = below_one(self, beta_2=beta_2)
        self.epsilon = checks.non_negative(self, epsilon=epsilon)
        self.amsgrad = amsgrad
        means = ("momentum", "velocity")
        self.slots = (means, ("velocity_hat",)) if amsgrad else (means,)

    def scalars(self, step, rate):
        """Returns the rate that makes up for the running means' start at zero."""
        bias = (1 - self.beta_2**step) ** 0.5 / (1 - self.beta_1**step)
        return {"rate": rate * bias}

    def update(self, w, g, momentum, velocity, velocity_hat=None, *, rate):
        """Takes one step."""
        momentum += (g - momentum) * (1 - self.beta_1)
        velocity += (g * g - velocity) * (1 - self.beta_2)
        if velocity_hat is not None:
            velocity = np.maximum(velocity_hat, velocity, out=velocity_hat)
        w -= rate * momentum / (np.sqrt(velocity) + self.epsilon)


@OPTIMIZERS.register("adamw")
class AdamW(Adam):
    """Adam with weight decay on by default. (Loshchilov and Hutter, 2019)

    Weights shrink by `learning_rate * weight_decay` before each Adam step.

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        **shared: `weight_decay` and others: see `Optimizer`.
    """

    @with_shared_arguments
    def __init__(
        self,
        learning_rate=0.001,
        weight_decay=0.004,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        **shared,
    ):
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, **shared
        )
