"""Primitives of recurrent layers: all steps of a sequence, and the way back.

The steps give the results and, if a gradient may be asked for (`keeps`), what the way
back needs. Slopes have no gradient of their own.
"""

import numpy as np

from ..tensor import dtypes, primitive, zeros_like
from .kernels.recurrent_gru import gru_backward, gru_forward
from .kernels.recurrent_lstm import lstm_backward, lstm_forward
from .kernels.recurrent_simple import simple_rnn_backward, simple_rnn_forward

__all__ = [
    "gru_slopes",
    "gru_steps",
    "lstm_slopes",
    "lstm_steps",
    "simple_rnn_slopes",
    "simple_rnn_steps",
]

# What they have in common -----------------------------------------------------------


def _floats(*given, **metadata):
    """As `dtypes.floating`, but masks, which are bool, stay as they are."""
    joined, _ = dtypes.floating(*(d for d in given if d != "bool"))
    return tuple(None if d == "bool" else joined for d in given), joined


def _result_shapes(x, h0, return_sequences: bool) -> list:
    units = h0[1]
    return [(x[0], x[1], units) if return_sequences else (x[0], units), (x[0], units)]


def _shapes(x, h0, cache: list, return_sequences: bool, keeps: bool) -> list:
    if not keeps:
        cache = [(0, *shape[1:]) for shape in cache]
    return _result_shapes(x, h0, return_sequences) + cache


def _total(*sizes):
    """The sum of sizes, None if one is unknown."""
    return None if None in sizes else sum(sizes)


def _state_shape(x, h0) -> tuple:
    """The shape of what the kernels call states."""
    return _total(x[1], 1), _total(h0[1], 1, x[2]), x[0]


def _room(shapes, out, dtype) -> list:
    """Where results go: to `out`, or to new arrays."""
    return [np.empty(s, dtype) for s in shapes] if out is None else list(out)


def _workspace(shapes, cache, keeps: bool, dtype) -> list:
    """Where steps write what the way back needs: where nothing does, serve two in turn.

    Only the states are read at the end and need all of their room.
    """
    if keeps:
        return cache
    states, *others = shapes
    short = [(min(length, 2), *rest) for length, *rest in others]
    return [np.empty(shape, dtype) for shape in (states, *short)]


def _deliver(states, outputs, h, return_sequences: bool) -> None:
    """Copies the results out of the states."""
    units = h.shape[1]
    np.copyto(h, states[-1, :units].T)
    if return_sequences:
        np.copyto(outputs, states[1:, :units].transpose(2, 0, 1))
    else:
        np.copyto(outputs, h)


def _last_gradient(dy, dh, return_sequences: bool):
    """Gradients of all outputs, or None, and of the last state with the batch last."""
    if return_sequences:
        return dy, dh.T.copy()
    return None, np.add(dy.T, dh.T, order="C")


def _given(g, out: tuple) -> list:
    """Gradients of results; zero for those that nobody used."""
    return [zeros_like(y) if g[i] is None else g[i] for i, y in enumerate(out)]


def _pulled(slopes: tuple, masks: tuple) -> tuple:
    """Gradients of all arguments; masks have none."""
    return *slopes, *(None for _ in masks)


def _input_slope_shape(states, kernel, with_dx: bool) -> tuple:
    """The shape of the gradient of the input; without samples, if nobody wants it."""
    steps, _, batch = states
    return batch if with_dx else 0, _total(steps, -1), kernel[0]


def _with_cache(steps, out, first: int, keeps: bool, arrays, metadata) -> tuple:
    """What the way back needs; the steps are done again if they did not keep it."""
    if not keeps:
        out = steps(*arrays, **metadata, keeps=True)
    return out[first:]


# LSTM -------------------------------------------------------------------------------


def _lstm_cache_shapes(x, h0) -> list:
    batch, steps, units = x[0], x[1], h0[1]
    return [
        _state_shape(x, h0),
        (_total(steps, 1), _total(*5 * (units,)), batch),
        (steps, units, batch),
    ]


def _lstm_shapes(x, h0, *rest, return_sequences, keeps, **metadata):
    cache = _lstm_cache_shapes(x, h0)
    if not keeps:
        cache = [(0, *shape[1:]) for shape in cache]
    return [*_result_shapes(x, h0, return_sequences), (x[0], h0[1]), *cache]


