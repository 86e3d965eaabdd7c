"""Old spellings of calls: the same model as the modern spelling, and one warning."""

import warnings

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers as L
from minikeras import regularizers

W = [np.arange(6.0).reshape(3, 2), np.ones(2)]


def same(old, new, ignored=()):
    """Asserts that two objects have the same class and config, but for the name."""
    assert type(old) is type(new)
    configs = [x.get_config() for x in (old, new)]
    for config in configs:
        for key in ("name", *ignored):
            config.pop(key, None)
    assert configs[0] == configs[1]


# old call, modern call
LAYERS = {
    "Dense": (
        lambda: L.Dense(
            output_dim=4,
            init="uniform",
            W_regularizer="l2",
            b_regularizer="l1",
            W_constraint="nonneg",
            b_constraint="maxnorm",
            bias=True,
        ),
        lambda: L.Dense(
            4,
            kernel_initializer="random_uniform",
            kernel_regularizer="l2",
            bias_regularizer="l1",
            kernel_constraint="non_neg",
            bias_constraint="max_norm",
            use_bias=True,
        ),
    ),
    "numpy sizes": (
        lambda: L.Dense(output_dim=np.int64(4)),
        lambda: L.Dense(4),
    ),
    "Dropout": (lambda: L.Dropout(p=0.3), lambda: L.Dropout(0.3)),
    "SpatialDropout2D": (
        lambda: L.SpatialDropout2D(p=0.3, dim_ordering="th"),
        lambda: L.SpatialDropout2D(0.3, data_format="channels_first"),
    ),
    "GaussianNoise": (lambda: L.GaussianNoise(sigma=0.5), lambda: L.GaussianNoise(0.5)),
    "Embedding": (
        lambda: L.Embedding(9, 4, init="normal", W_constraint="unitnorm", dropout=0.2),
        lambda: L.Embedding(9, 4, "random_normal", embeddings_constraint="unit_norm"),
    ),
    "LSTM": (
        lambda: L.LSTM(
            output_dim=4,
            init="one",
            inner_init="zero",
            inner_activation="tanh",
            U_regularizer="l1",
            dropout_W=0.1,
            dropout_U=0.2,
            forget_bias_init="one",
            consume_less="gpu",
            unroll=True,
        ),
        lambda: L.LSTM(
            4,
            kernel_initializer="ones",
            recurrent_initializer="zeros",
            recurrent_activation="tanh",
            recurrent_regularizer="l1",
            dropout=0.1,
            recurrent_dropout=0.2,
            unit_forget_bias=True,
            unroll=True,
        ),
    ),
    "GRU": (
        lambda: L.GRU(4, implementation=2, inner_activation="tanh"),
        lambda: L.GRU(4, recurrent_activation="tanh"),
    ),
    "CuDNNLSTM": (lambda: L.CuDNNLSTM(4), lambda: L.LSTM(4)),
    "CuDNNGRU": (lambda: L.CuDNNGRU(4), lambda: L.GRU(4, reset_after=True)),
    "Convolution1D": (
        lambda: L.Convolution1D(4, 3, "one", subsample_length=2, border_mode="same"),
        lambda: L.Conv1D(4, 3, strides=2, padding="same", kernel_initializer="ones"),
    ),
    "Conv1D": (
        lambda: L.Conv1D(nb_filter=4, filter_length=3),
        lambda: L.Conv1D(4, 3),
    ),
    "Convolution2D": (
        lambda: L.Convolution2D(
            4, 3, 5, border_mode="same", subsample=(2, 2), dim_ordering="tf"
        ),
        lambda: L.Conv2D(
            4, (3, 5), padding="same", strides=2, data_format="channels_last"
        ),
    ),
    "Convolution2D of Keras 2": (
        lambda: L.Convolution2D(4, (3, 5)),
        lambda: L.Conv2D(4, (3, 5)),
    ),
    "Convolution3D": (
        lambda: L.Convolution3D(4, 1, 2, 3, activation="relu"),
        lambda: L.Conv3D(4, (1, 2, 3), activation="relu"),
    ),
    "Deconvolution2D": (
        lambda: L.Deconvolution2D(4, 3, 3, output_shape=(None, 9, 9, 4)),
        lambda: L.Conv2DTranspose(4, (3, 3)),
    ),
    "AtrousConvolution2D": (
        lambda: L.AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2)),
        lambda: L.Conv2D(4, (3, 3), dilation_rate=2),
    ),
    "SeparableConvolution2D": (
        lambda: L.SeparableConvolution2D(4, 3, 3, depth_multiplier=2),
        lambda: L.SeparableConv2D(4, (3, 3), depth_multiplier=2),
    ),
    "MaxPooling1D": (
        lambda: L.MaxPooling1D(pool_length=3, stride=2, border_mode="same"),
        lambda: L.MaxPooling1D(3, 2, "same"),
    ),
    "AveragePooling2D": (
        lambda: L.AveragePooling2D(),
        lambda: L.AveragePooling2D((2, 2)),
    ),
    "MaxPooling2D": (
        lambda: L.MaxPooling2D(pool_size=(2, 2), dim_ordering="th"),
        lambda: L.MaxPooling2D((2, 2), data_format="channels_first"),
    ),
    "UpSampling1D": (lambda: L.UpSampling1D(length=3), lambda: L.UpSampling1D(3)),
    "ZeroPadding2D": (
        lambda: L.ZeroPadding2D(
            dim_ordering="tf", padding={"top_pad": 1, "left_pad": 2}
        ),
        lambda: L.ZeroPadding2D(((1, 0), (2, 0)), data_format="channels_last"),
    ),
    "BatchNormalization": (
        lambda: L.BatchNormalization(mode=0, gamma_init="zero"),
        lambda: L.BatchNormalization(gamma_initializer="zeros"),
    ),
    "LeakyReLU": (lambda: L.LeakyReLU(alpha=0.2), lambda: L.LeakyReLU(0.2)),
    "ThresholdedReLU": (
        lambda: L.ThresholdedReLU(theta=0.5),
        lambda: L.ReLU(threshold=0.5),
    ),
    "Merge": (
        lambda: L.Merge(mode="concat", concat_axis=1),
        lambda: L.Concatenate(axis=1),
    ),
    "Merge cos": (
        lambda: L.Merge(mode="cos", dot_axes=1),
        lambda: L.Dot(axes=1, normalize=True),
    ),
    "MaxoutDense": (
        lambda: L.MaxoutDense(output_dim=3, nb_feature=2, init="one"),
        lambda: L.MaxoutDense(3, 2, kernel_initializer="ones"),
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_in_old_spelling(name):
    old, new = LAYERS[name]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        made = old()
    same(made, new())
    assert told or name == "Convolution2D of Keras 2"
    assert all(w.category is DeprecationWarning for w in told)
    assert all(w.filename == __file__ for w in told)


OTHERS = {
    "SGD": (
        lambda: keras.optimizers.SGD(lr=0.5, decay=0.1, momentum=0.9),
        lambda: keras.optimizers.SGD(
            keras.optimizers.schedules.InverseTimeDecay(0.5, 1, 0.1), momentum=0.9
        ),
    ),
    "SGD by default": (
        lambda: keras.optimizers.SGD(decay=0.1),
        lambda: keras.optimizers.SGD(
            keras.optimizers.schedules.InverseTimeDecay(0.01, 1, 0.1)
        ),
    ),
    "Adam": (
        lambda: keras.optimizers.Adam(lr=0.1, epsilon=None, decay=0.0),
        lambda: keras.optimizers.Adam(0.1),
    ),
    "Nadam": (
        lambda: keras.optimizers.Nadam(lr=0.1, schedule_decay=0.004),
        lambda: keras.optimizers.Nadam(0.1),
    ),
    "rmsprop": (
        lambda: keras.optimizers.rmsprop(lr=0.1),
        lambda: keras.optimizers.RMSprop(0.1),
    ),
    "l2": (lambda: regularizers.l2(l=0.1), lambda: regularizers.L2(0.1)),
    "l1l2": (lambda: regularizers.l1l2(0.1, 0.2), lambda: regularizers.L1L2(0.1, 0.2)),
    "WeightRegularizer": (
        lambda: regularizers.WeightRegularizer(l1=0.1),
        lambda: regularizers.L1L2(0.1),
    ),
    "maxnorm": (
        lambda: keras.constraints.maxnorm(m=3),
        lambda: keras.constraints.MaxNorm(3),
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_objects_in_old_spelling(name):
    old, new = OTHERS[name]
    with pytest.warns(DeprecationWarning, match="today|Write"):
        made = old()
    same(made, new())


def test_the_warning_shows_the_call_of_today():
    with pytest.warns(DeprecationWarning) as told:
        L.Convolution2D(32, 3, 3, activation="relu", border_mode="same")
    assert str(told[0].message) == (
        "Old spelling of Conv2D. Write Conv2D(filters=32, activation='relu', "
        "padding='same', kernel_size=(3, 3))."
    )


def test_one_warning_for_each_line():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        for _ in range(3):
            L.Dropout(p=0.5)
        L.Dropout(p=0.5)
    assert len(told) == 2


def test_a_file_of_ones_own_shows_the_place(tmp_path):
    text = "from minikeras.layers import Dropout\n\nlayer = Dropout(p=0.5)\n"
    with pytest.warns(DeprecationWarning) as told:
        exec(compile(text, "lecture.py", "exec"), {"__name__": "lecture"})
    assert (told[0].filename, told[0].lineno) == ("lecture.py", 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: L.Dense(2, W_regularizer="l2", kernel_regularizer="l2"),
            "'W_regularizer' is the old name of 'kernel_regularizer', and both were",
        ),
        (lambda: L.Dense(2, W_regulariser="l2"), "unknown argument 'W_regulariser'"),
        (lambda: L.BatchNormalization(mode=1), "Try LayerNormalization"),
        (lambda: L.LSTM(2, input_length=3), "needs input_dim beside it"),
        (
            lambda: keras.optimizers.SGD(lr=0.1, learning_rate=0.2),
            "'lr' is the old name of 'learning_rate'",
        ),
        (
            lambda: keras.optimizers.SGD(0.1, decay=0.1),
            r"Write SGD\(learning_rate=0.1, decay=0.1\)",
        ),
        (lambda: L.Conv2D(8, nb_row=3), "nb_row, nb_col are the old form of"),
        (lambda: L.Convolution2D(8, 3, 3, nb_row=3), "'nb_row' came twice"),
        (lambda: L.Merge(mode="add"), "mode must be one of"),
    ],
)
def test_mistakes_are_told(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (lambda: L.Dense(2, input_dim=3), (None, 3)),
        (lambda: L.LSTM(2, input_dim=3, input_length=5), (None, 5, 3)),
        (lambda: L.LSTM(2, input_dim=3, output_dim=2), None),
        (lambda: L.Convolution1D(2, 3, input_dim=4, input_length=9), (None, 9, 4)),
        (lambda: L.Embedding(9, 2, input_length=5), (None, 5)),
        (lambda: L.TimeDistributedDense(2, input_dim=3, input_length=5), (None, 5, 3)),
        (lambda: L.Dense(2, batch_input_shape=(7, 3)), (7, 3)),
    ],
)
def test_input_shapes(make, shape):
    if shape is None:
        with pytest.raises(TypeError, match="multiple values|units"):
            make()
        return
    model = keras.Sequential([make()])
    assert model.input_shape == shape


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_weights_are_set_when_the_layer_is_built():
    model = keras.Sequential([L.Dense(2, weights=W, input_dim=3)])
    assert all(map(np.array_equal, model.get_weights(), W))
    layer = L.Dense(2, weights=W)
    layer(np.ones((1, 3)))
    assert np.array_equal(layer.get_weights()[0], W[0])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_aliases_can_be_derived_from():
    class Mine(L.Convolution2D):
        def __init__(self, **kwargs):
            super().__init__(4, 3, 5, border_mode="same", **kwargs)

    layer = Mine()
    assert layer.kernel_size == (3, 5) and layer.padding == "same"
    assert type(layer) is Mine and isinstance(layer, L.Conv2D)
    assert isinstance(L.Conv2D(1, 1), L.Convolution2D)
    assert not isinstance(L.Conv1D(1, 1), L.Convolution2D)
    assert isinstance(layer, Mine) and not isinstance(L.Conv2D(1, 1), Mine)


