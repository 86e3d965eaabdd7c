"""Batches from arrays, sequences and generators: their order, forms and errors."""

import random

import numpy as np
import pytest

from minikeras.tensor import Tensor, Variable
from minikeras.training import data
from minikeras.training.arrays import split, to_arrays, weights_of_classes
from minikeras.training.data import Epochs, batches

X = np.arange(10.0)[:, None]


def order(reader):
    """The samples in each batch of an epoch."""
    parts = [batch[0] if type(batch) is tuple else batch for batch in reader]
    return [part.array.ravel().astype(int).tolist() for part in parts]


class Squares:
    """A sequence of batches, as users write them."""

    def __init__(self):
        self.epochs = []

    def __len__(self):
        return 5

    def __getitem__(self, i):
        return np.full((2, 1), i), np.full((2, 1), i**2)

    def on_epoch_begin(self):
        self.epochs.append("begin")

    def on_epoch_end(self):
        self.epochs.append("end")


# The order of samples -----------------------------------------------------------------


def test_shuffling_draws_one_numpy_permutation_an_epoch():
    reader = batches("fit", X, batch_size=4, shuffle=True)
    np.random.seed(1)
    drawn = order(reader), order(reader)
    # written by Keras 3.15.1 under set_random_seed(1), in an epoch after the first look
    assert drawn[0] == [[2, 9, 6, 4], [0, 3, 1, 7], [8, 5]]
    assert drawn[1] == [[9, 5, 3, 0], [8, 4, 2, 1], [6, 7]]


def test_batch_shuffling_stays_inside_each_batch():
    reader = batches("fit", X, batch_size=4, shuffle="batch")
    np.random.seed(1)
    assert [order(reader), order(reader)] == [
        [[3, 2, 0, 1], [4, 6, 5, 7], [8, 9]],
        [[1, 2, 0, 3], [6, 7, 4, 5], [8, 9]],  # Keras 3.15.1 again
    ]


def test_sequences_are_shuffled_by_python():
    sequence = Squares()
    reader = batches("fit", sequence, shuffle=True)
    random.seed(1)
    firsts = [[part[0] for part in order(reader)] for _ in range(2)]
    assert firsts == [[2, 3, 4, 0, 1], [0, 2, 1, 4, 3]]
    assert sequence.epochs == ["begin", "end"] * 2


def test_without_shuffling_batches_come_in_order_and_the_last_is_short():
    reader = batches("fit", X, batch_size=4)
    assert order(reader) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert reader.num_batches == 3


# The forms of data --------------------------------------------------------------------


class Frame:
    """What pandas frames and polars columns have in common."""

    def to_numpy(self):
        return X


@pytest.mark.parametrize(
    "x",
    [X, X.tolist(), Tensor(X), Variable(X), Frame(), X.astype("float16")],
    ids=["float64", "numbers", "tensor", "variable", "frame", "float16"],
)
def test_all_kinds_of_arrays_become_float32_once(x):
    (batch,) = batches("fit", x, batch_size=16)
    assert type(batch) is Tensor and batch.dtype == "float32"
    assert np.array_equal(batch.array, X)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8", "bool"])
def test_integers_and_booleans_keep_their_dtype(dtype):
    assert to_arrays("fit", X.astype(dtype), "x").dtype == dtype


def test_structures_of_arrays_are_cut_alike():
    x = {"a": X, "b": [1.0] * 10}
    (batch,) = batches("fit", x, [X, None], sample_weight=X[:, 0], batch_size=10)
    (inputs, targets, weight) = batch
    assert sorted(inputs) == ["a", "b"] and inputs["b"].shape == (10,)
    assert targets[0].shape == (10, 1) and targets[1] is None
    assert weight.shape == (10,)


def test_inputs_alone_come_as_they_are_and_lists_of_them_in_a_tuple():
    assert type(next(iter(batches("predict", X)))) is Tensor
    (batch,) = batches("predict", [X, X])
    assert type(batch) is tuple and len(batch) == 1 and len(batch[0]) == 2


def test_generators_give_batches_of_any_form():
    given = [X, (X,), (X, X), [X, X], (X, {"y": X}, X[:, 0])]
    found = list(batches("fit", iter(given)))
    assert [1 if type(b) is Tensor else len(b) for b in found] == [1, 1, 2, 2, 3]
    assert type(found[-1][1]["y"]) is Tensor


def test_a_look_at_a_generator_loses_nothing():
    reader = batches("fit", (X[i : i + 2] for i in (0, 2, 4)))
    assert reader.peek().array[0, 0] == 0
    assert order(reader) == [[0, 1], [2, 3], [4, 5]]


# Epochs -------------------------------------------------------------------------------


def test_epochs_of_so_many_steps_go_on_where_the_last_one_stopped():
    source = Epochs("fit", batches("fit", X, batch_size=2), steps=2)
    assert [order(source) for _ in range(2)] == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]
    with pytest.warns(UserWarning, match="fit: the data ran out after 1 of 2 batches"):
        assert order(source) == [[8, 9]]
    assert order(source) == [[0, 1], [2, 3]]


