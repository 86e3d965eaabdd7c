"""Data sets of elements, as in tf.data, and what makes them."""

import itertools
import threading
import time

import numpy as np
import pytest

import minikeras as keras
from minikeras.preprocessing.dataset import AUTOTUNE, Dataset


def numbers(dataset):
    return [np.asarray(x).tolist() for x in dataset]


def ten():
    return Dataset.range(10)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: ten().map(lambda x: x * x).take(3), [0, 1, 4]),
        (lambda: ten().filter(lambda x: x % 2).skip(3), [7, 9]),
        (lambda: ten().take(5).batch(2), [[0, 1], [2, 3], [4]]),
        (lambda: ten().take(5).batch(2, drop_remainder=True), [[0, 1], [2, 3]]),
        (lambda: ten().batch(4).unbatch().take(2), [0, 1]),
        (lambda: ten().take(2).repeat(2), [0, 1, 0, 1]),
        (lambda: ten().repeat().skip(9).take(3), [9, 0, 1]),
        (lambda: ten().take(2).concatenate(Dataset.range(5, 7)), [0, 1, 5, 6]),
        (lambda: ten().take(2).enumerate(4), [[4, 0], [5, 1]]),
        (lambda: Dataset.zip(ten(), ten().skip(8)), [[0, 8], [1, 9]]),
        (lambda: ten().cache().prefetch(keras.ops.size(1)).take(1), [0]),
        (lambda: Dataset.from_generator(lambda: iter([3, 4])), [3, 4]),
        (lambda: Dataset.from_generator(range, args=(5, 7)), [5, 6]),
        (lambda: Dataset.from_tensor_slices([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    ],
)
def test_methods(make, expected):
    dataset = make()
    assert numbers(dataset) == expected
    assert numbers(dataset) == expected  # again in the next epoch
    if dataset.cardinality() >= 0:
        assert len(dataset) == len(expected)


def test_structures_keep_their_form():
    data = Dataset.from_tensor_slices(({"a": [1, 2, 3]}, [4, 5, 6])).batch(2)
    x, y = next(iter(data))
    assert (x["a"].tolist(), y.tolist()) == ([1, 2], [4, 5])


def test_shuffling():
    data = ten().shuffle(10, seed=3)
    first, second = numbers(data), numbers(data)
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert numbers(ten().shuffle(10, seed=3)) == first
    always = ten().shuffle(4, seed=3, reshuffle_each_iteration=False)
    assert numbers(always) == numbers(always) != list(range(10))
    assert max(i - x for i, x in enumerate(numbers(ten().shuffle(3)))) <= 9
    assert numbers(ten().shuffle(3))[0] < 3  # of a buffer of three


def test_a_cache_runs_through_its_source_once():
    seen = []
    data = Dataset.from_generator(lambda: (seen.append(i) or i for i in range(3)))
    kept = data.cache()
    assert numbers(kept) == numbers(kept) == [0, 1, 2] == seen


def test_names_are_handed_on():
    data = ten()
    data.class_names = ["a", "b"]
    assert data.map(lambda x: x).batch(2).prefetch(1).class_names == ["a", "b"]


def test_fit_takes_each_element_for_a_batch():
    x = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
    y = x.sum(axis=1, keepdims=True)

    def trained(*data, **settings):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        return model.fit(*data, epochs=2, verbose=0, **settings).history

    data = Dataset.from_tensor_slices((x, y)).batch(8)
    assert data.cardinality() == 3
    assert trained(data) == trained(x, y, batch_size=8, shuffle=False)
    assert trained(data.repeat(), steps_per_epoch=3) == trained(data)


def test_time_series():
    data = np.arange(20.0)
    make = keras.utils.timeseries_dataset_from_array
    batches = list(make(data, data * 10, 4, sequence_stride=5, sampling_rate=2))
    ((x, y),) = batches
    assert x.tolist() == [[0, 2, 4, 6], [5, 7, 9, 11], [10, 12, 14, 16]]
    assert y.tolist() == [0, 50, 100]
    part = make(data, None, 4, start_index=3, end_index=9, batch_size=2)
    assert numbers(part) == [[[3, 4, 5, 6], [4, 5, 6, 7]], [[5, 6, 7, 8]]]
    assert len(list(make(data, None, 4, batch_size=None))) == 17
    random = make(data, None, 4, shuffle=True, seed=1)
    assert numbers(random) != numbers(random)
    assert sorted(numbers(random)[0]) == numbers(make(data, None, 4))[0]


def test_split_dataset():
    x = np.arange(7)
    left, right = keras.utils.split_dataset((x, x * 2), left_size=0.6)
    assert [tuple(map(int, row)) for row in right] == [(4, 8), (5, 10), (6, 12)]
    assert len(left) == 4
    left, right = keras.utils.split_dataset(x, right_size=2, shuffle=True, seed=1)
    assert sorted(map(int, [*left, *right])) == list(range(7))
    left, right = keras.utils.split_dataset(ten(), left_size=3, right_size=2)
    assert (numbers(left), numbers(right)) == ([0, 1, 2], [8, 9])


def test_pad_sequences():
    pad = keras.utils.pad_sequences
    assert pad([[1], [2, 3], []]).tolist() == [[0, 1], [2, 3], [0, 0]]
    assert pad([[1, 2, 3]], maxlen=2, truncating="post").tolist() == [[1, 2]]
    assert pad([[1], [2, 3]], padding="post", value=-1).tolist() == [[1, -1], [2, 3]]
    assert pad([["a"], ["b", "c"]], dtype=object, value="x").tolist()[0] == ["x", "a"]
    assert pad([[[1, 2]], [[3, 4], [5, 6]]]).shape == (2, 2, 2)
    assert pad([[1.5]], dtype="float32").dtype == "float32"
    assert keras.preprocessing.sequence.pad_sequences is pad


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: len(ten().repeat()), TypeError, "its length is infinite"),
        (lambda: len(ten().filter(bool)), TypeError, "its length is unknown"),
        (lambda: ten().batch(2, drop=True), TypeError, "drop"),
        (lambda: ten().batch(0), ValueError, "batch_size must be a positive int"),
        (lambda: ten().cache("x"), ValueError, "filename must be empty"),
        (
            lambda: Dataset.from_tensor_slices(([1, 2], [3])),
            ValueError,
            "arrays must have one length",
        ),
        (lambda: keras.utils.pad_sequences(3), ValueError, "must be a list of seq"),
        (lambda: keras.utils.pad_sequences([1]), ValueError, "at position 0"),
        (
            lambda: keras.utils.pad_sequences([[1]], padding="left"),
            ValueError,
            "padding must be one of",
        ),
        (
            lambda: keras.utils.pad_sequences([[[1, 2]], [[3]]]),
            ValueError,
            r"sequence 1 must have shape \(2,\)",
        ),
        (
            lambda: keras.utils.pad_sequences([[1]], value="x"),
            ValueError,
            "Try dtype=object",
        ),
        (
            lambda: keras.utils.timeseries_dataset_from_array([1, 2], None, 3),
            ValueError,
            "sequence_length must be at most",
        ),
        (
            lambda: keras.utils.timeseries_dataset_from_array(
                [1, 2], None, 1, end_index=5
            ),
            ValueError,
            r"end_index must be in \(0, 2\]",
        ),
        (lambda: keras.utils.split_dataset([1, 2]), ValueError, "must be given"),
        (
            lambda: keras.utils.split_dataset(np.arange(4), 0.9, 0.9),
            ValueError,
            "both parts must have samples",
        ),
        (
            lambda: keras.utils.split_dataset(np.arange(4), 9),
            ValueError,
            "left_size must be a share",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


# Ahead ----------------------------------------------------------------------------


def test_prefetch_makes_elements_while_others_are_used():
    made = [threading.Event() for _ in range(4)]

    def numbers():
        for i in range(4):
            made[i].set()
            yield i

    ahead = Dataset(numbers, 4).prefetch(2)
    elements = iter(ahead)
    assert next(elements) == 0
    assert made[1].wait(10) and made[2].wait(10)  # nobody has asked for these yet
    assert not made[3].is_set()
    assert list(elements) == [1, 2, 3]
    assert list(ahead) == [0, 1, 2, 3] == list(Dataset(numbers).prefetch(AUTOTUNE))
    assert list(Dataset(numbers).prefetch(0)) == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="buffer_size must be an int of 0 or more"):
        ahead.prefetch(-2)


def test_prefetch_passes_errors_on_and_leaves_no_thread_behind():
    def numbers():
        yield 1
        raise RuntimeError("no more")

    before = threading.active_count()
    elements = iter(Dataset(numbers).prefetch(3))
    assert next(elements) == 1
    with pytest.raises(RuntimeError, match="no more"):
        next(elements)
    endless = iter(Dataset(itertools.count).prefetch(3))
    assert [next(endless), next(endless)] == [0, 1]
    endless.close()
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_training_on_prefetched_batches_is_training_on_batches():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    weights = []
    for ahead in (False, True):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.layers.Dense(1)])
        model.compile("adam", "mse")
        data = Dataset.from_tensor_slices((x, y)).shuffle(20, seed=1).batch(6)
        model.fit(data.prefetch(AUTOTUNE) if ahead else data, epochs=3, verbose=0)
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)
