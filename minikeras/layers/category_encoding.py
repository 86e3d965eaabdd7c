"""`CategoryEncoding`: categories, given as ints, become rows of zeros and ones."""

from .. import ops
from ..utils import checks
from .layer import LAYERS, Layer

OUTPUT_MODES = ("multi_hot", "one_hot", "count")


@LAYERS.register()
class CategoryEncoding(Layer):
    """Encodes ints in [0, num_tokens) as vectors; other ints count as nothing.

    Args:
        num_tokens: How many categories there are, a positive int.
        output_mode: "one_hot" makes a vector of each int; "multi_hot" marks all ints
            of a sample (its last axis) in one vector; "count" counts them there.
        sparse: Must be False: minikeras has dense tensors only.

    >>> import numpy as np
    >>> CategoryEncoding(3, "count")(np.array([[0, 1], [2, 2]])).numpy().tolist()
    [[1.0, 1.0, 0.0], [0.0, 0.0, 2.0]]
    """

    def __init__(
        self, num_tokens=None, output_mode="multi_hot", sparse=False, **kwargs
    ):
        super().__init__(**kwargs)
        self.num_tokens = checks.positive_int(self, num_tokens=num_tokens)
        self.output_mode = checks.one_of(
            self, output_mode=output_mode, allowed=OUTPUT_MODES
        )
        self.sparse = checks.one_of(self, sparse=sparse, allowed=(False,))
        self.built = True

    def get_config(self):
        """Returns the arguments, without `sparse`, as Keras has it."""
        return {
            key: value for key, value in super().get_config().items() if key != "sparse"
        }

    def call(self, inputs, count_weights=None):
        if count_weights is not None and self.output_mode != "count":
            must = "be None unless output_mode='count'"
            checks.fail(self, "count_weights", count_weights, must)
        return encode(
            inputs,
            self.num_tokens,
            self.output_mode,
            self.compute_dtype,
            count_weights,
        )


def encode(inputs, num_tokens: int, mode: str, dtype: str, count_weights=None):
    """Encodes ints in [0, num_tokens) as `CategoryEncoding` does.

    Args:
        inputs: Tensor of ints; those outside count as nothing.
        num_tokens: Length of the vectors.
        mode: "one_hot", "multi_hot" or "count".
        dtype: Dtype of the result.
        count_weights: What each int counts, with "count"; None for 1.
    """
    one_hot = mode == "one_hot"
    if one_hot and len(inputs.shape) > 1 and inputs.shape[-1] is None:
        must = "have a last axis of known length with output_mode='one_hot'"
        checks.fail("encode", "inputs", inputs.shape, must)
    if one_hot and len(inputs.shape) > 1 and inputs.shape[-1] == 1:
        inputs = ops.squeeze(inputs, -1)
    if one_hot and len(inputs.shape) == 0:
        inputs = ops.expand_dims(inputs, 0)
    hot = ops.one_hot(ops.cast(inputs, "int32"), num_tokens, dtype=dtype)
    if one_hot or len(hot.shape) == 1:
        return hot
    if mode == "multi_hot":
        return ops.max(hot, axis=-2)
    if count_weights is not None:
        hot = hot * ops.expand_dims(ops.cast(count_weights, dtype), -1)
    return ops.sum(hot, axis=-2)
