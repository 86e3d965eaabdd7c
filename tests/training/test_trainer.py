"""`fit`, `evaluate`, `predict` and their steps."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import callbacks, layers, ops

X = np.random.default_rng(0).normal(size=(10, 3))
Y = X[:, :2] * 2.0


def model(**settings):
    made = keras.Sequential([layers.Input((3,)), layers.Dense(2)])
    made.compile(**{"optimizer": "sgd", "loss": "mse", **settings})
    return made


def quiet(made, *data, **settings):
    return made.fit(*data, **{"verbose": 0, **settings}).history


# fit ----------------------------------------------------------------------------------


def test_fit_returns_the_history_that_the_model_keeps():
    made = model(metrics=["mae"])
    history = made.fit(X, Y, epochs=3, verbose=0, validation_split=0.2)
    assert history is made.history
    assert list(history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert history.epoch == [0, 1, 2]
    assert all(type(value) is float for value in history.history["loss"])


@pytest.mark.parametrize("epochs", [0, -1])
def test_no_epochs_change_nothing(epochs):
    made = model()
    before = made.get_weights()
    assert quiet(made, X, Y, epochs=epochs) == {}
    assert all(np.array_equal(a, b) for a, b in zip(before, made.get_weights()))  # noqa: B905


def test_weights_and_optimizer_are_there_when_training_begins():
    seen = []
    made = keras.Sequential([layers.Dense(4), layers.Dense(2)])
    made.compile("adam", "mse")
    note = callbacks.LambdaCallback(
        on_train_begin=lambda logs: seen.append(
            (len(made.weights), made.optimizer.built)
        )
    )
    quiet(made, X, Y, callbacks=[note])
    assert seen == [(4, True)]


def test_a_model_that_reads_values_is_built_by_its_first_step():
    class Reads(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x):
            return self.dense(x) * float(ops.max(x))

    made = Reads()
    made.compile("sgd", "mse")
    assert len(quiet(made, X, Y, epochs=2)["loss"]) == 2


def test_frozen_layers_stay_and_thawing_counts_from_the_next_epoch():
    made = keras.Sequential([layers.Input((3,)), layers.Dense(2), layers.Dense(2)])
    made.compile("sgd", "mse")
    first = made.layers[0]
    first.trainable = False
    before = first.get_weights()[0]
    quiet(made, X, Y, epochs=2)
    assert np.array_equal(first.get_weights()[0], before)
    assert made.optimizer.iterations == 2


def test_callbacks_stop_training_after_the_batch():
    seen = []

    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(batch)
            self.model.stop_training = batch == 1

    history = quiet(model(), X, Y, epochs=5, batch_size=2, callbacks=[Stop()])
    assert seen == [0, 1] and len(history["loss"]) == 1


def test_evaluate_and_predict_can_be_stopped_too():
    class Stop(callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            self.model.stop_evaluating = True

        def on_predict_batch_end(self, batch, logs=None):
            self.model.stop_predicting = True

    made = model()
    one = made.evaluate(X[:2], Y[:2], verbose=0)
    assert made.evaluate(X, Y, batch_size=2, verbose=0, callbacks=[Stop()]) == one
    found = made.predict(X, batch_size=2, verbose=0, callbacks=[Stop()])
    assert found.shape == (2, 2)


def test_a_generator_that_ends_stops_training_with_a_warning():
    with pytest.warns(UserWarning, match="training stops after 1 of 3 epochs"):
        history = quiet(model(), ((X, Y) for _ in range(2)), epochs=3)
    assert len(history["loss"]) == 1


def test_a_generator_that_was_used_before_is_reported():
    made, stream = model(), iter([(X, Y)])
    quiet(made, stream)
    with pytest.raises(
        ValueError, match="fit: the data gave no batch. A generator can"
    ):
        quiet(made, stream)


def test_sequences_of_batches_train():
    class Halves:
        def __len__(self):
            return 2

        def __getitem__(self, i):
            return X[5 * i : 5 * i + 5], Y[5 * i : 5 * i + 5]

    whole, parts = model(), model()
    parts.set_weights(whole.get_weights())
    expected = quiet(whole, X, Y, batch_size=5, shuffle=False, epochs=2)
    assert quiet(parts, Halves(), shuffle=False, epochs=2) == expected


def test_penalties_alone_can_be_minimised():
    made = keras.Sequential(
        [layers.Input((3,)), layers.Dense(2, kernel_regularizer="l2", use_bias=False)]
    )
    made.compile("sgd")
    losses = quiet(made, X, epochs=3)["loss"]
    assert losses[0] > losses[1] > losses[2] > 0


def test_without_weights_nothing_is_learned_and_all_is_measured():
    made = keras.Sequential([layers.Input((3,)), layers.Activation("relu")])
    made.compile("sgd", "mse")
    expected = np.mean((np.maximum(X, 0) - X) ** 2)
    assert quiet(made, X, X)["loss"] == [pytest.approx(expected, rel=1e-5)]


def test_compiling_anew_starts_anew():
    made = model(metrics=["mae"])
    quiet(made, X, Y)
    made.compile("adam", "mae")
    assert list(quiet(made, X, Y)) == ["loss"]
    assert made.optimizer.iterations == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": 1.5}, "fit: epochs must be an int, got 1.5"),
        ({"initial_epoch": -1}, "fit: initial_epoch must be an int of 0 or more"),
        ({"steps_per_epoch": 0}, "fit: steps must be a positive int, got 0"),
        (
            {"validation_data": (X,) * 4},
            "fit: validation_data must be .* of 4 elements",
        ),
        ({"validation_freq": 0}, "fit: validation_freq must be a positive int"),
        ({"validation_data": (X, Y[:3])}, "validation: all arrays must hold the same"),
        ({"validation_split": 2}, "fit: validation_split must be between 0 and 1"),
        ({"verbose": 7}, "verbose must be one of 0, 1, 2, 'auto', got 7"),
    ],
)
def test_bad_arguments_of_fit_are_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        quiet(model(), X, Y, **arguments)


def test_evaluate_knows_its_arguments():
    with pytest.raises(TypeError, match="unknown argument 'foo'"):
        model().evaluate(X, Y, foo=3)


# predict ------------------------------------------------------------------------------


def test_predictions_come_in_the_structure_of_the_outputs():
    x = layers.Input((3,))
    made = keras.Model(x, {"double": x * 2.0, "parts": [x[:, :1], x + 1.0]})
    found = made.predict(X, batch_size=4, verbose=0)
    assert np.allclose(found["double"], 2 * X)
    assert [part.shape for part in found["parts"]] == [(10, 1), (10, 3)]
    one = made.predict_on_batch(X[:2])
    assert type(one["double"]) is np.ndarray and one["double"].shape == (2, 3)


def test_predictions_are_the_users_own():
    made = keras.Sequential([layers.Input((3,)), layers.Identity()])
    x = X.astype("float32")
    made.predict(x, verbose=0)[:] = 7.0
    assert not np.any(x == 7.0)


def test_prediction_of_a_mask_free_model_needs_no_compile():
    made = keras.Sequential([layers.Dense(2)])
    assert made.predict(X.tolist(), steps=2, batch_size=3, verbose=0).shape == (6, 2)


# Single batches -----------------------------------------------------------------------


def test_single_batches_report_their_own_numbers():
    made = model(metrics=["mae"])
    first = made.test_on_batch(X[:4], Y[:4])
    made.test_on_batch(X[4:], Y[4:])
    assert made.test_on_batch(X[:4], Y[:4]) == first
    assert made.train_on_batch(X[:4], Y[:4]) == first
    assert made.train_on_batch(X[:4], Y[:4], return_dict=True)["loss"] < first[0]


def test_a_single_value_is_a_float():
    made = model()
    assert type(made.train_on_batch(X, Y)) is float
    assert type(made.evaluate(X, Y, verbose=0)) is float


# Steps of one's own -------------------------------------------------------------------


def test_a_step_written_by_hand_replaces_the_algorithm():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)
            self.gap = keras.metrics.Mean(name="gap")

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            x, y = data
            with keras.GradientTape() as tape:
                loss = ops.mean(ops.square(self(x, training=True) - y))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply(gradients, self.trainable_variables)
            self.gap.update_state(loss)
            return {"gap": self.gap.result(), "nested": {"loss": loss}}

    made = Own()
    made.compile("sgd")
    history = quiet(made, X, Y, epochs=2)
    assert list(history) == ["gap", "loss"]
    assert history["gap"][1] < history["gap"][0]
    assert made.metrics_names == ["loss", "gap"]


def test_metrics_of_a_compiled_part_stay_its_own():
    part = model(metrics=["mae"])
    quiet(part, X, Y)
    whole = keras.Sequential([layers.Input((3,)), part])
    whole.compile("sgd", "mse")
    assert whole.metrics_names == ["loss"]
    assert list(quiet(whole, X, Y)) == ["loss"]


def test_functions_are_made_once_and_again_by_force():
    made = model()
    assert made.make_train_function() is made.train_function
    made.train_function = "mine"
    assert made.make_train_function() == "mine"
    assert made.make_train_function(force=True).function == made.train_step


def test_half_precision_scales_the_loss_unless_told_not_to():
    half = keras.Sequential([layers.Input((3,)), layers.Dense(2)])
    half.dtype_policy = keras.dtype_policies.get("mixed_float16")
    half.compile("sgd", "mse")
    assert float(half.optimizer.scale_loss(1.0)) == 2.0**15
    half.compile("sgd", "mse", auto_scale_loss=False)
    assert float(half.optimizer.scale_loss(1.0)) == 1.0
