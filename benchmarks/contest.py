"""Contestants take turns, so that a slow moment of the machine hits all of them."""

import os
import pathlib
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).parents[1]


def alternate(commands: dict[str, list[str]], rounds: int, measure) -> dict[str, float]:
    """Returns the median of each command's figures, taken in turns.

    Args:
        commands: Name -> command line.
        rounds: How often each command runs; its first run is extra and not counted.
        measure: Function of a command line that returns its figure.
    """
    figures = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            figures[name].append(measure(command))
    return {name: statistics.median(values[1:]) for name, values in figures.items()}


def wall_time(command: list[str]) -> float:
    """Returns the seconds that a process takes from start to end."""
    start = time.perf_counter()
    output_of(command)
    return time.perf_counter() - start


def printed_number(command: list[str]) -> float:
    """Returns the number that a process prints last."""
    return float(output_of(command).split()[-1])


def output_of(command: list[str]) -> str:
    """Runs a command in the repository; returns what it printed."""
    settings = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu", **os.environ}
    settings.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages are compiled
    done = subprocess.run(
        command, cwd=ROOT, env=settings, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout
