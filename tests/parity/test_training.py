"""The numbers of training equal those of real Keras: same weights, data and order.

Each case runs the same script twice, with the two packages, under the same seed. The
weights are those of real Keras; after that nothing is shared.
"""

import numpy as np
import pytest

import minikeras

keras = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("default")  # of Keras and JAX

rng = np.random.default_rng(3)
X = rng.normal(size=(23, 3))
Y = rng.normal(size=(23, 2)).astype("float32")
LABELS = rng.integers(0, 3, 23)
WEIGHTS = rng.random(23)


def single(k, units=2, **layer):
    return k.Sequential(
        [
            k.Input((3,)),
            k.layers.Dense(4, activation="tanh"),
            k.layers.Dense(units, **layer),
        ]
    )


def double(k, as_dict=False):
    x = k.Input((3,), name="x")
    hidden = k.layers.Dense(4, activation="sigmoid")(x)
    a = k.layers.Dense(2, name="a")(hidden)
    b = k.layers.Dense(1, activation="sigmoid", name="b")(hidden)
    return k.Model(x, {"first": a, "second": b} if as_dict else [a, b])


def classifier(k):
    return single(k, 3, activation="softmax")


def penalised(k):
    layer = k.layers.Dense(
        2, kernel_regularizer="l2", bias_regularizer="l2", activity_regularizer="l2"
    )
    return k.Sequential([k.Input((3,)), layer])


def absolute(k):
    return lambda y_true, y_pred: k.ops.mean(abs(y_true - y_pred))


def frozen(k):
    model = single(k)
    model.layers[0].trainable = False
    return model


TWO = [Y, Y[:, :1] > 0]
KEYED = {"second": Y[:, :1] > 0, "first": Y}

