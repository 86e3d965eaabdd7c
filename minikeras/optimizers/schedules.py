"""Learning rates that change while training (`keras.optimizers.schedules`)."""

from .. import ops
from ..utils import changes, checks, configurable
from ..utils.registry import Registry

__all__ = [
    "ExponentialDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "deserialize",
    "serialize",
]

SCHEDULES = Registry("learning rate schedule", "keras.optimizers.schedules")


class LearningRateSchedule(changes.Watched):
    """Base of schedules: a subclass says in `__call__` what the rate is at a step.

    >>> class Halving(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 * 0.5 ** int(step)
    >>> Halving()(2)
    0.025
    """

    def __call__(self, step):
        """Returns the learning rate.

        Args:
            step: Number of steps taken so far.
        """
        raise TypeError(
            f"{type(self).__name__} has no rate. Define `def __call__(self, step)`."
        )

    def get_config(self) -> dict:
        """Returns the constructor's arguments."""
        return configurable.arguments(self)

    @classmethod
    def from_config(cls, config: dict) -> "LearningRateSchedule":
        """Makes a schedule from what `get_config` returned."""
        return cls(**config)


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


def serialize(learning_rate_schedule) -> dict:
    """Returns the config form of a schedule."""
    return SCHEDULES.serialize(learning_rate_schedule)


def deserialize(config, custom_objects: dict | None = None):
    """Makes a schedule from what `serialize` returned."""
    return SCHEDULES.deserialize(config, custom_objects)
