"""`Rescaling`: inputs times a factor, plus an offset."""

from .. import ops
from .layer import LAYERS, Layer


@LAYERS.register()
class Rescaling(Layer):
    """Scales and shifts: inputs * scale + offset, such as pixels to [0, 1].

    Args:
        scale: Factor, a number or an array that broadcasts with the inputs.
        offset: What is added afterwards, likewise.

    >>> import numpy as np
    >>> Rescaling(1 / 127.5, offset=-1)(np.array([0, 255])).numpy().tolist()
    [-1.0, 1.0]
    """

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale
        self.offset = offset
        self.supports_masking = True
        self.built = True

    def call(self, inputs):
        scale, offset = (
            ops.convert_to_tensor(x, self.compute_dtype)
            for x in (self.scale, self.offset)
        )
        return ops.cast(inputs, self.compute_dtype) * scale + offset
