"""Metrics: what is watched while a model trains and when it is evaluated.

metric.py holds the base class, reduction.py sums and means and metrics that are the
mean of a function; confusion.py counts hits and misses above thresholds, on which
Precision, Recall and AUC rest.
"""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "lookup": ["deserialize", "get", "serialize"],
        "metric": ["Metric"],
        "reduction": ["Mean", "MeanMetricWrapper", "Sum"],
        "accuracy": [
            "Accuracy",
            "BinaryAccuracy",
            "CategoricalAccuracy",
            "SparseCategoricalAccuracy",
            "SparseTopKCategoricalAccuracy",
            "TopKCategoricalAccuracy",
            "binary_accuracy",
            "categorical_accuracy",
            "sparse_categorical_accuracy",
            "sparse_top_k_categorical_accuracy",
            "top_k_categorical_accuracy",
        ],
        "errors": [
            "BinaryCrossentropy",
            "CategoricalCrossentropy",
            "CategoricalHinge",
            "CosineSimilarity",
            "Hinge",
            "KLDivergence",
            "LogCoshError",
            "MeanAbsoluteError",
            "MeanAbsolutePercentageError",
            "MeanSquaredError",
            "MeanSquaredLogarithmicError",
            "Poisson",
            "RootMeanSquaredError",
            "SparseCategoricalCrossentropy",
            "SquaredHinge",
            "binary_crossentropy",
            "binary_focal_crossentropy",
            "categorical_crossentropy",
            "categorical_focal_crossentropy",
            "categorical_hinge",
            "hinge",
            "huber",
            "kl_divergence",
            "log_cosh",
            "mean_absolute_error",
            "mean_absolute_percentage_error",
            "mean_squared_error",
            "mean_squared_logarithmic_error",
            "poisson",
            "sparse_categorical_crossentropy",
            "squared_hinge",
        ],
        "correlation": [
            "ConcordanceCorrelation",
            "PearsonCorrelation",
            "R2Score",
            "concordance_correlation",
            "pearson_correlation",
        ],
        "confusion": [
            "FalseNegatives",
            "FalsePositives",
            "Precision",
            "Recall",
            "TrueNegatives",
            "TruePositives",
        ],
        "curves": [
            "AUC",
            "PrecisionAtRecall",
            "RecallAtPrecision",
            "SensitivityAtSpecificity",
            "SpecificityAtSensitivity",
        ],
        "f_score": ["F1Score", "FBetaScore"],
        "iou": ["BinaryIoU", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU"],
    },
)
