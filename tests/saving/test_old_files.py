"""Files of Keras 1.0 to tf.keras 2.x, written by the tests, against known numbers.

A model of today is made first; its weights are laid out as the old Keras would have,
and the model that is loaded must predict the same.
"""

import json

import h5py
import numpy as np
import pytest

import minikeras as keras
from minikeras import layers as L
from minikeras.saving import hdf5

from . import old_files as old

RNG = np.random.default_rng(3)


def random_like(model):
    """Gives a model weights that are all different, and says what they are."""
    values = [RNG.uniform(0.1, 0.9, w.shape).astype("float32") for w in model.weights]
    model.set_weights(values)
    return model


def arrays(layer, prefix="param"):
    return {f"{layer.name}_{prefix}_{i}": a for i, a in enumerate(layer.get_weights())}


def check(path, model, x):
    """The file's model predicts what this one does; returns it."""
    loaded = keras.models.load_model(path, compile=False)
    np.testing.assert_allclose(
        loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5, atol=1e-6
    )
    return loaded


def kernel_and_bias(layer):
    kernel, bias = layer.get_weights()
    return {f"{layer.name}_W": kernel, f"{layer.name}_b": bias}


# -------------------------------------------------------------------- dense, any age


@pytest.mark.parametrize("age", sorted(set(old.AGES) - {"1.0"}))
def test_dense(tmp_path, age):
    model = random_like(
        keras.Sequential([L.Input((3,)), L.Dense(4, "tanh"), L.Dense(2)])
    )
    one, two = model.layers
    make = old.dense_1 if age == "1.2" else old.dense_2
    config = old.sequential(
        age,
        [
            make("dense_1", 4, activation="tanh", batch_input_shape=[None, 3]),
            make("dense_2", 2),
        ],
    )
    path = tmp_path / "old.h5"
    weights = [("dense_1", kernel_and_bias(one)), ("dense_2", kernel_and_bias(two))]
    old.write_model(path, age, config, weights)
    loaded = check(path, model, RNG.normal(size=(5, 3)))
    assert [layer.name for layer in loaded.layers] == ["dense_1", "dense_2"]