# name: (model, compile arguments, fit arguments); functions get the package
CASES = {
    "one loss": (single, {"loss": "mse"}, {"y": Y}),
    "adam": (single, {"optimizer": "adam", "loss": "mae"}, {"y": Y}),
    "momentum and clipping": (
        single,
        {
            "optimizer": lambda k: k.optimizers.SGD(
                0.1, momentum=0.9, nesterov=True, global_clipnorm=0.5
            ),
            "loss": "mse",
        },
        {"y": Y},
    ),
    "scaled loss": (
        single,
        {
            "optimizer": lambda k: k.optimizers.RMSprop(loss_scale_factor=8.0),
            "loss": "mse",
        },
        {"y": Y},
    ),
    "moving average of weights": (
        single,
        {
            "optimizer": lambda k: k.optimizers.SGD(0.1, use_ema=True),
            "loss": "mse",
        },
        {"y": Y},
    ),
    "metrics by name": (
        single,
        {"loss": "mse", "metrics": ["mse", "mae", "mae", "MeanSquaredError"]},
        {"y": Y},
    ),
    "metrics in order": (single, {"loss": "mse", "metrics": ["mse", "mae"]}, {"y": Y}),
    "metrics by function and object": (
        single,
        {
            "loss": absolute,
            "metrics": lambda k: [
                absolute(k),
                k.metrics.MeanAbsoluteError(name="q"),
                k.losses.mean_squared_error,
            ],
        },
        {"y": Y},
    ),
    "sparse accuracy": (
        classifier,
        {
            "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"],
            "weighted_metrics": ["accuracy"],
        },
        {"y": LABELS, "class_weight": {0: 1.0, 1: 2.5}},
    ),
    "one-hot accuracy": (
        classifier,
        {"loss": "categorical_crossentropy", "metrics": ["acc"]},
        {"y": np.eye(3)[LABELS], "class_weight": {0: 2.0, 2: 0.5}},
    ),
    "binary accuracy": (
        lambda k: single(k, 1, activation="sigmoid"),
        {"loss": "binary_crossentropy", "metrics": ["accuracy"]},
        {"y": (LABELS > 1).astype("float32")},
    ),
    "sample weights": (
        single,
        {"loss": "mse", "metrics": ["mae"], "weighted_metrics": ["mae"]},
        {"y": Y, "sample_weight": WEIGHTS},
    ),
    "mean with sample weights": (
        single,
        {"loss": lambda k: k.losses.MeanSquaredError("mean_with_sample_weight")},
        {"y": Y, "sample_weight": WEIGHTS},
    ),
    "sum": (single, {"loss": lambda k: k.losses.Huber(reduction="sum")}, {"y": Y}),
    "held back": (
        single,
        {"loss": "mse", "metrics": ["mae"]},
        {"y": Y, "validation_split": 0.3, "sample_weight": WEIGHTS},
    ),
    "validation": (
        single,
        {"loss": "mse", "weighted_metrics": ["mae"]},
        {
            "y": Y,
            "validation_data": (X[:9] + 1, Y[:9], WEIGHTS[:9]),
            "validation_batch_size": 4,
            "validation_steps": 2,
            "validation_freq": [2, 3],
        },
    ),
    "penalties": (penalised, {"loss": "mse"}, {"y": Y, "validation_split": 0.2}),
    "frozen layer": (frozen, {"loss": "mse"}, {"y": Y}),
    "two losses": (double, {"loss": "mse"}, {"y": TWO}),
    "two of everything": (
        double,
        {
            "loss": ["mse", "binary_crossentropy"],
            "loss_weights": [0.3, 2.0],
            "metrics": [["mae", "mse"], ["accuracy"]],
            "weighted_metrics": [["mae"], "mae"],
        },
        {"y": TWO, "sample_weight": [WEIGHTS, np.ones(23)], "validation_split": 0.2},
    ),
    "one of two": (
        double,
        {"loss": ["mse", None], "metrics": [None, ["mae"]]},
        {"y": TWO},
    ),
    "outputs by layer name": (
        double,
        {
            "loss": {"b": "binary_crossentropy", "a": "mae"},
            "loss_weights": {"a": 0.5, "b": 1.5},
            "metrics": {"b": "accuracy"},
        },
        {"y": {"b": TWO[1], "a": Y}},
    ),
    "outputs in a dict": (
        lambda k: double(k, as_dict=True),
        {
            "loss": {"second": "binary_crossentropy", "first": "mse"},
            "metrics": {"first": ["mae"], "second": ["accuracy"]},
        },
        {"y": KEYED},
    ),
    "in order": (single, {"loss": "mse"}, {"y": Y, "shuffle": False}),
    "shuffled inside batches": (single, {"loss": "mse"}, {"y": Y, "shuffle": "batch"}),
    "steps": (single, {"loss": "mse"}, {"y": Y, "steps_per_epoch": 2}),
    "more steps than data": (single, {"loss": "mse"}, {"y": Y, "steps_per_epoch": 4}),
    "late start": (single, {"loss": "mse"}, {"y": Y, "initial_epoch": 1}),
    "grouped steps": (single, {"loss": "mse", "steps_per_execution": 2}, {"y": Y}),
}


def arguments(k, given: dict) -> dict:
    return {name: v(k) if callable(v) else v for name, v in given.items()}


def pair(model):
    """The model made with both packages, with the weights of real Keras."""
    real, mini = model(keras), model(minikeras)
    mini.set_weights(real.get_weights())
    return (keras, real), (minikeras, mini)


