"""Which dtype each function of `ops` gives for each dtype, or pair of dtypes: a table.

A row has one letter (NumPy's code of a dtype) for each dtype in DTYPES, or for each
pair of them. "." stands where Keras's backends do not agree: JAX, without 64 bits, and
TensorFlow must give the same as far as 32 bits go, and so must NumPy.

Run as a script, where keras, jax and tensorflow are installed, it writes the table
anew:

    python tests/parity/dtype_calls.py
"""

import json
import os
import pathlib
import subprocess
import sys
import warnings
from functools import partial

import numpy as np

TABLE = pathlib.Path(__file__).parents[1] / "data" / "keras_dtypes.json"
BACKENDS = ("tensorflow", "jax", "numpy")
DTYPES = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
          "uint64", "float16", "float32", "float64")  # fmt: skip

ONE = """abs arccos arccosh arcsin arcsinh arctan arctanh bitwise_invert cbrt ceil conj
    copy cos cosh deg2rad diagonal diff elu empty_like erf erfc erfinv exp exp2 expm1
    flip floor gelu hard_sigmoid hard_silu hard_tanh i0 isfinite isinf isnan isneginf
    isposinf isreal leaky_relu log log10 log1p log2 log_sigmoid logical_not moveaxis
    nan_to_num nancumsum nanprod nanstd nanvar negative nonzero normalize ones_like
    rad2deg real reciprocal relu relu6 rot90 round rsqrt sigmoid sign signbit silu sin
    sinc sinh softplus softsign sparsemax sqrt square squeeze tan tanh tanh_shrink trace
    transpose trapezoid tril triu trunc unstack zeros_like""".split()
ALONG_AN_AXIS = """all any argmax argmin argsort average count_nonzero cumprod cumsum
    log_softmax logsumexp max mean median min nanmax nanmean nanmin nansum prod ptp
    softmax sort std sum var""".split()
TWO = """add arctan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift
    bitwise_xor append cross divide divide_no_nan equal floor_divide fmax fmin fmod gcd
    greater greater_equal heaviside hypot inner isclose kron lcm less less_equal
    logaddexp logaddexp2 logical_and logical_or logical_xor maximum minimum mod multiply
    nextafter not_equal outer power subtract true_divide""".split()
WITH_NUMBERS = """add arctan2 bitwise_and divide equal floor_divide fmod heaviside hypot
    logaddexp maximum minimum mod multiply not_equal power subtract""".split()


def calls(ops) -> dict:
    """Name -> function of one array (2, 3); those of two are in `pair_calls`."""
    rows = {name: getattr(ops, name) for name in ONE if name != "moveaxis"}
    for name in ALONG_AN_AXIS:
        rows[name] = partial(getattr(ops, name), axis=0)
    for name in WITH_NUMBERS:
        for number in (1, 1.5):
            rows[f"{name} {number}"] = partial(_with, getattr(ops, name), number)
    return rows | {
        "bincount": lambda x: ops.bincount(x),
        "broadcast_to": lambda x: ops.broadcast_to(x, (4, 2, 3)),
        "clip": lambda x: ops.clip(x, 0, 1),
        "concatenate": lambda x: ops.concatenate([x, x]),
        "corrcoef": lambda x: ops.corrcoef(x),
        "digitize": lambda x: ops.digitize(x, np.array([0.5])),
        "einsum": lambda x: ops.einsum("ij,kj->ik", x, x),
        "expand_dims": lambda x: ops.expand_dims(x, 0),
        "full_like": lambda x: ops.full_like(x, 2),
        "geomspace": lambda x: ops.geomspace(x, x, 3),
        "get_item": lambda x: ops.get_item(x, 0),
        "linspace": lambda x: ops.linspace(x, x, 3),
        "logspace": lambda x: ops.logspace(x, x, 3),
        "moments": lambda x: ops.moments(x, 0),
        "moveaxis": lambda x: ops.moveaxis(x, 0, 1),
        "one_hot": lambda x: ops.one_hot(x, 3),
        "pad": lambda x: ops.pad(x, 1),
        "quantile": lambda x: ops.quantile(x, 0.5),
        "repeat": lambda x: ops.repeat(x, 2),
        "reshape": lambda x: ops.reshape(x, (3, 2)),
        "roll": lambda x: ops.roll(x, 1),
        "segment_sum": lambda x: ops.segment_sum(x, np.array([0, 1]), 2),
        "slice": lambda x: ops.slice(x, (0, 0), (1, 1)),
        "split": lambda x: ops.split(x, 3, axis=1),
        "stack": lambda x: ops.stack([x, x]),
        "swapaxes": lambda x: ops.swapaxes(x, 0, 1),
        "take": lambda x: ops.take(x, np.array([0, 1]), axis=1),
        "tile": lambda x: ops.tile(x, 2),
        "top_k": lambda x: ops.top_k(x, 2),
    }


def _with(function, number, x):
    return function(x, number)


def pair_calls(ops) -> dict:
    """Name -> function of two arrays (2, 3)."""
    rows = {name: getattr(ops, name) for name in TWO}
    flip = ops.transpose
    return rows | {
        "correlate": lambda x, y: ops.correlate(x[0], y[0]),
        "dot": lambda x, y: ops.dot(x, flip(y)),
        "matmul": lambda x, y: ops.matmul(x, flip(y)),
        "tensordot": lambda x, y: ops.tensordot(x, flip(y), 1),
        "vdot": lambda x, y: ops.vdot(x[0], y[0]),
        "where": lambda x, y: ops.where(np.ones((2, 3), bool), x, y),
    }


def code(function, *values) -> str:
    """The letter of the dtype of what a call gives; "!" if it fails."""
    try:
        result = function(*values)
    except Exception:
        return "!"
    result = result[0] if isinstance(result, (list, tuple)) else result
    dtype = getattr(result, "dtype", type(result))
    return np.dtype(getattr(dtype, "name", dtype)).char.replace("l", "q")


def table(ops, value=lambda dtype, seed: np.ones((2, 3), dtype)) -> dict:
    """The rows of all functions; `value` makes the argument of a dtype."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one = {
            name: "".join(code(function, value(d, 0)) for d in DTYPES)
            for name, function in calls(ops).items()
        }
        two = {
            name: "".join(
                code(function, value(a, 0), value(b, 1)) for a in DTYPES for b in DTYPES
            )
            for name, function in pair_calls(ops).items()
        }
    return one | {f"{name} x y": row for name, row in two.items()}


def narrow(letter: str) -> str:
    """What JAX makes of a dtype: 64 bits become 32."""
    return {"q": "i", "Q": "I", "d": "f", "D": "F"}.get(letter, letter)


def agreed(first: str, *others: str) -> str:
    """The first backend's letter if the others agree as far as they go, or "."."""
    same = {narrow(letter) for letter in (first, *others) if letter != "!"}
    return first if first != "!" and len(same) == 1 else "."


def stored() -> dict:
    """The table of the file."""
    return json.loads(TABLE.read_text(encoding="utf-8"))


def main() -> None:
    if len(sys.argv) > 1:
        import keras

        print(json.dumps([keras.__version__, table(keras.ops)]))
        return
    found = []
    for backend in BACKENDS:
        env = {**os.environ, "KERAS_BACKEND": backend}
        command = [sys.executable, __file__, "rows"]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    version, first = found[0]
    rows = {
        name: "".join(map(agreed, row, *(other[name] for _, other in found[1:])))
        for name, row in first.items()
    }
    text = json.dumps({"version": version, "rows": rows}, indent=0)
    TABLE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
