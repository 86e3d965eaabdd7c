"""Files of Keras 2, written by tf_keras, with what it computes from them.

    python -m tests.parity.tf_keras_files

writes tests/data/tf_keras_files.zip anew. Functional models with TensorFlow functions
in them, and models that were trained a little: the tests load these files and compare
predictions, and weights after more training. Where tf_keras is installed, the parity
tests write the files live.
"""

import io
import os
import pathlib
import tempfile
import warnings
import zipfile

import numpy as np

ZIP = pathlib.Path(__file__).parents[1] / "data" / "tf_keras_files.zip"
STEPS = 3


def data(*shape, low=-1.5, high=1.5):
    return np.random.default_rng(7).uniform(low, high, shape).astype("float32")


def functions_of_one(tf, keras):
    """Name -> a function of a tensor of shape (batch, 4)."""
    k = keras.backend
    return {
        "activation": keras.activations.swish,
        "argmax": lambda x: tf.argmax(x, axis=-1),
        "batch_flatten": lambda x: k.batch_flatten(x[:, None, :]),
        "bias": lambda x: tf.nn.bias_add(x, np.arange(4.0).astype("float32")),
        "cast": lambda x: tf.cast(x > 0, tf.float32),
        "clip": lambda x: tf.clip_by_value(x, -1.0, 1.0),
        "concat": lambda x: tf.concat([x, x * 2.0], -1),
        "cumsum": lambda x: tf.cumsum(x, axis=1),
        "divided": lambda x: 1.0 / (x * x + 1.0),
        "elements": lambda x: k.repeat_elements(x, 2, 1),
        "ellipsis": lambda x: x[..., :2],
        "expand": lambda x: tf.expand_dims(x, -1),
        "floor": lambda x: x // 2.0 + x % 2.0,
        "gather": lambda x: tf.gather(x, [0, 2], axis=1),
        "gelu": tf.nn.gelu,
        "hard_sigmoid": k.hard_sigmoid,
        "item": lambda x: x[:, 1],
        "k_abs": lambda x: k.sqrt(k.abs(x)),
        "k_clip": lambda x: k.clip(x, -1.0, 0.5),
        "k_flatten": k.flatten,
        "k_log": lambda x: k.log(k.pow(x, 2) + 1),
        "k_max": lambda x: k.max(x, axis=1),
        "k_mean": lambda x: k.mean(x, axis=-1, keepdims=True),
        "k_normalize": lambda x: k.l2_normalize(x, axis=-1),
        "k_permute": lambda x: k.permute_dimensions(x[:, None, :], (0, 2, 1)),
        "k_relu": lambda x: k.relu(x, alpha=0.2, max_value=1.0),
        "k_repeat": lambda x: k.repeat(x, 3),
        "k_reshape": lambda x: k.reshape(x, (-1, 2, 2)),
        "k_squeeze": lambda x: k.squeeze(x[:, None], 1),
        "k_sum": lambda x: k.sum(k.square(x), axis=-1),
        "k_variance": lambda x: k.var(x, axis=-1),
        "leaky_relu": lambda x: tf.nn.leaky_relu(x, alpha=0.1),
        "logical": lambda x: tf.cast(tf.logical_and(x > -0.5, x < 0.5), "float32"),
        "logsumexp": lambda x: tf.reduce_logsumexp(x, axis=1),
        "newaxis": lambda x: x[:, tf.newaxis, :],
        "norm": lambda x: tf.norm(x, axis=1),
        "one_hot": lambda x: tf.one_hot(tf.argmax(x, -1), 4),
        "pad": lambda x: tf.pad(x, [[0, 0], [1, 2]]),
        "power": lambda x: (x * x + 0.1) ** 1.5,
        "reverse": lambda x: tf.reverse(x, [1]),
        "slice": lambda x: -x[:, 1:4:2],
        "softmax": lambda x: tf.nn.softmax(x, axis=-1),
        "split": lambda x: tf.split(x, 2, axis=1)[1],
        "split_by_sizes": lambda x: tf.split(x, [1, 3], axis=1)[1],
        "stack": lambda x: tf.stack([x, 2.0 - x], axis=1),
        "std": lambda x: tf.math.reduce_std(x, axis=-1),
        "tile": lambda x: tf.tile(x, [1, 2]),
        "transpose": lambda x: tf.transpose(x[:, None, :], [0, 2, 1]),
        "unstack": lambda x: tf.unstack(x, axis=1)[2],
        "where": lambda x: tf.where(x > 0, x, 0.0 * x),
    }


def functions_of_two(tf, keras):
    """Name -> a function of two tensors of shape (batch, 3, 4)."""
    k = keras.backend
    return {
        "add": lambda a, b: a + b * a,
        "add_n": lambda a, b: tf.add_n([a, b]),
        "atan2": tf.atan2,
        "batch_dot": lambda a, b: k.batch_dot(a, b, axes=[2, 2]),
        "matmul": lambda a, b: tf.matmul(a, b, transpose_b=True),
        "matmul_a": lambda a, b: tf.matmul(a, b, transpose_a=True),
        "maximum": tf.maximum,
        "squared_difference": tf.math.squared_difference,
    }


