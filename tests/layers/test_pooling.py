import numpy as np
import pytest

import minikeras as keras
from minikeras import layers

X = np.arange(12, dtype="float32").reshape(2, 3, 2)
MASK = np.array([[True, True, False], [False, True, False]])


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", ["Average", "Max"])
def test_short_names(kind, rank):
    short = "Avg" if kind == "Average" else kind
    long = getattr(layers, f"{kind}Pooling{rank}D")
    assert getattr(layers, f"{short}Pool{rank}D") is long
    every = getattr(layers, f"Global{kind}Pooling{rank}D")
    assert getattr(layers, f"Global{short}Pool{rank}D") is every


def test_config_has_a_size_per_axis():
    config = layers.MaxPooling3D(strides=(1, 2, 1)).get_config()
    assert config["pool_size"] == [2, 2, 2]
    assert config["strides"] == [1, 2, 1]
    assert layers.AveragePooling1D(3).get_config()["strides"] == [3]
    assert layers.AdaptiveMaxPooling2D(3).get_config()["output_size"] == [3, 3]


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (layers.MaxPooling1D(2), (None, 3), (None, None, 3)),
        (layers.MaxPooling2D(3, 2), (7, None, 3), (None, 3, None, 3)),
        (layers.MaxPooling2D(3, 2, "same"), (7, None, 3), (None, 4, None, 3)),
        (layers.AveragePooling3D(2), (4, None, 5, 1), (None, 2, None, 2, 1)),
        (layers.GlobalMaxPooling2D(), (None, None, 3), (None, 3)),
        (layers.GlobalAveragePooling1D(keepdims=True), (None, 3), (None, 1, 3)),
        (layers.AdaptiveMaxPooling2D((1, 2)), (None, 4, 3), (None, 1, 2, 3)),
    ],
)
def test_shapes_with_open_sizes(layer, shape, expected):
    assert layer(keras.Input(shape)).shape == expected
    assert tuple(layer.compute_output_shape((None, *shape))) == expected


@pytest.mark.parametrize("keepdims", [False, True])
def test_mean_over_the_steps_that_count(keepdims):
    expected = np.array([[1.0, 2.0], [8.0, 9.0]])
    layer = layers.GlobalAveragePooling1D(keepdims=keepdims)
    got = layer(X, mask=MASK).numpy()
    assert got.shape == ((2, 1, 2) if keepdims else (2, 2))
    np.testing.assert_allclose(got.reshape(2, 2), expected)
    first = layers.GlobalAveragePooling1D("channels_first", keepdims)
    moved = first(X.swapaxes(1, 2), mask=MASK).numpy()
    np.testing.assert_allclose(moved.reshape(2, 2), expected)


def test_the_mask_comes_from_before_and_ends():
    model = keras.Sequential(
        [
            layers.Embedding(4, 2, mask_zero=True),
            layers.GlobalAveragePooling1D(),
        ]
    )
    tokens = np.array([[1, 2, 0, 0]])
    table = model.layers[0](tokens).numpy()
    np.testing.assert_allclose(model(tokens).numpy(), table[:, :2].mean(1), rtol=1e-6)
    assert model.layers[1].compute_mask(X, MASK) is None
    out = layers.GlobalAveragePooling1D()(model.layers[0](tokens))
    assert getattr(out, "_keras_mask", None) is None


def test_a_small_network_learns_where_the_light_is():
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 64)
    x = rng.normal(size=(64, 4, 4, 1)).astype("float32") * 0.1
    for image, place in zip(x, y, strict=True):
        row, column = rng.integers(0, 2, 2)
        image[2 * (place // 2) + row, 2 * (place % 2) + column] += 3
    model = keras.Sequential(
        [
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.learning_rate = 0.05
    history = model.fit(x, y, epochs=15, batch_size=16, verbose=0).history
    assert history["accuracy"][-1] > 0.95


def test_scripts_tell_our_max_from_that_of_python(tmp_path):
    pools = [layers.MaxPooling2D(3, 1), layers.GlobalMaxPooling2D()]
    model = keras.Sequential([keras.Input((4, 4, 2)), *pools])
    x = np.random.default_rng(0).normal(size=(3, 4, 4, 2)).astype("float32")
    path = tmp_path / "net.py"
    model.export(path, format="numpy")
    script = {"__file__": str(path)}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), script)
    np.testing.assert_array_equal(script["predict"](x), x.max((1, 2)))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: layers.MaxPooling2D(4, name="p")(np.ones((1, 3, 5, 1))),
            r"MaxPooling2D 'p': windows of pool_size=\(4, 4\) do not fit into inputs "
            r"of shape \(1, 3, 5, 1\)",
        ),
        (
            lambda: layers.MaxPooling2D(4, name="p")(keras.Input((3, None, 1))),
            r"MaxPooling2D 'p': windows .* shape \(None, 3, None, 1\)",
        ),
        (lambda: layers.MaxPooling2D(0), "pool_size must be an int or 2 ints, each at"),
        (lambda: layers.MaxPooling1D((2, 2)), "pool_size must be an int or a tuple of"),
        (lambda: layers.AveragePooling2D(2, strides=0), "strides must be an int or 2"),
        (lambda: layers.MaxPooling2D(padding="causal"), "padding must be one of 'vali"),
        (lambda: layers.MaxPooling2D(data_format="last"), "data_format must be one of"),
        (lambda: layers.MaxPooling2D()(X), "expects 4 axes, got shape"),
        (lambda: layers.AdaptiveMaxPooling2D((1, 2, 3)), "output_size must be an int"),
        (lambda: layers.AdaptiveMaxPooling2D((0, 2)), "output_size must be an int or"),
        (lambda: layers.GlobalMaxPooling1D(keepdims=3), "keepdims must be"),
        (
            lambda: layers.GlobalAveragePooling1D(name="g")(X, mask=MASK[:, :2]),
            r"GlobalAveragePooling1D 'g': mask must have shape \(batch, steps\), got "
            r"\(2, 2\) for inputs of shape \(2, 3, 2\)",
        ),
    ],
)
def test_errors(make, text):
    with pytest.raises(ValueError, match=text):
        make()
