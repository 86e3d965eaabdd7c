"""Writes HDF5 files as Keras 1.0 to tf.keras 2.x laid them out, byte by byte ours.

What each age did is told in the tables below; no Keras is needed. A test gives layers
as `(name, {weight name: array})` in file order.
"""

import json

import h5py
import numpy as np

# Age -> (version in the file, does it name the backend, are names bytes)
AGES = {
    "1.0": (None, False, True),
    "1.2": ("1.2.2", False, True),
    "2.0": ("2.0.4", True, True),
    "2.1": ("2.1.6", True, True),
    "2.2": ("2.2.4", True, True),
    "2.3": ("2.3.1", True, False),
    "tf1": ("2.2.4-tf", True, True),
    "tf2": ("2.10.0", True, False),
}


def write_names(group, name, names, as_bytes):
    kind = np.array([n.encode() for n in names]) if as_bytes else names
    group.attrs[name] = kind


def write_arrays(group, named, as_bytes):
    write_names(group, "weight_names", list(named), as_bytes)
    for name, array in named.items():
        group.create_dataset(name, data=array)


def write_weights(group, age, layers, backend="tensorflow"):
    """Writes a weights file, or the `model_weights` of a whole one."""
    version, names_backend, as_bytes = AGES[age]
    write_names(group, "layer_names", [name for name, _ in layers], as_bytes)
    if names_backend:
        group.attrs["backend"] = backend.encode() if as_bytes else backend
        group.attrs["keras_version"] = version.encode() if as_bytes else version
    for name, named in layers:
        write_arrays(group.create_group(name), named, as_bytes)


def write_model(path, age, config, layers, training=None, state=None, backend=None):
    """Writes a whole model file.

    Args:
        path: Where to.
        age: A key of `AGES`.
        config: `model_config` as a dict.
        layers: See above.
        training: `training_config` as a dict.
        state: name -> array, of the optimizer.
        backend: What the file names; TensorFlow by default.
    """
    version, names_backend, as_bytes = AGES[age]
    backend = backend or "tensorflow"
    with h5py.File(path, "w") as file:
        text = json.dumps(config)
        file.attrs["model_config"] = text.encode() if as_bytes else text
        if version is not None:
            file.attrs["keras_version"] = version.encode()
        if names_backend:
            file.attrs["backend"] = backend.encode()
        write_weights(file.create_group("model_weights"), age, layers, backend)
        if training is not None:
            file.attrs["training_config"] = json.dumps(training).encode()
        if state is not None:
            write_arrays(file.create_group("optimizer_weights"), state, as_bytes)


def sequential(age, layers, name="sequential_1"):
    """`model_config` of a Sequential model: a bare list until Keras 2.2.3."""
    if age in ("1.0", "1.2", "2.0", "2.1"):
        return {"class_name": "Sequential", "config": layers}
    return {"class_name": "Sequential", "config": {"name": name, "layers": layers}}


# --------------------------------------------------- layers as Keras 1 wrote them


def _keras_1(cls, name, **config):
    return {"class_name": cls, "config": {"name": name, "trainable": True, **config}}


_WEIGHTED = {
    "W_regularizer": None,
    "b_regularizer": None,
    "activity_regularizer": None,
    "W_constraint": None,
    "b_constraint": None,
    "bias": True,
    "init": "glorot_uniform",
    "activation": "linear",
}


def dense_1(name, units, input_dim=None, **config):
    config = {"output_dim": units, "input_dim": input_dim, **_WEIGHTED, **config}
    return _keras_1("Dense", name, **config)


def convolution_2d_1(name, filters, rows, columns, ordering, **config):
    config = {
        "nb_filter": filters,
        "nb_row": rows,
        "nb_col": columns,
        "border_mode": "valid",
        "subsample": [1, 1],
        "dim_ordering": ordering,
        **_WEIGHTED,
        **config,
    }
    return _keras_1("Convolution2D", name, **config)


def convolution_1d_1(name, filters, length, **config):
    config = {
        "nb_filter": filters,
        "filter_length": length,
        "border_mode": "same",
        "subsample_length": 1,
        "input_dim": None,
        "input_length": None,
        **_WEIGHTED,
        **config,
    }
    return _keras_1("Convolution1D", name, **config)


