"""Values and objects to JSON and back."""

import json
import types

import numpy as np
import pytest

from minikeras.utils import serialization
from minikeras.utils.custom_objects import custom_object_scope
from minikeras.utils.serialization import (
    deserialize_keras_object,
    serialize_keras_object,
)


def through_json(value):
    return deserialize_keras_object(
        json.loads(json.dumps(serialize_keras_object(value)))
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        0.5,
        "relu",
        [1, ["a", None]],
        {"a": {"b": [1]}},
        slice(1, None, 2),
        slice(None),
        Ellipsis,
        b"bytes \xff",
        int,
        np.float32,
    ],
)
def test_values_come_back(value):
    assert through_json(value) == value


def test_arrays_come_back():
    array = np.array([[1, 2], [3, 4]], "int16")
    back = through_json({"table": array})["table"]
    assert back.dtype == "int16"
    np.testing.assert_array_equal(back, array)


def test_forms_are_those_of_keras():
    assert serialize_keras_object((1, (2,))) == (1, (2,))
    assert serialize_keras_object(np.float64(0.5)) == 0.5
    assert serialize_keras_object(np.int32(2)) == 2
    assert serialize_keras_object(np.dtype("float16")) == "float16"
    assert serialize_keras_object(slice(1, 2)) == {
        "class_name": "__slice__",
        "config": {"start": 1, "stop": 2, "step": None},
    }
    assert serialize_keras_object(np.ones(2, "float32")) == {
        "class_name": "__numpy__",
        "config": {"value": [1.0, 1.0], "dtype": "float32"},
    }


def test_config_value_has_lists_and_function_names():
    def swish(x):
        return x

    assert serialization.config_value((3, (swish, None))) == [3, ["swish", None]]


def test_handler_adds_a_type(monkeypatch):
    monkeypatch.setattr(serialization, "_encoders", list(serialization._encoders))
    monkeypatch.setattr(serialization, "_decoders", dict(serialization._decoders))
    serialization.add_handler(
        complex,
        lambda z: {"parts": [z.real, z.imag]},
        "__complex__",
        lambda config: complex(*config["parts"]),
    )
    assert through_json([1 + 2j]) == [1 + 2j]


def test_class_instead_of_object():
    with pytest.raises(
        TypeError, match=r"Cannot serialize the class Thread: give an ob"
    ):
        serialize_keras_object(type("Thread", (), {}))


def test_function_is_found_by_name_only():
    def scale(x):
        return 2 * x

    form = serialize_keras_object(scale)
    assert form["config"] == "scale"
    assert deserialize_keras_object(form, custom_objects={"scale": scale}) is scale
    with pytest.raises(ValueError, match=r"Unknown function 'scale'"):
        deserialize_keras_object(form)


def test_type_names_are_not_attributes_of_anything():
    form = {"class_name": "type", "module": "builtins", "config": "memmap"}
    with pytest.raises(ValueError, match=r"Unknown scalar type 'memmap'"):
        deserialize_keras_object(form)


def lambda_form():
    with pytest.warns(UserWarning, match="A lambda is being saved as Python bytecode"):
        return json.loads(json.dumps(serialize_keras_object(lambda x, by=3: x * by)))


def test_lambda_is_refused_in_safe_mode():
    with pytest.raises(ValueError, match=r"contains a lambda, which is Python code"):
        deserialize_keras_object(lambda_form())


def test_lambda_runs_when_trusted():
    function = deserialize_keras_object(lambda_form(), safe_mode=False)
    assert isinstance(function, types.FunctionType)
    assert function(2) == 6


def test_scope_decides_over_the_argument():
    form = lambda_form()
    with serialization.safe_mode_scope(False):
        assert deserialize_keras_object(form)(1) == 3
    with serialization.safe_mode_scope(True), pytest.raises(ValueError, match="lambda"):
        deserialize_keras_object(form, safe_mode=False)
    assert serialization.in_safe_mode()


def test_stored_code_sees_custom_objects():
    factor = 5
    code = serialization.dump_code(lambda x: x * factor * other)  # noqa: F821
    with custom_object_scope({"other": 2}):
        assert serialization.load_code(code)(1) == 10


def test_unexpected_argument():
    with pytest.raises(TypeError, match=r"unexpected arguments \['printable'\]"):
        deserialize_keras_object("a", printable="b")
    assert deserialize_keras_object("a", module_objects={"a": 3}) == 3
