"""Counts above thresholds, and the metrics that rest on them."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import metrics
from minikeras.metrics.confusion import count_above

Y_TRUE = np.array([0, 0, 1, 1], "float32")
Y_PRED = np.array([0.0, 0.5, 0.3, 0.9], "float32")


def slow_count(weight, y_pred, thresholds):
    return np.array([((y_pred > t) * weight).sum(axis=0) for t in thresholds])


@pytest.mark.parametrize("thresholds", [[0.5], [0.1, 0.5, 0.9], [0.7, 0.2, 0.2]])
def test_count_above_equals_comparing_with_each_threshold(thresholds):
    rng = np.random.default_rng(0)
    weight, y_pred = rng.uniform(size=(50, 3)), rng.integers(0, 11, (50, 3)) / 10
    got = count_above(weight, y_pred, np.array(thresholds))
    np.testing.assert_allclose(got, slow_count(weight, y_pred, thresholds))
    out = np.empty(got.shape)
    assert count_above.kernel(weight, y_pred, np.array(thresholds), out=out) is out
    np.testing.assert_array_equal(out, got)


def test_count_above_shapes():
    rule = count_above.shape_rule
    assert rule((None, 3), (None, 3), (7,)) == (7, 3)
    nothing = np.zeros((0, 2), "float32")
    counted = count_above(nothing, nothing, np.array([0.5], "float32"))
    assert (counted.tolist(), counted.dtype) == ([[0.0, 0.0]], "float32")


def test_a_prediction_that_is_no_number_is_above_nothing():
    nan = np.array([[np.nan], [1.0]])
    assert count_above(np.ones((2, 1)), nan, np.array([-1.0])).tolist() == [[1.0]]


def test_a_prediction_on_the_threshold_says_no():
    counts = metrics.TruePositives(thresholds=[0.3, 0.9])
    assert counts(Y_TRUE, Y_PRED).tolist() == [1.0, 0.0]


def test_one_weight_per_sample_goes_for_its_columns():
    y_true = np.ones((2, 3))
    counts = metrics.TruePositives()
    assert float(counts(y_true, y_true, sample_weight=[1.0, 0.5])) == 4.5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.Precision(thresholds=1.5), "thresholds must .*1.5"),
        (lambda: metrics.Precision(thresholds=[]), "thresholds must hold at least one"),
        (lambda: metrics.Recall(top_k=0), "Recall 'recall': top_k must be a positive"),
        (lambda: metrics.AUC(num_thresholds=1), "AUC: num_thresholds must be above 1"),
        (lambda: metrics.AUC(curve="RCO"), "curve must be one of 'ROC', 'PR'"),
        (
            lambda: metrics.AUC(summation_method="x"),
            "summation_method must be one of 'interpolation'",
        ),
        (lambda: metrics.AUC(num_labels=3), "num_labels=3 needs multi_label=True"),
        (
            lambda: metrics.AUC(multi_label=True, num_labels=3, label_weights=[1.0]),
            "label_weights must hold one weight for each of the 3 labels, got 1",
        ),
        (lambda: metrics.PrecisionAtRecall(1.5), "PrecisionAtRecall: recall must"),
        (
            lambda: metrics.IoU(num_classes=2, target_class_ids=[2]),
            r"target_class_ids must be below num_classes=2, got \[2\]",
        ),
        (
            lambda: metrics.F1Score(average="mean"),
            "average must be one of None, 'micro'",
        ),
        (lambda: metrics.FBetaScore(beta=-1.0), "beta must be .*-1"),
        (lambda: metrics.F1Score(threshold=0), "threshold must be .*0"),
        (
            lambda: metrics.R2Score(class_aggregation="mean"),
            "class_aggregation must be one of None",
        ),
        (lambda: metrics.R2Score(num_regressors=-1), "num_regressors must be .*-1"),
    ],
)
def test_arguments_that_make_no_sense(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("metric", "shape", "message"),
    [
        (metrics.Precision(class_id=3), (4, 3), "class_id must be below the number of"),
        (
            metrics.AUC(multi_label=True),
            (4,),
            r"y_pred must have shape \(samples, labe",
        ),
        (
            metrics.AUC(multi_label=True, num_labels=2),
            (4, 3),
            r"y_pred must have num_labels=2 columns, got shape \(4, 3\)",
        ),
        (metrics.F1Score(), (4,), r"must have shape \(samples, classes\), got \(4,\)"),
        (metrics.R2Score(), (4,), r"must have shape \(samples, columns\), got \(4,\)"),
    ],
)
def test_batches_that_do_not_fit(metric, shape, message):
    with pytest.raises(ValueError, match=message):
        metric.update_state(np.ones(shape), np.ones(shape))


def test_weights_that_do_not_fit():
    message = r"AUC: sample_weight of shape \(3,\) does not fit y_pred of shape \(4,\)"
    with pytest.raises(ValueError, match=message):
        metrics.AUC().update_state(Y_TRUE, Y_PRED, np.ones(3))


def test_many_thresholds_find_the_exact_area():
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.integers(0, 2, 200), rng.uniform(size=200)
    pairs = y_pred[y_true == 1][:, None] > y_pred[y_true == 0]
    area = float(metrics.AUC(num_thresholds=5000)(y_true, y_pred))
    assert area == pytest.approx(pairs.mean(), abs=1e-3)


def test_own_thresholds_are_sorted_and_closed_by_two_outside():
    auc = metrics.AUC(thresholds=[0.7, 0.2])
    assert auc.thresholds == pytest.approx([-1e-7, 0.2, 0.7, 1 + 1e-7])
    assert auc.get_config()["thresholds"] == [0.2, 0.7]
    assert auc.get_config()["num_thresholds"] == 4


def test_areas_before_the_first_batch_are_zero():
    assert float(metrics.AUC().result()) == 0.0
    assert float(metrics.AUC(multi_label=True).result()) == 0.0
    assert float(metrics.F1Score().result()) == 0.0
    assert float(metrics.R2Score().result()) == 0.0


def test_adjusted_score_of_too_few_samples():
    metric = metrics.R2Score(num_regressors=5)
    metric.update_state([[1.0], [2.0]], [[1.0], [3.0]])
    with pytest.warns(UserWarning, match="5 regressors need more than 6 samples"):
        assert float(metric.result()) == -1.0


def test_top_k_beyond_the_classes_takes_all():
    y_true = np.eye(3, dtype="float32")
    assert float(metrics.Recall(top_k=5)(y_true, y_true)) == 1.0
    assert float(metrics.TopKCategoricalAccuracy(k=5)(y_true, 1 - y_true)) == 1.0


def test_ties_at_the_kth_place_count_as_hits():
    flat = np.zeros((1, 4), "float32")
    assert metrics.sparse_top_k_categorical_accuracy([3], flat, k=1).tolist() == [1.0]
    nan = flat * np.nan
    assert metrics.sparse_top_k_categorical_accuracy([3], nan, k=1).tolist() == [0.0]


def test_classes_sorted_by_score():
    ids = np.array([[3, 0, 1], [0, 2, 4]])
    hits = metrics.sparse_top_k_categorical_accuracy([0, 1], ids, 2, True)
    assert hits.tolist() == [1.0, 0.0]


def test_accuracy_of_class_numbers_against_one_hot_rows():
    with pytest.raises(ValueError, match="use sparse_categorical_crossentropy"):
        metrics.categorical_accuracy([0, 1], keras.ops.ones((2, 3)))