@pytest.mark.parametrize("age", old.AGES)
def test_weights_alone(tmp_path, age):
    model = random_like(keras.Sequential([L.Input((3,)), L.Dense(4), L.Dense(2)]))
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        named = [(layer.name, arrays(layer)) for layer in model.layers]
        old.write_weights(file, age, named)
    twin = keras.models.clone_model(model)
    twin.load_weights(path)
    for a, b in zip(twin.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_weights_of_keras_0(tmp_path):
    """Numbered layers and parameters, as in the first VGG files."""
    model = random_like(keras.Sequential([L.Input((3,)), L.Dense(4), L.Dense(2)]))
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = 3
        for number, layer in enumerate([model.layers[0], None, model.layers[1]]):
            group = file.create_group(f"layer_{number}")
            values = layer.get_weights() if layer else []
            group.attrs["nb_params"] = len(values)
            for i, value in enumerate(values):
                group.create_dataset(f"param_{i}", data=value)
    twin = keras.models.clone_model(model)
    twin.load_weights(path)
    for a, b in zip(twin.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


# ---------------------------------------------------------------- convolution, Keras 1


@pytest.mark.parametrize("ordering", ["tf", "th"])
def test_convolutions_of_keras_1(tmp_path, ordering):
    shape = (6, 6, 3) if ordering == "tf" else (3, 6, 6)
    order = "channels_last" if ordering == "tf" else "channels_first"
    model = random_like(
        keras.Sequential(
            [
                L.Input(shape),
                L.ZeroPadding2D(1, data_format=order),
                L.Conv2D(3, 3, activation="relu", data_format=order),
                L.BatchNormalization(axis=-1 if ordering == "tf" else 1),
                L.MaxPooling2D(2, data_format=order),
                L.Conv2D(4, (2, 1), data_format=order),
                L.Dropout(0.5),
                L.Flatten(),
                L.Dense(2, "softmax"),
            ]
        )
    )
    first, norm, second, dense = (layer for layer in model.layers if layer.weights)
    config = old.sequential(
        "1.2",
        [
            old.plain_1(
                "ZeroPadding2D",
                "zeropadding2d_1",
                padding=[1, 1],
                dim_ordering=ordering,
                batch_input_shape=[None, *shape],
                input_dtype="float32",
            ),
            old.convolution_2d_1("conv_1", 3, 3, 3, ordering, activation="relu"),
            old.batch_normalization_1("norm", -1 if ordering == "tf" else 1),
            old.plain_1(
                "MaxPooling2D",
                "pool",
                pool_size=[2, 2],
                strides=[2, 2],
                border_mode="valid",
                dim_ordering=ordering,
            ),
            old.convolution_2d_1("conv_2", 4, 2, 1, ordering),
            old.plain_1("Dropout", "dropout_1", p=0.5),
            old.plain_1("Flatten", "flatten_1"),
            old.dense_1("dense_1", 2, activation="softmax"),
        ],
    )
    turn = old.theano_1 if ordering == "th" else (lambda kernel: kernel)

    def convolution(layer, name):
        kernel, bias = layer.get_weights()
        return name, {f"{name}_W": turn(kernel), f"{name}_b": bias}

    weights = [
        ("zeropadding2d_1", {}),
        convolution(first, "conv_1"),
        ("norm", arrays(norm, "running")),
        ("pool", {}),
        convolution(second, "conv_2"),
        ("dropout_1", {}),
        ("flatten_1", {}),
        ("dense_1", kernel_and_bias(dense)),
    ]
    path = tmp_path / "old.h5"
    old.write_model(path, "1.2", config, weights)
    check(path, model, RNG.normal(size=(2, *shape)))


@pytest.mark.parametrize("axis_order", ["length first", "filters first"])
def test_convolution_1d_of_keras_1(tmp_path, axis_order):
    model = random_like(
        keras.Sequential([L.Input((5, 2)), L.Conv1D(3, 2, padding="same")])
    )
    kernel, bias = model.get_weights()
    is_new = axis_order == "length first"
    kept = kernel[:, None] if is_new else kernel[:, None].transpose(3, 2, 0, 1)
    conv = old.convolution_1d_1("conv", 3, 2, batch_input_shape=[None, 5, 2])
    path = tmp_path / "old.h5"
    weights = [("conv", {"conv_W": kept, "conv_b": bias})]
    old.write_model(path, "1.2", old.sequential("1.2", [conv]), weights)
    check(path, model, RNG.normal(size=(2, 5, 2)))


@pytest.mark.parametrize("ordering", ["tf", "th"])
def test_deconvolution_of_keras_1(tmp_path, ordering):
    shape = (4, 4, 2) if ordering == "tf" else (2, 4, 4)
    order = "channels_last" if ordering == "tf" else "channels_first"
    model = random_like(
        keras.Sequential(
            [L.Input(shape), L.Conv2DTranspose(5, 3, strides=2, data_format=order)]
        )
    )
    kernel, bias = model.get_weights()  # (rows, columns, out, in)
    is_tf = ordering == "tf"
    kept = kernel.transpose(0, 1, 3, 2) if is_tf else kernel.transpose(2, 3, 0, 1)
    config = old.convolution_2d_1("deconv", 5, 3, 3, ordering)
    config["class_name"] = "Deconvolution2D"
    config["config"] |= {
        "output_shape": [None, 9, 9, 5] if is_tf else [None, 5, 9, 9],
        "subsample": [2, 2],
        "batch_input_shape": [None, *shape],
    }
    path = tmp_path / "old.h5"
    weights = [("deconv", {"deconv_W": kept, "deconv_b": bias})]
    old.write_model(path, "1.2", old.sequential("1.2", [config]), weights)
    loaded = check(path, model, RNG.normal(size=(2, *shape)))
    assert loaded.layers[0].output_padding is None


def test_deconvolution_whose_output_shape_asks_for_more(tmp_path):
    config = old.convolution_2d_1("deconv", 5, 3, 3, "tf")
    config["class_name"] = "Deconvolution2D"
    config["config"] |= {
        "output_shape": [None, 10, 9, 5],
        "subsample": [2, 2],
        "batch_input_shape": [None, 4, 4, 2],
    }
    path = tmp_path / "old.h5"
    values = {"W": np.ones((3, 3, 2, 5), "float32"), "b": np.zeros(5, "float32")}
    old.write_model(path, "1.2", old.sequential("1.2", [config]), [("deconv", values)])
    loaded = keras.models.load_model(path, compile=False)
    assert loaded.output_shape == (None, 10, 9, 5)


# ------------------------------------------------------------------------- recurrent

HARD = {"recurrent_activation": "legacy_hard_sigmoid"}
GATES = {"LSTM": "icfo", "GRU": "zrh"}
ORDER = {"LSTM": [0, 2, 1, 3], "GRU": [0, 1, 2]}  # of today: i f c o, and z r h


def recurrent(cls, *args, **kwargs):
    options = {} if cls == "SimpleRNN" else dict(HARD)
    if cls == "GRU":
        options["reset_after"] = False
    return getattr(L, cls)(*args, **kwargs, **options)


def gates(cls, name, values):
    """Weights of today as Keras 1 had them: one of each for every gate."""
    if cls == "SimpleRNN":
        return dict(zip((f"{name}_W", f"{name}_U", f"{name}_b"), values, strict=True))
    names = {"LSTM": "ifco", "GRU": "zrh"}[cls]
    by_gate = old.gates_1(name, names, *values)
    return {
        f"{name}_{letter}_{gate}": by_gate[f"{name}_{letter}_{gate}"]
        for gate in GATES[cls]
        for letter in "WUb"
    }


@pytest.mark.parametrize("is_fused", [False, True])
@pytest.mark.parametrize("cls", ["LSTM", "GRU", "SimpleRNN"])
def test_recurrent_layers_of_keras_1(tmp_path, cls, is_fused):
    model = random_like(
        keras.Sequential(
            [
                L.Input((6,), dtype="int32"),
                L.Embedding(10, 3),
                recurrent(cls, 4, return_sequences=True, name="rnn_1"),
                L.TimeDistributed(L.Dense(3), name="td"),
                recurrent(cls, 2, go_backwards=True, name="rnn_2"),
            ]
        )
    )
    embedding, one, dense, two = model.layers
    consume = "gpu" if is_fused else "cpu"
    inner = old.dense_1("dense_1", 3)
    config = old.sequential(
        "1.2",
        [
            old.embedding_1("embedding_1", 10, 3, 6),
            old.recurrent_1(
                cls, "rnn_1", 4, return_sequences=True, consume_less=consume
            ),
            old.plain_1("TimeDistributed", "td", layer=inner),
            old.recurrent_1(cls, "rnn_2", 2, go_backwards=True, consume_less=consume),
        ],
    )

    def weights(layer):
        if is_fused:
            return arrays(layer)
        return gates(cls, layer.name, layer.get_weights())

    path = tmp_path / "old.h5"
    saved = [
        ("embedding_1", {"embedding_1_W": embedding.get_weights()[0]}),
        ("rnn_1", weights(one)),
        ("td", arrays(dense)),
        ("rnn_2", weights(two)),
    ]
    old.write_model(path, "1.2", config, saved)
    check(path, model, RNG.integers(0, 10, (2, 6)))


@pytest.mark.parametrize("age", ["1.2", "2.0", "2.3"])
@pytest.mark.parametrize("cls", ["LSTM", "GRU"])
def test_bidirectional(tmp_path, age, cls):
    layer = L.Bidirectional(recurrent(cls, 3), merge_mode="concat", name="both")
    model = random_like(keras.Sequential([L.Input((4, 2)), layer]))
    if age == "1.2":
        inner = old.recurrent_1(cls, "rnn", 3)
        saved = {
            **gates(cls, "f", layer.forward_layer.get_weights()),
            **gates(cls, "b", layer.backward_layer.get_weights()),
        }
    else:
        inner = old.recurrent_2(cls, "rnn", 3)
        saved = arrays(layer)
    shape = {"batch_input_shape": [None, 4, 2]}
    config = old.plain_1(
        "Bidirectional", "both", layer=inner, merge_mode="concat", **shape
    )
    path = tmp_path / "old.h5"
    old.write_model(path, age, old.sequential(age, [config]), [("both", saved)])
    check(path, model, RNG.normal(size=(2, 4, 2)))


@pytest.mark.parametrize("cls", ["LSTM", "GRU"])
def test_cudnn(tmp_path, cls):
    options = {"reset_after": True} if cls == "GRU" else {}
    model = random_like(
        keras.Sequential([L.Input((4, 3)), getattr(L, cls)(2, **options)])
    )
    kernel, recurrent_kernel, bias = model.get_weights()
    count = {"LSTM": 4, "GRU": 3}[cls]
    if cls == "LSTM":  # two biases that add up to the one of today
        part = RNG.uniform(size=bias.shape).astype("float32")
        bias = np.stack([part, bias - part])

    def each(array, change):
        return np.concatenate([change(k) for k in np.split(array, count, 1)], 1)

    saved = {
        "kernel:0": each(kernel, lambda k: k.reshape(k.shape[::-1], order="F").T),
        "recurrent_kernel:0": each(recurrent_kernel, np.transpose),
        "bias:0": bias.ravel(),
    }
    config = old.plain_1(
        f"CuDNN{cls}",
        "rnn",
        units=2,
        kernel_initializer=old.dense_2("x", 1)["config"]["kernel_initializer"],
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        batch_input_shape=[None, 4, 3],
    )
    path = tmp_path / "old.h5"
    old.write_model(path, "2.2", old.sequential("2.2", [config]), [("rnn", saved)])
    check(path, model, RNG.normal(size=(2, 4, 3)))


# --------------------------------------------------------------------------- graphs


def node(*sources, more=True):
    """One call; Keras 1 had no keyword arguments in it."""
    return [[[name, 0, 0, {}] if more else [name, 0, 0] for name in sources]]


def placed(form, *sources, more=False):
    nodes = node(*sources, more=more) if sources else []
    return {**form, "name": form["config"]["name"], "inbound_nodes": nodes}


MERGES = {
    "sum": (L.Add, {}),
    "mul": (L.Multiply, {}),
    "ave": (L.Average, {}),
    "max": (L.Maximum, {}),
    "concat": (L.Concatenate, {"axis": 1}),
    "dot": (L.Dot, {"axes": 1}),
    "cos": (L.Dot, {"axes": 1, "normalize": True}),
}


@pytest.mark.parametrize("mode", MERGES)
def test_merge_of_keras_1(tmp_path, mode):
    a, b = L.Input((3,), name="a"), L.Input((3,), name="b")
    one, two = L.Dense(2, name="one"), L.Dense(2, name="two")
    cls, options = MERGES[mode]
    out = L.Dense(1, name="out")
    model = keras.Model([a, b], out(cls(**options)([one(a), two(b)])))
    random_like(model)
    entry = {"batch_input_shape": [None, 3], "input_dtype": "float32", "sparse": False}
    merge = {"mode": mode, "mode_type": "raw", "concat_axis": 1, "dot_axes": 1}
    rest = {"output_shape": None, "output_shape_type": "raw", "output_mask": None}
    rest |= {"output_mask_type": "raw", "arguments": {}}
    graph = {
        "name": "model_1",
        "layers": [
            placed(old.plain_1("InputLayer", "a", **entry)),
            placed(old.plain_1("InputLayer", "b", **entry)),
            placed(old.dense_1("one", 2), "a"),
            placed(old.dense_1("two", 2), "b"),
            placed(old.plain_1("Merge", "merge_1", **merge, **rest), "one", "two"),
            placed(old.dense_1("out", 1), "merge_1"),
        ],
        "input_layers": [["a", 0, 0], ["b", 0, 0]],
        "output_layers": [["out", 0, 0]],
    }
    for layer in graph["layers"][:2]:
        del layer["config"]["trainable"]
    saved = [(n, {}) for n in "ab"] + [(x.name, arrays(x)) for x in (one, two)]
    saved += [("merge_1", {}), ("out", arrays(out))]
    path = tmp_path / "old.h5"
    old.write_model(path, "1.2", {"class_name": "Model", "config": graph}, saved)
    x = [RNG.normal(size=(4, 3)), RNG.normal(size=(4, 3))]
    check(path, model, x)


def test_sequential_model_of_keras_1_that_starts_with_branches(tmp_path):
    a, b = L.Input((3,), name="a"), L.Input((4,), name="b")
    one, two, three = L.Dense(2), L.Dense(2), L.Dense(5)
    out = L.Dense(1)
    merged = L.Concatenate()([one(a), three(two(b))])
    model = random_like(keras.Model([a, b], out(merged)))

    def branch(*forms):
        return {"class_name": "Sequential", "config": list(forms)}

    left = branch(old.dense_1("dense_1", 2, batch_input_shape=[None, 3]))
    right = branch(
        old.dense_1("dense_2", 2, batch_input_shape=[None, 4]),
        old.dense_1("dense_3", 5),
    )
    merge = {"mode": "concat", "mode_type": "raw", "concat_axis": -1, "dot_axes": -1}
    first = old.plain_1("Merge", "merge_1", layers=[left, right], **merge)
    config = old.sequential("1.2", [first, old.dense_1("dense_4", 1)])
    saved = [
        ("dense_1", arrays(one)),
        ("dense_2", arrays(two)),
        ("dense_3", arrays(three)),
        ("merge_1", {}),
        ("dense_4", arrays(out)),
    ]
    path = tmp_path / "old.h5"
    old.write_model(path, "1.2", config, saved)
    loaded = check(path, model, [RNG.normal(size=(4, 3)), RNG.normal(size=(4, 4))])
    assert [tuple(x.shape) for x in loaded.inputs] == [(None, 3), (None, 4)]


@pytest.mark.parametrize("age", ["1.2", "2.0", "2.2", "tf2"])
@pytest.mark.parametrize("is_frozen", [False, True])
def test_nested_model(tmp_path, age, is_frozen):
    """A model as a layer: one flat list, moving means at its end."""
    make = old.dense_1 if age == "1.2" else old.dense_2
    dense, norm, last = L.Dense(3), L.BatchNormalization(), L.Dense(3)
    inner = keras.Sequential([L.Input((3,)), dense, norm, last], name="inner")
    out = L.Dense(1, name="out")
    model = random_like(keras.Sequential([L.Input((3,)), inner, out]))
    batch = old.batch_normalization_1("norm")
    if age != "1.2":
        batch["config"] = {"name": "norm", "axis": -1, "epsilon": 1e-3}
        batch["config"] |= {"momentum": 0.99, "center": True, "scale": True}
    nested = old.sequential(
        age,
        [
            make("dense_1", 3, batch_input_shape=[None, 3]),
            batch,
            make("dense_2", 3),
        ],
        "inner",
    )
    config = old.sequential(age, [nested, make("out", 1)])
    values = [*dense.get_weights(), *norm.get_weights()[:2], *last.get_weights()]
    values += norm.get_weights()[2:]
    if age == "tf2" and is_frozen:  # there the order was layer by layer then
        values = [a for x in (dense, norm, last) for a in x.get_weights()]
        for form in nested["config"]["layers"]:
            form["config"]["trainable"] = False
    flat = {f"w_{i:02}": a for i, a in enumerate(values)}
    path = tmp_path / "old.h5"
    saved = [("inner", flat), ("out", arrays(out))]
    old.write_model(path, age, config, saved)
    x = RNG.normal(size=(4, 3))
    check(path, model, x)
    expected = model.predict(x, verbose=0)
    inner.trainable = not is_frozen
    model.load_weights(path)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-6)


# ------------------------------------------------------------------ Keras 2, Theano


def test_theano_turned_kernels_around(tmp_path):
    model = random_like(keras.Sequential([L.Input((5, 5, 2)), L.Conv2D(3, (2, 3))]))
    kernel, bias = model.get_weights()
    conv = old.convolution_2d_2("conv", 3, [2, 3], batch_input_shape=[None, 5, 5, 2])
    path = tmp_path / "old.h5"
    saved = [("conv", {"kernel:0": kernel[::-1, ::-1], "bias:0": bias})]
    config = old.sequential("2.1", [conv])
    old.write_model(path, "2.1", config, saved, backend="theano")
    check(path, model, RNG.normal(size=(2, 5, 5, 2)))


# --------------------------------------------------------------- locally connected


@pytest.mark.parametrize("order", ["channels_last", "channels_first"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("implementation", [2, 3])
def test_locally_connected(tmp_path, implementation, padding, order):
    """The weights from each input to each output, or those that are not zero."""
    is_first = order == "channels_first"
    shape = (2, 4, 3) if is_first else (4, 3, 2)
    options = {"padding": padding, "data_format": order, "implementation": 2}
    layer = L.LocallyConnected2D(3, (2, 2), use_bias=False, **options)
    model = keras.Sequential([L.Input(shape), layer])
    size = int(np.prod(shape))
    matrix = np.zeros((size, int(np.prod(layer.output.shape[1:]))), "float32")
    random_like(model)
    eye = np.eye(size, dtype="float32").reshape(size, *shape)
    matrix = model.predict(eye, verbose=0).reshape(size, -1)
    kept = matrix.reshape(*shape, *layer.output.shape[1:])
    if implementation == 3:
        kept = np.array([row[i] for row in matrix.T for i in np.flatnonzero(row)])
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        old.write_weights(file, "2.3", [("local", {"kernel:0": kept})])
    x = RNG.normal(size=(2, *shape))
    expected = model.predict(x, verbose=0)
    random_like(model)
    model.load_weights(path)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5)


# ------------------------------------------------------------------- compile settings


def compiled(optimizer, **config):
    return {
        "optimizer_config": {"class_name": optimizer, "config": config},
        "loss": "mse",
        "metrics": ["mae"],
        "sample_weight_mode": None,
        "loss_weights": None,
    }


OLD_SGD = {"lr": 0.1, "momentum": 0.9, "decay": 0.0, "nesterov": False}
OLD_ADAM = {"lr": 0.01, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "decay": 0.0}


def two_layers():
    """Their names sort otherwise than they stand: Keras 1 kept moments by name."""
    model = keras.Sequential(
        [L.Input((3,)), L.Dense(4, name="z_first"), L.Dense(2, name="a_second")]
    )
    return random_like(model)


def old_two_layers(age):
    make = old.dense_1 if age == "1.2" else old.dense_2
    forms = [make("z_first", 4, batch_input_shape=[None, 3]), make("a_second", 2)]
    return old.sequential(age, forms)


@pytest.mark.parametrize("age", ["1.2", "2.0", "2.1", "2.3", "tf1", "tf2"])
@pytest.mark.parametrize("kind", ["SGD", "Adam", "RMSprop", "Adagrad", "Adadelta"])
def test_training_goes_on(tmp_path, age, kind):
    """Three steps, a file, three more: the same as six steps."""
    options = {
        "SGD": {"momentum": 0.9},
        "Adagrad": {"initial_accumulator_value": 0.0},
    }.get(kind, {})
    make = getattr(keras.optimizers, kind)
    model = two_layers()
    model.compile(make(learning_rate=0.01, **options), "mse", metrics=["mae"])
    x, y = RNG.normal(size=(3, 8, 3)), RNG.normal(size=(3, 8, 2))
    for inputs, targets in zip(x, y, strict=True):
        model.train_on_batch(inputs, targets)
    path = tmp_path / "old.h5"
    saved = [(layer.name, kernel_and_bias(layer)) for layer in model.layers]
    old.write_model(
        path,
        age,
        old_two_layers(age),
        saved,
        compiled(kind, lr=0.01, decay=0.0, epsilon=None, **options),
        old_state(model, age, kind),
    )
    loaded = keras.models.load_model(path)
    steps = 0 if _has_no_count(age, kind) else 3
    assert int(loaded.optimizer.iterations.numpy()) == steps
    for inputs, targets in zip(x, y, strict=True):
        loaded.train_on_batch(inputs, targets)
        model.train_on_batch(inputs, targets)
    for a, b in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def _has_no_count(age, kind):
    return age < "2.3" and kind not in ("SGD", "Adam")


def old_state(model, age, kind):
    """The state of an optimizer, in the order and under the names of an age."""
    names = [
        n for layer in model.layers for n in (f"{layer.name}_W", f"{layer.name}_b")
    ]
    order = list(range(4))
    if age in ("1.2", "2.0"):  # 2.0.4, before 2.0.6
        order = sorted(order, key=names.__getitem__)
    optimizer = model.optimizer
    blocks = []
    for slot in optimizer.slot_names:
        values = [optimizer.slot(w, slot).numpy() for w in model.trainable_weights]
        blocks.append([values[i] for i in order])
    if kind == "Adam" and age in ("2.1", "2.3"):  # placeholders for amsgrad
        blocks.append([np.zeros(1, "float32")] * 4)
    count = np.asarray(3, "float32" if age in ("1.2", "2.0") else "int64")
    flat = [a for block in blocks for a in block]
    if not age.startswith("tf"):
        has_count = not _has_no_count(age, kind)
        first = "Adam/iterations:0" if age == "2.3" else "Variable:0"
        state = {first: count} if has_count else {}
        return {**state, **{f"Variable_{i + 1}:0": a for i, a in enumerate(flat)}}
    tf_names = {
        "momentum": "m" if kind == "Adam" else "momentum",
        "velocity": "v" if kind == "Adam" else "rms",
        "accumulator": "accumulator",
        "accumulated_grad": "accum_grad",
        "accumulated_delta_var": "accum_var",
    }
    state = {f"{kind}/iter:0": count}
    weights = [
        f"{layer.name}/{w}" for layer in model.layers for w in ("kernel", "bias")
    ]
    for slot, block in zip(optimizer.slot_names, blocks, strict=True):
        for weight, value in zip(weights, block, strict=True):
            state[f"{kind}/{weight}/{tf_names[slot]}:0"] = value
    return state


def test_decay_of_the_learning_rate(tmp_path):
    path = tmp_path / "old.h5"
    model = two_layers()
    saved = [(layer.name, kernel_and_bias(layer)) for layer in model.layers]
    training = compiled("SGD", **{**OLD_SGD, "decay": 0.5})
    old.write_model(path, "2.1", old_two_layers("2.1"), saved, training)
    rate = keras.models.load_model(path).optimizer.get_config()["learning_rate"]
    assert rate["class_name"] == "InverseTimeDecay"
    schedule = keras.optimizers.schedules.deserialize(rate)
    np.testing.assert_allclose(float(schedule(4)), 0.1 / (1 + 0.5 * 4), rtol=1e-6)


def test_state_of_gates_changes_its_layout_too(tmp_path):
    layer = recurrent("LSTM", 2, name="lstm_1")
    model = random_like(keras.Sequential([L.Input((4, 3)), layer]))
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    x, y = RNG.normal(size=(5, 4, 3)), RNG.normal(size=(5, 2))
    model.train_on_batch(x, y)
    saved = gates("LSTM", "lstm_1", layer.get_weights())
    moments = [model.optimizer.slot(w, "momentum").numpy() for w in layer.weights]
    by_name = gates("LSTM", "lstm_1", moments)
    state = {"Variable:0": np.float32(1)}
    state |= {f"m_{name}": by_name[name] for name in sorted(saved)}
    form = old.recurrent_1("LSTM", "lstm_1", 2, batch_input_shape=[None, 4, 3])
    path = tmp_path / "old.h5"
    old.write_model(
        path,
        "1.2",
        old.sequential("1.2", [form]),
        [("lstm_1", saved)],
        compiled("SGD", **OLD_SGD),
        state,
    )
    loaded = keras.models.load_model(path)
    for each in (model, loaded):
        each.train_on_batch(x, y)
    for a, b in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def test_unknown_metrics_are_left_out_with_one_warning(tmp_path):
    path = tmp_path / "old.h5"
    model = two_layers()
    saved = [(layer.name, kernel_and_bias(layer)) for layer in model.layers]
    training = compiled("SGD", **OLD_SGD)
    training["metrics"] = ["fmeasure", "mae", "my_own"]
    old.write_model(path, "1.2", old_two_layers("1.2"), saved, training)
    with pytest.warns(UserWarning) as caught:
        loaded = keras.models.load_model(path)
    (warning,) = caught
    assert str(warning.message).startswith(
        f"'{path}': the metrics 'fmeasure', 'my_own' are unknown here and were left out"
    )
    result = loaded.evaluate(np.ones((2, 3)), np.ones((2, 2)), verbose=0)
    assert len(result) == 2


@pytest.mark.parametrize("part", ["optimizer_config", "loss"])
def test_unknown_optimizer_or_loss(tmp_path, part):
    path = tmp_path / "old.h5"
    model = two_layers()
    saved = [(layer.name, kernel_and_bias(layer)) for layer in model.layers]
    training = compiled("SGD", **OLD_SGD)
    unknown = {"class_name": "Mine", "config": {}} if part != "loss" else "my_loss"
    training[part] = unknown
    old.write_model(path, "2.2", old_two_layers("2.2"), saved, training)
    with pytest.warns(UserWarning, match="the model is not compiled") as caught:
        loaded = keras.models.load_model(path)
    assert len(caught) == 1
    assert not loaded.compiled
    assert loaded.predict(np.ones((2, 3)), verbose=0).shape == (2, 2)


@pytest.mark.parametrize("part", ["weights", "state"])
def test_far_more_numbers_than_a_layer_has_are_not_read(tmp_path, monkeypatch, part):
    path = tmp_path / "old.h5"
    model = two_layers()
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 2)))
    saved = [(layer.name, kernel_and_bias(layer)) for layer in model.layers]
    state = old_state(model, "2.2", "SGD")
    training = compiled("SGD", **OLD_SGD)
    old.write_model(path, "2.2", old_two_layers("2.2"), saved, training, state)
    group = "model_weights/z_first" if part == "weights" else "optimizer_weights"
    name = "z_first_W" if part == "weights" else "Variable_1:0"
    with h5py.File(path, "a") as file:
        del file[group][name]
        file[group].create_dataset(name, (1 << 13, 1 << 13), "f4", chunks=(64, 64))
    read = hdf5.read_bounded
    sizes = []
    monkeypatch.setattr(hdf5, "read_bounded", lambda d: sizes.append(d.size) or read(d))
    if part == "weights":
        with pytest.raises(ValueError, match=r"the file has \(8192, 8192\)"):
            keras.models.load_model(path)
    else:
        with pytest.warns(UserWarning, match="does not fit"):
            keras.models.load_model(path)
    assert max(sizes, default=0) < 1 << 25


