"""bfloat16, which NumPy has from ml_dtypes: float32, rounded after each operation."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.tensor import KerasTensor, dtypes

ml_dtypes = pytest.importorskip("ml_dtypes")


def drawn(*shape):
    x = np.random.default_rng(3).normal(size=shape)
    return x.astype(ml_dtypes.bfloat16)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("bfloat16", "float16"), "float32"),
        (("bfloat16", "float32"), "float32"),
        (("bfloat16", "int64"), "bfloat16"),
        (("bfloat16", float), "bfloat16"),
        (("bfloat16", "bool"), "bfloat16"),
    ],
)
def test_result_type(given, expected):
    assert dtypes.result_type(*given) == expected


@pytest.mark.parametrize(
    "function",
    [
        ops.exp,
        ops.sum,
        ops.softmax,
        ops.transpose,
        ops.relu,
        lambda x: ops.matmul(x, ops.transpose(x)),
        lambda x: ops.add(x, 1.5),
        lambda x: ops.einsum("ij,kj->ik", x, x),
        lambda x: ops.concatenate([x, x]),
        lambda x: ops.max(x, axis=1),
    ],
)
def test_operations_round_what_float32_gives(function):
    x = drawn(4, 5)
    exact = function(x.astype("float32")).numpy()
    result = function(x)
    assert result.dtype == "bfloat16"
    assert np.array_equal(result.numpy(), exact.astype(ml_dtypes.bfloat16))
    symbol = function(KerasTensor((4, 5), "bfloat16"))
    assert (symbol.shape, symbol.dtype) == (result.shape, "bfloat16")


def test_results_of_other_dtypes_stay():
    assert ops.argmax(drawn(3, 4)).dtype == "int32"
    assert ops.greater(drawn(3), 0.0).dtype == "bool"
    assert [x.dtype for x in ops.top_k(drawn(3, 4), 2)] == ["bfloat16", "int32"]


def test_sums_keep_what_is_small():
    assert float(ops.sum(ops.ones((1000,), "bfloat16"))) == 1000


def test_gradients_have_the_dtype_of_the_weights():
    x, kernel = drawn(6, 3), keras.Variable(drawn(3, 2), dtype="bfloat16")
    with keras.GradientTape() as tape:
        loss = ops.sum(ops.square(ops.matmul(x, kernel)))
    gradient = tape.gradient(loss, kernel)
    assert gradient.dtype == "bfloat16"
    wide = [a.astype("float32") for a in (x, kernel.numpy())]
    wanted = 2 * wide[0].T @ (wide[0] @ wide[1])
    assert np.allclose(gradient.numpy().astype("float32"), wanted, rtol=0.05, atol=0.05)


@pytest.mark.parametrize("policy", ["bfloat16", "mixed_bfloat16"])
def test_a_network_learns_and_is_saved(policy, tmp_path):
    keras.utils.set_random_seed(4)
    model = keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Dense(16, activation="relu", dtype=policy),
            keras.layers.BatchNormalization(dtype=policy),
            keras.layers.Dense(1, activation="sigmoid", dtype=policy),
        ]
    )
    x = np.random.default_rng(0).random((128, 8))
    y = (x.sum(1) > 4).astype("float32")
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    losses = model.fit(x, y, epochs=12, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]
    kernel = model.layers[0].kernel
    assert kernel.dtype == ("bfloat16" if policy == "bfloat16" else "float32")
    assert model.layers[0](x).dtype == "bfloat16"

    model.save(tmp_path / "model.h5")
    again = keras.models.load_model(tmp_path / "model.h5")
    assert again.layers[0].compute_dtype == "bfloat16"
    for ours, theirs in zip(model.weights, again.weights, strict=True):
        assert np.array_equal(ours.numpy(), theirs.numpy())


def test_arrays_of_records_are_refused():
    with pytest.raises(ValueError, match="dtype must be one of"):
        ops.convert_to_tensor(np.zeros(2, [("a", "float32")]))
