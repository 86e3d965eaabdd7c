"""Who takes part: minikeras, and every peer that an interpreter at hand can import."""

import json
import os
import pathlib
import subprocess
import sys
from typing import NamedTuple

ROOT = pathlib.Path(__file__).parents[1]


class Contestant(NamedTuple):
    """A package to measure.

    Args:
        title: What the report calls it.
        package: What the worker trains with: `minikeras`, `keras` or `sklearn`.
        modules: What must be importable; the first is imported for the import time.
        backend: Keras's backend, if it has one.
        python: The interpreter that runs it.
        eager: Whether the step may not be compiled.
        found: Versions and installed bytes, as the interpreter told them.
    """

    title: str
    package: str
    modules: tuple[str, ...]
    backend: str = ""
    python: str = sys.executable
    eager: bool = False
    found: dict | None = None

    @property
    def version(self) -> str:
        """The versions of its modules, in words."""
        return ", ".join(f"{name} {text}" for name, text in self.versions.items())

    @property
    def versions(self) -> dict[str, str]:
        """Module -> version; Python's too."""
        return self.found["versions"] if self.found else {}

    def job(self, **task) -> dict:
        """Returns the worker's order for a task."""
        return {"package": self.package, "eager": self.eager, **task}

    def environment(self) -> dict[str, str]:
        """Returns a user's environment on a machine without accelerators."""
        settings = {
            **os.environ,
            "JAX_PLATFORMS": "cpu",
            "CUDA_VISIBLE_DEVICES": "-1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        settings.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages are compiled
        if self.backend:
            settings["KERAS_BACKEND"] = self.backend
        return settings


MINIKERAS = Contestant("minikeras", "minikeras", ("minikeras", "numpy", "h5py", "tqdm"))
KERAS_PEERS = {
    name: Contestant(f"Keras on {title}", "keras", ("keras", name), backend=name)
    for name, title in (
        ("jax", "JAX"),
        ("tensorflow", "TensorFlow"),
        ("torch", "torch"),
    )
}
PEERS = {
    **KERAS_PEERS,
    "sklearn": Contestant("scikit-learn", "sklearn", ("sklearn",)),
    "numpy": Contestant("Keras on NumPy", "keras", ("keras", "numpy"), backend="numpy"),
    "eager": MINIKERAS._replace(title="minikeras, eager", eager=True),
}
DEFAULT_PEERS = [name for name in PEERS if name not in ("numpy", "eager")]


def find(peers: list[str], pythons: list[str]) -> dict[str, Contestant]:
    """Returns minikeras and the peers that are installed, each with its versions."""
    contestants = {"minikeras": MINIKERAS} | {name: PEERS[name] for name in peers}
    found = {}
    for name, contestant in contestants.items():
        own = contestant.package == "minikeras"
        at_home = located(contestant, [sys.executable] if own else pythons)
        if at_home:
            found[name] = at_home
        else:
            modules = ", ".join(contestant.modules)
            print(f"without {contestant.title}: no {modules} here", file=sys.stderr)
    return found


def located(contestant: Contestant, pythons: list[str]) -> Contestant | None:
    """Returns the contestant in the first interpreter that has all its modules."""
    for python in pythons:
        command = [python, "-m", "benchmarks.installed", *contestant.modules]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=contestant.environment(),
            capture_output=True,
            text=True,
        )
        if done.returncode == 0:
            found = json.loads(done.stdout.splitlines()[-1])
            return contestant._replace(python=python, found=found)
    return None
