"""Architectures against real Keras: names, wiring, files of weights, predictions."""

import inspect
import json

import h5py
import numpy as np
import pytest

keras = pytest.importorskip("keras")
jax = pytest.importorskip("jax")
from keras.src.initializers import random_initializers as their_initializers  # noqa: E402
from keras.src.legacy.saving import legacy_h5_format  # noqa: E402
from keras.src.utils import file_utils  # noqa: E402

import minikeras  # noqa: E402
from minikeras.initializers import randoms as our_initializers  # noqa: E402
from minikeras.utils import download  # noqa: E402
from tests.cases.applications import FAMILIES, RARE  # noqa: E402
from tests.parity.application_members import STORED  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation"),
    pytest.mark.filterwarnings("ignore:.*(undefined or non-square|weights for square)"),
]
RANDOM = ("VarianceScaling", "TruncatedNormal", "RandomNormal", "RandomUniform")
MODULES = sorted(
    name
    for name in dir(keras.applications)
    if inspect.ismodule(getattr(keras.applications, name))
)
PUBLIC = [
    f"{module}.{name}"
    for module in MODULES
    for name in dir(getattr(keras.applications, module))
    if not name.startswith("_")
]


@pytest.fixture(autouse=True)
def new_session():
    keras.utils.clear_session()


def replace_initializers(monkeypatch, value):
    for module in (their_initializers, our_initializers):
        for name in RANDOM:
            monkeypatch.setattr(
                getattr(module, name),
                "__call__",
                lambda self, shape, dtype=None, **_: value(shape).astype(dtype),
            )


@pytest.fixture
def zeros(monkeypatch):
    """Models whose weights cost nothing."""
    replace_initializers(monkeypatch, lambda shape: np.zeros(shape, np.float32))


@pytest.fixture
def quick(monkeypatch):
    """Random weights that are not compiled by JAX for each shape."""
    rng = np.random.default_rng(0)

    def draw(shape):
        scale = np.sqrt(1 / np.prod(shape[:-1])) if len(shape) > 1 else 1.0
        return scale * rng.standard_normal(shape, np.float32)

    replace_initializers(monkeypatch, draw)


def both(architecture, **arguments):
    return [
        getattr(package.applications, architecture)(**{"weights": None, **arguments})
        for package in (minikeras, keras)
    ]


@pytest.mark.parametrize("path", PUBLIC)
def test_signature(path):
    module, name = path.split(".")
    ours, theirs = (
        getattr(getattr(package.applications, module), name)
        for package in (minikeras, keras)
    )
    assert inspect.signature(ours) == inspect.signature(theirs)
    assert ours.__name__ == theirs.__name__


def test_public_names():
    names = {name for name in dir(keras.applications) if not name.startswith("_")}
    assert names == set(minikeras.applications.__all__)
    for name in names - set(MODULES):
        ours, theirs = (getattr(p.applications, name) for p in (minikeras, keras))
        assert inspect.signature(ours) == inspect.signature(theirs)


def wiring(model) -> list:
    """Name, class, shape, inputs and config of each layer, in order."""
    return [
        (
            layer.name,
            type(layer).__name__,
            tuple(layer.output.shape),
            [
                tensor._keras_history.operation.name
                for node in layer._inbound_nodes
                for tensor in node.input_tensors
            ],
            json.dumps(layer.get_config(), sort_keys=True).replace(
                "minikeras", "keras"
            ),
        )
        for layer in model.layers
    ]


@pytest.fixture
def asked(monkeypatch):
    """The files of weights that are asked for; nothing is downloaded or loaded."""
    files = []

    def note(fname, origin, cache_subdir, file_hash=None):
        files.append((fname, origin, cache_subdir, file_hash))

    for module in (download, file_utils):
        monkeypatch.setattr(module, "get_file", note)
    for package in (minikeras, keras):
        monkeypatch.setattr(package.Model, "load_weights", lambda self, *_, **__: None)
    return files


@pytest.mark.parametrize("include_top", [True, False])
@pytest.mark.parametrize("name", FAMILIES)
def test_wiring_and_file_of_weights(name, include_top, zeros, asked):
    ours, theirs = both(name, include_top=include_top, weights="imagenet")
    assert wiring(ours) == wiring(theirs)
    assert ours.name == theirs.name
    assert len(asked) == 2 and asked[0] == asked[1]
    (stored,) = (
        fact
        for fact in json.loads(STORED.read_text())["members"]
        if fact["name"] == name and fact["arguments"] == {"include_top": include_top}
    )
    assert theirs.count_params() == stored["parameters"]
    assert (stored["file"], stored["url"], "models", stored["hash"]) == asked[1]


@pytest.mark.parametrize(("name", "arguments"), RARE)
def test_wiring_of_rare_arguments(name, arguments, zeros):
    ours, theirs = both(name, **arguments)
    assert wiring(ours) == wiring(theirs)
    assert ours.name == theirs.name


