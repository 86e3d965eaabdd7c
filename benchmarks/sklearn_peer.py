"""scikit-learn's networks in Keras's clothes: `fit` for one epoch, and `predict`.

They know no dropout, no RMSprop and no cross-entropy for regression: what they run is
the nearest they have, with Adam where the workload has RMSprop and squared errors for
the autoencoder. They stop at no tolerance and warn of nothing.
"""

import warnings

import numpy as np
from sklearn import neural_network


class SklearnModel:
    """An estimator that goes on where the last epoch ended.

    Args:
        name: `"MLPClassifier"` or `"MLPRegressor"`.
        settings: Its arguments.
    """

    def __init__(self, name: str, settings: dict):
        estimator = getattr(neural_network, name)
        self.estimator = estimator(max_iter=1, warm_start=True, **settings)

    def fit(self, x, y, batch_size: int, verbose: int = 0) -> None:
        """Trains one epoch."""
        self.estimator.batch_size = batch_size
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one epoch does not converge
            self.estimator.fit(x, self.targets(y))

    def targets(self, y):
        """Returns class numbers for what Keras takes as columns."""
        if y is None or y.ndim == 1 or not hasattr(self.estimator, "predict_proba"):
            return y
        return y[:, 0] if y.shape[1] == 1 else np.argmax(y, axis=1)

    def predict(self, x, verbose: int = 0):
        """Returns what Keras's `predict` would: probabilities, or numbers."""
        probabilities = getattr(self.estimator, "predict_proba", self.estimator.predict)
        return probabilities(x)
