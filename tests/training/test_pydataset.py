"""Data sets that give batches by number, with and without workers."""

import threading

import numpy as np
import pytest

import minikeras as keras

X = np.random.default_rng(0).normal(size=(26, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Batches(keras.utils.PyDataset):
    def __init__(self, size=4, fails_at=None, **settings):
        super().__init__(**settings)
        self.size, self.fails_at, self.epochs = size, fails_at, []

    def __len__(self):
        return -(-len(X) // self.size)

    def __getitem__(self, index):
        if index == self.fails_at:
            raise OSError(f"batch {index} is damaged")
        part = slice(index * self.size, (index + 1) * self.size)
        return X[part], Y[part]

    def on_epoch_begin(self):
        self.epochs.append("begin")

    def on_epoch_end(self):
        self.epochs.append("end")


class Endless(keras.utils.PyDataset):
    num_batches = None

    def __getitem__(self, index):
        return X[:4] + index, Y[:4]


class Undecided(keras.utils.PyDataset):
    def __init__(self):
        """Never calls the constructor of the base class, as old code."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return X[:4], Y[:4]


def trained(*data, **settings):
    keras.utils.set_random_seed(2)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    history = model.fit(*data, verbose=0, **settings)
    return model.get_weights(), history.history


WORKERS = [
    {},
    {"workers": 0},
    {"workers": 3},
    {"workers": 2, "max_queue_size": 1},
    {"workers": 2, "use_multiprocessing": True},
]


@pytest.mark.parametrize("settings", WORKERS)
def test_the_same_bits_as_arrays(settings):
    wanted = trained(X, Y, batch_size=4, epochs=2, shuffle=False)
    data = Batches(**settings)
    made = trained(data, epochs=2, shuffle=False)
    assert made[1] == wanted[1]
    for ours, theirs in zip(made[0], wanted[0], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert data.epochs == ["begin", "end"] * 3  # a first look, and two epochs


@pytest.mark.parametrize("settings", WORKERS[::2])
def test_an_error_of_a_worker_reaches_the_caller(settings):
    before = threading.active_count()
    with pytest.raises(OSError, match="batch 3 is damaged"):
        trained(Batches(fails_at=3, **settings))
    assert threading.active_count() == before


def test_the_order_of_batches_is_shuffled():
    seen = []

    class Watched(Batches):
        def __getitem__(self, index):
            seen.append(index)
            return super().__getitem__(index)

    trained(Watched(), epochs=1, shuffle=True)
    epoch = seen[1:]  # after a first look
    assert sorted(epoch) == list(range(7)) and epoch != sorted(epoch)


@pytest.mark.parametrize("settings", [{}, {"workers": 2}])
def test_without_end(settings):
    _, history = trained(Endless(**settings), epochs=2, steps_per_epoch=3)
    assert len(history["loss"]) == 2


def test_evaluate_and_predict():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    data = Batches(workers=2)
    np.testing.assert_array_equal(
        model.predict(data, verbose=0), model.predict(X, batch_size=4, verbose=0)
    )
    assert model.evaluate(data, verbose=0) == pytest.approx(
        model.evaluate(X, Y, batch_size=4, verbose=0)
    )


def test_the_old_name_and_a_forgotten_constructor():
    assert keras.utils.Sequence is keras.utils.PyDataset
    assert (Undecided().workers, Undecided().max_queue_size) == (1, 10)
    trained(Undecided())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: keras.utils.PyDataset(workers=-1), "workers must be an int"),
        (lambda: keras.utils.PyDataset(max_queue_size=0), "max_queue_size must be a"),
        (
            lambda: setattr(keras.utils.PyDataset(), "max_queue_size", 0),
            "max_queue_size must be a",
        ),
        (lambda: keras.utils.PyDataset()[0], "PyDataset has no batches. Define"),
        (lambda: keras.utils.PyDataset().num_batches, "does not say how many batches"),
    ],
)
def test_errors(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