def recurrent_1(cls, name, units, **config):
    config = {
        "output_dim": units,
        "init": "glorot_uniform",
        "inner_init": "orthogonal",
        "activation": "tanh",
        "W_regularizer": None,
        "U_regularizer": None,
        "b_regularizer": None,
        "dropout_W": 0.0,
        "dropout_U": 0.0,
        "return_sequences": False,
        "go_backwards": False,
        "stateful": False,
        "unroll": False,
        "consume_less": "cpu",
        "input_dim": None,
        "input_length": None,
        **({} if cls == "SimpleRNN" else {"inner_activation": "hard_sigmoid"}),
        **({"forget_bias_init": "one"} if cls == "LSTM" else {}),
        **config,
    }
    return _keras_1(cls, name, **config)


def batch_normalization_1(name, axis=-1, **config):
    config = {
        "gamma_regularizer": None,
        "beta_regularizer": None,
        "epsilon": 1e-3,
        "mode": 0,
        "axis": axis,
        "momentum": 0.99,
        **config,
    }
    return _keras_1("BatchNormalization", name, **config)


def embedding_1(name, words, units, length, **config):
    config = {
        "input_dim": words,
        "output_dim": units,
        "init": "uniform",
        "input_length": length,
        "mask_zero": False,
        "activity_regularizer": None,
        "W_regularizer": None,
        "W_constraint": None,
        "dropout": 0.0,
        "batch_input_shape": [None, length],
        "input_dtype": "int32",
        **config,
    }
    return _keras_1("Embedding", name, **config)


def plain_1(cls, name, **config):
    return _keras_1(cls, name, **config)


# ------------------------------------------------- the same layers, of Keras 2


def _initializer(name):
    if name in ("Zeros", "Ones"):
        return {"class_name": name, "config": {}}
    config = {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}
    return {"class_name": "VarianceScaling", "config": config}


_WEIGHTED_2 = {
    "activation": "linear",
    "use_bias": True,
    "kernel_initializer": _initializer("VarianceScaling"),
    "bias_initializer": _initializer("Zeros"),
    "kernel_regularizer": None,
    "bias_regularizer": None,
    "activity_regularizer": None,
    "kernel_constraint": None,
    "bias_constraint": None,
}


def dense_2(name, units, **config):
    return _keras_1("Dense", name, units=units, **{**_WEIGHTED_2, **config})


def convolution_2d_2(name, filters, size, data_format="channels_last", **config):
    config = {
        "filters": filters,
        "kernel_size": size,
        "strides": [1, 1],
        "padding": "valid",
        "data_format": data_format,
        "dilation_rate": [1, 1],
        **_WEIGHTED_2,
        **config,
    }
    return _keras_1("Conv2D", name, **config)


def recurrent_2(cls, name, units, **config):
    config = {
        "units": units,
        **_WEIGHTED_2,
        "activation": "tanh",
        "recurrent_initializer": {
            "class_name": "Orthogonal",
            "config": {"gain": 1.0, "seed": None},
        },
        "recurrent_regularizer": None,
        "recurrent_constraint": None,
        "dropout": 0.0,
        "recurrent_dropout": 0.0,
        "return_sequences": False,
        "return_state": False,
        "go_backwards": False,
        "stateful": False,
        "unroll": False,
        "implementation": 1,
        **({} if cls == "SimpleRNN" else {"recurrent_activation": "hard_sigmoid"}),
        **({"unit_forget_bias": True} if cls == "LSTM" else {}),
        **config,
    }
    return _keras_1(cls, name, **config)


# ------------------------------------------------------------ weights of Keras 1


def gates_1(name, gates, kernel, recurrent, bias):
    """The arrays of each gate, in the order in which Keras 1 kept them."""
    parts = [np.split(a, len(gates), axis=-1) for a in (kernel, recurrent, bias)]
    return {
        f"{name}_{letter}_{gate}": part[i]
        for i, gate in enumerate(gates)
        for letter, part in zip("WUb", parts, strict=True)
    }


def theano_1(kernel):
    """A kernel (rows, columns, in, out) as Keras 1 kept it for dim_ordering='th'."""
    rows, columns, channels, filters = kernel.shape
    old = np.empty((filters, channels, rows, columns), kernel.dtype)
    for out in range(filters):
        for c in range(channels):
            old[out, c] = kernel[:, :, c, out]
    return old
