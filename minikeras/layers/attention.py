"""Attention without projections: Luong's (dot products) and Bahdanau's (additive)."""

import numpy as np

from .. import ops
from ..tensor import no_history
from ..tensor.random import SeedGenerator, drop
from ..utils import checks
from .layer import LAYERS, Layer


@LAYERS.register()
class Attention(Layer):
    """Averages values by how well their keys match a query. (Luong et al., 2015)

    weights = softmax(query @ key.T),  y = weights @ value

    Args:
        use_scale: Whether the scores are multiplied by a trainable number.
        score_mode: "dot": score = query @ key; "concat": w * sum(tanh(query + key)).
        dropout: Fraction of the weights to drop while training, in [0, 1].
        seed: Int that makes the dropout repeatable.

    Called on a list [query, value] or [query, value, key], with masks in the same
    order: a masked value gets weight 0, a masked query the result 0.

    Shape: [(batch, T, dim), (batch, S, values), (batch, S, dim)] -> (batch, T, values),
    and with `return_attention_scores=True` the weights (batch, T, S).

    >>> import numpy as np
    >>> query, value = np.ones((2, 3, 8)), np.ones((2, 5, 8))
    >>> Attention()([query, value]).shape
    (2, 3, 8)
    """

    def __init__(
        self, use_scale=False, score_mode="dot", dropout=0.0, seed=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.use_scale = use_scale
        self.score_mode = checks.one_of(self, ("dot", "concat"), score_mode=score_mode)
        self.dropout = checks.rate(self, dropout=dropout)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed) if dropout > 0 else None
        self.supports_masking = True

    def build(self, input_shape):
        self._check(input_shape)
        self.scale = self.concat_score_weight = None
        if self.use_scale:
            self.scale = self.add_weight(name="scale", shape=(), initializer="ones")
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(
                name="concat_score_weight", shape=(), initializer="ones"
            )

    def _check(self, shapes):
        """Raises unless these are the shapes of query, value and perhaps key."""
        several = isinstance(shapes, (list, tuple)) and len(shapes) in (2, 3)
        if not several or any(not isinstance(s, (list, tuple)) for s in shapes):
            must = "inputs must be a list [query, value] or [query, value, key]"
            raise ValueError(f"{checks.owner_name(self)}: {must}, got shape {shapes}.")
        (query, value), key = shapes[:2], shapes[-1]
        if not len(query) == len(value) == len(key) == 3 or query[2] != key[2]:
            raise ValueError(
                f"{checks.owner_name(self)}: query, value and key must have shapes "
                "(batch, T, dim), (batch, S, values) and (batch, S, dim), got "
                f"{tuple(query)}, {tuple(value)} and {tuple(key)}."
            )

    def call(
        self,
        inputs,
        mask=None,
        training=False,
        return_attention_scores=False,
        use_causal_mask=False,
    ):
        self._check([tuple(x.shape) for x in inputs])
        query, value, key = *inputs[:2], inputs[-1]
        query_mask, value_mask = self._masks(inputs, mask)
        scores = self.scores(query, key)
        kept = self._kept(scores, value_mask, use_causal_mask)
        if kept is not None:
            lowest = -65504.0 if scores.dtype == "float16" else -1e9
            hidden = ops.cast(ops.logical_not(kept), scores.dtype)
            scores = scores + hidden * lowest
        weights = ops.softmax(scores, axis=-1)
        if training and self.seed_generator is not None:
            weights = drop(weights, self.dropout, seed=self.seed_generator)
        y = ops.matmul(weights, value)
        if query_mask is not None:
            y = y * ops.cast(ops.expand_dims(query_mask, -1), y.dtype)
        return (y, weights) if return_attention_scores else y

    def scores(self, query, key):
        """Returns how well each query matches each key: (batch, T, S)."""
        if self.score_mode == "concat":
            both = ops.expand_dims(query, -2) + ops.expand_dims(key, -3)
            both = both if self.scale is None else self.scale * both
            return self.concat_score_weight * ops.sum(ops.tanh(both), axis=-1)
        scores = ops.matmul(query, ops.swapaxes(key, -1, -2))
        return scores if self.scale is None else scores * self.scale

    def _masks(self, inputs, mask):
        """The masks of query and value as tensors of bool, or None."""
        if mask is None:
            return None, None
        if not isinstance(mask, (list, tuple)) or len(mask) not in (2, 3):
            got = f"{len(mask)}" if isinstance(mask, (list, tuple)) else "a tensor"
            raise ValueError(
                f"{checks.owner_name(self)}: mask must be a list of 2 or 3, "
                f"[query_mask, value_mask], got {got}."
            )
        (query, value), names = inputs[:2], ("query_mask", "value_mask")
        return tuple(
            None if m is None else self._mask(m, tuple(x.shape[:2]), name)
            for m, x, name in zip(mask[:2], (query, value), names, strict=True)
        )

    def _mask(self, mask, shape, name):
        mask = ops.cast(ops.convert_to_tensor(mask), "bool")
        pairs = zip(mask.shape, shape, strict=False)
        if len(mask.shape) != 2 or any(m != n and None not in (m, n) for m, n in pairs):
            raise ValueError(
                f"{checks.owner_name(self)}: {name} must have shape {shape}, got "
                f"{tuple(mask.shape)}."
            )
        return mask

    def _kept(self, scores, value_mask, use_causal_mask):
        """Who may look at whom, or None for all at all."""
        kept = None if value_mask is None else ops.expand_dims(value_mask, -2)
        if use_causal_mask and None not in scores.shape[1:]:
            past = np.tri(*scores.shape[1:], dtype=bool)
            kept = past if kept is None else ops.logical_and(kept, past)
        return kept

    def compute_mask(self, inputs, mask=None):
        query_mask, _ = self._masks(inputs, mask)
        return query_mask

    def compute_output_shape(self, input_shape):
        """Returns the query's shape, with the value's features."""
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(self, *args, **kwargs):
        """Returns what `call` would: one tensor, or two with the weights."""
        with no_history():
            return self.call(*args, **kwargs)


@LAYERS.register()
class AdditiveAttention(Attention):
    """Averages values by a small network's score. (Bahdanau et al., 2015)

    score = sum(scale * tanh(query + key)),  y = softmax(scores) @ value

    Args:
        use_scale: Whether the sum has trainable weights, one per feature.
        dropout: Fraction of the weights to drop while training, in [0, 1].

    Inputs, masks and shapes as `Attention`'s.

    >>> import numpy as np
    >>> query, value = np.ones((2, 3, 8)), np.ones((2, 5, 8))
    >>> AdditiveAttention()([query, value]).shape
    (2, 3, 8)
    """

    def __init__(self, use_scale=True, dropout=0.0, **kwargs):
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape):
        self._check(input_shape)
        self.scale = None
        if self.use_scale:
            features = input_shape[0][-1]
            self.scale = self.add_weight(
                name="scale", shape=(features,), initializer="glorot_uniform"
            )

    def scores(self, query, key):
        """Returns how well each query matches each key: (batch, T, S)."""
        both = ops.tanh(ops.expand_dims(query, -2) + ops.expand_dims(key, -3))
        if self.scale is None:
            return ops.sum(both, axis=-1)
        return ops.matmul(both, self.scale)

    def get_config(self):
        """Returns the config; there is one way to score only."""
        config = super().get_config()
        del config["score_mode"]
        return config
