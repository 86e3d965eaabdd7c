"""RMSprop."""

import numpy as np

from ..utils import checks
from .arguments import with_shared_arguments
from .base import OPTIMIZERS, Optimizer

__all__ = ["RMSprop"]


@OPTIMIZERS.register("rmsprop")
class RMSprop(Optimizer):
    """Divides the gradient by a running mean of its magnitude.

    v = rho * v + (1 - rho) * g^2;  w = w - rate * g / sqrt(v + epsilon)
    With `centered`, the square of the mean gradient is taken off v: the variance.
    (Tieleman and Hinton, 2012)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        rho: Share of the old mean at each step, in [0, 1].
        momentum: How much of the last step carries over, in [0, 1].
        epsilon: Small number that keeps the division finite, 0 or more.
        centered: Whether to divide by an estimate of the standard deviation.
        **shared: `weight_decay` and others: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> RMSprop(learning_rate=0.1, rho=0.0).apply([[2.0]], [w])
    >>> print(w.numpy().round(3))
    [0.9]
    """

    @with_shared_arguments
    def __init__(
        self,
        learning_rate=0.001,
        rho=0.9,
        momentum=0.0,
        epsilon=1e-7,
        centered=False,
        **shared,
    ):
        super().__init__(learning_rate, **shared)
        self.rho = checks.in_range(self, 0.0, 1.0, rho=rho)
        self.momentum = checks.in_range(self, 0.0, 1.0, momentum=momentum)
        self.epsilon = checks.non_negative(self, epsilon=epsilon)
        self.centered = centered
        names = ("velocity", momentum and "momentum", centered and "average_gradient")
        self.slots = tuple((name,) for name in names if name)

    def update(self, w, g, velocity, momentum=None, average_gradient=None, *, rate):
        """Takes one step."""
        velocity += (g * g - velocity) * (1 - self.rho)
        spread = velocity
        if average_gradient is not None:
            average_gradient += (g - average_gradient) * (1 - self.rho)
            spread = velocity - average_gradient * average_gradient
        step = rate * g / np.sqrt(spread + self.epsilon)
        if momentum is not None:
            momentum *= self.momentum
            momentum += step
            step = momentum
        w -= step
