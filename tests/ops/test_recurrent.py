"""Recurrent layers over time: what the primitive contract does not show."""

import numpy as np
import pytest

from minikeras import ops
from minikeras.ops import recurrent
from minikeras.ops.kernels import recurrent as kernels
from minikeras.tensor import GradientError, GradientTape, Tensor
from minikeras.utils import parallel

ARGUMENTS = {
    "lstm_sequence": [(3, 5, 2), (3, 4), (3, 4), (2, 16), (4, 16), (16,)],
    "gru_sequence": [(3, 5, 2), (3, 4), (2, 12), (4, 12), (2, 12)],
    "simple_rnn_sequence": [(3, 5, 2), (3, 4), (2, 4), (4, 4), (4,)],
}
every_sequence = pytest.mark.parametrize("name", ARGUMENTS)


def drawn(name):
    rng = np.random.default_rng(3)
    return [Tensor(rng.normal(size=s) * 0.5) for s in ARGUMENTS[name]]


def gradients(name, args, **settings):
    with GradientTape() as tape:
        tape.watch(args)
        y, *_ = getattr(recurrent, name)(*args, **settings)
        total = ops.sum(ops.multiply(y, y))
    return [np.asarray(g) for g in tape.gradient(total, args)]


@every_sequence
def test_results_are_the_same_with_and_without_a_tape(name):
    args = drawn(name)
    plain = getattr(recurrent, name)(*args)
    with GradientTape() as tape:
        tape.watch(args)
        taped = getattr(recurrent, name)(*args)
    for x, y in zip(plain, taped, strict=True):
        np.testing.assert_array_equal(x, y)


@every_sequence
def test_gradients_do_not_depend_on_threads(name, monkeypatch):
    monkeypatch.setattr(kernels, "BLOCK", 100)
    monkeypatch.setattr(kernels, "LARGE", 1)
    found = []
    for threads in (1, 2):
        parallel.set_num_threads(threads)
        try:
            found.append(gradients(name, drawn(name)))
        finally:
            parallel.set_num_threads(None)
    for x, y in zip(*found, strict=True):
        np.testing.assert_array_equal(x, y)


@every_sequence
def test_gradients_do_not_depend_on_blocks(name, monkeypatch):
    whole = gradients(name, drawn(name))
    monkeypatch.setattr(kernels, "BLOCK", 100)
    for x, y in zip(whole, gradients(name, drawn(name)), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-10, atol=1e-12)


@every_sequence
def test_masked_samples_stand_still(name):
    mask = np.ones((3, 5), bool)
    mask[1] = False
    args = drawn(name)
    y, h, *_ = getattr(recurrent, name)(*args, mask=mask)
    np.testing.assert_array_equal(h[1], args[1][1])
    y, *_ = getattr(recurrent, name)(*args, mask=mask, zero_output_for_mask=True)
    assert not np.any(y[1]) and np.all(y[0])


@every_sequence
def test_padding_at_the_end_is_as_good_as_none(name):
    x, *rest = drawn(name)
    mask = np.arange(5) < np.full((3, 1), 3)
    _, h, *_ = getattr(recurrent, name)(x, *rest, mask=mask)
    _, short, *_ = getattr(recurrent, name)(x[:, :3], *rest)
    np.testing.assert_array_equal(h, short)


@every_sequence
def test_second_gradient_is_refused(name):
    args = drawn(name)
    with GradientTape() as outer:
        outer.watch(args)
        with GradientTape() as inner:
            inner.watch(args)
            y, *_ = getattr(recurrent, name)(*args)
            total = ops.sum(y)
        slope = inner.gradient(total, args[0])
    with pytest.raises(GradientError, match="_slopes is not differentiable"):
        outer.gradient(slope, args[0])


@every_sequence
def test_bias_may_be_left_out(name):
    args = drawn(name)
    without = getattr(recurrent, name)(*args[:-1])
    zero = getattr(recurrent, name)(*args[:-1], ops.zeros_like(args[-1]))
    for x, y in zip(without, zero, strict=True):
        np.testing.assert_array_equal(x, y)


def test_a_bias_of_the_other_gru_is_refused():
    x, h, w, u = (np.ones(shape) for shape in [(2, 3, 4), (2, 5), (4, 15), (5, 15)])
    for bias, reset_after in ((np.ones(15), True), (np.ones((2, 15)), False)):
        with pytest.raises(ValueError, match="bias must have shape"):
            recurrent.gru_sequence(x, h, w, u, bias, reset_after=reset_after)


def test_a_simple_cell_knows_four_activations():
    x, h, w, u = (np.ones(shape) for shape in [(2, 3, 4), (2, 5), (4, 5), (5, 5)])
    with pytest.raises(ValueError, match="linear"):
        recurrent.simple_rnn_sequence(x, h, w, u, activation="gelu")
