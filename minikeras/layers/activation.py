"""Activation functions as layers."""

from .. import activations, constraints, initializers, ops, regularizers
from ..tensor import dtypes
from ..utils import checks
from .input_spec import InputSpec
from .layer import LAYERS, Layer


@LAYERS.register()
class Activation(Layer):
    """Applies an activation function.

    y = activation(x)

    Args:
        activation: Name, function or layer; None leaves the input as it is.

    >>> import numpy as np
    >>> Activation("relu")(np.array([-3.0, -1.0, 0.0, 2.0])).numpy().tolist()
    [0.0, 0.0, 0.0, 2.0]
    """

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)
        self.supports_masking = True
        self.built = True

    def call(self, inputs):
        return self.activation(inputs)


@LAYERS.register()
class ReLU(Layer):
    """Cuts off what is negative.

    y = min(x, max_value) where x >= threshold
    y = negative_slope * (x - threshold) elsewhere

    Args:
        max_value: Upper bound, 0 or more; None for none.
        negative_slope: Slope below the threshold, 0 or more.
        threshold: Where the ramp begins, 0 or more.

    >>> import numpy as np
    >>> ReLU(max_value=6)(np.array([-10.0, 5.0, 10.0])).numpy().tolist()
    [0.0, 5.0, 6.0]
    """

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **kwargs):
        super().__init__(**kwargs)
        if max_value is not None:
            max_value = checks.non_negative(self, max_value=max_value)
        self.max_value = max_value
        self.negative_slope = checks.non_negative(self, negative_slope=negative_slope)
        self.threshold = checks.non_negative(self, threshold=threshold)
        self.supports_masking = True
        self.built = True

    def call(self, inputs):
        return activations.relu(
            inputs, self.negative_slope, self.max_value, self.threshold
        )


@LAYERS.register()
class LeakyReLU(Layer):
    """Lets a little of what is negative through, so that no unit dies.

    y = x where x >= 0, negative_slope * x elsewhere

    Args:
        negative_slope: Slope of the negative side, 0 or more.

    >>> import numpy as np
    >>> LeakyReLU(negative_slope=0.5)(np.array([-10.0, 5.0])).numpy().tolist()
    [-5.0, 5.0]
    """

    def __init__(self, negative_slope=0.3, **kwargs):
        super().__init__(**kwargs)
        self.negative_slope = checks.non_negative(self, negative_slope=negative_slope)
        self.supports_masking = True
        self.built = True

    def call(self, inputs):
        return activations.leaky_relu(inputs, self.negative_slope)


@LAYERS.register()
class PReLU(Layer):
    """A leaky ReLU whose slopes are learned. (He et al., 2015)

    y = x where x >= 0, alpha * x elsewhere

    Args:
        alpha_initializer, alpha_regularizer, alpha_constraint: For the slopes.
        shared_axes: Axes along which one slope serves all, as [1, 2] for images.

    >>> layer = PReLU(shared_axes=[1, 2])
    >>> layer.build((None, 28, 28, 3))
    >>> layer.alpha.shape
    (1, 1, 3)
    """

    def __init__(
        self,
        alpha_initializer="Zeros",
        alpha_regularizer=None,
        alpha_constraint=None,
        shared_axes=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        if shared_axes is not None:
            several = isinstance(shared_axes, (list, tuple))
            shared_axes = list(shared_axes) if several else [shared_axes]
            checks.axis(self, shared_axes=shared_axes)
        self.shared_axes = shared_axes
        self.supports_masking = True

    def build(self, input_shape):
        ndim = len(input_shape)
        axes = checks.axis(self, ndim, shared_axes=self.shared_axes or ())
        shared = {axis % ndim for axis in axes}
        own = [axis for axis in range(1, ndim) if axis not in shared]
        shape = tuple(input_shape[a] if a in own else 1 for a in range(1, ndim))
        self.alpha = self.add_weight(shape=shape, name="alpha")
        self.input_spec = InputSpec(ndim=ndim, axes={a: input_shape[a] for a in own})

    def call(self, inputs):
        below = ops.minimum(inputs, 0) * self.alpha
        return ops.relu(inputs) + below


@LAYERS.register()
class ELU(Layer):
    """Bends smoothly towards -alpha. (Clevert et al., 2015)

    y = x where x >= 0, alpha * (exp(x) - 1) elsewhere

    Args:
        alpha: Depth of the negative side.

    >>> import numpy as np
    >>> ELU()(np.array([-100.0, 5.0])).numpy().tolist()
    [-1.0, 5.0]
    """

    def __init__(self, alpha=1.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha = alpha
        self.supports_masking = True
        self.built = True

    def call(self, inputs):
        return activations.elu(inputs, self.alpha)


@LAYERS.register()
class Softmax(Layer):
    """Turns scores into probabilities.

    y = exp(x) / sum(exp(x))

    Args:
        axis: Axis, or several, over which the probabilities sum to 1.

    Called with a `mask` (True: takes part), the others get probability 0.

    >>> import numpy as np
    >>> Softmax()(np.array([[1.0, 1.0]])).numpy().tolist()
    [[0.5, 0.5]]
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = checks.axis(self, axis=axis)
        self.supports_masking = True
        self.built = True

    def call(self, inputs, mask=None):
        if mask is None:
            return activations.softmax(inputs, axis=self.axis)
        mask = ops.cast(mask, "bool")
        lowest = float(dtypes.finfo(inputs.dtype).min)
        scores = ops.where(mask, inputs, lowest)
        return ops.where(mask, activations.softmax(scores, axis=self.axis), 0.0)
