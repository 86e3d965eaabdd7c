"""The base class of optimizers: everything but the rule itself.

An optimizer declares

    slots      names of the variables it keeps beside each weight (momentum, ...)
    scalars    numbers that are the same for all weights in a step
    update     the rule: changes a weight and its slots in place, in plain NumPy

and the base class does the rest: it checks, scales, adds up and clips the gradients,
decays the weights, runs the rule, averages and constrains the weights and counts steps.
"""

import re
import warnings

import numpy as np

from .. import ops
from ..legacy import doors, methods
from ..tensor import (
    Tensor,
    Variable,
    convert_to_tensor,
    dtypes,
    number,
    phase,
    primitive,
    shapes,
    state,
    values_are_read,
)
from ..utils import checks, configurable, serialization
from ..utils.registry import Registry
from .schedules.schedule import LearningRateSchedule
from .state import OptimizerState

__all__ = ["OPTIMIZERS", "Optimizer", "deserialize", "get", "serialize"]

OPTIMIZERS = Registry("optimizer", "keras.optimizers", "minikeras.optimizers")

BLOCK = 65536  # elements that a rule works on at a time, so that they stay in the cache


@primitive(shape=shapes.same, dtype=dtypes.first, kind="effect")
def update_weight(w, g, *slots, optimizer, scalars, out=None):
    """Runs an optimizer's rule on a weight and its slots, in place."""
    whole = w.size <= BLOCK or not optimizer.elementwise
    if whole or not all(x.flags.c_contiguous for x in (w, *slots)):
        optimizer.run_rule((w, g, *slots), scalars)
        return w
    lines = [array.reshape(-1) for array in (w, g, *slots)]
    for start in range(0, w.size, BLOCK):
        optimizer.run_rule([x[start : start + BLOCK] for x in lines], scalars)
    return w


