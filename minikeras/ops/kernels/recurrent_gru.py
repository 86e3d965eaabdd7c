"""GRU over time: the loops forward and back.

The reset gate works on the product with the recurrent kernel (`reset_after`, when the
bias has two rows) or on the state before it.
"""

from functools import partial

import numpy as np

from .recurrent import (
    add_product,
    backwards,
    filled,
    finisher,
    flattened,
    gaps,
    pieces,
    rolled,
    views,
    walk_back,
)

__all__ = ["gru_backward", "gru_forward"]


def _packed(kernel, recurrent, bias):
    """[recurrent kernel; bias; kernel]; the gates are candidate, z, r, and recurrent
    candidate if it is apart.

    z and r are halved: sigmoid(a) = (1 + tanh(a / 2)) / 2.
    """
    units = len(recurrent)
    split = bias.ndim == 2
    gates = 4 if split else 3
    packed = np.zeros((units + 1 + len(kernel), gates * units), kernel.dtype)
    rolled(kernel, units, out=packed[units + 1 :, : 3 * units])
    width = (gates - 1) * units
    packed[:units, units:] = recurrent[:, :width]
    if split:
        rolled(bias[0], units, out=packed[units, : 3 * units])
        packed[units, units:] += bias[1]
    else:
        rolled(bias, units, out=packed[units])
    packed[:, units : 3 * units] *= kernel.dtype.type(0.5)
    return packed


def gru_forward(x, h0, weights: tuple, masks: tuple, go_backwards: bool, cache) -> None:
    """Runs a GRU over time.

    Args:
        x: (batch, steps, features).
        h0: First state: (batch, units).
        weights: Kernel, recurrent kernel and bias, as Keras keeps them.
        masks: Nothing, or the mask: (batch, steps).
        go_backwards: Whether time runs backwards.
        cache: Where to write: states, (steps + 1, units + 1 + features, batch); gates
            candidate, z, r, and recurrent candidate if the reset comes after it, else
            r * h, (steps, 4 * units, batch). These may be fewer, and serve in turn.
    """
    units, steps = h0.shape[1], x.shape[1]
    states, gates = cache
    filled(x, h0, states, go_backwards)
    packed = _packed(*weights).T
    recurrent = np.ascontiguousarray(weights[1][:, 2 * units :].T)
    after = weights[2].ndim == 2
    room = np.empty((units, x.shape[0]), x.dtype)
    half = np.asarray(0.5, x.dtype)
    parts = zip(
        views(states, steps),
        views(states[:, :units], steps),
        views(states[:, :units], steps, 1),
        views(gates if after else gates[:, : 3 * units], steps),
        views(gates[:, :units], steps),
        views(gates[:, units : 2 * units], steps),
        views(gates[:, units : 3 * units], steps),
        views(gates[:, 2 * units : 3 * units], steps),
        views(gates[:, 3 * units :], steps),
        gaps(masks, steps, go_backwards),
        strict=True,
    )
    for s, h, h1, all_, candidate, z, z_r, r, last, still in parts:
        np.dot(packed, s, all_)
        np.tanh(z_r, z_r)
        np.multiply(z_r, half, z_r)
        np.add(z_r, half, z_r)
        if after:
            np.multiply(r, last, room)
        else:
            np.multiply(r, h, last)
            np.dot(recurrent, last, room)
        np.add(candidate, room, candidate)
        np.tanh(candidate, candidate)
        np.subtract(h, candidate, room)
        np.multiply(room, z, room)
        np.add(room, candidate, h1)
        if still is not None:
            np.copyto(h1, h, where=still)


def _factors(gates, h, after: bool, out):
    """Gradients of a block's steps before those of its states come in.

    Rows: h before, candidate, z, r; then the recurrent candidate, or h before by way of
    r * h. Before a reset, the last two wait for the gradient of r * h.
    """
    units = h.shape[1]
    candidate, z, r, last = (gates[:, k * units : (k + 1) * units] for k in range(4))
    kept, to_c, to_z, to_r, to_last = (
        out[:, k * units : (k + 1) * units] for k in range(5)
    )
    np.subtract(1, gates[:, units : 3 * units], out=out[:, 2 * units : 4 * units])
    np.multiply(candidate, candidate, out=to_c)
    np.subtract(1, to_c, out=to_c)
    np.multiply(to_c, to_z, out=to_c)
    np.multiply(to_z, z, out=to_z)
    np.subtract(h, candidate, out=kept)
    np.multiply(to_z, kept, out=to_z)
    np.multiply(to_r, r, out=to_r)
    if after:
        np.multiply(to_r, last, out=to_r)
        np.multiply(to_r, to_c, out=to_r)
        np.multiply(to_c, r, out=to_last)
    else:
        np.multiply(to_r, h, out=to_r)
        np.copyto(to_last, r)
    np.copyto(kept, z)
    return out


