"""`gradient_flow`: how much of the gradient reaches each layer, and what it moves."""

import html
import math
import textwrap

import numpy as np

from ..utils import checks
from .figures import COLOURS, Drawing, new_axes
from .rules import activation_name
from .walk import Walk, unchanged, walk

__all__ = ["GradientFlow", "LayerFlow", "gradient_flow"]


VANISHED = 1e-3  # of the gradient of the last layer
EXPLODED = 1e3  # a norm
_BAR = 24  # columns of a bar in the table
# Activations that are exactly 0 for one half of all sums.
_SILENT = ("relu", "relu6", "ReLU", "hard_sigmoid", "hard_silu")


def gradient_flow(model, x, y=None) -> "GradientFlow":
    """Measures the gradient in each layer with weights, on one batch.

    For each layer:

        gradient = ||dJ/dw||       over all weights w of the layer
        ratio    = ||step|| / ||w||, the step that the optimizer would take
        dead     = share of units whose ReLU is 0 for the whole batch

    In words: a layer's gradient has vanished below 1/1000 of the last layer's, and
    exploded above 1000. A ratio near 1/1000 is usual (A. Karpathy, CS231n
    notes, *Neural Networks Part 3*). Why gradients vanish: S. Hochreiter (1991),
    *Untersuchungen zu dynamischen neuronalen Netzen*; X. Glorot and Y. Bengio (2010),
    *Understanding the difficulty of training deep feedforward neural networks*.

    Args:
        model: A built and compiled model; it stays as it is.
        x, y: A batch, as for `model.train_on_batch`.

    Returns:
        A `GradientFlow`: print it, plot it, or take the numbers from it.

    Raises:
        ValueError: The model is not built or compiled, or has nothing to train, or the
            batch does not fit.

    >>> import minikeras as keras
    >>> hidden = [keras.layers.Dense(4, "sigmoid") for _ in range(9)]
    >>> model = keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1)])
    >>> model.compile(loss="mse")
    >>> flow = gradient_flow(model, np.ones((8, 2)), np.ones((8, 1)))
    >>> flow.layers[0].gradient < flow.layers[-1].gradient / 1000
    True
    """
    owner = "explain.gradient_flow"
    found = walk(owner, model, x, y)
    ratios = _ratios(model, found)
    flows = []
    for call in found.calls:
        layer = call.layer
        own = [i for i, v in enumerate(found.weights) if _has(layer, v)]
        if own and call is found.calls_of(layer)[0]:
            squares = (float(np.sum(np.square(found.gradients[i]))) for i in own)
            ratio = math.hypot(*(ratios[i][0] for i in own)) / (
                math.hypot(*(ratios[i][1] for i in own)) or 1.0
            )
            dead = _dead_share(found, layer)
            flows.append(LayerFlow(layer.name, math.sqrt(sum(squares)), ratio, dead))
    return GradientFlow(model, found.loss, flows)


class LayerFlow:
    """What reaches one layer.

    Attributes:
        name: Name of the layer.
        gradient: Norm of the gradient by all its weights.
        ratio: Norm of the optimizer's step over the norm of the weights.
        dead: Share of the units that never fire, from 0 to 1; None where no unit can
            fall silent.
        verdict: "ok", "vanishes", "explodes", "is zero", "is not finite" or "is dead".
    """

    def __init__(self, name: str, gradient: float, ratio: float, dead: float | None):
        self.name, self.gradient, self.ratio, self.dead = name, gradient, ratio, dead
        self.verdict = "ok"

    def judge(self, reference: float) -> None:
        """Sets the verdict, by the gradient of the last layer."""
        if not math.isfinite(self.gradient):
            self.verdict = "is not finite"
        elif self.dead == 1.0:
            self.verdict = "is dead"
        elif self.gradient > EXPLODED:
            self.verdict = "explodes"
        elif self.gradient == reference == 0:
            self.verdict = "is zero"
        elif self.gradient < VANISHED * reference:
            self.verdict = "vanishes"


