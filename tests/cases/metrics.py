"""What the metric contract (tests/contract/test_metrics.py) needs of each metric."""

from collections import namedtuple

import numpy as np

# kwargs:   constructor arguments
# data:     "numbers", "yes_no", "one_hot", "classes", "labels" or "values"
# plain:    result after two batches, from Keras 3.15.1
# weighted: the same with a weight for each sample
Case = namedtuple("Case", "kwargs data plain weighted")

CASES = {
    "AUC": [
        Case({}, "yes_no", 0.1402715, 0.140625),
        Case({"num_thresholds": 20, "curve": "PR"}, "yes_no", 0.3883485, 0.3813722),
        Case(
            {"num_thresholds": 20, "curve": "PR", "summation_method": "majoring"},
            "yes_no",
            0.4161576,
            0.42023,
        ),
        Case(
            {
                "num_thresholds": 20,
                "summation_method": "minoring",
                "thresholds": [0.7, 0.2, 0.4],
            },
            "yes_no",
            0.09502262,
            0.0875,
        ),
        Case(
            {"num_thresholds": 20, "curve": "PRGAIN"}, "yes_no", -0.3599205, -0.3430457
        ),
        Case(
            {
                "num_thresholds": 20,
                "multi_label": True,
                "label_weights": [1.0, 2.0, 3.0],
            },
            "yes_no",
            0.1617064,
            0.1188988,
        ),
        Case(
            {
                "num_thresholds": 20,
                "multi_label": True,
                "num_labels": 3,
                "from_logits": True,
            },
            "yes_no",
            0.1458333,
            0.1404762,
        ),
        Case(
            {"num_thresholds": 20, "label_weights": [1.0, 2.0, 3.0]},
            "yes_no",
            0.2074286,
            0.2061369,
        ),
    ],
    "Accuracy": [
        Case({}, "labels", 0.6, 0.5833333),
    ],
    "BinaryAccuracy": [
        Case({}, "yes_no", 0.2333333, 0.2777778),
        Case({"threshold": 0.3}, "yes_no", 0.3, 0.3333333),
    ],
    "BinaryCrossentropy": [
        Case({}, "yes_no", 1.414614, 1.454514),
        Case(
            {"from_logits": True, "label_smoothing": 0.2},
            "yes_no",
            0.7662112,
            0.7711353,
        ),
    ],
    "BinaryIoU": [
        Case({}, "yes_no", 0.1317664, 0.1612903),
        Case(
            {"target_class_ids": [1], "threshold": 0.3}, "yes_no", 0.275862, 0.3142857
        ),
    ],
    "CategoricalAccuracy": [
        Case({}, "one_hot", 0.6, 0.5833333),
    ],
    "CategoricalCrossentropy": [
        Case({}, "one_hot", 1.094006, 1.022065),
        Case(
            {"from_logits": True, "label_smoothing": 0.2}, "one_hot", 1.058279, 1.042152
        ),
    ],
    "CategoricalHinge": [
        Case({}, "one_hot", 1.011047, 0.9841083),
    ],
    "ConcordanceCorrelation": [
        Case({}, "numbers", -0.2318189, -0.2434779),
    ],
    "CosineSimilarity": [
        Case({}, "numbers", -0.1049062, -0.0957106),
        Case({"axis": 1}, "numbers", -0.1049062, -0.0957106),
    ],
    "F1Score": [
        Case(
            {},
            "one_hot",
            [0.5714285, 0.8571428, 0.3333333],
            [0.4444444, 1.0, 0.4444444],
        ),
        Case(
            {"average": "weighted", "threshold": 0.4}, "one_hot", 0.5666666, 0.6161616
        ),
    ],
    "FBetaScore": [
        Case({"beta": 2.0, "average": "micro"}, "one_hot", 0.6, 0.5833333),
        Case(
            {"beta": 0.5, "average": "macro", "threshold": 0.4},
            "one_hot",
            0.5032051,
            0.519818,
        ),
    ],
    "FalseNegatives": [
        Case({}, "yes_no", 14.0, 15.0),
    ],
    "FalsePositives": [
        Case({"thresholds": [0.7, 0.3]}, "yes_no", [5.0, 12.0], [6.0, 15.0]),
    ],
    "Hinge": [
        Case({}, "yes_no", 1.100984, 1.104769),
    ],
    "IoU": [
        Case({"num_classes": 3, "target_class_ids": [0, 2]}, "labels", 0.3, 0.2857143),
    ],
    "KLDivergence": [
        Case({}, "shares", 0.5167086, 0.4672056),
    ],
    "LogCoshError": [
        Case({}, "numbers", 0.5546324, 0.5156327),
    ],
    "Mean": [
        Case({}, "values", 0.441102, 0.468158),
    ],
    "MeanAbsoluteError": [
        Case({}, "numbers", 1.05453, 1.00477),
    ],
    "MeanAbsolutePercentageError": [
        Case({}, "numbers", 187.8852, 226.4336),
    ],
    "MeanIoU": [
        Case({"num_classes": 3}, "labels", 0.45, 0.5238095),
        Case({"num_classes": 3, "ignore_class": 1}, "labels", 0.325, 0.2857143),
    ],
    "MeanSquaredError": [
        Case({}, "numbers", 1.561876, 1.441099),
    ],
    "MeanSquaredLogarithmicError": [
        Case({}, "shares", 0.06179052, 0.04493268),
    ],
    "OneHotIoU": [
        Case({"num_classes": 3, "target_class_ids": [0, 2]}, "one_hot", 0.3, 0.2857143),
    ],
    "OneHotMeanIoU": [
        Case({"num_classes": 3}, "one_hot", 0.45, 0.5238095),
    ],
    "PearsonCorrelation": [
        Case({}, "numbers", -0.5984733, -0.5396941),
    ],
    "Poisson": [
        Case({}, "shares", 0.8860235, 0.885719),
    ],
    "Precision": [
        Case({}, "yes_no", 0.25, 0.3125),
        Case(
            {"thresholds": [0.7, 0.3], "class_id": 1},
            "yes_no",
            [0.0, 0.1428571],
            [0.0, 0.2222222],
        ),
        Case({"top_k": 2}, "yes_no", 0.45, 0.4166667),
    ],
    "PrecisionAtRecall": [
        Case({"recall": 0.6}, "yes_no", 0.5666667, 0.5555556),
    ],
    "R2Score": [
        Case({}, "numbers", -0.4748703, -0.5387491),
        Case(
            {"class_aggregation": None},
            "numbers",
            [-0.3580295, -0.6382253, -0.4283559],
            [-0.4189156, -0.4418231, -0.7555085],
        ),
        Case(
            {"class_aggregation": "variance_weighted_average", "num_regressors": 2},
            "numbers",
            -0.5504203,
            -0.6082028,
        ),
    ],
    "Recall": [
        Case({}, "yes_no", 0.1764706, 0.25),
        Case({"top_k": 1, "class_id": 2}, "yes_no", 0.1428571, 0.0),
    ],
    "RecallAtPrecision": [
        Case({"precision": 0.6, "num_thresholds": 20}, "yes_no", 0.0, 0.0),
    ],
    "RootMeanSquaredError": [
        Case({}, "numbers", 1.24975, 1.200458),
    ],
    "SensitivityAtSpecificity": [
        Case({"specificity": 0.4, "class_id": 0}, "yes_no", 0.0, 0.0),
    ],
    "SparseCategoricalAccuracy": [
        Case({}, "classes", 0.6, 0.5833333),
    ],
    "SparseCategoricalCrossentropy": [
        Case({}, "classes", 1.094006, 1.022065),
        Case({"from_logits": True, "ignore_class": 1}, "classes", 0.6579717, 1.049319),
    ],
    "SparseTopKCategoricalAccuracy": [
        Case({"k": 2}, "classes", 0.6, 0.5833333),
    ],
    "SpecificityAtSensitivity": [
        Case({"sensitivity": 0.5, "num_thresholds": 1}, "yes_no", 0.0, 0.0),
    ],
    "SquaredHinge": [
        Case({}, "yes_no", 1.469079, 1.504918),
    ],
    "Sum": [
        Case({}, "values", 13.23306, 16.85369),
    ],
    "TopKCategoricalAccuracy": [
        Case({"k": 2}, "one_hot", 0.6, 0.5833333),
    ],
    "TrueNegatives": [
        Case({}, "yes_no", 4.0, 5.0),
    ],
    "TruePositives": [
        Case({"thresholds": [0.7, 0.3]}, "yes_no", [0.0, 8.0], [0.0, 11.0]),
    ],
}

# Registered, but bases to subclass or to wrap a function in.
BASES = {"Metric", "MeanMetricWrapper"}


def batches(data, weighted=False, seed=0):
    """Returns the arguments of two updates, with weights or without."""
    rng = np.random.default_rng(seed)
    return [_batch(data, weighted, rng, samples) for samples in (6, 4)]


def _batch(data, weighted, rng, samples):
    shape = (samples, 3)
    numbers = rng.normal(size=shape).astype("float32")
    chances = rng.uniform(0.02, 0.98, shape).astype("float32")
    classes = rng.integers(0, 3, samples)
    arguments = {
        "numbers": lambda: (numbers, chances),
        "yes_no": lambda: ((numbers > 0).astype("float32"), chances),
        "one_hot": lambda: (np.eye(3, dtype="float32")[classes], chances),
        "shares": lambda: (chances[::-1], chances),
        "classes": lambda: (classes, chances),
        "labels": lambda: (classes, np.argmax(chances, axis=-1)),
        "values": lambda: (chances,),
    }[data]()
    if weighted:
        arguments += (rng.integers(0, 4, samples).astype("float32"),)
    return arguments
