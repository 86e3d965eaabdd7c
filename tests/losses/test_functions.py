"""Behaviour of single losses beyond their formula."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import losses
from minikeras.losses.loss import LossFunctionWrapper


def test_names_keras_knows():
    for name in (
        "mse",
        "MSE",
        "mae",
        "MAE",
        "mape",
        "MAPE",
        "msle",
        "MSLE",
        "bce",
        "BCE",
    ):
        assert callable(losses.get(name))
    assert losses.get("kld") is losses.get("KLD") is losses.kl_divergence
    assert losses.get("bce") is losses.binary_crossentropy
    assert losses.get(None) is None


def test_unknown_name():
    with pytest.raises(
        ValueError, match=r"Unknown loss 'hubber'. Did you mean '[Hh]uber'\?"
    ):
        losses.get("hubber")


def test_what_is_no_loss_at_all():
    with pytest.raises(TypeError, match="Cannot read 3 .* as a loss"):
        losses.get(3)


def test_default_names_and_configs_are_those_of_keras():
    assert losses.Huber().get_config() == {
        "name": "huber_loss",
        "reduction": "sum_over_batch_size",
    }
    assert losses.Huber(delta=2.0).get_config()["delta"] == 2.0
    assert losses.SparseCategoricalCrossentropy(ignore_class=2).get_config() == {
        "name": "sparse_categorical_crossentropy",
        "reduction": "sum_over_batch_size",
        "from_logits": False,
        "ignore_class": 2,
    }


def test_a_function_of_ones_own():
    wrapper = LossFunctionWrapper(losses.huber, name="h", delta=2.0)
    config = wrapper.get_config()
    assert (config["fn"]["config"], config["delta"]) == ("huber", 2.0)
    twin = type(wrapper).from_config(config)
    assert twin.fn is losses.huber
    assert float(twin([[0.0]], [[3.0]])) == 4.0


def test_huber_is_linear_beyond_delta():
    assert losses.huber([[0.0]], [[5.0]], delta=2.0).tolist() == [8.0]


def test_log_cosh_does_not_overflow():
    errors = np.array([[1000.0], [-1000.0]], "float32")
    expected = 1000 - np.log(2)
    np.testing.assert_allclose(losses.log_cosh(errors * 0, errors), expected, rtol=1e-6)


def test_percentage_error_of_a_zero_target_is_finite():
    loss = float(losses.mean_absolute_percentage_error([[0.0, 2.0]], [[1.0, 1.0]])[0])
    assert loss == pytest.approx(5e8)


def test_cosine_of_a_zero_vector_is_zero_with_a_finite_gradient():
    y_pred = keras.Variable(np.zeros((1, 2)))
    with keras.GradientTape() as tape:
        loss = losses.CosineSimilarity()([[1.0, 0.0]], y_pred)
    assert float(loss) == 0.0
    assert np.isfinite(np.asarray(tape.gradient(loss, y_pred))).all()


def test_crossentropies_of_certain_mistakes_are_finite():
    # from probabilities Keras keeps 1e-7 from 0 and 1; from logits nothing is cut off
    binary = losses.binary_crossentropy([[0.0]], [[1.0]])
    assert float(binary[0]) == pytest.approx(15.942, abs=1e-3)
    wrong = [[1.0, 0.0]]
    categorical = losses.categorical_crossentropy([[0.0, 1.0]], wrong)
    assert float(categorical[0]) == pytest.approx(16.118, abs=1e-3)
    logits = [[100.0, 0.0]]
    exact = losses.categorical_crossentropy([[0.0, 1.0]], logits, from_logits=True)
    assert float(exact[0]) == 100.0


def test_softmax_before_the_loss_is_taken_as_probabilities():
    scores = keras.activations.softmax(
        keras.ops.convert_to_tensor([[100.0, 0.0, -100.0]])
    )
    loss = losses.categorical_crossentropy([[0.0, 0.0, 1.0]], scores)
    assert float(loss[0]) == pytest.approx(16.118, abs=1e-3)


def test_ignored_classes_are_left_out():
    scores = np.full((3, 2), 0.5, "float32")
    each = losses.sparse_categorical_crossentropy([0, 7, 1], scores, ignore_class=7)
    np.testing.assert_allclose(each, [np.log(2), 0, np.log(2)], rtol=1e-6)
    assert each._keras_mask.tolist() == [True, False, True]


def test_generalized_crossentropy_wants_q_between_zero_and_one():
    message = (
        r"CategoricalGeneralizedCrossEntropy: q must be above 0 and below 1, got 1"
    )
    with pytest.raises(ValueError, match=message):
        losses.CategoricalGeneralizedCrossEntropy(q=1)


def test_dice_along_axes_gives_a_loss_per_sample():
    y_true = np.array([[[0.0], [1.0]], [[1.0], [1.0]]], "float32")
    y_pred = np.array([[[0.2], [0.9]], [[0.6], [0.7]]], "float32")
    loss = losses.Dice(axis=(1, 2), reduction=None)(y_true, y_pred)
    np.testing.assert_allclose(loss, [0.142857, 0.212121], rtol=1e-5)


def test_circle_compares_with_references():
    embeddings = np.eye(3, dtype="float32")
    references = np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]], "float32")
    each = losses.circle(
        [0, 0, 1], embeddings, [0, 1], references, remove_diagonal=False, gamma=5.0
    )
    np.testing.assert_allclose(each, [0.371101, 0.220417, 0.183901], rtol=1e-3)
    with pytest.raises(ValueError, match="must be given together, got only ref_labels"):
        losses.circle([0, 0, 1], embeddings, ref_labels=[0, 1])


@pytest.mark.parametrize("labels", [[1, 3], [-1, 2]])
def test_labels_that_are_no_class_numbers(labels):
    scores = np.full((2, 3), 1 / 3, "float32")
    with pytest.raises(ValueError, match=r"class numbers from 0 to 2, .* start at 1\?"):
        losses.sparse_categorical_crossentropy(np.array(labels), scores)
    ignored = losses.sparse_categorical_crossentropy(
        np.array(labels), scores, ignore_class=labels[labels[0] > 0]
    )
    assert np.count_nonzero(ignored) == 1
