"""`keras.utils`: helpers that need no tensors, and doors to the few that do.

checks.py, naming.py, registry.py, serialization.py and tree.py are what the floors
above are built with; batches.py, custom_objects.py, download.py, files.py, numerical.py
and progress.py are for users as well.
"""

import importlib

from . import lazy

_local, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "batches": ["pack_x_y_sample_weight", "unpack_x_y_sample_weight"],
        "custom_objects": [
            "CustomObjectScope",
            "custom_object_scope",
            "get_custom_objects",
            "get_registered_name",
            "get_registered_object",
            "register_keras_serializable",
        ],
        "download": ["get_file"],
        "naming": ["clear_session"],
        "numerical": ["normalize", "to_categorical"],
        "progress": ["Progbar"],
        "serialization": ["deserialize_keras_object", "serialize_keras_object"],
    },
)

# Public here, but defined on a higher floor: name -> (module, name there).
_UPSTAIRS = {
    "disable_interactive_logging": ("config", "disable_interactive_logging"),
    "enable_interactive_logging": ("config", "enable_interactive_logging"),
    "is_interactive_logging_enabled": ("config", "is_interactive_logging_enabled"),
    "is_keras_tensor": ("tensor.symbolic", "is_keras_tensor"),
    "set_random_seed": ("tensor.random", "set_random_seed"),
    "standardize_dtype": ("tensor.dtypes", "standardize"),
}
__all__ = sorted([*__all__, *_UPSTAIRS])


def __getattr__(name: str):
    if name not in _UPSTAIRS:
        return _local(name)
    module, original = _UPSTAIRS[name]
    root = __name__.rpartition(".")[0]
    value = getattr(importlib.import_module(f"{root}.{module}"), original)
    globals()[name] = value
    return value
