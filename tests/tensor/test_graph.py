"""KerasTensors, the operations on them, and the nodes they leave."""

import numpy as np
import pytest

from minikeras import KerasTensor, ops
from minikeras.tensor import FunctionOperation, any_symbolic, no_history, symbolic


def history(x):
    return x._keras_history.operation


def test_operators_make_nodes_named_after_ops():
    x = KerasTensor((None, 3))
    y = (x * 2.0 + 1.0) / x
    assert y.shape == (None, 3)
    assert history(y).name == "true_divide"
    node = history(y)._inbound_nodes[0]
    assert [history(t).name for t in node.input_tensors if t is not x] == ["add"]


def test_metadata_is_config_and_arrays_are_arguments():
    x = KerasTensor((None, 3))
    operation = history(ops.sum(x, axis=1, keepdims=True))
    assert operation.get_config() == {"name": "sum", "axis": 1, "keepdims": True}
    (node,) = operation._inbound_nodes
    assert node.args == (x,)


def test_an_operation_runs_on_values_too():
    x = KerasTensor((None, 3))
    operation = history(ops.sum(x, axis=1))
    assert operation(np.ones((2, 3))).tolist() == [3.0, 3.0]


def test_composed_functions_are_one_node():
    x = KerasTensor((None, 3))
    y = ops.gelu(x, approximate=False)
    assert type(history(y)) is FunctionOperation
    assert history(y).get_config() == {"name": "gelu", "approximate": False}
    assert history(y)._inbound_nodes[0].input_tensors == [x]


def test_no_history_gives_shapes_alone():
    with no_history():
        y = KerasTensor((None, 3)) + 1.0
    assert y.shape == (None, 3)
    assert not hasattr(y, "_keras_history")


def test_nodes_know_their_parents():
    x = KerasTensor((2, 3))
    y = x + 1.0
    z = y * y
    (node,) = history(z)._inbound_nodes
    assert [parent.operation for parent in node.parent_nodes] == [history(y)]
    assert history(y)._outbound_nodes == [node]


@pytest.mark.parametrize("function", [np.sin, float, bool, lambda x: x.numpy(), len])
def test_values_cannot_be_asked_for(function):
    with pytest.raises(TypeError, match="is symbolic: it has a shape and a dtype"):
        function(KerasTensor((None,)))


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"\(None, 3\) and \(4,\) do not broadcast"):
        KerasTensor((None, 3)) + np.ones(4)


@pytest.mark.parametrize("shape", [5, (2, -1), (2.5,), ("a",)])
def test_shapes_are_tuples_of_non_negative_ints_or_none(shape):
    with pytest.raises(ValueError, match="A shape must"):
        KerasTensor(shape)


@pytest.mark.parametrize("kind", ["sparse", "ragged"])
def test_sparse_and_ragged_are_refused(kind):
    with pytest.raises(ValueError, match=f"{kind}=True is not supported"):
        KerasTensor((2,), **{kind: True})


def test_any_symbolic_looks_into_structures():
    x = KerasTensor((2,))
    assert any_symbolic([1, {"a": (x,)}])
    assert not any_symbolic([1, {"a": np.ones(2)}], None)


def test_probe_finds_the_unknown_dimensions():
    x = KerasTensor((None, 3))
    y = symbolic.probe(lambda t: np.sort(t.numpy(), axis=0)[:, :2], x)
    assert y.shape == (None, 2)


def test_config_has_the_defaults_as_keras_writes_them():
    operation = history(ops.gelu(KerasTensor((None, 3))))
    assert operation.get_config() == {"name": "gelu", "approximate": True}


def test_optional_arrays_belong_to_the_call():
    x = KerasTensor((None, 3))
    operation = history(ops.average(x, axis=1, weights=np.ones(3)))
    assert operation.get_config() == {"name": "average", "axis": 1}
    assert "weights" in operation._inbound_nodes[0].kwargs


def test_arguments_of_a_call_skip_what_is_in_the_config():
    x, one = np.arange(6.0).reshape(2, 3), np.ones(3)
    operation = FunctionOperation(ops.batch_normalization, {"axis": -1, "epsilon": 0})
    found = operation(x, one, 4 * one, 5 * one, 2 * one)
    assert found.tolist() == [[4, 5, 6], [7, 8, 9]]


def test_equal_pieces_of_an_axis_of_unknown_length():
    first, second = ops.split(KerasTensor((None, 3)), 2)
    assert first.shape == second.shape == (None, 3)
