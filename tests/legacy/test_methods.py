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


def test_the_call_of_today_is_shown():
    model = model_of()
    with pytest.warns(DeprecationWarning, match=r"Write fit\(\.\.\., \.\.\., verbose"):
        model.fit(X, Y, verbose=0, nb_epoch=1)
    with pytest.warns(DeprecationWarning, match=r"today: model\.fit\(generator, steps"):
        model.fit_generator(batches(), 3, verbose=0)
    with pytest.warns(DeprecationWarning, match="there is no queue"):
        model.fit(X, Y, workers=2, verbose=0)
    with pytest.warns(DeprecationWarning, match="batch_size has no effect today"):
        keras.callbacks.TensorBoard(batch_size=3)
    with pytest.warns(DeprecationWarning, match="min_delta=0.5"):
        keras.callbacks.ReduceLROnPlateau(epsilon=0.5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.fit(X, Y, nb_epoch=1, epochs=2), "'nb_epoch' is the old name of"),
        (lambda m: m.fit(X, Y, nb_epochs=2), "'nb_epochs'. Did you mean 'epochs'"),
        (lambda m: m.evaluate(X, Y, val_samples=1, steps=1), "'val_samples' is the ol"),
        (lambda m: m.evaluate_generator(batches(), val_sampels=3), "'val_sampels'"),
        (lambda m: m.compile(optimiser="sgd"), "Did you mean 'optimizer'"),
        (
            lambda m: keras.callbacks.ReduceLROnPlateau(epsilon=1, min_delta=1),
            "'epsilon' is the old name of 'min_delta'",
        ),
        (
            lambda m: keras.callbacks.ModelCheckpoint("m.h5", perido=2),
            "unknown argument 'perido'",
        ),
        (lambda m: keras.Model(input=m.input), "both inputs and outputs"),
    ],
)
def test_mistakes_are_told(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(model_of())


def test_there_is_no_queue_to_be_set():
    with pytest.warns(DeprecationWarning, match="max_q_size, nb_worker: there is no"):
        model_of().evaluate_generator(batches(), 1, max_q_size=3, nb_worker=2)


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