def gru_backward(dy, dh, cache, weights, masks, go_backwards, dx, out) -> None:
    """Goes back through `gru_forward`.

    Args:
        dy: Gradients of the outputs, (batch, steps, units), in the order of the steps;
            or None.
        dh: Gradient of the last state: (units, batch). Overwritten: in the end that of
            the first state.
        cache: What `gru_forward` wrote.
        weights: Kernel and recurrent kernel.
        masks, go_backwards: As on the way forward.
        dx: Where to write the gradient of the input, or None.
        out: Where to write those of kernel, recurrent kernel and bias.
    """
    states, gates = cache
    steps, batch = len(gates), gates.shape[2]
    units = len(dh)
    kernel, recurrent = rolled(weights[0], units), weights[1]
    after = out[2].ndim == 2
    inner = np.ascontiguousarray(recurrent[:, 2 * units :])
    outer = recurrent if after else recurrent[:, : 2 * units]
    outer = np.ascontiguousarray(outer)
    blocks = pieces(steps, 5 * units * batch)
    length = max((block.stop - block.start for block in blocks), default=0)
    room = np.empty((length, 5 * units, batch), states.dtype)
    totals = (
        np.empty((units + 1, outer.shape[1]), states.dtype),
        np.empty((len(kernel) + 1, 3 * units), states.dtype),
    )
    total_inner = np.zeros_like(inner)
    dq = np.empty_like(dh)
    still = gaps(masks, steps, go_backwards)
    if dx is not None and go_backwards:
        dx = dx[:, ::-1]

    def back_through(block):
        size = block.stop - block.start
        factors = _factors(gates[block], states[block, :units], after, room[:size])
        turned = factors.reshape(size, 5, units, batch)[::-1]
        parts = zip(
            backwards(dy, block),
            turned if after else turned[:, :3],
            turned[:, 0],
            turned[:, 1],
            factors[::-1, 2 * units : 5 * units if after else 4 * units],
            turned[:, 3:],
            turned[:, 4],
            still[block][::-1],
            strict=True,
        )
        for g, for_h, kept, to_c, to_rest, for_q, by_q, stays in parts:
            if g is not None:
                np.add(dh, g, dh)
            if stays is not None:
                for_h[..., stays] = 0
                kept[:, stays] = 1
            np.multiply(for_h, dh, for_h)
            if not after:
                np.dot(inner, to_c, dq)
                np.multiply(for_q, dq, for_q)
            np.dot(outer, to_rest, dh)
            np.add(dh, kept, dh)
            if not after:
                np.add(dh, by_q, dh)
        return factors[:, units:]

    gate_rows = slice(0, 3 * units)
    hidden = slice(units, 4 * units if after else 3 * units)
    finish = finisher(states, kernel, dx, totals, hidden, gate_rows)

    def finish_all(block, dz):
        jobs = finish(block, dz)
        if not after:
            q = gates[block, 3 * units :]
            dc = dz[:, :units].copy()
            jobs.append(partial(add_inner, q, dc, total_inner))
        return jobs

    walk_back(blocks, back_through, finish_all, totals[0].size * batch)
    d_kernel, d_recurrent, d_bias = out
    rolled(totals[1][1:], units, back=True, out=d_kernel)
    np.copyto(d_recurrent[:, : outer.shape[1]], totals[0][:-1])
    if after:
        rolled(totals[1][0], units, back=True, out=d_bias[0])
        np.copyto(d_bias[1], totals[0][-1])
    else:
        np.copyto(d_recurrent[:, 2 * units :], total_inner)
        rolled(totals[1][0], units, back=True, out=d_bias)


def add_inner(q, dc, total) -> None:
    """Adds what a block contributes to the recurrent kernel behind the reset."""
    add_product(q, flattened(dc), total)
