"""Loops over time and over elements, choices, and the CTC loss, as Keras 2 had them."""

import numpy as np

from .. import ops
from ..tensor import KerasTensor, as_array
from ..utils import checks, tree

__all__ = [
    "ctc_batch_cost",
    "ctc_decode",
    "ctc_label_dense_to_sparse",
    "foldl",
    "foldr",
    "map_fn",
    "rnn",
    "switch",
]


def rnn(
    step_function,
    inputs,
    initial_states,
    go_backwards=False,
    mask=None,
    constants=None,
    unroll=False,
    input_length=None,
    time_major=False,
    zero_output_for_mask=False,
):
    """Runs a step function over time.

    Args:
        step_function: `(input, states) -> output, new states`, for one step: the input
            is (samples, ...), the states are a list, constants behind them.
        inputs: (samples, steps, ...), or a structure of such tensors.
        initial_states: List of the states to begin with.
        go_backwards: Whether to begin with the last step.
        mask: Bools, (samples, steps); where False, output and states stay.
        constants: List of tensors that each step gets behind its states.
        unroll, input_length: Of no effect: the number of steps is known.
        time_major: Whether the steps are the first axis.
        zero_output_for_mask: Whether outputs are 0 where the mask is False.

    Returns:
        The last output, all outputs (samples, steps, ...), the last states.
    """
    if time_major:
        inputs = tree.map_structure(lambda x: ops.swapaxes(x, 0, 1), inputs)
    count = tree.flatten(inputs)[0].shape[1]
    if count is None:
        must = "have a known number of steps"
        checks.fail("rnn", "inputs", inputs, must)
    states, outputs, constants = list(initial_states), [], list(constants or ())
    if mask is not None and len(mask.shape) == 3:
        mask = ops.squeeze(mask, -1)
    last = None
    for i in range(count)[:: -1 if go_backwards else 1]:
        step = tree.map_structure(lambda x, i=i: x[:, i], inputs)
        output, new = step_function(step, [*states, *constants])
        new = list(new)
        if mask is not None:
            on = mask[:, i]
            before = ops.zeros_like(output) if last is None else last
            rest = ops.zeros_like(output) if zero_output_for_mask else before
            last = _where(on, output, before)
            output = _where(on, output, rest)
            new = [_where(on, a, b) for a, b in zip(new, states, strict=True)]
        last = output if mask is None else last
        states = new
        outputs.append(output)
    whole = ops.stack(outputs, axis=0 if time_major else 1)
    return (outputs[-1] if zero_output_for_mask else last), whole, states


def _where(on, x, y):
    """Chooses samples."""
    shape = (-1, *[1] * (len(x.shape) - 1))
    return ops.where(ops.reshape(ops.cast(on, "bool"), shape), x, y)


def switch(condition, then_expression, else_expression):
    """Chooses one of two tensors, or of two functions that return them.

    Args:
        condition: A scalar, or a tensor that chooses element by element; one with
            fewer axes chooses rows.
        then_expression, else_expression: Tensors, or functions without arguments.
    """
    is_symbol = type(condition) is KerasTensor
    if not is_symbol and np.ndim(as_array(condition)) == 0:
        chosen = then_expression if as_array(condition) else else_expression
        return chosen() if callable(chosen) else chosen
    x, y = (e() if callable(e) else e for e in (then_expression, else_expression))
    missing = len(getattr(x, "shape", ())) - len(condition.shape)
    for _ in range(missing if condition.shape else 0):
        condition = ops.expand_dims(condition, -1)
    return ops.where(ops.cast(condition, "bool"), x, y)


def map_fn(fn, elems, name=None, dtype=None):
    """Returns what a function makes of each element along the first axis."""
    mapped = ops.stack([fn(elems[i]) for i in range(elems.shape[0])], axis=0)
    return mapped if dtype is None else ops.cast(mapped, dtype)


def foldl(fn, elems, initializer=None, name=None):
    """Combines elements from the first to the last: `fn(so_far, element)`."""
    return _fold(fn, elems, initializer, range(elems.shape[0]))


def foldr(fn, elems, initializer=None, name=None):
    """Combines elements from the last to the first: `fn(so_far, element)`."""
    return _fold(fn, elems, initializer, range(elems.shape[0])[::-1])


def _fold(fn, elems, initializer, order):
    so_far = initializer
    for i in order:
        so_far = elems[i] if so_far is None else fn(so_far, elems[i])
    return so_far


# -------------------------------------------------------------------------------- CTC


def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """Returns the CTC loss of each sample; the last class is the blank.

    Args:
        y_true: Labels, (samples, longest).
        y_pred: Shares of the classes, (samples, steps, classes).
        input_length, label_length: (samples, 1).
    """
    logits = ops.log(y_pred + 1e-7)
    losses = ops.ctc_loss(
        ops.cast(y_true, "int32"),
        logits,
        ops.reshape(ops.cast(label_length, "int32"), (-1,)),
        ops.reshape(ops.cast(input_length, "int32"), (-1,)),
        mask_index=y_pred.shape[-1] - 1,
    )
    return ops.expand_dims(losses, 1)


def ctc_decode(y_pred, input_length, greedy=True, beam_width=100, top_paths=1):
    """Returns the likeliest labels; the last class is the blank.

    Args:
        y_pred: Shares of the classes, (samples, steps, classes).
        input_length: (samples,)
        greedy: Whether only the likeliest class of each step counts.
        beam_width: Number of paths that are followed.
        top_paths: Number of paths that are returned.

    Returns:
        List of labels, (samples, longest) padded with -1, and the log probabilities.
    """
    logits = ops.log(y_pred + 1e-7)
    found, scores = ops.ctc_decode(
        logits,
        ops.reshape(ops.cast(input_length, "int32"), (-1,)),
        strategy="greedy" if greedy else "beam_search",
        beam_width=beam_width,
        top_paths=1 if greedy else top_paths,
        mask_index=y_pred.shape[-1] - 1,
    )
    return [found[i] for i in range(found.shape[0])], scores


def ctc_label_dense_to_sparse(labels, label_lengths):
    """Returns the labels without their padding, a list for each sample."""
    rows = as_array(labels), as_array(label_lengths).reshape(-1)
    return [row[: int(n)] for row, n in zip(*rows, strict=True)]
