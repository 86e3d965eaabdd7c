"""Learning rates that fall: by powers, in stairs, along waves."""

import math

from ... import ops
from ...utils import checks
from .schedule import SCHEDULES, LearningRateSchedule

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
]


@SCHEDULES.register
class ExponentialDecay(LearningRateSchedule):
    """rate = initial_learning_rate * decay_rate ^ (step / decay_steps).

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps after which the rate has changed by `decay_rate`; above 0.
        decay_rate: Factor.
        staircase: Whether the rate changes only every `decay_steps` steps.
        name: Its name.

    >>> float(ExponentialDecay(1.0, 10, 0.5)(20))
    0.25
    """

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        decay_rate,
        staircase=False,
        name="ExponentialDecay",
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = checks.positive(self, decay_steps=decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step):
        """Returns the rate at a step, or at each of an array of steps."""
        passed = ops.cast(step, "float32") / self.decay_steps
        if self.staircase:
            passed = ops.floor(passed)
        return self.initial_learning_rate * ops.power(float(self.decay_rate), passed)


@SCHEDULES.register
class PiecewiseConstantDecay(LearningRateSchedule):
    """values[0] up to step boundaries[0], then values[1] up to boundaries[1], ...

    Args:
        boundaries: Steps, increasing; each is the last one of its value.
        values: Rates, one more than boundaries.
        name: Its name.

    >>> schedule = PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.25])
    >>> [float(schedule(step)) for step in (10, 11, 21)]
    [1.0, 0.5, 0.25]
    """

    def __init__(self, boundaries, values, name="PiecewiseConstant"):
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "PiecewiseConstantDecay: there must be one value more than boundaries, "
                f"got {len(boundaries)} boundaries and {len(values)} values."
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def __call__(self, step):
        """Returns the rate at a step, or at each of an array of steps."""
        step = ops.convert_to_tensor(step)
        rate = ops.cast(self.values[0], "float32")
        for boundary, value in zip(self.boundaries, self.values[1:], strict=True):
            rate = ops.where(step > boundary, float(value), rate)
        return rate


def _half_wave(share):
    """From 1 at share 0 to 0 at share 1, along a cosine."""
    return 0.5 * (1.0 + ops.cos(math.pi * share))


