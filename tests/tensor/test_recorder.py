"""The recorder: what it notes, and what it says when it cannot."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.tensor import Tensor, number, primitive, shapes
from minikeras.tensor.program import Host, Program
from minikeras.tensor.recorder import Recorder
from minikeras.tensor.state import state


def record(function, *arrays):
    """Returns the program of one call."""
    inputs = [np.asarray(x, "float32") for x in arrays]
    state.recorder = recorder = Recorder(inputs)
    try:
        results = function(*map(Tensor, inputs))
    finally:
        state.recorder = None
    results = results if isinstance(results, (list, tuple)) else [results]
    assert recorder.reason is None, recorder.reason
    return recorder.program([x.array for x in results])


def calls(program):
    return [equation.call for equation in program.equations]


def test_a_kernel_becomes_its_numpy_calls():
    program = record(lambda x: ops.tanh(x) * 2.0, [1.0, 2.0])
    assert calls(program) == ["np.tanh", "np.multiply"]
    first, second = program.equations
    assert first.args == tuple(program.inputs)
    assert second.args[0] is first.outputs[0] and second.args[1] == 2.0
    assert program.results == [second.outputs[0]]


def test_views_are_of_the_memory_of_what_they_show():
    program = record(lambda x: ops.transpose(ops.reshape(x, (2, 3))), np.zeros(6))
    (x,) = program.inputs
    assert [equation.style for equation in program.equations] == ["view", "view"]
    assert all(equation.outputs[0].root is x for equation in program.equations)


def test_variables_are_held_with_their_names():
    v = keras.Variable(np.ones(2), dtype="float32", name="pace")
    program = record(lambda x: x + v, [1.0, 2.0])
    (equation,) = program.equations
    assert equation.args[1].array is v.array and equation.args[1].label is v


def test_writes_are_effects_in_order():
    v = keras.Variable(np.zeros(2), dtype="float32")

    def step(x):
        old = v.value
        v.assign_add(x)
        return old

    program = record(step, [1.0, 2.0])
    assert calls(program) == ["np.copyto", "np.add"]
    copy, add = program.equations
    assert add.is_effect and add.target.array is v.array
    assert program.results[0] is copy.outputs[0]


def test_recording_does_what_the_function_does():
    v = keras.Variable(np.zeros(2), dtype="float32")
    record(lambda x: v.assign_add(x).value, [1.0, 2.0])
    np.testing.assert_array_equal(v, [1.0, 2.0])


@pytest.mark.parametrize("other", [1.5, 2, -2.0])
def test_programs_of_other_numbers_differ(other):
    first, twin, third = (
        record(lambda x, by=by: x * by, [1.0, 2.0]) for by in (2.0, 2.0, other)
    )
    assert first.does_the_same_as(twin)
    assert not first.does_the_same_as(third)


def test_programs_of_other_results_or_constants_differ():
    def with_constant(c):
        return record(lambda x: (x + np.float32([c, 0]), x * 2.0), [1.0, 2.0])

    def swapped(c):
        return record(lambda x: (x + np.float32([c, 0]), x * 2.0)[::-1], [1.0, 2.0])

    assert with_constant(1).does_the_same_as(with_constant(1))
    assert not with_constant(1).does_the_same_as(with_constant(2))
    assert not with_constant(1).does_the_same_as(swapped(1))


def test_zeros_of_either_sign_are_told_apart():
    first, second = (record(lambda x, z=z: x * z, [1.0, 2.0]) for z in (0.0, -0.0))
    assert not first.does_the_same_as(second)


def test_variables_that_moved_are_still_the_same():
    v = keras.Variable(np.ones(2), dtype="float32")

    def step(x):
        return v.assign_add(x * v).value

    first = record(step, [1.0, 2.0])
    v.reseat(np.empty(2, "float32"))
    assert first.does_the_same_as(record(step, [1.0, 2.0]))


def test_numbers_read_for_an_optimizer_become_part_of_the_program():
    v = keras.Variable(3.0, dtype="float32")
    state.recorder = Recorder([])
    try:
        host = 1 - 2 ** (number(v) / 4.0)
    finally:
        state.recorder = None
    assert type(host) is Host and host.number == 1 - 2**0.75
    assert number(v) == 3.0


def test_reading_a_value_ends_recording_and_nothing_else():
    state.recorder = recorder = Recorder([])
    try:
        x = Tensor(np.float32([1.0, 2.0]))
        assert float(x[1]) == 2.0
        assert state.recorder is None
        line = test_reading_a_value_ends_recording_and_nothing_else.__code__
        assert "Python reads the value of a tensor" in recorder.reason
        assert f"{line.co_filename}:" in recorder.reason
        np.testing.assert_array_equal(x + 1.0, [2.0, 3.0])
    finally:
        state.recorder = None


def test_shapes_and_dtypes_may_be_read():
    program = record(
        lambda x: x * float(x.shape[0]) if x.ndim == 1 and x.dtype == "float32" else x,
        [1.0, 2.0],
    )
    assert isinstance(program, Program) and calls(program) == ["np.multiply"]


READS = {
    "item": lambda x: x.item(),
    "tolist": lambda x: x.tolist(),
    "numpy": lambda x: x.numpy(),
    "asarray": np.asarray,
    "float": float,
    "int": int,
    "bool": bool,
    "repr": repr,
    "format": lambda x: f"{x:.2f}",
    "index": lambda x: [0, 1, 2][ops.cast(x, "int32")],
    "mask": lambda x: ops.reshape(x, (1,))[np.array([True])][ops.reshape(x, (1,)) > 0],
    "nonzero": lambda x: ops.nonzero(ops.reshape(x, (1,))),
    "variable": lambda x: float(keras.Variable(1.0)),
    "variable as array": lambda x: np.asarray(keras.Variable(1.0)),
    "variable in print": lambda x: repr(keras.Variable(1.0)),
    "variable as int": lambda x: int(keras.Variable(1)),
    "variable in if": lambda x: bool(keras.Variable(1)),
    "equality": lambda x: x == 1.0 and True,
    "iterations": lambda x: int(keras.optimizers.SGD().iterations),
}


@pytest.mark.parametrize("name", READS)
def test_every_way_to_read_a_value_is_noticed(name):
    state.recorder = recorder = Recorder([])
    try:
        READS[name](Tensor(np.float32(1.0)))
    finally:
        state.recorder = None
    assert recorder.reason is not None


def test_two_primitives_of_one_name_are_refused():
    def tanh(x, *, out=None):
        return x

    with pytest.raises(ValueError, match="has too. Choose another name"):
        primitive(shape=shapes.same)(tanh)