@doors.open_attributes(lr="learning_rate")
class Optimizer(OptimizerState):
    """Base of optimizers. The head of this module says what a subclass declares.

    A subclass written for Keras, with its own `build(variables)` and
    `update_step(gradient, variable, learning_rate)`, works too.

    Args:
        learning_rate: Number, function without arguments, or `LearningRateSchedule`,
            whose steps are batches.
        weight_decay: Shrinks weights by `learning_rate * weight_decay` at each step.
        clipnorm: Shrinks each gradient to at most this Euclidean norm.
        clipvalue: Clips each element of the gradients to [-clipvalue, clipvalue].
        global_clipnorm: Shrinks all gradients together to at most this norm.
        use_ema: Whether an exponential moving average of the weights is kept.
        ema_momentum: Share of the old average at each step, in [0, 1].
        ema_overwrite_frequency: Steps after which the average replaces the weights.
            None: once, when `fit` ends.
        loss_scale_factor: Factor of the loss, by which the gradients are divided again.
        gradient_accumulation_steps: Number of batches, 2 or more, whose mean gradient
            makes one step.
        name: Its name; made up if None.

    Raises:
        ValueError: for arguments out of range, unknown, or excluding one another.
    """

    elementwise = True  # whether `update` can be given a part of a weight

    def __init__(
        self,
        learning_rate,
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
        self._refuse_unknown(kwargs)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._check_arguments()
        super().__init__(name)
        self._learning_rate = self._make_rate(learning_rate)
        self._undecayed: tuple[list, list] = ([], [])  # variables, patterns of names
        self._steps_itself = type(self).update_step is not Optimizer.update_step

    def __getattr__(self, name: str):
        """Asks for what optimizers had in earlier Keras."""
        return methods.missing(self, "optimizer", name)

    # Arguments -----------------------------------------------------------------------

    def _refuse_unknown(self, kwargs: dict) -> None:
        if kwargs:
            name = next(iter(kwargs))
            known = configurable.argument_names(type(self))
            raise ValueError(
                f"{type(self).__name__}: unknown argument {name!r}. "
                f"{checks.did_you_mean(name, known)}"
            )

    def _check_arguments(self) -> None:
        clips = ("clipnorm", "clipvalue", "global_clipnorm")
        for name in ("weight_decay", *clips, "loss_scale_factor"):
            if getattr(self, name) is not None:
                checks.non_negative(self, **{name: getattr(self, name)})
        given = [name for name in clips if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(
                f"{type(self).__name__}: only one of clipnorm, clipvalue and "
                f"global_clipnorm can be set, got {' and '.join(given)}."
            )
        checks.in_range(self, 0.0, 1.0, ema_momentum=self.ema_momentum)
        frequency, steps = (
            self.ema_overwrite_frequency,
            self.gradient_accumulation_steps,
        )
        if frequency is not None:
            checks.positive_int(self, ema_overwrite_frequency=frequency)
        if steps is not None:
            checks.integer(self, least=2, gradient_accumulation_steps=steps)

    def _make_rate(self, rate):
        """Returns a variable for a number; schedules and functions as they are."""
        if isinstance(rate, dict):
            return serialization.deserialize_keras_object(rate)
        if callable(rate) and not isinstance(rate, Variable):
            return rate
        number = self._as_number(rate)
        variable = self.add_variable((), dtype="float32", name="learning_rate")
        variable.assign(number)
        return variable

    def _as_number(self, rate) -> float:
        try:
            return float(rate)
        except (TypeError, ValueError):
            must = "be a number, a LearningRateSchedule or a function"
            return checks.fail(type(self), "learning_rate", rate, must, 0.01)

    @property
    def learning_rate(self):
        """The learning rate: a variable, or what the schedule says for this step."""
        rate = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            return rate(self._iterations)  # counts batches, as in Keras
        return rate if isinstance(rate, Variable) else rate()

    @learning_rate.setter
    def learning_rate(self, rate) -> None:
        before = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            self._variables = [v for v in self._variables if v is not before]
            self._learning_rate = rate
        elif isinstance(before, Variable):
            before.assign(self._as_number(rate))
        else:
            raise TypeError(
                f"{self._owner()}: its learning rate follows a schedule or function "
                "and cannot be set to a number. Make the optimizer with a number to "
                "set it later."
            )

    @property
    def iterations(self):
        """The number of steps taken; batches that only add up do not count."""
        if self.gradient_accumulation_steps:
            return convert_to_tensor(self._steps_taken(), "int32")
        return self._iterations

    def _steps_taken(self) -> int:
        return number(self._iterations) // (self.gradient_accumulation_steps or 1)

    def get_config(self) -> dict:
        """Returns the constructor's arguments, the learning rate as it is now."""
        rate = self._learning_rate
        if isinstance(rate, Variable):
            rate = float(rate)
        names = configurable.argument_names(Optimizer)[1:-1]
        config = {
            "name": self.name,
            "learning_rate": serialization.serialize_keras_object(rate),
            **{name: getattr(self, name) for name in names},
        }
        return {**config, **configurable.arguments(self, skip=config, lenient=True)}

    @classmethod
    def from_config(cls, config: dict, custom_objects: dict | None = None):
        """Makes an optimizer from what `get_config` returned."""
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            rate = serialization.deserialize_keras_object(rate, custom_objects)
            config = {**config, "learning_rate": rate}
        return cls(**config)

    # A step --------------------------------------------------------------------------

    def apply_gradients(self, grads_and_vars) -> Variable:
        """Takes a step from pairs (gradient, variable). Returns the step count."""
        pairs = list(grads_and_vars)
        self.apply([g for g, _ in pairs], [w for _, w in pairs])
        return self._iterations

    def apply(self, grads, trainable_variables=None) -> None:
        """Takes a step.

        Args:
            grads: Gradients, one per variable; None for a variable that the loss does
                not depend on, which stays as it is, with a warning.
            trainable_variables: The variables. None: those it was built for.

        Raises:
            ValueError: if there is no gradient at all, if the two lists do not match,
                or for a variable that the optimizer was not built for.
        """
        phase("update")
        variables = self._variables_of_step(trainable_variables)
        pairs = self._pairs(list(grads), variables)
        if self.loss_scale_factor:
            pairs = [(g / self.loss_scale_factor, w) for g, w in pairs]
        if self.gradient_accumulation_steps:
            self._accumulate(pairs)
        else:
            self._move(pairs)
        if self.use_ema:
            self._average()
        for w in variables:
            if w.constraint is not None:
                w.assign(w.constraint(w))
        self._iterations.assign_add(1)

    def _variables_of_step(self, variables) -> list[Variable]:
        if variables is not None:
            variables = list(variables)
            if not self.built:
                self.build(variables)
            return variables
        if not self.built:
            raise ValueError(
                f"{self._owner()}: apply(grads) needs to know the variables. Call "
                "apply(grads, variables), or build(variables) first."
            )
        return self._trainable_variables

    def _pairs(self, grads: list, variables: list) -> list[tuple[Tensor, Variable]]:
        """Pairs gradients and variables, leaving out what is missing or frozen."""
        if len(grads) != len(variables):
            raise ValueError(
                f"{self._owner()}: got {len(grads)} gradients for {len(variables)} "
                "variables. Give one per variable, None where there is no gradient."
            )
        pairs = [
            (self._fit(g, w), w)
            for g, w in zip(grads, variables, strict=True)
            if g is not None
        ]
        if len(pairs) < len(variables) or not pairs:
            self._report_missing(grads, variables)
        for g, w in pairs:
            if w.overwrite_with_gradient:
                w.assign(g)
        return [
            (g, w) for g, w in pairs if w.trainable and not w.overwrite_with_gradient
        ]

    def _fit(self, g, w: Variable) -> Tensor:
        """Returns a gradient as a Tensor of its variable's shape and dtype."""
        if type(g) is not Tensor or g.array.dtype != w.array.dtype:
            g = convert_to_tensor(g, w.array.dtype.name)
        if g.array.shape != w.array.shape:
            raise ValueError(
                f"{self._owner()}: the gradient of {w.path!r} must have the variable's "
                f"shape {w.shape}, got {g.shape}."
            )
        return g

    def _report_missing(self, grads: list, variables: list) -> None:
        missing = [w.name for g, w in zip(grads, variables, strict=True) if g is None]
        if len(missing) == len(variables):
            raise ValueError(
                f"{self._owner()}: no gradients for any variable, so there is nothing "
                "to learn. Compute the loss from the variables with minikeras.ops, "
                "while the gradient tape records."
            )
        warnings.warn(
            f"Gradients do not exist for variables {missing} when minimizing the loss. "
            "If using `model.compile()`, did you forget to provide a `loss` argument?",
            stacklevel=4,
        )

    def _accumulate(self, pairs: list) -> None:
        """Adds up gradients, and moves by their means when it is time to."""
        sums = [(self._accumulators[self._get_variable_index(w)], w) for _, w in pairs]
        for (g, _), (total, _) in zip(pairs, sums, strict=True):
            total.assign_add(g)
        steps = self.gradient_accumulation_steps
        values_are_read()
        if (self._iterations.array.item() + 1) % steps == 0:
            self._move([(total.value / steps, w) for total, w in sums])
            for total, _ in sums:
                total.assign(np.zeros(total.shape, total.dtype))

    def _move(self, pairs: list) -> None:
        """Clips the gradients, decays the weights and runs the rule."""
        if self.clipnorm or self.clipvalue or self.global_clipnorm:
            pairs = self._clip(pairs)
        rate = self.learning_rate
        self._decay([w for _, w in pairs], rate)
        if self._steps_itself:
            for g, w in pairs:
                self.update_step(g, w, rate)
        else:
            scalars = self._scalars(rate)
            for g, w in pairs:
                self._run(g, w, scalars)

    def _scalars(self, rate) -> dict:
        """The numbers of this step; as formulas, while a program is recorded."""
        if state.recorder is not None:
            try:
                return self.scalars(self._steps_taken() + 1, number(rate))
            except TypeError:  # they are no plain arithmetic
                values_are_read()
        return self.scalars(self._steps_taken() + 1, number(rate))

    def scalars(self, step: int, rate: float) -> dict[str, float]:
        """Returns the numbers that `update` takes as keywords.

        Args:
            step: 1 in the first step.
            rate: The learning rate.
        """
        return {"rate": rate}

    def update(self, w, g, **slots_and_scalars) -> None:
        """Changes a weight and its slots in place: the rule of this optimizer.

        Args:
            w: The weight, an ndarray.
            g: Its gradient, an ndarray of the same shape, which is not changed.
            **slots_and_scalars: The slots, ndarrays too, and what `scalars` returned.
        """
        raise TypeError(
            f"{type(self).__name__} has no rule. Define `def update(self, w, g, rate)` "
            "or `def update_step(self, gradient, variable, learning_rate)`."
        )

    def update_step(self, gradient, variable, learning_rate) -> None:
        """Moves one weight. Optimizers written for Keras define this one."""
        scalars = self._scalars(learning_rate)
        self._run(self._fit(gradient, variable), variable, scalars)

    def _run(self, g: Tensor, w: Variable, scalars: dict) -> None:
        slots = self._slots[self._get_variable_index(w)]
        for changed in (w, *slots):
            changed.part_from_reader()
        if state.recorder is not None:
            state.recorder.update(self, w, g.array, slots, scalars)
            scalars = {k: state.recorder.peek(x) for k, x in scalars.items()}
        kept = [slot.array for slot in slots]
        update_weight.kernel(w.array, g.array, *kept, optimizer=self, scalars=scalars)

    def run_rule(self, arrays, scalars: dict) -> None:
        """Calls `update` with arrays in the order weight, gradient, slots."""
        w, g, *kept = arrays  # perhaps of the first slots only
        self.update(w, g, **dict(zip(self._slot_names, kept, strict=False)), **scalars)

    # What surrounds the rule ---------------------------------------------------------

    def _clip(self, pairs: list) -> list:
        limit = self.clipvalue
        if limit:
            return [(ops.clip(g, -limit, limit), w) for g, w in pairs]
        squares = [ops.sum(ops.square(g)) for g, _ in pairs]
        if self.global_clipnorm:
            squares = [sum(squares[1:], squares[0])] * len(pairs)
        limit = self.global_clipnorm or self.clipnorm
        return [
            (g * (limit / ops.maximum(ops.sqrt(square), limit)), w)
            for (g, w), square in zip(pairs, squares, strict=True)
        ]

    def _decay(self, variables: list, rate) -> None:
        for w in variables:
            decay = self._decay_of(w)
            if decay and self._use_weight_decay(w):
                w.assign_sub(w.value * (convert_to_tensor(rate) * decay))

    def _decay_of(self, w: Variable) -> float | None:
        return self.weight_decay

    def _use_weight_decay(self, variable) -> bool:
        excluded, patterns = self._undecayed
        named = any(re.search(pattern, variable.name) for pattern in patterns)
        return not named and not any(variable is v for v in excluded)

    def exclude_from_weight_decay(self, var_list=None, var_names=None) -> None:
        """Says which weights do not decay; replaces what an earlier call said.

        Args:
            var_list: Variables.
            var_names: Regular expressions; a variable whose name has a match does not
                decay: `["bias"]`.
        """
        self._undecayed = (list(var_list or ()), list(var_names or ()))

    def _average(self) -> None:
        """Moves the averages towards the weights; at times the weights jump there."""
        values_are_read()
        steps = self._steps_taken()
        old = self.ema_momentum if steps else 0.0  # the first average is the weight
        for average, w in zip(self._averages, self._trainable_variables, strict=True):
            average.assign(average.value * old + w.value * (1 - old))
        frequency = self.ema_overwrite_frequency
        if frequency and (steps + 1) % frequency == 0:
            self.finalize_variable_values(self._trainable_variables)

    def finalize_variable_values(self, var_list) -> None:
        """Puts the averages in the weights' place, if they are kept: `fit` ends so."""
        if self.use_ema:
            for w in var_list:
                w.assign(self._averages[self._get_variable_index(w)])

    def scale_loss(self, loss):
        """Returns the loss times `loss_scale_factor`; `apply` undoes it."""
        return loss * self.loss_scale_factor if self.loss_scale_factor else loss

    def assign(self, variable, value) -> None:
        """Sets a variable; for `update_step`."""
        variable.assign(value)

    def assign_add(self, variable, value) -> None:
        """Adds to a variable; for `update_step`."""
        variable.assign_add(value)

    def assign_sub(self, variable, value) -> None:
        """Subtracts from a variable; for `update_step`."""
        variable.assign_sub(value)


def get(identifier):
    """Returns the optimizer meant by a name in any case, config, class or object.

    >>> get("Adam").name
    'adam'
    """
    if isinstance(identifier, str) and identifier.lower() in OPTIMIZERS:
        identifier = identifier.lower()
    return OPTIMIZERS.get(identifier)


def serialize(optimizer) -> dict:
    """Returns the config form of an optimizer."""
    return OPTIMIZERS.serialize(optimizer)


def deserialize(config, custom_objects: dict | None = None):
    """Makes an optimizer from what `serialize` returned."""
    return OPTIMIZERS.deserialize(config, custom_objects)
