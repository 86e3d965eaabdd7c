"""LossScaleOptimizer: keeps the gradients of half precision away from zero."""

import numpy as np

from ..tensor import convert_to_tensor, values_are_read
from ..utils import checks, serialization
from .base import OPTIMIZERS, Optimizer

__all__ = ["LossScaleOptimizer"]


@OPTIMIZERS.register("lossscaleoptimizer")
class LossScaleOptimizer(Optimizer):
    """An optimizer around another one, for training in float16.

    The loss is multiplied by a large scale, so that small gradients do not vanish, and
    the gradients are divided by it again. A step whose gradients are infinite or NaN is
    left out, and the scale is halved; after many steps without one it is doubled.
    (Micikevicius et al., 2017)

    Args:
        inner_optimizer: The optimizer that takes the steps.
        initial_scale: The scale at first, above 0.
        dynamic_growth_steps: Number of steps after which the scale is doubled.
        name: Its name; made up if None.

    >>> w = keras.Variable([1.0])
    >>> optimizer = LossScaleOptimizer(keras.optimizers.SGD(0.1), initial_scale=8.0)
    >>> float(optimizer.scale_loss(2.0))
    16.0
    >>> optimizer.apply([[float("inf")]], [w])
    >>> float(w[0]), float(optimizer.dynamic_scale)
    (1.0, 4.0)
    """

    def __init__(
        self,
        inner_optimizer,
        initial_scale=32768.0,
        dynamic_growth_steps=2000,
        name=None,
        **kwargs,
    ):
        if kwargs:
            argument = next(iter(kwargs))
            raise ValueError(
                f"LossScaleOptimizer: {argument!r} must be set on the inner optimizer. "
                f"Try LossScaleOptimizer(SGD({argument}={kwargs[argument]!r}))."
            )
        if not isinstance(inner_optimizer, Optimizer):
            must = "be an optimizer"
            checks.fail(self, "inner_optimizer", inner_optimizer, must, "SGD()")
        super().__init__(learning_rate=0.0, name=name)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = checks.positive(self, initial_scale=initial_scale)
        self.dynamic_growth_steps = checks.positive_int(
            self, dynamic_growth_steps=dynamic_growth_steps
        )
        self.step_counter = self.add_variable((), dtype="int32", name="step_counter")
        self.dynamic_scale = self.add_variable((), "ones", name="dynamic_scale")
        self.dynamic_scale.assign(initial_scale)

    def build(self, variables):
        """Makes what the inner optimizer keeps beside these weights."""
        self.inner_optimizer.build(variables)
        self._trainable_variables = list(variables)
        self.built = True

    @property
    def variables(self):
        """The scale and its counter, and the variables of the inner optimizer."""
        return [*self._variables, *self.inner_optimizer.variables]

    @property
    def learning_rate(self):
        """The learning rate of the inner optimizer."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, rate):
        self.inner_optimizer.learning_rate = rate

    @property
    def iterations(self):
        """The number of steps taken, without those that were left out."""
        return self.inner_optimizer.iterations

    def scale_loss(self, loss):
        """Returns the loss times the scale; `apply` undoes it."""
        loss = convert_to_tensor(loss)
        return self.inner_optimizer.scale_loss(loss * self.dynamic_scale.value)

    def apply(self, grads, trainable_variables=None):
        """Takes a step with scaled gradients, unless one of them is not finite."""
        self._variables_of_step(trainable_variables)
        grads = [g if g is None else convert_to_tensor(g) for g in grads]
        values_are_read()
        if all(g is None or np.isfinite(g.array).all() for g in grads):
            scale = float(self.dynamic_scale)
            grads = [g if g is None else g / scale for g in grads]
            self.inner_optimizer.apply(grads, trainable_variables)
            self._count()
        else:
            self.step_counter.assign(0)
            self.dynamic_scale.assign(float(self.dynamic_scale) / 2)

    def _count(self) -> None:
        steps = int(self.step_counter) + 1
        if steps == self.dynamic_growth_steps:
            steps = 0
            self.dynamic_scale.assign(float(self.dynamic_scale) * 2)
        self.step_counter.assign(steps)

    def finalize_variable_values(self, var_list):
        """Ends training, as the inner optimizer does."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def exclude_from_weight_decay(self, var_list=None, var_names=None):
        """Says which weights do not decay: see `Optimizer`."""
        self.inner_optimizer.exclude_from_weight_decay(var_list, var_names)

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            "name": self.name,
            "inner_optimizer": OPTIMIZERS.serialize(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes an optimizer from what `get_config` returned."""
        inner = config["inner_optimizer"]
        inner = serialization.deserialize_keras_object(inner, custom_objects)
        return cls(**{**config, "inner_optimizer": inner})
