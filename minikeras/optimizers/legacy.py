"""`optimizers.legacy`: where tf.keras 2.11 to 2.15 kept its older optimizers.

Lectures of these years import from here. There is one implementation of each now.
"""

from .adagrad_rule import Adadelta, Adagrad
from .adam_rule import Adam
from .adam_variants import Adamax, Nadam
from .base import Optimizer
from .ftrl_rule import Ftrl
from .rmsprop_rule import RMSprop
from .sgd_rule import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "Adamax",
    "Ftrl",
    "Nadam",
    "Optimizer",
    "RMSprop",
]
