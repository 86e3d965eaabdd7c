"""Stochastic gradient descent."""

from ..utils import checks
from .arguments import with_shared_arguments
from .base import OPTIMIZERS, Optimizer

__all__ = ["SGD"]


@OPTIMIZERS.register("sgd")
class SGD(Optimizer):
    """Gradient descent, with momentum if wanted.

    w = w - rate * g                                              (momentum 0)
    m = momentum * m - rate * g;  w = w + m                       (momentum)
    m = momentum * m - rate * g;  w = w + momentum * m - rate * g (nesterov)
    (Sutskever et al., 2013)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        momentum: How much of the last step carries over, in [0, 1].
        nesterov: Whether the gradient counts as if taken one step ahead.
        **shared: `weight_decay` and others: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> SGD(learning_rate=0.1).apply([[2.0]], [w])
    >>> print(w.numpy().round(3))
    [0.8]
    """

    @with_shared_arguments
    def __init__(
        self,
        learning_rate=0.01,
        momentum=0.0,
        nesterov=False,
        **shared,
    ):
        super().__init__(learning_rate, **shared)
        self.momentum = checks.in_range(self, 0.0, 1.0, momentum=momentum)
        self.nesterov = nesterov
        self.slots = (("momentum",),) if momentum else ()

    def update(self, w, g, momentum=None, *, rate):
        """Takes one step."""
        step = rate * g
        if momentum is None:
            w -= step
            return
        momentum *= self.momentum
        momentum -= step
        w += self.momentum * momentum - step if self.nesterov else momentum
