"""`keras.backend`: settings, dtypes and names under their old address."""

import pytest

import minikeras as keras
from minikeras import backend


def test_names_are_counted_until_the_session_is_cleared():
    backend.clear_session()
    assert [backend.get_uid(p) for p in ("a", "a", "", "b")] == [1, 2, 1, 1]
    backend.clear_session()
    assert backend.get_uid("a") == 1


@pytest.mark.parametrize(
    "dtype, name, is_float, is_int",
    [
        (None, "float32", True, False),
        (int, "int32", False, True),
        ("uint8", "uint8", False, True),
        ("bool", "bool", False, False),
    ],
)
def test_dtypes(dtype, name, is_float, is_int):
    assert backend.standardize_dtype(dtype) == name
    assert backend.is_float_dtype(dtype) == is_float
    assert backend.is_int_dtype(dtype) == is_int


def test_settings_are_those_of_config():
    assert backend.set_epsilon is keras.config.set_epsilon
    assert backend.result_type("int32", "float16") == "float16"
    assert backend.backend() == "numpy" and not backend.is_keras_tensor(1.0)
