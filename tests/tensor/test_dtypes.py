"""Promotion as in Keras 3: Python numbers are weak, and floats beat integers."""

import sys

import numpy as np
import pytest

import minikeras as keras
from minikeras import KerasTensor, config, ops
from minikeras.tensor import convert_to_tensor, dtypes


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("int64", "float32"), "float32"),
        (("int32", float), "float32"),
        (("float16", float), "float16"),
        (("float16", "int64"), "float16"),
        (("float64", float), "float64"),
        (("int8", int), "int8"),
        (("bool", int), "int32"),
        (("bool", float), "float32"),
        (("uint8", "int8"), "int16"),
        (("uint32", "int32"), "int64"),
        (("uint64", "int8"), "float32"),
        (("bool", "bool"), "bool"),
        ((int, float), "float32"),
        ((), "float32"),
    ],
)
def test_result_type(given, expected):
    assert dtypes.result_type(*given) == expected


@pytest.mark.parametrize("scalar", [2, 2.5, np.float64(2.5), np.float16(2.5), True])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_a_scalar_never_widens_an_array(scalar, dtype):
    x = np.ones(3, dtype)
    for y in (ops.multiply(x, scalar), scalar + convert_to_tensor(x)):
        assert y.dtype == dtype
    assert (KerasTensor((3,), dtype) * scalar).dtype == dtype


def test_numpy_scalars_of_less_than_64_bits_count_with_their_dtype():
    assert ops.multiply(np.ones(3, "float16"), np.float32(2)).dtype == "float32"
    assert ops.multiply(np.ones(3, "int32"), np.float16(2)).dtype == "float16"
    assert ops.multiply(np.ones(3, "int8"), np.int64(2)).dtype == "int8"


def test_integer_array_times_float_scalar_is_floatx():
    assert ops.multiply(np.array([1, 2]), 0.5).tolist() == [0.5, 1.0]
    assert ops.multiply(np.array([1, 2]), 0.5).dtype == "float32"
    config.set_floatx("float64")
    assert ops.multiply(np.array([1, 2]), 0.5).dtype == "float64"


def test_python_values_become_floatx_and_int32():
    assert convert_to_tensor(1.5).dtype == "float32"
    assert convert_to_tensor([[1, 2]]).dtype == "int32"
    assert convert_to_tensor(True).dtype == "bool"
    assert convert_to_tensor(np.zeros(2)).dtype == "float64"


@pytest.mark.parametrize(
    ("given", "expected"),
    [(None, "float32"), (float, "float32"), ("int", "int32"), (np.int8, "int8")],
)
def test_standardize(given, expected):
    assert dtypes.standardize(given) == expected


def test_unknown_dtype_is_refused():
    with pytest.raises(ValueError, match="dtype must be one of .* got 'float33'"):
        dtypes.standardize("float33")


@pytest.mark.parametrize("value", [[[1, 2], [3]], [object()]])
def test_ragged_or_object_values_are_refused(value):
    with pytest.raises(ValueError, match="numbers in a regular grid, got list"):
        convert_to_tensor(value)


@pytest.mark.parametrize("name", ["float64", "int64", "float32", "bool", "uint8"])
def test_a_dtype_of_numpy_is_what_it_says(name):
    assert dtypes.standardize(np.dtype(name)) == name
    assert dtypes.standardize(np.dtype(name).type) == name


@pytest.mark.parametrize(
    "use",
    [
        lambda: keras.ops.cast(np.ones(2), "bfloat16"),
        lambda: keras.ops.convert_to_tensor([1.0], "bfloat16"),
        lambda: keras.ops.zeros((2,), "bfloat16"),
        lambda: keras.Variable(np.ones(2), dtype="bfloat16"),
        lambda: keras.layers.Dense(1, dtype="bfloat16"),
        lambda: keras.layers.Dense(1, dtype="mixed_bfloat16"),
        lambda: keras.Input((2,), dtype="bfloat16"),
        lambda: keras.random.normal((2,), dtype="bfloat16"),
    ],
)
def test_bfloat16_is_refused_without_ml_dtypes(use, monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    dtypes._from_object.cache_clear()
    message = "dtype 'bfloat16' is not in NumPy. Try dtype='float32'"
    with pytest.raises(ValueError, match=message):
        use()


def test_bfloat16_is_no_floatx():
    with pytest.raises(ValueError, match="set_floatx: value must be one of"):
        keras.config.set_floatx("bfloat16")
