"""`ReversibleEmbedding`: tokens to vectors, and vectors to scores of tokens."""

from .. import ops
from ..tensor import KerasTensor, dtypes
from ..utils import checks
from .basics import Embedding
from .layer import LAYERS


@LAYERS.register()
class ReversibleEmbedding(Embedding):
    """An embedding that also leads back, from vectors to one score per token.

    y = embeddings[x],  or with `reverse=True`  y = x @ transpose(embeddings)
    (Press and Wolf, 2016)

    Args:
        input_dim: Size of the vocabulary.
        output_dim: Length of each vector.
        tie_weights: Whether the way back uses the same weights, or a matrix of its own.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint: As usual.
        mask_zero: Whether 0 marks padding.
        reverse_dtype: Dtype of the way back; the compute dtype if None.
        logit_soft_cap: If c is given, scores become c * tanh(scores / c).

    Shape: (...) -> (..., output_dim), reverse (..., output_dim) -> (..., input_dim)

    >>> import numpy as np
    >>> layer = ReversibleEmbedding(100, 8)
    >>> layer(layer(np.array([[3, 5]])), reverse=True).shape
    (1, 2, 100)
    """

    def __init__(
        self,
        input_dim,
        output_dim,
        tie_weights=True,
        embeddings_initializer="uniform",
        embeddings_regularizer=None,
        embeddings_constraint=None,
        mask_zero=False,
        reverse_dtype=None,
        logit_soft_cap=None,
        **kwargs,
    ):
        weights = kwargs.pop("weights", None)
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
            mask_zero=mask_zero,
            **kwargs,
        )
        self.tie_weights = checks.boolean(self, tie_weights=tie_weights)
        self.reverse_dtype = reverse_dtype
        if logit_soft_cap is not None:
            checks.positive(self, logit_soft_cap=logit_soft_cap)
        self.logit_soft_cap = logit_soft_cap
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) else [weights])

    def build(self, input_shape=None):
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                shape=(self.output_dim, self.input_dim),
                initializer=self.embeddings_initializer,
                name="reverse_embeddings",
            )

    def call(self, inputs, reverse=False):
        if not reverse:
            return super().call(inputs)
        if inputs.shape[-1] != self.output_dim:
            raise ValueError(
                f"{checks.owner_name(self)}: with reverse=True inputs must end in an "
                f"axis of output_dim={self.output_dim}, got shape {inputs.shape}."
            )
        dtype = self.reverse_dtype or self.compute_dtype
        kernel = ops.cast(self._kernel_back(), dtype)
        logits = ops.matmul(ops.cast(inputs, dtype), kernel)
        cap = self.logit_soft_cap
        return logits if cap is None else ops.tanh(logits / cap) * cap

    def _kernel_back(self):
        if self.tie_weights:
            return ops.transpose(self.embeddings)
        return self.reverse_embeddings

    def compute_output_shape(self, input_shape, reverse=False):
        """Returns the shape of vectors, or on the way back that of scores."""
        if reverse:
            return *input_shape[:-1], self.input_dim
        return *input_shape, self.output_dim

    def compute_output_spec(self, inputs, reverse=False):
        """Returns the output's shape and dtype."""
        dtype = (reverse and self.reverse_dtype) or self.compute_dtype
        return KerasTensor(self.compute_output_shape(inputs.shape, reverse), dtype)

    def compute_mask(self, inputs, mask=None):
        if not dtypes.is_int(inputs.dtype):
            return None  # the way back
        return super().compute_mask(inputs, mask)
