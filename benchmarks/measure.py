"""The sections of the report: workloads, growth, installing and importing.

Each function returns plain dicts of numbers; `table.py` and `plots.py` show them.
"""

import contextlib
import sys

import minikeras

from .busy import busy_process
from .contest import run_time, take_turns, worker_turn
from .contestants import Contestant
from .growth import AXES
from .layers import ROWS
from .workloads import WORKLOADS

IMPORTS = {
    "minikeras": "import minikeras as keras; keras.Sequential",
    "keras": "import keras; keras.Sequential",
    "sklearn": "from sklearn.neural_network import MLPClassifier",
    "numpy": "import numpy",
}


def workloads(contestants: dict, names: list[str], options) -> dict:
    """Returns load -> workload -> contestant -> measurements.

    With `busy`, each workload is run beside a busy process right after its quiet run.
    """
    loads = {"idle": contextlib.nullcontext}
    if options.busy:
        loads["busy"] = busy_process
    found = {load: {} for load in loads}
    for name in names:
        for load, company in loads.items():
            with company():
                found[load][name] = workload(contestants, name, options, load)
    return found


def workload(contestants: dict, name: str, options, load: str) -> dict:
    """Returns contestant -> measurements, or why there are none."""
    row = WORKLOADS[name]
    missing = row.missing(minikeras)
    if missing:
        return {"skipped": f"not yet: needs {', '.join(missing)}"}
    able = {
        each: contestant
        for each, contestant in contestants.items()
        if contestant.package != "sklearn" or row.sklearn
    }
    return take_turns(
        able,
        options.rounds,
        lambda each: worker_turn(each, workload=name, seconds=options.seconds),
        f"{name}, {load}",
    )


def growth(contestants: dict, options) -> dict:
    """Returns axis -> contestant -> value -> milliseconds per step."""
    able = {
        name: contestant
        for name, contestant in contestants.items()
        if contestant.package != "sklearn"
    }
    found = {}
    for name, axis in AXES.items():
        missing = [
            layer for layer in axis.needs if not hasattr(minikeras.layers, layer)
        ]
        if missing:
            found[name] = {"skipped": f"not yet: needs {', '.join(missing)}"}
            continue
        found[name] = take_turns(
            able,
            options.rounds,
            lambda each: worker_turn(each, axis=name, seconds=options.seconds),  # noqa: B023
            f"growth with {name}",
        )
    return found


def layers(contestants: dict, names: list[str], options) -> dict:
    """Returns row -> contestant -> measurements, or why there are none.

    A process measures all rows of a family.
    """
    found = {}
    for name in names:
        missing = ROWS[name].missing(minikeras.layers)
        if missing:
            found[name] = {"skipped": f"not yet: needs {', '.join(missing)}"}
    there = [name for name in names if name not in found]
    for family in dict.fromkeys(ROWS[name].family for name in there):
        rows = [name for name in there if ROWS[name].family == family]
        reports = take_turns(
            contestants,
            options.rounds,
            lambda each: worker_turn(each, layers=rows, seconds=options.seconds),  # noqa: B023
            f"layers, {family}",
        )
        found |= {name: part_of(reports, name) for name in rows}
    return {name: found[name] for name in names}


def ops(contestants: dict, names: list[str], options) -> dict:
    """Returns row -> contestant -> measurements; a process measures all rows."""
    reports = take_turns(
        contestants,
        options.rounds,
        lambda each: worker_turn(each, ops=names, seconds=options.seconds),
        "ops",
    )
    return {name: part_of(reports, name) for name in names}


def part_of(reports: dict, name: str) -> dict:
    """What the reports on a family say of one row."""
    start = f"{name}/"
    return {
        each: {
            key.removeprefix(start): value
            for key, value in figures.items()
            if key.startswith(start) or key == "error"
        }
        for each, figures in reports.items()
    }


def install(contestants: dict, options) -> dict:
    """Returns contestant -> megabytes on disk and seconds to import."""
    numpy = Contestant("NumPy alone", "numpy", ("numpy",))
    imported = {each: contestants[each] for each in contestants if each != "eager"}
    found = take_turns(
        imported | {"numpy": numpy},
        options.rounds,
        import_turn,
        "import",
    )
    for name, contestant in imported.items():
        found[name]["installed_mb"] = contestant.found["bytes"] / 1024**2
    return found


def import_turn(contestant: Contestant) -> dict:
    """Returns the seconds of an import: a process with it less a process without."""
    full = run_time(contestant, IMPORTS[contestant.package])
    if "error" in full:
        return full
    return {"import_s": full["seconds"] - run_time(contestant, "pass")["seconds"]}


def warm_up(contestants: dict) -> None:
    """Runs each contestant once, so that files are compiled and in the disk's cache."""
    for name, contestant in contestants.items():
        print(f"warming up: {name}", file=sys.stderr)
        report = worker_turn(contestant, workload="tabular", seconds=0)
        if "error" in report:
            raise SystemExit(f"{contestant.title} does not run: {report['error']}")
