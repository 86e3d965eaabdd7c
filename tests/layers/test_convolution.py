"""Convolution layers: arguments, LoRA, causality, places of their own, errors."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers, ops

rng = np.random.default_rng(0)
IMAGES = rng.normal(size=(2, 6, 5, 4)).astype("float32")
SERIES = rng.normal(size=(2, 9, 3)).astype("float32")

# Names and arguments ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        (f"{kind}Convolution{rank}{end}", f"{kind}Conv{rank}{end}")
        for kind, end, ranks in [
            ("", "D", (1, 2, 3)),
            ("", "DTranspose", (1, 2, 3)),
            ("Separable", "D", (1, 2)),
        ]
        for rank in ranks
    ],
)
def test_the_long_names_make_the_same_classes(alias, name):
    layer = getattr(layers, alias)(2, 3)
    assert type(layer) is getattr(layers, name)
    assert isinstance(layer, getattr(layers, alias))
    assert issubclass(type(layer), getattr(layers, alias))
    assert set(layer.get_config()["kernel_size"]) == {3}
    config = getattr(layers, name)(2, 3).get_config()
    form = {"class_name": alias, "config": config}
    assert type(layers.deserialize(form)) is getattr(layers, name)


def test_names_are_those_of_keras():
    assert layers.Conv2D(1, 1).name.startswith("conv2d")
    assert layers.Conv2DTranspose(1, 1).name.startswith("conv2d_transpose")
    assert layers.DepthwiseConv1D(1).name.startswith("depthwise_conv1d")
    assert layers.SeparableConv2D(1, 1).name.startswith("separable_conv2d")


def test_padding_may_be_written_in_capitals():
    assert layers.Conv2D(1, 1, padding="SAME").padding == "same"


def test_an_int_stands_for_every_axis():
    layer = layers.Conv3D(1, 2, strides=3)
    assert (layer.kernel_size, layer.strides) == ((2, 2, 2), (3, 3, 3))
    assert layer.dilation_rate == (1, 1, 1)
    assert layers.Conv1DTranspose(1, 4, strides=2, output_padding=1).output_padding == (
        1,
    )


def test_three_dimensions_transposed_take_their_arguments_in_keras_order():
    layer = layers.Conv3DTranspose(1, 2, (2, 2, 2), "same", "channels_first", 1)
    assert (layer.data_format, layer.output_padding) == ("channels_first", (1, 1, 1))


# Values -------------------------------------------------------------------------------


def test_channels_first_is_channels_last_transposed():
    last = layers.Conv2D(3, 2, padding="same", activation="relu")
    first = layers.Conv2D(
        3, 2, padding="same", activation="relu", data_format="channels_first"
    )
    expected = last(IMAGES)
    first.build((None, 4, 6, 5))
    first.set_weights([last.get_weights()[0], rng.normal(size=3)])
    last.set_weights(first.get_weights())
    out = first(np.moveaxis(IMAGES, -1, 1)).numpy()
    np.testing.assert_allclose(np.moveaxis(out, 1, -1), last(IMAGES), atol=1e-5)
    assert out.shape == (2, 3, 6, 5) and expected.shape == (2, 6, 5, 3)


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv1D(2, 3, padding="causal"),
        layers.Conv1D(2, 2, padding="causal", dilation_rate=3),
        layers.DepthwiseConv1D(3, padding="causal"),
        layers.SeparableConv1D(2, 3, padding="causal", dilation_rate=2),
    ],
)
def test_causal_outputs_do_not_see_the_future(layer):
    later = SERIES.copy()
    later[:, 5:] += 1
    first, second = layer(SERIES).numpy(), layer(later).numpy()
    np.testing.assert_allclose(first[:, :5], second[:, :5], atol=1e-6)
    assert np.abs(first[:, 5] - second[:, 5]).min() > 0
    assert first.shape[1] == SERIES.shape[1]


def test_causal_padding_with_channels_first():
    last = layers.Conv1D(2, 3, padding="causal", use_bias=False)
    expected = last(SERIES).numpy()
    first = layers.Conv1D(
        2, 3, padding="causal", use_bias=False, data_format="channels_first"
    )
    first.build((None, 3, None))
    first.set_weights(last.get_weights())
    out = first(SERIES.transpose(0, 2, 1)).numpy()
    np.testing.assert_allclose(out.transpose(0, 2, 1), expected, atol=1e-6)


def test_each_group_sees_its_own_channels():
    layer = layers.Conv2D(4, 3, groups=2, use_bias=False)
    before = layer(IMAGES).numpy()
    changed = IMAGES.copy()
    changed[..., 2:] += 1
    after = layer(changed).numpy()
    np.testing.assert_array_equal(before[..., :2], after[..., :2])
    assert np.abs(before[..., 2:] - after[..., 2:]).min() > 0


def test_a_layer_takes_images_of_any_size_unless_it_was_told():
    layer = layers.Conv2D(2, 3)
    assert layer(IMAGES).shape == (2, 4, 3, 2)
    assert layer(IMAGES[:, :4]).shape == (2, 2, 3, 2)
    assert layer(keras.Input((None, None, 4))).shape == (None, None, None, 2)


def test_half_precision_stays_half_precision():
    layer = layers.Conv2D(2, 3, dtype="float16")
    assert layer(IMAGES).dtype == "float16"
    mixed = layers.SeparableConv2D(2, 3, dtype="mixed_float16")
    assert mixed(IMAGES).dtype == "float16"
    assert mixed.depthwise_kernel.dtype == "float32"


# LoRA ---------------------------------------------------------------------------------


def test_lora_starts_as_the_same_layer_and_trains_two_small_kernels():
    layer = layers.Conv2D(3, 2)
    before = layer(IMAGES).numpy()
    layer.enable_lora(2, lora_alpha=4)
    np.testing.assert_array_equal(layer(IMAGES).numpy(), before)
    names = [w.name for w in layer.trainable_weights]
    assert names == ["bias", "lora_kernel_a", "lora_kernel_b"]
    layer.lora_b.assign(np.ones((2, 3)))
    adapted = layer._kernel + 2.0 * ops.matmul(layer.lora_a, layer.lora_b)
    np.testing.assert_allclose(layer.kernel, adapted, rtol=1e-6)
    expected = ops.conv(IMAGES, adapted) + layer.bias
    np.testing.assert_allclose(layer(IMAGES), expected, atol=1e-5)
    config = layer.get_config()
    assert (config["lora_rank"], config["lora_alpha"]) == (2, 4)


def test_without_lora_the_config_does_not_name_it():
    assert "lora_rank" not in layers.Conv1D(1, 1).get_config()


# Places of their own ------------------------------------------------------------------


def locally_connected(x, kernel, bias, size, stride):
    """Every place by itself, in plain NumPy; channels last."""
    rows, columns, filters = bias.shape
    y = np.zeros((len(x), rows, columns, filters))
    for i in range(rows):
        for j in range(columns):
            a, b = i * stride[0], j * stride[1]
            window = x[:, a : a + size[0], b : b + size[1]].reshape(len(x), -1)
            y[:, i, j] = window @ kernel[i * columns + j] + bias[i, j]
    return y


@pytest.mark.parametrize("implementation", [1, 2, 3])
def test_locally_connected_has_weights_for_each_place(implementation):
    layer = layers.LocallyConnected2D(
        3, (2, 3), strides=(2, 1), implementation=implementation
    )
    layer.build((None, 6, 5, 4))
    kernel, bias = rng.normal(size=(9, 24, 3)), rng.normal(size=(3, 3, 3))
    layer.set_weights([kernel, bias])
    expected = locally_connected(IMAGES, kernel, bias, (2, 3), (2, 1))
    np.testing.assert_allclose(layer(IMAGES), expected, atol=1e-5)


def test_locally_connected_with_channels_first_orders_windows_by_channel():
    layer = layers.LocallyConnected1D(2, 3, data_format="channels_first")
    layer.build((None, 3, 9))
    kernel, bias = rng.normal(size=(7, 9, 2)), rng.normal(size=(7, 2))
    layer.set_weights([kernel, bias])
    x = SERIES.transpose(0, 2, 1)
    y = layer(x).numpy()
    for t in range(7):
        expected = x[:, :, t : t + 3].reshape(2, 9) @ kernel[t]
        np.testing.assert_allclose(
            y[:, :, t] - bias.reshape(2, 7)[:, t], expected, atol=1e-5
        )


def test_locally_connected_same_is_valid_on_a_padded_input():
    same = layers.LocallyConnected1D(
        2, 4, strides=2, padding="same", implementation=3, use_bias=False
    )
    valid = layers.LocallyConnected1D(2, 4, strides=2, use_bias=False)
    padded = np.pad(SERIES, ((0, 0), (1, 2), (0, 0)))
    valid(padded)
    expected = same(SERIES).numpy()
    valid.set_weights(same.get_weights())
    np.testing.assert_allclose(valid(padded), expected, atol=1e-6)


def test_locally_connected_trains_in_a_plan():
    model = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            layers.LocallyConnected2D(2, 2, activation="tanh"),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.03), "mse")
    x = rng.normal(size=(64, 4, 4, 1))
    history = model.fit(x, x[:, 1, 2], epochs=30, verbose=0).history["loss"]
    assert history[-1] < 0.2 * history[0]


# Errors -------------------------------------------------------------------------------

ERRORS = [
    (
        lambda: layers.Conv2D(5, 3, groups=2, name="conv"),
        r"Conv2D 'conv': filters must be divisible by groups, got filters=5, groups=2\."
        r" Try filters=6\.",
    ),
    (
        lambda: layers.Conv2D(4, 3, groups=3 - 1, name="conv")(IMAGES[..., :3]),
        r"Conv2D 'conv': channels must be divisible by groups, got channels=3, "
        r"groups=2, input shape \(2, 6, 5, 3\)",
    ),
    (
        lambda: layers.Conv2D(4, 6, name="conv")(IMAGES),
        r"Conv2D 'conv': the kernel spans \(6, 6\), more than the input of shape "
        r"\(2, 6, 5, 4\) has.*Try padding='same'",
    ),
    (
        lambda: layers.DepthwiseConv2D(3, dilation_rate=3, name="conv")(IMAGES),
        r"DepthwiseConv2D 'conv': the kernel spans \(7, 7\).*shape \(2, 6, 5, 4\)",
    ),
    (
        lambda: layers.Conv2D(4, 3, name="conv")(IMAGES[0]),
        r"Conv2D 'conv' expects 4 axes, got shape \(6, 5, 4\)",
    ),
    (
        lambda: layers.Conv2D(4, 3, name="conv")(keras.Input((6, 6, None))),
        r"Conv2D 'conv': the number of channels must be known, got input shape "
        r"\(None, 6, 6, None\) with data_format='channels_last'",
    ),
    (
        lambda: layers.Conv2D(4, 3, strides=2, dilation_rate=2, name="conv"),
        r"Conv2D 'conv': strides and dilation_rate cannot both be above 1, got "
        r"strides=\(2, 2\), dilation_rate=\(2, 2\)",
    ),
    (
        lambda: layers.Conv2D(4, 3, padding="causal", name="conv"),
        r"Conv2D 'conv': padding must be one of 'valid', 'same', got 'causal'",
    ),
    (
        lambda: layers.Conv2D(0, 3, name="conv"),
        r"Conv2D 'conv': filters must be a positive int, got 0",
    ),
    (
        lambda: layers.Conv2D(1, (3, 0), name="conv"),
        r"Conv2D 'conv': kernel_size must be an int or 2 ints, each at least 1",
    ),
    (
        lambda: layers.DepthwiseConv1D(3, depth_multiplier=0, name="conv"),
        r"DepthwiseConv1D 'conv': depth_multiplier must be a positive int, got 0",
    ),
    (
        lambda: layers.Conv2DTranspose(4, 3, 2, output_padding=2, name="conv"),
        r"Conv2DTranspose 'conv': output_padding must be below strides=\(2, 2\), got 2 "
        r"\(int\)\. Try Conv2DTranspose\(output_padding=\(1, 1\)\)",
    ),
    (
        lambda: layers.LocallyConnected1D(4, 3, padding="same", name="local"),
        r"LocallyConnected1D 'local': padding must be 'valid' with implementation=1",
    ),
    (
        lambda: layers.LocallyConnected1D(4, 3, implementation=4, name="local"),
        r"LocallyConnected1D 'local': implementation must be one of 1, 2, 3, got 4",
    ),
    (
        lambda: layers.LocallyConnected2D(4, 3, name="local")(
            keras.Input((None, 6, 1))
        ),
        r"LocallyConnected2D 'local': every place has weights of its own, so all sizes "
        r"must be known, got input shape \(None, None, 6, 1\)",
    ),
]


@pytest.mark.parametrize(("make", "message"), ERRORS)
def test_errors_say_what_came(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_layer_refuses_other_channels_than_it_was_built_for():
    layer = layers.Conv2D(2, 3, name="conv")
    layer(IMAGES)
    with pytest.raises(ValueError, match=r"Conv2D 'conv' expects length 4 on axis -1"):
        layer(IMAGES[..., :3])


def test_a_later_input_that_is_too_small_is_refused():
    layer = layers.Conv2D(2, 3, name="conv")
    layer(IMAGES)
    with pytest.raises(ValueError, match=r"\(2, 2, 5, 4\)"):
        layer(IMAGES[:, :2])
