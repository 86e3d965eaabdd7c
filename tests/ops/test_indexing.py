"""Keys of `tensor[key]`, and gradients through reading and writing."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.tensor import GradientError, GradientTape, Tensor

X = np.arange(24, dtype="float32").reshape(2, 3, 4)
KEYS = [
    0,
    -1,
    np.int64(1),
    slice(None, None, 2),
    (0, 1),
    (..., 0),
    (slice(None), None, 1),
    [1, 0],
    (slice(None), [0, 2, 2]),
    (0, [0, 2], slice(1, 3)),
    ([0, 1], [2, 0]),
    ([0, 1], slice(None), [3, 0]),
    (slice(None), np.array([[0, 1], [2, 0]])),
    np.array([True, False]),
    (slice(None), np.array([True, False, True])),
    X > 11,
    (0, X[0] > 5),
    ...,
    None,
    [],
]
key_ids = [repr(key)[:30] for key in KEYS]


@pytest.mark.parametrize("key", KEYS, ids=key_ids)
def test_keys_mean_what_they_mean_in_numpy(key):
    np.testing.assert_array_equal(Tensor(X)[key], X[key])


@pytest.mark.parametrize("key", KEYS, ids=key_ids)
def test_gradient_counts_how_often_an_element_was_read(key):
    x = Tensor(X.copy())
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(x[key])
    expected = np.zeros_like(X)
    np.add.at(expected, key, 1)
    np.testing.assert_array_equal(tape.gradient(y, x), expected)


@pytest.mark.parametrize("key", KEYS[:13], ids=key_ids[:13])
def test_symbolic_keys(key):
    x = keras.KerasTensor((2, 3, 4))
    assert x[key].shape == X[key].shape


def test_tensors_in_keys():
    rows = ops.convert_to_tensor([1, 0])
    np.testing.assert_array_equal(Tensor(X)[rows, 0], X[[1, 0], 0])
    assert Tensor(X)[rows[0]].shape == (3, 4)
    mask = ops.greater(X, 20.0)
    assert Tensor(X)[mask].tolist() == [21.0, 22.0, 23.0]


def test_unknown_lengths_stay_unknown():
    x = keras.KerasTensor((None, 5))
    assert x[:, 1:3].shape == (None, 2)
    assert x[1:].shape == (None, 5)
    assert x[0].shape == (5,)
    assert x[..., None].shape == (None, 5, 1)


def test_too_many_indices():
    with pytest.raises(IndexError):
        Tensor(X)[0, 0, 0, 0]
    with pytest.raises(IndexError, match="Too many indices for 2 axes"):
        keras.KerasTensor((2, 3))[0, 0, 0]


def test_tensor_can_be_walked():
    assert [row.tolist() for row in Tensor(X[0, :2, :2])] == [[0.0, 1.0], [4.0, 5.0]]


def test_take_counts_from_the_end_and_refuses_what_is_not_there():
    assert ops.take([1, 2, 3], [-1]).tolist() == [3]
    with pytest.raises(IndexError, match="out of bounds"):
        ops.take([1, 2, 3], [3])


def test_gradient_of_many_repeated_rows():
    table, rows = Tensor(np.zeros((5, 2))), np.arange(1000) % 3
    with GradientTape() as tape:
        tape.watch(table)
        y = ops.sum(ops.take(table, rows, axis=0))
    counts = np.bincount(rows, minlength=5)
    np.testing.assert_array_equal(
        tape.gradient(y, table), np.stack([counts, counts], axis=1)
    )


def test_scatter_adds_where_positions_repeat():
    assert ops.scatter([[0], [0]], [1.0, 2.0], (3,)).tolist() == [3.0, 0.0, 0.0]


def test_extremes_of_scatter_update_have_no_gradient():
    x = Tensor(np.ones(3))
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(ops.scatter_update(x, [[0]], [2.0], reduction="max"))
    with pytest.raises(GradientError, match="no gradient with reduction='max'"):
        tape.gradient(y, x)


def test_top_k_has_a_gradient():
    x = Tensor(np.array([1.0, 5.0, 3.0]))
    with GradientTape() as tape:
        tape.watch(x)
        values, places = ops.top_k(x, 2)
        y = values[1]
    assert places.tolist() == [1, 2]
    assert tape.gradient(y, x).tolist() == [0.0, 0.0, 1.0]


def test_unique_of_a_wanted_length():
    values, counts = ops.unique([3, 1, 1], return_counts=True, size=4, fill_value=-1)
    assert values.tolist() == [1, 3, -1, -1]
    assert counts.tolist() == [2, 1, 0, 0]
    assert ops.unique([3, 1, 2], size=2).tolist() == [1, 2]


def test_nonzero_and_where_agree():
    x = np.array([[0, 1], [2, 0]])
    for found in (ops.nonzero(x), ops.where(x)):
        assert [i.tolist() for i in found] == [[0, 1], [1, 0]]
