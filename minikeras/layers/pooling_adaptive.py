"""Layers that pool to an output of a given size, whatever the size of the input."""

from ..ops import pooling
from ..utils import checks
from .data_format import standardize_data_format
from .input_spec import InputSpec
from .layer import LAYERS, Layer


class AdaptivePooling(Layer):
    """Base of the layers that cut each axis into a given number of windows.

    Window i of m on an axis of n goes from floor(i n / m) to ceil((i + 1) n / m).

    Attributes:
        rank: Number of axes that are pooled.
        pool: Function of inputs, numbers of windows and first axis.
    """

    rank = 2

    def __init__(self, output_size, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.output_size = checks.int_or_tuple(self, self.rank, output_size=output_size)
        self.data_format = standardize_data_format(self, data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True

    def call(self, inputs):
        windows = pooling.windows_of(self, inputs, self.output_size, self.data_format)
        return self.pool(inputs, *windows)


class AdaptiveMaxPooling(AdaptivePooling):
    """Base of the adaptive layers that take the largest value of each window."""

    pool = staticmethod(pooling.max_of_windows)


class AdaptiveAveragePooling(AdaptivePooling):
    """Base of the adaptive layers that take the mean of each window."""

    pool = staticmethod(pooling.average_of_windows)


@LAYERS.register()
class AdaptiveMaxPooling1D(AdaptiveMaxPooling):
    """Cuts series into a given number of windows and takes the largest value of each.

    Args:
        output_size: Number of windows, an int.
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, steps); None means the configured one.

    >>> import numpy as np
    >>> AdaptiveMaxPooling1D(2)(np.ones((1, 5, 3))).shape
    (1, 2, 3)
    """

    rank = 1


@LAYERS.register()
class AdaptiveMaxPooling2D(AdaptiveMaxPooling):
    """Cuts images into a given number of windows and takes the largest value of each.

    Args:
        output_size: Number of windows, an int for all axes or one for each.
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, rows, columns); None means the configured one.

    >>> import numpy as np
    >>> AdaptiveMaxPooling2D(2)(np.ones((1, 5, 6, 3))).shape
    (1, 2, 2, 3)
    """

    rank = 2


@LAYERS.register()
class AdaptiveMaxPooling3D(AdaptiveMaxPooling):
    """Cuts volumes into a given number of windows and takes the largest value of each.

    Args:
        output_size: Number of windows, an int for all axes or one for each.
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, planes, rows, columns); None means the configured one.

    >>> import numpy as np
    >>> AdaptiveMaxPooling3D(2)(np.ones((1, 5, 6, 7, 3))).shape
    (1, 2, 2, 2, 3)
    """

    rank = 3


@LAYERS.register()
class AdaptiveAveragePooling1D(AdaptiveAveragePooling):
    """Cuts series into a given number of windows and takes the mean of each.

    Args:
        output_size: Number of windows, an int.
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, steps); None means the configured one.

    >>> import numpy as np
    >>> AdaptiveAveragePooling1D(2)(np.ones((1, 5, 3))).shape
    (1, 2, 3)
    """

    rank = 1


@LAYERS.register()
class AdaptiveAveragePooling2D(AdaptiveAveragePooling):
    """Cuts images into a given number of windows and takes the mean of each.

    Args:
        output_size: Number of windows, an int for all axes or one for each.
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, rows, columns); None means the configured one.

    >>> import numpy as np
    >>> AdaptiveAveragePooling2D(2)(np.ones((1, 5, 6, 3))).shape
    (1, 2, 2, 3)
    """

    rank = 2


@LAYERS.register()
class AdaptiveAveragePooling3D(AdaptiveAveragePooling):
    """Cuts volumes into a given number of windows and takes the mean of each.

    Args:
        output_size: Number of windows, an int for all axes or one for each.
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, planes, rows, columns); None means the configured one.

    >>> import numpy as np
    >>> AdaptiveAveragePooling3D(2)(np.ones((1, 5, 6, 7, 3))).shape
    (1, 2, 2, 2, 3)
    """

    rank = 3
