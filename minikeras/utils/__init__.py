"""`keras.utils`: helpers that need no tensors, and doors to the few that do.

checks.py, naming.py, registry.py, serialization.py and tree.py are what the floors
above are built with; batches.py, custom_objects.py, download.py, files.py,
image_files.py, named_values.py, numerical.py and progress.py are for users as well.
"""

import importlib

from . import lazy

_local, _, __all__ = lazy.attach(
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
        "image_files": ["array_to_img", "img_to_array", "load_img", "save_img"],
        "named_values": ["Config"],
        "naming": ["clear_session"],
        "numerical": ["normalize", "to_categorical"],
        "progress": ["Progbar"],
        "serialization": ["deserialize_keras_object", "serialize_keras_object"],
    },
    ("legacy",),
)

# Public here, but defined on a higher floor: name -> (module, name there, if any).
_UPSTAIRS = {
    "PyDataset": ("training.pydataset", "PyDataset"),
    "Sequence": ("training.pydataset", "Sequence"),
    "audio_dataset_from_directory": (
        "preprocessing.files",
        "audio_dataset_from_directory",
    ),
    "bounding_boxes": ("ops.bounding_boxes", None),
    "disable_interactive_logging": ("config", "disable_interactive_logging"),
    "enable_interactive_logging": ("config", "enable_interactive_logging"),
    "get_source_inputs": ("tensor.graph", "get_source_inputs"),
    "image_dataset_from_directory": (
        "preprocessing.files",
        "image_dataset_from_directory",
    ),
    "is_interactive_logging_enabled": ("config", "is_interactive_logging_enabled"),
    "is_keras_tensor": ("tensor.symbolic", "is_keras_tensor"),
    "model_to_dot": ("explain.dot", "model_to_dot"),
    "pad_sequences": ("preprocessing.sequence", "pad_sequences"),
    "plot_model": ("explain.drawing", "plot_model"),
    "set_random_seed": ("tensor.random", "set_random_seed"),
    "split_dataset": ("preprocessing.splitting", "split_dataset"),
    "FeatureSpace": ("preprocessing.feature_space", "FeatureSpace"),
    "standardize_dtype": ("tensor.dtypes", "standardize"),
    "text_dataset_from_directory": (
        "preprocessing.files",
        "text_dataset_from_directory",
    ),
    "timeseries_dataset_from_array": (
        "preprocessing.timeseries",
        "timeseries_dataset_from_array",
    ),
}
__all__ = sorted([*__all__, *_UPSTAIRS])


def __getattr__(name: str):
    if name not in _UPSTAIRS:
        return _local(name)
    module, original = _UPSTAIRS[name]
    root = __name__.rpartition(".")[0]
    value = importlib.import_module(f"{root}.{module}")
    value = getattr(value, original) if original else value
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
