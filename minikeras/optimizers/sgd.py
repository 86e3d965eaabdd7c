"""Stochastic gradient descent."""

from ..utils import checks
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
        weight_decay: And the arguments that follow: see `Optimizer`.

    >>> w = keras.Variable([1.0])
    >>> SGD(learning_rate=0.1).apply([[2.0]], [w])
    >>> print(w.numpy().round(3))
    [0.8]
    """

    def __init__(
        self,
        learning_rate=0.01,
        momentum=0.0,
        nesterov=False,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        loss_scale_factor=None,
        gradient_accumulation_steps=None,
        name=None,
        **kwargs,
    ):
        super().__init__(
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            clipnorm=clipnorm,
            clipvalue=clipvalue,
            global_clipnorm=global_clipnorm,
            use_ema=use_ema,
            ema_momentum=ema_momentum,
            ema_overwrite_frequency=ema_overwrite_frequency,
            loss_scale_factor=loss_scale_factor,
            gradient_accumulation_steps=gradient_accumulation_steps,
            name=name,
            **kwargs,
        )
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