# ------------------------------------------------------------------------------- JSON


@pytest.mark.parametrize("age", ["1.2", "2.0", "2.3", "tf2"])
def test_json(age):
    config = old_two_layers(age) | {"keras_version": old.AGES[age][0]}
    model = keras.models.model_from_json(json.dumps(config))
    assert [layer.name for layer in model.layers] == ["z_first", "a_second"]
    assert model.input_shape == (None, 3)
    assert model.output_shape == (None, 2)


def test_json_of_a_model_beyond_all_memory():
    config = old_two_layers("1.2") | {"keras_version": "1.2.2"}
    config["config"][0]["config"]["output_dim"] = 1 << 33
    with pytest.raises(ValueError, match="would take .* bytes"):
        keras.models.model_from_json(json.dumps(config))


# ----------------------------------------------------------------- what nobody knows


@pytest.mark.parametrize("age", ["1.2", "2.2"])
def test_lambda_of_an_older_python(tmp_path, age):
    code = ["4wEAAAABAAAAAQAAAEMAAABz", None, None]
    form = old.plain_1(
        "Lambda",
        "halve",
        function=code,
        function_type="lambda",
        output_shape=None,
        output_shape_type="raw",
        arguments={},
        batch_input_shape=[None, 3],
    )
    path = tmp_path / "old.h5"
    old.write_model(path, age, old.sequential(age, [form]), [("halve", {})])
    for safe_mode in (True, False):
        with pytest.raises(ValueError, match="Lambda 'halve': .*another version of"):
            keras.models.load_model(path, safe_mode=safe_mode)
    own = {"halve": lambda x: x / 2}
    loaded = keras.models.load_model(path, custom_objects=own, compile=False)
    assert loaded.predict(np.ones((1, 3)), verbose=0).tolist() == [[0.5, 0.5, 0.5]]