def randomized(model, rng):
    """Returns the model, whose vectors can now be told apart, too."""
    model.set_weights(
        [
            rng.uniform(0.5, 1.5, w.shape) if w.ndim == 1 else w
            for w in model.get_weights()
        ]
    )
    return model


def write_legacy(model, path) -> None:
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)


@pytest.fixture
def unoptimized():
    """XLA compiles in half the time, and the numbers are as good."""
    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)


# Built by the functions of another family
TWINS = {"InceptionResNetV2", "MobileNetV3Large", "ResNet50V2", "VGG19"}


@pytest.mark.parametrize(
    ("name", "include_top"),
    [
        *((name, True) for name in FAMILIES if name not in TWINS),
        ("MobileNetV2", False),
        ("VGG16", False),
    ],
)
def test_weights_and_predictions(name, include_top, quick, unoptimized, tmp_path):
    size = FAMILIES[name]
    arguments = {"include_top": include_top, "input_shape": (size, size, 3)}
    if include_top:
        arguments["classes"] = 10
    rng = np.random.default_rng(0)
    theirs = getattr(keras.applications, name)(weights=None, **arguments)
    randomized(theirs, rng)
    x = rng.uniform(0, 255, (1, size, size, 3)).astype("float32")
    expected = theirs.predict(x, verbose=0)
    theirs.save_weights(tmp_path / "w.weights.h5")
    write_legacy(theirs, tmp_path / "w.h5")
    ours = getattr(minikeras.applications, name)
    for path in tmp_path.iterdir():
        found = ours(weights=str(path), **arguments).predict(x, verbose=0)
        np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


WRONG = {
    "weights": {"weights": "no such file"},
    "classes": {"weights": "imagenet", "classes": 10},
    "activation": {"weights": "imagenet", "classifier_activation": "relu"},
    "rank": {"input_shape": (64, 64)},
    "too small": {"input_shape": (31, 31, 3)},
    "too small without top": {"input_shape": (None, 16, 3), "include_top": False},
    "no tensor": {"input_tensor": np.zeros((2, 64, 64, 3)), "include_top": False},
}
WRONG_SHAPES = {
    "any": {"input_shape": (None, None, 3)},
    "other than ImageNet's": {"weights": "imagenet", "input_shape": (64, 64, 3)},
    "channels": {
        "weights": "imagenet",
        "input_shape": (64, 64, 1),
        "include_top": False,
    },
}
WRONG_OF_ONE = [
    ("MobileNet", {"weights": "imagenet", "alpha": 0.6}),
    ("MobileNet", {"weights": "imagenet", "depth_multiplier": 2}),
    ("MobileNetV2", {"weights": "imagenet", "alpha": 0.6}),
    ("MobileNetV3Small", {"weights": "imagenet", "alpha": 0.5}),
    ("MobileNetV3Small", {"weights": "imagenet", "alpha": 0.75, "minimalistic": True}),
    ("MobileNetV3Large", {"include_top": False, "input_shape": (None, 16, 3)}),
]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        *(("MobileNet", wrong) for wrong in {**WRONG, **WRONG_SHAPES}.values()),
        *(("MobileNetV2", wrong) for wrong in {**WRONG, **WRONG_SHAPES}.values()),
        *((name, WRONG["too small"]) for name in FAMILIES),
        *((name, WRONG["weights"]) for name in FAMILIES),
        *((name, WRONG["classes"]) for name in FAMILIES),
        *WRONG_OF_ONE,
    ],
)
def test_what_keras_refuses_is_refused(name, arguments, zeros):
    for package in (keras, minikeras):
        with pytest.raises(ValueError):
            getattr(package.applications, name)(**{"weights": None, **arguments})


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "float16"])
@pytest.mark.parametrize("module", MODULES)
def test_preprocess_input(module, dtype):
    x = np.random.default_rng(0).uniform(0, 255, (2, 3, 4, 3)).astype(dtype)
    for layout in ("channels_last", "channels_first"):
        x = x if layout == "channels_last" else np.moveaxis(x, -1, 1)
        found, expected = (
            np.asarray(
                getattr(package.applications, module).preprocess_input(
                    x.copy(), data_format=layout
                )
            )
            for package in (minikeras, keras)
        )
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


def test_decode_predictions(tmp_path, monkeypatch):
    path = tmp_path / "imagenet_class_index.json"
    path.write_text(json.dumps({str(k): [f"n{k}", f"name {k}"] for k in range(1000)}))
    asked = []

    def found(fname, origin, **settings):
        asked.append((fname, origin, settings))
        return str(path)

    monkeypatch.setattr(file_utils, "get_file", found)
    monkeypatch.setattr(download, "get_file", found)
    scores = np.random.default_rng(0).random((3, 1000), np.float32)
    scores[0, :5] = 2.0  # a draw
    for top in (1, 5, 12):
        ours, theirs = (
            package.applications.vgg16.decode_predictions(scores, top=top)
            for package in (minikeras, keras)
        )
        assert ours == theirs
    assert asked[0] in asked[1:]
