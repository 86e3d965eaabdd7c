"""Axes rearranged by pattern, and functions called element by element."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.tensor import KerasTensor

rng = np.random.default_rng(12)
X = rng.normal(size=(3, 4)).astype("float32")
Y = rng.normal(size=(3, 4)).astype("float32")
BOX = np.arange(24).reshape(2, 3, 4)

# rearrange ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "lengths", "wanted"),
    [
        ("a b c -> c b a", {}, BOX.transpose(2, 1, 0)),
        ("a b c->(a b) c", {}, BOX.reshape(6, 4)),
        (" a  b c -> ( a b c ) ", {}, BOX.ravel()),
        ("a (b) c -> a b c", {}, BOX),
        (
            "a b (c d) -> a d b c",
            {"c": 2},
            BOX.reshape(2, 3, 2, 2).transpose(0, 3, 1, 2),
        ),
        ("a b (c d e) -> (a b) c d e", {"c": 1, "d": 2}, BOX.reshape(6, 1, 2, 2)),
        ("x_1 b2 Cc -> Cc (b2 x_1)", {"x_1": 2}, BOX.transpose(2, 1, 0).reshape(4, 6)),
    ],
)
def test_rearrange(pattern, lengths, wanted):
    np.testing.assert_array_equal(ops.rearrange(BOX, pattern, **lengths), wanted)
    y = ops.rearrange(KerasTensor(BOX.shape), pattern, **lengths)
    assert y.shape == wanted.shape
    x = keras.Input((3, 4), batch_size=None)
    y = ops.rearrange(x, pattern, **lengths)
    found = keras.Model(x, y)(BOX.astype("float32"))
    np.testing.assert_array_equal(found, wanted)


def test_rearrange_without_elements_or_axes():
    assert ops.rearrange(BOX[:0], "a b (c d) -> c (a b) d", d=2).shape == (2, 0, 2)
    assert ops.rearrange(3.0, "->").shape == ()


@pytest.mark.parametrize(
    ("pattern", "lengths", "message"),
    [
        ("a b c", {}, "same names"),
        ("a b c -> a b", {}, "same names"),
        ("a a c -> a c", {}, "same names"),
        ("a b -> a b", {}, "must name all axes"),
        ("a b c -> a b c", {"d": 2}, "must name all axes"),
        ("a b c -> a (b c", {}, "made of names"),
        ("a b c -> a (b (c))", {}, "made of names"),
        ("a ... -> ... a", {}, "made of names"),
        ("a b c -> a () b c", {}, "made of names"),
        ("a b c -> b -> c", {}, "made of names"),
        ("a b (c d) -> a b c d", {}, "length 4 into \\(c d\\)"),
        ("a b (c d) -> a b c d", {"c": 3}, "length 4 into \\(c d\\)"),
        ("a b c -> a b c", {"a": 3}, "length 2 into \\(a\\)"),
    ],
)
def test_rearrange_refuses(pattern, lengths, message):
    for x in (BOX, KerasTensor(BOX.shape)):
        with pytest.raises(ValueError, match=message):
            ops.rearrange(x, pattern, **lengths)


def test_rearrange_by_something_else():
    with pytest.raises(TypeError, match="pattern must be a string"):
        ops.rearrange(BOX, 5)


# vectorize ----------------------------------------------------------------------------


def test_vectorize_broadcasts():
    found = ops.vectorize(lambda a, b: a - b)(X[:, None], Y)
    np.testing.assert_array_equal(found, X[:, None] - Y)
    assert ops.vectorize(lambda a, b=3: a + b)(1).tolist() == 4
    assert ops.vectorize(lambda a, b=3: a + b)([1, 2], b=[3, 4]).tolist() == [4, 6]
    assert ops.vectorize(lambda: 3)().tolist() == 3


def test_vectorize_leaves_excluded_arguments_alone():
    pick = ops.vectorize(lambda a, table: table[int(a)], excluded={1, "table"})
    assert pick([1, 0], [5, 7]).tolist() == [7, 5]
    assert pick([1, 0], table=[5, 7]).tolist() == [7, 5]


def test_vectorize_with_axes_of_its_own():
    product = ops.vectorize(ops.matmul, signature="(m,n),(n)->(m)")
    found = product(X, np.stack([Y[0], Y[1]]))
    np.testing.assert_allclose(found, Y[:2] @ X.T, rtol=1e-5, atol=1e-6)
    both = ops.vectorize(lambda v: (ops.sum(v), v[::-1]), signature="(n)->(),(n)")(X)
    np.testing.assert_allclose(both[0], X.sum(1), rtol=1e-5)
    np.testing.assert_array_equal(both[1], X[:, ::-1])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ops.vectorize(5), ValueError, "must be callable"),
        (lambda: ops.vectorize(abs, signature="n->()"), ValueError, "such as"),
        (lambda: ops.vectorize(abs)(X[:0]), ValueError, "without elements"),
        (lambda: ops.vectorize(abs)(KerasTensor((2,))), ValueError, "symbolic"),
        (lambda: ops.vectorize(max)(X, X[0, :3]), ValueError, "do not broadcast"),
        (
            lambda: ops.vectorize(ops.dot, signature="(n),(n)->()")(X),
            TypeError,
            "has 2 tensors, got 1",
        ),
        (
            lambda: ops.vectorize(ops.dot, signature="(n),(n)->()")(X, X[0, :3]),
            ValueError,
            "'n': 4",
        ),
        (
            lambda: ops.vectorize(ops.sum, signature="(n)->(n)")(X),
            ValueError,
            "shape is \\(\\)",
        ),
        (
            lambda: ops.vectorize(ops.sum, signature="(n)->(),()")(X),
            ValueError,
            "returns 1 tensors",
        ),
    ],
)
def test_vectorize_refuses(call, error, message):
    with pytest.raises(error, match=message):
        call()