def test_lambda_with_a_named_function(tmp_path):
    form = old.plain_1(
        "Lambda",
        "halve",
        function="half_of_it",
        function_type="function",
        output_shape=[3],
        output_shape_type="raw",
        arguments={"by": 4},
        batch_input_shape=[None, 3],
    )
    path = tmp_path / "old.h5"
    old.write_model(path, "1.2", old.sequential("1.2", [form]), [("halve", {})])

    def half_of_it(x, by):
        return x / by

    own = {"half_of_it": half_of_it}
    loaded = keras.models.load_model(path, custom_objects=own, compile=False)
    assert loaded.predict(np.ones((1, 3)), verbose=0).tolist() == [[0.25, 0.25, 0.25]]


@pytest.mark.parametrize("mode", [1, 2])
def test_modes_of_batch_normalization(tmp_path, mode):
    form = old.batch_normalization_1("norm", mode=mode, batch_input_shape=[None, 3])
    path = tmp_path / "old.h5"
    old.write_model(path, "1.2", old.sequential("1.2", [form]), [])
    with pytest.raises(ValueError, match=f"mode={mode} is a mode of Keras 1 that"):
        keras.models.load_model(path)


def test_layers_that_only_keras_1_had(tmp_path):
    model = random_like(
        keras.Sequential(
            [
                L.Input((3,)),
                L.Highway(activation="relu"),
                L.MaxoutDense(4, pieces=2),
                L.SReLU(),
                L.ParametricSoftplus(),
            ]
        )
    )
    dense = {
        "init": "glorot_uniform",
        "W_regularizer": None,
        "b_regularizer": None,
        "activity_regularizer": None,
        "W_constraint": None,
        "b_constraint": None,
        "bias": True,
        "input_dim": 3,
    }
    starts = ("t_left_init", "a_left_init", "t_right_init", "a_right_init")
    configs = [
        old.plain_1(
            "Highway",
            "highway_1",
            activation="relu",
            transform_bias=-2,
            batch_input_shape=[None, 3],
            input_dtype="float32",
            **dense,
        ),
        old.plain_1("MaxoutDense", "maxout_1", output_dim=4, nb_feature=2, **dense),
        old.plain_1(
            "SReLU", "srelu_1", shared_axes=None, **dict.fromkeys(starts, "zero")
        ),
        old.plain_1("ParametricSoftplus", "soft_1", alpha_init=0.2, beta_init=5.0),
    ]
    names = [
        ("highway_1", ("W", "W_carry", "b", "b_carry")),
        ("maxout_1", ("W", "b")),
        ("srelu_1", ("t_left", "a_left", "t_right", "a_right")),
        ("soft_1", ("alphas", "betas")),
    ]
    weights = [
        (name, dict(zip([f"{name}_{p}" for p in parts], own, strict=True)))
        for (name, parts), own in zip(
            names, [layer.get_weights() for layer in model.layers], strict=True
        )
    ]
    path = tmp_path / "old.h5"
    old.write_model(path, "1.2", old.sequential("1.2", configs), weights)
    check(path, model, RNG.normal(size=(5, 3)))