def test_as_many_steps_as_batches_need_no_warning():
    source = Epochs("fit", batches("fit", X, batch_size=5), steps=2)
    assert order(source) == order(source) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_epochs_that_are_not_continued_start_anew():
    source = Epochs("evaluate", batches("evaluate", X, batch_size=5), 1, False)
    assert order(source) == order(source) == [[0, 1, 2, 3, 4]]


def test_a_generator_serves_one_pass():
    source = Epochs("fit", batches("fit", (X for _ in range(2))))
    assert len(order(source)) == 2
    with pytest.warns(UserWarning, match="used up, training stops after 1 of 3 epochs"):
        assert source.is_spent(1, 3)


# Weights and splitting ----------------------------------------------------------------


@pytest.mark.parametrize(
    "y", [[0, 1, 2, 1], [[0], [1], [2], [1]], np.eye(3)[[0, 1, 2, 1]]]
)
def test_class_weights_follow_the_classes_and_are_1_where_none_is_given(y):
    weights = weights_of_classes("fit", np.asarray(y), {1: 3.0, 2: 0.5})
    assert weights.tolist() == [1.0, 3.0, 0.5, 3.0] and weights.dtype == "float32"


def test_the_last_samples_are_held_back():
    train, validation = split("fit", (X, [X, None], X[:, 0]), 0.25)
    assert train[0].ravel().tolist() == list(range(7))
    assert validation[1][0].ravel().tolist() == [7, 8, 9]
    assert validation[1][1] is None and validation[2].tolist() == [7, 8, 9]


# Errors -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": None}, "fit: x is None. Pass the inputs"),
        ({"x": X, "y": X[:5]}, "same number of samples, but x has 10, y has 5"),
        (
            {"x": {"a": X, "b": X[:2]}},
            r"same number of samples, but x\['a'\] has 10, x\['b'\] has 2",
        ),
        ({"x": X[:0], "y": X[:0]}, "fit: x is empty, there is not one sample in it"),
        ({"x": []}, "fit: x is empty"),
        ({"x": X, "y": ["cat"] * 10}, "classes, y = np.unique"),
        ({"x": np.array([{}, 1])}, "x must be numeric, got an array of Python objects"),
        ({"x": [[1.0], [1.0, 2.0]]}, "rows of different lengths"),
        (
            {"x": np.array(["2020"], "M8[D]")},
            r"x must be numeric, got an array of datet",
        ),
        (
            {"x": np.array(3.0)},
            "x must have an axis of samples, got the single number 3",
        ),
        ({"x": X, "batch_size": 0}, "fit: batch_size must be a positive int, got 0"),
        (
            {"x": X, "shuffle": "all"},
            "fit: shuffle must be one of True, False, 'batch'",
        ),
        ({"x": iter([X]), "y": X}, "y must not be given when x is a list_iterator"),
        ({"x": iter([X]), "batch_size": 2}, "batch_size must not be given when x is a"),
        (
            {"x": X, "y": X, "class_weight": {0: 1}, "sample_weight": X[:, 0]},
            "class_weight and sample_weight exclude each other",
        ),
        ({"x": X, "class_weight": {0: 1}}, "class_weight needs targets, but y is None"),
        (
            {"x": X, "y": X, "class_weight": {"a": 1}},
            "keys of class_weight must be class",
        ),
        (
            {"x": X, "y": X, "class_weight": {0: -1}},
            r"class_weight\[0\] must be a number of 0 or more, got -1",
        ),
        (
            {"x": X, "y": [X, X], "class_weight": {0: 1}},
            "class_weight is for models with one output, this one has 2 targets",
        ),
    ],
)
def test_bad_data_is_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        batches("fit", **arguments)


def test_class_weight_must_be_a_dict():
    with pytest.raises(TypeError, match=r"must be a dict, got \[1, 3\] \(list\). Try"):
        batches("fit", X, X, class_weight=[1, 3])


@pytest.mark.parametrize("value", [1.5, -0.1, 1, "a third"])
def test_the_part_for_validation_lies_between_0_and_1(value):
    message = "fit: validation_split must be between 0 and 1, got"
    with pytest.raises(ValueError, match=message):
        split("fit", (X, X, None), value)


def test_a_split_leaves_something_for_training():
    with pytest.raises(ValueError, match="of 10 samples leaves none for training"):
        split("fit", (X, X, None), 0.99)
    with pytest.raises(ValueError, match="validation_split needs arrays, but x is a"):
        split("fit", (iter([X]), None, None), 0.5)


def test_a_batch_of_four_things_is_refused():
    with pytest.raises(ValueError, match="got a tuple of 4 elements"):
        list(batches("fit", iter([(X, X, X, X)])))


def test_an_empty_generator_is_reported():
    with pytest.raises(ValueError, match="x is a generator without any batch"):
        batches("fit", (x for x in ())).peek()


def test_all_is_true():
    assert all(hasattr(data, name) for name in data.__all__)