@primitive(shape=_lstm_shapes, dtype=_floats, is_whole=True)
def lstm_steps(
    x,
    h0,
    c0,
    kernel,
    recurrent,
    bias,
    *masks,
    go_backwards: bool,
    return_sequences: bool,
    keeps: bool,
    out=None,
):
    """Runs an LSTM over time; see `lstm_sequence`.

    Returns:
        Outputs, h and c; then what the way back needs (`keeps`): states, gates and
        tanh(cell) at each step, see `lstm_forward`.
    """
    shapes = x.shape, h0.shape
    named = {"return_sequences": return_sequences, "keeps": keeps}
    outputs, h, c, *cache = results = _room(
        _lstm_shapes(*shapes, **named), out, x.dtype
    )
    cache = _workspace(_lstm_cache_shapes(*shapes), cache, keeps, x.dtype)
    last = lstm_forward(
        x, h0, c0, (kernel, recurrent, bias), masks, go_backwards, cache
    )
    np.copyto(c, last.T)
    _deliver(cache[0], outputs, h, return_sequences)
    return tuple(results)


def _lstm_slopes_shapes(dy, dh, dc, states, gates, tanhs, kernel, recurrent, *masks,
                        with_dx, **metadata):  # fmt: skip
    dx = _input_slope_shape(states, kernel, with_dx)
    return [dx, dh, dc, kernel, recurrent, (kernel[1],)]


@primitive(shape=_lstm_slopes_shapes, dtype=_floats, is_whole=True)
def lstm_slopes(
    dy,
    dh,
    dc,
    states,
    gates,
    tanhs,
    kernel,
    recurrent,
    *masks,
    go_backwards: bool,
    return_sequences: bool,
    with_dx: bool,
    out=None,
):
    """The gradients of `lstm_steps` for its arguments."""
    arrays = dy, dh, dc, states, gates, tanhs, kernel, recurrent
    shapes = _lstm_slopes_shapes(*(a.shape for a in arrays), with_dx=with_dx)
    dx, dh0, dc0, *to_weights = results = _room(shapes, out, dy.dtype)
    dy, last_dh = _last_gradient(dy, dh, return_sequences)
    last_dc = dc.T.copy()
    lstm_backward(
        dy,
        last_dh,
        last_dc,
        (states, gates, tanhs),
        (kernel, recurrent),
        masks,
        go_backwards,
        dx if with_dx else None,
        to_weights,
    )
    np.copyto(dh0, last_dh.T)
    np.copyto(dc0, last_dc.T)
    return tuple(results)


def _lstm_slopes(
    g,
    out,
    x,
    h0,
    c0,
    kernel,
    recurrent,
    bias,
    masks,
    go_backwards,
    return_sequences,
    keeps,
    needs,
):
    arrays = x, h0, c0, kernel, recurrent, bias, *masks
    metadata = {"go_backwards": go_backwards, "return_sequences": return_sequences}
    cache = _with_cache(lstm_steps, out, 3, keeps, arrays, metadata)
    given = _given(g, out[:3])
    slopes = lstm_slopes(
        *given, *cache, kernel, recurrent, *masks, **metadata, with_dx=needs[0]
    )
    return _pulled(slopes, masks)


lstm_steps.grad_all(_lstm_slopes)


# GRU --------------------------------------------------------------------------------


def _gru_cache_shapes(x, h0) -> list:
    return [_state_shape(x, h0), (x[1], _total(*4 * (h0[1],)), x[0])]


def _gru_shapes(x, h0, *rest, return_sequences, keeps, **metadata):
    return _shapes(x, h0, _gru_cache_shapes(x, h0), return_sequences, keeps)


@primitive(shape=_gru_shapes, dtype=_floats, is_whole=True)
def gru_steps(
    x,
    h0,
    kernel,
    recurrent,
    bias,
    *masks,
    go_backwards: bool,
    return_sequences: bool,
    keeps: bool,
    out=None,
):
    """Runs a GRU over time; see `gru_sequence`.

    Returns:
        Outputs and h; then what the way back needs (`keeps`): states and gates at each
        step, see `gru_forward`.
    """
    shapes = x.shape, h0.shape
    named = {"return_sequences": return_sequences, "keeps": keeps}
    outputs, h, *cache = results = _room(_gru_shapes(*shapes, **named), out, x.dtype)
    cache = _workspace(_gru_cache_shapes(*shapes), cache, keeps, x.dtype)
    gru_forward(x, h0, (kernel, recurrent, bias), masks, go_backwards, cache)
    _deliver(cache[0], outputs, h, return_sequences)
    return tuple(results)


def _gru_slopes_shapes(dy, dh, states, gates, kernel, recurrent, bias, *masks,
                       with_dx, **metadata):  # fmt: skip
    dx = _input_slope_shape(states, kernel, with_dx)
    return [dx, dh, kernel, recurrent, bias]


