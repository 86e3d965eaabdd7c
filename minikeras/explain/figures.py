"""What the pictures share: size, colours, numbers beside them, files."""

import io

from ..utils import files
from ..utils.lazy import LazyModule

__all__ = ["COLOURS", "Drawing", "new_axes"]

backends = LazyModule("matplotlib.backends.backend_agg", extra="plot")
figures = LazyModule("matplotlib.figure", extra="plot")

# M. Okabe and K. Ito (2008), Color Universal Design; the light yellow is left out.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
DPI = 100
WIDTH = 8.0  # inches: 800 pixels


class Drawing:
    """A picture, and the numbers that it shows as attributes.

    In a notebook it shows itself.

    Args:
        figure: Figure of Matplotlib.
        to_file: Path to write it to, or None.
        **numbers: What it shows.
    """

    def __init__(self, figure, to_file=None, **numbers):
        self.figure = figure
        self.numbers = numbers
        vars(self).update(numbers)
        if to_file is not None:
            self.save(to_file)

    def __repr__(self) -> str:
        return f"<Drawing of {', '.join(self.numbers)}>"

    def save(self, path) -> None:
        """Writes the picture; the suffix says the format, `.png`, `.svg` or `.pdf`."""
        path = files.path_of(path)
        suffix = str(path).rpartition(".")[2]
        with files.atomic_path(path) as temporary:
            self.figure.savefig(temporary, dpi=DPI, format=suffix)

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.figure.savefig(buffer, dpi=DPI, format="png")
        return buffer.getvalue()


def new_axes(ax=None, rows: int = 1, columns: int = 1, height: float = 4.5):
    """Returns a figure and a list of its axes; those of the caller if given.

    Args:
        ax: Axes to draw into, or None for a figure of 800 pixels' width.
        rows, columns: Number of panels.
        height: Of the figure, in inches.
    """
    if ax is not None:
        return ax.figure, [ax]
    figure = figures.Figure(figsize=(WIDTH, height), layout="constrained")
    backends.FigureCanvasAgg(figure)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel in panels:
        panel.set_prop_cycle(color=COLOURS)
    return figure, list(panels)
