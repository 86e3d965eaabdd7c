"""Architectures without a network: sizes, files asked for, pixels, names, errors."""

import gc
import json
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

import numpy as np
import pytest

import minikeras as keras
from minikeras import applications, layers
from minikeras.applications import convnext, imagenet_utils, inception_resnet_v2
from minikeras.tensor import variable
from minikeras.utils import download
from tests.cases.applications import MEMBERS

STORED = pathlib.Path(__file__).parents[1] / "data" / "keras_applications.json"
WRITTEN_BY_KERAS = json.loads(STORED.read_text())["members"]
# Keras 3.15.1 itself cannot compute with this model: for images of unknown size it does
# not halve the map of the cell before, so that the maps of a cell do not fit together.
CANNOT_RUN = {("NASNetLarge", False): 84_916_818}
pytestmark = pytest.mark.filterwarnings("ignore:.*weights for square images")


@pytest.fixture
def zeros(monkeypatch):
    """Models whose weights cost nothing: zeros that nobody writes take no memory."""
    first_value = variable._first_value

    def zeros(self, initializer, shape, dtype):
        if callable(initializer):
            return np.zeros(shape, dtype or "float32")
        return first_value(self, initializer, shape, dtype)

    monkeypatch.setattr(variable, "_first_value", zeros)
    yield
    gc.collect()  # a model of a thousand layers is a large ring of references


def test_each_member_is_in_the_table_of_keras():
    assert [(fact["name"], fact["arguments"]) for fact in WRITTEN_BY_KERAS] == MEMBERS
    classes = {name for name in applications.__all__ if name[0].isupper()}
    assert {fact["name"] for fact in WRITTEN_BY_KERAS} == classes


@pytest.mark.parametrize(
    "fact",
    WRITTEN_BY_KERAS,
    ids=lambda f: f"{f['name']}-{list(f['arguments'].values())}",
)
def test_parameters_and_files_are_those_of_keras(fact, zeros, monkeypatch):
    asked, loaded = [], []

    def note(fname, origin, cache_subdir, file_hash=None):
        assert cache_subdir == "models"
        asked.append({"file": fname, "url": origin, "hash": file_hash})
        return fname

    monkeypatch.setattr(download, "get_file", note)
    monkeypatch.setattr(
        keras.Model, "load_weights", lambda _, path: loaded.append(path)
    )
    model = getattr(applications, fact["name"])(**fact["arguments"])
    kept = CANNOT_RUN.get((fact["name"], fact["arguments"]["include_top"]))
    assert model.count_params() == (kept or fact["parameters"])
    assert asked == [{key: fact[key] for key in ("file", "url", "hash")}]
    assert loaded == [fact["file"]]