@primitive(shape=_gru_slopes_shapes, dtype=_floats, is_whole=True)
def gru_slopes(
    dy,
    dh,
    states,
    gates,
    kernel,
    recurrent,
    bias,
    *masks,
    go_backwards: bool,
    return_sequences: bool,
    with_dx: bool,
    out=None,
):
    """The gradients of `gru_steps` for its arguments."""
    arrays = dy, dh, states, gates, kernel, recurrent, bias
    shapes = _gru_slopes_shapes(*(a.shape for a in arrays), with_dx=with_dx)
    dx, dh0, *to_weights = results = _room(shapes, out, dy.dtype)
    dy, last_dh = _last_gradient(dy, dh, return_sequences)
    gru_backward(
        dy,
        last_dh,
        (states, gates),
        (kernel, recurrent),
        masks,
        go_backwards,
        dx if with_dx else None,
        to_weights,
    )
    np.copyto(dh0, last_dh.T)
    return tuple(results)


def _gru_slopes(
    g,
    out,
    x,
    h0,
    kernel,
    recurrent,
    bias,
    masks,
    go_backwards,
    return_sequences,
    keeps,
    needs,
):
    arrays = x, h0, kernel, recurrent, bias, *masks
    metadata = {"go_backwards": go_backwards, "return_sequences": return_sequences}
    cache = _with_cache(gru_steps, out, 2, keeps, arrays, metadata)
    given = _given(g, out[:2])
    slopes = gru_slopes(
        *given, *cache, kernel, recurrent, bias, *masks, **metadata, with_dx=needs[0]
    )
    return _pulled(slopes, masks)


gru_steps.grad_all(_gru_slopes)


# Simple RNN -------------------------------------------------------------------------


def _simple_shapes(x, h0, *rest, return_sequences, keeps, **metadata):
    return _shapes(x, h0, [_state_shape(x, h0)], return_sequences, keeps)


@primitive(shape=_simple_shapes, dtype=_floats, is_whole=True)
def simple_rnn_steps(
    x,
    h0,
    kernel,
    recurrent,
    bias,
    *masks,
    activation: str,
    go_backwards: bool,
    return_sequences: bool,
    keeps: bool,
    out=None,
):
    """Runs a simple recurrent network over time; see `simple_rnn_sequence`.

    Returns:
        Outputs and h; then what the way back needs (`keeps`): the states at each step.
    """
    shapes = x.shape, h0.shape
    named = {"return_sequences": return_sequences, "keeps": keeps}
    outputs, h, *cache = results = _room(_simple_shapes(*shapes, **named), out, x.dtype)
    (states,) = _workspace([_state_shape(*shapes)], cache, keeps, x.dtype)
    weights = kernel, recurrent, bias
    simple_rnn_forward(x, h0, weights, activation, masks, go_backwards, states)
    _deliver(states, outputs, h, return_sequences)
    return tuple(results)


def _simple_slopes_shapes(dy, dh, states, kernel, recurrent, *masks,
                          with_dx, **metadata):  # fmt: skip
    dx = _input_slope_shape(states, kernel, with_dx)
    return [dx, dh, kernel, recurrent, (kernel[1],)]


@primitive(shape=_simple_slopes_shapes, dtype=_floats, is_whole=True)
def simple_rnn_slopes(
    dy,
    dh,
    states,
    kernel,
    recurrent,
    *masks,
    activation: str,
    go_backwards: bool,
    return_sequences: bool,
    with_dx: bool,
    out=None,
):
    """The gradients of `simple_rnn_steps` for its arguments."""
    arrays = dy, dh, states, kernel, recurrent
    shapes = _simple_slopes_shapes(*(a.shape for a in arrays), with_dx=with_dx)
    dx, dh0, *to_weights = results = _room(shapes, out, dy.dtype)
    dy, last_dh = _last_gradient(dy, dh, return_sequences)
    simple_rnn_backward(
        dy,
        last_dh,
        states,
        (kernel, recurrent),
        activation,
        masks,
        go_backwards,
        dx if with_dx else None,
        to_weights,
    )
    np.copyto(dh0, last_dh.T)
    return tuple(results)


def _simple_slopes(
    g,
    out,
    x,
    h0,
    kernel,
    recurrent,
    bias,
    masks,
    activation,
    go_backwards,
    return_sequences,
    keeps,
    needs,
):
    arrays = x, h0, kernel, recurrent, bias, *masks
    metadata = {
        "activation": activation,
        "go_backwards": go_backwards,
        "return_sequences": return_sequences,
    }
    cache = _with_cache(simple_rnn_steps, out, 2, keeps, arrays, metadata)
    given = _given(g, out[:2])
    slopes = simple_rnn_slopes(
        *given, *cache, kernel, recurrent, *masks, **metadata, with_dx=needs[0]
    )
    return _pulled(slopes, masks)


simple_rnn_steps.grad_all(_simple_slopes)
