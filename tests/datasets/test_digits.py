"""The bundled digits: as documented, small, and the same every time."""

import hashlib
import os

import numpy as np

from minikeras.datasets import digits


def test_shapes_types_and_ranges():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert x_train.shape == (1437, 8, 8) and x_test.shape == (360, 8, 8)
    assert y_train.shape == (1437,) and y_test.shape == (360,)
    assert {a.dtype.name for a in (x_train, y_train, x_test, y_test)} == {"uint8"}
    assert x_train.min() == 0 and x_train.max() == 16
    assert sorted(set(y_test.tolist())) == list(range(10))


def test_every_digit_is_there_about_as_often():
    (_, y_train), (_, y_test) = digits.load_data()
    counts = np.bincount(np.concatenate([y_train, y_test]))
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_no_image_is_in_both_parts():
    (x_train, _), (x_test, _) = digits.load_data()
    assert not {image.tobytes() for image in x_train} & {
        image.tobytes() for image in x_test
    }


def test_the_data_never_change():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    data = b"".join(a.tobytes() for a in (x_train, y_train, x_test, y_test))
    assert (
        hashlib.sha256(data).hexdigest()
        == "641ea238b8d93cb48db634356a19bafb532130a719f1fc4955a5beaa389ac988"
    )


def test_the_file_is_small_and_its_licence_is_named():
    assert os.path.getsize(digits._FILE) < 100_000
    readme = os.path.join(os.path.dirname(digits.__file__), "README.md")
    with open(readme, encoding="utf-8") as file:
        text = file.read()
    assert "CC BY 4.0" in text and "Alpaydin" in text