def models_to_train(keras):
    """Name -> (model, input, target): layers whose weights come in a special order."""
    layers = keras.layers

    def sequence(*inner):
        return keras.Sequential([keras.Input((4, 3)), *inner])

    inner = keras.Sequential(
        [keras.Input((12,)), layers.BatchNormalization(), layers.Dense(4)]
    )
    return {
        "mlp": keras.Sequential(
            [keras.Input((4, 3)), layers.Flatten(), layers.Dense(3, "tanh")]
        ),
        "lstm": sequence(layers.LSTM(3)),
        "gru": sequence(layers.GRU(3, recurrent_activation="hard_sigmoid")),
        "bidirectional": sequence(layers.Bidirectional(layers.LSTM(2))),
        "convolution": sequence(
            layers.BatchNormalization(), layers.Conv1D(4, 2), layers.Flatten()
        ),
        "nested": sequence(layers.Flatten(), inner, layers.Dense(2)),
        "distributed": sequence(layers.TimeDistributed(layers.Dense(2)), layers.GRU(2)),
        "local": sequence(layers.LocallyConnected1D(2, 2), layers.Flatten()),
        "separable": sequence(layers.SeparableConv1D(2, 2), layers.Flatten()),
    }


def optimizers(keras):
    """Name -> an optimizer; those of tf.keras before 2.11 are called legacy."""
    new, legacy = keras.optimizers, keras.optimizers.legacy
    return {
        "sgd": new.SGD(0.05),
        "sgd_momentum": new.SGD(0.05, momentum=0.9),
        "adam": new.Adam(0.01),
        "adam_amsgrad": new.Adam(0.01, amsgrad=True),
        "adamw": new.AdamW(0.01),
        "adamax": new.Adamax(0.01),
        "nadam": new.Nadam(0.01),
        "rmsprop": new.RMSprop(0.01),
        "rmsprop_centered": new.RMSprop(0.01, momentum=0.5, centered=True),
        "adagrad": new.Adagrad(0.05),
        "adadelta": new.Adadelta(0.5),
        "ftrl": new.Ftrl(0.05),
        "legacy_sgd": legacy.SGD(0.05, momentum=0.9, decay=0.1),
        "legacy_adam": legacy.Adam(0.01),
        "legacy_adam_amsgrad": legacy.Adam(0.01, amsgrad=True),
        "legacy_adamax": legacy.Adamax(0.01),
        "legacy_nadam": legacy.Nadam(0.01),
        "legacy_rmsprop": legacy.RMSprop(0.01, momentum=0.5),
        "legacy_adagrad": legacy.Adagrad(0.05),
        "legacy_adadelta": legacy.Adadelta(0.5),
        "legacy_ftrl": legacy.Ftrl(0.05),
    }


def training(model):
    """The data of some steps of training; the later half comes after saving."""
    x = data(2 * STEPS, 8, 4, 3)
    y = data(2 * STEPS, 8, *model.output_shape[1:])
    return x, y


def weights_of(model):
    """The weights in the order of files."""
    return [*model.trainable_weights, *model.non_trainable_weights]


def write(folder, tf, keras) -> dict:
    """Writes all files; returns name -> the arrays that belong to it."""
    expected: dict = {}
    folder = pathlib.Path(folder)

    def save(name, model, *inputs):
        model.save(folder / f"{name}.h5")
        outputs = model.predict(list(inputs) if len(inputs) > 1 else inputs[0])
        expected[name] = {"outputs": outputs}
        expected[name] |= {f"input_{i}": x for i, x in enumerate(inputs)}

    for name, function in functions_of_one(tf, keras).items():
        x = keras.Input((4,))
        save(f"one_{name}", keras.Model(x, function(x)), data(5, 4))
    for name, function in functions_of_two(tf, keras).items():
        a, b = keras.Input((3, 4)), keras.Input((3, 4))
        inputs = data(5, 3, 4), data(5, 3, 4)[::-1].copy()
        save(f"two_{name}", keras.Model([a, b], function(a, b)), *inputs)

    def train(name, model, optimizer):
        model.compile(optimizer, "mse", metrics=["mae"])
        x, y = training(model)
        for step in range(STEPS):
            model.train_on_batch(x[step], y[step])
        save(name, model, x[0])
        if name.startswith("model"):
            model.save(folder / f"{name}.keras")
            model.save_weights(folder / f"{name}.weights.h5")
            (folder / f"{name}.json").write_text(model.to_json())
        for step in range(STEPS, 2 * STEPS):
            model.train_on_batch(x[step], y[step])
        for i, weight in enumerate(weights_of(model)):
            expected[name][f"weight_{i:02}"] = weight.numpy()

    keras.utils.set_random_seed(1)
    for name, model in models_to_train(keras).items():
        train(f"model_{name}", model, "adam")
    for name, optimizer in optimizers(keras).items():
        train(f"optimizer_{name}", models_to_train(keras)["mlp"], optimizer)
    return expected


def main() -> None:
    """Writes the zip that the tests read."""
    import tensorflow as tf
    import tf_keras

    tf_keras.utils.disable_interactive_logging()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = write(folder, tf, tf_keras)
        with zipfile.ZipFile(ZIP, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, arrays in expected.items():
                buffer = io.BytesIO()
                np.savez(buffer, **arrays)
                archive.writestr(f"{name}.npz", buffer.getvalue())
            for file in sorted(os.listdir(folder)):
                archive.write(os.path.join(folder, file), file)


if __name__ == "__main__":
    main()