@SCHEDULES.register
class CosineDecay(LearningRateSchedule):
    """Falls along half a wave of a cosine, after a straight rise if wanted.

    rate = top * ((1 - alpha) * (1 + cos(pi * p)) / 2 + alpha), p = step / decay_steps
    (Loshchilov and Hutter, 2016). With a warmup, the rate rises from
    `initial_learning_rate` to the top `warmup_target` in `warmup_steps` steps first.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps of the fall, above 0.
        alpha: What is left in the end, as a share of the top.
        name: Its name.
        warmup_target: Top of the rise; None: no rise.
        warmup_steps: Steps of the rise.

    >>> schedule = CosineDecay(1.0, 10)
    >>> [round(float(schedule(step)), 4) for step in (0, 5, 10, 99)]
    [1.0, 0.5, 0.0, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        alpha=0.0,
        name="CosineDecay",
        warmup_target=None,
        warmup_steps=0,
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = checks.positive(self, decay_steps=decay_steps)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = checks.non_negative(self, warmup_steps=warmup_steps)
        if warmup_target is not None:
            checks.positive(self, warmup_steps=warmup_steps)

    def __call__(self, step):
        """Returns the rate at a step, or at each of an array of steps."""
        step, start = ops.cast(step, "float32"), self.initial_learning_rate
        if self.warmup_target is None:
            return self._falling(step, start)
        rise = self.warmup_target - start
        return ops.where(
            step < self.warmup_steps,
            start + rise * step / self.warmup_steps,
            self._falling(step - self.warmup_steps, self.warmup_target),
        )

    def _falling(self, step, top):
        wave = _half_wave(ops.minimum(step / self.decay_steps, 1.0))
        return top * ((1 - self.alpha) * wave + self.alpha)


@SCHEDULES.register
class CosineDecayRestarts(LearningRateSchedule):
    """Falls along half a wave of a cosine again and again, each time from the top.

    (Loshchilov and Hutter, 2016)

    Args:
        initial_learning_rate: The rate at step 0.
        first_decay_steps: Steps of the first fall, above 0.
        t_mul: How much longer each fall is than the one before.
        m_mul: How much higher each top is than the one before.
        alpha: What is left at the end of a fall, as a share of the first top.
        name: Its name.

    >>> schedule = CosineDecayRestarts(1.0, 10)
    >>> [round(float(schedule(step)), 4) for step in (0, 5, 10, 20)]
    [1.0, 0.5, 1.0, 0.5]
    """

    def __init__(
        self,
        initial_learning_rate,
        first_decay_steps,
        t_mul=2.0,
        m_mul=1.0,
        alpha=0.0,
        name="SGDRDecay",
    ):
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = checks.positive(
            self, first_decay_steps=first_decay_steps
        )
        self.t_mul = checks.positive(self, t_mul=t_mul)
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step):
        """Returns the rate at a step, or at each of an array of steps."""
        passed = ops.cast(step, "float32") / self.first_decay_steps
        longer = self.t_mul
        if longer == 1:
            falls = ops.floor(passed)
            share = passed - falls
        else:  # the falls before make a geometric series
            falls = ops.log(1.0 - passed * (1.0 - longer)) / math.log(longer)
            falls = ops.floor(falls)
            length = ops.power(longer, falls)
            share = (passed - (1.0 - length) / (1.0 - longer)) / length
        wave = ops.power(float(self.m_mul), falls) * _half_wave(share)
        return self.initial_learning_rate * ((1 - self.alpha) * wave + self.alpha)


@SCHEDULES.register
class InverseTimeDecay(LearningRateSchedule):
    """rate = initial_learning_rate / (1 + decay_rate * step / decay_steps).

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps that count as one unit of time, above 0.
        decay_rate: How fast the rate falls.
        staircase: Whether the rate changes only every `decay_steps` steps.
        name: Its name.

    >>> float(InverseTimeDecay(1.0, 10, 0.5)(20))
    0.5
    """

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        decay_rate,
        staircase=False,
        name="InverseTimeDecay",
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = checks.positive(self, decay_steps=decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step):
        """Returns the rate at a step, or at each of an array of steps."""
        passed = ops.cast(step, "float32") / self.decay_steps
        if self.staircase:
            passed = ops.floor(passed)
        return self.initial_learning_rate / (1.0 + self.decay_rate * passed)


@SCHEDULES.register
class PolynomialDecay(LearningRateSchedule):
    """rate = (initial - end) * (1 - step / decay_steps) ^ power + end.

    Args:
        initial_learning_rate: The rate at step 0.
        decay_steps: Steps after which the end is reached, above 0.
        end_learning_rate: The rate then, and from then on.
        power: Form of the curve; 1 is a straight line.
        cycle: Whether `decay_steps` grows to its next multiple where it is passed, so
            that the rate rises again and falls more slowly.
        name: Its name.

    >>> float(PolynomialDecay(1.0, 10, 0.0)(5))
    0.5
    """

    def __init__(
        self,
        initial_learning_rate,
        decay_steps,
        end_learning_rate=0.0001,
        power=1.0,
        cycle=False,
        name="PolynomialDecay",
    ):
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = checks.positive(self, decay_steps=decay_steps)
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step):
        """Returns the rate at a step, or at each of an array of steps."""
        passed = ops.cast(step, "float32") / self.decay_steps
        if self.cycle:
            passed = passed / ops.maximum(ops.ceil(passed), 1.0)
        left = ops.power(1.0 - ops.minimum(passed, 1.0), self.power)
        fall = self.initial_learning_rate - self.end_learning_rate
        return fall * left + self.end_learning_rate
