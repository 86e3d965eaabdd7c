"""What ops do at the edges of their range, and with odd arguments."""

import numpy as np
import pytest

from minikeras import ops
from minikeras.tensor import GradientTape, Tensor

HUGE = np.array([-1e4, -200.0, -88.8, 0.0, 88.8, 200.0, 1e4], "float32")


def gradient(function, x):
    x = Tensor(np.array(x))
    with GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize(
    "name", ["sigmoid", "softplus", "log_sigmoid", "tanh", "softmax", "log_softmax"]
)
def test_huge_numbers_neither_overflow_nor_warn(name, dtype):
    x = HUGE.astype(dtype)
    y = getattr(ops, name)(x)
    assert y.dtype == dtype
    assert np.isfinite(y.numpy()).all()
    assert np.isfinite(gradient(getattr(ops, name), x).numpy()).all()


def test_sigmoid_reaches_its_limits():
    assert ops.sigmoid(HUGE).numpy()[[0, -1]] == pytest.approx([0, 1], abs=1e-38)


def test_crossentropy_of_huge_logits():
    loss = ops.categorical_crossentropy([[1.0, 0.0]], [[-1e4, 1e4]], from_logits=True)
    assert loss.tolist() == [20000.0]
    loss = ops.sparse_categorical_crossentropy([1], [[-1e4, 1e4]], from_logits=True)
    assert loss.tolist() == [0.0]
    loss = ops.binary_crossentropy([0.0, 1.0], [1e4, 1e4], from_logits=True)
    assert loss.tolist() == [10000.0, 0.0]


def test_crossentropy_of_certain_mistakes_is_finite():
    loss = ops.categorical_crossentropy([[1.0, 0.0]], [[0.0, 1.0]])
    assert loss.tolist() == pytest.approx([-np.log(1e-7)], rel=1e-5)
    assert ops.binary_crossentropy([1.0], [0.0]).tolist() == pytest.approx(
        [-np.log(1e-7)], rel=1e-5
    )


def test_sparse_crossentropy_takes_float_labels_and_a_last_axis():
    scores = np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]], "float32")
    expected = -np.log([0.7, 0.5])
    for labels in ([1.0, 0.0], [[1], [0]], np.array([1, 0], "uint8")):
        loss = ops.sparse_categorical_crossentropy(labels, scores)
        np.testing.assert_allclose(loss, expected, rtol=1e-6)


def test_labels_that_are_no_class_cost_nothing():
    scores = np.full((2, 3), 1 / 3, "float32")
    assert ops.sparse_categorical_crossentropy([-1, 3], scores).tolist() == [0, 0]


def test_python_numbers_are_weak():
    x = np.ones(2, "float16")
    assert ops.add(x, 1.5).dtype == "float16"
    assert ops.multiply(np.ones(2, "int8"), 2).dtype == "int8"
    assert ops.multiply(np.ones(2, "int8"), 2.0).dtype == "float32"
    assert ops.add(np.ones(2, "int64"), np.ones(2, "float32")).dtype == "float32"
    assert ops.where(np.array([True]), x[:1], 0.0).dtype == "float16"


def test_power_of_zero_has_a_slope():
    assert gradient(lambda x: x**2, [0.0]).tolist() == [0.0]
    assert gradient(lambda x: x**0, [0.0]).tolist() == [0.0]
    assert gradient(lambda x: ops.power(2.0, x), [0.0]).tolist() == pytest.approx(
        [np.log(2)]
    )


def test_erf_is_precise_in_both_dtypes():
    x = np.linspace(-6, 6, 1001)
    exact = np.vectorize(__import__("math").erf)(x)
    np.testing.assert_allclose(ops.erf(x), exact, rtol=1e-14, atol=1e-16)
    np.testing.assert_allclose(
        ops.erf(x.astype("float32")), exact, rtol=1e-6, atol=1e-7
    )


def test_erfinv_reverses_erf_and_ends_at_infinity():
    x = np.linspace(-3, 3, 61)
    np.testing.assert_allclose(ops.erfinv(ops.erf(x)), x, rtol=1e-9, atol=1e-12)
    assert ops.erfinv([-1.0, 1.0]).tolist() == [-np.inf, np.inf]


def test_max_of_equal_numbers_shares_its_gradient():
    assert gradient(ops.max, [2.0, 1.0, 2.0]).tolist() == [0.5, 0.0, 0.5]


def test_logsumexp_of_minus_infinity():
    assert float(ops.logsumexp([-np.inf, 0.0])) == 0.0


def test_norm_of_integers_does_not_overflow():
    assert float(ops.norm(np.array([200, 200], "uint8"))) == pytest.approx(282.8427)


def test_rounding_dtypes():
    whole = np.array([3], "int32")
    assert ops.floor(whole).dtype == "float32"
    assert ops.round(whole).dtype == "int32"
    assert ops.sum(np.ones(3, "bool")).dtype == "int32"
    assert ops.mean(whole).dtype == "float32"
    assert ops.argmax(whole).dtype == "int32"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: ops.reshape(np.ones((2, 3)), (4, 2)),
            r"reshape cannot turn shape \(2, 3\) \(6 elements\) into \(4, 2\)",
        ),
        (
            lambda: ops.squeeze(np.ones((2, 1)), axis=0),
            r"squeeze drops axes of length 1 only, got axis=0 for shape \(2, 1\)",
        ),
        (
            lambda: ops.split(np.ones(5), 2),
            "split: axis 0 of length 5 cannot be cut into 2 equal pieces",
        ),
        (lambda: ops.where([True], 1.0), "x1 and x2 must be given together"),
        (lambda: ops.norm(np.ones((2, 2, 2)), ord=2), "axis must be one axis"),
        (lambda: ops.norm(np.ones((2, 2)), ord="max", axis=(0, 1)), "ord of matrices"),
        (
            lambda: ops.categorical_crossentropy(np.ones((2, 3)), np.ones((2, 4))),
            r"same shape, got target shape \(2, 3\) and output shape \(2, 4\)",
        ),
        (
            lambda: ops.sparse_categorical_crossentropy(np.ones(3), np.ones((2, 4))),
            r"got target shape \(3,\) and output shape \(2, 4\)",
        ),
        (lambda: ops.einsum("ij,jk", np.ones((2, 2))), "is for 2 operands, got 1"),
        (
            lambda: ops.einsum("ij->i", np.ones(2)),
            "'ij' in 'ij->i' does not fit an operand with 1 axes",
        ),
        (lambda: ops.one_hot([1], 2, sparse=True), "sparse=True is not supported"),
        (lambda: ops.scatter_update([1], [[0]], [2], "sub"), "reduction must be None"),
        (lambda: ops.pad([1], 1, "edge", 2), "constant_values is for mode='constant'"),
        (lambda: ops.scan(lambda c, x: (c, x), 0), "scan needs xs or length"),
        (lambda: ops.normalize([1.0], order=0), "order must be a positive int"),
    ],
)
def test_error(call, message):
    with pytest.raises(ValueError, match=message):
        call()
