"""Layers that take the largest value, or the mean, of windows that slide.

Each kind is written once, for any number of axes; 1D, 2D and 3D fix that number.
"""

from ..ops import pooling
from ..utils import checks
from .data_format import standardize_data_format
from .input_spec import InputSpec
from .layer import LAYERS, Layer


class Pooling(Layer):
    """Base of the layers that pool windows.

    Attributes:
        rank: Number of axes that are pooled.
        pool: The primitive that does it.
    """

    rank = 2

    def __init__(self, pool_size, strides, padding, data_format, **kwargs):
        super().__init__(**kwargs)
        self.pool_size = checks.int_or_tuple(self, self.rank, pool_size=pool_size)
        strides = self.pool_size if strides is None else strides
        self.strides = checks.int_or_tuple(self, self.rank, strides=strides)
        self.padding = padding
        self.data_format = standardize_data_format(self, data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self.built = True
        if str(padding).lower() not in ("valid", "same"):
            checks.one_of(self, padding=padding, allowed=("valid", "same"))

    def call(self, inputs):
        window = pooling.window_of(
            self,
            inputs.shape,
            self.pool_size,
            self.strides,
            self.padding,
            self.data_format,
        )
        return self.pool(inputs, window=window)


class MaxPooling(Pooling):
    """Base of the layers that take the largest value of each window."""

    pool = pooling.max_pooling


class AveragePooling(Pooling):
    """Base of the layers that take the mean of each window."""

    pool = pooling.average_pooling


@LAYERS.register()
class MaxPooling1D(MaxPooling):
    """Takes the largest value of each window of series.

    y[n, i, c] = max over k < pool_size of x[n, i * strides + k, c]

    Args: as of `MaxPooling2D`, with one int for sizes and strides.

    Shape: (batch, steps, channels) -> the same with fewer steps.

    >>> import numpy as np
    >>> MaxPooling1D()(np.ones((1, 4, 3))).shape
    (1, 2, 3)
    """

    rank = 1

    def __init__(
        self,
        pool_size=2,
        strides=None,
        padding="valid",
        data_format=None,
        name=None,
        **kwargs,
    ):
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


@LAYERS.register()
class MaxPooling2D(MaxPooling):
    """Takes the largest value of each window of images.

    y[n, i, j, c] = max over k, l < pool_size of
        x[n, i * strides + k, j * strides + l, c]

    The gradient goes to the first of a window's largest values, row by row.

    Args:
        pool_size: Size of the windows, an int of 1 or more for both axes or two.
        strides: Steps between windows, likewise; None means `pool_size`.
        padding: "valid": windows lie inside the input. "same": they may stick out
            evenly, and there are size / strides of them, rounded up.
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, rows, columns); None means the configured one.

    Shape: (batch, rows, columns, channels) -> the same with fewer rows and columns.

    >>> import numpy as np
    >>> MaxPooling2D()(np.ones((1, 4, 4, 3))).shape
    (1, 2, 2, 3)
    """

    rank = 2

    def __init__(
        self,
        pool_size=(2, 2),
        strides=None,
        padding="valid",
        data_format=None,
        name=None,
        **kwargs,
    ):
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


@LAYERS.register()
class MaxPooling3D(MaxPooling):
    """Takes the largest value of each window of volumes.

    Args: as of `MaxPooling2D`, with an int or three for sizes and strides.

    Shape: (batch, planes, rows, columns, channels) -> the same with fewer of the
        three in the middle.

    >>> import numpy as np
    >>> MaxPooling3D()(np.ones((1, 4, 4, 4, 3))).shape
    (1, 2, 2, 2, 3)
    """

    rank = 3

    def __init__(
        self,
        pool_size=(2, 2, 2),
        strides=None,
        padding="valid",
        data_format=None,
        name=None,
        **kwargs,
    ):
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


@LAYERS.register()
class AveragePooling1D(AveragePooling):
    """Takes the mean of each window of series.

    y[n, i, c] = mean over k < pool_size of x[n, i * strides + k, c]

    Args: as of `AveragePooling2D`, with one int for sizes and strides.

    Shape: (batch, steps, channels) -> the same with fewer steps.

    >>> import numpy as np
    >>> AveragePooling1D(2)(np.ones((1, 4, 3))).shape
    (1, 2, 3)
    """

    rank = 1

    def __init__(
        self,
        pool_size,
        strides=None,
        padding="valid",
        data_format=None,
        name=None,
        **kwargs,
    ):
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


@LAYERS.register()
class AveragePooling2D(AveragePooling):
    """Takes the mean of each window of images.

    y[n, i, j, c] = mean over k, l < pool_size of
        x[n, i * strides + k, j * strides + l, c]

    What sticks out of the input does not count.

    Args:
        pool_size: Size of the windows, an int of 1 or more for both axes or two.
        strides: Steps between windows, likewise; None means `pool_size`.
        padding: "valid": windows lie inside the input. "same": they may stick out
            evenly, and there are size / strides of them, rounded up.
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, rows, columns); None means the configured one.

    Shape: (batch, rows, columns, channels) -> the same with fewer rows and columns.

    >>> import numpy as np
    >>> AveragePooling2D(2)(np.ones((1, 4, 4, 3))).shape
    (1, 2, 2, 3)
    """

    rank = 2

    def __init__(
        self,
        pool_size,
        strides=None,
        padding="valid",
        data_format=None,
        name=None,
        **kwargs,
    ):
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


@LAYERS.register()
class AveragePooling3D(AveragePooling):
    """Takes the mean of each window of volumes.

    Args: as of `AveragePooling2D`, with an int or three for sizes and strides.

    Shape: (batch, planes, rows, columns, channels) -> the same with fewer of the
        three in the middle.

    >>> import numpy as np
    >>> AveragePooling3D(2)(np.ones((1, 4, 4, 4, 3))).shape
    (1, 2, 2, 2, 3)
    """

    rank = 3

    def __init__(
        self,
        pool_size,
        strides=None,
        padding="valid",
        data_format=None,
        name=None,
        **kwargs,
    ):
        super().__init__(pool_size, strides, padding, data_format, name=name, **kwargs)


MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
MaxPool3D = MaxPooling3D
AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
