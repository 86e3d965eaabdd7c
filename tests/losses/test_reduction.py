"""Sample weights, masks and reductions, with numbers from Keras 3.15."""

import numpy as np
import pytest

import minikeras as keras
from minikeras.losses import Loss, MeanSquaredError

VALUES = np.arange(12, dtype="float32").reshape(4, 3)
MASK = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]], bool)


class Pass(Loss):
    """Its losses are the predictions."""

    def call(self, y_true, y_pred):
        return y_pred


def masked(values, mask):
    y_pred = keras.ops.convert_to_tensor(values)
    y_pred._keras_mask = keras.ops.convert_to_tensor(mask)
    return y_pred


@pytest.mark.parametrize(
    ("weight", "total"),
    [
        (2.0, 132.0),
        (np.ones((4, 1)), 66.0),
        (np.array([[1.0], [0.0], [0.0], [2.0]]), 63.0),
        (np.array([[1.0, 0.0, 0.0]]), 18.0),
        (np.array([1.0, 0.0, 0.0]), 18.0),
        (np.ones((4, 3, 1)), 66.0),
    ],
)
def test_weights_broadcast(weight, total):
    loss = Pass(reduction="sum")
    assert float(loss(VALUES, VALUES, sample_weight=weight)) == total
    mean = Pass()(VALUES, VALUES, sample_weight=weight)
    assert float(mean) == pytest.approx(total / 12)


def test_losses_lose_their_last_axis_for_weights_of_one_axis():
    losses = Pass(reduction=None)(VALUES[:, :1], VALUES[:, :1], [1.0, 0.0, 2.0, 0.0])
    assert losses.tolist() == [0.0, 0.0, 12.0, 0.0]


def test_mean_with_sample_weight_divides_by_the_weights():
    loss = Pass(reduction="mean_with_sample_weight")
    weight = np.array([[1.0], [0.0], [0.0], [2.0]])
    assert float(loss(VALUES, VALUES, weight)) == pytest.approx(63 / 3)
    assert float(loss(VALUES, VALUES, weight * 0)) == 0.0
    assert float(loss(VALUES, VALUES)) == 5.5


@pytest.mark.parametrize(
    ("reduction", "expected"),
    [
        ("sum", VALUES[MASK].sum()),
        ("mean", VALUES[MASK].mean()),
        ("sum_over_batch_size", VALUES[MASK].mean()),
        ("mean_with_sample_weight", VALUES[MASK].mean()),
    ],
)
def test_masks(reduction, expected):
    value = Pass(reduction=reduction)(VALUES, masked(VALUES, MASK))
    assert float(value) == pytest.approx(expected)


def test_masks_and_weights():
    weight = np.array([[1.0], [2.0], [0.0], [1.0]])
    value = Pass()(VALUES, masked(VALUES, MASK), weight)
    assert float(value) == pytest.approx((VALUES * weight)[MASK].sum() / 6)


def test_mask_that_hides_everything_gives_zero():
    assert float(Pass()(VALUES, masked(VALUES, MASK & False))) == 0.0


def test_mask_made_by_the_loss_itself():
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    scores = np.full((3, 2), 0.5, "float32")
    assert float(loss([0, -1, 1], scores)) == pytest.approx(np.log(2))
    assert float(loss([0, -1, 1], scores, [1.0, 1.0, 2.0])) == pytest.approx(
        np.log(2) * 1.5
    )


@pytest.mark.parametrize(
    ("shape", "advice"),
    [
        ((4,), r"For one weight per sample, try sample_weight\[:, None\]"),
        ((5, 1), r"Give one weight per sample: shape \(4,\)"),
    ],
)
def test_weights_that_do_not_fit(shape, advice):
    message = (
        rf"sample_weight of shape .* does not fit losses of shape \(4, 3\). {advice}"
    )
    with pytest.raises(ValueError, match=message):
        Pass()(VALUES, VALUES, np.ones(shape))


def test_unknown_reduction():
    message = "MeanSquaredError 'mean_squared_error': reduction must be one of .*'sum'"
    with pytest.raises(ValueError, match=message):
        MeanSquaredError(reduction="sums")


def test_structures_reach_call_in_the_losses_dtype():
    class Named(Loss):
        def call(self, y_true, y_pred):
            assert y_pred["a"].dtype == "float16"
            return y_pred["a"] - y_true["a"]

    loss = Named(dtype="float16", reduction="sum")
    assert float(loss({"a": [1, 2]}, {"a": np.array([3.0, 5.0])})) == 5.0


def test_a_loss_without_call():
    with pytest.raises(TypeError, match=r"Loss has no call\(self, y_true, y_pred\)"):
        Loss()(VALUES, VALUES)


def test_names_are_made_from_the_class():
    assert [Pass().name, Pass().name, Pass(name="x").name] == ["pass", "pass_1", "x"]
