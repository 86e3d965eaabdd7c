"""`ImageDataGenerator` gives the pictures that keras_preprocessing gives."""

import numpy as np
import pytest

import minikeras as keras
from minikeras.preprocessing import image
from minikeras.preprocessing.image import ImageDataGenerator
from tests.preprocessing.picture_cases import (
    GENERATORS,
    STORED,
    batches_of,
    pictures,
)

PIL = pytest.importorskip("PIL.Image")


@pytest.mark.parametrize("name", GENERATORS)
def test_the_same_pictures_for_the_same_seed(name):
    with np.load(STORED) as stored:
        found = batches_of(ImageDataGenerator, name)
        assert len(found) == sum(key.startswith(f"{name}/") for key in stored)
        for i, array in enumerate(found):
            expected = stored[f"{name}/{i}"]
            assert array.dtype == expected.dtype and array.shape == expected.shape
            tolerance = 5e-3 if name == "zca" else 1e-4
            np.testing.assert_allclose(array, expected, atol=tolerance)


def test_functions_of_one_picture():
    x = np.arange(20.0).reshape(4, 5, 1)
    axes = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
    moved = image.apply_affine_transform(x, tx=1, **axes)[..., 0]
    assert moved[0].tolist() == [5, 6, 7, 8, 9] == moved[0].tolist()
    assert moved[3].tolist() == [15, 16, 17, 18, 19]
    moved = image.apply_affine_transform(
        x, ty=-1, fill_mode="constant", cval=7, **axes
    )[..., 0]
    assert moved[0].tolist() == [7, 0, 1, 2, 3]
    for function, amount in (
        (image.random_rotation, 30),
        (image.random_shear, 20),
        (image.random_zoom, (0.5, 1.5)),
    ):
        assert function(x, amount, 0, 1, 2).shape == x.shape
    assert image.random_shift(x, 0.2, 0.3, 0, 1, 2).shape == x.shape
    assert image.random_channel_shift(x, 5, 2).max() <= 19
    assert image.random_brightness(np.repeat(x, 3, 2), (0, 0)).max() == 0
    with pytest.raises(ValueError, match="zoom_range must be two numbers"):
        image.random_zoom(x, (1,))


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for i in range(5):
            pixels = rng.integers(0, 255, (10, 12, 3)).astype("uint8")
            PIL.fromarray(pixels).save(tmp_path / name / f"{i}.png")
    (tmp_path / "cats" / "notes.txt").write_text("no image")
    return tmp_path


def test_folders(folder, capsys):
    generator = ImageDataGenerator(rescale=1 / 255, validation_split=0.4)
    batches = generator.flow_from_directory(
        str(folder), (8, 6), batch_size=4, class_mode="categorical", seed=1
    )
    assert capsys.readouterr().out == "Found 10 images belonging to 2 classes.\n"
    assert batches.class_indices == {"cats": 0, "dogs": 1} and len(batches) == 3
    x, y = next(batches)
    assert x.shape == (4, 8, 6, 3) and x.max() <= 1 and y.shape == (4, 2)
    for mode, shape in (("binary", (4,)), ("sparse", (4,)), ("input", (4, 8, 6, 3))):
        batches = generator.flow_from_directory(
            folder, (8, 6), class_mode=mode, batch_size=4
        )
        assert next(batches)[1].shape == shape
    parts = [
        generator.flow_from_directory(folder, subset=s, class_mode=None).filenames
        for s in ("training", "validation")
    ]
    assert [len(part) for part in parts] == [6, 4]
    assert not set(parts[0]) & set(parts[1])
    gray = generator.flow_from_directory(folder, color_mode="grayscale", batch_size=2)
    assert next(gray)[0].shape == (2, 256, 256, 1)
    with pytest.raises(TypeError, match="takes 13 arguments by position"):
        generator.flow_from_directory(folder, *range(14))
    with pytest.raises(ValueError, match="directory must be a folder that exists"):
        generator.flow_from_directory(str(folder / "none"))


class Table(dict):
    """As much of a table of pandas as is asked for."""


def test_tables(folder):
    names = [f"{c}/{i}.png" for c in ("cats", "dogs") for i in range(5)]
    table = Table(
        filename=[*names, "gone.png"],
        kind=[*(n[0] for n in names), "c"],
        size=np.arange(11.0),
    )
    generator = ImageDataGenerator()
    with pytest.warns(UserWarning, match="1 of the files"):
        batches = generator.flow_from_dataframe(
            table, folder, y_col="kind", class_mode="binary", target_size=(4, 4)
        )
    assert batches.class_indices == {"c": 0, "d": 1} and batches.samples == 10
    with pytest.warns(UserWarning):
        batches = generator.flow_from_dataframe(
            table, folder, y_col="size", class_mode="raw", shuffle=False, batch_size=3
        )
    assert next(batches)[1].tolist() == [0, 1, 2]


def test_pictures_are_written_to_be_looked_at(tmp_path):
    x, y = pictures()
    next(ImageDataGenerator().flow(x, y, batch_size=3, save_to_dir=tmp_path))
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_training_on_it():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 60)
    x = rng.random((60, 8, 8, 1)) + y.reshape(-1, 1, 1, 1)
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["acc"])
    generator = ImageDataGenerator(horizontal_flip=True, width_shift_range=0.1)
    history = model.fit_generator(
        generator.flow(x, y, batch_size=16),
        steps_per_epoch=len(x) / 16,
        epochs=30,
        verbose=0,
        validation_data=(x, y),
    )
    assert history.history["val_acc"][-1] > 0.8
    history = model.fit(generator.flow(x, y), epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"validation_split": 2}, "strictly between 0 and 1"),
        ({"zoom_range": (1, 2, 3)}, "zoom_range must be a number or two"),
        ({"brightness_range": 1}, "brightness_range must be two numbers"),
        ({"data_format": "last"}, "data_format must be one of"),
    ],
)
def test_mistakes_are_told(arguments, message):
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator(**arguments)


def test_mistakes_with_arrays_are_told():
    x, y = pictures()
    generator = ImageDataGenerator(featurewise_center=True)
    with pytest.raises(ValueError, match=r"before generator\.fit\(x\)"):
        next(generator.flow(x, y))
    with pytest.raises(ValueError, match="equally long, got 7 pictures and 3"):
        generator.flow(x, y[:3])
    with pytest.raises(ValueError, match="four axes"):
        generator.flow(x[0])
