"""Variables change in place, and whoever read them before keeps what was read."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

from minikeras import Variable, name_scope, ops


def test_assign_writes_in_place():
    v = Variable([1.0, 2.0])
    storage = v.array
    v.assign([3, 4])
    v.assign_add([1.0, 1.0])
    v.assign_sub(2.0)
    assert v.array is storage
    assert storage.tolist() == [2.0, 3.0]
    assert v.dtype == "float32"


def test_a_value_read_before_stays_as_it_was():
    v = Variable([1.0, 2.0])
    before = v.value
    v.assign([3.0, 4.0])
    assert before.tolist() == [1.0, 2.0]
    assert v.value.tolist() == [3.0, 4.0]


def test_numpy_gives_a_copy():
    v = Variable([1.0])
    v.numpy()[0] = 9.0
    assert v.numpy().tolist() == [1.0]


def test_the_first_value_is_copied():
    array = np.ones(2, "float32")
    v = Variable(array)
    array[0] = 9.0
    assert v.numpy().tolist() == [1.0, 1.0]


def test_initializer_functions_get_shape_and_dtype():
    v = Variable(
        lambda shape, dtype: np.full(shape, 2, dtype), shape=(2, 3), dtype="int8"
    )
    assert v.shape == (2, 3)
    assert v.dtype == "int8"
    assert v.numpy().tolist() == [[2] * 3] * 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Variable(np.zeros), "an initializer function needs a shape"),
        (lambda: Variable(np.zeros, shape=(None, 2)), "every dimension must be known"),
        (lambda: Variable([1.0], shape=(2,)), r"has shape \(1,\), but shape=\(2,\)"),
        (lambda: Variable(1.0, aggregation="max"), "aggregation must be one of"),
        (lambda: Variable(1.0, name="a/b"), "a name has no '/'"),
        (lambda: Variable([1.0, 2.0], name="v").assign([1.0]), "needs shape"),
        (lambda: Variable([1.0], name="v").assign_add([[1.0, 2.0]]), "cannot be added"),
    ],
)
def test_bad_input_is_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_failed_assign_changes_nothing():
    v = Variable([1.0, 2.0])
    with pytest.raises(ValueError, match="needs shape"):
        v.assign([1.0, 2.0, 3.0])
    assert v.numpy().tolist() == [1.0, 2.0]


def test_paths_hold_the_scopes_around():
    with name_scope("model"), name_scope("dense"):
        v = Variable(1.0, name="kernel")
    assert (v.name, v.path) == ("kernel", "model/dense/kernel")


def test_operators_read_the_value():
    v = Variable([1.0, 2.0])
    assert (v * 2 + 1).tolist() == [3.0, 5.0]
    assert (1 - v).tolist() == [0.0, -1.0]
    assert (np.ones(2, "float32") + v).tolist() == [2.0, 3.0]
    assert v[1].tolist() == 2.0
    assert (round(v / 4, 1) * 10).tolist() == [2.0, 5.0]
    assert (v > 1.5).tolist() == [False, True]
    assert float(ops.sum(v)) == 3.0


def test_operators_work_when_nothing_else_was_imported():
    code = "from minikeras import Variable; print(float(Variable(2.0) * 3.0))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("6.0\n", "")


def test_reseat_moves_the_storage():
    v = Variable([1.0, 2.0])
    arena = np.zeros(4, "float32")
    v.reseat(arena[1:3])
    v.assign_add(1.0)
    assert arena.tolist() == [0.0, 2.0, 3.0, 0.0]


@pytest.mark.parametrize(
    "twin_of", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]
)
def test_copies_are_independent(twin_of):
    v = Variable([1.0], trainable=False, name="v")
    twin = twin_of(v)
    v.assign([5.0])
    assert twin.numpy().tolist() == [1.0]
    assert (twin.name, twin.trainable) == ("v", False)
