"""`SpectralNormalization`: holds the largest singular value of a kernel at 1."""

from .. import initializers, ops
from ..tensor import any_symbolic
from ..utils import checks
from .input_spec import InputSpec
from .layer import LAYERS
from .wrapping import Wrapper


@LAYERS.register()
class SpectralNormalization(Wrapper):
    """Divides a kernel by its largest singular value. (Miyato et al., 2018)

    W <- W / s,  s = v W u,  v = W u / |W u|,  u = v W / |v W|

    W is the kernel as a matrix with a column per output. Each call with
    `training=True` writes the new kernel into the layer, before the layer is called; u
    is kept, and comes nearer to the singular vector with each call.

    Args:
        layer: A layer with a `kernel` or `embeddings`.
        power_iterations: How often v and u are worked out in a call, 1 or more.

    Shape: as of the layer.

    >>> import numpy as np
    >>> from minikeras.layers import Dense
    >>> layer = SpectralNormalization(Dense(2), power_iterations=20)
    >>> y = layer(np.ones((1, 3)), training=True)
    >>> round(float(np.linalg.norm(layer.kernel.numpy(), 2)), 3)
    1.0
    """

    def __init__(self, layer, power_iterations=1, **kwargs):
        super().__init__(layer, **kwargs)
        self.power_iterations = checks.positive_int(
            self, power_iterations=power_iterations
        )

    def build(self, input_shape):
        super().build(input_shape)
        self.input_spec = InputSpec(shape=(None, *input_shape[1:]))
        self.kernel = self._find_kernel()
        self.vector_u = self.add_weight(
            shape=(1, self.kernel.shape[-1]),
            initializer=initializers.TruncatedNormal(stddev=0.02),
            name="vector_u",
            trainable=False,
            dtype=self.kernel.dtype,
        )

    def _find_kernel(self):
        """The variable behind the layer's `kernel`, which may be more than that."""
        for name in ("_kernel", "kernel", "_embeddings", "embeddings"):
            found = getattr(self.layer, name, None)
            if hasattr(found, "assign"):
                return found
        raise ValueError(
            f"{checks.owner_name(self)}: layer must have a kernel or embeddings, got "
            f"{checks.owner_name(self.layer)} without. Try "
            "SpectralNormalization(Dense(8))."
        )

    def compute_output_shape(self, input_shape):
        """Returns the output shape of the layer."""
        return self.layer.compute_output_shape(input_shape)

    def call(self, inputs, training=False):
        if training and not any_symbolic(inputs):
            self.normalize_weights()
        return self.layer(inputs)

    def normalize_weights(self):
        """Divides the kernel by the estimate of its largest singular value."""
        weights = ops.stop_gradient(self.kernel)
        matrix = ops.reshape(weights, (-1, self.kernel.shape[-1]))
        u = ops.stop_gradient(self.vector_u)
        for _ in range(self.power_iterations):
            v = ops.normalize(ops.matmul(u, ops.transpose(matrix)), epsilon=1e-12)
            u = ops.normalize(ops.matmul(v, matrix), epsilon=1e-12)
        largest = ops.sum(ops.matmul(v, matrix) * u)
        self.vector_u.assign(u)
        self.kernel.assign(weights / largest)
