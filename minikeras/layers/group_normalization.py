"""`GroupNormalization`: mean 0 and variance 1 in groups of channels."""

from .. import ops
from ..ops.kernels.normalizing_groups import normalize_groups
from ..ops.standardization import standardize
from ..utils import checks
from .input_spec import InputSpec
from .layer import LAYERS
from .normalization_layers import Affine


@LAYERS.register()
class GroupNormalization(Affine):
    """Normalizes groups of channels of each sample. (Wu & He, 2018)

    y = gamma * (x - mean) / sqrt(variance + epsilon) + beta

    Mean and variance are those of all values of a sample in a group of neighbouring
    channels, so the size of the batch does not matter. One group is like layer
    normalization, one for each channel is instance normalization.

    Args:
        groups: Number of groups, which must divide the number of channels; -1 means
            one for each channel.
        axis: The channel axis.
        epsilon: Keeps the root away from 0.
        center, scale: Whether there are beta and gamma, one number per channel.
        beta_initializer, gamma_initializer: How the weights start.
        beta_regularizer, gamma_regularizer: Penalties.
        beta_constraint, gamma_constraint: Projections after each update.

    Shape: same as the input.

    >>> import numpy as np
    >>> y = GroupNormalization(2)(np.array([[1.0, 3.0, 10.0, 30.0]]))
    >>> y.numpy().round(1).tolist()
    [[-1.0, 1.0, -1.0, 1.0]]
    """

    def __init__(
        self,
        groups=32,
        axis=-1,
        epsilon=0.001,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        **kwargs,
    ):
        super().__init__(
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        self.groups = checks.integer(self, groups=groups)
        if groups != -1:
            checks.positive_int(self, groups=groups)
        self.axis = checks.integer(self, axis=axis)

    def build(self, input_shape):
        ndim = len(input_shape)
        self._channel = checks.axis(self, ndim, axis=self.axis) % ndim
        channels = input_shape[self._channel]
        if channels is None:
            raise ValueError(
                f"{checks.owner_name(self)}: the length of axis {self.axis} must be "
                f"known, got inputs of shape {tuple(input_shape)}."
            )
        self.groups = channels if self.groups == -1 else self.groups
        if channels % self.groups:
            near = max(n for n in range(1, self.groups) if channels % n == 0)
            must = f"divide the number of channels, {channels}"
            checks.fail(self, "groups", self.groups, must, near)
        self.add_affine(input_shape, (self._channel,))
        self.input_spec = InputSpec(ndim=ndim, axes={self.axis: channels})

    def call(self, inputs):
        x, shape, axis = self.widened(inputs), inputs.shape, self._channel
        if self._aligned is None:
            weights = self.scale_and_offset(shape[axis:], x.dtype)
            y, _, _ = normalize_groups(
                x, *weights, groups=self.groups, epsilon=self.epsilon
            )
            return self.narrowed(y)
        size = shape[axis] // self.groups
        # Sizes that are not known, of which there may be several, stay as they are.
        cut = (*shape[:axis], self.groups, size, *shape[axis + 1 :])
        kept = {0, axis}
        reduced = tuple(i for i in range(len(cut)) if i not in kept)
        x, _, _ = standardize(ops.reshape(x, cut), axis=reduced, epsilon=self.epsilon)
        return self.narrowed(self.affine(ops.reshape(x, shape)))
