"""Every dtype and pair of dtypes: the result's dtype is the one that Keras gives."""

import pytest

from minikeras import ops
from minikeras.tensor import KerasTensor
from tests.parity import dtype_calls

STORED = dtype_calls.stored()["rows"]
OURS = dtype_calls.table(ops)
FORETOLD = dtype_calls.table(ops, lambda dtype, seed: KerasTensor((2, 3), dtype))

SMALL = {("bool", "int8"), ("int8", "bool"), ("int8", "int8")}
# Row -> for which arguments our dtype is another on purpose: it loses less.
OTHERS = {
    "dot x y": SMALL,  # int32, as Keras's matmul of int8
    "vdot x y": SMALL,
    "matmul x y": SMALL - {("int8", "int8")},
    "prod": {("uint64",)},
    "nanprod": {("uint64",)},
    "stack": {("int64",)},
    "geomspace": {("float64",)},
    "heaviside 1": {("uint32",)},  # a Python number does not widen it
    "hypot 1": {("uint32",)},
}
DTYPES = dtype_calls.DTYPES


def arguments(row: str) -> list:
    if row.endswith("x y"):
        return [(a, b) for a in DTYPES for b in DTYPES]
    return [(a,) for a in DTYPES]


@pytest.mark.parametrize("row", STORED)
def test_dtypes(row):
    for given, wanted, ours, foretold in zip(
        arguments(row), STORED[row], OURS[row], FORETOLD[row], strict=True
    ):
        if wanted != "." and given not in OTHERS.get(row, ()):
            assert (given, ours, foretold) == (given, wanted, wanted)
        elif ours != "!":
            assert (given, foretold) == (given, ours)
