"""Layers that move values around and compute nothing."""

import math

from .. import ops
from ..tensor import KerasTensor
from ..utils import checks
from .data_format import standardize_data_format
from .input_spec import InputSpec
from .layer import LAYERS, Layer


@LAYERS.register()
class Flatten(Layer):
    """Puts everything but the batch axis into one axis.

    Args:
        data_format: "channels_last" (default) or "channels_first". With the latter the
            channels move to the end first, so that the layers after it are the same.

    Shape: (batch, a, b, ...) -> (batch, a * b * ...)

    >>> import numpy as np
    >>> Flatten()(np.ones((5, 2, 3))).shape
    (5, 6)
    """

    takes_text = True

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(self, data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def compute_output_shape(self, input_shape):
        """Returns (batch, product of the rest), None where a size is open."""
        batch, *rest = input_shape
        return batch, None if None in rest else math.prod(rest)

    def compute_output_spec(self, inputs):
        """Returns the output's shape, and the dtype of the input."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)

    def call(self, inputs):
        if self.data_format == "channels_first" and len(inputs.shape) > 2:
            inputs = ops.moveaxis(inputs, 1, -1)
        return ops.reshape(inputs, self.compute_output_shape(inputs.shape))


@LAYERS.register()
class Reshape(Layer):
    """Gives each sample another shape with as many values.

    Args:
        target_shape: Shape without the batch axis; one -1 (or None) is worked out.

    Shape: (batch, ...) -> (batch, *target_shape)

    >>> import numpy as np
    >>> Reshape((3, -1))(np.ones((2, 12))).shape
    (2, 3, 4)
    """

    takes_text = True

    def __init__(self, target_shape, **kwargs):
        super().__init__(**kwargs)
        self.target_shape = self._checked(target_shape)
        self.built = True

    def _checked(self, target_shape):
        if isinstance(target_shape, int):
            checks.fail(self, "target_shape", target_shape, "be a tuple of ints")
        sizes = checks.shape(
            self, target_shape=[None if dim == -1 else dim for dim in target_shape]
        )
        if sizes.count(None) > 1:
            must = "have at most one -1 (or None)"
            checks.fail(self, "target_shape", target_shape, must)
        return tuple(target_shape)

    def compute_output_shape(self, input_shape):
        """Returns the target with the batch axis in front and the -1 worked out."""
        batch, *given = input_shape
        target = [None if dim == -1 else dim for dim in self.target_shape]
        if None in given:
            return batch, *target
        size = math.prod(given)
        known = math.prod(dim for dim in target if dim is not None)
        fits = known and size % known == 0 if None in target else size == known
        if not fits:
            raise ValueError(
                f"{checks.owner_name(self)}: an input of shape {tuple(input_shape)} "
                f"holds {size} values a sample, which do not fit into target_shape="
                f"{self.target_shape} ({known} values)."
            )
        return batch, *(size // known if dim is None else dim for dim in target)

    def compute_output_spec(self, inputs):
        """Returns the output's shape, and the dtype of the input."""
        return KerasTensor(self.compute_output_shape(inputs.shape), inputs.dtype)

    def call(self, inputs):
        return ops.reshape(inputs, self.compute_output_shape(inputs.shape))


@LAYERS.register()
class Permute(Layer):
    """Reorders the axes of each sample.

    Args:
        dims: The axes in their new order, counted from 1; the batch axis stays.

    >>> import numpy as np
    >>> Permute((2, 1))(np.ones((5, 10, 64))).shape
    (5, 64, 10)
    """

    def __init__(self, dims, **kwargs):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            example = tuple(range(len(self.dims), 0, -1))
            must = f"hold each of 1 .. {len(self.dims)} once"
            checks.fail(self, "dims", dims, must, example)
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs):
        return ops.transpose(inputs, (0, *self.dims))


@LAYERS.register()
class RepeatVector(Layer):
    """Repeats each sample's vector n times, as a sequence.

    Args:
        n: How often, a positive int.

    Shape: (batch, features) -> (batch, n, features)

    >>> import numpy as np
    >>> RepeatVector(3)(np.ones((5, 32))).shape
    (5, 3, 32)
    """

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = checks.positive_int(self, n=n)
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs):
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)
