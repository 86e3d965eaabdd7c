"""Images in either data format, alone or in batches: brought into one form and back."""

from collections.abc import Callable

from .. import config
from ..tensor import convert_to_tensor, dtypes
from ..utils import checks
from .common import shape_of
from .movement import expand_dims, moveaxis, squeeze

__all__ = ["as_batch", "dtype_of", "is_last"]


def is_last(data_format) -> bool:
    """Whether channels come last; None asks the settings."""
    data_format = data_format or config.image_data_format()
    known = ("channels_last", "channels_first")
    checks.one_of("image", known, data_format=data_format)
    return data_format == "channels_last"


def dtype_of(x) -> str:
    """The dtype of a tensor, array or list of numbers."""
    x = x if hasattr(x, "dtype") else convert_to_tensor(x)
    return dtypes.standardize(x.dtype)


def as_batch(name: str, images, data_format, rank: int = 2) -> tuple[object, Callable]:
    """Images as (batch, *space, channels), and what brings a result into their form.

    Args:
        name: Who asks, for the error.
        images: (*space, channels) or a batch of that; or with channels first.
        data_format: "channels_last", "channels_first" or None.
        rank: How many axes of space there are.

    Raises:
        ValueError: if the images have another number of axes.
    """
    images = images if hasattr(images, "shape") else convert_to_tensor(images)
    count = len(shape_of(images))
    if count not in (rank + 1, rank + 2):
        raise ValueError(
            f"{name}: expected one image, with {rank + 1} axes, or a batch of images, "
            f"with {rank + 2}, got shape {shape_of(images)}. Try expand_dims."
        )
    last, is_single = is_last(data_format), count == rank + 1
    if not last:
        images = moveaxis(images, source=count - rank - 1, destination=-1)
    if is_single:
        images = expand_dims(images, axis=0)

    def back(y):
        if is_single:
            y = squeeze(y, axis=0)
        return y if last else moveaxis(y, source=-1, destination=count - rank - 1)

    return images, back
