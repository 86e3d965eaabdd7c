"""Small calls of ops: what a call costs beyond NumPy's own work.

    python -m benchmarks ops --python peers/bin/python

Each runs eagerly on ten numbers, or a few more, given as arrays and as tensors of the
package. A hundred calls are timed together, and the last result is waited for.
"""

import importlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .worker import repeat, spread

TOGETHER = 100  # calls between two looks at the clock
SETTLE = 3
WAYS = ("arrays", "tensors")


class Row(NamedTuple):
    """A call to measure.

    Args:
        title: What the table calls it.
        call: Function of a package's `ops` and two arguments.
        numpy: The same in NumPy alone, if that is a single call.
        shape: Of both arguments.
    """

    title: str
    call: Callable
    numpy: Callable | None = None
    shape: tuple[int, ...] = (10,)

    def arguments(self) -> list[np.ndarray]:
        """The same random numbers for everybody."""
        rng = np.random.default_rng(0)
        return [rng.standard_normal(self.shape, dtype=np.float32) for _ in range(2)]


ROWS = {
    "add": Row("add, 10", lambda ops, x, y: ops.add(x, y), np.add),
    "multiply": Row("multiply, 10", lambda ops, x, y: ops.multiply(x, y), np.multiply),
    "matmul": Row(
        "matmul, 10 x 10", lambda ops, x, y: ops.matmul(x, y), np.matmul, (10, 10)
    ),
    "sum": Row(
        "sum of an axis, 10 x 10",
        lambda ops, x, y: ops.sum(x, axis=1),
        lambda x, y: np.sum(x, axis=1),
        (10, 10),
    ),
    "reshape": Row(
        "reshape, 10 to 5 x 2",
        lambda ops, x, y: ops.reshape(x, (5, 2)),
        lambda x, y: np.reshape(x, (5, 2)),
    ),
    "relu": Row(
        "relu, 10", lambda ops, x, y: ops.relu(x), lambda x, y: np.maximum(x, 0)
    ),
    "softmax": Row(
        "softmax, 10 x 10", lambda ops, x, y: ops.softmax(x), None, (10, 10)
    ),
}


def times(job: dict) -> dict:
    """Measures some rows, or tells why a package cannot do them."""
    keras, found = importlib.import_module(job["package"]), {}
    for name in job["ops"]:
        try:
            found |= row_times(keras, name, job["seconds"])
        except Exception as error:
            text = str(error).strip().partition("\n")[0]
            found[f"{name}/error"] = f"{type(error).__name__}: {text}"
    return found


def row_times(keras, name: str, seconds: float) -> dict:
    """Times both ways of one row; with minikeras, also NumPy's own."""
    row, ops, found = ROWS[name], keras.ops, {}
    arrays = row.arguments()
    tensors = [ops.convert_to_tensor(x) for x in arrays]
    for way, (x, y) in zip(WAYS, (arrays, tensors), strict=True):
        found |= timed(
            f"{name}/{way}_us",
            lambda x=x, y=y: row.call(ops, x, y),
            ops.convert_to_numpy,
            seconds,
        )
    if row.numpy and keras.__name__ == "minikeras":
        found |= timed(f"{name}/numpy_us", lambda: row.numpy(*arrays), len, seconds)
    return found


def timed(name: str, call: Callable, wait: Callable, seconds: float) -> dict:
    """Microseconds of one call."""

    def some():
        for _ in range(TOGETHER):
            result = call()
        wait(result)

    return spread(name, repeat(some, seconds, SETTLE, at_least=3), 1e6 / TOGETHER)