def assert_close(mini, real):
    np.testing.assert_allclose(mini, real, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("name", CASES)
def test_history_and_weights(name):
    model, settings, data = CASES[name]
    found = []
    for k, made in pair(model):
        made.compile(**{"optimizer": "sgd", **arguments(k, settings)})
        k.utils.set_random_seed(7)
        history = made.fit(X, batch_size=8, epochs=3, verbose=0, **data)
        found.append((history, made))
    (real, real_model), (mini, mini_model) = found
    assert list(mini.history) == list(real.history)
    assert mini.epoch == real.epoch
    for key, values in real.history.items():
        assert_close(mini.history[key], values)
    for ours, theirs in zip(
        mini_model.get_weights(), real_model.get_weights(), strict=True
    ):
        assert_close(ours, theirs)
    assert int(mini_model.optimizer.iterations) == int(real_model.optimizer.iterations)


@pytest.mark.parametrize("name", ["metrics in order", "two of everything", "penalties"])
def test_evaluate_predict_and_single_batches(name):
    model, settings, data = CASES[name]
    y = data["y"]
    batch = [part[:5] for part in y] if isinstance(y, list) else y[:5]
    found = []
    for k, made in pair(model):
        made.compile(**{"optimizer": "sgd", **arguments(k, settings)})
        found.append(
            [
                made.evaluate(X, y, batch_size=9, verbose=0),
                made.evaluate(X, y, batch_size=4, steps=2, verbose=0),
                made.evaluate(X, y, verbose=0, return_dict=True),
                made.train_on_batch(X[:5], batch),
                made.train_on_batch(X[:5], batch, return_dict=True),
                made.test_on_batch(X[:5], batch),
                made.predict_on_batch(X[:5]),
                made.predict(X, batch_size=10, verbose=0),
                made.metrics_names,
            ]
        )
    for theirs, ours in zip(*found, strict=True):
        compare(ours, theirs)


def compare(ours, theirs):
    """Same structure, same names in the same order, same numbers."""
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        ours, theirs = list(ours.values()), list(theirs.values())
    if isinstance(theirs, list):
        assert len(ours) == len(theirs)
        for mine, other in zip(ours, theirs, strict=True):
            compare(mine, other)
    elif isinstance(theirs, str):
        assert ours == theirs
    else:
        assert_close(ours, theirs)


def test_generators_and_a_second_fit():
    def stream():
        while True:
            for i in range(0, 20, 5):
                yield X[i : i + 5], Y[i : i + 5], WEIGHTS[i : i + 5]

    found = []
    for k, made in pair(single):
        made.compile("sgd", "mse", metrics=["mae"])
        k.utils.set_random_seed(7)
        first = made.fit(stream(), steps_per_epoch=3, epochs=2, verbose=0)
        second = made.fit(X, Y, epochs=2, batch_size=8, verbose=0)
        measured = made.evaluate(stream(), steps=4, verbose=0)
        found.append([first.history, second.history, measured])
    for theirs, ours in zip(*found, strict=True):
        compare(ours, theirs)


def test_what_callbacks_see():
    found = []
    for k, made in pair(single):
        seen = []

        class Recorder(k.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None, seen=seen):
                seen.append([batch, dict(logs)])

            def on_test_batch_end(self, batch, logs=None, seen=seen):
                seen.append([batch, dict(logs)])
                self.model.stop_training = True

            def on_epoch_end(self, epoch, logs=None, seen=seen):
                seen.append([epoch, dict(logs)])

        made.compile("sgd", "mse", metrics=["mae"])
        k.utils.set_random_seed(7)
        made.fit(
            X,
            Y,
            batch_size=8,
            epochs=2,
            verbose=0,
            validation_split=0.3,
            callbacks=[Recorder()],
        )
        found.append(seen)
    theirs, ours = found
    compare(ours, theirs)


def test_models_that_write_their_own_steps():
    found = []
    for k in (keras, minikeras):

        class Own(k.Model):
            def __init__(self, k=k):
                super().__init__()
                self.k = k
                self.dense = k.layers.Dense(2, kernel_initializer="ones")
                self.gap = k.metrics.Mean(name="gap")

            def call(self, x):
                self.add_loss(0.1 * self.k.ops.mean(x**2))
                return self.dense(x)

            def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
                return 2.0 * super().compute_loss(x, y, y_pred, sample_weight)

            def compute_metrics(self, x, y, y_pred, sample_weight=None):
                self.gap.update_state(y - y_pred)
                return super().compute_metrics(x, y, y_pred, sample_weight)

        made = Own()
        made.compile("sgd", "mse", metrics=["mae"])
        k.utils.set_random_seed(7)
        history = made.fit(
            X, Y, batch_size=8, epochs=2, verbose=0, validation_split=0.2
        )
        found.append([history.history, made.metrics_names, made.predict(X, verbose=0)])
    theirs, ours = found
    compare(ours, theirs)


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
def test_training_goes_on_where_real_keras_stopped(optimizer, tmp_path):
    real = single(keras)
    real.compile(optimizer, "mse", metrics=["mae"])
    real.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    real.save(tmp_path / "real.h5")
    loaded = minikeras.models.load_model(tmp_path / "real.h5")
    theirs, ours = (
        made.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0).history
        for made in (real, loaded)
    )
    compare(ours, theirs)
