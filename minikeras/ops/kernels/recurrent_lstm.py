"""LSTM over time: the loops forward and back."""

import numpy as np

from .recurrent import (
    backwards,
    filled,
    finisher,
    gaps,
    pieces,
    rolled,
    views,
    walk_back,
)

__all__ = ["lstm_backward", "lstm_forward"]


def _packed(kernel, recurrent, bias):
    """[recurrent kernel; bias; kernel] with the gates as o, i, f, candidate.

    The gates' own are halved: sigmoid(a) = (1 + tanh(a / 2)) / 2.
    """
    units = len(recurrent)
    packed = np.empty((units + 1 + len(kernel), 4 * units), kernel.dtype)
    rolled(recurrent, units, out=packed[:units])
    rolled(bias, units, out=packed[units])
    rolled(kernel, units, out=packed[units + 1 :])
    packed[:, : 3 * units] *= kernel.dtype.type(0.5)
    return packed


def lstm_forward(x, h0, c0, weights: tuple, masks: tuple, go_backwards: bool, cache):
    """Runs an LSTM over time.

    Args:
        x: (batch, steps, features).
        h0, c0: First state: (batch, units).
        weights: Kernel, recurrent kernel and bias, as Keras keeps them.
        masks: Nothing, or the mask: (batch, steps).
        go_backwards: Whether time runs backwards.
        cache: Where to write: states, (steps + 1, units + 1 + features, batch); gates
            o, i, f, candidate and cell, (steps + 1, 5 * units, batch); tanh(cell),
            (steps, units, batch). The last two may be shorter, and serve in turn.

    Returns:
        The last c: (units, batch).
    """
    units, steps = h0.shape[1], x.shape[1]
    states, gates, tanhs = cache
    filled(x, h0, states, go_backwards)
    np.copyto(gates[0, 4 * units :], c0.T)
    gates[-1, : 4 * units] = 0  # after the last cell there are none
    packed = _packed(*weights).T
    products = np.empty((2 * units, x.shape[0]), x.dtype)
    written, kept = products[:units], products[units:]
    half = np.asarray(0.5, x.dtype)
    parts = zip(
        views(states, steps),
        views(states[:, :units], steps),
        views(states[:, :units], steps, 1),
        views(gates[:, : 4 * units], steps),
        views(gates[:, : 3 * units], steps),
        views(gates[:, units : 3 * units], steps),
        views(gates[:, 3 * units :], steps),
        views(gates[:, 4 * units :], steps),
        views(gates[:, 4 * units :], steps, 1),
        views(gates[:, :units], steps),
        views(tanhs, steps),
        gaps(masks, steps, go_backwards),
        strict=True,
    )
    for s, h, h1, z, oif, i_f, g_c, c, c1, o, t, still in parts:
        np.dot(packed, s, z)
        np.tanh(z, z)
        np.multiply(oif, half, oif)
        np.add(oif, half, oif)
        np.multiply(i_f, g_c, products)
        np.add(written, kept, c1)
        if still is not None:
            np.copyto(c1, c, where=still)
        np.tanh(c1, t)
        np.multiply(o, t, h1)
        if still is not None:
            np.copyto(h1, h, where=still)
    return gates[steps % len(gates), 4 * units :]


def _factors(gates, tanhs, units: int, out):
    """Gradients of a block's steps before those of its states come in.

    Rows: c for h; o for h; i, f, candidate and the c before for c.
    """
    o, i, f, g = (gates[:, k * units : (k + 1) * units] for k in range(4))
    to_c, to_gates, to_g = (
        out[:, :units],
        out[:, units : 4 * units],
        out[:, 4 * units : 5 * units],
    )
    np.multiply(tanhs, tanhs, out=to_c)
    np.subtract(1, to_c, out=to_c)
    np.multiply(to_c, o, out=to_c)
    np.subtract(1, gates[:, : 3 * units], out=to_gates)
    np.multiply(to_gates, gates[:, : 3 * units], out=to_gates)
    np.multiply(to_gates[:, :units], tanhs, out=to_gates[:, :units])
    inner = to_gates[:, units:]
    np.multiply(inner, gates[:, 3 * units :], out=inner)
    np.multiply(g, g, out=to_g)
    np.subtract(1, to_g, out=to_g)
    np.multiply(to_g, i, out=to_g)
    np.copyto(out[:, 5 * units :], f)
    return out


def lstm_backward(dy, dh, dc, cache, weights, masks, go_backwards, dx, out):
    """Goes back through `lstm_forward`.

    Args:
        dy: Gradients of the outputs, (batch, steps, units), in the order of the steps;
            or None.
        dh, dc: Gradients of the last state: (units, batch). Overwritten: in the end
            those of the first state.
        cache: What `lstm_forward` wrote.
        weights: Kernel and recurrent kernel.
        masks, go_backwards: As on the way forward.
        dx: Where to write the gradient of the input, or None.
        out: Where to write those of kernel, recurrent kernel and bias.
    """
    states, gates, tanhs = cache
    steps, units, batch = tanhs.shape
    kernel, recurrent = (rolled(w, units) for w in weights)
    features = len(kernel)
    blocks = pieces(steps, 6 * units * batch)
    length = max((block.stop - block.start for block in blocks), default=0)
    room = np.empty((length, 6 * units, batch), states.dtype)
    totals = (
        np.empty((units + 1, 4 * units), states.dtype),
        np.empty((features + 1, 4 * units), states.dtype),
    )
    still = gaps(masks, steps, go_backwards)
    if dx is not None and go_backwards:
        dx = dx[:, ::-1]

    def back_through(block):
        size = block.stop - block.start
        factors = _factors(gates[block], tanhs[block], units, room[:size])
        turned = factors.reshape(size, 6, units, batch)[::-1]
        parts = zip(
            backwards(dy, block),
            turned[:, :2],
            turned[:, 0],
            turned[:, 2:],
            turned[:, 5],
            factors[::-1, units : 5 * units],
            still[block][::-1],
            strict=True,
        )
        carried = dc
        for g, for_h, to_c, for_c, c0, dz, stays in parts:
            if g is not None:
                np.add(dh, g, dh)
            if stays is not None:
                for_h[..., stays] = 0
                for_c[..., stays] = 0
                c0[:, stays] = 1
                left = dh * stays
            np.multiply(for_h, dh, for_h)
            np.add(carried, to_c, to_c)
            np.multiply(for_c, to_c, for_c)
            carried = c0
            np.dot(recurrent, dz, dh)
            if stays is not None:
                np.add(dh, left, dh)
        np.copyto(dc, carried)
        return factors[:, units : 5 * units]

    every = slice(None)
    finish = finisher(states, kernel, dx, totals, every, every)
    walk_back(blocks, back_through, finish, totals[0].size * batch)
    d_kernel, d_recurrent, d_bias = out
    rolled(totals[1][1:], units, back=True, out=d_kernel)
    rolled(totals[0][:-1], units, back=True, out=d_recurrent)
    rolled(totals[1][0], units, back=True, out=d_bias)
