"""Loaders of data sets against real Keras, on small files in the sets' own form."""

import importlib

import numpy as np
import pytest

keras = pytest.importorskip("keras")
import minikeras  # noqa: E402
from minikeras.utils import download  # noqa: E402
from tests.datasets.fakes import write_all  # noqa: E402

CALLS = {
    "imdb": [
        {},
        {"num_words": 20, "skip_top": 3},
        {"maxlen": 8, "seed": 3},
        {"start_char": None, "oov_char": None, "index_from": 0, "num_words": 30},
    ],
    "reuters": [
        {},
        {"num_words": 20, "test_split": 0.4},
        {"maxlen": 7, "start_char": 5, "oov_char": None, "skip_top": 6},
    ],
    "boston_housing": [{}, {"test_split": 0.3, "seed": 5}],
    "california_housing": [{}, {"version": "small", "test_split": 0.3}],
    "fashion_mnist": [{}],
    "cifar10": [{}],
    "cifar100": [{}, {"label_mode": "coarse"}],
}


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    return write_all(tmp_path_factory.mktemp("sets"))


@pytest.mark.parametrize(
    ("name", "options"), [(n, o) for n, several in CALLS.items() for o in several]
)
def test_the_same_arrays(name, options, paths, monkeypatch, tmp_path):
    asked = []

    def found(fname=None, origin=None, **settings):
        asked.append((fname, origin, settings.get("file_hash")))
        return paths[fname]

    source = importlib.import_module(f"keras.src.datasets.{name}")
    monkeypatch.setattr(source, "get_file", found)
    monkeypatch.setattr(download, "get_file", found)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    theirs = getattr(keras.datasets, name).load_data(**options)
    theirs_asked, asked[:] = sorted(asked), []
    ours = getattr(minikeras.datasets, name).load_data(**options)
    assert sorted(asked) == theirs_asked
    for ours_part, theirs_part in zip(ours, theirs, strict=True):
        for a, b in zip(ours_part, theirs_part, strict=True):
            assert a.dtype == b.dtype and a.shape == b.shape
            assert a.tolist() == b.tolist() if a.dtype == object else (a == b).all()


def test_topics():
    theirs = keras.datasets.reuters.get_label_names()
    assert minikeras.datasets.reuters.get_label_names() == theirs


def test_all_sets_are_there():
    theirs = {n for n in dir(keras.datasets) if not n.startswith("_")}
    assert theirs <= set(minikeras.datasets.__all__)
    assert np.all([hasattr(minikeras.datasets, n) for n in theirs])
