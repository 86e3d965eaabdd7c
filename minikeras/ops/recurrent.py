"""Recurrent layers over time, each one long kernel with its own way back."""

from ..tensor import any_symbolic, cast, state
from ..utils import checks
from .arithmetic import multiply
from .creation import zeros
from .movement import expand_dims, flip
from .recurrent_steps import gru_steps, lstm_steps, simple_rnn_steps

__all__ = ["gru_sequence", "lstm_sequence", "simple_rnn_sequence"]

ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")  # of a simple cell


def _hidden(outputs, mask, return_sequences: bool, go_backwards: bool):
    """Outputs with zeros where the mask is False."""
    mask = cast(mask, dtype=outputs.dtype)
    mask = flip(mask, axis=1) if go_backwards else mask
    if not return_sequences:
        return multiply(outputs, mask[:, -1:])
    return multiply(outputs, expand_dims(mask, axis=-1))


def _settings(x, go_backwards: bool, return_sequences: bool) -> dict:
    return {
        "go_backwards": go_backwards,
        "return_sequences": return_sequences,
        "keeps": bool(state.tapes) or any_symbolic(x),
    }


def lstm_sequence(
    x,
    h0,
    c0,
    kernel,
    recurrent_kernel,
    bias=None,
    mask=None,
    *,
    go_backwards=False,
    return_sequences=True,
    zero_output_for_mask=False,
):
    """Runs an LSTM over time (Hochreiter and Schmidhuber, 1997).

    i, f, o = sigmoid(gates), g = tanh(gate); c = f * c + i * g; h = o * tanh(c)

    Args:
        x: Input: (batch, steps, features).
        h0, c0: First state: (batch, units).
        kernel, recurrent_kernel: (features, 4 * units) and (units, 4 * units), the
            gates in Keras's order i, f, g, o.
        bias: (4 * units,), or None.
        mask: Bools, (batch, steps), or None. Where False, the state stays.
        go_backwards: Whether to begin with the last step.
        return_sequences: Whether outputs are those of all steps or of the last.
        zero_output_for_mask: Whether outputs are zero where the mask is False.

    Returns:
        Outputs, (batch, steps, units) or (batch, units); last h and c.

    >>> import numpy as np
    >>> x, start = np.ones((2, 5, 3)), np.zeros((2, 4))
    >>> y, h, c = lstm_sequence(x, start, start, np.ones((3, 16)), np.ones((4, 16)))
    >>> y.shape, h.shape, c.shape
    ((2, 5, 4), (2, 4), (2, 4))
    """
    if bias is None:
        bias = zeros((kernel.shape[1],), kernel.dtype)
    masks = () if mask is None else (mask,)
    outputs, h, c, *_ = lstm_steps(
        x,
        h0,
        c0,
        kernel,
        recurrent_kernel,
        bias,
        *masks,
        **_settings(x, go_backwards, return_sequences),
    )
    if zero_output_for_mask and mask is not None:
        outputs = _hidden(outputs, mask, return_sequences, go_backwards)
    return outputs, h, c


def gru_sequence(
    x,
    h0,
    kernel,
    recurrent_kernel,
    bias=None,
    mask=None,
    *,
    reset_after=True,
    go_backwards=False,
    return_sequences=True,
    zero_output_for_mask=False,
):
    """Runs a GRU over time (Cho et al., 2014).

    z, r = sigmoid(gates), g = tanh(x @ kernel + r * (h @ recurrent_kernel)) or, with
    reset_after=False, tanh(x @ kernel + (r * h) @ recurrent_kernel);
    h = z * h + (1 - z) * g

    Args:
        x: Input: (batch, steps, features).
        h0: First state: (batch, units).
        kernel, recurrent_kernel: (features, 3 * units) and (units, 3 * units), the
            gates in Keras's order z, r, g.
        bias: (2, 3 * units) if reset_after, else (3 * units,); or None.
        mask: Bools, (batch, steps), or None. Where False, the state stays.
        reset_after: Whether r is applied after the product.
        go_backwards: Whether to begin with the last step.
        return_sequences: Whether outputs are those of all steps or of the last.
        zero_output_for_mask: Whether outputs are zero where the mask is False.

    Returns:
        Outputs, (batch, steps, units) or (batch, units), and the last h.
    """
    if bias is None:
        count = kernel.shape[1]
        bias = zeros((2, count) if reset_after else (count,), kernel.dtype)
    if len(bias.shape) != 1 + bool(reset_after):
        raise ValueError(
            "gru_sequence: bias must have shape (2, 3 * units) if reset_after, else "
            f"(3 * units,), got reset_after={reset_after} and shape {bias.shape}."
        )
    masks = () if mask is None else (mask,)
    outputs, h, *_ = gru_steps(
        x,
        h0,
        kernel,
        recurrent_kernel,
        bias,
        *masks,
        **_settings(x, go_backwards, return_sequences),
    )
    if zero_output_for_mask and mask is not None:
        outputs = _hidden(outputs, mask, return_sequences, go_backwards)
    return outputs, h


def simple_rnn_sequence(
    x,
    h0,
    kernel,
    recurrent_kernel,
    bias=None,
    mask=None,
    *,
    activation="tanh",
    go_backwards=False,
    return_sequences=True,
    zero_output_for_mask=False,
):
    """Runs a simple recurrent network over time (Elman, 1990).

    h = activation(x @ kernel + h @ recurrent_kernel + bias)

    Args:
        x: Input: (batch, steps, features).
        h0: First state: (batch, units).
        kernel, recurrent_kernel: (features, units) and (units, units).
        bias: (units,), or None.
        mask: Bools, (batch, steps), or None. Where False, the state stays.
        activation: "tanh", "relu", "sigmoid" or "linear".
        go_backwards: Whether to begin with the last step.
        return_sequences: Whether outputs are those of all steps or of the last.
        zero_output_for_mask: Whether outputs are zero where the mask is False.

    Returns:
        Outputs, (batch, steps, units) or (batch, units), and the last h.
    """
    checks.one_of("simple_rnn_sequence", activation=activation, allowed=ACTIVATIONS)
    if bias is None:
        bias = zeros((kernel.shape[1],), kernel.dtype)
    masks = () if mask is None else (mask,)
    outputs, h, *_ = simple_rnn_steps(
        x,
        h0,
        kernel,
        recurrent_kernel,
        bias,
        *masks,
        activation=activation,
        **_settings(x, go_backwards, return_sequences),
    )
    if zero_output_for_mask and mask is not None:
        outputs = _hidden(outputs, mask, return_sequences, go_backwards)
    return outputs, h
