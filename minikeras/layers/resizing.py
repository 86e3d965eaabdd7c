"""Layers that cut, pad and stretch the space between batch and channel axis.

Each class comes for one, two and three axes of space; `rank` says how many.
"""

from .. import ops
from ..ops.resizing import INTERPOLATIONS, magnify, resample
from ..tensor import KerasTensor
from ..utils import checks
from .layer import LAYERS
from .spatial import Spatial


class Cropping(Spatial):
    """Cuts values off the ends of each axis of space."""

    def keep_cropping(self, cropping, data_format):
        """Keeps the arguments, `cropping` spelled out."""
        self.keep_format(data_format)
        pairs = self.pairs(cropping=cropping)
        self.cropping = pairs[0] if self.rank == 1 else pairs

    def call(self, inputs):
        pairs = (self.cropping,) if self.rank == 1 else self.cropping
        sizes = inputs.shape[self.first_axis :]
        for size, (before, after) in zip(sizes, pairs, strict=False):
            if size is not None and before + after >= size:
                must = f"leave something of an input of shape {tuple(inputs.shape)}"
                checks.fail(self, "cropping", self.cropping, must)
        keys = [slice(before, -after or None) for before, after in pairs]
        return inputs[self.around(keys, slice(None))]


@LAYERS.register()
class Cropping1D(Cropping):
    """Cuts off the first and last steps of a sequence.

    Args:
        cropping: Steps to cut at the start and at the end; an int stands for both.

    Shape: (batch, steps, channels) -> (batch, steps - sum(cropping), channels)

    >>> import numpy as np
    >>> Cropping1D((1, 2))(np.ones((2, 8, 3))).shape
    (2, 5, 3)
    """

    rank = 1

    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(**kwargs)
        self.keep_cropping(cropping, "channels_last")


@LAYERS.register()
class Cropping2D(Cropping):
    """Cuts off the edges of images.

    Args:
        cropping: ((top, bottom), (left, right)), or (height, width) for both sides, or
            one int for all.
        data_format: "channels_last" or "channels_first".

    >>> import numpy as np
    >>> Cropping2D(((1, 2), (3, 0)))(np.ones((2, 8, 8, 3))).shape
    (2, 5, 5, 3)
    """

    rank = 2

    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.keep_cropping(cropping, data_format)


