"""`keras.wrappers`: models as estimators of scikit-learn."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {"estimators": ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]},
    ("scikit_learn",),
)
