"""Data sets that come from the net: arguments, folders, and what is said offline."""

import json
import pickle
import urllib.request

import numpy as np
import pytest

from minikeras import datasets
from minikeras.datasets import cifar
from minikeras.utils import download
from tests.datasets.fakes import write_all

NAMES = [n for n in datasets.__all__ if n != "digits"]


@pytest.fixture
def found(tmp_path, monkeypatch):
    paths = write_all(tmp_path)
    monkeypatch.setattr(
        download, "get_file", lambda fname=None, origin=None, **_: paths[fname]
    )
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    return paths


def test_imdb(found):
    (x, y), (x_test, _) = datasets.imdb.load_data(num_words=20, skip_top=3)
    assert len(x) == len(y) == 30 and len(x_test) == 20
    assert all(text[0] in (1, 2) for text in x)
    assert max(map(max, x)) < 20
    with pytest.raises(ValueError, match="no text is shorter than maxlen=1"):
        datasets.imdb.load_data(maxlen=1)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_nb_words_of_keras_1(found):
    for name in ("imdb", "reuters"):
        load = getattr(datasets, name).load_data
        old, new = load(nb_words=20), load(num_words=20)
        assert old[0][0].tolist() == new[0][0].tolist()
    with pytest.raises(TypeError, match="'nb_words' is the old name of 'num_words'"):
        datasets.imdb.load_data(nb_words=20, num_words=30)


def test_reuters_and_houses(found):
    (x, y), (x_test, y_test) = datasets.reuters.load_data(test_split=0.4)
    assert (len(x), len(y), len(x_test), len(y_test)) == (30, 30, 20, 20)
    (x, y), (x_test, _) = datasets.boston_housing.load_data()
    assert x.shape == (40, 13) and y.shape == (40,) and len(x_test) == 10
    (x, _), (x_test, _) = datasets.california_housing.load_data("small")
    assert len(x) + len(x_test) == 600
    with pytest.raises(ValueError, match="version must be one of"):
        datasets.california_housing.load_data("tiny")


def test_pictures(found):
    (x, y), (x_test, y_test) = datasets.fashion_mnist.load_data()
    assert x.shape == (6, 28, 28) and y.shape == (6,) and y_test.shape == (4,)
    assert x.dtype == y.dtype == "uint8"
    (x, y), (x_test, _) = datasets.cifar100.load_data()
    assert x.shape == x_test.shape == (3, 32, 32, 3) and y.shape == (3, 1)
    with pytest.raises(ValueError, match="label_mode must be one of"):
        datasets.cifar100.load_data("all")


def test_a_folder_of_keras_2_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    paths = write_all(tmp_path)
    old = tmp_path / "datasets" / "cifar-100-python"
    old.parent.mkdir()
    (tmp_path / "cifar-100-python-target" / "cifar-100-python").rename(old)
    (x, _), _ = datasets.cifar100.load_data()
    assert x.shape == (3, 32, 32, 3) and paths


def test_batches_hold_data_only(tmp_path):
    path = tmp_path / "batch"
    path.write_bytes(pickle.dumps({"data": np.array, "labels": print}))
    with pytest.raises(pickle.UnpicklingError, match="holds no"):
        cifar.read_batch(path, "labels")


def test_word_index(tmp_path, monkeypatch):
    path = tmp_path / "words.json"
    path.write_text(json.dumps({"the": 1}))
    monkeypatch.setattr(download, "get_file", lambda *a, **k: str(path))
    assert datasets.imdb.get_word_index() == {"the": 1}
    assert datasets.reuters.get_word_index() == {"the": 1}
    assert datasets.reuters.get_label_names()[3] == "earn"


@pytest.mark.parametrize("name", NAMES)
def test_offline_it_says_what_to_put_where(name, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))

    def offline(*args, **kwargs):
        raise OSError("no net")

    monkeypatch.setattr(urllib.request, "urlopen", offline)
    with pytest.raises(OSError) as error:
        getattr(datasets, name).load_data()
    message = str(error.value)
    assert str(tmp_path) in message and "http" in message
