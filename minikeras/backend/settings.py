"""What Keras 3 kept of `keras.backend`: settings, dtypes and names."""

from ..config import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from ..tensor.dtypes import is_float as is_float_dtype
from ..tensor.dtypes import is_int as is_int_dtype
from ..tensor.dtypes import result_type
from ..tensor.dtypes import standardize as standardize_dtype
from ..tensor.symbolic import is_keras_tensor
from ..utils import checks
from ..utils.naming import clear_session, get_uid

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "image_dim_ordering",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_image_dim_ordering",
    "standardize_dtype",
]


def image_dim_ordering() -> str:
    """Returns "tf" for channels last, "th" for channels first."""
    return "th" if image_data_format() == "channels_first" else "tf"


def set_image_dim_ordering(dim_ordering) -> None:
    """Sets the layout of images: "tf" or "th"."""
    names = {"tf": "channels_last", "th": "channels_first"}
    checks.one_of("backend", dim_ordering=dim_ordering, allowed=tuple(names))
    set_image_data_format(names[dim_ordering])
