"""A simple recurrent network over time: the loops forward and back."""

import numpy as np

from .recurrent import (
    backwards,
    filled,
    finisher,
    gaps,
    pieces,
    walk_back,
)

__all__ = ["simple_rnn_backward", "simple_rnn_forward"]


def simple_rnn_forward(
    x, h0, weights: tuple, activation: str, masks: tuple, go_backwards: bool, states
) -> None:
    """Runs a simple recurrent network over time.

    Args:
        x: (batch, steps, features).
        h0: First state: (batch, units).
        weights: Kernel, recurrent kernel and bias, as Keras keeps them.
        activation: "tanh", "relu", "sigmoid" or "linear".
        masks: Nothing, or the mask: (batch, steps).
        go_backwards: Whether time runs backwards.
        states: Where to write: (steps + 1, units + 1 + features, batch).
    """
    units, steps = h0.shape[1], x.shape[1]
    filled(x, h0, states, go_backwards)
    kernel, recurrent, bias = weights
    half = np.asarray(0.5, x.dtype)
    packed = np.concatenate((recurrent, bias[None], kernel))
    if activation == "sigmoid":  # sigmoid(a) = (1 + tanh(a / 2)) / 2
        packed *= half
    packed = packed.T
    zeros = np.zeros((units, x.shape[0]), x.dtype)
    inner = states[:, :units]
    still = gaps(masks, steps, go_backwards)
    for s, h, h1, stays in zip(states[:-1], inner[:-1], inner[1:], still, strict=True):
        np.dot(packed, s, h1)
        if activation == "relu":
            np.maximum(h1, zeros, out=h1)
        elif activation != "linear":
            np.tanh(h1, h1)
        if activation == "sigmoid":
            np.multiply(h1, half, h1)
            np.add(h1, half, h1)
        if stays is not None:
            np.copyto(h1, h, where=stays)


def _factors(h, activation: str, out):
    """The slope of the activation, told from its value."""
    if activation == "tanh":
        np.multiply(h, h, out=out)
        np.subtract(1, out, out=out)
    elif activation == "sigmoid":
        np.subtract(1, h, out=out)
        np.multiply(out, h, out=out)
    elif activation == "relu":
        np.greater(h, 0, out=out)
    else:
        out[...] = 1
    return out


def simple_rnn_backward(
    dy, dh, states, weights, activation, masks, go_backwards, dx, out
) -> None:
    """Goes back through `simple_rnn_forward`.

    Args:
        dy: Gradients of the outputs, (batch, steps, units), in the order of the steps;
            or None.
        dh: Gradient of the last state: (units, batch). Overwritten: in the end that of
            the first state.
        states: What `simple_rnn_forward` wrote.
        weights: Kernel and recurrent kernel.
        activation, masks, go_backwards: As on the way forward.
        dx: Where to write the gradient of the input, or None.
        out: Where to write those of kernel, recurrent kernel and bias.
    """
    kernel, recurrent = weights
    units, batch = dh.shape
    steps = len(states) - 1
    blocks = pieces(steps, units * batch)
    length = max((block.stop - block.start for block in blocks), default=0)
    room = np.empty((length, units, batch), states.dtype)
    totals = (
        np.empty((units + 1, units), states.dtype),
        np.empty((len(kernel) + 1, units), states.dtype),
    )
    still = gaps(masks, steps, go_backwards)
    if dx is not None and go_backwards:
        dx = dx[:, ::-1]

    def back_through(block):
        after = states[block.start + 1 : block.stop + 1, :units]
        factors = _factors(after, activation, room[: block.stop - block.start])
        parts = zip(
            backwards(dy, block), factors[::-1], still[block][::-1], strict=True
        )
        for g, dz, stays in parts:
            if g is not None:
                np.add(dh, g, dh)
            if stays is not None:
                dz[:, stays] = 0
                left = dh * stays
            np.multiply(dz, dh, dz)
            np.dot(recurrent, dz, dh)
            if stays is not None:
                np.add(dh, left, dh)
        return factors

    every = slice(None)
    finish = finisher(states, kernel, dx, totals, every, every)
    walk_back(blocks, back_through, finish, totals[0].size * batch)
    d_kernel, d_recurrent, d_bias = out
    np.copyto(d_kernel, totals[1][1:])
    np.copyto(d_recurrent, totals[0][:-1])
    np.copyto(d_bias, totals[1][0])
