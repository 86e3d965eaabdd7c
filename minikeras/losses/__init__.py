"""Losses: how far predictions are from the targets, as one number to minimise.

loss.py holds the base class, reduction.py what it does with sample weights and masks,
pairing.py how targets are brought next to predictions; the other files are the losses.
"""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "lookup": ["deserialize", "get", "serialize"],
        "loss": ["Loss"],
        "regression": [
            "CosineSimilarity",
            "Huber",
            "LogCosh",
            "MeanAbsoluteError",
            "MeanAbsolutePercentageError",
            "MeanSquaredError",
            "MeanSquaredLogarithmicError",
            "Poisson",
            "cosine_similarity",
            "huber",
            "log_cosh",
            "mean_absolute_error",
            "mean_absolute_percentage_error",
            "mean_squared_error",
            "mean_squared_logarithmic_error",
            "poisson",
        ],
        "crossentropy": [
            "BinaryCrossentropy",
            "CategoricalCrossentropy",
            "KLDivergence",
            "SparseCategoricalCrossentropy",
            "binary_crossentropy",
            "categorical_crossentropy",
            "kl_divergence",
            "sparse_categorical_crossentropy",
        ],
        "focal": [
            "BinaryFocalCrossentropy",
            "CategoricalFocalCrossentropy",
            "CategoricalGeneralizedCrossEntropy",
            "binary_focal_crossentropy",
            "categorical_focal_crossentropy",
            "categorical_generalized_cross_entropy",
        ],
        "margin": [
            "CategoricalHinge",
            "Circle",
            "Hinge",
            "SquaredHinge",
            "categorical_hinge",
            "circle",
            "hinge",
            "squared_hinge",
        ],
        "sequences": ["CTC", "ctc"],
        "overlap": ["Dice", "Tversky", "dice", "tversky"],
    },
)
