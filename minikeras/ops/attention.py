"""Scaled dot-product attention as one long kernel each way.

The weights of a few samples fit a cache, so both kernels go through the batch in blocks
and do all their steps on one block before the next. Large blocks are shared among
threads; where they are cut depends on the shapes alone.
"""

import math
from functools import partial

import numpy as np

from ..tensor import dtypes, operation, primitive, shapes
from ..utils import blas, parallel
from .arithmetic import add, multiply, subtract
from .common import all_of, pullback, shape_of
from .contraction import einsum
from .core import cast, convert_to_tensor
from .distributions import softmax
from .logic import choose, logical_and
from .movement import broadcast_to, expand_dims, reshape
from .reductions import any

__all__ = ["attend", "dot_product_attention"]

# Shapes and dtypes ------------------------------------------------------------------


def _fail(query, key, value, must: str):
    raise ValueError(
        f"dot_product_attention: {must}, got query {query}, key {key}, value {value}."
    )


def _check(query: tuple, key: tuple, value: tuple) -> None:
    """Raises unless the shapes are (B, T, N, H), (B, S, K, H) and (B, S, K, V)."""
    fail = partial(_fail, query, key, value)
    if not len(query) == len(key) == len(value) == 4:
        fail("query, key and value must have 4 axes (batch, length, heads, features)")
    if not _agree(query[::3], key[::3]):
        fail("query and key must have the same batch size and the same features")
    if not _agree(key[:3], value[:3]):
        fail("key and value must have the same batch size, length and heads")
    if query[2] and key[2] and query[2] % key[2]:
        fail("query must have a multiple of the key's heads (axis 2)")


def _agree(a: tuple, b: tuple) -> bool:
    """Whether two shapes are the same as far as they are known."""
    return all(m == n or None in (m, n) for m, n in zip(a, b, strict=True))


def _attended(query, key, value, mask, **metadata):
    _check(query, key, value)
    scores = (query[0], query[2], query[1], key[1])
    _check_mask(mask, scores)
    return [(*query[:3], value[3]), scores]


def _check_mask(mask: tuple, scores: tuple, name: str = "mask") -> None:
    try:
        fits = _agree(shapes.broadcast_two(mask, scores), scores)
    except ValueError:
        fits = False
    if not fits or len(mask) > 4:
        raise ValueError(
            f"dot_product_attention: {name} must broadcast to (batch, heads, query "
            f"length, key length) = {scores}, got shape {mask}."
        )


def _attention_dtypes(query, key, value, mask):
    joined, _ = dtypes.floating(query, key, value)
    return (joined, joined, joined, None), joined


# The kernels ------------------------------------------------------------------------


