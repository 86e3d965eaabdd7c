"""The report as pictures (SVG), where matplotlib is installed."""

import math
import pathlib

from .growth import AXES
from .table import MEASURES

try:
    import matplotlib
    from matplotlib.figure import Figure
except ImportError:
    matplotlib = None

HOW_TO_GET = "no plots: matplotlib is not here. Try pip install 'minikeras[plot]'"
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "minikeras", "font.size": 8}
COLOURS = {
    "minikeras": "#d1495b",
    "jax": "#30638e",
    "tensorflow": "#edae49",
    "torch": "#00798c",
    "sklearn": "#8d96a3",
    "eager": "#e9a6ae",
}


def draw(results: dict, folder: pathlib.Path) -> list[pathlib.Path]:
    """Draws what was measured; returns the files."""
    if matplotlib is None:
        print(HOW_TO_GET)
        return []
    titles, files = results["about"]["titles"], []
    with matplotlib.rc_context(STYLE):
        for load, found in results.get("workloads", {}).items():
            found = {
                name: each for name, each in found.items() if "skipped" not in each
            }
            if found:
                path = folder / f"{load}.svg"
                files.append(save(measures(found, titles), path))
        grown = results.get("growth", {})
        grown = {name: each for name, each in grown.items() if "skipped" not in each}
        if grown:
            files.append(save(growth(grown, titles), folder / "growth.svg"))
    return files


def save(figure, path: pathlib.Path) -> pathlib.Path:
    """Writes a figure; the same numbers give the same file."""
    figure.savefig(path, metadata={"Date": None})
    return path


def measures(found: dict, titles: dict):
    """A panel for each measure: groups of bars, on a logarithmic scale."""
    told = {key for each in found.values() for one in each.values() for key in one}
    shown = [measure for measure in MEASURES if measure.key in told]
    figure = Figure((8, 2.2 * len(shown)), layout="constrained")
    panels = figure.subplots(len(shown), 1, squeeze=False).ravel()
    for panel, measure in zip(panels, shown, strict=True):
        bars(panel, found, measure.key, titles)
        panel.set_title(measure.title.replace("`", ""))
    add_legend(figure, panels[0])
    return figure


def add_legend(figure, panel) -> None:
    """Names the contestants once for all panels, side by side."""
    handles, titles = panel.get_legend_handles_labels()
    figure.legend(handles, titles, loc="outside lower center", ncols=len(titles))


def bars(panel, found: dict, key: str, titles: dict) -> None:
    """A group of bars for each workload, a bar for each contestant."""
    width = 0.8 / len(titles)
    for place, (name, title) in enumerate(titles.items()):
        heights = [found[each].get(name, {}).get(key) or math.nan for each in found]
        where = [group + place * width for group in range(len(found))]
        panel.bar(where, heights, width, label=title, color=COLOURS[name])
    panel.set_xticks([group + 0.4 - width / 2 for group in range(len(found))], found)
    panel.set_yscale("log")


def growth(found: dict, titles: dict):
    """A panel for each axis: milliseconds per step against its values."""
    figure = Figure((8, 6), layout="constrained")
    panels = figure.subplots(2, 2).ravel()
    for panel, name in zip(panels, found, strict=False):
        lines(panel, found[name], titles)
        panel.set_title(AXES[name].title)
        panel.set_ylabel("ms per step")
    for panel in panels[len(found) :]:
        panel.set_visible(False)
    add_legend(figure, panels[0])
    return figure


def lines(panel, found: dict, titles: dict) -> None:
    """A line for each contestant, both scales logarithmic."""
    for name, figures in found.items():
        if "error" not in figures:
            values = [int(value) for value in figures]
            label, colour = titles[name], COLOURS[name]
            panel.plot(values, figures.values(), ".-", label=label, color=colour)
    panel.loglog()
