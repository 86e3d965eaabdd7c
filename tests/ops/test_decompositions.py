"""Decompositions: what has no solution or no gradient says so."""

import numpy as np
import pytest

from minikeras import ops
from minikeras.tensor import GradientError, GradientTape, Tensor

WIDE = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0]])


def slope(function, x):
    source = Tensor(x)
    with GradientTape() as tape:
        tape.watch(source)
        y = ops.sum(function(source))
    return np.asarray(tape.gradient(y, source))


@pytest.mark.parametrize(
    ("function", "x", "message"),
    [
        (lambda x: ops.qr(x)[0], WIDE, "qr: only matrices with as many rows"),
        (lambda x: ops.qr(x, mode="complete")[0], WIDE.T, "qr: only matrices"),
        (lambda x: ops.svd(x)[0], WIDE, "svd: the vectors have a gradient only"),
        (lambda x: ops.lu_factor(x)[0], WIDE, "lu_factor: only square matrices"),
    ],
)
def test_no_gradient(function, x, message):
    with pytest.raises(GradientError, match=f"^{message}"):
        slope(function, x)


def test_singular_values_alone_have_one_for_any_shape():
    near = [ops.svd(WIDE + step, compute_uv=False) for step in (1e-6, -1e-6)]
    expected = float(ops.sum(near[0] - near[1])) / 2e-6
    found = slope(lambda x: ops.svd(x, compute_uv=False), WIDE).sum()
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["inv", "solve", "solve_triangular"])
def test_singular(name):
    rest = () if name == "inv" else (np.ones(2),)
    with pytest.raises(ValueError, match=r"[Ss]ingular"):
        getattr(ops, name)(np.zeros((2, 2)), *rest)


def test_not_positive_definite():
    with pytest.raises(ValueError, match="^cholesky: expected positive definite"):
        ops.cholesky(-np.eye(2))


def test_unknown_mode():
    with pytest.raises(ValueError, match="^qr: mode must be 'reduced' or 'complete'"):
        ops.qr(WIDE, mode="economic")


def test_pivots_of_equal_rows():
    x = np.array([[1.0, 2.0], [1.0, 2.0]])
    lu, pivots = ops.lu_factor(x)
    assert pivots.tolist() == [0, 1]
    assert lu.tolist() == [[1.0, 2.0], [1.0, 0.0]]


def test_half_precision_is_solved_in_single():
    x = np.array([[2.0, 1.0], [1.0, 3.0]], "float16")
    for name in ("inv", "pinv", "cholesky", "det"):
        y = getattr(ops, name)(x)
        assert y.dtype == "float16"
        wide = getattr(ops, name)(x.astype("float32"))
        np.testing.assert_array_equal(y, np.asarray(wide).astype("float16"))