@LAYERS.register()
class Cropping3D(Cropping):
    """Cuts off the edges of volumes.

    Args:
        cropping: Three pairs (before, after), or three ints, or one int for all.
        data_format: "channels_last" or "channels_first".

    >>> import numpy as np
    >>> Cropping3D((1, 2, 0))(np.ones((2, 8, 8, 8, 3))).shape
    (2, 6, 4, 8, 3)
    """

    rank = 3

    def __init__(self, cropping=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.keep_cropping(cropping, data_format)


class ZeroPadding(Spatial):
    """Adds zeros at the ends of each axis of space."""

    def keep_padding(self, padding, data_format):
        """Keeps the arguments, `padding` spelled out."""
        self.keep_format(data_format)
        pairs = self.pairs(padding=padding)
        self.padding = pairs[0] if self.rank == 1 else pairs

    def call(self, inputs):
        pairs = (self.padding,) if self.rank == 1 else self.padding
        return ops.pad(inputs, self.around(pairs, (0, 0)))


@LAYERS.register()
class ZeroPadding1D(ZeroPadding):
    """Adds zeros before and after a sequence.

    Args:
        padding: Steps to add at the start and at the end; an int stands for both.
        data_format: "channels_last" or "channels_first".

    >>> import numpy as np
    >>> ZeroPadding1D((1, 0))(np.ones((1, 2, 1))).numpy().ravel().tolist()
    [0.0, 1.0, 1.0]
    """

    rank = 1

    def __init__(self, padding=1, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.keep_padding(padding, data_format)


@LAYERS.register()
class ZeroPadding2D(ZeroPadding):
    """Adds zeros around images.

    Args:
        padding: ((top, bottom), (left, right)), or (height, width) for both sides, or
            one int for all.
        data_format: "channels_last" or "channels_first".

    >>> import numpy as np
    >>> ZeroPadding2D(((1, 0), (2, 2)))(np.ones((2, 8, 8, 3))).shape
    (2, 9, 12, 3)
    """

    rank = 2

    def __init__(self, padding=(1, 1), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.keep_padding(padding, data_format)


@LAYERS.register()
class ZeroPadding3D(ZeroPadding):
    """Adds zeros around volumes.

    Args:
        padding: Three pairs (before, after), or three ints, or one int for all.
        data_format: "channels_last" or "channels_first".

    >>> import numpy as np
    >>> ZeroPadding3D(1)(np.ones((2, 4, 4, 4, 3))).shape
    (2, 6, 6, 6, 3)
    """

    rank = 3

    def __init__(self, padding=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.keep_padding(padding, data_format)


class UpSampling(Spatial):
    """Repeats each value along each axis of space."""

    def compute_output_spec(self, inputs):
        """Returns the grown shape, in the dtype of the layer, as Keras has it."""
        size = (self.size,) if self.rank == 1 else self.size
        pairs = zip(inputs.shape, self.around(size, 1), strict=True)
        shape = [None if n is None else n * times for n, times in pairs]
        return KerasTensor(shape, self.compute_dtype)

    def call(self, inputs):
        size = (self.size,) if self.rank == 1 else self.size
        return magnify(inputs, sizes=self.around(size, 1))


@LAYERS.register()
class UpSampling1D(UpSampling):
    """Repeats each step of a sequence.

    Args:
        size: How often, a positive int.

    Shape: (batch, steps, channels) -> (batch, size * steps, channels)

    >>> import numpy as np
    >>> UpSampling1D(2)(np.array([[[1.0], [2.0]]])).numpy().ravel().tolist()
    [1.0, 1.0, 2.0, 2.0]
    """

    rank = 1

    def __init__(self, size=2, **kwargs):
        super().__init__(**kwargs)
        self.keep_format("channels_last")
        (self.size,) = checks.int_or_tuple(self, 1, size=size)


@LAYERS.register()
class UpSampling2D(UpSampling):
    """Enlarges images by whole numbers.

    Args:
        size: Factors of height and width; an int stands for both.
        data_format: "channels_last" or "channels_first".
        interpolation: "nearest" repeats pixels; "bilinear", "bicubic", "lanczos3" and
            "lanczos5" go smoothly from one to the next (see `ops.resizing`).

    Shape: (batch, height, width, channels) ->
        (batch, size[0] * height, size[1] * width, channels)

    >>> import numpy as np
    >>> UpSampling2D((2, 3))(np.ones((1, 4, 4, 3))).shape
    (1, 8, 12, 3)
    """

    rank = 2

    def __init__(
        self, size=(2, 2), data_format=None, interpolation="nearest", **kwargs
    ):
        super().__init__(**kwargs)
        self.keep_format(data_format)
        self.size = checks.int_or_tuple(self, 2, size=size)
        self.interpolation = checks.one_of(
            self, interpolation=interpolation, allowed=INTERPOLATIONS
        )

    def call(self, inputs):
        if self.interpolation == "nearest":
            return super().call(inputs)
        for axis, times in enumerate(self.size, self.first_axis):
            if times > 1:
                inputs = resample(
                    inputs,
                    size=times * inputs.shape[axis],
                    axis=axis,
                    interpolation=self.interpolation,
                )
        return inputs


@LAYERS.register()
class UpSampling3D(UpSampling):
    """Repeats each value of a volume along its three axes.

    Args:
        size: Factors of the three axes; an int stands for all.
        data_format: "channels_last" or "channels_first".

    >>> import numpy as np
    >>> UpSampling3D((1, 2, 2))(np.ones((1, 4, 4, 4, 3))).shape
    (1, 4, 8, 8, 3)
    """

    rank = 3

    def __init__(self, size=(2, 2, 2), data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.keep_format(data_format)
        self.size = checks.int_or_tuple(self, 3, size=size)
