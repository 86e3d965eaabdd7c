"""Dtype policies: in which dtype a layer computes, and in which it keeps its weights.

Public as `minikeras.dtype_policies` and `minikeras.DTypePolicy`.
"""

import numpy as np

from . import config
from .tensor import dtypes
from .utils import naming
from .utils.registry import Registry

__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "deserialize",
    "dtype_policy",
    "get",
    "serialize",
    "set_dtype_policy",
]

DTYPE_POLICIES = Registry("dtype policy", "keras.dtype_policies", __name__)
_global: list = []  # the policy set by `set_dtype_policy`, if any
naming.on_clear_session(_global.clear)


@DTYPE_POLICIES.register(module="keras")
class DTypePolicy:
    """How a layer's dtypes follow from one name.

    Args:
        name: A dtype name, for weights and computation alike, or "mixed_float16":
            computation in float16, weights in float32. None means the global policy.

    >>> DTypePolicy("mixed_float16").variable_dtype
    'float32'
    """

    def __init__(self, name: str | None = None):
        self.name = dtype_policy().name if name is None else str(name)
        if self.name.startswith("mixed_"):
            self.compute_dtype = dtypes.standardize(self.name.removeprefix("mixed_"))
            self.variable_dtype = "float32"
        else:
            self.compute_dtype = self.variable_dtype = dtypes.standardize(self.name)
        self.is_mixed = self.compute_dtype != self.variable_dtype
        self.numpy_dtype = np.dtype(self.compute_dtype)

    def get_config(self) -> dict:
        """Returns the constructor's arguments."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict) -> "DTypePolicy":
        """Makes a policy of what `get_config` returned."""
        return cls(**config)

    def __eq__(self, other) -> bool:
        return isinstance(other, DTypePolicy) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


FloatDTypePolicy = DTypePolicy


def dtype_policy() -> DTypePolicy:
    """Returns the policy of layers that are not given one: `floatx` unless set."""
    return _global[0] if _global else DTypePolicy(config.floatx())


def set_dtype_policy(policy) -> None:
    """Sets the policy of layers made from now on.

    Args:
        policy: A name such as "mixed_float16", a `DTypePolicy`, or its config.
    """
    _global[:] = [get(policy)]


def get(identifier) -> DTypePolicy:
    """Returns the policy meant by None, a dtype, a name, a config or a policy."""
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    mixed = isinstance(identifier, str) and identifier.startswith("mixed_")
    return DTypePolicy(identifier if mixed else dtypes.standardize(identifier))


def serialize(dtype_policy: DTypePolicy) -> dict:
    """Returns the config of a policy, as files hold it."""
    return DTYPE_POLICIES.serialize(dtype_policy)


def deserialize(config, custom_objects: dict | None = None) -> DTypePolicy:
    """Makes a policy of what `serialize` returned."""
    return DTYPE_POLICIES.deserialize(config, custom_objects)
