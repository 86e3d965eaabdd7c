"""Learning rates that change while training (`keras.optimizers.schedules`)."""

from ...utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "schedule": ["LearningRateSchedule", "deserialize", "serialize"],
        "decays": [
            "CosineDecay",
            "CosineDecayRestarts",
            "ExponentialDecay",
            "InverseTimeDecay",
            "PiecewiseConstantDecay",
            "PolynomialDecay",
        ],
    },
)
