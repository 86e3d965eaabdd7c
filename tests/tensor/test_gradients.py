"""GradientTape, stop_gradient, custom_gradient: autodiff as users write it."""

import gc

import numpy as np
import pytest

from minikeras import GradientTape, KerasTensor, Variable, ops
from minikeras.tensor import GradientError, convert_to_tensor, custom_gradient
from minikeras.tensor.state import state


def test_gradient_of_a_square_is_twice_the_value():
    x = convert_to_tensor(3.0)
    with GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert float(tape.gradient(y, x)) == 6.0


def test_trainable_variables_are_watched_by_themselves_and_frozen_ones_are_not():
    trained, frozen = Variable([2.0]), Variable([3.0], trainable=False)
    with GradientTape() as tape:
        y = ops.sum(trained * frozen)
    gradients = tape.gradient(y, [trained, frozen])
    assert gradients[0].tolist() == [3.0]
    assert gradients[1] is None


def test_a_frozen_variable_can_be_watched():
    frozen = Variable([3.0], trainable=False)
    with GradientTape() as tape:
        tape.watch(frozen)
        y = frozen * frozen
    assert tape.gradient(y, frozen).tolist() == [6.0]


def test_watch_accessed_variables_can_be_switched_off():
    a, b = Variable(2.0), Variable(3.0)
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(a)
        y = a * b
    assert [g if g is None else float(g) for g in tape.gradient(y, [a, b])] == [
        3.0,
        None,
    ]


def test_sources_keep_their_structure():
    a, b = Variable(2.0), Variable(3.0)
    with GradientTape() as tape:
        y = a * b
    gradients = tape.gradient(y, {"a": a, "rest": [b]})
    assert float(gradients["a"]) == 3.0
    assert float(gradients["rest"][0]) == 2.0


def test_several_targets_are_added_up():
    x = Variable(2.0)
    with GradientTape() as tape:
        targets = [x * x, 3.0 * x]
    assert float(tape.gradient(targets, x)) == 7.0


def test_output_gradients_weigh_the_target():
    x = Variable([1.0, 2.0])
    with GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x, output_gradients=[1.0, 10.0]).tolist() == [2.0, 40.0]


def test_output_gradients_must_have_the_targets_shape():
    x = Variable([1.0, 2.0])
    with GradientTape() as tape:
        y = x * x
    with pytest.raises(ValueError, match=r"target's shape \(2,\), got \(3,\)"):
        tape.gradient(y, x, output_gradients=np.ones(3))


def test_intermediate_values_are_sources_too():
    x = Variable(2.0)
    with GradientTape() as tape:
        hidden = x * x
        y = hidden * hidden * x
    gradients = tape.gradient(y, [hidden, x])
    assert [float(g) for g in gradients] == [16.0, 80.0]


def test_unconnected_sources_give_none_or_zeros():
    x, other = Variable([1.0]), Variable([5.0, 5.0])
    with GradientTape(persistent=True) as tape:
        y = x * x
    assert tape.gradient(y, other) is None
    zeros = tape.gradient(y, other, unconnected_gradients="zero")
    assert zeros.tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match="'none' or 'zero', got 'nil'"):
        tape.gradient(y, other, unconnected_gradients="nil")


def test_a_tape_gives_gradients_once_unless_persistent():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="persistent=True"):
        tape.gradient(y, x)
    with GradientTape(persistent=True) as tape:
        y = x * x
        z = y * y
    assert float(tape.gradient(y, x)) == 6.0
    assert float(tape.gradient(z, x)) == 108.0


def test_tapes_nest_for_second_and_third_derivatives():
    x = convert_to_tensor(2.0)
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as middle:
            middle.watch(x)
            with GradientTape() as inner:
                inner.watch(x)
                y = x * x * x * x
            first = inner.gradient(y, x)
        second = middle.gradient(first, x)
    third = outer.gradient(second, x)
    assert [float(first), float(second), float(third)] == [32.0, 48.0, 48.0]


def test_two_tapes_side_by_side_share_the_forward_pass():
    a, b = Variable(2.0), Variable(3.0)
    with GradientTape() as one, GradientTape() as two:
        shared = a * b
        left, right = shared * a, shared * b
    assert float(one.gradient(left, a)) == 12.0
    assert float(two.gradient(right, b)) == 12.0


def test_what_happened_outside_the_tape_is_constant():
    x = Variable(3.0)
    with GradientTape():
        before = x * x
    with GradientTape() as tape:
        y = before * x
    assert float(tape.gradient(y, x)) == 9.0


def test_stop_recording_leaves_a_gap():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            constant = x * x
        y = y + constant * x
    assert float(tape.gradient(y, x)) == 6.0 + 9.0


def test_reset_forgets():
    x = Variable(3.0)
    with GradientTape() as tape:
        lost = x * x
        tape.reset()
        y = lost * x
    assert float(tape.gradient(y, x)) == 9.0


