"""Models as scikit-learn's classifiers, regressors and transformers, as in Keras 3."""

import numpy as np

from ..models.cloning import clone_model
from ..models.model import Model
from ..utils import checks

try:
    from sklearn import base, preprocessing
    from sklearn.utils import multiclass, validation
except ImportError as error:
    raise ImportError(
        "The wrappers for scikit-learn need it. Install it: "
        "python -m pip install 'minikeras[sklearn]'"
    ) from error

__all__ = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]


class Estimator(base.BaseEstimator):
    """What the three wrappers share.

    Args:
        model: A compiled model, which is cloned before each `fit`, or a function of
            `X`, `y` and `model_kwargs` that returns one.
        warm_start: Whether `fit` goes on with the model of the last time.
        model_kwargs: Dict of keyword arguments of the function.
        fit_kwargs: Dict of keyword arguments of `model.fit`.

    Attributes:
        model_: The fitted model.
        history_: Dict of lists: what `model.fit` recorded.
    """

    def __init__(self, model, warm_start=False, model_kwargs=None, fit_kwargs=None):
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    @property
    def epoch_(self) -> int:
        """The number of epochs of the last fit."""
        return len(getattr(self, "history_", {}).get("loss", ()))

    def _checked(self, X, reset=False, **settings):
        settings = {"ensure_2d": False, "allow_nd": True, **settings}
        return validation.validate_data(self, X, reset=reset, **settings)

    def fit(self, X, y=None, **kwargs):
        """Trains a model on samples.

        Args:
            X: Array of samples.
            y: Targets.
            **kwargs: Go before `fit_kwargs`.
        """
        X = self._checked(X, reset=True)
        targets = self._targets(y)
        model = self._fresh_model(X, targets)
        _check_compiled(model)
        options = {**(self.fit_kwargs or {}), **kwargs}
        history = model.fit(X, targets, **options)
        self.history_, self.model_ = dict(history.history), model
        return self

    def _targets(self, y):
        return y

    def _fresh_model(self, X, y) -> Model:
        if self.warm_start and hasattr(self, "model_"):
            return self.model_
        if not isinstance(self.model, Model):
            return self.model(X=X, y=y, **(self.model_kwargs or {}))
        if self.warm_start:
            return self.model
        _check_compiled(self.model)
        model = clone_model(self.model)
        model.compile_from_config(self.model.get_compile_config())
        return model

    def _outputs(self, X) -> np.ndarray:
        validation.check_is_fitted(self, "model_")
        return self.model_.predict(self._checked(X), verbose=0)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags


def _check_compiled(model) -> None:
    if not isinstance(model, Model) or not model.compiled:
        must = "be a compiled model. Call model.compile(...) first"
        checks.fail("Estimator", "model", model, must)


class SKLearnClassifier(base.ClassifierMixin, Estimator):
    """A model as a classifier: targets are names of classes, one-hot for the model.

    Args:
        model: A compiled model, which is cloned before each `fit`, or a function of
            `X`, `y` (one-hot) and `model_kwargs` that returns one.
        warm_start: Whether `fit` goes on with the model of the last time.
        model_kwargs: Dict of keyword arguments of the function.
        fit_kwargs: Dict of keyword arguments of `model.fit`.

    Attributes:
        classes_: The names of the classes.
    """

    def _targets(self, y):
        if y is None:
            raise ValueError(
                "SKLearnClassifier requires y to be passed, but the target y is None."
            )
        y = np.asarray(y)
        kind = multiclass.type_of_target(y, input_name="y", raise_unknown=True)
        if kind not in ("binary", "multiclass"):
            raise ValueError(
                f"SKLearnClassifier: y must be names of classes, got {kind!r}. Unknown "
                f"label type: {kind}."
            )
        y = validation.column_or_1d(y, warn=True)
        self._encoder = preprocessing.OneHotEncoder(sparse_output=False)
        encoded = self._encoder.fit_transform(y.reshape(-1, 1))
        (self.classes_,) = self._encoder.categories_
        if len(self.classes_) == 1:
            raise ValueError(
                "SKLearnClassifier: y has one class only; a classifier can't be "
                "trained with one class. Give samples of two or more."
            )
        return encoded

    def predict(self, X):
        """Returns the likeliest class of each sample."""
        return self._encoder.inverse_transform(self._outputs(X)).reshape(-1)

    def decision_function(self, X):
        """Returns the model's outputs; of two classes, those of the second."""
        outputs = self._outputs(X)
        return outputs[:, 1] if outputs.shape[-1] == 2 else outputs


class SKLearnRegressor(base.RegressorMixin, Estimator):
    """A model as a regressor.

    Args:
        model: A compiled model, which is cloned before each `fit`, or a function of
            `X`, `y` (two axes) and `model_kwargs` that returns one.
        warm_start: Whether `fit` goes on with the model of the last time.
        model_kwargs: Dict of keyword arguments of the function.
        fit_kwargs: Dict of keyword arguments of `model.fit`.
    """

    def _targets(self, y):
        if y is None:
            raise ValueError(
                "SKLearnRegressor requires y to be passed, but the target y is None."
            )
        y = validation.check_array(
            y, ensure_2d=False, dtype="numeric", input_name="y", allow_nd=True
        )
        self._is_flat = y.ndim == 1
        return y.reshape(-1, 1) if self._is_flat else y

    def predict(self, X):
        """Returns the model's outputs, in the shape of the targets of `fit`."""
        outputs = self._outputs(X)
        return outputs.reshape(-1) if self._is_flat else outputs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags


class SKLearnTransformer(base.TransformerMixin, Estimator):
    """A model as a transformer: `transform` returns its outputs.

    Args:
        model: A compiled model, which is cloned before each `fit`, or a function of
            `X`, `y` and `model_kwargs` that returns one.
        warm_start: Whether `fit` goes on with the model of the last time.
        model_kwargs: Dict of keyword arguments of the function.
        fit_kwargs: Dict of keyword arguments of `model.fit`.
    """

    def transform(self, X):
        """Returns the model's outputs."""
        return self._outputs(X)

    def predict(self, X):
        """Returns the model's outputs."""
        return self._outputs(X)
