"""Functions made of several primitives: einsum, control flow, joining, creation."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.tensor import GradientTape, KerasTensor, Tensor

rng = np.random.default_rng(5)
FORMULAS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("ij->ji", (2, 3)),
    ("ij->", (2, 3)),
    ("ii->i", (3, 3)),
    ("ii", (3, 3)),
    ("iij->j", (3, 3, 2)),
    ("ii,i->i", (3, 3), (3,)),
    ("i,j->ij", (2,), (3,)),
    ("ij,ij->", (2, 3), (2, 3)),
    ("...ij,jk->...ik", (5, 2, 3), (3, 4)),
    ("...ij,...jk->...ik", (5, 2, 3), (3, 4)),
    ("...ij,...jk", (5, 2, 3), (1, 3, 4)),
    ("abc,cd->abd", (2, 3, 4), (4, 5)),
    ("abcd,aecd->acbe", (2, 3, 2, 4), (2, 5, 2, 4)),
    ("ab,bc,cd->ad", (2, 3), (3, 4), (4, 2)),
    ("ab,c->b", (2, 3), (4,)),
    ("a b , b c -> a c", (2, 3), (3, 4)),
]


@pytest.mark.parametrize(
    ("formula", "shapes"), [(f, s) for f, *s in FORMULAS], ids=[f[0] for f in FORMULAS]
)
def test_einsum(formula, shapes):
    arrays = [rng.normal(size=shape) for shape in shapes]
    expected = np.einsum(formula, *arrays)
    np.testing.assert_allclose(ops.einsum(formula, *arrays), expected, rtol=1e-12)
    symbolic = [keras.KerasTensor(shape) for shape in shapes]
    assert ops.einsum(formula, *symbolic).shape == expected.shape


def test_einsum_of_a_diagonal_has_a_gradient():
    x = Tensor(rng.normal(size=(3, 3)))
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.einsum("ii->", x)
    np.testing.assert_array_equal(tape.gradient(y, x), np.eye(3))


def test_einsum_refuses_other_lengths():
    with pytest.raises(ValueError, match="'j' stands for lengths 3 and 4"):
        ops.einsum("ij,jk", keras.KerasTensor((2, 3)), keras.KerasTensor((4, 5)))


def test_scan_carries_and_stacks():
    def step(carry, x):
        return carry + x["a"], carry * x["b"]

    xs = {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([1.0, 10.0, 100.0])}
    carry, ys = ops.scan(step, 0.0, xs)
    assert float(carry) == 6.0
    assert ys.tolist() == [0.0, 10.0, 300.0]
    carry, ys = ops.scan(lambda c, _: (c + 1, c), 0, length=3, reverse=True)
    assert int(carry) == 3
    assert ys.tolist() == [2, 1, 0]


def test_gradient_flows_through_a_scan():
    w = Tensor(np.array(2.0))
    with GradientTape() as tape:
        tape.watch(w)
        y, _ = ops.scan(lambda c, _: (c * w, c), Tensor(np.array(1.0)), length=5)
    assert float(tape.gradient(y, w)) == 5 * 2.0**4


def test_loops():
    assert ops.while_loop(lambda i, j: i < 3, lambda i, j: (i + 1, j * 2), (0, 1)) == (
        3,
        8,
    )
    assert ops.while_loop(lambda i: True, lambda i: i + 1, 0, 7) == 7
    assert ops.fori_loop(0, 4, lambda i, total: total + i, 0) == 6
    assert ops.switch(9, [lambda x: x, lambda x: -x], 3) == -3
    assert ops.cond(Tensor(np.array(False)), lambda: 1, lambda: 2) == 2
    doubled, kept = ops.map(lambda x: (x * 2, x), np.array([1, 2]))
    assert (doubled.tolist(), kept.tolist()) == ([2, 4], [1, 2])
    assert ops.vectorized_map(lambda x: x + 1, np.array([1, 2])).tolist() == [2, 3]


def test_cond_on_a_symbolic_condition_cannot_choose():
    with pytest.raises(ValueError, match="Try ops.where"):
        ops.cond(KerasTensor((), "bool"), lambda: 1, lambda: 2)


def test_associative_scan_from_the_end():
    sums = ops.associative_scan(lambda a, b: a + b, np.array([[1, 2, 3]]), True, 1)
    assert sums.tolist() == [[6, 5, 3]]


@pytest.mark.parametrize("name", ["hstack", "vstack", "dstack"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 3, 4)])
def test_stacking_as_numpy_does(name, shape):
    arrays = [rng.normal(size=shape), rng.normal(size=shape)]
    expected = getattr(np, name)(arrays)
    np.testing.assert_array_equal(getattr(ops, name)(arrays), expected)


@pytest.mark.parametrize("name", ["hsplit", "vsplit", "dsplit"])
def test_splitting_as_numpy_does(name):
    x = rng.normal(size=(4, 4, 4))
    pieces = getattr(ops, name)(x, 2)
    for piece, wanted in zip(pieces, getattr(np, name)(x, 2), strict=True):
        np.testing.assert_array_equal(piece, wanted)


@pytest.mark.parametrize("turns", range(-2, 5))
def test_quarter_turns(turns):
    x = rng.normal(size=(2, 3))
    np.testing.assert_array_equal(ops.rot90(x, turns), np.rot90(x, turns))


@pytest.mark.parametrize("indexing", ["xy", "ij"])
def test_meshgrid(indexing):
    vectors = [np.arange(2), np.arange(3), np.arange(4)]
    grids = ops.meshgrid(*vectors, indexing=indexing)
    for grid, wanted in zip(
        grids, np.meshgrid(*vectors, indexing=indexing), strict=True
    ):
        np.testing.assert_array_equal(grid, wanted)


def test_dtype_of_what_is_made():
    assert ops.arange(3).dtype == "int32"
    assert ops.arange(3.0).dtype == "float32"
    assert ops.arange(Tensor(np.array(3))).tolist() == [0, 1, 2]
    assert ops.full((2,), True).dtype == "float32"
    assert ops.zeros(3, "int8").dtype == "int8"
    assert ops.linspace(0, 10, 3, dtype="int32").tolist() == [0, 5, 10]
    assert ops.zeros_like([1, 2]).dtype == "int32"
    assert ops.ones_like([1, 2], dtype="float64").dtype == "float64"


def test_convert_to_numpy_gives_a_copy():
    x = Tensor(np.zeros(2))
    array = ops.convert_to_numpy(x)
    array[0] = 5
    assert x.tolist() == [0.0, 0.0]


def test_convert_to_tensor_keeps_the_way_back():
    x = Tensor(np.ones(2, "float32"))
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(ops.convert_to_tensor(x, dtype="float64"))
    assert tape.gradient(y, x).dtype == "float32"


def test_symbolic_conversion():
    x = keras.KerasTensor((None, 3))
    assert ops.convert_to_tensor(x) is x
    assert ops.convert_to_tensor(x, "float16").dtype == "float16"
    assert ops.shape(x) == (None, 3)
    assert ops.size(x) is None
    assert ops.ndim(x) == 2


def test_stop_gradient_by_its_keyword():
    assert ops.stop_gradient(variable=np.ones(2)).shape == (2,)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: ops.moments(x, axes=[0])[1],
        lambda x: ops.concatenate([x, x], axis=1),
        lambda x: ops.stack([x, x]),
        lambda x: ops.split(x, [1], axis=1)[0],
        lambda x: ops.std(x, axis=1),
        lambda x: ops.categorical_crossentropy(x, x),
        lambda x: ops.layer_normalization(x),
        lambda x: ops.einsum("ij,kj->ik", x, x),
        lambda x: ops.top_k(x, 2)[0],
    ],
)
def test_composed_function_is_one_node_of_a_graph(call):
    x = keras.Input((4,))
    y = call(x)
    operation, *_ = y._keras_history
    assert operation._inbound_nodes[0].parent_nodes[0].is_input
    value = call(np.ones((3, 4), "float32"))
    assert len(value.shape) == len(y.shape)
