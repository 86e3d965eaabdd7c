"""Data that are read batch by batch: HDF5, sparse matrices, mapped files, frames."""

import tracemalloc

import h5py
import numpy as np
import pytest

import minikeras as keras
from minikeras.training.rows import Rows, as_rows

X = np.random.default_rng(0).normal(size=(40, 3))
X[np.abs(X) < 0.7] = 0
Y = X.sum(axis=1, keepdims=True)


class Sparse:
    """What SciPy's sparse matrices have of methods."""

    def __init__(self, dense):
        self.dense, self.shape, self.dtype = dense, dense.shape, dense.dtype
        self.read = []

    def tocsr(self):
        return self

    def __getitem__(self, rows):
        part = Sparse(self.dense[rows])
        self.read.append(len(part.dense))
        return part

    def toarray(self):
        return self.dense

    def __iter__(self):
        return iter(self.dense)


class Frame:
    """What frames of pandas and polars have of methods."""

    def __init__(self, dense):
        self.dense = dense

    def to_numpy(self):
        return self.dense


def kinds(tmp_path):
    file = h5py.File(tmp_path / "data.h5", "w")
    for name, array in (("x", X), ("y", Y)):
        file.create_dataset(name, data=array, chunks=(4, array.shape[1]))
    mapped = np.memmap(tmp_path / "x.dat", "float64", "w+", shape=X.shape)
    mapped[:] = X
    single = np.memmap(tmp_path / "single.dat", "float32", "w+", shape=X.shape)
    single[:] = X
    return {
        "hdf5": (file["x"], file["y"]),
        "sparse": (Sparse(X), Y),
        "mapped": (mapped, Y),
        "mapped as it is": (single, Y),
        "frame": (Frame(X), Frame(Y)),
        "lists": (X.tolist(), Y.tolist()),
    }


KINDS = ["hdf5", "sparse", "mapped", "mapped as it is", "frame", "lists"]


def trained(x, y, **settings):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(x, y, batch_size=8, epochs=3, verbose=0, **settings).history
    measured = model.evaluate(x, y, verbose=0, batch_size=8)
    return history, measured, model.predict(x, verbose=0, batch_size=8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "settings",
    [
        {"shuffle": False},
        {"shuffle": True},
        {"shuffle": "batch"},
        {"validation_split": 0.25},
    ],
)
def test_the_bits_are_those_of_arrays(kind, settings, tmp_path):
    wanted = trained(X.astype("float32"), Y.astype("float32"), **settings)
    made = trained(*kinds(tmp_path)[kind], **settings)
    assert made[:2] == wanted[:2]
    np.testing.assert_array_equal(made[2], wanted[2])


def test_a_batch_is_read_at_a_time():
    sparse = Sparse(X)
    trained(sparse, Y, shuffle=True)
    assert max(sparse.read) == 8


def test_memory_is_that_of_a_batch(tmp_path):
    shape = (4000, 500)  # 16 MB on the disk
    mapped = np.memmap(tmp_path / "x.dat", "float64", "w+", shape=shape)
    model = keras.Sequential([keras.Input((500,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    y = np.zeros((4000, 1), "float32")
    model.fit(mapped, y, verbose=0)
    tracemalloc.start()
    model.fit(mapped, y, epochs=2, verbose=0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2e6


def test_class_weights_and_batches_of_sparse_matrices():
    labels = (Y[:, 0] > 0).astype("int64")

    def fit(*data, **settings):
        keras.utils.set_random_seed(3)
        model = keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(2, activation="softmax")]
        )
        model.compile("sgd", "sparse_categorical_crossentropy")
        return model.fit(*data, verbose=0, **settings).history["loss"]

    settings = {"batch_size": 8, "shuffle": False}
    weights = {"class_weight": {0: 2.0, 1: 1.0}}
    dense = fit(X.astype("float32"), labels, **settings, **weights)
    assert fit(Sparse(X), labels, **settings, **weights) == dense
    parts = [slice(i, i + 8) for i in range(0, 40, 8)]
    made = fit((Sparse(X)[part], labels[part]) for part in parts)
    assert made == fit(X.astype("float32"), labels, **settings)


def test_rows():
    rows = as_rows(Sparse(X))
    assert (rows.shape, rows.dtype, rows.ndim, len(rows)) == ((40, 3), "float32", 2, 40)
    half = rows.part(slice(20, None))
    assert isinstance(half, Rows) and len(half) == 20
    np.testing.assert_array_equal(half[:2], X[20:22].astype("float32"))
    np.testing.assert_array_equal(half.take([5, 0]), X[[25, 20]].astype("float32"))
    np.testing.assert_array_equal(np.asarray(half), X[20:].astype("float32"))
    assert as_rows(X) is None


def test_real_packages():
    pandas = pytest.importorskip("pandas")
    wanted = trained(X.astype("float32"), Y.astype("float32"), shuffle=True)
    made = trained(pandas.DataFrame(X), pandas.DataFrame(Y), shuffle=True)
    assert made[:2] == wanted[:2]


def test_sparse_matrices_of_scipy():
    sparse = pytest.importorskip("scipy.sparse")
    wanted = trained(X.astype("float32"), Y.astype("float32"), shuffle=True)
    for form in (sparse.csr_matrix, sparse.coo_array):
        assert trained(form(X), Y, shuffle=True)[:2] == wanted[:2]
