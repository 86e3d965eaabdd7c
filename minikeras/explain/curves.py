"""Curves: activations with their slopes, and a training as it went."""

import csv
import os

import numpy as np

from .. import activations
from ..layers import Layer
from ..tensor import GradientTape, convert_to_tensor
from ..utils import checks
from .figures import COLOURS, Drawing, new_axes
from .rules import activation_name

__all__ = ["plot_activation", "plot_history"]


def plot_activation(*functions, low=-5.0, high=5.0, flat=0.05, to_file=None, ax=None):
    """Draws activations and their slopes, and shades where a slope is almost 0.

    Where it is shaded hardly any gradient comes back: the unit learns slowly, or not.

    Args:
        *functions: Names, functions of a tensor, or layers such as LeakyReLU.
        low, high: Where the curves begin and end.
        flat: Slopes nearer to 0 than this count as flat.
        to_file: Path of a picture to write.
        ax: Axes of Matplotlib that get the curves alone, without the slopes.

    Returns:
        A Drawing with `x`, `values`, `slopes` and `flat`: name -> array; `flat` says
        for each point whether the slope is near 0.

    >>> drawing = plot_activation("sigmoid")
    >>> round(float(drawing.slopes["sigmoid"].max()), 3)
    0.25
    """
    owner = "explain.plot_activation"
    if not functions:
        raise ValueError(f"{owner}: which activation? Try plot_activation('tanh').")
    if not low < high:
        checks.fail(owner, "low", low, f"be less than high, {high}", -5.0)
    x = np.linspace(low, high, 1001).astype("float32")
    values, slopes = {}, {}
    for given in functions:
        function = given if isinstance(given, Layer) else activations.get(given)
        name = given.name if isinstance(given, Layer) else activation_name(function)
        values[name], slopes[name] = _curve_and_slope(owner, function, name, x)
    is_flat = {name: np.abs(slope) < flat for name, slope in slopes.items()}
    figure, panels = new_axes(ax, columns=2)
    for colour, name in zip(COLOURS * len(values), values, strict=False):
        for panel, curves in zip(panels, (values, slopes), strict=False):
            panel.plot(x, curves[name], color=colour, label=name, linewidth=2)
        _shade(panels[0], x, is_flat[name], colour, f"{name}: |slope| < {flat:g}")
    for panel, label in zip(panels, ("activation", "slope"), strict=False):
        panel.set(xlabel="input z", ylabel=label, xlim=(low, high))
        panel.axhline(0, color="#808080", linewidth=0.8)
        panel.grid(alpha=0.3)
        panel.legend()
    return Drawing(figure, to_file, x=x, values=values, slopes=slopes, flat=is_flat)


def _curve_and_slope(owner: str, function, name: str, x):
    z = convert_to_tensor(x[:, None])
    with GradientTape() as tape:
        tape.watch(z)
        y = function(z)
    if tuple(y.shape) != tuple(z.shape):
        raise ValueError(
            f"{owner}: {name} makes shape {tuple(y.shape)} of {tuple(z.shape)}: it is "
            "no function of one number, so it has no curve. Try 'sigmoid'."
        )
    slope = tape.gradient(y, z, unconnected_gradients="zero")
    return np.asarray(y)[:, 0], np.asarray(slope)[:, 0]


def _shade(panel, x, where, colour, label) -> None:
    """Shades the ranges where something holds, with one entry in the legend."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], where, [0]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        span = (x[start], x[min(stop, len(x) - 1)])
        panel.axvspan(*span, color=colour, alpha=0.18, linewidth=0, label=label)
        label = None


def plot_history(history, to_file=None):
    """Draws how losses and metrics went over the epochs, a panel for each.

    Args:
        history: What `fit` returned, its `.history`, or the path of a file that
            CSVLogger wrote.
        to_file: Path of a picture to write.

    Returns:
        A Drawing with `curves`: name -> list of numbers, one for each epoch.
    """
    curves = _curves(history)
    names = [name for name in curves if not _is_validation(name, curves)]
    names.sort(key=lambda name: name != "loss")  # it comes first
    columns = min(2, len(names))
    rows = -(-len(names) // columns)
    figure, panels = new_axes(None, rows, columns, height=1.2 + 2.8 * rows)
    for panel in panels[len(names) :]:
        panel.set_visible(False)
    for panel, name in zip(panels, names, strict=False):
        for label, key, style in (
            ("training", name, "o-"),
            ("validation", f"val_{name}", "s--"),
        ):
            if key in curves:
                epochs = np.arange(1, len(curves[key]) + 1)
                panel.plot(epochs, curves[key], style, label=label, markersize=4)
        panel.set(xlabel="epoch", ylabel=name.replace("_", " "))
        panel.xaxis.get_major_locator().set_params(integer=True)
        values = np.array(curves[name])
        if name in ("learning_rate", "lr") and values.min() * 10 < values.max():
            panel.set_yscale("log")
        panel.grid(alpha=0.3)
        panel.legend()
    return Drawing(figure, to_file, curves=curves)


def _is_validation(name: str, curves: dict) -> bool:
    return name.startswith("val_") and name[4:] in curves


def _curves(history) -> dict:
    found = getattr(history, "history", history)
    if isinstance(found, (str, os.PathLike)):
        with open(found, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        names = [name for name in (rows[0] if rows else ()) if name != "epoch"]
        found = {
            name: [float(row[name]) for row in rows if row[name] != "NA"]
            for name in names
        }
    if not isinstance(found, dict):
        must = "be what fit returned, a dict of lists, or the path of a CSV file"
        checks.fail("explain.plot_history", "history", history, must)
    found = {k: [float(x) for x in v] for k, v in found.items() if len(v)}
    if not found:
        raise ValueError(
            "explain.plot_history: the history is empty. Train first: "
            "history = model.fit(x, y, epochs=5)."
        )
    return found
