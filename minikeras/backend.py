"""`keras.backend`: what Keras 3 kept of it; settings, dtypes and names."""

from .config import (
    backend,
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from .tensor.dtypes import is_float as is_float_dtype
from .tensor.dtypes import is_int as is_int_dtype
from .tensor.dtypes import result_type
from .tensor.dtypes import standardize as standardize_dtype
from .tensor.symbolic import is_keras_tensor
from .utils.naming import clear_session, get_uid

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "is_float_dtype",
    "is_int_dtype",
    "is_keras_tensor",
    "result_type",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "standardize_dtype",
]
