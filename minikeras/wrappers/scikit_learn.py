"""`KerasClassifier` and `KerasRegressor` of Keras 2: a function that builds a model.

They need scikit-learn only for what scikit-learn does with them.
"""

import copy
import inspect

import numpy as np

from ..utils import checks, numerical

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
except ImportError:  # they train and predict without it
    BaseEstimator = ClassifierMixin = RegressorMixin = object

__all__ = ["KerasClassifier", "KerasRegressor"]

_FIT = frozenset(
    "batch_size epochs verbose callbacks validation_split validation_data shuffle "
    "class_weight sample_weight initial_epoch steps_per_epoch validation_steps "
    "nb_epoch".split()
)
_PREDICT = frozenset("batch_size verbose steps callbacks".split())


class KerasWrapper(BaseEstimator):
    """What both wrappers share.

    Args:
        build_fn: Function that returns a compiled model.
        model: The same, by the name of later years.
        **sk_params: Keyword arguments of the function, and of `fit` and `predict`;
            `model__units` is `units` of the function, `fit__epochs` that of `fit`.
    """

    def __init__(self, build_fn=None, model=None, **sk_params):
        self.build_fn = build_fn
        self.model_fn = model
        self.sk_params = sk_params
        self._check(sk_params)

    def _build(self):
        own = self if callable(self) else None  # a class of one's own with __call__
        return self.build_fn or self.model_fn or own

    def _check(self, params: dict) -> None:
        """Raises for a parameter that neither the function nor `fit` takes."""
        function = self._build()
        if not callable(function):
            must = "be a function that returns a compiled model"
            checks.fail(type(self), "build_fn", self.build_fn, must)
        names, takes_all = _names_of(function)
        known = names | _FIT | _PREDICT
        for name in params:
            if takes_all or name.startswith(("model__", "fit__", "predict__")):
                continue
            if name not in known:
                raise ValueError(
                    f"{type(self).__name__}: {name!r} is not a legal parameter. "
                    f"{checks.did_you_mean(name, known)}"
                )

    def get_params(self, deep=True, **params) -> dict:
        """Returns the function and the parameters."""
        found = copy.copy(self.sk_params)
        if self.model_fn is not None:
            found["model"] = self.model_fn
        if self.build_fn is not None or self.model_fn is None:
            found["build_fn"] = self.build_fn
        return found

    def set_params(self, **params):
        """Sets parameters."""
        self.build_fn = params.pop("build_fn", self.build_fn)
        self.model_fn = params.pop("model", self.model_fn)
        self._check(params)
        self.sk_params = {**self.sk_params, **params}
        return self

    def _options(self, names, prefix: str, **given) -> dict:
        """The parameters that a function takes."""
        found = {k: v for k, v in self.sk_params.items() if k in names}
        for name, value in self.sk_params.items():
            if name.startswith(prefix):
                found[name.removeprefix(prefix)] = value
        return {**found, **given}

    def _fit(self, x, y, **kwargs):
        function = self._build()
        names, takes_all = _names_of(function)
        names = names | (set(self.sk_params) - _FIT - _PREDICT if takes_all else set())
        self.model = function(**self._options(names, "model__"))
        if len(np.shape(y)) != 2 and "categorical_crossentropy" == self._loss_name():
            y = numerical.to_categorical(y)
        history = self.model.fit(x, y, **self._options(_FIT, "fit__", **kwargs))
        self.history = self.history_ = history.history
        return history

    def _loss_name(self) -> str:
        loss = self.model.loss
        return loss if isinstance(loss, str) else getattr(loss, "__name__", "")

    def _predict(self, x, **kwargs) -> np.ndarray:
        if not hasattr(self, "model"):
            raise AttributeError(
                f"{type(self).__name__}: there is no model before fit. Call fit(x, y)."
            )
        options = self._options(_PREDICT, "predict__", **kwargs)
        return np.asarray(self.model.predict(x, **options))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model")


def _names_of(function) -> tuple[set, bool]:
    """The names of a function's arguments, and whether it takes any."""
    parameters = inspect.signature(function).parameters.values()
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters)
    return {p.name for p in parameters if p.kind is not p.VAR_KEYWORD}, takes_all


class KerasClassifier(ClassifierMixin, KerasWrapper):
    """A model as a classifier; targets are names of classes, or one-hot.

    Args:
        build_fn: Function that returns a compiled model.
        model: The same, by the name of later years.
        **sk_params: Keyword arguments of the function, and of `fit` and `predict`.
    """

    def fit(self, x, y, **kwargs):
        """Trains a new model; returns the `History`.

        Args:
            x: Samples.
            y: Classes, or one-hot rows.
            **kwargs: Those of `fit`.
        """
        y = np.array(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            checks.fail("KerasClassifier", "y", y.shape, "have the shape (n,)")
        self.n_classes_ = len(self.classes_)
        return self._fit(x, y, **kwargs)

    def predict(self, x, **kwargs):
        """Returns the likeliest class of each sample."""
        outputs = self._predict(x, **kwargs)
        if outputs.shape[-1] > 1:
            return self.classes_[outputs.argmax(axis=-1)]
        return self.classes_[(outputs > 0.5).astype("int32")]

    def predict_proba(self, x, **kwargs):
        """Returns how likely each class is, (n, classes)."""
        outputs = self._predict(x, **kwargs)
        if outputs.shape[1] == 1:
            outputs = np.hstack([1 - outputs, outputs])
        return outputs

    def score(self, x, y, **kwargs):
        """Returns the share of samples whose class is right; `sample_weight` counts."""
        weights = kwargs.pop("sample_weight", None)
        predicted = self.predict(x, **kwargs).reshape(len(x))
        y = np.asarray(y)
        y = y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1)
        return float(np.average(predicted == y, weights=weights))


class KerasRegressor(RegressorMixin, KerasWrapper):
    """A model as a regressor.

    Args:
        build_fn: Function that returns a compiled model.
        model: The same, by the name of later years.
        **sk_params: Keyword arguments of the function, and of `fit` and `predict`.
    """

    def fit(self, x, y, **kwargs):
        """Trains a new model; returns the `History`."""
        return self._fit(x, y, **kwargs)

    def predict(self, x, **kwargs):
        """Returns the outputs, without an axis of length 1 at the end."""
        outputs = self._predict(x, **kwargs)
        return outputs[:, 0] if outputs.ndim == 2 and outputs.shape[1] == 1 else outputs

    def score(self, x, y, **kwargs):
        """Returns the loss with a minus: the more, the better."""
        options = self._options(_PREDICT - {"callbacks"}, "predict__", **kwargs)
        loss = self.model.evaluate(x, y, **options)
        return -float(loss[0] if isinstance(loss, list) else loss)
