"""Attention in several heads, with projections: `MultiHeadAttention` and its base."""

import string

import numpy as np

from .. import constraints, initializers, ops, regularizers
from ..ops.attention import attend
from ..tensor import KerasTensor, no_history, shapes
from ..utils import checks
from .activation import Softmax
from .einsum_dense import EinsumDense
from .inputs import cast_input
from .layer import LAYERS, Layer
from .regularization import Dropout

LETTERS = string.ascii_lowercase


class HeadedAttention(Layer):
    """Base of the layers that project, attend in each head, and project back.

    A subclass names the sizes in `__init__` and makes the sublayers in `build`.
    """

    prefix = ""  # of the attributes that hold the projections
    query_heads = key_heads = 1

    def keep_options(
        self,
        dropout,
        use_bias,
        sliding_window,
        flash_attention,
        use_gate,
        seed,
        activity_regularizer,
    ):
        """Keeps the arguments that mean the same in all of these layers."""
        self.dropout = checks.rate(self, dropout=dropout)
        if sliding_window is not None:
            checks.positive_int(self, sliding_window=sliding_window)
        if flash_attention and dropout > 0:
            checks.fail(self, "dropout", dropout, "be 0 with flash_attention=True", 0.0)
        self.use_bias = use_bias
        self.sliding_window = sliding_window
        self._flash_attention = flash_attention
        self.use_gate = use_gate
        self.seed = seed
        self._activity_regularizer = regularizers.get(activity_regularizer)
        self.supports_masking = True

    def keep_weight_options(self, **options):
        """Keeps initializers, regularizers and constraints of kernels and biases."""
        for name, value in options.items():
            kind = name.partition("_")[2]
            module = {"initializer": initializers, "regularizer": regularizers}.get(
                kind, constraints
            )
            setattr(self, name, module.get(value))

    # Building -------------------------------------------------------------------------

    def add_dense(self, name, equation, sizes, input_shape, activation=None):
        """Makes and builds a projection to (*sizes), with a bias of that shape."""
        output = equation.partition("->")[2]
        lead = len(output) - len(sizes)
        dense = EinsumDense(
            equation,
            output_shape=(None,) * (lead - 1) + tuple(sizes),
            activation=activation,
            bias_axes=output[lead:] if self.use_bias else None,
            kernel_initializer=_copied(self.kernel_initializer),
            bias_initializer=_copied(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            activity_regularizer=self._activity_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            name="attention_output" if name == "output" else name,
            dtype=self.dtype_policy,
        )
        dense.supports_masking = True  # masks end here, without a warning
        prefix = "_" if name == "gate" else self.prefix
        setattr(self, f"{prefix}{name}_dense", dense)
        dense.build(tuple(input_shape))

    def add_softmax(self, axes):
        """Makes what turns scores into weights; `axes` are those of the keys."""
        self._softmax = Softmax(axis=axes, dtype=self.dtype_policy)
        self._dropout_layer = Dropout(
            self.dropout, seed=self.seed, dtype=self.dtype_policy
        )

    def check_shapes(self, query, value, key, axes):
        """Raises where query, value and key do not belong together."""
        key = value if key is None else key
        others = [i for i in range(len(query) - 1) if i not in axes]
        same = len(query) == len(value) == len(key) and value[:-1] == key[:-1]
        if not same or any(_differ(query[i], value[i]) for i in others):
            raise ValueError(
                f"{checks.owner_name(self)}: query, value and key must agree in their "
                f"axes, except for the features and, along attention_axes={axes}, "
                f"between query and the others. Got query {tuple(query)}, value "
                f"{tuple(value)}, key {tuple(key)}."
            )

    # Calling --------------------------------------------------------------------------

    def call(
        self,
        query,
        value,
        key=None,
        query_mask=None,
        value_mask=None,
        key_mask=None,
        attention_mask=None,
        return_attention_scores=False,
        training=None,
        use_causal_mask=False,
    ):
        if return_attention_scores and self._flash_attention:
            must = "be False with flash_attention=True"
            checks.fail(self, "return_attention_scores", True, must)
        value = cast_input(self, value)
        key = value if key is None else cast_input(self, key)
        self.check_shapes(query.shape, value.shape, key.shape, self._axes)
        mask = self._mask(
            self._scores_shape(query, key),
            (query_mask, value_mask, key_mask),
            attention_mask,
            use_causal_mask,
        )
        heads = [
            getattr(self, f"{self.prefix}{name}_dense")(x)
            for name, x in (("query", query), ("key", key), ("value", value))
        ]
        is_usual = len(heads[0].shape) == 4 and self._axes == (1,)
        if is_usual and not self.dropout and not return_attention_scores:
            scale = self._head_size**-0.5
            y, weights = attend(*heads, True if mask is None else mask, scale=scale)
        else:
            y, weights = self._attend_in_steps(*heads, mask, training)
        if self.use_gate:
            y = y * self._gate_dense(query)
        y = getattr(self, f"{self.prefix}output_dense")(y)
        return (y, weights) if return_attention_scores else y

    def _attend_in_steps(self, query, key, value, mask, training):
        """Scores, weights, averages: for dropout, several axes, and to see weights."""
        groups = self.query_heads // self.key_heads
        if groups > 1:
            key, value = (ops.repeat(x, groups, axis=2) for x in (key, value))
        q, k, scores = self._letters
        query = query * self._head_size**-0.5
        weights = ops.einsum(f"{q}Z,{k}Z->{scores}", query, key)
        weights = self._softmax(weights, mask=mask)
        dropped = self._dropout_layer(weights, training=training)
        return ops.einsum(f"{scores},{k}Y->{q}Y", dropped, value), weights

    # Masks ----------------------------------------------------------------------------

    def _scores_shape(self, query, key):
        """(batch, other axes, heads, query axes, key axes)."""
        others = [n for i, n in enumerate(query.shape[:-1]) if i not in self._axes]
        lengths = [x.shape[i] for x in (query, key) for i in self._axes]
        return (*others, self.query_heads, *lengths)

    def _mask(self, scores, masks, attention_mask, use_causal_mask):
        """All masks as one that broadcasts to the scores, or None."""
        count = len(self._axes)
        found = [
            self._spread(mask, name, before)
            for mask, name, before in zip(
                masks,
                ("query_mask", "value_mask", "key_mask"),
                (False, True, True),
                strict=True,
            )
            if mask is not None
        ]
        if attention_mask is not None:
            found.append(_as_bool(attention_mask))
        found += self._bands(scores[-2 * count :], use_causal_mask)
        combined = None
        for mask in found:
            self._check_mask(mask.shape, scores)
            combined = mask if combined is None else ops.logical_and(combined, mask)
        if combined is None:
            return None
        missing = len(scores) - len(combined.shape)
        lead = len(combined.shape) - 2 * count  # heads have an axis in scores only
        dims = tuple(range(lead, lead + missing))
        return ops.expand_dims(combined, dims) if missing else combined

    def _spread(self, mask, name, before):
        """A mask of tokens as one of pairs, with axes of length 1 for the others."""
        mask, count = _as_bool(mask), len(self._axes)
        if len(mask.shape) != len(self._letters[0]) - 1:
            raise ValueError(
                f"{checks.owner_name(self)}: {name} must have one value per token, "
                f"{len(self._letters[0]) - 1} axes, got shape {tuple(mask.shape)}."
            )
        others = [i for i in range(len(mask.shape)) if i not in self._axes]
        mask = ops.transpose(mask, (*others, *self._axes))
        lead = len(others) if before else len(mask.shape)
        return ops.expand_dims(mask, tuple(range(lead, lead + count)))

    def _bands(self, lengths, use_causal_mask):
        """What position t may look at: the past, its neighbourhood, or all."""
        if not use_causal_mask and self.sliding_window is None:
            return []
        if len(lengths) != 2:
            raise ValueError(
                f"{checks.owner_name(self)}: use_causal_mask and sliding_window need "
                f"one attention axis, got attention_axes={self._axes}."
            )
        if None in lengths:
            return []
        ahead = np.subtract.outer(*(-np.arange(n) for n in lengths))
        band = ahead <= 0 if use_causal_mask else np.ones(lengths, bool)
        if self.sliding_window is not None:
            band = band & (np.abs(ahead) < self.sliding_window)
        return [_as_bool(band)]

    def _check_mask(self, mask, scores):
        heads = len(scores) - 2 * len(self._axes) - 1
        wanted = scores if len(mask) == len(scores) else (
            *scores[:heads], *scores[heads + 1 :])  # fmt: skip
        try:
            fits = len(shapes.broadcast_two(tuple(mask), wanted)) == len(wanted)
            fits = fits and all(
                not _differ(m, n) or m == 1
                for m, n in zip(mask[::-1], wanted[::-1], strict=False)
            )
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(
                f"{checks.owner_name(self)}: attention_mask must broadcast to (batch, "
                f"query length, key length) = {wanted}, got shape {tuple(mask)}."
            )

    # Shapes and config ----------------------------------------------------------------

    def compute_output_spec(self, *args, **kwargs):
        """Returns what `call` would: one tensor, or two with the weights."""
        with no_history():
            return self.call(*args, **kwargs)

    def get_config(self):
        """Returns the config; `flash_attention` is not part of it."""
        config = super().get_config()
        regularizer = regularizers.serialize(self._activity_regularizer)
        return {**config, "activity_regularizer": regularizer}


def _as_bool(mask):
    if not isinstance(mask, KerasTensor):
        mask = ops.convert_to_tensor(mask)
    return ops.cast(mask, "bool")


def _differ(m, n):
    return m != n and None not in (m, n)


def _copied(initializer):
    """An initializer like this one: of one without a seed, each draws its own."""
    if not hasattr(initializer, "get_config"):
        return initializer
    return type(initializer).from_config(initializer.get_config())


@LAYERS.register()
class MultiHeadAttention(HeadedAttention):
    """Lets each token gather from others what it asks for. (Vaswani et al., 2017)

    head = softmax(q @ k.T / sqrt(key_dim)) @ v,  q, k, v = projections of the inputs
    y = projection of all heads, side by side

    Args:
        num_heads: Number of heads.
        key_dim: Size of each head's queries and keys.
        value_dim: Size of each head's values; `key_dim` if None.
        dropout: Fraction of the weights to drop while training, in [0, 1].
        use_bias: Whether the projections have biases.
        output_shape: Features of the output, an int or a tuple; the query's if None.
        attention_axes: Axes to attend over; None for all but batch and features.
        sliding_window: A position sees those less than this far away; None for all.
        flash_attention: True, False or None give the same numbers: the kernel always
            works on a few samples at a time. True refuses dropout and
            `return_attention_scores`, as Keras does.
        kernel_initializer, bias_initializer: How the weights start.
        kernel_regularizer, bias_regularizer: Penalties on the weights.
        activity_regularizer: Penalty on the output of each projection.
        kernel_constraint, bias_constraint: Projections after each update.
        use_gate: Whether a sigmoid of the query's projection gates the heads.
        seed: Int that makes the dropout repeatable.

    Called with query, value and perhaps key. Masks ride on these or come as
    `query_mask` ...; `attention_mask` (batch, T, S) is True where a query may look;
    `use_causal_mask=True` hides the future.

    Shape: (batch, T, features), (batch, S, ...) -> (batch, T, features), and with
    `return_attention_scores=True` the weights (batch, num_heads, T, S).

    >>> import numpy as np
    >>> x = np.ones((2, 5, 16))
    >>> MultiHeadAttention(num_heads=4, key_dim=8)(x, x).shape
    (2, 5, 16)
    """

    def __init__(
        self,
        num_heads,
        key_dim,
        value_dim=None,
        dropout=0.0,
        use_bias=True,
        output_shape=None,
        attention_axes=None,
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
        self.num_heads = checks.positive_int(self, num_heads=num_heads)
        self.key_dim = checks.positive_int(self, key_dim=key_dim)
        value_dim = key_dim if value_dim is None else value_dim
        self.value_dim = checks.positive_int(self, value_dim=value_dim)
        if output_shape is not None:
            single = not isinstance(output_shape, (list, tuple))
            sizes = (output_shape,) if single else output_shape
            output_shape = checks.shape(self, output_shape=sizes)
        self._output_shape = output_shape
        if attention_axes is not None:
            attention_axes = checks.axis(self, attention_axes=attention_axes)
            if isinstance(attention_axes, int):
                attention_axes = (attention_axes,)
        self.attention_axes = attention_axes
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
        self.query_heads = self.key_heads = num_heads
        self._head_size = key_dim

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = value_shape if key_shape is None else key_shape
        ndim = len(query_shape)
        axes = self.attention_axes
        if axes is None:
            axes = range(1, ndim - 1)
        axes = checks.axis(self, ndim, attention_axes=tuple(axes))
        self.attention_axes = self._axes = tuple(axis % ndim for axis in axes)
        self.check_shapes(query_shape, value_shape, key_shape, self._axes)
        self._letters = letters_of(ndim - 1, self._axes)
        lead, (inner, heads, size) = LETTERS[: ndim - 1], LETTERS[ndim - 1 : ndim + 2]
        into = f"{lead}{inner},{inner}{heads}{size}->{lead}{heads}{size}"
        keys = (self.num_heads, self.key_dim)
        values = (self.num_heads, self.value_dim)
        self.add_dense("query", into, keys, query_shape)
        self.add_dense("key", into, keys, key_shape)
        if self.use_gate:
            self.add_dense("gate", into, values, query_shape, "sigmoid")
        self.add_dense("value", into, values, value_shape)
        self.add_softmax(tuple(range(-len(self._axes), 0)))
        sizes = self._output_shape or (query_shape[-1],)
        inner, out = LETTERS[ndim - 1 : ndim + 1], LETTERS[ndim + 1 :][: len(sizes)]
        out_of = f"{lead}{inner},{inner}{out}->{lead}{out}"
        self.add_dense("output", out_of, sizes, (*query_shape[:-1], *values))

    def compute_output_shape(self, query_shape, value_shape, key_shape=None):
        """Returns the query's shape, with the features of the output."""
        return (*query_shape[:-1], *(self._output_shape or query_shape[-1:]))

    def get_config(self):
        """Returns the config in the form that Keras writes."""
        return {**super().get_config(), "output_shape": self._output_shape}


def letters_of(count, axes):
    """Letters of einsum for queries, keys (both but for features) and scores."""
    query = LETTERS[:count] + "X"
    key = "".join(x.upper() if i in axes else x for i, x in enumerate(query[:-1])) + "X"
    others = "".join(x for i, x in enumerate(query[:-1]) if i not in axes)
    pairs = "".join(letters[i] for letters in (query, key) for i in axes)
    return query, key, others + "X" + pairs
