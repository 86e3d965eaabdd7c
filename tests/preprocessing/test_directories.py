"""Data sets of images, texts and sounds in folders."""

import wave

import numpy as np
import pytest

import minikeras as keras

pytest.importorskip("PIL")
CLASSES = {"birds": 3, "cats": 4, "dogs": 5}
QUIET = {"verbose": False, "image_size": (6, 7)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Folders `img`, `txt` and `wav`, with a folder for each class in each."""
    root, rng = tmp_path_factory.mktemp("files"), np.random.default_rng(0)
    for name, count in CLASSES.items():
        for kind in ("img", "txt", "wav"):
            (root / kind / name).mkdir(parents=True)
        for i in range(count):
            pixels = rng.integers(0, 255, (10 + i, 8, 3))
            path = root / "img" / name / f"{i}.png"
            keras.utils.save_img(path, pixels, scale=False)
            text = root / "txt" / name / f"{i}.txt"
            text.write_text(f"{name} text {i} é", encoding="utf-8")
            write_wave(root / "wav" / name / f"{i}.wav", np.full(20 + i, 8192))
    (root / "img" / "cats" / "notes.txt").write_text("no image")
    (root / "img" / "cats" / "deeper").mkdir()
    keras.utils.save_img(
        root / "img" / "cats" / "deeper" / "x.png", np.zeros((9, 9, 1))
    )
    return root


def write_wave(path, samples, rate=8000, width=2, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.astype(f"<i{width}").tobytes())


def images(folder, **settings):
    settings = {**QUIET, **settings}
    return keras.utils.image_dataset_from_directory(folder / "img", **settings)


def short(paths):
    return ["/".join(p.replace("\\", "/").split("/img/")[1].split("/")) for p in paths]


def test_images_come_in_the_order_of_folders_and_names(folder):
    data = images(folder, shuffle=False)
    ((x, y),) = data
    assert (x.shape, x.dtype, y.dtype) == ((13, 6, 7, 3), "float32", "int32")
    assert y.tolist() == [0] * 3 + [1] * 5 + [2] * 5
    assert data.class_names == ["birds", "cats", "dogs"]
    assert short(data.file_paths)[2:8] == [
        "birds/2.png", "cats/0.png", "cats/1.png", "cats/2.png", "cats/3.png",
        "cats/deeper/x.png",
    ]  # fmt: skip
    pixels = keras.utils.img_to_array(keras.utils.load_img(data.file_paths[0]))
    wanted = keras.ops.image.resize(pixels, (6, 7))
    np.testing.assert_array_equal(x[0], wanted)


def test_a_random_order_is_keras_own(folder):
    """The paths are those that Keras 3.15.1 gives for the same files and seed."""
    data = images(folder, seed=3, class_names=["birds", "dogs"])
    expected = list(range(8))
    np.random.RandomState(3).shuffle(expected)
    whole = images(folder, shuffle=False, class_names=["birds", "dogs"]).file_paths
    assert data.file_paths == [whole[i] for i in expected]
    first, second = ([y.tolist() for _, y in data] for _ in range(2))
    assert first != second and sorted(first[0]) == sorted(second[0])


def test_two_parts(folder, capsys):
    settings = {"seed": 3, "validation_split": 0.25, "verbose": True}
    train, test = images(folder, subset="both", **settings)
    assert (len(train.file_paths), len(test.file_paths)) == (10, 3)
    assert not set(train.file_paths) & set(test.file_paths)
    shown = capsys.readouterr().out
    assert "Found 13 files belonging to 3 classes." in shown
    assert "Using 10 files for training." in shown
    assert "Using 3 files for validation." in shown
    alone = images(folder, subset="validation", **{**settings, "verbose": False})
    assert alone.file_paths == test.file_paths


@pytest.mark.parametrize(
    ("settings", "shape", "labels"),
    [
        ({"label_mode": "categorical", "batch_size": 4}, (4, 6, 7, 3), (4, 3)),
        ({"label_mode": "binary", "class_names": ["dogs", "cats"]},
         (10, 6, 7, 3), (10, 1)),
        ({"color_mode": "grayscale"}, (13, 6, 7, 1), (13,)),
        ({"color_mode": "rgba", "data_format": "channels_first"}, (13, 4, 6, 7), (13,)),
        ({"labels": list(range(13))}, (13, 6, 7, 3), (13,)),
        ({"crop_to_aspect_ratio": True, "interpolation": "nearest"},
         (13, 6, 7, 3), (13,)),
        ({"pad_to_aspect_ratio": True}, (13, 6, 7, 3), (13,)),
        ({"batch_size": None}, (6, 7, 3), ()),
    ],
)  # fmt: skip
def test_forms(folder, settings, shape, labels):
    x, y = next(iter(images(folder, shuffle=False, **settings)))
    assert (x.shape, np.shape(y)) == (shape, labels)


@pytest.mark.parametrize("settings", [{"label_mode": None}, {"labels": None}])
def test_without_labels(folder, settings):
    data = images(folder, shuffle=False, **settings)
    assert next(iter(data)).shape == (13, 6, 7, 3)
    assert not hasattr(data, "class_names")


def test_a_model_learns_from_them(folder):
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((6, 7, 3)), layers.Rescaling(1 / 255), layers.Flatten(),
         layers.Dense(3, activation="softmax")]
    )  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    data = images(folder, seed=1, batch_size=4)
    history = model.fit(data, epochs=15, verbose=0, validation_data=data).history
    assert history["loss"][-1] < history["loss"][0]
    assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_texts(folder):
    read = keras.utils.text_dataset_from_directory
    ((x, y),) = read(folder / "txt", shuffle=False, verbose=False)
    assert x[3] == "cats text 0 é" and y.tolist() == [0] * 3 + [1] * 4 + [2] * 5
    x, y = next(iter(read(folder / "txt", max_length=4, verbose=False, batch_size=2)))
    assert {*x} <= {"bird", "cats", "dogs"} and y.shape == (2,)


def test_sounds(folder):
    read = keras.utils.audio_dataset_from_directory
    ((x, _),) = read(folder / "wav", shuffle=False, verbose=False)
    assert (x.shape, x.dtype) == ((12, 24, 1), "float32")
    assert x[0, :, 0].tolist() == [0.25] * 20 + [0.0] * 4
    settings = {"output_sequence_length": 10, "sampling_rate": 4000}
    ((x, _),) = read(folder / "wav", verbose=False, **settings)
    np.testing.assert_allclose(x, 0.25, atol=1e-6)
    assert x.shape == (12, 10, 1)


@pytest.mark.parametrize("width", [1, 2, 4])
def test_samples_of_any_width(tmp_path, width):
    (tmp_path / "a").mkdir()
    half = 2 ** (8 * width - 2)
    samples = np.array([half, -half]) + (128 if width == 1 else 0)
    if width == 1:
        samples = samples.astype("u1").astype("i1")
    write_wave(tmp_path / "a" / "x.wav", samples, width=width, channels=2)
    read = keras.utils.audio_dataset_from_directory
    ((x, _),) = read(tmp_path, verbose=False)
    assert x.tolist() == [[[0.5, -0.5]]]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"labels": [1, 2]}, "labels must have a number for each file, got 2 for 13"),
        ({"labels": "x"}, "labels must be 'inferred'"),
        ({"label_mode": "binary"}, "is for 2 classes, got 3"),
        ({"label_mode": "x"}, "label_mode must be one of"),
        ({"validation_split": 0.2}, "validation_split and subset go together"),
        ({"subset": "training"}, "validation_split and subset go together"),
        ({"validation_split": 0.2, "subset": "both"}, "a seed must be given"),
        ({"validation_split": 2.0, "subset": "both"}, "validation_split must be betw"),
        ({"class_names": ["a"]}, "class_names must be folders in"),
        ({"color_mode": "x"}, "color_mode must be one of"),
        ({"interpolation": "x"}, "interpolation must be one of"),
        ({"batch_size": 0}, "batch_size must be a positive int"),
        ({"image_size": (0, 2)}, "height must be a positive int"),
    ],
)
def test_errors(folder, settings, message):
    with pytest.raises(ValueError, match=message):
        images(folder, **settings)


def test_folders_that_are_missing_or_empty(folder, tmp_path):
    with pytest.raises(FileNotFoundError):
        images(tmp_path)
    with pytest.raises(ValueError, match="there is no file in"):
        keras.utils.text_dataset_from_directory(folder / "img" / "birds")
    with pytest.raises(ValueError, match="ragged must be False"):
        keras.utils.audio_dataset_from_directory(folder / "wav", ragged=True)
