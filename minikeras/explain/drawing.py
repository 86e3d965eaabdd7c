"""`plot_model`: a picture of a model, by Graphviz or, without it, by Matplotlib."""

import os
import shutil
from contextlib import suppress

from ..utils import checks, files
from ..utils.lazy import LazyModule
from .dot import check_keywords, model_to_dot
from .outline import outline
from .picture import SPLINES, Picture

__all__ = ["plot_model"]

display = LazyModule("IPython.display")
pydot = LazyModule("pydot")

DIRECTIONS = ("TB", "BT", "LR", "RL")


def plot_model(
    model,
    to_file="model.png",
    show_shapes=False,
    show_dtype=False,
    show_layer_names=False,
    rankdir="TB",
    expand_nested=False,
    dpi=200,
    show_layer_activations=False,
    show_trainable=False,
    splines="ortho",
    **kwargs,
):
    """Draws a model's layers and how they are connected into a file.

    Graphviz draws it when its program `dot` and pydot are installed, else Matplotlib.

    Args:
        model: A built model.
        to_file: Path; its suffix says the format, such as `.png`, `.svg` or `.pdf`.
        show_shapes: Whether boxes show the shapes of inputs and outputs.
        show_dtype: Whether boxes show the dtype of outputs.
        show_layer_names: Whether boxes show names.
        rankdir: `"TB"`: from top to bottom; `"BT"`, `"LR"` or `"RL"`.
        expand_nested: Whether models in the model are shown with their layers.
        dpi: Dots per inch.
        show_layer_activations: Whether boxes show activations.
        show_trainable: Whether boxes of layers with weights show if they are trained.
        splines: How edges run: `"ortho"`, `"curved"`, `"polyline"`, `"spline"` or
            `"line"`.

    Returns:
        In Jupyter, the picture to show.
    """
    check_keywords("plot_model", kwargs)
    checks.one_of("plot_model", rankdir=rankdir, allowed=DIRECTIONS)
    checks.one_of("plot_model", splines=splines, allowed=SPLINES)
    shown = {
        "show_shapes": show_shapes,
        "show_dtype": show_dtype,
        "show_layer_names": show_layer_names,
        "expand_nested": expand_nested,
        "show_layer_activations": show_layer_activations,
        "show_trainable": show_trainable,
    }
    path = files.path_of(to_file)
    suffix = os.path.splitext(path)[1][1:] or "png"
    with files.atomic_path(path) as temporary:
        if _has_graphviz():
            style = {"rankdir": rankdir, "dpi": dpi, "splines": splines}
            dot = model_to_dot(model, **shown, **style)
            dot.write(temporary, format=suffix)
        else:
            Picture(outline(model, **shown), rankdir, splines).save(
                temporary, dpi, suffix
            )
    if suffix != "pdf":
        with suppress(ImportError):
            return display.Image(filename=path)


def _has_graphviz() -> bool:
    with suppress(ImportError):
        return bool(pydot.Dot and shutil.which("dot"))
    return False
