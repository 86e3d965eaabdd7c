"""Attention in several heads of which some share keys: `GroupQueryAttention`."""

from ..utils import checks
from .attention_heads import HeadedAttention, letters_of
from .layer import LAYERS


@LAYERS.register("GroupedQueryAttention", name="GroupQueryAttention")
class GroupedQueryAttention(HeadedAttention):
    """Multi-head attention where several query heads share a key. (Ainslie, 2023)

    As `MultiHeadAttention`, with `num_query_heads / num_key_value_heads` queries to
    each key and value: less memory for keys and values. One key for all is multi-query
    attention.

    Args:
        head_dim: Size of each head.
        num_query_heads: Number of query heads.
        num_key_value_heads: Number of key and value heads; divides the former.
        dropout, use_bias, sliding_window, flash_attention, use_gate, seed: See
            `MultiHeadAttention`, as for initializers, regularizers and constraints.

    Shape: (batch, T, features), (batch, S, ...) -> (batch, T, features)

    >>> import numpy as np
    >>> x = np.ones((2, 5, 16))
    >>> GroupQueryAttention(8, num_query_heads=4, num_key_value_heads=2)(x, x).shape
    (2, 5, 16)
    """

    prefix = "_"

    def __init__(
        self,
        head_dim,
        num_query_heads,
        num_key_value_heads,
        dropout=0.0,
        use_bias=True,
        sliding_window=None,
        flash_attention=None,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        use_gate=False,
        seed=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.head_dim = checks.positive_int(self, head_dim=head_dim)
        heads = checks.positive_int(self, num_query_heads=num_query_heads)
        shared = checks.positive_int(self, num_key_value_heads=num_key_value_heads)
        if heads % shared:
            raise ValueError(
                f"{checks.owner_name(self)}: num_query_heads must be divisible by "
                f"num_key_value_heads, got {heads} and {shared}. Try "
                f"num_query_heads={-(-heads // shared) * shared}."
            )
        self.num_query_heads, self.num_key_value_heads = heads, shared
        self.keep_options(
            dropout,
            use_bias,
            sliding_window,
            flash_attention,
            use_gate,
            seed,
            activity_regularizer,
        )
        self.keep_weight_options(
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.query_heads, self.key_heads = heads, shared
        self._head_size = head_dim

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = value_shape if key_shape is None else key_shape
        self._axes, self._letters = (1,), letters_of(2, (1,))
        self.check_shapes(query_shape, value_shape, key_shape, self._axes)
        if len(query_shape) != 3:
            raise ValueError(
                f"{checks.owner_name(self)}: query must have 3 axes (batch, length, "
                f"features), got shape {tuple(query_shape)}."
            )
        queries = (self.num_query_heads, self.head_dim)
        keys = (self.num_key_value_heads, self.head_dim)
        self.add_dense("query", "bqm,muh->bquh", queries, query_shape)
        self.add_dense("key", "bkm,mvh->bkvh", keys, key_shape)
        if self.use_gate:
            self.add_dense("gate", "bqm,muh->bquh", queries, query_shape, "sigmoid")
        self.add_dense("value", "bkm,mvh->bkvh", keys, value_shape)
        self.add_softmax(-1)
        out = query_shape[-1:]
        self.add_dense("output", "bquh,uhm->bqm", out, (*query_shape[:-1], *queries))

    def compute_output_shape(self, query_shape, value_shape, key_shape=None):
        """Returns the query's shape."""
        return tuple(query_shape)


GroupQueryAttention = GroupedQueryAttention  # its public name in Keras
