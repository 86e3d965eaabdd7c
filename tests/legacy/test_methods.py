"""Methods, attributes and keyword arguments that models had before Keras 3."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers as L

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
X = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
Y = (X.sum(axis=1, keepdims=True) > 0).astype("float32")


def model_of(outputs=1, **settings):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), L.Dense(outputs, "sigmoid")])
    settings = {"metrics": ["accuracy"], **settings}
    model.compile("sgd", "binary_crossentropy", **settings)
    return model


def batches(size=8):
    while True:
        for i in range(0, len(X), size):
            yield X[i : i + size], Y[i : i + size]


def test_fit_with_keywords_of_keras_1():
    old, new = model_of(), model_of()
    first = old.fit(X, Y, nb_epoch=3, verbose=0, shuffle=False)
    second = new.fit(X, Y, epochs=3, verbose=0, shuffle=False)
    assert first.history == second.history
    with pytest.warns(DeprecationWarning, match=r"Write fit\(\.\.\., \.\.\., verbose"):
        old.fit(X, Y, verbose=0, nb_epoch=1)


def test_show_accuracy_compiles_with_it():
    model = model_of(metrics=None, class_mode="binary")
    history = model.fit(X, Y, nb_epoch=1, show_accuracy=True, verbose=0)
    assert set(history.history) == {"loss", "acc"}


def test_fit_takes_workers_and_says_so():
    with pytest.warns(DeprecationWarning, match="there is no queue"):
        model_of().fit(X, Y, workers=2, use_multiprocessing=True, verbose=0)


@pytest.mark.parametrize(
    "options",
    [
        {"steps_per_epoch": 3, "epochs": 2},
        {"samples_per_epoch": 24, "nb_epoch": 2, "max_q_size": 3, "nb_worker": 1},
        {"samples_per_epoch": 20, "nb_epoch": 2, "pickle_safe": True},
    ],
)
def test_fit_generator(options):
    old, new = model_of(), model_of()
    first = old.fit_generator(batches(), verbose=0, **options)
    second = new.fit(batches(), steps_per_epoch=3, epochs=2, verbose=0)
    assert first.history == second.history


def test_there_is_no_queue_to_be_set():
    with pytest.warns(DeprecationWarning, match="max_q_size, nb_worker: there is no"):
        model_of().evaluate_generator(batches(), 1, max_q_size=3, nb_worker=2)


def test_fit_generator_validates():
    for options in ({"validation_steps": 3}, {"nb_val_samples": 24}):
        model = model_of()
        history = model.fit_generator(
            batches(),
            3,
            verbose=0,
            validation_data=batches(),
            **options,
        )
        expected = model.evaluate(X, Y, verbose=0)
        np.testing.assert_allclose(
            [history.history["val_loss"][0], history.history["val_acc"][0]],
            expected,
            rtol=1e-5,
        )


def test_evaluate_and_predict_generator():
    model = model_of()
    expected = model.evaluate(X, Y, batch_size=8, verbose=0)
    for options in ({"steps": 3}, {"val_samples": 24}, {"steps": 3, "workers": 4}):
        found = model.evaluate_generator(batches(), **options)
        np.testing.assert_allclose(found, expected, rtol=1e-6)
        predicted = model.predict_generator(batches(), **options)
        np.testing.assert_array_equal(
            predicted, model.predict(X, batch_size=8, verbose=0)
        )
    with pytest.raises(TypeError, match="unknown argument 'val_sampels'"):
        model.evaluate_generator(batches(), val_sampels=3)


def test_predict_classes_and_proba():
    model = model_of()
    outputs = model.predict(X, verbose=0)
    assert np.array_equal(model.predict_proba(X), outputs)
    assert np.array_equal(model.predict_classes(X), (outputs > 0.5).astype(int))
    three = model_of(3, metrics=None)
    expected = three.predict(X, verbose=0).argmax(axis=-1)
    assert np.array_equal(three.predict_classes(X, batch_size=8), expected)


def test_reset_states_of_the_model():
    model = keras.Sequential(
        [keras.Input(batch_shape=(2, 3, 1)), L.LSTM(2, stateful=True)]
    )
    x = np.ones((2, 3, 1))
    first = model.predict(x, verbose=0)
    assert not np.array_equal(model.predict(x, verbose=0), first)
    model.reset_states()
    assert np.array_equal(model.predict(x, verbose=0), first)


def test_model_of_input_and_output():
    x = keras.Input((3,))
    model = keras.Model(input=x, output=L.Dense(2)(x))
    assert model.output_shape == (None, 2)
    with pytest.raises(ValueError, match="both inputs and outputs"):
        keras.Model(input=x)


def test_a_sequential_model_can_begin_with_branches(tmp_path):
    left = keras.Sequential([L.Dense(4, input_dim=3)])
    right = keras.Sequential([L.Dense(4, input_dim=2)])
    model = keras.Sequential()
    model.add(L.Merge([left, right], mode="mul"))
    model.add(L.Dense(1))
    assert model.input_shape == [(None, 3), (None, 2)]
    assert model.count_params() == 16 + 12 + 5
    model.compile("sgd", "mse")
    model.fit([X, X[:, :2]], Y, nb_epoch=1, verbose=0)
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    inputs = [X, X[:, :2]]
    expected = model.predict(inputs, verbose=0)
    assert np.array_equal(again.predict(inputs, verbose=0), expected)


def test_graph_of_keras_0():
    graph = keras.models.Graph()
    graph.add_input(name="a", input_shape=(3,))
    graph.add_input(name="b", input_shape=(2,))
    graph.add_node(L.Dense(4), name="first", input="a")
    graph.add_node(L.Dense(4), name="second", inputs=["first", "b"])
    graph.add_output(name="y", inputs=["first", "second"], merge_mode="sum")
    graph.compile("sgd", {"y": "mse"})
    data = {"a": X, "b": X[:, :2], "y": np.zeros((24, 4))}
    losses = graph.fit(data, nb_epoch=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert graph.predict(data)["y"].shape == (24, 4)
    assert graph.evaluate(data, verbose=0) < losses[0]
    with pytest.raises(ValueError, match="no node 'firts'. Did you mean 'first'"):
        graph.add_node(L.Dense(4), name="third", input="firts")
    with pytest.raises(ValueError, match="are missing"):
        graph.fit({"a": X})


def test_history_has_the_other_names_of_metrics():
    model = model_of(metrics=["accuracy", "mae"])
    history = model.fit(X, Y, validation_split=0.5, verbose=0).history
    with pytest.warns(DeprecationWarning, match="'acc' is 'accuracy' here"):
        assert history["acc"] == history["accuracy"]
    assert history["val_mean_absolute_error"] == history["val_mae"]
    assert history.get("val_acc") == history["val_accuracy"]
    assert history.get("val_mse") is None and "acc" not in history
    with pytest.raises(KeyError, match="mse"):
        history["mse"]


def test_callbacks_find_the_other_names(tmp_path):
    seen = []

    class Watch(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((logs["acc"], logs.get("val_acc")))

    stop = keras.callbacks.EarlyStopping(monitor="val_acc", patience=0, mode="max")
    model_of().fit(
        X, Y, epochs=3, validation_split=0.5, verbose=0, callbacks=[Watch(), stop]
    )
    assert all(None not in pair for pair in seen)


def test_checkpoints_every_so_many_epochs(tmp_path):
    path = str(tmp_path / "{epoch}.weights.h5")
    keep = keras.callbacks.ModelCheckpoint(path, save_weights_only=True, period=2)
    model_of().fit(X, Y, epochs=5, verbose=0, callbacks=[keep])
    assert sorted(p.name[0] for p in tmp_path.iterdir()) == ["2", "4"]


def test_lr_is_learning_rate():
    optimizer = keras.optimizers.SGD(0.5)
    assert float(optimizer.lr) == 0.5
    optimizer.lr = 0.25
    assert float(optimizer.learning_rate) == 0.25


def test_attributes_of_layers():
    x = keras.Input((3,))
    layer = L.Dense(2)
    y = layer(x)
    assert layer.output_shape == (None, 2) and layer.input_shape == (None, 3)
    assert layer.get_output_at(0) is y and layer.get_input_at(0) is x
    assert layer.W is layer.kernel and layer.b is layer.bias
    assert layer.output_dim == 2
    with pytest.raises(AttributeError, match="no attribute 'kernels'"):
        layer.kernels  # noqa: B018
    with pytest.raises(AttributeError, match="has no input"):
        keras.Sequential([L.Dense(2)]).input  # noqa: B018


def test_uses_learning_phase():
    model = keras.Sequential([keras.Input((3,)), L.Dense(2)])
    assert not model.uses_learning_phase
    model.add(L.Dropout(0.5))
    assert model.uses_learning_phase
    assert '"class_name"' in model.to_yaml()


def test_arguments_of_callbacks_that_have_no_effect(tmp_path):
    with pytest.warns(DeprecationWarning, match="batch_size has no effect today"):
        keras.callbacks.TensorBoard(str(tmp_path), batch_size=3, write_grads=True)
    with pytest.warns(DeprecationWarning, match="min_delta=0.5"):
        assert keras.callbacks.ReduceLROnPlateau(epsilon=0.5).min_delta == 0.5