# Layers of Keras 1: the formulas, written out


def weights_of(layer, rng):
    values = [rng.normal(size=w.shape) for w in layer.weights]
    layer.set_weights(values)
    return [v.astype("float32") for v in values]


def test_highway_is_its_formula():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 3)).astype("float32")
    layer = L.Highway(activation="tanh")
    layer.build((None, 3))
    assert layer.get_weights()[3].tolist() == [-2, -2, -2]
    kernel, carry, bias, carry_bias = weights_of(layer, rng)
    gate = 1 / (1 + np.exp(-(x @ carry + carry_bias)))
    expected = gate * np.tanh(x @ kernel + bias) + (1 - gate) * x
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5)


def test_maxout_is_its_formula():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 3)).astype("float32")
    layer = L.MaxoutDense(2, 4)
    layer.build((None, 3))
    kernel, bias = weights_of(layer, rng)
    expected = np.max([x @ k + b for k, b in zip(kernel, bias, strict=True)], axis=0)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-5)


def test_srelu_is_its_formula():
    rng = np.random.default_rng(0)
    x = 3 * rng.normal(size=(50, 3)).astype("float32")
    layer = L.SReLU()
    layer.build((None, 3))
    left, left_slope, right, right_slope = weights_of(layer, rng)
    right = left + np.abs(right)
    middle = np.where(x < left, left + left_slope * (x - left), x)
    expected = np.where(x > right, right + right_slope * (x - right), middle)
    np.testing.assert_allclose(layer(x), expected, rtol=1e-4, atol=1e-5)


def test_parametric_softplus_is_its_formula():
    layer = L.ParametricSoftplus(alpha_initializer=0.5, beta_initializer=2.0)
    x = np.linspace(-2, 2, 6, dtype="float32").reshape(2, 3)
    np.testing.assert_allclose(layer(x), 0.5 * np.log1p(np.exp(2 * x)), rtol=1e-5)
