"""`backprop`: one batch walked backwards, with the rules and the numbers."""

import html
import itertools
import textwrap

import numpy as np

from ..utils import checks
from .rules import Rule, activation_name, rules_of
from .walk import Call, walk

__all__ = ["Backprop", "LayerStep", "backprop"]

_LEFT = 38  # columns for a rule; its numbers stand to the right
_WIDTH = 78  # of both together
_MOST = 8  # rows and columns of an array that is shown whole


def backprop(model, x, y=None) -> "Backprop":
    """Explains backpropagation through a model, on one batch.

    For each layer, the last one first: the rule that gives the gradient of the loss J
    by its sum z (or by its output a) and by its weights, with shapes and numbers. Small
    arrays are shown whole, of large ones the norm. The loss is the one that training
    minimises, penalties included; layers behave as in training. The model stays as it
    is.

    The rules are those of D. E. Rumelhart, G. E. Hinton and R. J. Williams (1986),
    *Learning representations by back-propagating errors*, Nature 323.

    Args:
        model: A built and compiled model.
        x, y: A batch, as for `model.train_on_batch`. A few samples read best.

    Returns:
        A `Backprop`: print it, or take the numbers from it.

    Raises:
        ValueError: The model is not built or compiled, or has nothing to train, or the
            batch does not fit.

    >>> import numpy as np, minikeras as keras
    >>> layer = keras.layers.Dense(1, kernel_initializer="ones", name="line")
    >>> model = keras.Sequential([keras.Input((2,)), layer])
    >>> model.compile(loss="mse")
    >>> print(backprop(model, np.array([[1.0, 2.0]]), np.array([[4.0]])))
    Backpropagation of 1 sample through Sequential 'sequential': J = 1.00000
    <BLANKLINE>
    line: Dense, linear, (1, 2) -> (1, 1)
      dJ/dz1 = 2 (ŷ - y) / 1  (1, 1)         [-2.00000]
      dJ/dW1 = xᵀ · dJ/dz1  (2, 1)           [-2.00000]
                                             [-4.00000]
      dJ/db1 = sum of dJ/dz1  (1,)           [-2.00000]
    """
    found = walk("explain.backprop", model, x, y)
    steps = [LayerStep(call, rules_of(found, call)) for call in found.calls[::-1]]
    gradients = {v.path: g for v, g in zip(found.weights, found.gradients, strict=True)}
    return Backprop(model, found.loss, found.num_samples, steps, gradients)


class LayerStep:
    """The way back through one call of a layer.

    Attributes:
        name: Name of the layer.
        kind: Its class, and its activation.
        number: Its place on the way forward, from 1.
        shapes: Shape of its first input, and of its output.
        rules: List of rules, each with `symbol`, `text` and `value`.
    """

    def __init__(self, call: Call, rules: list[Rule]):
        self.name, self.number, self.rules = call.layer.name, call.number, rules
        self.kind = type(call.layer).__name__
        if callable(getattr(call.layer, "activation", None)):
            self.kind += f", {activation_name(call.layer.activation)}"
        self.shapes = tuple(
            tuple(x.shape) if hasattr(x, "shape") else f"{len(x)} arrays"
            for x in (call.inputs[0] if call.inputs else (), call.output)
        )

    @property
    def title(self) -> str:
        """One line about the layer."""
        start, end = self.shapes
        return f"{self.name}: {self.kind}, {start} -> {end}"


class Backprop:
    """Backpropagation of one batch, for reading.

    Attributes:
        loss: The loss J.
        num_samples: The number of samples in the batch.
        layers: List of `LayerStep`, the last layer first.
        gradients: Path of each trainable weight -> its gradient, an array.
    """

    def __init__(self, model, loss, num_samples, layers, gradients):
        self._name = checks.owner_name(model)
        self.loss, self.num_samples = loss, num_samples
        self.layers, self.gradients = layers, gradients

    @property
    def title(self) -> str:
        """One line about the batch and its loss."""
        samples = f"{self.num_samples} sample" + "s" * (self.num_samples != 1)
        return f"Backpropagation of {samples} through {self._name}: J = {self.loss:.5f}"

    def __str__(self) -> str:
        lines = [self.title]
        for step in self.layers:
            lines += ["", step.title]
            for rule in step.rules:
                lines += _rule_lines(rule)
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The same as a page of tables, for notebooks."""
        parts = [f"<p><b>{html.escape(self.title)}</b></p>"]
        for step in self.layers:
            rows = "".join(map(_rule_row, step.rules))
            parts.append(
                f"<p>{html.escape(step.title)}</p><table><tr><th>rule</th>"
                f"<th>shape</th><th>value</th></tr>{rows}</table>"
            )
        return "\n".join(parts)


# --------------------------------------------------------------------------- text


def _rule_lines(rule: Rule) -> list[str]:
    """A rule and its shape on the left, its numbers to the right or below."""
    left = _left_lines(rule)
    right = [] if rule.value is None else number_lines(rule.value)
    if max(map(len, right), default=0) > _WIDTH - _LEFT - 3:
        return [f"  {line}" for line in left] + [f"    {line}" for line in right]
    pairs = itertools.zip_longest(left, right, fillvalue="")
    return [f"  {a:<{_LEFT}} {b}".rstrip() for a, b in pairs]


def _left_lines(rule: Rule) -> list[str]:
    indent = " " * len(f"dJ/d{rule.symbol} = ")
    lines = textwrap.wrap(str(rule), _LEFT, subsequent_indent=indent)
    if rule.value is None:
        return lines
    shape = str(rule.value.shape)
    if len(lines[-1]) + 2 + len(shape) <= _LEFT and len(lines) == 1:
        return [f"{lines[-1]}  {shape}"]
    return [*lines, indent + shape]


def number_lines(array: np.ndarray) -> list[str]:
    """Returns a small array as rows of numbers, a large one as its norm.

    >>> number_lines(np.array([[1.0, -0.25]]))
    ['[ 1.00000 -0.25000]']
    """
    if array.ndim > 2 or max(array.shape, default=0) > _MOST or not array.size:
        return [f"norm {np.linalg.norm(array):.3e}"]
    table = array.reshape(-1, array.shape[-1] if array.ndim else 1)
    shown = "{:.5f}" if np.abs(array).max() >= 0.001 else "{:.1e}"
    cells = [
        [shown.format(entry).replace("-0.00000", "0.00000") for entry in row]
        for row in table
    ]
    width = max(len(cell) for row in cells for cell in row)
    width = max(width, len("-0.00000"))
    return [f"[{' '.join(cell.rjust(width) for cell in row)}]" for row in cells]


def _rule_row(rule: Rule) -> str:
    shape, numbers = "", ""
    if rule.value is not None:
        shape, numbers = str(rule.value.shape), "\n".join(number_lines(rule.value))
    return (
        f"<tr><td>{html.escape(str(rule))}</td><td>{shape}</td>"
        f"<td><pre>{html.escape(numbers)}</pre></td></tr>"
    )
