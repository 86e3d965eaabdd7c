"""Adagrad and Adadelta: rates that shrink with the gradients seen so far."""

import numpy as np

from ..utils import checks
from .arguments import with_shared_arguments
from .base import OPTIMIZERS, Optimizer

__all__ = ["Adadelta", "Adagrad"]


@OPTIMIZERS.register("adagrad")
class Adagrad(Optimizer):
    """Smaller steps for weights whose gradients were large.

    a = a + g^2;  w = w - rate * g / sqrt(a + epsilon)  (Duchi et al., 2011)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        initial_accumulator_value: What a starts from, 0 or more.
        epsilon: Small number that keeps the division finite, 0 or more.
        **shared: `weight_decay` and others: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> Adagrad(0.1, initial_accumulator_value=0.0).apply([[2.0]], [w])
    >>> print(w.numpy().round(3))
    [0.9]
    """

    slots = (("accumulator",),)

    @with_shared_arguments
    def __init__(
        self,
        learning_rate=0.001,
        initial_accumulator_value=0.1,
        epsilon=1e-7,
        **shared,
    ):
        super().__init__(learning_rate, **shared)
        self.initial_accumulator_value = checks.non_negative(
            self, initial_accumulator_value=initial_accumulator_value
        )
        self.epsilon = checks.non_negative(self, epsilon=epsilon)
        self.starts = {"accumulator": initial_accumulator_value}

    def update(self, w, g, accumulator, *, rate):
        """Takes one step."""
        accumulator += g * g
        w -= rate * g / np.sqrt(accumulator + self.epsilon)


@OPTIMIZERS.register("adadelta")
class Adadelta(Optimizer):
    """Steps as long as the steps before, shorter where gradients are large.

    a = rho * a + (1 - rho) * g^2
    step = g * sqrt(d + epsilon) / sqrt(a + epsilon)
    d = rho * d + (1 - rho) * step^2;  w = w - rate * step  (Zeiler, 2012)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
            The paper has 1.
        rho: Share of the old mean squares, in [0, 1].
        epsilon: Small number that lets the first step begin, 0 or more.
        **shared: `weight_decay` and others: see `Optimizer`.
    """

    slots = (("accumulated_grad", "accumulated_delta_var"),)

    @with_shared_arguments
    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7, **shared):
        super().__init__(learning_rate, **shared)
        self.rho = checks.in_range(self, 0.0, 1.0, rho=rho)
        self.epsilon = checks.non_negative(self, epsilon=epsilon)

    def update(self, w, g, accumulated_grad, accumulated_delta_var, *, rate):
        """Takes one step."""
        accumulated_grad += (g * g - accumulated_grad) * (1 - self.rho)
        length = np.sqrt(accumulated_delta_var + self.epsilon)
        step = g * length / np.sqrt(accumulated_grad + self.epsilon)
        accumulated_delta_var += (step * step - accumulated_delta_var) * (1 - self.rho)
        w -= rate * step