def _share(work, arrays: list, size: int) -> None:
    """Calls `work` with blocks of samples of the arrays, of about BLOCK weights each.

    Arrays that all samples share, of length 1, are handed on as they are.
    """
    samples = len(arrays[0])
    step = max(1, parallel.BLOCK * samples // max(size, 1))
    jobs = [
        partial(work, *(x if len(x) < samples else x[i : i + step] for x in arrays))
        for i in range(0, samples, step)
    ]
    with blas.single_threaded():
        parallel.run_all(jobs)


def _heads(x, groups: int, order=(0, 2, 3, 1, 4)):
    """(B, T, N, H) as (B, N / groups, groups, T, H): heads of one key together."""
    samples, length, heads, width = x.shape
    shape = (samples, length, heads // groups, groups, width)
    return x.reshape(shape).transpose(order)


def _turned(x, factor=1):
    """The heads of a key as a contiguous (B, K, 1, H, S): twice as fast to multiply."""
    turned = x.transpose(0, 2, 3, 1)[:, :, None]
    return np.multiply(turned, x.dtype.type(factor), order="C")


@primitive(shape=_attended, dtype=_attention_dtypes, is_whole=True)
def attend(query, key, value, mask, *, scale: float, out=None):
    """Averages values by how well their keys match a query, head by head.

    weights = softmax(scale * query @ key.T),  y = weights @ value
    (Vaswani et al., 2017)

    Args:
        query: (batch, T, heads, features).
        key: (batch, S, heads, features); fewer heads serve several query heads each.
        value: (batch, S, heads, values).
        mask: Truth values that broadcast to (batch, heads, T, S): who may look at whom.
            True: all. A query that may look at nothing takes the plain mean.
        scale: Factor of the scores.

    Returns:
        y (batch, T, heads, values) and the weights (batch, heads, T, S).
    """
    if out is None:
        samples, length, heads, _ = query.shape
        shape = (samples, heads, length, key.shape[1])
        y = np.empty((samples, length, heads, value.shape[3]), query.dtype)
        out = y, np.empty(shape, query.dtype)
    y, weights = out
    arrays = [query, key, value, y, weights]
    if np.ndim(mask):
        lowest = query.dtype.type(-0.7 * np.finfo(query.dtype).max)
        bias = np.where(mask, query.dtype.type(0), lowest)
        arrays.append(bias.reshape((1,) * (4 - bias.ndim) + bias.shape))
    _share(partial(_attend_block, scale), arrays, weights.size)
    return out


def _attend_block(scale, query, key, value, y, weights, bias=None):
    groups = query.shape[2] // key.shape[2]
    samples, heads, length, width = weights.shape
    grouped = weights.reshape(samples, heads // groups, groups, length, width)
    np.matmul(_heads(query, groups), _turned(key, scale), out=grouped)
    if bias is not None:
        np.add(weights, bias, out=weights)
    _to_distributions(weights, _largest_score(query, key, scale), bias is not None)
    np.matmul(grouped, _heads(value, 1), out=_heads(y, groups))


def _largest_score(query, key, scale) -> float:
    """A bound of all scores: no product exceeds that of the lengths."""
    lengths = [np.einsum("...i,...i->...", x, x) for x in (query, key)]
    return abs(scale) * math.sqrt(np.prod([x.max(initial=0) for x in lengths]))


def _to_distributions(scores, bound: float, is_masked: bool) -> None:
    """Turns scores into their softmax, in place.

    The softmax of a row does not change with a constant taken from it. That costs
    three times as much as the exponentials, and is needed only if those get too large.
    """
    is_small = bound < 30 and scores.itemsize > 2  # float16 ends at e^11
    if not is_small:
        highest = np.maximum.reduce(scores, axis=-1, keepdims=True, initial=-np.inf)
        np.subtract(scores, highest, out=scores)
    np.exp(scores, out=scores)
    rows = scores.reshape(-1, scores.shape[-1])
    total = np.dot(rows, np.ones((rows.shape[1], 1), rows.dtype))
    if is_small and is_masked and not total.all():  # rows where all is masked
        empty = total[:, 0] == 0
        rows[empty], total[empty] = 1, rows.shape[1]
    np.multiply(rows, np.reciprocal(total, out=total), out=rows)


@primitive(
    shape=lambda dy, query, key, value, *rest, **metadata: [query, key, value],
    is_whole=True,
    dtype=lambda dy, query, key, value, mask, y, weights: (None, query),
)
def attend_grad(dy, query, key, value, mask, y, weights, *, scale: float, out=None):
    """Goes back through `attend`, whose results are y and weights.

    dscores = weights * (dy @ value.T - sum(dy * y)),  dvalue = weights.T @ dy
    dquery = scale * dscores @ key,  dkey = scale * dscores.T @ query
    """
    if out is None:
        out = np.empty_like(query), np.empty_like(key), np.empty_like(value)
    arrays = [dy, query, key, value, y, weights, *out]
    if np.ndim(mask):
        seen = np.any(mask, axis=-1, keepdims=True).astype(query.dtype)
        if not seen.all():  # a plain mean does not depend on query and key
            arrays.append(seen.reshape((1,) * (4 - seen.ndim) + seen.shape))
    _share(partial(_attend_grad_block, scale), arrays, weights.size)
    return out


def _attend_grad_block(
    scale, dy, query, key, value, y, weights, dquery, dkey, dvalue, seen=None
):
    groups = query.shape[2] // key.shape[2]
    samples, heads, length, width = weights.shape
    grouped = weights.reshape(samples, heads // groups, groups, length, width)
    slope = _heads(dy, groups)
    _product_of_groups(grouped, slope, dvalue)
    scores = np.matmul(slope, _turned(value, scale))
    along = np.einsum("btni,btni->bnt", dy, y)[..., None]
    np.multiply(along, dy.dtype.type(scale), out=along)
    np.subtract(scores, along.reshape(*scores.shape[:4], 1), out=scores)
    np.multiply(scores, grouped, out=scores)
    if seen is not None:
        flat = scores.reshape(weights.shape)
        np.multiply(flat, seen, out=flat)
    np.matmul(scores, _heads(key, 1), out=_heads(dquery, groups))
    _product_of_groups(scores, _heads(query, groups), dkey)


def _product_of_groups(left, right, out):
    """left.T @ right, added up over the heads that share a key."""
    left = left.swapaxes(-1, -2)
    if left.shape[2] == 1:
        return np.matmul(left, right, out=_heads(out, 1))
    product = np.matmul(left, right)
    return np.add.reduce(product, axis=2, keepdims=True, out=_heads(out, 1))


# Gradients --------------------------------------------------------------------------


def _slope(g, query, key, value, mask, out, scale):
    if g[1] is None:
        slopes = attend_grad(g[0], query, key, value, mask, *out, scale=scale)
        return *slopes, None
    formula = partial(_formula, mask, scale)
    return *pullback(formula, all_of(g, out), query, key, value), None


attend.grad_all(_slope)


def _formula(mask, scale, query, key, value, bias=None):
    """`attend`, and with a bias of the scores, written in primitives."""
    groups = query.shape[2] // key.shape[2]
    query = _grouped(query, groups)
    scores = multiply(einsum("btkgh,bskh->bkgts", query, key), scale)
    batch, heads, _, length, width = scores.shape
    scores = reshape(scores, (batch, heads * groups, length, width))
    if bias is not None:
        scores = add(scores, bias)
    if np.ndim(mask):
        lowest = float(-0.7 * dtypes.finfo(scores.dtype).max)
        scores = choose(mask, scores, lowest)
    weights = softmax(scores)
    grouped = reshape(weights, (batch, heads, groups, length, width))
    y = einsum("bkgts,bskv->btkgv", grouped, value)
    return reshape(y, (batch, length, heads * groups, value.shape[3])), weights


def _grouped(x, groups: int):
    batch, length, heads, width = x.shape
    return reshape(x, (batch, length, heads // groups, groups, width))


def _grad_formula(mask, scale, dy, query, key, value, y, weights):
    """`attend_grad` written in primitives."""
    groups = query.shape[2] // key.shape[2]
    dy, y = _grouped(dy, groups), _grouped(y, groups)
    batch, length, heads, _, _ = dy.shape
    grouped = reshape(weights, (batch, heads, groups, length, key.shape[1]))
    along = einsum("btkgv,btkgv->bkgt", dy, y)
    scores = einsum("btkgv,bskv->bkgts", dy, value)
    scores = multiply(subtract(scores, expand_dims(along, axis=-1)), scale)
    scores = multiply(scores, grouped)
    if np.ndim(mask):
        seen = cast(any(mask, axis=-1, keepdims=True), dtype=scores.dtype.name)
        seen = broadcast_to(seen, shape=(*weights.shape[:3], 1))
        scores = multiply(scores, reshape(seen, (*grouped.shape[:4], 1)))
    dquery = reshape(einsum("bkgts,bskh->btkgh", scores, key), query.shape)
    dkey = einsum("bkgts,btkgh->bskh", scores, _grouped(query, groups))
    return dquery, dkey, einsum("bkgts,btkgv->bskv", grouped, dy)


def _slope_of_slope(g, dy, query, key, value, mask, y, weights, scale):
    formula, g = partial(_grad_formula, mask, scale), all_of(g, (query, key, value))
    slopes = pullback(formula, g, dy, query, key, value, y, weights)
    return *slopes[:4], None, *slopes[4:]


attend_grad.grad_all(_slope_of_slope)

# The public function ----------------------------------------------------------------


@operation
def dot_product_attention(
    query,
    key,
    value,
    bias=None,
    mask=None,
    scale=None,
    is_causal=False,
    flash_attention=None,
    attn_logits_soft_cap=None,
):
    """Averages values by how well their keys match a query, head by head.

    softmax(scale * query @ key.T + bias) @ value  (Vaswani et al., 2017)

    Args:
        query: (batch, T, heads, features).
        key: (batch, S, key heads, features). Fewer heads than the query's, if they
            divide them, serve several query heads each.
        value: (batch, S, key heads, values).
        bias: Added to the scores; broadcasts to (batch, heads, T, S).
        mask: Truth values that broadcast likewise: True where a query may look.
        scale: Factor of the scores; 1 / sqrt(features) if None.
        is_causal: Whether position t may look no further than key t.
        flash_attention: True, False or None, which all give the same numbers: the
            kernel always works on a few samples at a time, in the cache.
        attn_logits_soft_cap: Must be None, as on every backend of Keras but TPUs.

    Returns:
        (batch, T, heads, values).

    >>> import numpy as np
    >>> x = np.ones((2, 4, 8, 16))
    >>> dot_product_attention(x, x, x, is_causal=True).shape
    (2, 4, 8, 16)
    """
    if attn_logits_soft_cap is not None:
        raise ValueError(
            "dot_product_attention: attn_logits_soft_cap must be None, got "
            f"{attn_logits_soft_cap}. It is for TPUs only. Leave it out."
        )
    shape = _attended(shape_of(query), shape_of(key), shape_of(value), ())[1]
    if scale is None:
        scale = 1 / math.sqrt(shape_of(query)[3])
    mask = _whole_mask(mask, is_causal, shape)
    if bias is None:
        return attend(query, key, value, mask, scale=float(scale))[0]
    _check_mask(shape_of(bias), shape, "bias")
    arrays = [x if hasattr(x, "dtype") else convert_to_tensor(x)
              for x in (query, key, value, bias)]  # fmt: skip
    return _formula(mask, float(scale), *arrays)[0]


def _whole_mask(mask, is_causal: bool, scores: tuple):
    """The mask, with that of the future, as one bool tensor; True for none."""
    if mask is not None:
        _check_mask(shape_of(mask), scores)
        mask = cast(mask, dtype="bool")
    if not is_causal or None in scores[2:]:
        return True if mask is None else mask
    past = np.tri(scores[2], scores[3], dtype=bool)
    return past if mask is None else logical_and(mask, past)
