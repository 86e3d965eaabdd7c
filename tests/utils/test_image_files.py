"""Image files: read, turned into arrays and back, written."""

import io
import sys

import numpy as np
import pytest

import minikeras as keras
from minikeras.preprocessing.image import smart_resize
from minikeras.utils import array_to_img, img_to_array, load_img, save_img

image = pytest.importorskip("PIL.Image")


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (7, 9, 3)).astype("uint8")


@pytest.fixture
def path(tmp_path, pixels):
    image.fromarray(pixels).save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def test_file_to_array_and_back(path, pixels, tmp_path):
    array = img_to_array(load_img(path))
    assert array.dtype == "float32" and np.array_equal(array, pixels)
    save_img(tmp_path / "again.png", array, scale=False)
    assert np.array_equal(load_img(tmp_path / "again.png"), pixels)
    assert np.array_equal(load_img(io.BytesIO(path.read_bytes())), pixels)


@pytest.mark.parametrize(
    "color_mode, mode", [("grayscale", "L"), ("rgb", "RGB"), ("rgba", "RGBA")]
)
def test_color_modes(path, color_mode, mode):
    assert load_img(str(path), color_mode).mode == mode


def test_gray_of_16_bits_is_kept(tmp_path):
    deep = np.array([[0, 60_000]], "uint16")
    image.fromarray(deep).save(tmp_path / "deep.png")
    assert np.array_equal(load_img(tmp_path / "deep.png", "grayscale"), deep)
    assert load_img(tmp_path / "deep.png").mode == "RGB"


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "lanczos"])
def test_target_size_is_height_and_width(path, interpolation):
    found = load_img(path, target_size=(5, 4), interpolation=interpolation)
    assert found.size == (4, 5)


def test_keep_aspect_ratio_cuts_from_the_middle(path, pixels):
    found = load_img(path, target_size=(7, 7), keep_aspect_ratio=True)
    assert np.array_equal(found, pixels[:, 1:8])
    flat = load_img(path, target_size=(3, 9), keep_aspect_ratio=True)
    assert np.array_equal(flat, pixels[2:5])


def test_array_to_img_scales_to_255():
    found = np.asarray(array_to_img([[[-1.0], [0.0], [1.0]]]))
    assert found.tolist() == [[0, 127, 255]]
    assert not np.asarray(array_to_img(np.full((2, 2, 3), 7))).any()
    assert np.asarray(array_to_img([[[300.0]]], scale=False)).tolist() == [[300]]


def test_channels_first(pixels):
    first = pixels.transpose(2, 0, 1)
    picture = array_to_img(first, "channels_first", scale=False)
    assert np.array_equal(picture, pixels)
    array = img_to_array(picture, "channels_first", "uint8")
    assert array.dtype == "uint8" and np.array_equal(array, first)
    assert img_to_array(np.zeros((2, 3)), "channels_first").shape == (1, 2, 3)
    assert img_to_array(np.zeros((2, 3))).shape == (2, 3, 1)


def test_jpeg_gets_no_transparency(tmp_path):
    with pytest.warns(UserWarning, match="JPEG has no transparency"):
        save_img(tmp_path / "x.jpg", np.ones((4, 4, 4)))
    assert load_img(tmp_path / "x.jpg").size == (4, 4)
    buffer = io.BytesIO()
    save_img(buffer, np.ones((4, 5, 3)), file_format="jpg", quality=10)
    assert load_img(buffer).size == (5, 4)


@pytest.mark.parametrize(
    "call, kind, message",
    [
        (lambda p: load_img(p, "bgr"), ValueError, "load_img: color_mode must be one"),
        (lambda p: load_img(3), TypeError, "must be a path or an io.BytesIO, got 3"),
        (lambda p: load_img(__file__), OSError, "is damaged, or no image"),
        (
            lambda p: load_img(p, target_size=(2, 2), interpolation="x"),
            ValueError,
            "interpolation must be one of 'nearest'",
        ),
        (lambda p: array_to_img([[1]]), ValueError, "x must have 3 axes"),
        (lambda p: array_to_img([[[1, 2]]]), ValueError, "1, 3 or 4 channels, got 2"),
        (lambda p: img_to_array([3]), ValueError, "img must have 2 or 3 axes"),
        (lambda p: img_to_array([[3]], "last"), ValueError, "data_format must be one"),
        (lambda p: smart_resize([[1]], (2, 2)), ValueError, "expected one image"),
        (lambda p: smart_resize([[[1]]], (2, 2), a=1), TypeError, "unexpected"),
    ],
)
def test_errors(path, call, kind, message):
    with pytest.raises(kind, match=message):
        call(path)


def test_without_pillow_the_error_names_the_command(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r"pip install 'minikeras\[image\]'"):
        load_img(path)


def test_smart_resize_cuts_from_the_middle(pixels):
    assert np.array_equal(smart_resize(pixels, (7, 7)), pixels[:, 1:8])
    batch = keras.ops.convert_to_tensor(pixels[None].astype("float32"))
    assert isinstance(smart_resize(batch, [3, 9]), type(batch))
