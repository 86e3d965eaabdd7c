"""`keras.mixed_precision`: computing in half precision, with weights in single."""

from .dtype_policies import DTypePolicy, dtype_policy, set_dtype_policy
from .optimizers.loss_scale import LossScaleOptimizer

__all__ = [
    "DTypePolicy",
    "LossScaleOptimizer",
    "Policy",
    "dtype_policy",
    "global_policy",
    "set_dtype_policy",
    "set_global_policy",
]

__path__: list[str] = []  # it had a submodule once, which Python may look for

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy
