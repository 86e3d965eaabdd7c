"""The chain rule in symbols: what each layer makes of the gradient that reaches it.

A gradient `g` is `dJ/dz3`, by what went into the activation of the third layer, or
`dJ/da3`, by its output, where it has no activation. `before` is what the layer was
called on: `x`, or `a2`. The prime is the slope: `sigmoid'(z3)`. Layers without a row
here have their operation named.
"""

import numpy as np

from .. import activations, layers
from ..tensor import Tensor, Variable
from .walk import Call, Walk

__all__ = ["Rule", "rules_of"]


class Rule:
    """How one gradient comes about.

    Attributes:
        symbol: What it is the gradient by: `W3`, `z2`.
        text: The rule: `"a2ᵀ · dJ/dz3"`.
        value: The gradient, an array; None if nothing comes back here.
    """

    def __init__(self, symbol: str, text: str, value):
        self.symbol, self.text, self.value = symbol, text, value

    def __str__(self) -> str:
        return f"dJ/d{self.symbol} = {self.text}"


def rules_of(walk: Walk, call: Call) -> list[Rule]:
    """Returns the rules of one call: for its sum or output, then for its weights."""
    symbol = call.symbol.removeprefix("dJ/d")
    rules = [Rule(symbol, _arriving(walk, call), call.gradient)]
    if call is not walk.calls_of(call.layer)[0]:
        return rules  # its weights come with the first of its calls
    for variable in call.layer.trainable_variables:
        if any(variable is v for v in walk.weights):
            symbol, text = _of_weight(walk, call, variable)
            rules.append(Rule(symbol, text, walk.gradient_of(variable)))
    return rules


def name_of(number: int | None) -> str:
    """Returns what a formula calls an input: `x`, `a2`, or `?` if no layer made it."""
    return {0: "x", None: "?"}.get(number, f"a{number}")


def activation_name(function) -> str:
    """Returns the name of an activation: of a function, or of a layer that is one."""
    name = activations.serialize(function)
    if isinstance(name, str):
        return name
    return getattr(function, "__name__", type(function).__name__)


# ------------------------------------------------------------------ what comes back


def _arriving(walk: Walk, call: Call) -> str:
    """The gradient by a call's sum, or output, from what comes after it."""
    if call.gradient is None:
        return "nothing: no weight before it needs it"
    slope = "" if call.z is None else activation_name(call.layer.activation)
    terms = _terms(walk, call, slope)
    if terms.is_whole or slope in ("", "linear"):
        return terms.text
    text = f"({terms.text})" if " " in terms.text else terms.text
    if slope == "softmax":
        return f"{text} through softmax'(z{call.number})"
    return f"{text} * {slope}'(z{call.number})"


class _Terms:
    """A sum of terms; `is_whole` if the slope of the activation is in it already."""

    def __init__(self, text: str, is_whole: bool = False):
        self.text, self.is_whole = text, is_whole


def _terms(walk: Walk, call: Call, slope: str) -> _Terms:
    after = [c for c in walk.calls if call.number in c.before]
    found = [_passing(walk, c, call) for c in after if c.gradient is not None]
    if any(y is _output(call) for y in _leaves(walk.y_pred)):
        loss = _of_loss(walk, call, slope)
        if not found:
            return loss
        found.append("the loss's own" if loss.is_whole else loss.text)
    if not found:
        return _Terms("what the operations behind it hand back")
    return _Terms(" + ".join(found))


def _output(call: Call):
    return call.output if isinstance(call.output, Tensor) else None


def _leaves(outputs) -> list:
    if isinstance(outputs, dict):
        outputs = list(outputs.values())
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def _passing(walk: Walk, after: Call, call: Call) -> str:
    """What a layer hands back to an input of its own."""
    g, before = after.symbol, name_of(call.number)
    number = walk.calls_of(after.layer)[0].number  # of its weights
    rule = _rule_for(after.layer, _PASSING, lambda cls: cls)
    if rule is None:
        return f"{g} back through {type(after.layer).__name__}"
    return rule(after, g, before, number)


def _rule_for(layer, table: dict, key):
    """Returns the rule of a layer's class; None for one with a `call` of its own."""
    for cls in type(layer).__mro__:
        if key(cls) in table and type(layer).call is cls.call:
            return table[key(cls)]
    return None


def _slope(after, g, before, number):
    return f"{g} * {type(after.layer).__name__}'({before})"


def _through_kernel(after, g, before, number):
    return f"{g} · W{number}ᵀ"


def _through_filters(after, g, before, number):
    return f"{g} convolved with W{number}, turned"


def _reshaped(after, g, before, number):
    return f"{g} in the shape {tuple(after.inputs[0].shape)}"


def _dropped(after, g, before, number):
    return f"{g} * mask / {1 - after.layer.rate:g}"


def _to_the_largest(after, g, before, number):
    return f"{g} at the largest of each window, else 0"


def _spread(after, g, before, number):
    entries = int(np.prod(after.layer.pool_size))
    return f"{g} / {entries} at each entry of a window"


def _spread_over_all(after, g, before, number):
    x, y = after.inputs[0], after.output
    return f"{g} / {x.array.size // y.array.size} at each place"


def _normalized(after, g, before, number):
    return f"{g} * gamma{number} / std, less its mean and its part along x̂"


