"""Optimizers: how gradients change weights (`keras.optimizers` in Keras 3).

Start with sgd_rule.py, which shows what an optimizer declares; base.py does the rest.
"""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "base": ["Optimizer", "deserialize", "get", "serialize"],
        "sgd_rule": ["SGD"],
        "rmsprop_rule": ["RMSprop"],
        "adam_rule": ["Adam", "AdamW"],
        "adam_variants": ["Adamax", "Lamb", "Nadam"],
        "adagrad_rule": ["Adadelta", "Adagrad"],
        "adafactor": ["Adafactor"],
        "ftrl_rule": ["Ftrl"],
        "lion": ["Lion"],
        "loss_scale": ["LossScaleOptimizer"],
        "multi": ["MultiOptimizer", "OptimizerMap"],
        "muon": ["Muon"],
        "schedule_free": ["ScheduleFreeAdamW"],
    },
    submodules=("legacy", "schedules"),
)
