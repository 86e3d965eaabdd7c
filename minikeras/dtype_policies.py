"""Dtype policies: in which dtype a layer computes, and in which it keeps its weights.

Public as `minikeras.dtype_policies` and `minikeras.DTypePolicy`.
"""

import re
from collections.abc import MutableMapping

import numpy as np

from . import config
from .tensor import dtypes
from .utils import checks, naming
from .utils.registry import Registry

__all__ = [
    "DTypePolicy",
    "DTypePolicyMap",
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
        name: A dtype name, for weights and computation alike, or "mixed_float16" or
            "mixed_bfloat16": computation in that half precision, weights in float32.
            None means the global policy.

    >>> DTypePolicy("mixed_float16").variable_dtype
    'float32'
    """

    quantization_mode = None

    def __init__(self, name: str | None = None):
        if name is not None and not isinstance(name, str):
            raise TypeError(
                f"DTypePolicy: name must be a string, got {checks.show(name)}. "
                "Try name='mixed_float16'."
            )
        self.name = name or dtype_policy().name.removeprefix("map_")
        if self.name.startswith("mixed_"):
            checks.one_of(self, ("mixed_float16", "mixed_bfloat16"), name=self.name)
            self.compute_dtype = dtypes.standardize(self.name.removeprefix("mixed_"))
            self.variable_dtype = "float32"
        else:
            self.compute_dtype = self.variable_dtype = dtypes.standardize(self.name)
        self.is_mixed = self.compute_dtype != self.variable_dtype
        self.numpy_dtype = np.dtype(self.compute_dtype)

    def of(self, layer) -> "DTypePolicy":
        """Returns the policy of one layer: this one, unless it is a map."""
        return self

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


@DTYPE_POLICIES.register
class DTypePolicyMap(DTypePolicy, MutableMapping):
    """Policies by the paths of layers; given as `dtype`, each layer finds its own.

    Args:
        default_policy: Policy of the layers that match no key. None means the present
            global policy, and in files that whichever is global when they are loaded.
        policy_map: Policies by key: a layer's path, or a regular expression that
            matches all of it.

    >>> policies = DTypePolicyMap("float32", {"encoder/.*": "mixed_float16"})
    >>> policies["encoder/dense"], policies["encoder"]
    (<DTypePolicy "mixed_float16">, <DTypePolicy "float32">)
    """

    def __init__(self, default_policy=None, policy_map: dict | None = None):
        if policy_map is not None and not isinstance(policy_map, dict):
            raise TypeError(
                "DTypePolicyMap: policy_map must be a dict, got "
                f"{checks.show(policy_map)}. Try policy_map={{'dense': 'float16'}}."
            )
        self.default_policy = get(default_policy)
        super().__init__(self.default_policy.name.removeprefix("map_"))
        self.name = f"map_{self.name}"
        self._has_default = default_policy is not None
        self._policies: dict = {}
        self.update(policy_map or {})

    def of(self, layer) -> DTypePolicy:
        """Returns the policy of one layer: that of its path, once it is built."""
        path = getattr(layer, "_path", None)
        return self.default_policy.of(layer) if path is None else self[path].of(layer)

    def __getitem__(self, path: str) -> DTypePolicy:
        if path in self._policies:
            return self._policies[path]
        keys = [key for key in self._policies if re.fullmatch(key, path)]
        if len(keys) > 1:
            raise ValueError(
                f"DTypePolicyMap: path {path!r} must match one key, but matches "
                f"{keys}. Try narrower ones, or the path itself as a key."
            )
        return self._policies[keys[0]] if keys else self.default_policy

    def __setitem__(self, path: str, policy) -> None:
        if path in self._policies:
            raise ValueError(
                f"DTypePolicyMap: {path!r} has a policy already: "
                f"{self._policies[path]}. Delete it first."
            )
        self._policies[path] = get(policy)

    def __delitem__(self, path: str) -> None:
        del self._policies[path]

    def __contains__(self, path) -> bool:
        return path in self._policies

    def __len__(self) -> int:
        return len(self._policies)

    def __iter__(self):
        return iter(self._policies)

    __hash__ = None

    def __eq__(self, other) -> bool:
        if not isinstance(other, DTypePolicyMap):
            return False
        same = self.default_policy == other.default_policy
        return same and self._policies == other._policies

    def get_config(self) -> dict:
        """Returns the constructor's arguments; names only beside a default policy."""
        policies = {key: serialize(policy) for key, policy in self.items()}
        if not self._has_default:
            for form in policies.values():
                form["config"] = {"name": None}
        default = serialize(self.default_policy) if self._has_default else None
        return {"default_policy": default, "policy_map": policies}

    def __repr__(self) -> str:
        policies = [(key, policy.name) for key, policy in self.items()]
        default = self.default_policy.name
        return f"<DTypePolicyMap default_policy={default}, mapping={policies}>"


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
    is_mixed = isinstance(identifier, str) and identifier.startswith("mixed_")
    return DTypePolicy(identifier if is_mixed else dtypes.standardize(identifier))


def serialize(dtype_policy: DTypePolicy) -> dict:
    """Returns the config of a policy, as files hold it."""
    return DTYPE_POLICIES.serialize(dtype_policy)


def deserialize(config, custom_objects: dict | None = None) -> DTypePolicy:
    """Makes a policy of what `serialize` returned."""
    return DTYPE_POLICIES.deserialize(config, custom_objects)
