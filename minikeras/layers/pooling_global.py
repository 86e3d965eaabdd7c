"""Layers that pool all that there is: one number per channel."""

from .. import ops
from ..utils import checks
from .data_format import standardize_data_format
from .input_spec import InputSpec
from .layer import LAYERS, Layer


class GlobalPooling(Layer):
    """Base of the layers that leave one number per channel.

    Args:
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, ...); None means the configured one.
        keepdims: Whether the pooled axes stay, with length 1.

    Attributes:
        rank: Number of axes that are pooled.
    """

    rank = 2

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(self, data_format)
        self.keepdims = checks.boolean(self, keepdims=keepdims)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    @property
    def axes(self):
        """The axes that are pooled."""
        first = 1 if self.data_format == "channels_last" else 2
        return tuple(range(first, first + self.rank))


class GlobalAveragePooling(GlobalPooling):
    """Base of the layers that take the mean per channel."""

    def call(self, inputs):
        return ops.mean(inputs, axis=self.axes, keepdims=self.keepdims)


class GlobalMaxPooling(GlobalPooling):
    """Base of the layers that take the largest value per channel."""

    def call(self, inputs):
        return ops.max(inputs, axis=self.axes, keepdims=self.keepdims)


@LAYERS.register()
class GlobalMaxPooling1D(GlobalMaxPooling):
    """Takes the largest value of each channel of series.

    Args:
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, steps); None means the configured one.
        keepdims: Whether the pooled axes stay, with length 1.

    Shape: (batch, steps, channels) -> (batch, channels)

    >>> import numpy as np
    >>> GlobalMaxPooling1D()(np.ones((1, 4, 3))).shape
    (1, 3)
    """

    rank = 1


@LAYERS.register()
class GlobalMaxPooling2D(GlobalMaxPooling):
    """Takes the largest value of each channel of images.

    Args:
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, rows, columns); None means the configured one.
        keepdims: Whether the pooled axes stay, with length 1.

    Shape: (batch, rows, columns, channels) -> (batch, channels)

    >>> import numpy as np
    >>> GlobalMaxPooling2D()(np.ones((1, 4, 4, 3))).shape
    (1, 3)
    """

    rank = 2


@LAYERS.register()
class GlobalMaxPooling3D(GlobalMaxPooling):
    """Takes the largest value of each channel of volumes.

    Args:
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, planes, rows, columns); None means the configured one.
        keepdims: Whether the pooled axes stay, with length 1.

    Shape: (batch, planes, rows, columns, channels) -> (batch, channels)

    >>> import numpy as np
    >>> GlobalMaxPooling3D()(np.ones((1, 4, 4, 4, 3))).shape
    (1, 3)
    """

    rank = 3


@LAYERS.register()
class GlobalAveragePooling1D(GlobalAveragePooling):
    """Takes the mean of each channel of series.

    Steps that a mask leaves out do not count. A series without any step left has no
    mean: NaN.

    Args:
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, steps); None means the configured one.
        keepdims: Whether the pooled axes stay, with length 1.

    Shape: (batch, steps, channels) -> (batch, channels)

    >>> import numpy as np
    >>> GlobalAveragePooling1D()(np.ones((1, 4, 3))).shape
    (1, 3)
    """

    rank = 1

    def __init__(self, data_format=None, keepdims=False, **kwargs):
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is None:
            return super().call(inputs)
        (steps,) = self.axes
        if len(mask.shape) != 2 or not _agree(mask.shape, inputs.shape, steps):
            raise ValueError(
                f"{checks.owner_name(self)}: mask must have shape (batch, steps), got "
                f"{tuple(mask.shape)} for inputs of shape {tuple(inputs.shape)}."
            )
        weights = ops.expand_dims(ops.cast(mask, inputs.dtype), 3 - steps)
        total = ops.sum(inputs * weights, axis=steps, keepdims=self.keepdims)
        return total / ops.sum(weights, axis=steps, keepdims=self.keepdims)

    def compute_mask(self, inputs, mask=None):
        """Returns None: there are no steps left to mask."""
        return None


@LAYERS.register()
class GlobalAveragePooling2D(GlobalAveragePooling):
    """Takes the mean of each channel of images.

    Args:
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, rows, columns); None means the configured one.
        keepdims: Whether the pooled axes stay, with length 1.

    Shape: (batch, rows, columns, channels) -> (batch, channels)

    >>> import numpy as np
    >>> GlobalAveragePooling2D()(np.ones((1, 4, 4, 3))).shape
    (1, 3)
    """

    rank = 2


@LAYERS.register()
class GlobalAveragePooling3D(GlobalAveragePooling):
    """Takes the mean of each channel of volumes.

    Args:
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, planes, rows, columns); None means the configured one.
        keepdims: Whether the pooled axes stay, with length 1.

    Shape: (batch, planes, rows, columns, channels) -> (batch, channels)

    >>> import numpy as np
    >>> GlobalAveragePooling3D()(np.ones((1, 4, 4, 4, 3))).shape
    (1, 3)
    """

    rank = 3


def _agree(mask, inputs, steps):
    pairs = (mask[0], inputs[0]), (mask[1], inputs[steps])
    return all(m in (n, 1, None) or n is None for m, n in pairs)


GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
