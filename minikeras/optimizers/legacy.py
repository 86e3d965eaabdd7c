"""`optimizers.legacy`: where tf.keras 2.11 to 2.15 kept its older optimizers.

Lectures of these years import from here. There is one implementation of each now.
"""

from .adagrad import Adadelta, Adagrad
from .adam import Adam
from .adam_variants import Adamax, Nadam
from .base import Optimizer
from .ftrl import Ftrl
from .rmsprop import RMSprop
from .sgd import SGD

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
