"""What one process of one contestant does: train, predict, say how long it took.

    python -m benchmarks.worker '{"package": "keras", "workload": "mlp", "seconds": 1}'

It prints a mark when the first epoch ends, for the clock of its parent process, and its
measurements as JSON on the last line. It imports little before the package, so that the
start is the contestant's own.
"""

import importlib
import json
import sys
import time

import numpy as np

from .growth import AXES, BATCHES
from .products import floor_ms
from .workloads import FIRST_EPOCH, WORKLOADS, Workload

MARK = "first epoch ends"
SETTLE = 3  # calls before those that are timed


def main(job: dict) -> dict:
    """Does the job; returns its measurements."""
    if "axis" in job:
        return growth(job)
    if "layers" in job:
        return importlib.import_module("benchmarks.layers").times(job)
    if "ops" in job:
        return importlib.import_module("benchmarks.ops").times(job)
    workload = WORKLOADS[job["workload"]]
    model, as_numpy = contestant_model(job, workload)
    first_epoch(model, workload)
    measurements = {
        **step_times(model, workload, job["seconds"]),
        **latencies(model, as_numpy, workload, job["seconds"]),
        "peak_mb": peak_megabytes(),
    }
    if job["package"] == "minikeras":  # after the peak, for it needs memory itself
        measurements["floor_ms_min"] = one_core_floor(workload, job["seconds"])
    return measurements


def contestant_model(job: dict, workload: Workload) -> tuple:
    """Returns the compiled model, and a function that waits for a result's numbers."""
    if job["package"] == "sklearn":
        peer = importlib.import_module("benchmarks.sklearn_peer")
        return peer.SklearnModel(*workload.sklearn), None
    keras = importlib.import_module(job["package"])
    model = workload.build(keras)
    model.run_eagerly = job.get("eager", False)
    return model, keras.ops.convert_to_numpy


def first_epoch(model, workload: Workload) -> None:
    """Trains one short epoch and says so."""
    x, y = workload.data(FIRST_EPOCH)
    model.fit(x, y, batch_size=workload.batch, verbose=0)
    print(MARK, flush=True)


def step_times(model, workload: Workload, seconds: float) -> dict:
    """Times epochs for so long; returns the median and the least time per step."""
    x, y = workload.data(workload.batches)
    times = repeat(
        lambda: model.fit(x, y, batch_size=workload.batch, verbose=0),
        seconds,
        settle=1,
        at_least=2,
    )
    return spread("step_ms", times, 1e3 / workload.batches)


def latencies(model, as_numpy, workload: Workload, seconds: float) -> dict:
    """Times `predict` of one sample and, where models can be called, `model(x)`."""
    sample = workload.data(1)[0][:1]
    times = repeat(lambda: model.predict(sample, verbose=0), seconds / 2)
    found = spread("predict_us", times, 1e6)
    if as_numpy:
        times = repeat(lambda: as_numpy(model(sample)), seconds / 2)
        found |= spread("call_us", times, 1e6)
    return found


def one_core_floor(workload: Workload, seconds: float) -> float:
    """Returns the milliseconds of a step's matrix products on one thread of BLAS.

    More threads wait for each other, and tell more about the machine than about BLAS.
    """
    blas = importlib.import_module("minikeras.utils.blas")
    with blas.single_threaded():
        return floor_ms(workload.products, seconds)


def growth(job: dict) -> dict:
    """Returns the milliseconds per step at each value of an axis."""
    keras = importlib.import_module(job["package"])
    axis, found = AXES[job["axis"]], {}
    for value in axis.values:
        model, batch, x, y = axis.task(keras, value)
        model.run_eagerly = job.get("eager", False)
        times = repeat(
            lambda: model.fit(x, y, batch_size=batch, verbose=0),  # noqa: B023
            job["seconds"] / len(axis.values),
            settle=1,
            at_least=2,
        )
        found[str(value)] = 1e3 * float(np.median(times)) / BATCHES
    return found


def repeat(action, seconds: float, settle: int = SETTLE, at_least: int = 10) -> list:
    """Returns the seconds of each call, for about as long as asked."""
    for _ in range(settle):
        action()
    times, end = [], time.perf_counter() + seconds
    while len(times) < at_least or time.perf_counter() < end:
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return times


def spread(name: str, times: list[float], scale: float) -> dict:
    """Returns the median and the minimum in the wanted unit."""
    return {
        name: scale * float(np.median(times)),
        f"{name}_min": scale * min(times),
    }


def peak_megabytes() -> float | None:
    """Returns the most memory that this process ever had; None where nobody tells.

    Linux's own file comes first: `getrusage` may still count the process that started
    this one.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as lines:
            peak = next(line for line in lines if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
    except (OSError, StopIteration):
        pass
    try:
        resource = importlib.import_module("resource")
    except ImportError:  # Windows
        return None
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))), flush=True)
