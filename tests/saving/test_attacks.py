"""Hostile files (attacks.py) and damaged ones (fuzzing.py), loaded in processes."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from .attacks import ATTACKS, HARMLESS

ROOT = pathlib.Path(__file__).parents[2]
REFUSALS = ("SavingError", "OutsideDestinationError")
FILES, SEEDS = 1000, range(5)
SECONDS, MEGABYTES = 2, 200  # that one file may take


def run(module, *arguments):
    """Runs a module in a new process; returns the JSON in its last line."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.saving.{module}", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def attempts():
    return run("attacks")


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_refused_and_does_nothing(attempts, name):
    attempt = attempts[name]
    assert attempt["noted"] == []
    own = {"datasets", "data.tar.gz_archive"}  # of get_file
    assert set(attempt["new"]) <= (own if "tar" in name else set())
    if name in HARMLESS:
        assert attempt["error"] is None
        return
    kind, message = attempt["error"]
    assert kind in REFUSALS or "outside" in message
    assert len(message) > 40


@pytest.mark.parametrize("seed", SEEDS)
def test_damaged_files(seed):
    """Of 5,000 damaged files each loads, or is refused in one way, at once."""
    found = run("fuzzing", seed, FILES)
    assert found["foreign"] == []
    assert sum(found["ends"].values()) == FILES
    assert found["slowest"] < SECONDS
    assert found["growth"] < MEGABYTES
