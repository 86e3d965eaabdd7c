"""Targets that do and do not fit predictions."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import losses

ROWS = np.full((4, 3), 0.25, "float32")


def ones(*shape):
    return np.ones(shape, "float32")


@pytest.mark.parametrize(
    ("y_true", "y_pred", "shape"),
    [
        (ones(4), ones(4, 1), (4,)),
        (ones(4, 1), ones(4), (4,)),
        (ones(4, 3), ones(4, 3, 1), (4,)),
        (ones(4, 3, 1), ones(4, 3), (4,)),
        (ones(4), ones(4), ()),
        (ones(4, 3), ones(4, 1), (4,)),
    ],
)
def test_ranks_are_evened_out(y_true, y_pred, shape):
    assert losses.mean_squared_error(y_true, y_pred).shape == shape


def test_one_column_is_not_spread_over_the_batch():
    y_true, y_pred = np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.0], [3.0]])
    assert float(losses.MeanSquaredError()(y_true, y_pred)) == 0.0


def test_targets_take_the_dtype_of_the_predictions():
    loss = losses.mean_absolute_error(np.array([[1, 2]]), np.array([[0.5, 0.5]], "f2"))
    assert (loss.dtype, loss.tolist()) == ("float16", [1.0])


@pytest.mark.parametrize(
    ("function", "y_true", "message"),
    [
        (
            losses.mean_squared_error,
            ones(5, 3),
            r"mean_squared_error: y_true and y_pred must have the same shape, got "
            r"\(5, 3\) and \(4, 3\). They hold 5 and 4 samples: give x and y the sam",
        ),
        (
            losses.mean_squared_error,
            ones(4, 2),
            r"got \(4, 2\) and \(4, 3\). Give the last layer 2 units, or y_true 3 col",
        ),
        (
            losses.categorical_crossentropy,
            np.array([0, 1, 2, 0]),
            r"got \(4,\) and \(4, 3\). If y_true holds class numbers, use "
            r"sparse_categorical_crossentropy, or utils.to_categorical\(y_true, "
            r"num_classes=3\)",
        ),
        (
            losses.categorical_crossentropy,
            np.array([[0], [1], [2], [0]]),
            "If y_true holds class numbers, use sparse_categorical_crossentropy",
        ),
        (losses.binary_crossentropy, ones(4, 2, 2), "Reshape one of them"),
        (
            losses.sparse_categorical_crossentropy,
            ones(4, 3),
            r"sparse_categorical_crossentropy: y_true must hold one class number per "
            r"row of y_pred, got shapes \(4, 3\) and \(4, 3\). If y_true is one-hot, "
            "use categorical_crossentropy",
        ),
        (
            losses.sparse_categorical_crossentropy,
            np.array([0, 1, 2]),
            "They hold 3 and 4 samples",
        ),
    ],
)
def test_shapes_that_do_not_fit(function, y_true, message):
    with pytest.raises(ValueError, match=message):
        function(y_true, ROWS)


def test_class_objects_say_the_same():
    with pytest.raises(ValueError, match="use sparse_categorical_crossentropy"):
        losses.CategoricalCrossentropy()(np.array([0, 1, 2, 0]), ROWS)


def test_one_class_is_warned_about():
    with pytest.warns(UserWarning, match="has one class.*Try binary_crossentropy"):
        losses.categorical_crossentropy(ones(4, 1), ones(4, 1))


def test_gradients_pass_through_the_change_of_dtype():
    weight = keras.Variable(np.array([[2.0]], "float16"))
    with keras.GradientTape() as tape:
        loss = losses.MeanSquaredError()(np.zeros((1, 1)), weight * 1.0)
    assert loss.dtype == "float32"
    assert tape.gradient(loss, weight).tolist() == [[4.0]]
