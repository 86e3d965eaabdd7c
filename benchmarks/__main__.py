"""The command line: `python -m benchmarks [layers] [OPTIONS]`; see README.md."""

import argparse
import json
import pathlib
import sys

from . import contestants, measure, plots, table
from .layers import ROWS
from .workloads import WORKLOADS

HERE = pathlib.Path(__file__).parent
KEPT = HERE / "results"  # beside the README that shows them
PASSING = HERE.parent / "build" / "benchmarks"
SECTIONS = [*WORKLOADS, "install", "growth"]


def main(arguments: list[str] | None = None) -> None:
    """Measures, prints the report, and keeps it with its plots and numbers."""
    options = parsed(arguments)
    if options.part == "layers":
        results = measured_layers(options)
        text = table.layers_report(results)
        print(text)
        keep_layers(results, text, options)
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
    add("part", nargs="?", choices=["layers"], help="layers one by one, nothing else")
    add("--rounds", type=positive, default=5, help="processes per contestant (5)")
    add("--seconds", type=float, help="time spent on each measure (2; of layers 0.5)")
    add("--python", action="append", metavar="PATH", help="interpreter that has peers")
    add("--only", metavar="A,B", help=f"{', '.join(SECTIONS)}; or layers of the table")
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
    names = ROWS if options.part else SECTIONS
    try:
        options.only = options.only and chosen(names)(options.only)
    except argparse.ArgumentTypeError as error:
        parser.error(f"argument --only: {error}")
    if options.seconds is None:
        options.seconds = 0.5 if options.part else 2.0
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


def measured_layers(options: argparse.Namespace) -> dict:
    """Returns what the layers that were asked for take, package by package."""
    backends = [name for name in options.peers if name in contestants.KERAS_PEERS]
    found = contestants.find(backends, options.python or [sys.executable])
    measure.warm_up(found)
    layers = measure.layers(found, options.only or list(ROWS), options)
    return {"about": about(found, options), "layers": layers}


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


def keep_layers(results: dict, text: str, options: argparse.Namespace) -> None:
    """Writes the report on layers and its numbers, and on request the README."""
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "layers.md").write_text(text, encoding="utf-8")
    numbers = json.dumps(results, indent=1)
    (options.output / "layers.json").write_text(numbers + "\n", encoding="utf-8")
    if options.write:
        page = HERE / "README.md"
        old, markers = page.read_text(encoding="utf-8"), table.LAYERS_MARKERS
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
