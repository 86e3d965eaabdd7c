"""Ops in model files: the names and arguments that Keras's classes have."""

import pytest

from minikeras import Input, ops
from minikeras.models import operations


def form(x):
    return operations.describe_operation(x._keras_history.operation)


def test_data_format_is_written_out():
    config = form(ops.max_pool(Input((4, 4, 1)), (2, 2)))["config"]
    assert config["data_format"] == "channels_last"


def test_axes_come_back_as_tuples():
    written = form(ops.softmax(Input((4, 3)), axis=(1, 2)))
    written["config"]["axis"] = [1, 2]  # as JSON has it
    assert operations.revive_operation(written).constants["axis"] == (1, 2)


@pytest.mark.parametrize(
    ("name", "cls"),
    [("layer_normalization", "LayerNorm"), ("relu6", "Relu6"), ("top_k", "TopK")],
)
def test_names_of_classes_lead_to_functions(name, cls):
    found = operations.revive_operation({"class_name": cls, "config": {}})
    assert found.function.__name__ == name
    assert operations.class_name(found) == cls


def test_an_unknown_class_is_refused():
    with pytest.raises(ValueError, match="Unknown op 'Hologram'"):
        operations.revive_operation({"class_name": "Hologram", "config": {}})
