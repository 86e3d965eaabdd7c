"""Whether memory stays flat over many calls: `python -m benchmarks.memory`.

A small model is trained by 1,000 calls of `fit`, and asked by 100,000 of `predict`.
After a tenth of the calls everything is there that is ever needed; what Python holds
then is compared with what it holds in the end. Sizes are those that tracemalloc counts,
NumPy's arrays among them, and the largest resident size of the process where the
system tells it.
"""

import argparse
import gc
import tracemalloc
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

try:
    import resource
except ImportError:  # not on Windows
    resource = None

import minikeras as keras

ALLOWED = 64 * 1024  # bytes that may come and go


class Growth(NamedTuple):
    """What a process held, in bytes, after a tenth of the calls and after all."""

    name: str
    calls: int
    early: int
    late: int

    @property
    def is_flat(self) -> bool:
        """Whether no more was kept than comes and goes anyway."""
        return self.late - self.early <= ALLOWED


def small_model():
    """A model of a lecture, and data for it."""
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)]
    )
    model.compile("adam", "mse", metrics=["mae"])
    x = np.random.default_rng(0).random((16, 4), "float32")
    return model, x, x.sum(axis=1, keepdims=True)


def held() -> int:
    """Bytes that Python holds now."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def measured(name: str, call: Callable, calls: int) -> Growth:
    """Makes the calls and weighs the process twice."""
    tracemalloc.start()
    try:
        for _ in range(calls // 10):
            call()
        early = held()
        for _ in range(calls - calls // 10):
            call()
        return Growth(name, calls, early, held())
    finally:
        tracemalloc.stop()


def growths(fits: int = 1_000, predictions: int = 100_000) -> list[Growth]:
    """Measures both, with a model of its own each."""
    model, x, y = small_model()
    trained = measured("fit", lambda: model.fit(x, y, verbose=0), fits)
    other, x, _ = small_model()
    asked = measured("predict", lambda: other.predict(x, verbose=0), predictions)
    return [trained, asked]


def report(found: list[Growth]) -> str:
    """The table, as Markdown."""
    lines = [
        "| calls | kB after a tenth | kB in the end | |",
        "| --- | --- | --- | --- |",
    ]
    for growth in found:
        verdict = "flat" if growth.is_flat else "GROWS"
        sizes = f"{growth.early / 1024:.0f} | {growth.late / 1024:.0f}"
        lines.append(f"| {growth.calls:,} of `{growth.name}` | {sizes} | {verdict} |")
    if resource is not None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        lines.append(f"\nLargest resident size of the process: {peak / 1024:.0f} MB")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.memory",
        description="Weighs a process that calls fit and predict very often.",
    )
    parser.add_argument("--fits", type=int, default=1_000)
    parser.add_argument("--predictions", type=int, default=100_000)
    options = parser.parse_args(arguments)
    print(report(growths(options.fits, options.predictions)))


if __name__ == "__main__":
    main()