def test_jacobian_has_target_shape_then_source_shape():
    x = Variable([[1.0, 2.0], [3.0, 4.0]])
    with GradientTape() as tape:
        y = ops.sum(x * x, axis=1)
    expected = np.zeros((2, 2, 2))
    expected[0, 0], expected[1, 1] = [2.0, 4.0], [6.0, 8.0]
    np.testing.assert_array_equal(tape.jacobian(y, x), expected)


def test_hessian_is_the_jacobian_of_the_gradient():
    x = Variable([1.0, 2.0])
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = ops.sum(x * x * x)
        gradient = inner.gradient(y, x)
    np.testing.assert_allclose(outer.jacobian(gradient, x), [[6.0, 0.0], [0.0, 12.0]])


def test_jacobian_of_something_unconnected():
    x, other = Variable([1.0]), Variable([5.0, 5.0])
    with GradientTape(persistent=True) as tape:
        y = x * x
    assert tape.jacobian(y, other) is None
    assert tape.jacobian(y, other, unconnected_gradients="zero").shape == (1, 2)


def test_stop_gradient_is_a_constant_to_the_tape():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * ops.stop_gradient(x)
    assert float(tape.gradient(y, x)) == 3.0


def test_custom_gradient_replaces_the_derivative():
    @custom_gradient
    def clipped(x):
        return x * 1.0, lambda g: g * 0.5

    x = Variable([2.0, 4.0])
    with GradientTape() as tape:
        y = clipped(x) * 3.0
    assert tape.gradient(y, x).tolist() == [1.5, 1.5]


def test_custom_gradient_must_cover_all_arguments():
    @custom_gradient
    def product(a, b):
        return a * b, lambda g: g

    a, b = Variable(1.0), Variable(2.0)
    with GradientTape() as tape:
        y = product(a, b)
    with pytest.raises(ValueError, match="expected 2, got 1"):
        tape.gradient(y, [a, b])


def test_a_missing_rule_names_op_and_argument():
    x = Variable([3.0, 1.0, 2.0])
    with GradientTape() as tape:
        y = ops.nextafter(x, 1.0)
    with pytest.raises(GradientError, match="nextafter is not differentiable.*'x1'"):
        tape.gradient(y, x)


@pytest.mark.parametrize("x", [np.ones(2), convert_to_tensor([1, 2]), "x"])
def test_watch_takes_float_tensors_only(x):
    with (
        GradientTape() as tape,
        pytest.raises(TypeError, match="tape.watch takes float"),
    ):
        tape.watch(x)


def test_sources_must_be_tensors_or_variables():
    with GradientTape() as tape:
        y = Variable(1.0) * 2.0
    with pytest.raises(TypeError, match="got ndarray"):
        tape.gradient(y, np.ones(2))


def test_thousands_of_chained_operations_differentiate():
    x = Variable(1.0)
    with GradientTape() as tape:
        y = x * 1.0
        for _ in range(5_000):
            y = y + 1.0
    assert float(tape.gradient(y, x)) == 1.0


def test_the_walk_back_visits_each_operation_once():
    """Linear in depth although the graph has 2**60 paths."""
    x = Variable(1.0)
    with GradientTape() as tape:
        y = x * 1.0
        for _ in range(60):
            y = y + y
    assert float(tape.gradient(y, x)) == 2.0**60


def test_without_a_tape_no_graph_is_kept():
    x = Variable(3.0)
    y = x * x
    assert y.node is None


def test_a_used_tape_lets_go_of_what_it_kept():
    x = Variable(np.ones(10))
    with GradientTape() as tape:
        y = ops.sum(x * x)
    reader = x._reader()
    assert reader is not None
    tape.gradient(y, x)
    del reader
    gc.collect()
    assert x._reader() is None


def test_values_read_inside_the_tape_are_those_before_an_update():
    """As in GAN training: one model is updated before the other's gradient is taken."""
    x = Variable(3.0)
    with GradientTape(persistent=True) as tape:
        y = x * x
    x.assign(100.0)
    assert float(tape.gradient(y, x)) == 6.0


def test_a_failing_block_leaves_no_tape_running():
    with pytest.raises(ZeroDivisionError), GradientTape():
        _ = 1 / 0
    assert state.tapes == 0


def test_symbolic_tensors_are_no_sources():
    with GradientTape() as tape:
        pass
    with pytest.raises(TypeError, match="KerasTensor"):
        tape.gradient(Variable(1.0), KerasTensor((2,)))


@pytest.mark.parametrize("persistent", [False, True])
def test_tapes_leave_nothing_behind(persistent):
    x = Variable(2.0)
    for _ in range(20):
        with GradientTape(persistent=persistent) as tape:
            y = x * x
        tape.gradient(y, x)
    del tape, y
    with GradientTape():
        pass
    assert len(state.pending) <= 2