_PASSING = {
    layers.Dense: _through_kernel,
    layers.Conv1D: _through_filters,
    layers.Conv2D: _through_filters,
    layers.Conv3D: _through_filters,
    layers.Activation: lambda after, g, before, number: g,  # by its z
    layers.ReLU: _slope,
    layers.LeakyReLU: _slope,
    layers.ELU: _slope,
    layers.PReLU: _slope,
    layers.Flatten: _reshaped,
    layers.Reshape: _reshaped,
    layers.Dropout: _dropped,
    layers.MaxPooling1D: _to_the_largest,
    layers.MaxPooling2D: _to_the_largest,
    layers.MaxPooling3D: _to_the_largest,
    layers.GlobalMaxPooling1D: _to_the_largest,
    layers.GlobalMaxPooling2D: _to_the_largest,
    layers.GlobalMaxPooling3D: _to_the_largest,
    layers.AveragePooling1D: _spread,
    layers.AveragePooling2D: _spread,
    layers.AveragePooling3D: _spread,
    layers.GlobalAveragePooling1D: _spread_over_all,
    layers.GlobalAveragePooling2D: _spread_over_all,
    layers.GlobalAveragePooling3D: _spread_over_all,
    layers.BatchNormalization: _normalized,
    layers.Add: lambda after, g, before, number: g,
    layers.Multiply: lambda after, g, before, number: f"{g} * the other inputs",
    layers.Concatenate: lambda after, g, before, number: f"{before}'s part of {g}",
}


# ---------------------------------------------------------------------- the weights

_SYMBOLS = {
    "kernel": "W",
    "recurrent_kernel": "U",
    "bias": "b",
    "embeddings": "E",
}


def _of_weight(walk: Walk, call: Call, variable: Variable) -> tuple[str, str]:
    """The symbol of a weight, and how its gradient comes about."""
    name = variable.name
    symbol = f"{_SYMBOLS.get(name, name)}{call.number}"
    text = f"back through {type(call.layer).__name__}"
    rule = _rule_for(call.layer, _WEIGHTS, lambda cls: (cls, name))
    if rule and any(variable is own for own in vars(call.layer).values()):
        calls = walk.calls_of(call.layer)
        text = " + ".join(rule(c, c.symbol, name_of(c.before[0])) for c in calls)
    if variable.regularizer is not None:
        text += " + slope of its penalty"
    return symbol, text


def _of_kernel(call, g, before):
    more = ", summed over places" if call.inputs[0].array.ndim > 2 else ""
    return f"{before}ᵀ · {g}{more}"


def _of_filters(call, g, before):
    return f"{before} correlated with {g}"


def _summed(call, g, before):
    return f"sum of {g}"


_WEIGHTS = {
    (layers.Dense, "kernel"): _of_kernel,
    (layers.Dense, "bias"): _summed,
    **{
        (cls, name): rule
        for cls in (layers.Conv1D, layers.Conv2D, layers.Conv3D)
        for name, rule in (("kernel", _of_filters), ("bias", _summed))
    },
    (layers.Embedding, "embeddings"): lambda call, g, before: (
        f"rows of {g}, summed by index"
    ),
    (layers.BatchNormalization, "gamma"): lambda call, g, before: f"sum of {g} * x̂",
    (layers.BatchNormalization, "beta"): _summed,
    (layers.LayerNormalization, "gamma"): lambda call, g, before: f"sum of {g} * x̂",
    (layers.LayerNormalization, "beta"): _summed,
}


# ------------------------------------------------------------------------- the loss

# Activations that a loss may take back, so that only the error is left.
_TAKEN_BACK = ("", "linear", "sigmoid", "softmax")


def _of_loss(walk: Walk, call: Call, slope: str) -> _Terms:
    """The gradient that the loss itself hands back; a formula, if one is true here.

    Whether it is true is not looked up, it is computed: so a weighted loss, or one with
    smoothed labels, does not get the formula of the plain one.
    """
    for text, value in _errors(walk).items():
        if slope in _TAKEN_BACK and _equal(call.gradient, value):
            return _Terms(text, is_whole=True)
        if _equal(walk.by_output, value):
            return _Terms(text)
    return _Terms(f"slope of {_loss_name(walk.model)}")


def _loss_name(model) -> str:
    loss = model.loss
    name = getattr(loss, "name", None) or getattr(loss, "__name__", loss)
    return name if isinstance(name, str) else "the loss"


def _errors(walk: Walk) -> dict:
    """What the error may look like in the gradient of a loss: text -> array."""
    y_pred = walk.y_pred.array if isinstance(walk.y_pred, Tensor) else np.zeros(0)
    y = _targets(walk, y_pred.shape)
    if y is None or not y_pred.size:
        return {}
    error, samples, entries = y_pred - y, len(y_pred), y_pred.size
    return {
        f"(ŷ - y) / {samples}": error / samples,
        f"(ŷ - y) / {entries}": error / entries,
        f"2 (ŷ - y) / {entries}": 2 * error / entries,
        f"sign(ŷ - y) / {entries}": np.sign(error) / entries,
    }


def _targets(walk: Walk, shape: tuple):
    """The targets as numbers that ŷ can be compared with; None if they are none."""
    y = walk.y.array if isinstance(walk.y, Tensor) else None
    if y is None or y.shape == shape:
        return y
    if y.dtype.kind in "iu" and y.shape in (shape[:-1], (*shape[:-1], 1)):
        return np.eye(shape[-1])[y.reshape(shape[:-1])]
    return y.reshape(shape) if y.size == np.prod(shape) else None


def _equal(found, expected) -> bool:
    if found is None or found.shape != expected.shape:
        return False
    return np.allclose(found, expected, 1e-3, 1e-5 * np.abs(expected).max(initial=0))