class GradientFlow:
    """The gradient in all layers of a model, on one batch.

    Attributes:
        loss: The loss J.
        layers: List of `LayerFlow`, the first layer first.
        verdict: What can be said about the whole, in a sentence or two.
    """

    def __init__(self, model, loss: float, layers: list[LayerFlow]):
        self._name, self.loss, self.layers = checks.owner_name(model), loss, layers
        for layer in layers:
            layer.judge(layers[-1].gradient)

    @property
    def verdict(self) -> str:
        """What can be said about the whole, in a sentence or two."""
        kinds = {layer.verdict for layer in self.layers}
        found = [_VERDICTS[kind](self) for kind in _VERDICTS if kind in kinds]
        silent = [x for x in self.layers if x.dead is not None and 0.5 <= x.dead < 1]
        if silent:
            names = ", ".join(x.name for x in silent)
            found.append(f"Half of the units or more never fire in {names}.")
        return " ".join(found) or "The gradient reaches every layer."

    def __str__(self) -> str:
        longest = max(5, *(len(x.name) for x in self.layers))
        lines = [
            f"Gradient flow through {self._name}: J = {self.loss:.5f}",
            "",
            f"{'layer':<{longest}}  gradient     ratio  dead",
        ]
        for layer, bar in zip(self.layers, self._bars(), strict=True):
            dead = "" if layer.dead is None else f"{layer.dead:.0%}"
            verdict = "" if layer.verdict == "ok" else f" {layer.verdict}"
            lines.append(
                f"{layer.name:<{longest}}  {layer.gradient:8.1e}  {layer.ratio:8.1e}"
                f"  {dead:>4}  {bar}{verdict}".rstrip()
            )
        return "\n".join([*lines, "", *textwrap.wrap(self.verdict, 78)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The same as a table, for notebooks."""
        rows = "".join(
            f"<tr><td>{html.escape(x.name)}</td><td>{x.gradient:.1e}</td>"
            f"<td>{x.ratio:.1e}</td>"
            f"<td>{'' if x.dead is None else f'{x.dead:.0%}'}</td>"
            f"<td>{x.verdict}</td></tr>"
            for x in self.layers
        )
        return (
            f"<table><tr><th>layer</th><th>gradient</th><th>ratio</th><th>dead</th>"
            f"<th></th></tr>{rows}</table><p>{html.escape(self.verdict)}</p>"
        )

    def plot(self, to_file=None, ax=None) -> Drawing:
        """Draws gradient and ratio of each layer as bars on a logarithmic axis.

        Args:
            to_file: Path of a picture to write.
            ax: Axes of Matplotlib to draw into.

        Returns:
            A Drawing with `gradients` and `ratios`, by the names of the layers.
        """
        gradients = {x.name: x.gradient for x in self.layers}
        ratios = {x.name: x.ratio for x in self.layers}
        height = max(3.0, 0.35 * len(self.layers) + 1.5)
        figure, (panel, *_) = new_axes(ax, height=height)
        places = np.arange(len(self.layers))
        for shift, colour, label, values in (
            (-0.2, COLOURS[0], "norm of the gradient", gradients),
            (0.2, COLOURS[1], "step / weights", ratios),
        ):
            panel.barh(
                places + shift, list(values.values()), 0.4, color=colour, label=label
            )
        panel.set_yticks(places, list(gradients))
        panel.set(xscale="log", xlabel="size (logarithmic)", ylabel="layer")
        panel.invert_yaxis()
        panel.grid(axis="x", alpha=0.3)
        panel.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        return Drawing(figure, to_file, gradients=gradients, ratios=ratios)

    def _bars(self) -> list[str]:
        """A bar for each gradient, on a logarithmic scale."""
        sizes = [x.gradient for x in self.layers]
        known = [math.log10(s) for s in sizes if s > 0 and math.isfinite(s)]
        low, high = min(known, default=0.0) - 0.5, max(known, default=0.0)
        scale = _BAR / max(high - low, 3.0)
        return [
            "#" * round(scale * (math.log10(s) - low))
            if s > 0 and math.isfinite(s)
            else ""
            for s in sizes
        ]


def _worst(flow: GradientFlow, verdict: str) -> LayerFlow:
    return next(x for x in flow.layers if x.verdict == verdict)


def _vanishes(flow: GradientFlow) -> str:
    first, last = _worst(flow, "vanishes"), flow.layers[-1]
    share = "nothing"
    if first.gradient > 0:
        times = float(f"{last.gradient / first.gradient:.1e}")
        share = f"1/{times:,.0f} of what {last.name} gets"
    return (
        f"The gradient vanishes on its way back: {first.name} gets {share}. Try ReLU "
        "with he_normal weights, normalization, shortcuts, or fewer layers."
    )


def _explodes(flow: GradientFlow) -> str:
    largest = max(flow.layers, key=lambda x: x.gradient)
    return (
        f"The gradient explodes: its norm is {largest.gradient:.1e} in {largest.name}. "
        "Try smaller initial weights, inputs of size 1, normalization, or clipnorm=1.0 "
        "in the optimizer."
    )


_VERDICTS = {
    "is not finite": lambda flow: (
        f"The gradient of {_worst(flow, 'is not finite').name} is not finite. Look for "
        "NaN in the data, and try a smaller learning rate."
    ),
    "is dead": lambda flow: (
        f"No unit of {_worst(flow, 'is dead').name} fires: its weights no longer "
        "learn. Try a smaller learning rate, or leaky_relu."
    ),
    "is zero": lambda flow: (
        "The loss hands back no gradient at all: the outputs are saturated. Try "
        "smaller weights and inputs, or logits and a loss with from_logits=True."
    ),
    "vanishes": _vanishes,
    "explodes": _explodes,
}


# ---------------------------------------------------------------------- measuring


def _has(layer, variable) -> bool:
    return any(variable is v for v in layer.trainable_variables)


def _ratios(model, found: Walk) -> list[tuple[float, float]]:
    """For each weight the norm of the optimizer's step, and its own norm."""
    optimizer = model.optimizer
    if not optimizer.built:
        optimizer.build(found.weights)
    before = [np.array(v.numpy(), "float64") for v in found.weights]
    scale = float(optimizer.scale_loss(1.0))
    with unchanged(model), np.errstate(all="ignore"):
        gradients = [g * np.asarray(scale, g.dtype) for g in found.gradients]
        optimizer.apply_gradients(zip(gradients, found.weights, strict=True))
        steps = [v.numpy() - b for v, b in zip(found.weights, before, strict=True)]
    norm = np.linalg.norm
    return [
        (float(norm(step)), float(norm(w)))
        for step, w in zip(steps, before, strict=True)
    ]


def _dead_share(found: Walk, layer) -> float | None:
    """Share of the units of a layer whose activation is 0 for the whole batch."""
    if not callable(getattr(layer, "activation", None)):
        return None
    if activation_name(layer.activation) not in _SILENT:
        return None
    axis = -1 if getattr(layer, "data_format", "") != "channels_first" else 1
    outputs = [np.asarray(call.output) for call in found.calls_of(layer)]
    fires = [np.moveaxis(y, axis, 0).reshape(y.shape[axis], -1).any(1) for y in outputs]
    return 1.0 - float(np.any(fires, axis=0).mean())
