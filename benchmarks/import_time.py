"""How long a new process takes to import minikeras, next to one that imports NumPy."""

import sys

from .contest import alternate, wall_time

PROGRAMS = {
    "python": "pass",
    "numpy": "import numpy",
    "minikeras": "import minikeras as keras; keras.Sequential",
}


def run(rounds: int, python: str) -> None:
    """Prints the ratio, the interpreter's own start subtracted."""
    commands = {name: [sys.executable, "-c", code] for name, code in PROGRAMS.items()}
    times = alternate(commands, rounds, wall_time)
    numpy, mini = (times[name] - times["python"] for name in ("numpy", "minikeras"))
    print(
        f"import_time: minikeras takes {mini / numpy:.2f} times NumPy's import "
        f"({1e3 * mini:.0f} ms and {1e3 * numpy:.0f} ms)"
    )
