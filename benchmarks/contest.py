"""Contestants take turns, so that a slow moment of the machine hits all of them.

Each turn is a process of its own. The figure of a contestant is the median over its
turns; a least value is the least of all turns.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator

from .contestants import ROOT, Contestant
from .worker import MARK

PATIENCE = 900  # seconds until a process is taken to hang


def take_turns(
    contestants: dict[str, Contestant],
    rounds: int,
    turn: Callable[[Contestant], dict],
    label: str,
) -> dict[str, dict]:
    """Lets each contestant have its turn, round after round.

    Args:
        contestants: Name -> contestant.
        rounds: Turns that each one has.
        turn: Function of a contestant that returns its measurements.
        label: What is being done, for the line that says so.
    """
    reports = {name: [] for name in contestants}
    for number, name in turns(list(contestants), rounds):
        print(f"{label}, round {number + 1}/{rounds}: {name}", file=sys.stderr)
        reports[name].append(turn(contestants[name]))
    return {name: summary(found) for name, found in reports.items()}


def turns(names: list[str], rounds: int) -> Iterator[tuple[int, str]]:
    """Yields round and name; each round starts with another name."""
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            yield number, name


def summary(reports: list[dict]) -> dict:
    """Returns each measurement's median, the least of minima; or the first error."""
    for report in reports:
        if "error" in report:
            return report
    together = {}
    for name in reports[0]:
        values = [report[name] for report in reports]
        if isinstance(values[0], str):  # why there are no numbers
            together[name] = values[0]
            continue
        middle = min if name.endswith("_min") else statistics.median
        together[name] = None if None in values else middle(values)
    return together


def worker_turn(contestant: Contestant, **task) -> dict:
    """Runs the worker in a new process; returns its measurements.

    `epoch_s` is measured here: from before the process exists until its mark arrives.
    """
    command = [contestant.python, "-m", "benchmarks.worker"]
    epoch, last, start = {}, "", time.perf_counter()
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(
            [*command, json.dumps(contestant.job(**task))],
            cwd=ROOT,
            env=contestant.environment(),
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        for line in lines_of(process):
            if line.strip() == MARK:
                epoch = {"epoch_s": time.perf_counter() - start}
            last = line
        if process.returncode:
            return {"error": last_words(complaints, process.returncode)}
    return epoch | json.loads(last)


def lines_of(process: subprocess.Popen) -> Iterator[str]:
    """Yields what a process prints, waits for its end, and ends it if it hangs."""
    alarm = threading.Timer(PATIENCE, process.kill)
    alarm.start()
    try:
        with process:
            yield from process.stdout
    finally:
        alarm.cancel()


def last_words(complaints, code: int) -> str:
    """Returns the last line that a failed process wrote."""
    complaints.seek(0)
    lines = complaints.read().strip().splitlines()
    return lines[-1] if lines else f"ended with code {code}"


def run_time(contestant: Contestant, code: str) -> dict:
    """Returns the seconds that a new interpreter takes for some code."""
    start = time.perf_counter()
    done = subprocess.run(
        [contestant.python, "-c", code],
        cwd=ROOT,
        env=contestant.environment(),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1]}
    return {"seconds": time.perf_counter() - start}