def test_nothing_is_loaded_before_it_is_used():
    code = (
        "import sys, minikeras; minikeras.applications; "
        "print(*(n for n in sys.modules if 'minikeras.applications.' in n))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_docstrings_tell_each_argument():
    text = applications.MobileNet.__doc__
    for argument in ("input_shape", "alpha", "depth_multiplier", "dropout", "name"):
        assert f"    {argument}: " in text
    assert applications.VGG16.__module__ == "minikeras.applications.vgg16"
    with pytest.raises(TypeError, match=r"^VGG16\(include_top=True, .*'alpha'"):
        applications.VGG16(alpha=2)


def small(**arguments):
    """The cheapest member: 0.4 million parameters."""
    arguments = {"input_shape": (32, 32, 3), "alpha": 0.35, **arguments}
    return applications.MobileNetV2(**{"weights": None, **arguments})


# ------------------------------------------------------------------ weights


def test_imagenet_weights_come_from_the_cache(tmp_path, monkeypatch):
    source = small(include_top=False)
    source.set_weights([w + 0.5 for w in source.get_weights()])
    folder = tmp_path / "models"
    folder.mkdir()
    name = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5"
    source.save_weights(folder / name)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(urllib.request, "urlopen", None)  # never called
    model = small(include_top=False, weights="imagenet")
    for ours, expected in zip(model.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, expected)


def test_offline_the_error_names_file_folder_and_url(tmp_path, monkeypatch):
    def offline(*_, **__):
        raise urllib.error.URLError("no network")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(urllib.request, "urlopen", offline)
    name = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5"
    with pytest.raises(ConnectionError) as error:
        small(include_top=False, weights="imagenet")
    assert str(tmp_path / "models" / name) in str(error.value)
    url = "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/"
    assert url + name in str(error.value)


def test_weights_from_a_path(tmp_path):
    source = small(classes=10)
    x = np.random.default_rng(0).uniform(-1, 1, (2, 32, 32, 3)).astype("float32")
    for name in ("w.weights.h5", "w.h5"):
        source.save_weights(tmp_path / name)
        model = small(classes=10, weights=tmp_path / name)
        np.testing.assert_array_equal(model.predict(x), source.predict(x))


@pytest.mark.parametrize("name", ["model.h5", "model.keras"])
def test_a_whole_model_is_saved_and_loaded(name, tmp_path):
    model = applications.MobileNetV3Small(
        weights=None, input_shape=(32, 32, 3), classes=4
    )
    x = np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype("float32")
    model.save(tmp_path / name)
    again = keras.saving.load_model(tmp_path / name, compile=False)
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_layers_of_one_architecture_are_found_in_files(tmp_path):
    entry = keras.Input((4,))
    scaled = convnext.LayerScale(0.5, 4)(entry)
    model = keras.Model(
        entry, inception_resnet_v2.CustomScaleLayer(0.25)([entry, scaled])
    )
    model.save(tmp_path / "m.keras")
    code = (
        "import numpy, sys, minikeras; "
        "model = minikeras.saving.load_model(sys.argv[1]); "
        "print(model.predict(numpy.ones((1, 4)), verbose=0).tolist())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "m.keras")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[[1.125, 1.125, 1.125, 1.125]]"
    modules = {
        layer["class_name"]: layer["module"]
        for layer in json.loads(model.to_json())["config"]["layers"]
    }
    assert modules["LayerScale"] == "keras.src.applications.convnext"
    assert modules["CustomScaleLayer"] == "keras.src.applications.inception_resnet_v2"


# ------------------------------------------------------------------ inputs and tops


def test_channels_first_gives_the_same_numbers():
    x = np.random.default_rng(0).uniform(-1, 1, (2, 33, 40, 3)).astype("float32")
    last = small(include_top=False, input_shape=(33, 40, 3))
    expected = last.predict(x)
    keras.config.set_image_data_format("channels_first")
    first = small(include_top=False, input_shape=(3, 33, 40))
    first.set_weights(last.get_weights())
    found = first.predict(np.moveaxis(x, -1, 1))
    np.testing.assert_allclose(np.moveaxis(found, 1, -1), expected, atol=1e-5)


def test_convnext_needs_channels_last(zeros):
    keras.config.set_image_data_format("channels_first")
    with pytest.raises(ValueError, match="images need channels last"):
        applications.ConvNeXtTiny(weights=None)


def test_an_input_tensor_may_be_the_output_of_layers():
    images = keras.Input((40, 40, 1))
    x = layers.Conv2D(3, 1, name="colours")(images)
    model = small(input_tensor=x, input_shape=None, include_top=False, pooling="max")
    assert model.inputs[0] is images
    assert [layer.name for layer in model.layers][1] == "colours"
    assert model.output_shape == (None, 1280)
    with pytest.raises(ValueError, match=r"input_shape must be that of input_tensor"):
        small(input_tensor=x, include_top=False)


def test_the_poolings_are_mean_and_maximum():
    x = np.random.default_rng(0).uniform(-1, 1, (1, 64, 64, 3)).astype("float32")
    map_ = small(include_top=False, input_shape=(64, 64, 3))
    features = map_.predict(x)
    for pooling, reduce in (("avg", np.mean), ("max", np.max)):
        model = small(include_top=False, pooling=pooling, input_shape=(64, 64, 3))
        model.set_weights(map_.get_weights())
        np.testing.assert_allclose(model.predict(x), reduce(features, (1, 2)), 1e-5)


def test_images_of_odd_channels_warn_at_the_call():
    with pytest.warns(UserWarning, match="has 5 channels, not 1 or 3") as caught:
        small(include_top=False, input_shape=(32, 32, 5))
    assert caught[0].filename == __file__


def test_other_sizes_than_those_of_the_weights_warn(monkeypatch):
    monkeypatch.setattr(download, "get_file", lambda *_, **__: None)
    with pytest.warns(UserWarning, match="weights for square images of the sizes"):
        small(include_top=False, weights="imagenet")


# ------------------------------------------------------------------ errors

ERRORS = {
    "weights must be None, 'imagenet' or the path of a file, got 'nope'": (
        "VGG16",
        {"weights": "nope"},
    ),
    "the top with weights='imagenet' has classes=1000, got 10.": (
        "ResNet50",
        {"weights": "imagenet", "classes": 10},
    ),
    "the top with weights='imagenet' needs classifier_activation='softmax' or": (
        "MobileNet",
        {"weights": "imagenet", "classifier_activation": "relu"},
    ),
    "input_shape must have three entries, got (64, 64).": (
        "DenseNet121",
        {"input_shape": (64, 64)},
    ),
    "input_shape must be at least 32x32, got (31, 40, 3). Try VGG19(input_shape=(32": (
        "VGG19",
        {"input_shape": (31, 40, 3)},
    ),
    "input_shape must be known for the top, got (None, None, 3).": (
        "ResNet50V2",
        {"input_shape": (None, None, 3)},
    ),
    "input_shape must be (224, 224, 3) for ImageNet's weights": (
        "VGG16",
        {"weights": "imagenet", "input_shape": (64, 64, 3)},
    ),
    "input_shape must have 3 channels for ImageNet's weights": (
        "VGG16",
        {"weights": "imagenet", "include_top": False, "input_shape": (64, 64, 1)},
    ),
    "input_tensor must be a KerasTensor, got ndarray.": (
        "VGG16",
        {"include_top": False, "input_tensor": np.zeros((1, 64, 64, 3))},
    ),
    "weights='imagenet' needs alpha to be one of (0.75, 1.0), got 0.5.": (
        "MobileNetV3Large",
        {"weights": "imagenet", "alpha": 0.5},
    ),
    "input_shape must be at least 75x75, got (74, 80, 3).": (
        "InceptionV3",
        {"input_shape": (74, 80, 3), "include_top": False},
    ),
    "name must be a string, the names of the layers begin with it, got ''.": (
        "ConvNeXtTiny",
        {"name": ""},
    ),
    "weights='imagenet' needs depth_multiplier=1, got 2.": (
        "MobileNet",
        {"weights": "imagenet", "depth_multiplier": 2},
    ),
}


@pytest.mark.parametrize("message", ERRORS)
def test_errors_say_what_must_hold(message, zeros):
    name, arguments = ERRORS[message]
    with pytest.raises(ValueError) as error:
        getattr(applications, name)(**{"weights": None, **arguments})
    assert str(error.value).startswith(f"{name}: {message}")
    assert f"Try {name}(" in str(error.value)


# ------------------------------------------------------------------ pixels and names

BLUE = np.array([10.0, 100.0, 200.0], "float32")  # red, green, blue
SCALED = {
    "caffe": [200 - 103.939, 100 - 116.779, 10 - 123.68],
    "tf": [10 / 127.5 - 1, 100 / 127.5 - 1, 200 / 127.5 - 1],
    "torch": [
        (10 / 255 - 0.485) / 0.229,
        (100 / 255 - 0.456) / 0.224,
        (200 / 255 - 0.406) / 0.225,
    ],
}


@pytest.mark.parametrize("mode", SCALED)
def test_modes_of_preprocess_input(mode):
    preprocess, expected = imagenet_utils.preprocess_input, SCALED[mode]
    pixels = np.tile(BLUE, (2, 4, 5, 1))
    tensor = keras.ops.convert_to_tensor(pixels)
    for x in (pixels.astype("uint8"), tensor, pixels[0].copy()):
        y = np.asarray(preprocess(x, mode=mode))
        assert y.dtype == "float32"
        np.testing.assert_allclose(y, np.broadcast_to(expected, y.shape), rtol=1e-5)
    first = preprocess(np.moveaxis(pixels, -1, 1).copy(), "channels_first", mode)
    np.testing.assert_allclose(first[:, :, 0, 0], [expected] * 2, rtol=1e-5)
    symbol = preprocess(keras.Input((4, 5, 3), dtype="uint8"), mode=mode)
    assert symbol.shape == (None, 4, 5, 3) and symbol.dtype == "float32"
    model = keras.Model(images := keras.Input((4, 5, 3)), preprocess(images, mode=mode))
    np.testing.assert_allclose(
        model.predict(pixels), np.broadcast_to(expected, pixels.shape), rtol=1e-5
    )


def test_preprocess_input_writes_over_floats_and_nothing_else():
    x = np.tile(BLUE, (1, 2, 2, 1))
    y = imagenet_utils.preprocess_input(x, mode="tf")
    assert y is x
    frozen = np.tile(BLUE, (1, 2, 2, 1))
    frozen.flags.writeable = False
    np.testing.assert_array_equal(imagenet_utils.preprocess_input(frozen, mode="tf"), x)


def test_models_that_scale_by_themselves_take_pixels_as_they_are():
    x = np.ones((1, 2, 2, 3), "uint8")
    assert applications.mobilenet_v3.preprocess_input(x) is x
    assert applications.mobilenet_v2.preprocess_input(x) is not x


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "cafe"}, "preprocess_input: mode must be one of 'caffe'"),
        ({"data_format": "last"}, "preprocess_input: data_format must be one of"),
        ({"x": np.zeros((1, 2, 2, 1))}, "preprocess_input: x must have 3 channels"),
    ],
)
def test_errors_of_preprocess_input(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        imagenet_utils.preprocess_input(**{"x": np.zeros((1, 2, 2, 3)), **arguments})


def test_decode_predictions(tmp_path, monkeypatch):
    path = tmp_path / "classes.json"
    path.write_text(json.dumps({str(k): [f"n{k:08}", f"c{k}"] for k in range(1000)}))
    asked = []
    monkeypatch.setattr(
        download, "get_file", lambda *names, **more: asked.append((names, more)) or path
    )
    scores = np.zeros((2, 1000), "float32")
    scores[0, [7, 3]] = 0.75, 0.25
    scores[1, 999] = 1
    first, second = applications.resnet50.decode_predictions(scores, top=2)
    assert first == [("n00000007", "c7", 0.75), ("n00000003", "c3", 0.25)]
    assert second[0] == ("n00000999", "c999", 1.0) and len(second) == 2
    assert asked[0][0][0] == "imagenet_class_index.json"
    assert asked[0][1]["cache_subdir"] == "models"
    with pytest.raises(ValueError, match=r"preds must have shape \(n, 1000\)"):
        imagenet_utils.decode_predictions(np.zeros((2, 10)))


# ------------------------------------------------------------------ a lecture


def test_transfer_learning_on_a_frozen_base():
    base = applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
    base.trainable = False
    before = [w.copy() for w in base.get_weights()]
    rng = np.random.default_rng(0)
    y = np.arange(32) % 2
    x = rng.uniform(0, 60, (32, 32, 32, 3)).astype("float32")
    x[y == 1, :, 16:] += 180  # bright on the right
    x = applications.vgg16.preprocess_input(x)
    model = keras.Sequential(
        [base, layers.Flatten(), layers.Dense(2, activation="softmax")]
    )
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    history = model.fit(x, y, batch_size=16, epochs=4, verbose=0).history
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    assert len(model.trainable_weights) == 2
    for now, then in zip(base.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
