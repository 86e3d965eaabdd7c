"""`keras.preprocessing`: files and raw data made ready for models."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "files": ["image_dataset_from_directory", "text_dataset_from_directory"],
        "timeseries": ["timeseries_dataset_from_array"],
    },
    ("image", "sequence", "text"),
)
