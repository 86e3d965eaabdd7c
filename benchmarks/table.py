"""The report as Markdown: one table per measure, workloads down, contestants across."""

import datetime
import os
import pathlib
import platform
from typing import NamedTuple

from . import ops
from .contestants import KERAS_PEERS
from .growth import AXES
from .layers import ROWS
from .workloads import FIRST_EPOCH, WORKLOADS

START = "<!-- the last table starts here; python -m benchmarks --write replaces it -->"
END = "<!-- the last table ends here -->"


LAYERS_MARKERS = (
    "<!-- layers start here; python -m benchmarks layers --write replaces them -->",
    "<!-- layers end here -->",
)
OPS_MARKERS = (
    "<!-- ops start here; python -m benchmarks ops --write replaces them -->",
    "<!-- ops end here -->",
)
LOSES = 0.5  # below this part of the best peer's speed a layer is listed


class Measure(NamedTuple):
    """A number that is told of every workload, and the words above its table."""

    key: str
    title: str
    note: str


MEASURES = (
    Measure(
        "step_ms",
        "Milliseconds per training step",
        "Median, and the minimum in brackets, of `fit` after a warm-up.",
    ),
    Measure(
        "epoch_s",
        "Seconds from the process's start to the end of the first epoch",
        f"The first epoch has {FIRST_EPOCH} batches.",
    ),
    Measure("peak_mb", "Peak memory in MB", "Of the whole process, Python included."),
    Measure(
        "predict_us",
        "Microseconds of `model.predict` of one sample",
        "Median, and the minimum in brackets.",
    ),
    Measure(
        "call_us",
        "Microseconds of `model(x)` of one sample",
        "Median, and the minimum in brackets, until the result is a NumPy array.",
    ),
)


def report(results: dict) -> str:
    """Returns the whole report.

    Args:
        results: `about`, and the sections that were run.
    """
    parts = [about(results["about"])]
    loads = results.get("workloads", {})
    for load, found in loads.items():
        parts += [section(measure, found, results, load) for measure in MEASURES]
        parts += [skipped(found, WORKLOADS), failures(found, WORKLOADS)]
    if "idle" in loads:
        parts.append(blas(loads["idle"]))
    if "busy" in loads:
        parts.append(slowdown(loads, results))
    if "install" in results:
        parts.append(install(results["install"], results))
    for name, found in results.get("growth", {}).items():
        parts.append(growth(name, found, results))
    return "\n\n".join(part for part in parts if part) + "\n"


def about(facts: dict) -> str:
    """The date, the machine and the versions."""
    lines = [f"{facts['date']}, {facts['machine']}. {facts['how']}", ""]
    versions = [f"- {title}: {text}" for title, text in facts["versions"].items()]
    return "\n".join(lines + versions)


def machine() -> str:
    """Describes this computer: its processor, cores and system."""
    model, info = platform.processor(), pathlib.Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if "model name" in line]
        model = names[0].split(":")[1].strip() if names else model
    return f"{model or platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def today() -> str:
    """The date as a word."""
    return datetime.date.today().isoformat()


def section(measure: Measure, found: dict, results: dict, load: str) -> str:
    """One measure of all workloads; the last column compares with the best of Keras."""
    names = [name for name in results["about"]["titles"] if has(found, name, measure)]
    rows = []
    for workload, reports in found.items():
        if "skipped" not in reports:
            cells = [cell(reports.get(name, {}), measure.key) for name in names]
            gain = advantage(reports, measure.key)
            rows.append([WORKLOADS[workload].title, *cells, gain])
    if not rows:
        return ""
    heading = measure.title + (", beside a busy process" if load == "busy" else "")
    titles = [results["about"]["titles"][name] for name in names]
    table = grid(["workload", *titles, "best Keras / minikeras"], rows)
    return f"### {heading}\n\n{measure.note}\n\n{table}"


def has(found: dict, name: str, measure: Measure) -> bool:
    """Whether any workload has this measure of this contestant."""
    return any(measure.key in reports.get(name, {}) for reports in found.values())


def cell(figures: dict, key: str) -> str:
    """A median, with its minimum in brackets where there is one."""
    if "error" in figures:
        return "failed"
    if figures.get(key) is None:
        return "-"
    least = figures.get(f"{key}_min")
    return number(figures[key]) + (f" ({number(least)})" if least is not None else "")


