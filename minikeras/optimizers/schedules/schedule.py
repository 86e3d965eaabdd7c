"""The base class of learning rate schedules."""

from ...utils import changes, configurable
from ...utils.registry import Registry

__all__ = [
    "LearningRateSchedule",
    "deserialize",
    "serialize",
]

SCHEDULES = Registry(
    "learning rate schedule",
    "keras.optimizers.schedules",
    "minikeras.optimizers.schedules",
)


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


def serialize(learning_rate_schedule) -> dict:
    """Returns the config form of a schedule."""
    return SCHEDULES.serialize(learning_rate_schedule)


def deserialize(config, custom_objects: dict | None = None):
    """Makes a schedule from what `serialize` returned."""
    return SCHEDULES.deserialize(config, custom_objects)
