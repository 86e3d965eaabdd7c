import json

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers, ops


def test_dense_is_matmul_bias_activation():
    layer = layers.Dense(2, activation="relu")
    layer.build((None, 3))
    kernel = np.array([[1.0, -1.0], [2.0, 0.0], [0.0, 1.0]], "float32")
    layer.set_weights([kernel, np.array([0.5, -0.5], "float32")])
    x = np.array([[1.0, 2.0, 3.0]], "float32")
    np.testing.assert_allclose(layer(x).numpy(), [[5.5, 1.5]])


def test_dense_works_on_the_last_axis():
    assert layers.Dense(3)(np.ones((2, 5, 4, 6))).shape == (2, 5, 4, 3)


@pytest.mark.parametrize(
    ("units", "text"),
    [
        (-1, "units must be a positive int, got -1 (int). Try Dense(units=1)."),
        (2.5, "units must be a positive int, got 2.5 (float). Try Dense(units=2)."),
        ("a", "units must be a positive int, got 'a' (str). Try Dense(units=1)."),
        (0, "units must be a positive int, got 0 (int). Try Dense(units=1)."),
    ],
)
def test_dense_units_are_checked(units, text):
    with pytest.raises(ValueError) as error:
        layers.Dense(units, name="fc1")
    assert str(error.value) == f"Dense 'fc1': {text}"


def test_dense_takes_numpy_ints():
    assert layers.Dense(np.int64(3)).get_config()["units"] == 3


def test_dense_refuses_vectors():
    with pytest.raises(
        ValueError, match="Dense 'fc' expects at least 2 axes, got shape"
    ):
        layers.Dense(3, name="fc")(np.ones(3))


def test_dense_refuses_another_number_of_features():
    layer = layers.Dense(3, name="fc")
    layer(np.ones((2, 8)))
    text = r"Dense 'fc' expects length 8 on axis -1, got shape \(2, 5\)"
    with pytest.raises(ValueError, match=text):
        layer(np.ones((2, 5)))


def test_unknown_activation_gets_a_suggestion():
    with pytest.raises(ValueError, match="'rel'. Did you mean 'relu'?"):
        layers.Dense(3, activation="rel")


def test_quantization_is_refused():
    with pytest.raises(ValueError, match="quantization_config must be None: NumPy has"):
        layers.Dense(3, quantization_config="int8")


def test_dense_config_has_the_keys_of_keras():
    config = layers.Dense(3, kernel_regularizer="l2", name="d").get_config()
    assert list(config) == [
        "name",
        "trainable",
        "dtype",
        "units",
        "activation",
        "use_bias",
        "kernel_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "bias_regularizer",
        "kernel_constraint",
        "bias_constraint",
        "quantization_config",
    ]
    assert config["activation"] == "linear"
    assert config["kernel_regularizer"]["class_name"] == "L2"


def test_dense_penalties_are_in_losses():
    layer = layers.Dense(
        1,
        kernel_initializer="ones",
        bias_initializer="ones",
        kernel_regularizer=keras.regularizers.L2(0.1),
        bias_regularizer=keras.regularizers.L1(0.5),
    )
    layer(np.ones((1, 3)))
    assert [round(float(loss), 5) for loss in layer.losses] == [0.3, 0.5]


def test_embedding_looks_up_rows():
    layer = layers.Embedding(4, 2, weights=np.arange(8.0).reshape(4, 2))
    out = layer(np.array([[3, 0]]))
    np.testing.assert_array_equal(out.numpy(), [[[6.0, 7.0], [0.0, 1.0]]])
    assert "weights" not in layer.get_config()


def test_embedding_takes_floats_that_are_ints():
    assert layers.Embedding(4, 2)(np.array([[1.0, 3.0]])).shape == (1, 2, 2)


def test_embedding_sums_the_gradients_of_duplicates():
    layer = layers.Embedding(3, 2)
    with keras.GradientTape() as tape:
        total = ops.sum(layer(np.array([[1, 1, 0]])))
    (gradient,) = tape.gradient(total, layer.trainable_weights)
    np.testing.assert_array_equal(np.asarray(gradient), [[1, 1], [2, 2], [0, 0]])