def number(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def advantage(reports: dict, key: str) -> str:
    """How many times minikeras does better than the best Keras backend."""
    own = reports.get("minikeras", {}).get(key)
    others = [reports.get(name, {}).get(key) for name in KERAS_PEERS]
    others = [value for value in others if value is not None]
    return f"**{min(others) / own:.2f}**" if own and others else "-"


def skipped(found: dict, rows: dict) -> str:
    """A line for each workload or layer that cannot run yet."""
    return "\n".join(
        f"- {rows[name].title}: {reports['skipped']}"
        for name, reports in found.items()
        if "skipped" in reports
    )


def failures(found: dict, rows: dict) -> str:
    """A line for each contestant that failed."""
    return "\n".join(
        f"- {rows[name].title}, {each}: {figures['error']}"
        for name, reports in found.items()
        for each, figures in reports.items()
        if "error" in figures
    )


def blas(found: dict) -> str:
    """How much of minikeras's step is matrix products: what no step can go below."""
    rows = []
    for name, reports in found.items():
        own = reports.get("minikeras", {})
        if "floor_ms_min" in own:
            share = f"{own['floor_ms_min'] / own['step_ms']:.0%}"
            floor, step = number(own["floor_ms_min"]), number(own["step_ms"])
            rows.append([WORKLOADS[name].title, floor, step, share])
    note = (
        "A step's matrix products alone at their best, on one core with NumPy's BLAS."
    )
    table = grid(["workload", "products, ms", "minikeras's step, ms", "share"], rows)
    return f"### The floor: BLAS\n\n{note}\n\n{table}" if rows else ""


def slowdown(loads: dict, results: dict) -> str:
    """How many times slower a step is beside a busy process."""
    titles, rows = results["about"]["titles"], []
    for name, quiet in loads["idle"].items():
        noisy = loads["busy"][name]
        if "skipped" not in quiet:
            rows.append([WORKLOADS[name].title, *ratios(noisy, quiet, titles)])
    table = grid(["workload", *titles.values()], rows)
    note = "Median time per step beside a busy process, divided by that without it."
    return f"### Beside a busy process\n\n{note}\n\n{table}" if rows else ""


def ratios(noisy: dict, quiet: dict, names) -> list[str]:
    """The quotients of two reports, contestant by contestant."""
    pairs = [
        (noisy.get(name, {}).get("step_ms"), quiet.get(name, {}).get("step_ms"))
        for name in names
    ]
    return [f"{slow / fast:.2f}" if slow and fast else "-" for slow, fast in pairs]


def install(found: dict, results: dict) -> str:
    """What importing and installing cost."""
    titles = {**results["about"]["titles"], "numpy": "NumPy alone"}
    rows = [
        [titles[name], cell(figures, "import_s"), cell(figures, "installed_mb")]
        for name, figures in found.items()
    ]
    note = (
        "The import's time is that of a process with it less that of one without. The "
        "size is that of the package and all it requires."
    )
    table = grid(["", "import, s", "installed, MB"], rows)
    return f"### Import time and installed size\n\n{note}\n\n{table}"


def growth(name: str, found: dict, results: dict) -> str:
    """Milliseconds per step along one axis."""
    axis, titles = AXES[name], results["about"]["titles"]
    heading = f"### Growth with {axis.title}, ms per step"
    if "skipped" in found:
        return f"{heading}\n\n{found['skipped']}"
    values = [str(value) for value in axis.values]
    rows = [
        [titles[each], *(cell(figures, value) for value in values)]
        for each, figures in found.items()
    ]
    return f"{heading}\n\n{grid(['', *values], rows)}"


LAYER_MEASURES = (
    Measure(
        "forward_ms",
        "Milliseconds of a layer forward",
        "Median, and the minimum in brackets, in training mode.",
    ),
    Measure(
        "both_ms",
        "Milliseconds of a layer forward and backward",
        "As above, with the gradients of weights and inputs.",
    ),
)


def layers_report(results: dict) -> str:
    """Returns the report on layers, one table per way and the losers below."""
    found = results["layers"]
    parts = [about(results["about"])]
    for measure in LAYER_MEASURES:
        parts += [layer_table(measure, found, results), losers(measure, found)]
    parts += [skipped(found, ROWS), failures(found, ROWS)]
    return "\n\n".join(part for part in parts if part) + "\n"


def layer_table(measure: Measure, found: dict, results: dict) -> str:
    """One way of running all layers; the last column compares with the best peer."""
    titles = results["about"]["titles"]
    rows = [
        [
            ROWS[name].title,
            *(cell(reports.get(each, {}), measure.key) for each in titles),
            advantage(reports, measure.key),
        ]
        for name, reports in found.items()
        if "skipped" not in reports
    ]
    heads = ["layer, input", *titles.values(), "best Keras / minikeras"]
    table = grid(heads, rows)
    return f"### {measure.title}\n\n{measure.note}\n\n{table}" if rows else ""


def losers(measure: Measure, found: dict) -> str:
    """A line for each layer that is less than half as fast as the best peer."""
    lines = []
    for name, reports in found.items():
        gain = advantage(reports, measure.key).strip("*")
        if gain != "-" and float(gain) < LOSES:
            lines.append(f"- {ROWS[name].title}: {gain}")
    heading = f"Below {LOSES} of the best peer's speed:"
    return "\n".join([heading, "", *lines]) if lines else ""


def ops_report(results: dict) -> str:
    """Returns the report on small calls: arrays, then tensors."""
    parts = [about(results["about"])]
    parts += [ops_table(way, results) for way in ops.WAYS]
    parts.append(failures(results["ops"], ops.ROWS))
    return "\n\n".join(part for part in parts if part) + "\n"


def ops_table(way: str, results: dict) -> str:
    """Small calls given one kind of arguments; the last column is ours less NumPy's."""
    key, titles, rows = f"{way}_us", results["about"]["titles"], []
    for name, reports in results["ops"].items():
        own = reports["minikeras"]
        beyond = [own.get(key), own.get("numpy_us")]
        extra = "-" if None in beyond else f"**{number(beyond[0] - beyond[1])}**"
        cells = [cell(reports.get(each, {}), key) for each in titles]
        rows.append([ops.ROWS[name].title, cell(own, "numpy_us"), *cells, extra])
    heads = ["call, size", "NumPy itself", *titles.values(), "minikeras beyond NumPy"]
    note = f"Median, and the minimum in brackets, of an eager call on {way}."
    return f"### Microseconds of a call on {way}\n\n{note}\n\n{grid(heads, rows)}"


def grid(heads: list[str], rows: list[list[str]]) -> str:
    """A Markdown table: first column to the left, numbers to the right."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, rule, *rows])


def put_between_markers(page: str, text: str, start=START, end=END) -> str:
    """Returns the page with the text in place of what is between two markers."""
    if page.count(start) != 1 or page.count(end) != 1:
        raise ValueError(
            f"the page must have each marker once: {start!r} and {end!r}. "
            "Restore them from the repository."
        )
    before, rest = page.split(start)
    return f"{before}{start}\n\n{text.strip()}\n\n{end}{rest.split(end)[1]}"
