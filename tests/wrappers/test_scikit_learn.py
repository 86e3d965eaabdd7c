"""Models as estimators of scikit-learn."""

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")

from sklearn.model_selection import (  # noqa: E402
    GridSearchCV,
    KFold,
    StratifiedKFold,
    cross_val_score,
)
from sklearn.pipeline import Pipeline, make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

import minikeras as keras  # noqa: E402
from minikeras import layers as L  # noqa: E402
from minikeras import wrappers  # noqa: E402
from minikeras.wrappers.scikit_learn import (  # noqa: E402
    KerasClassifier,
    KerasRegressor,
)

rng = np.random.default_rng(0)
X = rng.normal(size=(90, 4))
Y = X[:, :3].argmax(axis=1)
NAMES = np.array(["ash", "beech", "cedar"])[Y]


def classifier(units=16, optimizer="adam"):
    model = keras.Sequential([L.Dense(units, activation="relu", input_dim=4)])
    model.add(L.Dense(3, activation="softmax"))
    model.compile(
        loss="categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"]
    )
    return model


def regressor(units=16):
    model = keras.Sequential([L.Dense(units, "relu", input_shape=(4,)), L.Dense(1)])
    model.compile(loss="mean_squared_error", optimizer="adam")
    return model


QUICK = {"epochs": 40, "batch_size": 10, "verbose": 0}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("word", ["build_fn", "model"])
def test_classifier_of_keras_2(word):
    estimator = KerasClassifier(**{word: classifier}, **QUICK)
    history = estimator.fit(X, NAMES)
    assert len(history.history["loss"]) == 40
    assert set(estimator.predict(X)) <= set(NAMES)
    assert estimator.score(X, NAMES) > 0.8
    right = estimator.predict(X) == NAMES
    assert estimator.score(X, NAMES, sample_weight=right.astype(float)) == 1
    shares = estimator.predict_proba(X)
    assert shares.shape == (90, 3) and np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert estimator.fit(X, np.eye(3)[Y], epochs=1).epoch == [0]


def test_cross_validation_and_grid_of_keras_2():
    estimator = KerasClassifier(build_fn=classifier, **QUICK)
    folds = StratifiedKFold(n_splits=3, shuffle=True, random_state=7)
    assert cross_val_score(estimator, X, Y, cv=folds).mean() > 0.6
    grid = GridSearchCV(
        KerasClassifier(build_fn=classifier, verbose=0, batch_size=10),
        param_grid={"units": [4, 8], "epochs": [2], "optimizer": ["adam"]},
        cv=2,
    )
    found = grid.fit(X, Y)
    assert found.best_params_["units"] in (4, 8)
    pipe = Pipeline([("scale", StandardScaler()), ("net", estimator)])
    assert pipe.fit(X, Y).score(X, Y) > 0.8


def test_regressor_of_keras_2():
    y = X[:, 0] - X[:, 1]
    estimator = KerasRegressor(build_fn=regressor, **QUICK)
    estimator.fit(X, y)
    assert estimator.predict(X).shape == (90,)
    assert -0.3 < estimator.score(X, y) <= 0
    scores = cross_val_score(estimator, X, y, cv=KFold(n_splits=3))
    assert scores.max() <= 0


def test_two_classes_with_one_output():
    def build():
        model = keras.Sequential([L.Dense(1, activation="sigmoid", input_dim=4)])
        model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy")
        return model

    estimator = KerasClassifier(build_fn=build, **QUICK)
    estimator.fit(X, (X[:, 0] > 0).astype(int))
    assert estimator.predict_proba(X).shape == (90, 2)
    assert estimator.score(X, (X[:, 0] > 0).astype(int)) > 0.7


def test_parameters_are_checked():
    with pytest.raises(ValueError, match="'unit' is not a legal parameter. Did you"):
        KerasClassifier(build_fn=classifier, unit=3)
    with pytest.raises(ValueError, match="must be a function"):
        KerasClassifier()
    with pytest.raises(AttributeError, match="no model before fit"):
        KerasClassifier(build_fn=classifier).predict(X)


# Those of Keras 3


def dynamic(X, y, loss="categorical_crossentropy", units=16):
    inputs = L.Input(shape=(X.shape[1],))
    hidden = L.Dense(units, activation="relu")(inputs)
    end = "softmax" if "cross" in loss else None
    model = keras.Model(inputs, L.Dense(y.shape[1], activation=end)(hidden))
    model.compile(loss=loss, optimizer="adam")
    return model


FIT = {"epochs": 80, "batch_size": 10, "verbose": 0}


def test_classifier():
    estimator = wrappers.SKLearnClassifier(
        dynamic, model_kwargs={"units": 8}, fit_kwargs=FIT
    )
    assert estimator.fit(X, NAMES) is estimator
    assert estimator.classes_.tolist() == ["ash", "beech", "cedar"]
    assert estimator.score(X, NAMES) > 0.8 and estimator.epoch_ == 80
    assert estimator.decision_function(X).shape == (90, 3)
    assert cross_val_score(estimator, X, NAMES, cv=3).mean() > 0.6
    grid = GridSearchCV(
        wrappers.SKLearnClassifier(dynamic, fit_kwargs={**FIT, "epochs": 2}),
        {"model_kwargs": [{"units": 4}, {"units": 8}]},
        cv=2,
    ).fit(X, Y)
    assert grid.best_params_["model_kwargs"]["units"] in (4, 8)


def test_a_model_is_cloned_unless_it_starts_warm():
    model = dynamic(X, np.eye(3)[Y])
    before = model.get_weights()[0]
    estimator = wrappers.SKLearnClassifier(model, fit_kwargs=FIT).fit(X, Y)
    assert np.array_equal(model.get_weights()[0], before)
    assert estimator.model_ is not model
    warm = wrappers.SKLearnClassifier(model, warm_start=True, fit_kwargs=FIT).fit(X, Y)
    assert warm.model_ is model and not np.array_equal(model.get_weights()[0], before)


def test_regressor_and_transformer():
    y = X[:, 0] - X[:, 1]
    settings = {"model_kwargs": {"loss": "mse"}, "fit_kwargs": {**FIT, "epochs": 100}}
    estimator = wrappers.SKLearnRegressor(dynamic, **settings).fit(X, y)
    assert estimator.predict(X).shape == (90,) and estimator.score(X, y) > 0.8
    transformer = wrappers.SKLearnTransformer(dynamic(X, np.ones((90, 2))))
    pipe = make_pipeline(StandardScaler(), transformer)
    assert pipe.fit_transform(X, np.ones((90, 2))).shape == (90, 2)


def test_mistakes_are_told():
    with pytest.raises(ValueError, match="one class only"):
        wrappers.SKLearnClassifier(dynamic).fit(X, np.zeros(90))
    with pytest.raises(ValueError, match="requires y to be passed"):
        wrappers.SKLearnRegressor(dynamic).fit(X)
    bare = keras.Sequential([L.Input((4,)), L.Dense(3)])
    with pytest.raises(ValueError, match="must be a compiled model"):
        wrappers.SKLearnClassifier(bare).fit(X, Y)
    with pytest.raises(ValueError, match="must be names of classes"):
        wrappers.SKLearnClassifier(dynamic).fit(X, X[:, 0])