@pytest.mark.parametrize("index", [-1, 4])
def test_embedding_refuses_ints_outside_its_table(index):
    text = r"Embedding 'words': inputs must be ints in \[0, 4\), got"
    with pytest.raises(ValueError, match=text):
        layers.Embedding(4, 2, name="words")(np.array([[0, index]]))


@pytest.mark.parametrize("option", ["input_dim", "output_dim"])
def test_embedding_sizes_are_checked(option):
    kwargs = {"input_dim": 4, "output_dim": 2, option: 0}
    with pytest.raises(ValueError, match=f"{option} must be a positive int, got 0"):
        layers.Embedding(**kwargs)


def test_embedding_masks_zeros_when_asked():
    x = np.array([[0, 1]])
    out = layers.Embedding(4, 2, mask_zero=True)(x)
    np.testing.assert_array_equal(out._keras_mask.numpy(), [[False, True]])
    assert layers.Embedding(4, 2)(x)._keras_mask is None


def test_lambda_gets_arguments_mask_and_training():
    def scaled(x, factor, mask=None, training=None):
        assert mask is not None
        return x * factor if training else x

    layer = layers.Lambda(scaled, arguments={"factor": 3.0}, mask=lambda x, mask: mask)
    x = ops.convert_to_tensor(np.ones((1, 2), "float32"))
    x._keras_mask = ops.convert_to_tensor(np.array([True]))
    assert layer(x, training=True).tolist() == [[3.0, 3.0]]
    assert layer(x).tolist() == [[1.0, 1.0]]
    assert layer(x)._keras_mask.tolist() == [True]


def test_lambda_output_shape():
    x = keras.Input((3, 2))
    assert layers.Lambda(lambda x: x[:, 0])(x).shape == (None, 2)
    assert layers.Lambda(lambda x: x, output_shape=(7,))(x).shape == (None, 7)
    by_function = layers.Lambda(lambda x: x, output_shape=lambda s: (s[0], 9))
    assert by_function(x).shape == (None, 9)


def test_lambda_tries_functions_that_need_numbers():
    layer = layers.Lambda(lambda x: np.sort(x.numpy() if hasattr(x, "array") else x))
    assert layer(keras.Input((3,))).shape == (None, 3)


@keras.saving.register_keras_serializable("tests")
def halved(x):
    return x / 2


def test_lambda_of_a_registered_function_survives():
    form = json.loads(json.dumps(layers.serialize(layers.Lambda(halved))))
    assert layers.deserialize(form)(np.ones((1, 1))).item() == 0.5


def test_lambda_bytecode_is_refused_unless_trusted():
    scale = 2.0
    form = layers.serialize(layers.Lambda(lambda x, power=3: x**power * scale))
    form = json.loads(json.dumps(form))
    with pytest.raises(ValueError, match="load it with safe_mode=False"):
        layers.deserialize(form)
    twin = layers.Lambda.from_config(form["config"], safe_mode=False)
    assert twin(np.full((1, 1), 2.0)).item() == 16.0


def test_lambda_arguments_are_checked():
    with pytest.raises(ValueError, match="function must be callable, got 'abs'"):
        layers.Lambda("abs")
    with pytest.raises(ValueError, match="arguments must be a dict, got 3"):
        layers.Lambda(abs, arguments=3)


def test_masking_marks_and_zeroes_steps():
    x = np.array([[[1.0, 5.0], [5.0, 5.0]]], "float32")
    out = layers.Masking(5.0)(x)
    assert out._keras_mask.tolist() == [[True, False]]
    assert out.tolist() == [[[1.0, 5.0], [0.0, 0.0]]]


def test_seeded_weights_are_those_of_keras():
    """Recorded with Keras 3.15.1 on its NumPy backend."""
    keras.utils.set_random_seed(3)
    dense, embedding = layers.Dense(3), layers.Embedding(4, 3)
    dense.build((None, 2))
    embedding.build()
    dropped = layers.Dropout(0.5)
    np.testing.assert_allclose(
        dense.kernel.numpy(),
        [[1.0050874, -0.4209991, -0.25787264], [-0.27222377, 0.15019865, 0.48506674]],
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        embedding.embeddings.numpy()[0], [0.0226447, -0.02654393, 0.01645854], rtol=1e-5
    )
    x = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 9.0]], "float32")
    assert dropped(x, training=True).tolist() == [
        [2, 4],
        [6, 0],
        [10, 0],
    ]  # not those of Keras
