"""Cases of the primitive contract: kernels of attention layers."""

import numpy as np

from .drawing import B, R, case, exactly


def weights_of(query, key, mask, scale):
    """Softmax of the scores, one query at a time."""
    (batch, length, heads, _), width = query.shape, key.shape[1]
    mask = np.broadcast_to(mask, (batch, heads, length, width))
    weights = np.zeros(mask.shape)
    for b, n, t in np.ndindex(batch, heads, length):
        own = n * key.shape[2] // heads
        seen = mask[b, n, t]
        if not seen.any():
            weights[b, n, t] = 1 / width
            continue
        scores = np.exp(scale * key[b, seen, own] @ query[b, t, n])
        weights[b, n, t, seen] = scores / scores.sum()
    return weights


def attended(query, key, value, mask, scale):
    weights = weights_of(query, key, mask, scale)
    groups = query.shape[2] // key.shape[2]
    y = np.einsum("bnts,bsnv->btnv", weights, value.repeat(groups, 2))
    return y, weights


def attend_grad(dy, query, key, value, mask, y, weights, scale):
    groups = query.shape[2] // key.shape[2]
    keys, values = key.repeat(groups, 2), value.repeat(groups, 2)
    pull = np.einsum("btnv,bsnv->bnts", dy, values)
    pull = pull - (dy * y).sum(-1).transpose(0, 2, 1)[..., None]
    pull = scale * weights * pull * np.any(mask, axis=-1, keepdims=True)
    dkey = np.einsum("bnts,btnh->bsnh", pull, query)
    dvalue = np.einsum("bnts,btnv->bsnv", weights, dy)
    return (
        np.einsum("bnts,bsnh->btnh", pull, keys),
        dkey.reshape(*key.shape[:3], groups, -1).sum(3),
        dvalue.reshape(*value.shape[:3], groups, -1).sum(3),
    )


FUTURE = exactly(np.tri(3, 5, dtype=bool))
BLIND = exactly(np.array([[[[1, 1, 0, 0, 1]] * 2 + [[0] * 5]]], bool))
SEVERAL = R(2, 3, 4, 2), R(2, 5, 4, 2), R(2, 5, 4, 3)
GROUPED = R(2, 3, 4, 2), R(2, 5, 2, 2), R(2, 5, 2, 3)

CASES: dict = {
    "attend": [
        case(attended, *SEVERAL, True, scale=0.7),
        case(attended, *SEVERAL, FUTURE, scale=0.7),
        case(attended, *SEVERAL, B(2, 4, 3, 5), scale=20.0, order=0),
        case(attended, *GROUPED, BLIND, scale=0.5),
        case(attended, *GROUPED, BLIND, scale=40.0, order=0),
    ],
    "attend_grad": [
        case(
            attend_grad,
            R(2, 3, 4, 3),
            *arrays,
            mask,
            R(2, 3, 4, 3),
            R(2, 4, 3, 5),
            scale=0.7,
        )
        for arrays, mask in ((SEVERAL, True), (GROUPED, BLIND))
    ],
}
