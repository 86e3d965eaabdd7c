"""Objects in the form of Keras 2, and the inputs behind a symbolic tensor."""

import pytest

import minikeras as keras
from minikeras.utils.legacy import deserialize_keras_object, serialize_keras_object


class Twice(keras.layers.Layer):
    def __init__(self, power=1, **kwargs):
        super().__init__(**kwargs)
        self.power = power


def test_round_trip():
    form = serialize_keras_object(Twice(3, name="twice"))
    assert set(form) == {"class_name", "config"} and form["class_name"] == "Twice"
    for table in ("module_objects", "custom_objects"):
        assert deserialize_keras_object(form, **{table: {"Twice": Twice}}).power == 3
    with keras.utils.custom_object_scope({"Twice": Twice}):
        assert deserialize_keras_object("Twice").power == 1


def test_functions_go_by_name():
    assert serialize_keras_object(len) == "len"
    assert deserialize_keras_object("len", module_objects={"len": len}) is len
    assert serialize_keras_object(None) is deserialize_keras_object(None) is None


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: serialize_keras_object(3), "Cannot serialize 3"),
        (lambda: deserialize_keras_object("os"), "Unknown object: 'os'"),
        (
            lambda: deserialize_keras_object("Q", printable_module_name="layer"),
            "Unknown layer: 'Q'",
        ),
        (lambda: deserialize_keras_object({"config": {}}), "a dict with class_name"),
        (lambda: deserialize_keras_object(3), "a dict, a name or None"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_source_inputs_come_once_and_in_order():
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    both = keras.layers.Add()([b, keras.layers.Dense(3)(a), a])
    found = keras.utils.get_source_inputs(keras.layers.Add()([both, both]))
    assert [x.name for x in found] == ["b", "a"]
    assert keras.utils.get_source_inputs(a) == [a]


def test_source_inputs_of_a_long_chain():
    start = x = keras.Input((1,))
    for _ in range(3000):
        x = x + 1.0
    assert keras.utils.get_source_inputs(x) == [start]
