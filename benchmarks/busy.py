"""A process that keeps a core busy, as another program of the user would.

It counts in plain Python and takes roots in NumPy by turns, on one thread, until it is
ended or the process that started it is gone.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np


@contextlib.contextmanager
def busy_process() -> Iterator[None]:
    """Something else runs on this machine inside the `with` block."""
    command = [sys.executable, "-m", __name__, str(os.getpid())]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def keep_busy(parent: int) -> None:
    """Works for nothing as long as the parent lives."""
    numbers = np.ones(1_000_000)
    while os.getppid() == parent:
        sum(number * number for number in range(100_000))
        for _ in range(10):
            np.sqrt(numbers, out=numbers)


if __name__ == "__main__":
    keep_busy(int(sys.argv[1]))
