"""The command line: `python -m benchmarks [layers|ops] [OPTIONS]`; see README.md."""

import argparse
import json
import pathlib
import sys
from collections.abc import Callable
from typing import NamedTuple

from . import contestants, layers, measure, ops, plots, table
from .workloads import WORKLOADS

HERE = pathlib.Path(__file__).parent
KEPT = HERE / "results"  # beside the README that shows them
PASSING = HERE.parent / "build" / "benchmarks"
SECTIONS = [*WORKLOADS, "install", "growth"]


class Part(NamedTuple):
    """Something that is measured by itself, with a table of its own."""

    rows: dict
    measured: Callable
    report: Callable
    markers: tuple[str, str]
    seconds: float
    peers: tuple[str, ...] = ()  # besides those of the workloads


PARTS = {
    "layers": Part(
        layers.ROWS, measure.layers, table.layers_report, table.LAYERS_MARKERS, 0.5
    ),
    "ops": Part(
        ops.ROWS, measure.ops, table.ops_report, table.OPS_MARKERS, 0.2, ("numpy",)
    ),
}


def main(arguments: list[str] | None = None) -> None:
    """Measures, prints the report, and keeps it with its plots and numbers."""
    options = parsed(arguments)
    if options.part:
        results = measured_part(options)
        text = PARTS[options.part].report(results)
        print(text)
        keep_part(results, text, options)
        return
    results = measured(options)
    text = table.report(results)
    print(text)
    keep(results, text, options)


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """Returns the options; ends with a message about those that make no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Times minikeras side by side with Keras on its backends.",
    )
    add = parser.add_argument
    add("part", nargs="?", choices=[*PARTS], help="layers or small calls, nothing else")
    add("--rounds", type=positive, default=5, help="processes per contestant (5)")
    add("--seconds", type=float, help="time spent on each measure (2; of parts less)")
    add("--python", action="append", metavar="PATH", help="interpreter that has peers")
    add("--only", metavar="A,B", help=f"{', '.join(SECTIONS)}; or rows of a part")
    add(
        "--peers",
        type=chosen(contestants.PEERS),
        default=contestants.DEFAULT_PEERS,
        metavar="A,B",
        help=", ".join(contestants.PEERS),
    )
    add("--busy", action="store_true", help="also run beside a busy process")
    add("--output", type=pathlib.Path, help="folder to fill")
    add("--write", action="store_true", help="put the report into benchmarks/README.md")
    options = parser.parse_args(arguments)
    part = PARTS.get(options.part)
    names = part.rows if part else SECTIONS
    try:
        options.only = options.only and chosen(names)(options.only)
    except argparse.ArgumentTypeError as error:
        parser.error(f"argument --only: {error}")
    if options.seconds is None:
        options.seconds = part.seconds if part else 2.0
    options.output = options.output or (KEPT if options.write else PASSING)
    return options


def positive(text: str) -> int:
    """Reads a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {number}")
    return number


def chosen(names):
    """Returns a reader of lists like `a,b` out of the names."""

    def read(text: str) -> list[str]:
        for name in text.split(","):
            if name not in names:
                known = ", ".join(names)
                raise argparse.ArgumentTypeError(f"no {name!r}, there are {known}")
        return text.split(",")

    return read


def measured(options: argparse.Namespace) -> dict:
    """Returns the sections that were asked for, and what they were measured with."""
    found = contestants.find(options.peers, options.python or [sys.executable])
    measure.warm_up(found)
    only = options.only or SECTIONS
    results = {"about": about(found, options)}
    names = [name for name in WORKLOADS if name in only]
    if names:
        results["workloads"] = measure.workloads(found, names, options)
    if "install" in only:
        results["install"] = measure.install(found, options)
    if "growth" in only:
        results["growth"] = measure.growth(found, options)
    return results


def measured_part(options: argparse.Namespace) -> dict:
    """Returns what the rows that were asked for take, package by package."""
    part = PARTS[options.part]
    known = [*contestants.KERAS_PEERS, *part.peers]
    backends = [name for name in (*options.peers, *part.peers) if name in known]
    found = contestants.find(
        [*dict.fromkeys(backends)], options.python or [sys.executable]
    )
    if not part.peers:  # Keras on NumPy does not train
        measure.warm_up(found)
    rows = part.measured(found, options.only or list(part.rows), options)
    return {"about": about(found, options), options.part: rows}


def about(found: dict, options: argparse.Namespace) -> dict:
    """Returns the date, the machine, the contestants and their versions."""
    return {
        "date": table.today(),
        "machine": table.machine(),
        "how": f"Medians over {options.rounds} processes of each contestant.",
        "titles": {name: each.title for name, each in found.items()},
        "versions": {each.title: each.version for each in found.values()},
    }


def keep(results: dict, text: str, options: argparse.Namespace) -> None:
    """Writes report, numbers and plots to the folder, and on request to the README."""
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "report.md").write_text(text, encoding="utf-8")
    numbers = json.dumps(results, indent=1)
    (options.output / "results.json").write_text(numbers + "\n", encoding="utf-8")
    pictures = plots.draw(results, options.output)
    if options.write:
        write_readme(text, pictures)
    print(f"kept in {options.output}", file=sys.stderr)


def keep_part(results: dict, text: str, options: argparse.Namespace) -> None:
    """Writes the report on a part and its numbers, and on request the README."""
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / f"{options.part}.md").write_text(text, encoding="utf-8")
    numbers = json.dumps(results, indent=1) + "\n"
    (options.output / f"{options.part}.json").write_text(numbers, encoding="utf-8")
    if options.write:
        page, markers = HERE / "README.md", PARTS[options.part].markers
        old = page.read_text(encoding="utf-8")
        new = table.put_between_markers(old, text, *markers)
        page.write_text(new, encoding="utf-8")
    print(f"kept in {options.output}", file=sys.stderr)


def write_readme(text: str, pictures: list[pathlib.Path]) -> None:
    """Replaces the last table of the README and shows the plots below it."""
    page = HERE / "README.md"
    links = [f"![{each.stem}]({link(each)})" for each in pictures]
    whole = "\n\n".join([text.strip(), *links])
    old = page.read_text(encoding="utf-8")
    page.write_text(table.put_between_markers(old, whole), encoding="utf-8")


def link(picture: pathlib.Path) -> str:
    """Returns the path of a picture as seen from the README."""
    picture = picture.resolve()
    return (
        picture.relative_to(HERE).as_posix()
        if HERE in picture.parents
        else str(picture)
    )


if __name__ == "__main__":
    main()
