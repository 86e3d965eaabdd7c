"""An outline of a model, drawn by Matplotlib (extra `plot`)."""

from ..utils.lazy import LazyModule
from .layout import Layout
from .outline import Box, Group

__all__ = ["SPLINES", "Picture"]

figures = LazyModule("matplotlib.figure", extra="plot")
fonts = LazyModule("matplotlib.font_manager", extra="plot")
patches = LazyModule("matplotlib.patches", extra="plot")
paths = LazyModule("matplotlib.path", extra="plot")
textpath = LazyModule("matplotlib.textpath", extra="plot")

SPLINES = ("ortho", "curved", "polyline", "spline", "line")

# In points. Colours: of Okabe and Ito, darkened: everybody tells them apart.
PAD, LINE = 8.0, 16.0
INK, EDGE, GROUND = "#16324f", "#4a4a4a", "#eef3f8"
TITLE, TEXT = (11, "bold", "white"), (10, "normal", "black")
TRAINED = {
    True: ("Trainable", (10, "bold", "#005b8f")),
    False: ("Non-trainable", (10, "bold", "#b34700")),
}
MOST_PIXELS = 60_000  # along one side: what Matplotlib can make


class Picture:
    """Boxes and edges on a figure.

    A graph runs along one direction of the picture; places are (across, along) until
    `_at` turns them into x and y.

    Args:
        group: What to draw.
        rankdir: Where the graph runs: `"TB"`, `"BT"`, `"LR"` or `"RL"`.
        splines: How its edges run, one of `SPLINES`.
    """

    def __init__(self, group: Group, rankdir: str, splines: str):
        self.is_turned = rankdir in ("LR", "RL")
        self.is_backwards = rankdir in ("BT", "RL")
        self.splines = splines
        self.layouts: dict[int, Layout] = {}
        self.boxes: dict[str, tuple] = {}  # key -> its centre and its size
        self.size = self._group_size(group)
        self.figure = figures.Figure()
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        width, height = self._turned(self.size)
        self.figure.set_size_inches((width + 2 * PAD) / 72, (height + 2 * PAD) / 72)
        self.axes.set(xlim=(-PAD, width + PAD), ylim=(height + PAD, -PAD))
        self.axes.set_axis_off()
        self._draw_group(group, 0.0, 0.0)

    def save(self, path: str, dpi: float, suffix: str) -> None:
        """Writes the picture; one that were too large gets fewer dots per inch."""
        longest = max(self.figure.get_size_inches())
        dpi = min(dpi, MOST_PIXELS / longest)
        self.figure.savefig(path, dpi=dpi, format=suffix, facecolor="white")

    def _turned(self, pair: tuple) -> tuple:
        return pair[::-1] if self.is_turned else pair

    def _at(self, across: float, along: float) -> tuple[float, float]:
        if self.is_backwards:
            along = self.size[1] - along
        return self._turned((across, along))

    # Sizes ----------------------------------------------------------------------------

    def _size(self, member) -> tuple[float, float]:
        if isinstance(member, Group):
            across, along = self._group_size(member)
            width, height = self._turned((across + 2 * PAD, along + 2 * PAD))
            width = max(width, _width(member.name, *TITLE) + 2 * PAD)
            return self._turned((width, height + LINE))
        lines = _lines(member)
        width = max(_width(text, *look) for text, look in lines)
        facts = LINE * (len(lines) - 1) + PAD / 2 if len(lines) > 1 else 0.0
        return self._turned((width + 2 * PAD, LINE + PAD + facts))

    def _group_size(self, group: Group) -> tuple[float, float]:
        owners = {key: i for i, x in enumerate(group.members) for key in _keys(x)}
        pairs = [(owners[tail], owners[head]) for tail, head in group.edges]
        layout = Layout([self._size(member) for member in group.members], pairs)
        layout.pairs = pairs
        self.layouts[id(group)] = layout
        loops = sum(pair not in layout.chains for pair in pairs)
        return layout.size[0] + (loops and loops + 1) * PAD, layout.size[1]

    # Drawing --------------------------------------------------------------------------

    def _draw_group(self, group: Group, left: float, top: float) -> None:
        """Draws the members and edges of a group whose places begin at (left, top)."""
        layout = self.layouts[id(group)]
        for i, member in enumerate(group.members):
            across, along = layout.centers[i]
            place = (left + across, top + along, *layout.sizes[i])
            if isinstance(member, Group):
                self._draw_frame(member, place)
            else:
                self._draw_box(member, place)
        loops = 0
        for (tail, head), pair in zip(group.edges, layout.pairs, strict=True):
            loops += pair not in layout.chains
            points = self._way(layout, pair, tail, head, left, top, loops)
            self._draw_edge(points)

    def _rectangle(self, place: tuple, **look) -> tuple[float, float, float, float]:
        """Draws a rectangle; returns its left, top, width and height."""
        x, y = self._at(*place[:2])
        width, height = self._turned(place[2:])
        x, y = x - width / 2, y - height / 2
        self.axes.add_patch(patches.Rectangle((x, y), width, height, **look))
        return x, y, width, height

    def _draw_frame(self, group: Group, place: tuple) -> None:
        look = {"facecolor": GROUND, "edgecolor": INK, "linestyle": "--"}
        x, y, *_ = self._rectangle(place, **look, linewidth=1)
        self._write(x + PAD, y + LINE / 2 + 3, group.name, (11, "bold", INK))
        across, along = (place[k] - place[k + 2] / 2 + PAD for k in (0, 1))
        if self.is_turned:
            across += LINE
        elif not self.is_backwards:
            along += LINE
        self._draw_group(group, across, along)

    def _draw_box(self, box: Box, place: tuple) -> None:
        self.boxes[box.key] = place
        look = {"facecolor": "white", "edgecolor": INK, "linewidth": 1.2}
        x, y, width, _ = self._rectangle(place, **look, zorder=3)
        bar = LINE + PAD
        lines = _lines(box)
        self.axes.add_patch(patches.Rectangle((x, y), width, bar, color=INK, zorder=3))
        self._write(x + width / 2, y + bar / 2, *lines[0], "center")
        for k, (text, look) in enumerate(lines[1:], 1):
            self._write(x + PAD, y + bar + LINE * (k - 0.5), text, look)

    def _write(self, x, y, text: str, look: tuple, where="left") -> None:
        size, weight, colour = look
        self.axes.text(
            x, y, text, size=size, weight=weight, color=colour, family="DejaVu Sans",
            ha=where, va="center_baseline", parse_math=False, zorder=4,
        )  # fmt: skip

    def _way(self, layout, pair, tail, head, left, top, loops) -> list[tuple]:
        """The corners of an edge, with the kind of line that leads to each."""
        (x0, y0, w0, h0), (x1, y1, w1, h1) = self.boxes[tail], self.boxes[head]
        if pair not in layout.chains:  # back along the side
            side = left + layout.size[0] + PAD * loops
            lower, upper = y0 + h0 / 4, y1 - h1 / 4
            ends = (x0 + w0 / 2, lower), (x1 + w1 / 2, upper)
            return [ends[0], (side, lower), (side, upper), ends[1]]
        points = [(x0, y0 + h0 / 2)]
        for (x, y), (to_x, to_y), turn in layout.route(*pair, x0 - left, x1 - left):
            x, to_x, y, to_y, turn = (
                x + left,
                to_x + left,
                y + top,
                to_y + top,
                turn + top,
            )
            points.append((x, y))
            if self.splines == "ortho":
                points += [(x, turn), (to_x, turn)]
            elif self.splines in ("curved", "spline"):
                middle = (y + to_y) / 2
                points.append(((x, middle), (to_x, middle), (to_x, to_y)))
            points.append((to_x, to_y))
        return [*points, (x1, y1 - h1 / 2)]

    def _draw_edge(self, points: list) -> None:
        """Draws lines through points, and a curve where a point is three."""
        corners, codes = [], []
        for point in points:
            bends = point if isinstance(point[0], tuple) else (point,)
            if corners[-1:] != [self._at(*bends[-1])]:  # no piece without a length
                corners += [self._at(*bend) for bend in bends]
                kind = paths.Path.CURVE4 if len(bends) > 1 else paths.Path.LINETO
                codes += [kind] * len(bends)
        codes[0] = paths.Path.MOVETO
        self.axes.add_patch(
            patches.FancyArrowPatch(
                path=paths.Path(corners, codes),
                arrowstyle="-|>",
                mutation_scale=11,
                color=EDGE,
                linewidth=1.3,
                joinstyle="round",
                zorder=2,
            )
        )


def _keys(member) -> list[str]:
    """The boxes in a member of a group."""
    if isinstance(member, Box):
        return [member.key]
    return [key for inner in member.members for key in _keys(inner)]


def _lines(box: Box) -> list[tuple]:
    """The lines of text in a box, each with its size, weight and colour."""
    title = f"{box.name} ({box.kind})" if box.name else box.kind
    lines = [(title, TITLE)]
    if box.activation is not None:
        lines.append((f"Activation: {box.activation}", TEXT))
    lines += [(f"{name}: {text}", TEXT) for name, text in box.facts]
    if box.is_trainable is not None:
        lines.append(TRAINED[box.is_trainable])
    return lines


def _width(text: str, size: float, weight: str, colour: str) -> float:
    font = fonts.FontProperties(family="DejaVu Sans", weight=weight)
    outline = textpath.TextPath((0, 0), text, size=size, prop=font)
    return 1.04 * outline.get_extents().width  # letters on pixels take a little more
